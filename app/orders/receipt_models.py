"""Tables of receipts: what came, what went back, and what a receipt that was wrong had said."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.kit.columns import decimal_column, enum_column, json_column, moment_column


class ReceiptKind(StrEnum):
    """Goods came; goods went back; or an erroneous receipt is taken back whole."""

    RECEIPT = "RECEIPT"
    RETURN = "RETURN"
    REVERSAL = "REVERSAL"


class Receipt(SQLModel, table=True):
    """What somebody confirms to have come, or gone back, on a day; a substitute does so for `received_for`.

    `reversal_of` is the receipt that a REVERSAL takes back; `checked` are the points of the organisation's checklist
    that were ticked.
    """

    __tablename__ = "receipt"
    __table_args__ = (Index("uq_receipt_reversal", "reversal_of", unique=True),)

    id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="purchase_order.id", index=True)
    kind: ReceiptKind = Field(default=ReceiptKind.RECEIPT, sa_column=enum_column(ReceiptKind))
    reversal_of: UUID | None = Field(default=None, foreign_key="receipt.id")
    received_on: date
    received_by: UUID = Field(foreign_key="app_user.id")
    received_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    delivery_note: str | None = Field(default=None, max_length=100)
    reason: str | None = Field(default=None, max_length=1000)
    checked: list[str] = Field(default_factory=list, sa_column=json_column())
    posted_at: datetime = Field(sa_column=moment_column())


class ReceiptLine(SQLModel, table=True):
    """How much of an order line came: units, or money on a line by amount; less than nothing is what went back."""

    __tablename__ = "receipt_line"

    id: UUID = Field(primary_key=True)
    receipt_id: UUID = Field(foreign_key="receipt.id", index=True)
    order_line_id: UUID = Field(foreign_key="purchase_order_line.id", index=True)
    quantity: Decimal = Field(sa_column=decimal_column())
    amount: Decimal = Field(sa_column=decimal_column())


class NamedReceiver(SQLModel, table=True):
    """Somebody who may receive an order, and is asked to."""

    __tablename__ = "named_receiver"

    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id", index=True)
