"""What callers send and get about shadow policies: the draft, where it decides otherwise, and how much of it a day."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from app.kit.money import Exact
from app.match.engine.codes import Outcome
from app.organisations.messages import Message
from app.organisations.policy_models import PolicyStatus


class ShadowPolicyIn(Message):
    """The proposed policy that is to decide in the shadow, with the others of its bundle."""

    policy_id: UUID


class ShadowPolicyOut(BaseModel):
    """The draft that decides in the shadow, since when, and what has become of it: only a PROPOSED one decides."""

    organisation_id: UUID
    policy_id: UUID
    policy_status: PolicyStatus
    set_by: UUID
    set_for: UUID | None
    set_at: datetime
    version: int


class ShadowDifferenceOut(BaseModel):
    """An invoice that the shadow policy decides otherwise: outcomes, codes that only one of the two has, amounts. A
    null `shadow_outcome` is one that the draft could not decide; `left_out` says why.
    """

    id: UUID
    invoice_id: UUID
    decision_id: UUID
    policy_id: UUID
    live_outcome: Outcome
    shadow_outcome: Outcome | None
    left_out: str | None
    codes_gone: Sequence[str]
    codes_new: Sequence[str]
    currency: str | None
    payable_amount: Exact | None
    deviation: Exact
    decided_at: datetime


class ShadowDayOut(BaseModel):
    """A Danish day of a shadow policy: how many decisions it looked at, how many it makes otherwise, how many of those
    would pass untouched and did not, and the other way round.
    """

    day: date
    policy_id: UUID
    decided: int
    differing: int
    passing_more: int
    passing_fewer: int
    left_out: int
