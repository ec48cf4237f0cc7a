"""Order responses: the supplier accepts or refuses as a whole (simple), or line by line with changes."""

from app.documents.amounts import AllowanceCharge, MonetaryTotal, TaxTotal
from app.documents.order import Delivery, LineItem
from app.documents.party import Party
from app.documents.values import Currency, DocumentReference, Header, Number, Prose, Text, Value
from app.kit.money import Quantity


class OrderResponseSimple(Header):
    """Yes or no to a whole order; a no carries the reason (F-ORS007)."""

    accepted: bool
    rejection_notes: tuple[Prose, ...] = ()
    accounting_cost: Text | None = None
    order_reference: DocumentReference
    supplier: Party
    buyer: Party


class AnsweredLine(LineItem):
    """What will be delivered of an ordered line; `line_status_code` says whether it was changed or cancelled.

    `back_order_quantity` comes later than `quantity`, and beside it (MaximumBackorderQuantity).
    """

    quantity: Quantity | None = None
    back_order_quantity: Quantity | None = None


class OrderResponseLine(Value):
    """One line of an answer; `substitution_status_code` says why it is not as ordered, `substitutes` what instead."""

    line: AnsweredLine
    substitution_status_code: str | None = None
    substitutes: tuple[AnsweredLine, ...] = ()
    notes: tuple[Prose, ...] = ()


class OrderResponse(Header):
    """An answer line by line: prices, quantities and dates as the supplier will deliver."""

    sales_order_id: Text | None = None
    document_currency_code: Currency | None = None
    accounting_cost: Text | None = None
    order_reference: DocumentReference
    contract_id: Number | None = None
    supplier: Party
    buyer: Party
    delivery: Delivery | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    tax_totals: tuple[TaxTotal, ...] = ()
    total: MonetaryTotal | None = None
    lines: tuple[OrderResponseLine, ...] = ()
