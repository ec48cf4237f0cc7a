"""Answers, bills and reminders as hypothesis makes them: with figures that add up, and as OIOUBL wants them."""

from decimal import Decimal

from hypothesis import strategies as st

from app.documents import arithmetic
from app.documents.amounts import TaxCategory
from app.documents.application_response import ApplicationResponse, LineResponse
from app.documents.invoice import (
    BillingReference,
    Discrepancy,
    Invoice,
    InvoiceLine,
    OrderLineReference,
)
from app.documents.order import Delivery
from app.documents.order_response import AnsweredLine, OrderResponse, OrderResponseLine, OrderResponseSimple
from app.documents.reminder import Reminder, ReminderLine
from app.documents.values import DocumentReference
from app.kit.money import rounded
from tests.strategy_parts import (
    STANDARD,
    Draw,
    amounts,
    categories,
    charges,
    days,
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
    several_texts,
    tax_amount_of,
    tax_of,
    texts,
    totals,
    uuids,
    words,
)

ORDERING_PROFILE = "Procurement-OrdAdv-BilSim-1.0"


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
        back_order_quantity=draw(maybe(quantities)),
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
        invoice_period=draw(maybe(periods())),
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
    delivered_on = draw(maybe(days))
    if delivered_on is None:
        lines = tuple(line.but(actual_delivery_on=draw(maybe(days))) for line in lines)
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
        actual_delivery_on=delivered_on,
        payment_means=() if credit else (draw(payment_means()),),
        payment_terms_note=None if credit else draw(maybe(texts)),
        allowance_charges=header_charges,
        tax_totals=taxes,
        total=total,
        lines=lines,
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


@st.composite
def reminder_lines(draw: Draw, line_id: str) -> ReminderLine:
    owed, amount = draw(st.booleans()), draw(amounts)
    reference = BillingReference(invoice=references(draw)) if owed else BillingReference(credit_note=references(draw))
    return ReminderLine(
        line_id=line_id,
        notes=draw(several_texts),
        balance_brought_forward=draw(maybe(st.booleans())),
        debit_line_amount=amount if owed else None,
        credit_line_amount=None if owed else amount,
        accounting_cost=draw(maybe(texts)),
        penalty_surcharge_percent=draw(maybe(positive_numbers)),
        reminder_period=draw(maybe(periods())),
        billing_reference=draw(maybe(st.just(reference))),
    )


@st.composite
def reminders(draw: Draw) -> Reminder:
    category = draw(categories)
    fee = draw(charges(category)).but(charge_indicator=True, reason_code="PenaltyFee", reason=None)
    fees = draw(st.lists(st.just(fee), max_size=1).map(tuple))
    total, taxes = totals(draw(amounts), fees, category)
    return Reminder(
        **header(draw, ORDERING_PROFILE),
        reminder_type_code=draw(st.sampled_from(["Reminder", "Advis"])),
        reminder_sequence=Decimal(draw(st.integers(1, 3))),
        document_currency_code="DKK",
        accounting_cost=draw(maybe(texts)),
        reminder_period=draw(maybe(periods())),
        supplier=draw(parties),
        customer=draw(parties),
        payee=draw(maybe(parties)),
        payment_means=draw(st.lists(payment_means(), max_size=1).map(tuple)),
        payment_terms_note=draw(maybe(texts)),
        allowance_charges=fees,
        tax_totals=taxes,
        total=total,
        lines=tuple(draw(reminder_lines(str(number + 1))) for number in range(draw(st.integers(1, 3)))),
    )
