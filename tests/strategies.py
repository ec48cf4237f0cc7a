"""Documents as hypothesis makes them: whole, with figures that add up, and as OIOUBL wants them."""

from decimal import Decimal

from hypothesis import strategies as st

from app.documents import arithmetic
from app.documents.amounts import TaxCategory
from app.documents.application_response import ApplicationResponse, LineResponse
from app.documents.catalogue import Catalogue, CatalogueLine, PriceBracket, RelatedItem
from app.documents.invoice import (
    BillingReference,
    Discrepancy,
    Invoice,
    InvoiceLine,
    OrderLineReference,
)
from app.documents.order import Delivery, Order, OrderLine
from app.documents.order_response import AnsweredLine, OrderResponse, OrderResponseLine, OrderResponseSimple
from app.documents.values import DocumentReference
from app.kit.money import Quantity, rounded
from tests.strategy_parts import (
    STANDARD,
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
    payment_means,
    periods,
    positive_numbers,
    prices,
    quantities,
    references,
    regions,
    several_texts,
    tax_amount_of,
    tax_of,
    texts,
    totals,
    units,
    uuids,
    words,
)

ORDERING_PROFILE = "Procurement-OrdAdv-BilSim-1.0"
CATALOGUE_PROFILE = "Catalogue-CatExt-1.0"


@st.composite
def order_lines(draw: Draw, line_id: str) -> OrderLine:
    quantity = draw(quantities)
    price = draw(maybe(prices(quantity.unit_code)))
    computed = None if price is None else arithmetic.line_amount(quantity, price)
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
    )


@st.composite
def orders(draw: Draw) -> Order:
    lines = tuple(draw(order_lines(str(number + 1))) for number in range(draw(st.integers(1, 3))))
    category = draw(categories)
    header_charges = tuple(draw(st.lists(charges(category), max_size=2)))
    net = sum((rounded(line.line_extension_amount or Decimal(0)) for line in lines), start=Decimal(0))
    total, taxes = totals(net, header_charges, category)
    with_total = draw(st.booleans()) or bool(header_charges)
    return Order(
        **header(draw, ORDERING_PROFILE),
        order_type_code=draw(maybe(st.just("220"))),
        document_currency_code="DKK",
        accounting_cost=draw(maybe(texts)),
        customer_reference=draw(maybe(texts)),
        validity_period=draw(maybe(periods())),
        contract_id=draw(maybe(numbers)),
        buyer=draw(parties),
        supplier=draw(parties),
        originator=draw(maybe(parties)),
        accounting_customer=draw(maybe(parties)),
        delivery=draw(maybe(deliveries())),
        allowance_charges=header_charges,
        tax_totals=taxes if with_total else (),
        anticipated_total=total if with_total else None,
        lines=lines,
    )


order_responses_simple = st.booleans().flatmap(
    lambda accepted: st.builds(
        OrderResponseSimple,
        profile_id=st.just(ORDERING_PROFILE),
        number=numbers,
        uuid=maybe(uuids),
        issue_date=days,
        accepted=st.just(accepted),
        notes=st.just(()),
        rejection_notes=st.just(()) if accepted else st.lists(texts, min_size=1, max_size=2).map(tuple),
        accounting_cost=maybe(texts),
        order_reference=st.builds(DocumentReference, number=numbers, uuid=maybe(uuids), issue_date=maybe(days)),
        supplier=parties,
        buyer=parties,
    )
)


@st.composite
def answered_lines(draw: Draw, line_id: str) -> AnsweredLine:
    """A line of an answer, where the base quantity counts for nothing."""
    quantity = draw(maybe(quantities))
    price = None if quantity is None else draw(prices(quantity.unit_code))
    computed = None if price is None else arithmetic.response_line_amount(quantity, price)
    promised = draw(maybe(periods()))
    return AnsweredLine(
        line_id=line_id,
        quantity=quantity,
        line_extension_amount=computed and rounded(computed),
        line_status_code=draw(st.sampled_from(["Added", "Cancelled", "NoStatus", "Revised"])),
        delivery=promised and Delivery(promised_period=promised),
        price=price,
        item=draw(items()),
    )


@st.composite
def order_responses(draw: Draw) -> OrderResponse:
    status = st.sampled_from(["Original", "OrderLineRejected", "Substitution"])
    lines = tuple(
        OrderResponseLine(
            line=draw(answered_lines(str(number + 1))),
            substitution_status_code=draw(maybe(status)),
            substitutes=draw(st.lists(answered_lines(f"{number + 1}S"), max_size=1).map(tuple)),
            notes=draw(several_texts),
        )
        for number in range(draw(st.integers(0, 2)))
    )
    net = sum((line.line.line_extension_amount or Decimal(0) for line in lines), start=Decimal(0))
    total, taxes = totals(net, (), STANDARD)
    return OrderResponse(
        **header(draw, ORDERING_PROFILE),
        sales_order_id=draw(maybe(numbers)),
        document_currency_code="DKK",
        accounting_cost=draw(maybe(texts)),
        order_reference=references(draw),
        contract_id=draw(maybe(numbers)),
        supplier=draw(parties),
        buyer=draw(parties),
        delivery=draw(maybe(st.builds(Delivery, latest_delivery_date=days))),
        tax_totals=taxes if net else (),
        total=total if net else None,
        lines=lines,
    )


