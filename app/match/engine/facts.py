"""The facts a match is decided on, gathered by the caller and frozen: the invoice, its orders, receipts and history."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.documents.invoice import Invoice
from app.match.engine.policy import Policy
from app.match.engine.standing_facts import StandingFacts

ZERO = Decimal(0)
ONE = Decimal(1)


class OrderStatus(StrEnum):
    """Where an order is on its way."""

    DRAFT = "DRAFT"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    APPROVED = "APPROVED"
    SEND_FAILED = "SEND_FAILED"
    SENT = "SENT"
    CLOSED = "CLOSED"
    CLOSED_SHORT = "CLOSED_SHORT"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"


class ExternalApproval(StrEnum):
    """What is known of the approval of an order that was placed elsewhere."""

    NONE = "NONE"
    TRUSTED = "TRUSTED"


class ChargeKind(StrEnum):
    """What a charge is for. INTEREST holds reminder fees too."""

    FREIGHT = "FREIGHT"
    PACKING = "PACKING"
    FEE = "FEE"
    INTEREST = "INTEREST"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Hand:
    """Who did something, and for whom when it was a substitute."""

    person: str
    on_behalf_of: str | None = None

    @property
    def persons(self) -> frozenset[str]:
        return frozenset((self.person,)) if self.on_behalf_of is None else frozenset((self.person, self.on_behalf_of))

    def apart_from(self, other: "Hand") -> bool:
        """Tell whether nobody, neither substitute nor principal, is behind both."""
        return self.persons.isdisjoint(other.persons)


@dataclass(frozen=True, slots=True)
class Approvals:
    """Who made the order and who approved it, within prokura and before it was sent.

    `external` is None for an order placed here; else what the organisation lets the placing
    system (`attested_by`) attest.
    """

    creator: Hand
    approvers: tuple[Hand, ...] = ()
    external: ExternalApproval | None = None
    attested_by: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedCharge:
    """A charge that is on the order or has a price in the agreement; `invoiced` is what was already billed of it.

    With `each_invoice` the amount may come again with every delivery. `seller_item` is the item number the supplier
    bills it under when it comes as a line.
    """

    kind: ChargeKind
    amount: Decimal
    source: str
    invoiced: Decimal = ZERO
    each_invoice: bool = False
    seller_item: str | None = None

    @property
    def open(self) -> Decimal:
        return self.amount if self.each_invoice else max(ZERO, self.amount - self.invoiced)


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """What the agreement's catalogue asked when the line was ordered; the fields are those of an order line's price."""

    price_amount: Decimal
    base_quantity: Decimal = ONE
    price_unit_code: str | None = None
    factor_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bracket:
    """A price by quantity of the agreement's catalogue on the order's day: what it is from `least` order units on."""

    least: Decimal
    price: AgreedPrice


@dataclass(frozen=True, slots=True)
class OrderLineFacts:
    """One order line as accepted, and what has happened to it. `id` is ours, `line_id` the one in the document.

    The accepted price is `price_amount` for `base_quantity` of `price_unit_code` (None: the line's own unit);
    `factor_rate` says how many price units one unit of the line is, when no table knows.
    An amount line (`by_amount`, or without a price) is a pool of `amount`: its `received`, `held`, `held_ahead` and
    `credit_expected` are money without tax; on other lines they are quantities in `unit_code`.
    `name` is the item's, where an invoice line may have to be found by it.
    `agreed` is the agreement's price, where another was accepted since, and `brackets` its prices by quantity, where
    it has several.
    `held` is what other waiting invoices keep, `held_ahead` the part of it that older ones keep, which receive first.
    """

    id: str
    line_id: str
    quantity: Decimal
    unit_code: str
    amount: Decimal
    price_amount: Decimal | None = None
    base_quantity: Decimal = ONE
    price_unit_code: str | None = None
    factor_rate: Decimal | None = None
    by_amount: bool = False
    requires_receipt: bool = True
    received: Decimal = ZERO
    invoiced_quantity: Decimal = ZERO
    invoiced_amount: Decimal = ZERO
    held: Decimal = ZERO
    held_ahead: Decimal = ZERO
    credit_expected: Decimal = ZERO
    seller_item: str | None = None
    gtin: str | None = None
    buyer_item: str | None = None
    name: str | None = None
    receivers: tuple[Hand, ...] = ()
    agreed: AgreedPrice | None = None
    brackets: tuple[Bracket, ...] = ()

    @property
    def is_amount(self) -> bool:
        return self.by_amount or self.price_amount is None

    @property
    def invoiced(self) -> Decimal:
        return self.invoiced_amount if self.is_amount else self.invoiced_quantity

    def ordered_open(self, over_delivery: Decimal) -> Decimal:
        """Give what may still be invoiced of the order; `over_delivery` (percent) does not widen an amount."""
        if self.is_amount:
            return max(ZERO, self.amount - self.invoiced_amount - self.held)
        ordered = self.quantity + self.quantity * over_delivery / 100 if over_delivery else self.quantity
        return max(ZERO, ordered - self.invoiced_quantity - self.held)

    @property
    def received_open(self) -> Decimal:
        """Give what was received and neither invoiced nor kept for an older waiting invoice.

        It is below zero where more is invoiced or kept than was received.
        """
        return self.received - self.invoiced - self.held_ahead


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order that the invoice names.

    `scopes` are the scopes of policy rows that hold for it. `buyer_keys` and `supplier_keys` are `scheme:value` keys,
    the buyer's with those it had before. `amount` is the net total. `tolerance_used` and `matched_value` are what
    decided invoices have used of the budget, and the order value they covered. A standing order has `standing`, and
    with `prepayment` the order may be billed before anything of it is received.
    """

    id: str
    number: str
    supplier_keys: tuple[str, ...]
    buyer_keys: tuple[str, ...]
    currency: str
    status: OrderStatus
    amount: Decimal
    approvals: Approvals
    lines: tuple[OrderLineFacts, ...]
    scopes: tuple[str, ...] = ()
    tolerance_used: Decimal = ZERO
    matched_value: Decimal = ZERO
    charges: tuple[ExpectedCharge, ...] = ()
    standing: StandingFacts | None = None
    prepayment: bool = False


@dataclass(frozen=True, slots=True)
class EarlierInvoice:
    """Another document of the same supplier that was taken in before. `buyer_keys` are the keys of its customer."""

    id: str
    number: str
    issue_date: date
    payable_amount: Decimal
    buyer_keys: tuple[str, ...]
    document_type: str = "Invoice"
    same_bytes: bool = False
    credited: bool = False


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """What an earlier invoice billed on an order line, less what was credited of it: a credit note's counterpart.

    `quantity` is in the order line's unit (zero on an amount line), `amount` is money without tax.
    """

    invoice_number: str
    invoice_line_id: str
    order_id: str
    order_line_id: str
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision depends on.

    `orders` are those the invoice names; for a credit note also those of the invoices it credits, whose lines are
    `invoiced`. `supplier_keys` are all keys under which the invoice's supplier is registered (empty: not registered,
    and the document's own keys count), `supplier_blocked` whether somebody has blocked it. `earlier` are documents of
    the same supplier with the same number, or with the same payable amount and date. `suggested` is the one standing
    order with the supplier that may be meant when no order was found. `paid_before` are the accounts and payees that
    the supplier's last approved invoices named, None where there are none. `mandatory` is the contract number of an
    agreement with the supplier that demands e-orders, looked for where no order was found.
    """

    invoice: Invoice
    orders: tuple[OrderFacts, ...]
    policy: Policy
    supplier_keys: tuple[str, ...] = ()
    earlier: tuple[EarlierInvoice, ...] = ()
    invoiced: tuple[InvoicedLine, ...] = ()
    supplier_blocked: bool = False
    suggested: OrderFacts | None = None
    paid_before: tuple[str, ...] | None = None
    mandatory: str | None = None
