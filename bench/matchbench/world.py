"""What happens in a benchmark's world, and what is true of it: frozen values that are the file format too."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.documents.invoice import Invoice

ZERO = Decimal(0)
ONE = Decimal(1)


class Outcome(StrEnum):
    """What a system may make of an invoice. Only the first lets money go without a person."""

    AUTO_APPROVED = "AUTO_APPROVED"
    MATCHED_PENDING_APPROVAL = "MATCHED_PENDING_APPROVAL"
    AWAITING_RECEIPT = "AWAITING_RECEIPT"
    NO_ORDER = "NO_ORDER"
    DEVIATION = "DEVIATION"
    DUPLICATE = "DUPLICATE"
    REJECTED_TECHNICAL = "REJECTED_TECHNICAL"


class DeliveryKind(StrEnum):
    """Whether goods came or went back."""

    RECEIPT = "RECEIPT"
    RETURN = "RETURN"


@dataclass(frozen=True, slots=True)
class Policy:
    """What may deviate, in money without tax: of `absolute` and `percent` of the order value the smaller binds, on each
    line and, as one budget of all its invoices, on each order. Charges that nobody expected pass up to `freight_cap`.
    """

    absolute: Decimal = Decimal(250)
    percent: Decimal = Decimal(10)
    freight_cap: Decimal = Decimal(200)
    rounding: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that stands on the order: it is expected, once."""

    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What was ordered: `price` is that of `base` units, without tax. `seller_item` and `gtin` say which article."""

    line_id: str
    name: str
    seller_item: str
    gtin: str
    quantity: Decimal
    unit: str
    price: Decimal
    base: Decimal = ONE

    @property
    def article(self) -> tuple[str, str, str, Decimal]:
        """Give what makes two lines of an order interchangeable: article, unit and price."""
        return self.seller_item, self.gtin, self.unit, self.price / self.base


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it was sent and accepted. `buyer` is a GLN, `supplier` a CVR number."""

    number: str
    issued_on: date
    buyer: str
    supplier: str
    currency: str
    created_by: str
    approved_by: str
    lines: tuple[OrderLine, ...]
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods that came or went back: line of the order to quantity in its unit."""

    kind: DeliveryKind
    order: str
    on: date
    quantities: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Link:
    """What an invoice line truly bills: any of the interchangeable `lines` of an order, `quantity` in its unit."""

    invoice_line: str
    order: str
    lines: tuple[str, ...]
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right. `first` are the outcomes that are right when the invoice comes, `last` those after all that came
    later. Lines without a link bill nothing that is on an order. `clean`: order and delivery are, and the invoice has
    nothing but harmless noise, so nobody should have to touch it. Without `judged` links are nobody's business.
    """

    classes: tuple[str, ...]
    first: tuple[Outcome, ...]
    last: tuple[Outcome, ...]
    links: tuple[Link, ...] = ()
    clean: bool = False
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice or credit note that comes; `id` is the benchmark's own."""

    id: str
    invoice: Invoice
    truth: Truth


Event = Order | Delivery | Bill


@dataclass(frozen=True, slots=True)
class Linked:
    """What a system says that an invoice line bills; `quantity` in the order line's unit, None when it says none."""

    invoice_line: str
    order: str
    line: str
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system made of a bill."""

    bill: str
    outcome: Outcome
    links: tuple[Linked, ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """An event and what a system answered to it: on a bill just that bill, on a delivery those that waited for it."""

    event: Event
    answers: tuple[Answer, ...] = field(default=())
