"""The documents of the story: what the supplier sends, made from values and written by our own writers."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from app import dialects
from app.demo.institution import CONTRACT, INSTITUTION_CVR, INSTITUTION_GLN, SUPPLIER_CVR
from app.documents.amounts import AllowanceCharge, MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.documents.catalogue import Catalogue, CatalogueLine, PriceBracket
from app.documents.invoice import Invoice, InvoiceLine, OrderLineReference
from app.documents.item import Classification, Item
from app.documents.order import Order, OrderLine
from app.documents.order_response import OrderResponseSimple
from app.documents.party import Contact, LegalEntity, Party
from app.documents.price import Price
from app.documents.values import DocumentReference, Identifier, Period
from app.kit.money import Quantity, rounded

VAT = TaxCategory(id="StandardRated", percent=Decimal(25))
PROFILE = "Procurement-OrdAdv-BilSim-1.0"

PAPER, BINDER, PENCILS, CHAIR = "1001", "2002", "3003", "4004"
PRICES: Mapping[str, tuple[str, str, str]] = {
    PAPER: ("Kopipapir A4, 500 ark", "100.00", "14111507"),
    BINDER: ("Ringbind A4, 10 stk.", "200.00", "44122003"),
    PENCILS: ("Blyanter, 12 stk.", "50.00", "44121706"),
    CHAIR: ("Kontorstol med armlæn", "1200.00", "56112102"),
}
"""Seller's item number to name, price in DKK for one piece, and UNSPSC."""


def supplier_party(cvr: str = SUPPLIER_CVR) -> Party:
    company = Identifier(value=f"DK{cvr}", scheme_id="DK:CVR")
    return Party(
        endpoint_id=company,
        identifications=(company,),
        name="Kontorgrossisten A/S",
        legal_entity=LegalEntity(registration_name="Kontorgrossisten A/S", company_id=company),
        contact=Contact(id="salg", name="Salg"),
    )


def institution_party(gln: str = INSTITUTION_GLN) -> Party:
    endpoint = Identifier(value=gln, scheme_id="GLN")
    return Party(
        endpoint_id=endpoint,
        identifications=(endpoint,),
        name="Eksempelstyrelsen",
        legal_entity=LegalEntity(
            registration_name="Eksempelstyrelsen",
            company_id=Identifier(value=f"DK{INSTITUTION_CVR}", scheme_id="DK:CVR"),
        ),
        contact=Contact(id="7778", name="Ida Indkøber"),
    )


def catalogue(
    today: date,
    *,
    version: str = "1",
    prices: Mapping[str, tuple[str, str, str]] = PRICES,
    number: str = "KAT-1",
    **fields: object,
) -> Catalogue:
    """Give a catalogue from a day on: item number to name, price and UNSPSC; other fields may be replaced."""
    lines = tuple(_catalogue_line(item_id, *facts) for item_id, facts in prices.items())
    values: dict[str, object] = {
        "profile_id": "Catalogue-CatExt-1.0",
        "number": number,
        "issue_date": today,
        "version_id": version,
        "validity_period": Period(start_date=today, end_date=today + timedelta(days=700)),
        "contract_id": CONTRACT,
        "provider": supplier_party(),
        "receiver": institution_party(),
        "supplier": supplier_party(),
        "lines": lines,
    }
    return Catalogue.model_validate(values | fields)


def _catalogue_line(item_id: str, name: str, price: str, unspsc: str) -> CatalogueLine:
    one = Quantity(Decimal(1), "EA")
    return CatalogueLine(
        line_id=item_id,
        action_code="Add",
        orderable_unit="EA",
        content_unit_quantity=one,
        brackets=(
            PriceBracket(
                price=Price(
                    price_amount=Decimal(price),
                    currency="DKK",
                    base_quantity=one,
                    orderable_unit_factor_rate=Decimal(1),
                ),
                tax_categories=(VAT,),
            ),
        ),
        item=Item(
            name=name,
            sellers_item_id=Identifier(value=item_id),
            classifications=(Classification(code=unspsc, list_version_id="19.0501"),),
        ),
    )


def bill(
    order: Order,
    quantities: Mapping[str, str],
    *,
    number: str = "F-1001",
    prices: Mapping[str, str] | None = None,
    charges: Sequence[AllowanceCharge] = (),
    issue_date: date | None = None,
) -> Invoice:
    """Give an invoice for some quantities of an order's lines, at the order's prices unless others are given."""
    ordered = {line.line_id: line for line in order.lines}
    lines = tuple(
        _bill_line(ordered[line_id], Decimal(quantity), (prices or {}).get(line_id))
        for line_id, quantity in quantities.items()
    )
    net = sum((line.line_extension_amount for line in lines), start=Decimal(0))
    added = sum((charge.amount for charge in charges), start=Decimal(0))
    tax = _tax(net + added)
    return Invoice(
        profile_id=PROFILE,
        number=number,
        issue_date=issue_date or order.issue_date,
        invoice_type_code="380",
        document_currency_code=order.document_currency_code,
        order_reference=DocumentReference(number=order.number),
        supplier=supplier_party(),
        customer=institution_party(),
        allowance_charges=tuple(charges),
        tax_totals=(tax,),
        total=MonetaryTotal(
            line_extension_amount=net,
            tax_exclusive_amount=tax.tax_amount,
            tax_inclusive_amount=net + added + tax.tax_amount,
            charge_total_amount=added if charges else None,
            payable_amount=net + added + tax.tax_amount,
        ),
        lines=lines,
    )


def _bill_line(line: OrderLine, quantity: Decimal, price: str | None) -> InvoiceLine:
    unit_price = Decimal(price) if price is not None else _price_of(line)
    amount = rounded(unit_price * quantity)
    return InvoiceLine(
        line_id=line.line_id,
        quantity=Quantity(quantity, line.quantity.unit_code),
        line_extension_amount=amount,
        order_line_references=(OrderLineReference(line_id=line.line_id),),
        tax_totals=(_tax(amount),),
        item=line.item.but(tax_category=None),
        price=Price(
            price_amount=unit_price,
            base_quantity=Quantity(Decimal(1), line.quantity.unit_code),
            orderable_unit_factor_rate=Decimal(1),
        ),
    )


def _price_of(line: OrderLine) -> Decimal:
    assert line.price is not None  # noqa: S101 - a line by amount is billed at a price that is given
    return line.price.unit_price


def _tax(base: Decimal) -> TaxTotal:
    amount = rounded(base / 4)
    return TaxTotal(tax_amount=amount, subtotals=(TaxSubtotal(taxable_amount=base, tax_amount=amount, category=VAT),))


def freight(amount: str) -> AllowanceCharge:
    return AllowanceCharge(charge_indicator=True, amount=Decimal(amount), reason="Fragt", tax_category=VAT)


def answer(order: Order, *, accepted: bool = True, reason: str = "") -> OrderResponseSimple:
    return OrderResponseSimple(
        profile_id=order.profile_id,
        number=f"SVAR-{order.number}",
        issue_date=order.issue_date,
        accepted=accepted,
        rejection_notes=(reason,) if reason else (),
        order_reference=DocumentReference(number=order.number),
        supplier=supplier_party(),
        buyer=institution_party(),
    )


written = dialects.write
