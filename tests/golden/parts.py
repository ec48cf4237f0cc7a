"""Parties, items, prices and totals of the fixed documents."""

from datetime import date
from decimal import Decimal

from app.documents.amounts import AllowanceCharge, MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.documents.item import Certificate, Classification, Item, ItemProperty, Specification
from app.documents.party import Address, Contact, LegalEntity, Party
from app.documents.price import Price
from app.documents.values import DocumentReference, Identifier, Period
from app.kit.money import Quantity

PROFILE = "Procurement-OrdAdv-BilSim-1.0"
DAY = date(2026, 3, 2)
PERIOD = Period(start_date=date(2026, 3, 9), end_date=date(2026, 3, 13))
STANDARD = TaxCategory(id="StandardRated", percent=Decimal("25"))
REFERENCE = DocumentReference(number="O-1", uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d01", issue_date=DAY)

BUYER = Party(
    endpoint_id=Identifier(value="5798009882929", scheme_id="GLN"),
    identifications=(Identifier(value="5798009882929", scheme_id="GLN"),),
    name="Egeskov Museum",
    address=Address(
        street_name="Parkvej",
        additional_street_name="Nordfløjen",
        building_number="3",
        department="Indkøb",
        city_name="Egeskov",
        postal_zone="5772",
        country_code="DK",
    ),
    legal_entity=LegalEntity(
        registration_name="Egeskov Museum", company_id=Identifier(value="DK29641005", scheme_id="DK:CVR")
    ),
    contact=Contact(id="77", name="Ida Holm", telephone="62270001", electronic_mail="ida@egeskov.example"),
)
SUPPLIER = Party(
    endpoint_id=Identifier(value="DK41873000", scheme_id="DK:CVR"),
    name="Bøger & Blade ApS",
    address=Address(format_code="Unstructured", address_lines=("Torvet 1", "5000 Odense C")),
    tax_company_id=Identifier(value="DK41873000", scheme_id="DK:SE"),
    legal_entity=LegalEntity(company_id=Identifier(value="DK41873000", scheme_id="DK:CVR")),
    contact=Contact(id="1"),
)
CONTRACTOR = BUYER.but(
    name="Fælles Indkøb",
    endpoint_id=Identifier(value="5798000555297", scheme_id="GLN"),
    identifications=(Identifier(value="5798000555297", scheme_id="GLN"),),
)
ITEM = Item(
    name="Arkivæske",
    descriptions=("Syrefri æske", "Til A4"),
    keywords=("arkiv",),
    brand_name="Egebo",
    model_name="A4-S",
    buyers_item_id=Identifier(value="M-9"),
    sellers_item_id=Identifier(value="BB-12"),
    manufacturers_item_id=Identifier(value="E-4-S"),
    standard_item_id=Identifier(value="5701234567899", scheme_id="GTIN"),
    manufacturer_name="Egebo Papir",
    classifications=(Classification(code="44111515", list_version_id="19.0501"),),
    properties=(ItemProperty(name="Farve", value="grå"),),
)
DETAILED_ITEM = ITEM.but(
    pack_quantity=Quantity(Decimal("1"), "BX"),
    pack_size=Decimal("12"),
    specifications=(Specification(number="DB-12", document_type="Datablad", uri="https://blade.example/db-12.pdf"),),
    certificates=(
        Certificate(
            id="SVANEN",
            type_code="NA",
            type="Miljømærke",
            remarks=("Licens 5041 0001",),
            issuer=Party(name="Miljømærkning Danmark"),
        ),
    ),
)
# 12 pieces to the box: 4 boxes at 2.50 a piece are 120.00.
PRICE = Price(
    price_amount=Decimal("2.50"),
    base_quantity=Quantity(Decimal("1"), "EA"),
    price_type_code="CON",
    orderable_unit_factor_rate=Decimal("12"),
)
BOXES = Quantity(Decimal("4"), "BX")
LINE_AMOUNT = Decimal("120.00")

FREIGHT = AllowanceCharge(
    charge_indicator=True, amount=Decimal("40"), reason="Fragt", accounting_cost="F-1", tax_category=STANDARD
)
DISCOUNT = AllowanceCharge(
    charge_indicator=False,
    amount=Decimal("6.00"),
    reason="Rabat",
    multiplier_factor=Decimal("0.05"),
    base_amount=Decimal("120.00"),
    tax_category=STANDARD,
)


def tax(taxable: str, amount: str) -> tuple[TaxTotal, ...]:
    subtotal = TaxSubtotal(taxable_amount=Decimal(taxable), tax_amount=Decimal(amount), category=STANDARD)
    return (TaxTotal(tax_amount=Decimal(amount), subtotals=(subtotal,)),)


TOTAL = MonetaryTotal(
    line_extension_amount=LINE_AMOUNT,
    tax_exclusive_amount=Decimal("38.50"),
    tax_inclusive_amount=Decimal("192.50"),
    allowance_total_amount=Decimal("6.00"),
    charge_total_amount=Decimal("40.00"),
    payable_amount=Decimal("192.50"),
)
PLAIN_TOTAL = MonetaryTotal(
    line_extension_amount=LINE_AMOUNT,
    tax_exclusive_amount=Decimal("30.00"),
    tax_inclusive_amount=Decimal("150.00"),
    payable_amount=Decimal("150.00"),
)
