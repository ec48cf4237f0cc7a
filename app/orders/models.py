"""Tables of the orders chapter: orders and their lines, and what invoices have taken of them."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict

from app.kit.columns import decimal_column, enum_column, json_column, moment_column, version_column
from app.orders import requisition_models  # noqa: F401 - a line refers to the line that asked for it

PASSED_OVER = "passed_agreement_id IS NOT NULL"
AWAITED, EXPECTED = text("remind_response_on IS NOT NULL"), text("remind_receipt_on IS NOT NULL")
SENT = text("sent_at IS NOT NULL")
MADE_FOR, ASKED = text("created_for IS NOT NULL"), text("approver_id IS NOT NULL")
APPROVED, APPROVED_FOR = text("approved_by IS NOT NULL"), text("approved_for IS NOT NULL")
PAST_E_ORDERS = text("e_order_reason IS NOT NULL")
INVOICED_RECEIVED = "invoiced_{0} >= 0 AND (invoiced_{0} <= received_{0} OR (prepayment AND invoiced_{0} <= most_{0}))"


class OrderType(StrEnum):
    """The presentation's kinds of orders; TEXT and STANDING ones are received and billed by amount."""

    CATALOGUE = "CATALOGUE"
    CONFIGURABLE = "CONFIGURABLE"
    TEXT = "TEXT"
    STANDING = "STANDING"


class OrderStatus(StrEnum):
    """How far an order has come; what is received and invoiced is told by its lines. SEND_FAILED is one that left and
    did not reach its supplier.
    """

    DRAFT = "DRAFT"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    APPROVED = "APPROVED"
    SENT = "SENT"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    CLOSED = "CLOSED"
    CLOSED_SHORT = "CLOSED_SHORT"
    SEND_FAILED = "SEND_FAILED"


TRANSITIONS = frozenset(
    {
        (OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL),
        (OrderStatus.DRAFT, OrderStatus.CANCELLED),
        (OrderStatus.PENDING_APPROVAL, OrderStatus.DRAFT),
        (OrderStatus.PENDING_APPROVAL, OrderStatus.REJECTED),
        (OrderStatus.PENDING_APPROVAL, OrderStatus.APPROVED),
        (OrderStatus.APPROVED, OrderStatus.SENT),
        (OrderStatus.SENT, OrderStatus.SEND_FAILED),
        (OrderStatus.SEND_FAILED, OrderStatus.SENT),
        (OrderStatus.SEND_FAILED, OrderStatus.CANCELLED),
        (OrderStatus.SENT, OrderStatus.CANCELLED),
        (OrderStatus.SENT, OrderStatus.CLOSED),
        (OrderStatus.SENT, OrderStatus.CLOSED_SHORT),
    }
)


class ResponseStatus(StrEnum):
    """What the supplier has said to the order; silence is not acceptance."""

    NONE = "NONE"
    ACCEPTED = "ACCEPTED"
    CHANGED = "CHANGED"
    REJECTED = "REJECTED"


class ExternalApproval(StrEnum):
    """What approval elsewhere is worth: TRUSTED systems attest it, with NONE it counts nothing."""

    NONE = "NONE"
    TRUSTED = "TRUSTED"


class Origin(StrEnum):
    """Whether the order was made here, placed elsewhere and posted to us so that its invoices can be matched, or taken
    over from an earlier system while it was open.
    """

    HERE = "HERE"
    ELSEWHERE = "ELSEWHERE"
    EARLIER = "EARLIER"


class ChargeState(TypedDict):
    """A charge that stands on an order, such as freight, and how much of it was invoiced: amounts as strings."""

    reason_code: str | None
    reason: str | None
    amount: str
    invoiced: str


