"""What callers send and get about policies."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from app.organisations.messages import Message
from app.organisations.policies import PolicyRule


class PolicyIn(Message):
    """A policy of an organisation, from a day."""

    valid_from: date
    rule: PolicyRule


class PolicyOut(BaseModel):
    """A policy as it was set."""

    id: UUID
    organisation_id: UUID
    valid_from: date
    rule: PolicyRule
