"""Standing orders as the tests make them: drafted, approved, sent, billed, and given new terms."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

from app.demo import papers
from app.documents.amounts import MonetaryTotal
from app.documents.invoice import Invoice, InvoiceLine
from app.documents.item import Item
from app.documents.values import DocumentReference, Period
from app.kit.money import Quantity
from tests.purchases import act, done, etag
from tests.story import Story

RENT = "HUSLEJE-77"
TERMS = {"expected_amount": "5000.00"}


def wanted(story: Story, **fields: Any) -> dict[str, Any]:
    """Give what a buyer asks for: rent of 5,000 a month from March to December, without an agreement."""
    return {
        "organisation_id": str(story.world.institution_id),
        "supplier_id": str(story.world.supplier_id),
        "reference": RENT,
        "recurrence": "MONTHLY",
        "valid_from": "2026-03-01",
        "valid_to": "2026-12-31",
        "item_name": "Husleje",
        "unspsc": "80131500",
        "buyer_reference": "7778",
        "accounting_cost": "5250124502",
        "terms": TERMS,
    } | fields


def drafted(story: Story, who: str = "buyer", **fields: Any) -> httpx.Response:
    return story[who].post("/standing-orders", wanted(story, **fields))


def sent(story: Story, **fields: Any) -> dict[str, Any]:
    """Let a standing order be made, approved and sent; gives it as it then is."""
    order = done(drafted(story, **fields), 201)
    submitted = done(act(story, "buyer", order, "submit"))
    done(act(story, "disponent", submitted, "approve"))
    return shown(story, order)


def shown(story: Story, order: Mapping[str, Any], who: str = "buyer") -> dict[str, Any]:
    return done(story[who].get(f"/standing-orders/{order['id']}"))


def do(story: Story, who: str, order: Mapping[str, Any], step: str, body: Any = None) -> httpx.Response:
    """Do something to a standing order as it is now."""
    now = shown(story, order)
    return story[who].post(f"/standing-orders/{order['id']}/{step}", body, headers=etag(now))


def new_terms(story: Story, order: Mapping[str, Any], since: str, amount: str, **fields: Any) -> dict[str, Any]:
    """Let new terms be proposed by the buyer and approved by the disponent."""
    body = {"expected_amount": amount, "effective_from": since, "reason": "regulering", **fields}
    proposed = done(do(story, "buyer", order, "terms", body), 201)
    ordinal = proposed["terms"][-1]["ordinal"]
    return done(do(story, "disponent", order, f"terms/{ordinal}/approve"))


def bill(
    amount: str,
    number: str,
    issued: str,
    *,
    order: str | None = None,
    contract: str | None = None,
    span: tuple[str, str] | None = None,
    **fields: Any,
) -> Invoice:
    """Give an invoice of one line: by an order number or a reference, maybe with its period."""
    net = Decimal(amount)
    tax = papers._tax(net)
    line = InvoiceLine(
        line_id="1",
        quantity=Quantity(Decimal(1), "EA"),
        line_extension_amount=net,
        tax_totals=(tax,),
        item=Item(name="Husleje"),
        price=papers.Price(
            price_amount=net, base_quantity=Quantity(Decimal(1), "EA"), orderable_unit_factor_rate=Decimal(1)
        ),
    )
    made: dict[str, Any] = {
        "profile_id": "Procurement-BilSim-1.0",
        "number": number,
        "issue_date": date.fromisoformat(issued),
        "invoice_type_code": "380",
        "document_currency_code": "DKK",
        "invoice_period": Period(start_date=span[0], end_date=span[1]) if span is not None else None,
        "order_reference": DocumentReference(number=order) if order is not None else None,
        "contract_references": (DocumentReference(number=contract),) if contract is not None else (),
        "supplier": papers.supplier_party(),
        "customer": papers.institution_party(),
        "tax_totals": (tax,),
        "total": MonetaryTotal(
            line_extension_amount=net,
            tax_exclusive_amount=tax.tax_amount,
            tax_inclusive_amount=net + tax.tax_amount,
            payable_amount=net + tax.tax_amount,
        ),
        "lines": (line,),
    }
    return Invoice.model_validate(made | fields)


def billed(story: Story, amount: str, number: str, issued: str, **how: Any) -> dict[str, Any]:
    """Hand an invoice in, and give what was decided."""
    return story.match(papers.written(bill(amount, number, issued, **how)))
