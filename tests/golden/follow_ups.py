"""One fixed document of each kind that follows upon an order or a bill: changes, cancellations, reminders."""

from datetime import date, time
from decimal import Decimal

from app.documents.amounts import AllowanceCharge, ExchangeRate, MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.documents.invoice import BillingReference, PaymentMeans
from app.documents.order import Delivery, OrderLine, ProposedLine
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.party import Party
from app.documents.reminder import Reminder, ReminderLine
from app.documents.values import DocumentReference, Identifier, Period
from tests.golden.parts import (
    BOXES,
    BUYER,
    DAY,
    DETAILED_ITEM,
    DISCOUNT,
    FREIGHT,
    ITEM,
    LINE_AMOUNT,
    PERIOD,
    PRICE,
    PROFILE,
    REFERENCE,
    STANDARD,
    SUPPLIER,
    TOTAL,
    tax,
)

WAREHOUSE = Party(identifications=(Identifier(value="5798009882899", scheme_id="GLN"),), name="Magasinet")
# In euro at 7.4600: 4 boxes of 12 pieces at 0.3351 EUR come to 119.99 DKK, within the official 1.00 of 120.00.
ORDER_CHANGE = OrderChange(
    profile_id=PROFILE,
    number="OC-1",
    uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d04",
    issue_date=DAY,
    issue_time=time(14, 5),
    notes=("Leveres på magasinet.",),
    sales_order_id="SO-5",
    sequence_number_id="2",
    order_reference=REFERENCE,
    document_currency_code="DKK",
    pricing_currency_code="EUR",
    accounting_cost="1200-30",
    customer_reference="Magasin",
    validity_period=Period(end_date=date(2026, 4, 30)),
    contract_id="A-7",
    buyer=BUYER,
    supplier=SUPPLIER,
    originator=BUYER.but(endpoint_id=None),
    accounting_customer=BUYER,
    delivery=Delivery(requested_period=PERIOD, delivery_party=WAREHOUSE),
    allowance_charges=(DISCOUNT, FREIGHT),
    pricing_exchange_rate=ExchangeRate(
        source_currency_code="EUR",
        target_currency_code="DKK",
        calculation_rate=Decimal("7.46"),
        mathematic_operator_code="multiply",
    ),
    tax_totals=tax("154.00", "38.50"),
    anticipated_total=TOTAL,
    lines=(
        OrderLine(
            line_id="1",
            notes=("To æsker mere",),
            quantity=BOXES,
            line_extension_amount=LINE_AMOUNT,
            accounting_cost="1200-31",
            partial_delivery=True,
            back_order_allowed=False,
            line_status_code="Revised",
            price=PRICE.but(price_amount=Decimal("0.3351"), currency="EUR"),
            item=DETAILED_ITEM.but(tax_category=STANDARD),
            substitutes=(ProposedLine(line_id="1A", notes=("Gerne brugt",), quantity=BOXES, item=ITEM),),
        ),
    ),
)
ORDER_CANCELLATION = OrderCancellation(
    profile_id=PROFILE,
    number="OX-1",
    uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d05",
    issue_date=DAY,
    issue_time=time(16, 0),
    notes=("Beklager ulejligheden.",),
    cancellation_notes=("Flytningen er aflyst.", "Der bestilles igen til efteråret."),
    order_reference=REFERENCE,
    contract_id="A-7",
    buyer=BUYER,
    supplier=SUPPLIER,
    originator=BUYER.but(endpoint_id=None),
)

UNTAXED = TaxCategory(id="ZeroRated", percent=Decimal("0"))
FEE = AllowanceCharge(charge_indicator=True, amount=Decimal("100.00"), reason_code="PenaltyFee", tax_category=UNTAXED)
REMINDER = Reminder(
    profile_id=PROFILE,
    number="RY-1",
    uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d06",
    issue_date=date(2026, 4, 20),
    notes=("Er beløbet betalt, bedes De se bort fra denne rykker.",),
    reminder_type_code="Reminder",
    reminder_sequence=Decimal("2"),
    document_currency_code="DKK",
    accounting_cost="1200-30",
    reminder_period=Period(start_date=DAY, end_date=date(2026, 4, 20)),
    supplier=SUPPLIER,
    customer=BUYER,
    payee=SUPPLIER,
    payment_means=(
        PaymentMeans(
            code="42",
            due_date=date(2026, 4, 30),
            channel_code="DK:BANK",
            account_id="0001234567",
            payment_notes=("RY-1",),
            branch_id="9042",
        ),
    ),
    payment_terms_note="Betales inden 10 dage",
    allowance_charges=(FEE,),
    tax_totals=(
        TaxTotal(
            tax_amount=Decimal("0.00"),
            subtotals=(TaxSubtotal(taxable_amount=Decimal("100.00"), tax_amount=Decimal("0.00"), category=UNTAXED),),
        ),
    ),
    total=MonetaryTotal(
        line_extension_amount=Decimal("162.50"),
        tax_exclusive_amount=Decimal("0.00"),
        tax_inclusive_amount=Decimal("262.50"),
        charge_total_amount=Decimal("100.00"),
        prepaid_amount=Decimal("50.00"),
        payable_amount=Decimal("212.50"),
    ),
    lines=(
        ReminderLine(
            line_id="1",
            notes=("Forfalden 1. april",),
            balance_brought_forward=False,
            debit_line_amount=Decimal("192.50"),
            accounting_cost="1200-31",
            penalty_surcharge_percent=Decimal("0.5"),
            reminder_period=PERIOD,
            billing_reference=BillingReference(invoice=DocumentReference(number="I-1", issue_date=DAY)),
        ),
        ReminderLine(
            line_id="2",
            credit_line_amount=Decimal("30.00"),
            billing_reference=BillingReference(credit_note=DocumentReference(number="C-1", issue_date=DAY)),
        ),
        ReminderLine(line_id="3", billing_reference=BillingReference(reminder=DocumentReference(number="RY-0"))),
    ),
)

GOLDEN = {
    "order_cancellation.xml": ORDER_CANCELLATION,
    "order_change.xml": ORDER_CHANGE,
    "reminder.xml": REMINDER,
}
