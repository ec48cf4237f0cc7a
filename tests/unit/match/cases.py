"""Cases for the engine's tests: plain functions that make an order, an invoice or a case, with what matters changed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.documents.amounts import AllowanceCharge, MonetaryTotal
from app.documents.invoice import BillingReference, Invoice, InvoiceLine, OrderLineReference
from app.documents.item import Item
from app.documents.party import Party
from app.documents.price import Price
from app.documents.values import DocumentReference, Identifier
from app.kit.money import Quantity
from app.match.engine import match
from app.match.engine.decision import Decision, Finding, How
from app.match.engine.facts import (
    Approvals,
    Case,
    EarlierInvoice,
    Hand,
    InvoicedLine,
    OrderFacts,
    OrderLineFacts,
    OrderStatus,
)
from app.match.engine.policy import Combine, Level, Policy, Tolerance

BUYER = "GLN:5798009882929"
SUPPLIER = "DK:CVR:DK16356706"
TODAY = date(2026, 3, 2)


def number(value: str | int | Decimal) -> Decimal:
    return Decimal(value)


def tolerance(absolute: str | None = "250", percent: str | None = "10", **changes: Any) -> Tolerance:
    """The usual row: 250 kr. and 10 percent, the smaller binds, freight up to 200."""
    row = Tolerance(
        scope="",
        source="root",
        level=Level.ORDER,
        absolute=None if absolute is None else number(absolute),
        percent=None if percent is None else number(percent),
        freight_cap=number(200),
    )
    return replace(row, **changes)


def policy(*tolerances: Tolerance, **changes: Any) -> Policy:
    return replace(Policy("1", "sha256:policy", tolerances or (tolerance(),)), **changes)


ANY = Combine.ANY


def order_line(
    line_id: str = "1",
    quantity: str | int = 10,
    price: str | None = "100",
    received: str | int | None = None,
    **changes: Any,
) -> OrderLineFacts:
    """A line of goods, all received unless `received` says how many; without a price an amount line of `amount`."""
    amount = changes.pop("amount", None)
    pieces = number(quantity)
    whole = number(amount) if amount is not None else pieces * number(price or "0")
    fits = number(received) if received is not None else (pieces if price is not None else whole)
    line = OrderLineFacts(
        id=f"order-line-{line_id}",
        line_id=line_id,
        quantity=pieces,
        unit_code="EA",
        amount=whole,
        price_amount=None if price is None else number(price),
        received=fits,
        seller_item=f"A{line_id}" if price is not None else None,
        receivers=(Hand("rita"),),
    )
    return replace(line, **changes)


def order(*lines: OrderLineFacts, **changes: Any) -> OrderFacts:
    """An order sent by anna and approved by bo; without lines it is O1 of ten at 100 and five at 200."""
    own = lines or (order_line("1", 10, "100"), order_line("2", 5, "200"))
    made = OrderFacts(
        id=changes.get("id", "order-1"),
        number="4711",
        supplier_keys=(SUPPLIER,),
        buyer_keys=(BUYER,),
        currency="DKK",
        status=OrderStatus.SENT,
        amount=sum((line.amount for line in own), Decimal(0)),
        approvals=Approvals(Hand("anna"), (Hand("bo"),)),
        lines=own,
    )
    return replace(made, **changes)


def text_order(amount: str = "50000", received: str = "50000", **changes: Any) -> OrderFacts:
    line = order_line("1", 1, None, received, amount=amount, by_amount=True, **changes.pop("line", {}))
    return order(line, **changes)


def invoice_line(
    line_id: str = "1", quantity: str | int = 10, price: str | None = "100", *, ref: str | None = "", **changes: Any
) -> InvoiceLine:
    """A line billing the order line of the same number, unless `ref` names another (None: none)."""
    unit = changes.pop("unit", "EA")
    base, base_unit = changes.pop("base", None), changes.pop("base_unit", unit)
    rate = changes.pop("rate", None)
    amount = changes.pop("amount", None)
    order_number = changes.pop("order_number", None)
    made: dict[str, Any] = {
        "line_id": line_id,
        "quantity": Quantity(number(quantity), unit),
        "line_extension_amount": number(amount) if amount is not None else number(quantity) * number(price or "0"),
    }
    if base is not None and amount is None:
        made["line_extension_amount"] = number(quantity) * number(price or "0") / number(base)
    if price is not None:
        made["price"] = Price(
            price_amount=number(price),
            base_quantity=None if base is None else Quantity(number(base), base_unit),
            orderable_unit_factor_rate=None if rate is None else number(rate),
        )
    if ref is not None:
        made["order_line_references"] = (OrderLineReference(line_id=ref or line_id, order_number=order_number),)
    return InvoiceLine(**(made | changes))


def item(name: str = "Paper", sellers: str | None = None, gtin: str | None = None, buyers: str | None = None) -> Item:
    return Item(
        name=name,
        sellers_item_id=None if sellers is None else Identifier(value=sellers),
        standard_item_id=None if gtin is None else Identifier(value=gtin, scheme_id="GTIN"),
        buyers_item_id=None if buyers is None else Identifier(value=buyers),
    )


def charge(amount: str = "150", reason: str = "Fragt", **changes: Any) -> AllowanceCharge:
    return AllowanceCharge(**({"charge_indicator": True, "amount": number(amount), "reason": reason} | changes))


def party(key: str) -> Party:
    scheme, _, value = key.rpartition(":")
    return Party(endpoint_id=Identifier(value=value, scheme_id=scheme))


def invoice(*lines: InvoiceLine, **changes: Any) -> Invoice:
    """An invoice with these lines whose totals add up, without tax unless changed."""
    own = lines or (invoice_line("1", 10, "100"), invoice_line("2", 5, "200"))
    charges: Iterable[AllowanceCharge] = changes.get("allowance_charges", ())
    net = sum((line.line_extension_amount for line in own if not line.free_of_charge), Decimal(0))
    added = sum((one.amount if one.charge_indicator else -one.amount for one in charges), Decimal(0))
    changes.setdefault("order_reference", DocumentReference(number="4711"))
    made: dict[str, Any] = {
        "profile_id": "Procurement-BilSim-1.0",
        "number": "F-1001",
        "issue_date": TODAY,
        "document_currency_code": "DKK",
        "supplier": party(SUPPLIER),
        "customer": party(BUYER),
        "total": MonetaryTotal(line_extension_amount=net, payable_amount=net + added),
        "lines": own,
    }
    return Invoice(**(made | changes))


def credit_note(*lines: InvoiceLine, **changes: Any) -> Invoice:
    """A credit note that refers to invoice F-1001 and not to the order."""
    changes.setdefault("order_reference", None)
    reference = BillingReference(invoice=DocumentReference(number="F-1001"))
    changes.setdefault("billing_references", (reference,))
    return invoice(*lines, **({"document_type": "CreditNote", "number": "K-1"} | changes))


def invoiced_line(quantity: str = "10", amount: str = "1000", line_id: str = "1", **changes: Any) -> InvoicedLine:
    line = InvoicedLine("F-1001", line_id, "order-1", f"order-line-{line_id}", number(quantity), number(amount))
    return replace(line, **changes)


def earlier(**changes: Any) -> EarlierInvoice:
    return replace(EarlierInvoice("inv-0", "F-1001", TODAY, number(2000), (BUYER,)), **changes)


def case(billed: Invoice | None = None, *orders: OrderFacts, **changes: Any) -> Case:
    """A case under the usual policy; without arguments O1 billed as ordered, received, and seen by two."""
    return replace(Case(billed or invoice(), orders or (order(),), policy(), (SUPPLIER,)), **changes)


def one_line(line: InvoiceLine, ordered: OrderLineFacts, **changes: Any) -> Decision:
    """Match an invoice of one line against an order of one line."""
    return match(case(invoice(line), order(ordered), **changes))


def two_orders() -> tuple[OrderFacts, OrderFacts]:
    """Orders 4711 and 4712, each with a line 1: ten A1 at 100, and five B1 at 200."""
    other = order_line("1", 5, "200", id="other-1", seller_item="B1")
    return order(order_line("1", 10, "100")), order(other, id="order-2", number="4712")


def finding_of(decision: Decision, code: str) -> Finding:
    """Give the first finding with a code; there must be one."""
    return next(finding for finding in decision.findings if finding.code == code)


def pairs_of(decision: Decision) -> list[tuple[str, str, How]]:
    return [(pair.invoice_line_id, pair.order_line_id, pair.how) for pair in decision.pairs]
