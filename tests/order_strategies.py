"""Orders, their changes and cancellations as hypothesis makes them: with figures that add up, as OIOUBL wants them."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.documents import arithmetic
from app.documents.amounts import ExchangeRate
from app.documents.arithmetic import LineAmount
from app.documents.order import Order, OrderLine, ProposedLine
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.values import DocumentReference
from app.kit.money import rounded
from tests.strategy_parts import (
    Draw,
    amounts,
    categories,
    charges,
    days,
    deliveries,
    header,
    items,
    maybe,
    numbers,
    parties,
    periods,
    prices,
    quantities,
    references,
    several_texts,
    texts,
    times,
    totals,
    uuids,
)

PROFILE = "Procurement-OrdAdv-BilSim-1.0"

rates = st.builds(
    ExchangeRate,
    source_currency_code=st.just("EUR"),
    target_currency_code=st.just("DKK"),
    calculation_rate=st.decimals(Decimal("7.0000"), Decimal("8.0000"), places=4),
    mathematic_operator_code=st.sampled_from(["multiply", "divide"]),
)
substitutes = st.builds(ProposedLine, line_id=numbers, notes=several_texts, quantity=maybe(quantities), item=items())


@st.composite
def order_lines(draw: Draw, line_id: str, amount_of: LineAmount, rate: ExchangeRate | None) -> OrderLine:
    quantity = draw(quantities)
    price = draw(maybe(prices(quantity.unit_code)))
    if price is not None and rate is not None:
        price = price.but(currency=rate.source_currency_code)
    computed = None if price is None else amount_of(quantity, price, rate)
    return OrderLine(
        line_id=line_id,
        notes=draw(several_texts),
        quantity=quantity,
        line_extension_amount=draw(amounts) if computed is None else rounded(computed),
        accounting_cost=draw(maybe(texts)),
        partial_delivery=draw(maybe(st.booleans())),
        back_order_allowed=draw(maybe(st.booleans())),
        line_status_code=draw(maybe(st.sampled_from(["Added", "NoStatus"]))),
        price=price,
        item=draw(items()),
        substitutes=draw(st.lists(substitutes, max_size=1).map(tuple)),
    )


def order_terms(draw: Draw, amount_of: LineAmount) -> dict[str, Any]:
    rate = draw(maybe(rates))
    lines = tuple(draw(order_lines(str(number + 1), amount_of, rate)) for number in range(draw(st.integers(1, 3))))
    category = draw(categories)
    header_charges = tuple(draw(st.lists(charges(category), max_size=2)))
    net = sum((rounded(line.line_extension_amount or Decimal(0)) for line in lines), start=Decimal(0))
    total, taxes = totals(net, header_charges, category)
    with_total = draw(st.booleans()) or bool(header_charges)
    return {
        **header(draw, PROFILE),
        "document_currency_code": "DKK",
        "pricing_currency_code": rate and rate.source_currency_code,
        "accounting_cost": draw(maybe(texts)),
        "customer_reference": draw(maybe(texts)),
        "validity_period": draw(maybe(periods())),
        "contract_id": draw(maybe(numbers)),
        "buyer": draw(parties),
        "supplier": draw(parties),
        "originator": draw(maybe(parties)),
        "accounting_customer": draw(maybe(parties)),
        "delivery": draw(maybe(deliveries())),
        "allowance_charges": header_charges,
        "pricing_exchange_rate": rate,
        "tax_totals": taxes if with_total else (),
        "anticipated_total": total if with_total else None,
        "lines": lines,
    }


@st.composite
def orders(draw: Draw) -> Order:
    return Order(order_type_code=draw(maybe(st.just("220"))), **order_terms(draw, arithmetic.line_amount))


@st.composite
def order_changes(draw: Draw) -> OrderChange:
    return OrderChange(
        sales_order_id=draw(maybe(numbers)),
        issue_time=draw(maybe(times)),
        sequence_number_id=str(draw(st.integers(1, 99))),
        order_reference=references(draw),
        **order_terms(draw, arithmetic.response_line_amount),
    )


order_cancellations = st.builds(
    OrderCancellation,
    profile_id=st.just(PROFILE),
    number=numbers,
    uuid=maybe(uuids),
    issue_date=days,
    notes=several_texts,
    issue_time=maybe(times),
    cancellation_notes=st.lists(texts, min_size=1, max_size=2).map(tuple),
    order_reference=st.builds(DocumentReference, number=numbers, uuid=maybe(uuids), issue_date=maybe(days)),
    contract_id=maybe(numbers),
    buyer=parties,
    supplier=parties,
    originator=maybe(parties),
)
