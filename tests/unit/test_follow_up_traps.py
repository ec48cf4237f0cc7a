"""Where OIOUBL surprises in order changes, cancellations, reminders and payments, one test each."""

from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from app import dialects
from app.documents.arithmetic import faults_of
from app.documents.order import Delivery
from app.documents.values import Period
from app.kit.errors import Fault
from app.kit.money import Quantity
from app.oioubl.order import read_order, write_order
from app.oioubl.order_change import read_order_change, write_order_change
from app.oioubl.reading import UnreadableDocument
from app.oioubl.reminder import read_reminder, write_reminder
from app.oioubl.ubl import parse
from app.oioubl.validation import fatal_rules
from app.oioubl.writing import UnwritableDocument
from tests.golden import documents, follow_ups
from tests.golden.parts import BUYER, CONTRACTOR
from tests.samples import sample

NAMED_AS_BUYER = BUYER.but(identifications=(), endpoint_id=None)


def faults_in(document: bytes) -> list[tuple[str | None, str | None]]:
    with pytest.raises(UnreadableDocument) as caught:
        dialects.read(parse(document))
    return [(fault.rule_id, fault.xpath) for fault in caught.value.faults]


def refused_in(document: Any) -> tuple[Fault, ...]:
    with pytest.raises(UnwritableDocument) as caught:
        dialects.write(document)
    return tuple(caught.value.faults)


def test_an_order_change_leaves_the_base_quantity_out_of_account() -> None:
    per_ten = (
        ("21.50</cbc:PriceAmount>", "215.00</cbc:PriceAmount>"),
        ('"EA">1.00</cbc:BaseQ', '"EA">10.00</cbc:BaseQ'),
    )
    document = sample("order-change", *per_ten)

    assert faults_in(document) == [("F-OCH140", "/OrderChange/cac:OrderLine[3]/cac:LineItem/cbc:LineExtensionAmount")]
    assert fatal_rules(document) == ["F-OCH140"]


def test_the_same_line_in_an_order_is_price_by_base_quantity() -> None:
    in_order, in_change = (dialects.read(parse(sample(name))).lines[2].price for name in ("order", "order-change"))

    assert (in_order.price_amount, in_order.base_quantity.value) == (Decimal("215.00"), 10)
    assert (in_change.price_amount, in_change.base_quantity.value) == (Decimal("21.50"), 1)


def test_an_order_change_with_a_factor_counts_it_even_where_the_units_are_equal() -> None:
    price = documents.PRICE.but(base_quantity=Quantity(Decimal(1), "BX"))
    line = follow_ups.ORDER_CHANGE.lines[0].but(price=price, line_extension_amount=Decimal("120.00"))
    change = follow_ups.ORDER_CHANGE.but(lines=(line,), pricing_exchange_rate=None)

    assert faults_of(change) == ()
    assert [fault.rule_id for fault in faults_of(documents.ORDER.but(lines=change.lines))] == ["F-ORD255"]


def test_the_sum_of_an_order_changes_lines_is_checked_officially() -> None:
    more = (('LineExtensionAmount currencyID="DKK">3030.00', 'LineExtensionAmount currencyID="DKK">3031.00'),)
    place = "/OrderChange/cac:AnticipatedMonetaryTotal/cbc:LineExtensionAmount"

    assert faults_in(sample("order-change", *more))[0] == ("F-OCH066", place)
    assert "F-OCH066" in fatal_rules(sample("order-change", *more))


def test_an_order_change_needs_its_number_in_the_row_of_changes() -> None:
    document = sample("order-change", ("<cbc:SequenceNumberID>1</cbc:SequenceNumberID>", "<cbc:SequenceNumberID/>"))

    assert faults_in(document) == [("F-OCH005", "/OrderChange")]
    assert fatal_rules(document) == ["F-OCH005"]


@pytest.mark.parametrize(
    ("party", "accounting_customer", "rule_ids"),
    [
        (BUYER, None, ["F-OCH049"]),
        (NAMED_AS_BUYER, None, ["F-OCH050"]),
        (CONTRACTOR, CONTRACTOR, ["F-OCH051"]),
        (NAMED_AS_BUYER, NAMED_AS_BUYER, ["F-OCH050", "F-OCH052"]),
    ],
)
def test_the_delivery_party_of_an_order_change_is_neither_buyer_nor_payer(
    party: Any, accounting_customer: Any, rule_ids: list[str]
) -> None:
    delivery = Delivery(delivery_party=party)
    change = follow_ups.ORDER_CHANGE.but(delivery=delivery, accounting_customer=accounting_customer)

    faults = refused_in(change)

    assert [fault.rule_id for fault in faults] == rule_ids
    assert {fault.xpath for fault in faults} == {"/OrderChange/cac:Delivery"}


def test_an_order_may_name_the_buyer_as_delivery_party() -> None:
    order = documents.ORDER.but(delivery=Delivery(delivery_party=BUYER))

    assert fatal_rules(write_order(order)) == []


def test_amounts_with_too_many_decimals_are_refused_by_the_rule_of_their_document() -> None:
    line = follow_ups.ORDER_CHANGE.lines[0]
    price = line.price.but(price_amount=Decimal("0.33511"))
    change = follow_ups.ORDER_CHANGE.but(lines=(line.but(price=price, line_extension_amount=Decimal("120.00001")),))

    assert [fault.rule_id for fault in refused_in(change)] == ["F-OCH139", "F-OCH153"]


def test_a_price_in_another_currency_is_made_the_documents_by_the_rate() -> None:
    change = read_order_change(parse(write_order_change(follow_ups.ORDER_CHANGE)))

    assert change.lines[0].price is not None
    assert change.lines[0].price.currency == "EUR"
    doubled = change.but(pricing_exchange_rate=change.pricing_exchange_rate.but(calculation_rate=Decimal("14.92")))
    assert [fault.rule_id for fault in faults_of(doubled)] == ["F-OCH179"]