class PurchaseOrder(SQLModel, table=True):
    """An order. Once SENT its document never changes; what the supplier answers is kept in the lines' accepted values.

    `tolerance_used` is the money above the order that its invoices have taken, `tolerance_limit` what the policy in
    force allowed then, `matched_value` the order value of what is invoiced. Where a substitute acted, `created_for` and
    `approved_for` say for whom.

    `approver_id` is whom its maker wants to decide; a `confidential` order is seen by its parties alone. Nothing is
    received after `ends_on` without a reason. Without `requires_receipt` all of it counts as received once it is sent;
    with `prepayment` it is billed before it comes. `e_order_reason` says why a text order stands on an agreement that
    demands e-orders. `change_sequence` is the number of its last OrderChange, and the `remind_…` days are when somebody
    is asked about the missing answer or receipt.
    """

    __tablename__ = "purchase_order"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index("ix_purchase_order_normalised", "normalised_number", "organisation_id"),
        Index("ix_purchase_order_supplier", "supplier_id", "status"),
        CheckConstraint("tolerance_used >= 0 AND tolerance_used <= tolerance_limit", name="tolerance_is_bounded"),
        CheckConstraint("NOT prepayment OR type = 'TEXT'", name="prepayment_in_words"),
        Index("ix_purchase_order_place", "organisation_id", "id"),
        Index("ix_purchase_order_answer", "remind_response_on", sqlite_where=AWAITED, postgresql_where=AWAITED),
        Index("ix_purchase_order_goods", "remind_receipt_on", sqlite_where=EXPECTED, postgresql_where=EXPECTED),
        Index("ix_purchase_order_created_by", "created_by", "id"),
        Index("ix_purchase_order_created_for", "created_for", "id", sqlite_where=MADE_FOR, postgresql_where=MADE_FOR),
        Index("ix_purchase_order_approved_by", "approved_by", "id", sqlite_where=APPROVED, postgresql_where=APPROVED),
        Index(
            "ix_purchase_order_approved_for",
            "approved_for",
            "id",
            sqlite_where=APPROVED_FOR,
            postgresql_where=APPROVED_FOR,
        ),
        Index("ix_purchase_order_approver", "approver_id", "id", sqlite_where=ASKED, postgresql_where=ASKED),
        Index("ix_purchase_order_sold", "supplier_id", "id", sqlite_where=SENT, postgresql_where=SENT),
        Index("ix_purchase_order_past", "id", sqlite_where=PAST_E_ORDERS, postgresql_where=PAST_E_ORDERS),
    )

    id: UUID = Field(primary_key=True)
    number: str = Field(max_length=300)
    normalised_number: str = Field(max_length=300)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    root_id: UUID = Field(foreign_key="organisation.id")
    supplier_id: UUID = Field(foreign_key="supplier.id")
    agreement_id: UUID | None = Field(default=None, foreign_key="agreement.id")
    type: OrderType = Field(sa_column=enum_column(OrderType))
    status: OrderStatus = Field(default=OrderStatus.DRAFT, sa_column=enum_column(OrderStatus))
    response_status: ResponseStatus = Field(default=ResponseStatus.NONE, sa_column=enum_column(ResponseStatus))
    origin: Origin = Field(default=Origin.HERE, sa_column=enum_column(Origin))
    buyer_gln: str = Field(max_length=100)
    buyer_reference: str = Field(max_length=200)
    currency: str = Field(max_length=3)
    profile_id: str = Field(max_length=100)
    accounting_cost: str | None = Field(default=None, max_length=200)
    requested_delivery_on: date | None = None
    delivery_address: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    ends_on: date | None = None
    requires_receipt: bool = True
    prepayment: bool = False
    confidential: bool = False
    e_order_reason: str | None = Field(default=None, max_length=1000)
    total_amount: Decimal = Field(sa_column=decimal_column())
    charges: list[ChargeState] = Field(default_factory=list, sa_column=json_column())
    issued_on: date | None = None
    created_by: UUID = Field(foreign_key="app_user.id")
    created_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_column=moment_column())
    approver_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    external_approval: ExternalApproval | None = Field(
        default=None, sa_column=enum_column(ExternalApproval, nullable=True)
    )
    stated_approver: str | None = Field(default=None, max_length=200)
    decision_reason: str | None = Field(default=None, max_length=1000)
    document_id: UUID | None = Field(default=None, foreign_key="archived_document.id")
    pending_response: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    sent_at: datetime | None = Field(default=None, sa_column=moment_column(nullable=True))
    tolerance_used: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    tolerance_limit: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    matched_value: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    change_sequence: int = 0
    remind_response_on: date | None = None
    remind_receipt_on: date | None = None
    version: int = Field(default=1, sa_column=version_column())

    @property
    def maker_id(self) -> UUID:
        """Whose order it is: of whom made it, or for whom a substitute did."""
        return self.created_for or self.created_by

    @property
    def makers(self) -> frozenset[UUID]:
        """Everybody behind the making of it."""
        return frozenset((self.created_by, self.maker_id))


