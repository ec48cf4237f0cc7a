"""The order: what the buyer wants from the supplier, on what terms."""

from datetime import date

from app.documents.amounts import AllowanceCharge, ExchangeRate, MonetaryTotal, TaxTotal
from app.documents.item import Item
from app.documents.party import Address, Party
from app.documents.price import Price
from app.documents.values import Currency, Header, Identifier, Number, Period, Prose, Text, Value
from app.kit.money import Exact, Quantity


class Delivery(Value):
    """Where and when the buyer wants it, and in an answer when the seller will bring it.

    Promised and estimated periods stand only on the lines of an order response (F-ORD085, F-ORD144).
    """

    latest_delivery_date: date | None = None
    location_id: Identifier | None = None
    address: Address | None = None
    requested_period: Period | None = None
    promised_period: Period | None = None
    estimated_period: Period | None = None
    delivery_party: Party | None = None


class LineItem(Value):
    """What a line of an order and a line of the answer to it have in common."""

    line_id: Number
    notes: tuple[Prose, ...] = ()
    line_extension_amount: Exact | None = None
    total_tax_amount: Exact | None = None
    accounting_cost: Text | None = None
    partial_delivery: bool | None = None
    back_order_allowed: bool | None = None
    line_status_code: str | None = None
    delivery: Delivery | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    price: Price | None = None
    item: Item


class ProposedLine(LineItem):
    """What the buyer would take instead of a line."""

    quantity: Quantity | None = None


class OrderLine(LineItem):
    """One line of an order. Without a price it is an amount pool (its line_extension_amount)."""

    quantity: Quantity
    substitutes: tuple[ProposedLine, ...] = ()


class OrderTerms(Header):
    """What an order and a change of it have in common: parties, terms, delivery, sums and lines.

    `pricing_exchange_rate` makes prices in `pricing_currency_code` amounts in the document's currency.
    """

    document_currency_code: Currency
    pricing_currency_code: Currency | None = None
    accounting_cost: Text | None = None
    customer_reference: Text | None = None
    validity_period: Period | None = None
    contract_id: Number | None = None
    buyer: Party
    supplier: Party
    originator: Party | None = None
    accounting_customer: Party | None = None
    delivery: Delivery | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    pricing_exchange_rate: ExchangeRate | None = None
    tax_totals: tuple[TaxTotal, ...] = ()
    anticipated_total: MonetaryTotal | None = None
    lines: tuple[OrderLine, ...]


class Order(OrderTerms):
    """An order as it is sent; the buyer's number is the key that the supplier repeats."""

    order_type_code: str | None = None
