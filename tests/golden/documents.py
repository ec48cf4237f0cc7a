"""One fixed document of each kind, in which nearly every field has a value."""

from datetime import date, time
from decimal import Decimal

from app.documents.amounts import ExchangeRate
from app.documents.application_response import ApplicationResponse, LineResponse
from app.documents.catalogue import Catalogue, CatalogueLine, PriceBracket, RelatedItem
from app.documents.invoice import (
    BillingReference,
    Discrepancy,
    Invoice,
    InvoiceLine,
    OrderLineReference,
    PaymentMeans,
)
from app.documents.order import Delivery, Order, OrderLine
from app.documents.order_response import AnsweredLine, OrderResponse, OrderResponseLine, OrderResponseSimple
from app.documents.party import Address
from app.documents.values import DocumentReference, Identifier, Period
from app.kit.money import Quantity
from tests.golden.parts import (
    BOXES,
    BUYER,
    CONTRACTOR,
    DAY,
    DISCOUNT,
    FREIGHT,
    ITEM,
    LINE_AMOUNT,
    PERIOD,
    PLAIN_TOTAL,
    PRICE,
    PROFILE,
    REFERENCE,
    STANDARD,
    SUPPLIER,
    TOTAL,
    tax,
)

ORDER = Order(
    profile_id=PROFILE,
    number="O-1",
    uuid=REFERENCE.uuid,
    issue_date=DAY,
    notes=("Ring før levering.",),
    order_type_code="220",
    document_currency_code="DKK",
    accounting_cost="1200-30",
    customer_reference="Magasin",
    validity_period=Period(end_date=date(2026, 4, 30)),
    contract_id="A-7",
    buyer=BUYER,
    supplier=SUPPLIER,
    originator=BUYER.but(endpoint_id=None),
    accounting_customer=BUYER,
    delivery=Delivery(
        location_id=Identifier(value="5798009882899", scheme_id="GLN"),
        address=BUYER.address,
        requested_period=PERIOD,
    ),
    allowance_charges=(DISCOUNT, FREIGHT),
    tax_totals=tax("154.00", "38.50"),
    anticipated_total=TOTAL,
    lines=(
        OrderLine(
            line_id="1",
            notes=("Helst uden tryk",),
            quantity=BOXES,
            line_extension_amount=LINE_AMOUNT,
            accounting_cost="1200-31",
            partial_delivery=True,
            back_order_allowed=False,
            line_status_code="NoStatus",
            price=PRICE,
            item=ITEM.but(tax_category=STANDARD),
        ),
    ),
)
ORDER_RESPONSE_SIMPLE = OrderResponseSimple(
    profile_id=PROFILE,
    number="S-1",
    issue_date=DAY,
    accepted=False,
    rejection_notes=("Varen er udgået.",),
    accounting_cost="1200-30",
    order_reference=REFERENCE,
    supplier=SUPPLIER,
    buyer=BUYER,
)
ANSWERED = AnsweredLine(
    line_id="1",
    quantity=BOXES,
    line_extension_amount=LINE_AMOUNT,
    line_status_code="Revised",
    delivery=Delivery(promised_period=PERIOD),
    price=PRICE,
    item=ITEM,
)
ORDER_RESPONSE = OrderResponse(
    profile_id=PROFILE,
    number="S-2",
    uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d02",
    issue_date=DAY,
    notes=("Leveres senere.",),
    sales_order_id="SO-5",
    document_currency_code="DKK",
    accounting_cost="1200-30",
    order_reference=REFERENCE,
    contract_id="A-7",
    supplier=SUPPLIER,
    buyer=BUYER,
    delivery=Delivery(latest_delivery_date=date(2026, 3, 20)),
    tax_totals=tax("120.00", "30.00"),
    total=PLAIN_TOTAL,
    lines=(
        OrderResponseLine(
            line=ANSWERED,
            substitution_status_code="DeliveryDateChanged",
            substitutes=(ANSWERED.but(line_id="1A", delivery=None),),
            notes=("Restordre",),
        ),
    ),
)
BILL = BillingReference(invoice=DocumentReference(number="I-1", issue_date=DAY))
INVOICE_LINE = InvoiceLine(
    line_id="1",
    notes=("Leveret samlet",),
    quantity=BOXES,
    line_extension_amount=LINE_AMOUNT,
    accounting_cost="1200-31",
    order_line_references=(OrderLineReference(line_id="1", order_number="O-1"),),
    tax_totals=tax("120.00", "30.00"),
    item=ITEM,
    price=PRICE,
)
INVOICE = Invoice(
    profile_id=PROFILE,
    number="I-1",
    issue_date=DAY,
    notes=("Tak for handlen",),
    invoice_type_code="380",
    due_date=date(2026, 4, 1),
    tax_point_date=DAY,
    document_currency_code="DKK",
    accounting_cost="1200-30",
    invoice_period=PERIOD,
    order_reference=REFERENCE,
    sales_order_id="SO-5",
    contract_references=(DocumentReference(number="A-7"),),
    supplier=SUPPLIER,
    customer=BUYER,
    payee=SUPPLIER,
    actual_delivery_on=DAY,
    payment_means=(
        PaymentMeans(
            code="93",
            due_date=date(2026, 4, 1),
            channel_code="DK:FIK",
            payment_id="71",
            instruction_id="000000000012345",
            credit_account_id="81234567",
        ),
    ),
    payment_terms_note="Netto 30 dage",
    allowance_charges=(DISCOUNT, FREIGHT),
    tax_totals=tax("154.00", "38.50"),
    total=TOTAL,
    lines=(INVOICE_LINE,),
)
# In euro at 7.4600: 4 boxes of 12 pieces at 0.3351 EUR come to 119.99 DKK, within the official 1.00 of 120.00.
CREDIT_NOTE = Invoice(
    document_type="CreditNote",
    profile_id=PROFILE,
    number="C-1",
    issue_date=DAY,
    tax_point_date=DAY,
    document_currency_code="DKK",
    pricing_currency_code="EUR",
    discrepancies=(Discrepancy(reference_id="1", descriptions=("Forkert vare",)),),
    order_reference=REFERENCE,
    billing_references=(BILL,),
    supplier=SUPPLIER,
    customer=BUYER,
    pricing_exchange_rate=ExchangeRate(
        source_currency_code="EUR",
        target_currency_code="DKK",
        calculation_rate=Decimal("7.46"),
        mathematic_operator_code="multiply",
    ),
    tax_totals=tax("120.00", "30.00"),
    total=PLAIN_TOTAL,
    lines=(
        INVOICE_LINE.but(
            price=PRICE.but(price_amount=Decimal("0.3351"), currency="EUR"),
            billing_references=(BILL.but(line_id="1"),),
        ),
    ),
)
CATALOGUE = Catalogue(
    profile_id="Catalogue-CatExt-1.0",
    number="K-1",
    uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d03",
    issue_date=DAY,
    issue_time=time(8, 30),
    revision_date=DAY,
    notes=("Gælder fra foråret",),
    name="Arkiv",
    descriptions=("Æsker og mapper",),
    version_id="2",
    previous_version_id="1",
    validity_period=Period(start_date=date(2026, 1, 1), end_date=date(2027, 12, 31)),
    contract_id="A-7",
    provider=SUPPLIER,
    receiver=BUYER,
    supplier=SUPPLIER,
    contractor=CONTRACTOR,
    trading_terms=("Frit leveret over 500 kr.",),
    lines=(
        CatalogueLine(
            line_id="BB-12",
            action_code="Update",
            life_cycle_status_code="Available",
            contract_subdivision="Delaftale 2",
            notes=("Ny pris",),
            orderable=True,
            orderable_unit="BX",
            content_unit_quantity=Quantity(Decimal("12"), "EA"),
            order_quantity_increment=Decimal("1"),
            minimum_order_quantity=Decimal("2"),
            maximum_order_quantity=Decimal("400"),
            warranty_information=("2 år",),
            validity_period=PERIOD,
            related_items=(
                RelatedItem(relation="Accessory", line_id="BB-13", descriptions=("Etiketter",)),
                RelatedItem(relation="Replacement", line_id="BB-11", quantity=Quantity(Decimal("1"), "BX")),
            ),
            brackets=(
                PriceBracket(
                    lead_time=Quantity(Decimal("3"), "DAY"),
                    minimum_quantity=Quantity(Decimal("2"), "BX"),
                    maximum_quantity=Quantity(Decimal("400"), "BX"),
                    territories=(Address(format_code="StructuredRegion", region="Fyn", country_code="DK"),),
                    price=PRICE.but(currency="DKK", validity_period=PERIOD),
                    tax_categories=(STANDARD,),
                ),
            ),
            item=ITEM.but(origin_country_code="DK"),
        ),
    ),
)
APPLICATION_RESPONSE = ApplicationResponse(
    profile_id="Catalogue-CatExt-1.0",
    number="R-1",
    issue_date=DAY,
    notes=("Besvaret maskinelt",),
    sender=BUYER,
    receiver=SUPPLIER,
    reference_id="1",
    response_code="BusinessReject",
    descriptions=("Prisen på BB-12 er steget mere end aftalt.",),
    document=DocumentReference(number="K-1", issue_date=DAY, version_id="2", document_type_code="Catalogue"),
    line_responses=(
        LineResponse(line_id="BB-12", reference_id="1", response_code="BusinessReject", descriptions=("Pris",)),
    ),
)

GOLDEN = {
    "application_response.xml": APPLICATION_RESPONSE,
    "catalogue.xml": CATALOGUE,
    "credit_note.xml": CREDIT_NOTE,
    "invoice.xml": INVOICE,
    "order.xml": ORDER,
    "order_response.xml": ORDER_RESPONSE,
    "order_response_simple.xml": ORDER_RESPONSE_SIMPLE,
}