class PurchaseOrderLine(SQLModel, table=True):
    """A line, with what was ordered, accepted, received, invoiced and held by waiting invoices.

    A line `by_amount` (a text order's, or one without a price) counts money, every other one counts units; the other
    set of counters stays zero. `accepted_*` is what the supplier confirmed and the buyer agreed to: matching uses it.
    `passed_line_id` is the catalogue line of the same item on the binding agreement `passed_agreement_id` that was not
    taken, `cascade_reason` why. `configuration` holds the options that were chosen, `quote` what a supplier's shop
    wants back of its cart. `accepted_amount` is what the line costs as it is agreed on, and `credit_expected_*` what
    has gone back after it was invoiced.

    `item` and `unit_code` are those that are agreed on; where the supplier's substitute was taken, `ordered_item` and
    `ordered_unit_code` are what was ordered. `back_ordered_quantity` is the part of what is accepted that comes later,
    and `promised_on` the day that the supplier has promised. Of an order with `prepayment` a line is billed before it
    is received. `brackets` are the catalogue's prices by quantity on the day of the order, where there were several.
    """

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "line_id"),
        CheckConstraint("received_quantity >= 0 AND received_quantity <= most_quantity", name="received_in_order"),
        CheckConstraint("received_amount >= 0 AND received_amount <= most_amount", name="received_amount_in_order"),
        CheckConstraint(INVOICED_RECEIVED.format("quantity"), name="invoiced_received"),
        CheckConstraint(INVOICED_RECEIVED.format("amount"), name="invoiced_amount_received"),
        CheckConstraint("held_quantity >= 0 AND held_amount >= 0", name="held_not_negative"),
        CheckConstraint(
            "credit_expected_quantity >= 0 AND credit_expected_quantity <= invoiced_quantity "
            "AND credit_expected_amount >= 0 AND credit_expected_amount <= invoiced_amount",
            name="credit_for_invoiced",
        ),
        Index(
            "ix_purchase_order_line_passed", "id", sqlite_where=text(PASSED_OVER), postgresql_where=text(PASSED_OVER)
        ),
    )

    id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="purchase_order.id", index=True)
    position: int
    line_id: str = Field(max_length=300)
    catalogue_line_id: UUID | None = None
    requisition_line_id: UUID | None = Field(default=None, foreign_key="requisition_line.id", index=True)
    item: dict[str, Any] = Field(sa_column=json_column())
    ordered_item: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    ordered_unit_code: str | None = Field(default=None, max_length=20)
    unspsc: str = Field(default="", max_length=20)
    note: str | None = Field(default=None, max_length=1000)
    accounting_cost: str | None = Field(default=None, max_length=200)
    cascade_reason: str | None = Field(default=None, max_length=1000)
    passed_line_id: UUID | None = None
    passed_agreement_id: UUID | None = Field(default=None, foreign_key="agreement.id")
    configuration: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    quote: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    by_amount: bool = False
    prepayment: bool = False
    brackets: list[dict[str, Any]] | None = Field(default=None, sa_column=json_column(nullable=True))
    unit_code: str = Field(max_length=20)
    ordered_quantity: Decimal = Field(sa_column=decimal_column())
    price: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    ordered_amount: Decimal = Field(sa_column=decimal_column())
    accepted_quantity: Decimal = Field(sa_column=decimal_column())
    accepted_price: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    accepted_amount: Decimal = Field(sa_column=decimal_column())
    back_ordered_quantity: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    promised_on: date | None = None
    most_quantity: Decimal = Field(sa_column=decimal_column())
    most_amount: Decimal = Field(sa_column=decimal_column())
    received_quantity: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    received_amount: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    invoiced_quantity: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    invoiced_amount: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    held_quantity: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    held_amount: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    credit_expected_quantity: Decimal = Field(default=Decimal(0), sa_column=decimal_column())
    credit_expected_amount: Decimal = Field(default=Decimal(0), sa_column=decimal_column())


class Allocation(SQLModel, table=True):
    """What an invoice line takes of an order line, by which decision; a credit note's is negative. Rows are added,
    never changed: `held` ones are undone by an equal negative row when the invoice is decided anew.
    """

    __tablename__ = "allocation"
    __table_args__ = (Index("ix_allocation_invoice", "invoice_id"),)

    id: UUID = Field(primary_key=True)
    order_line_id: UUID = Field(foreign_key="purchase_order_line.id", index=True)
    invoice_id: UUID
    decision_id: UUID
    invoice_line_id: str = Field(max_length=300)
    held: bool = False
    quantity: Decimal = Field(sa_column=decimal_column())
    amount: Decimal = Field(sa_column=decimal_column())
    allocated_at: datetime = Field(sa_column=moment_column())