@st.composite
def invoice_lines(draw: Draw, line_id: str, category: TaxCategory, reference: BillingReference | None) -> InvoiceLine:
    quantity = draw(quantities)
    price = draw(prices(quantity.unit_code))
    amount = rounded(arithmetic.line_amount(quantity, price) or Decimal(0))
    return InvoiceLine(
        line_id=line_id,
        notes=draw(several_texts),
        quantity=quantity,
        line_extension_amount=amount,
        accounting_cost=draw(maybe(texts)),
        order_line_references=(OrderLineReference(line_id=line_id, order_number=draw(maybe(numbers))),),
        billing_references=() if reference is None else (reference,),
        tax_totals=(tax_of(category, amount, tax_amount_of(category, amount)),),
        item=draw(items()),
        price=price,
    )


@st.composite
def invoices(draw: Draw, document_type: str = "Invoice") -> Invoice:
    """An invoice, or a credit note that names the invoice it credits."""
    credit = document_type == "CreditNote"
    category = draw(categories)
    billed = BillingReference(invoice=references(draw), line_id=None) if credit else None
    lines = tuple(
        draw(invoice_lines(str(n + 1), category, billed and billed.but(line_id=str(n + 1))))
        for n in range(draw(st.integers(1, 3)))
    )
    header_charges = tuple(draw(st.lists(charges(category), max_size=2)))
    net = sum((line.line_extension_amount for line in lines), start=Decimal(0))
    total, taxes = totals(net, header_charges, category)
    reason = Discrepancy(reference_id="1", descriptions=(draw(texts),))
    return Invoice(
        **header(draw, ORDERING_PROFILE),
        document_type=document_type,
        invoice_type_code=None if credit else draw(maybe(st.just("380"))),
        due_date=None if credit else draw(maybe(days)),
        tax_point_date=draw(maybe(days)),
        document_currency_code="DKK",
        accounting_cost=draw(maybe(texts)),
        invoice_period=draw(maybe(periods())),
        discrepancies=(reason,) if credit else (),
        order_reference=references(draw),
        sales_order_id=draw(maybe(numbers)),
        billing_references=() if billed is None else (billed,),
        contract_references=() if credit else (references(draw),),
        supplier=draw(parties),
        customer=draw(parties),
        payee=draw(maybe(parties)),
        actual_delivery_on=draw(maybe(days)),
        payment_means=() if credit else (draw(payment_means()),),
        payment_terms_note=None if credit else draw(maybe(texts)),
        allowance_charges=header_charges,
        tax_totals=taxes,
        total=total,
        lines=lines,
    )


@st.composite
def catalogue_lines(draw: Draw, line_id: str) -> CatalogueLine:
    price = draw(maybe(prices("EA")))
    if price is not None:
        price = price.but(currency=draw(st.sampled_from(["DKK", "EUR"])), validity_period=draw(maybe(periods())))
    bracket = PriceBracket(
        lead_time=draw(maybe(st.just(Quantity(Decimal(3), "DAY")))),
        minimum_quantity=draw(maybe(quantities)),
        maximum_quantity=draw(maybe(quantities)),
        territories=draw(st.lists(regions, max_size=1).map(tuple)),
        price=price,
        tax_categories=(draw(categories),),
    )
    related = RelatedItem(relation=draw(st.sampled_from(["Component", "Accessory", "Replacement"])), line_id=line_id)
    return CatalogueLine(
        line_id=line_id,
        action_code=draw(st.sampled_from(["Add", "Update", "Delete"])),
        life_cycle_status_code=draw(maybe(st.sampled_from(["Available", "NewAvailable"]))),
        contract_subdivision=draw(maybe(texts)),
        notes=draw(several_texts),
        orderable=draw(st.booleans()),
        orderable_unit=draw(units),
        content_unit_quantity=draw(quantities),
        order_quantity_increment=draw(maybe(positive_numbers)),
        minimum_order_quantity=draw(maybe(positive_numbers)),
        maximum_order_quantity=draw(maybe(positive_numbers)),
        warranty_information=draw(st.lists(texts, max_size=1).map(tuple)),
        validity_period=draw(maybe(periods())),
        related_items=draw(st.lists(st.just(related), max_size=1).map(tuple)),
        brackets=(bracket,),
        item=draw(items(classified=True)),
    )


@st.composite
def catalogues(draw: Draw) -> Catalogue:
    return Catalogue(
        **header(draw, CATALOGUE_PROFILE),
        name=draw(maybe(texts)),
        issue_time=draw(maybe(st.times().map(lambda time: time.replace(microsecond=0)))),
        revision_date=draw(maybe(days)),
        descriptions=draw(several_texts),
        version_id=draw(words),
        previous_version_id=draw(maybe(words)),
        validity_period=draw(periods()),
        contract_id=draw(maybe(numbers)),
        provider=draw(parties),
        receiver=draw(parties),
        supplier=draw(parties),
        contractor=draw(maybe(parties)),
        trading_terms=draw(st.lists(texts, max_size=1).map(tuple)),
        lines=tuple(draw(catalogue_lines(str(number + 1))) for number in range(draw(st.integers(1, 3)))),
    )


@st.composite
def application_responses(draw: Draw) -> ApplicationResponse:
    document = references(draw).but(document_type_code=draw(st.sampled_from(["Invoice", "Catalogue", "CreditNote"])))
    code = st.sampled_from(["BusinessAccept", "BusinessReject"])
    line_responses = st.builds(
        LineResponse, line_id=numbers, reference_id=numbers, response_code=code, descriptions=several_texts
    )
    return ApplicationResponse(
        **header(draw, ORDERING_PROFILE),
        sender=draw(parties),
        receiver=draw(parties),
        reference_id=draw(numbers),
        response_code=draw(code | st.sampled_from(["TechnicalReject", "ProfileReject"])),
        descriptions=draw(several_texts),
        document=document.but(version_id=draw(maybe(words))),
        line_responses=draw(st.lists(line_responses, max_size=2).map(tuple)),
    )
