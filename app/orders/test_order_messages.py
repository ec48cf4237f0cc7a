"""What callers send and get about test orders."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app.orders.test_order_models import SupplierTestStatus
from app.organisations.messages import Message


class SupplierTestIn(Message):
    """In whose name a test order is sent."""

    organisation_id: UUID


class SupplierTestOut(BaseModel):
    """A test order and what the supplier answered, with its reasons for a no."""

    id: UUID
    number: str
    supplier_id: UUID
    organisation_id: UUID
    profile_id: str
    document_id: UUID
    status: SupplierTestStatus
    reasons: list[str]
    sent_at: datetime
    answered_at: datetime | None