def test_a_rate_leaves_prices_in_the_documents_currency_alone() -> None:
    order = documents.ORDER.but(pricing_exchange_rate=follow_ups.ORDER_CHANGE.pricing_exchange_rate)

    assert read_order(parse(write_order(order))) == order


def test_what_the_buyer_would_take_instead_stays_with_the_line() -> None:
    proposed = read_order_change(parse(write_order_change(follow_ups.ORDER_CHANGE))).lines[0].substitutes

    assert [(line.line_id, line.notes) for line in proposed] == [("1A", ("Gerne brugt",))]


def test_a_cancellation_says_why() -> None:
    reason = "<cbc:CancellationNote>Arrangementet er aflyst, så ydelsen skal ikke leveres.</cbc:CancellationNote>"
    document = sample("order-cancellation", (reason, "<cbc:CancellationNote/>"))

    assert faults_in(document) == [("F-OCA003", "/OrderCancellation")]
    assert fatal_rules(document) == ["F-OCA003"]


def test_a_reminder_is_positive_where_the_customer_owes() -> None:
    owed = read_reminder(parse(sample("reminder"))).total.payable_amount
    negative = (
        sample("reminder")
        .replace(b">3218.75<", b">-3218.75<")
        .replace(b'LineExtensionAmount currencyID="DKK">3118.75', b'LineExtensionAmount currencyID="DKK">-3318.75')
    )

    assert owed == Decimal("3218.75")
    assert ("F-LIB016", "/Reminder/cac:LegalMonetaryTotal/cbc:PayableAmount") in faults_in(negative)
    assert fatal_rules(negative) == ["F-LIB016", "F-LIB020"]


def test_the_lines_of_a_reminder_may_hold_the_tax_and_need_not_make_its_sum() -> None:
    total = documents.TOTAL.but(allowance_total_amount=None, charge_total_amount=None, line_extension_amount="154.00")
    reminder = follow_ups.REMINDER.but(total=total, allowance_charges=(), tax_totals=documents.ORDER.tax_totals)

    written = write_reminder(reminder)

    assert reminder.lines[0].debit_line_amount == Decimal("192.50")
    assert fatal_rules(written) == []
    assert read_reminder(parse(written)) == reminder


def test_the_cost_of_a_delay_counts_in_a_reminder() -> None:
    document = sample("reminder", (">100.00</cbc:ChargeTotalAmount>", ">99.00</cbc:ChargeTotalAmount>"))

    assert ("F-REM082", "/Reminder/cac:LegalMonetaryTotal/cbc:ChargeTotalAmount") in faults_in(document)
    assert "F-REM082" in fatal_rules(document)


@pytest.mark.parametrize(
    ("code", "rule_id", "place"),
    [("Rykker", "F-REM061", "/Reminder/cbc:ReminderTypeCode"), ("", "F-REM006", "/Reminder")],
)
def test_a_reminder_is_a_reminder_or_an_advis(code: str, rule_id: str, place: str) -> None:
    document = sample("reminder", (">Reminder</cbc:ReminderTypeCode>", f">{code}</cbc:ReminderTypeCode>"))

    assert faults_in(document) == [(rule_id, place)]
    assert rule_id in fatal_rules(document)


def test_an_advis_is_read_as_one() -> None:
    reminder = read_reminder(parse(sample("reminder", (">Reminder<", ">Advis<"))))

    assert reminder.reminder_type_code == "Advis"


def test_a_reminders_fee_has_a_list_of_its_own() -> None:
    written = dialects.write(follow_ups.REMINDER).decode()

    assert (
        '<cbc:AllowanceChargeReasonCode listID="urn:oioubl:codelist:reminderallowancechargereasoncode-1.0" '
        'listAgencyID="320">PenaltyFee<'
    ) in written


def test_the_day_of_delivery_stands_on_the_document_or_on_its_lines() -> None:
    line = documents.INVOICE_LINE.but(actual_delivery_on=documents.DAY, invoice_period=Period(start_date=documents.DAY))
    once = documents.INVOICE.but(actual_delivery_on=None, lines=(line,))

    assert dialects.read(parse(dialects.write(once))) == once
    assert fatal_rules(dialects.write(once)) == []
    assert fatal_rules(dialects.write(documents.INVOICE.but(lines=(line,)))) == ["F-INV330"]


def test_a_note_on_the_payment_has_twenty_characters_at_most() -> None:
    means = follow_ups.REMINDER.payment_means[0]
    short, long = (
        follow_ups.REMINDER.but(payment_means=(means.but(payment_notes=(note,)),)) for note in ("R" * 20, "R" * 21)
    )

    assert fatal_rules(dialects.write(short)) == []
    assert fatal_rules(dialects.write(long)) == ["F-LIB133"]


def test_the_hour_of_a_cancellation_is_kept() -> None:
    assert dialects.read(parse(dialects.write(follow_ups.ORDER_CANCELLATION))).issue_time == time(16, 0)


@pytest.mark.parametrize("customization", ["OIOUBL-2.01", "OIOUBL-2.02"])
@pytest.mark.parametrize("name", follow_ups.GOLDEN)
def test_older_oioubl_is_read_and_written_as_the_current(name: str, customization: str) -> None:
    document = follow_ups.GOLDEN[name]
    older = dialects.write(document).replace(b">OIOUBL-2.1<", f">{customization}<".encode())

    read = dialects.read(parse(older))

    assert fatal_rules(older) == []
    assert read == document.but(customization_id=customization)
    assert dialects.write(read) == dialects.write(document)
