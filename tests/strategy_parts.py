"""What hypothesis makes documents of: texts, numbers, parties, items, prices, and totals that add up."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.documents.amounts import AllowanceCharge, MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.documents.invoice import PaymentMeans
from app.documents.item import (
    Certificate,
    Classification,
    Dimension,
    Item,
    ItemProperty,
    PhysicalAttribute,
    Specification,
)
from app.documents.order import Delivery
from app.documents.party import Address, Contact, LegalEntity, Party
from app.documents.price import Price
from app.documents.values import DocumentReference, Identifier, Period
from app.kit.money import Quantity, rounded

Draw = Callable[[st.SearchStrategy[Any]], Any]

# Everything XML can carry but control characters, which have a test of their own.
_characters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
texts = st.text(_characters, min_size=1, max_size=12).map(str.strip).filter(bool)
words = (
    st.text("abcdefghijklmnopqrstuvwxyzæøåABCÆØÅ0123456789-/ .", min_size=1, max_size=12).map(str.strip).filter(bool)
)
numbers = st.text("ABCXYZ0123456789-", min_size=1, max_size=12)
uuids = st.uuids().map(str)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
times = st.times().map(lambda time: time.replace(microsecond=0))
units = st.sampled_from(["EA", "BX", "KGM", "HUR", "LTR"])
several_texts = st.lists(texts, max_size=2).map(tuple)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def decimals(least: str, most: str, places: int = 2) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=places)


amounts = decimals("10.00", "99999.99")
positive_numbers = decimals("0.01", "999.99") | st.integers(1, 999).map(Decimal)
quantities = st.builds(Quantity, decimals("1.00", "500.00") | decimals("1.0000", "9.9999", 4), units)
unit_prices = decimals("10.00", "9999.99") | decimals("10.0000", "99.9999", 4)


@st.composite
def periods(draw: Draw) -> Period:
    start, end = sorted((draw(days), draw(days)))
    return Period(start_date=start, end_date=draw(maybe(st.just(end))))


_cvr_numbers = st.integers(10_000_000, 99_999_999).map(lambda digits: f"DK{digits}")
_glns = st.integers(5_790_000_000_000, 5_799_999_999_999).map(lambda gln: Identifier(value=str(gln), scheme_id="GLN"))
_cvrs = _cvr_numbers.map(lambda value: Identifier(value=value, scheme_id="DK:CVR"))
_se_numbers = _cvr_numbers.map(lambda value: Identifier(value=value, scheme_id="DK:SE"))

addresses = st.builds(
    Address,
    postbox=maybe(words),
    street_name=texts,
    additional_street_name=maybe(texts),
    building_number=words,
    department=maybe(texts),
    city_name=maybe(texts),
    postal_zone=st.from_regex(r"[0-9]{4}", fullmatch=True),
    country_code=maybe(st.sampled_from(["DK", "SE", "DE"])),
) | st.builds(Address, format_code=st.just("Unstructured"), address_lines=st.lists(texts, min_size=1, max_size=3))
regions = st.builds(Address, format_code=st.just("StructuredRegion"), region=maybe(texts), country_code=st.just("DK"))
parties = st.builds(
    Party,
    endpoint_id=_glns | _cvrs,
    identifications=st.lists(_glns | _cvrs, max_size=2).map(tuple),
    name=texts,
    address=maybe(addresses),
    tax_company_id=maybe(_se_numbers),
    legal_entity=st.builds(LegalEntity, registration_name=maybe(texts), company_id=_cvrs),
    contact=st.builds(Contact, id=words, name=maybe(texts), telephone=maybe(words), electronic_mail=maybe(words)),
)

STANDARD = TaxCategory(id="StandardRated", percent=Decimal(25))
ZERO = TaxCategory(id="ZeroRated", percent=Decimal(0))
categories = st.sampled_from([STANDARD, ZERO])

_seller_ids = st.builds(Identifier, value=numbers, scheme_id=maybe(st.just("GTIN")))
plain_ids = st.builds(Identifier, value=numbers)


_links = words.map(lambda word: f"https://blade.example/{word.replace(' ', '-')}")
_specifications = st.builds(Specification, number=numbers, document_type=maybe(texts), uri=maybe(_links)) | st.builds(
    Specification, number=numbers, document_type_code=words, uri=maybe(_links)
)
_certificates = st.builds(
    Certificate,
    id=st.sampled_from(["SVANEN", "BLUE_ANGEL"]),
    type_code=words,
    type=texts,
    remarks=several_texts,
    issuer=st.builds(Party, name=texts),
)


_properties = st.builds(
    ItemProperty,
    name=texts,
    value=texts,
    list_values=several_texts,
    minimum_value=maybe(texts),
    maximum_value=maybe(texts),
)
_physical_attributes = st.builds(
    PhysicalAttribute, attribute_id=texts, descriptions=st.lists(texts, min_size=1, max_size=2).map(tuple)
)
_dimensions = st.builds(
    Dimension,
    attribute_id=texts,
    measure=maybe(quantities),
    descriptions=several_texts,
    minimum_measure=maybe(quantities),
    maximum_measure=maybe(quantities),
)


def items(*, classified: bool = False) -> st.SearchStrategy[Item]:
    """An item; in catalogues it has a classification and no tax category (F-CAT230, F-CAT234), in bills at most one
    specification (F-INV321).
    """
    codes = st.from_regex(r"[1-9][0-9]{7}", fullmatch=True)
    classifications = st.builds(Classification, code=codes, list_version_id=maybe(st.just("19.0501")))
    return st.builds(
        Item,
        name=texts,
        descriptions=st.lists(texts, min_size=1, max_size=2).map(tuple),
        pack_quantity=maybe(quantities),
        pack_size=maybe(positive_numbers),
        keywords=st.lists(texts, max_size=1).map(tuple),
        brand_name=maybe(texts),
        model_name=maybe(texts),
        buyers_item_id=maybe(plain_ids),
        sellers_item_id=_seller_ids,
        manufacturers_item_id=maybe(plain_ids),
        standard_item_id=maybe(st.builds(Identifier, value=numbers, scheme_id=st.just("GTIN"))),
        specifications=st.lists(_specifications, max_size=1 + classified).map(tuple),
        manufacturer_name=maybe(texts),
        classifications=st.lists(classifications, min_size=int(classified), max_size=2).map(tuple),
        tax_category=st.none() if classified else maybe(categories),
        properties=st.lists(_properties, max_size=2).map(tuple),
        physical_attributes=st.lists(_physical_attributes, max_size=1).map(tuple),
        dimensions=st.lists(_dimensions, max_size=2).map(tuple),
        certificates=st.lists(_certificates, max_size=1).map(tuple),
    )


@st.composite
def prices(draw: Draw, unit_code: str) -> Price:
    """A price per some units, in the unit of the quantity or in another one with the factor between them."""
    base = draw(maybe(st.builds(Quantity, st.sampled_from([Decimal(1), Decimal(10)]), st.just(unit_code))))
    factor = None
    if draw(st.booleans()):
        base, factor = Quantity(Decimal(1), "PK"), draw(decimals("1.00", "24.00"))
    return Price(
        price_amount=draw(unit_prices),
        base_quantity=base,
        price_type_code=draw(maybe(st.sampled_from(["CAT", "CON", "INV"]))),
        orderable_unit_factor_rate=factor,
    )


@st.composite
def charges(draw: Draw, category: TaxCategory) -> AllowanceCharge:
    return AllowanceCharge(
        charge_indicator=draw(st.booleans()),
        amount=draw(decimals("0.01", "2.00")),
        reason_code=draw(maybe(st.sampled_from(["79", "ZZZ", "1"]))),
        reason=draw(maybe(texts)),
        accounting_cost=draw(maybe(texts)),
        tax_category=category,
    )


def tax_of(category: TaxCategory, taxable: Decimal, amount: Decimal) -> TaxTotal:
    return TaxTotal(
        tax_amount=amount, subtotals=(TaxSubtotal(taxable_amount=taxable, tax_amount=amount, category=category),)
    )


def tax_amount_of(category: TaxCategory, taxable: Decimal) -> Decimal:
    return rounded(taxable * (category.percent or Decimal(0)) / 100)


def totals(
    lines: Decimal, header_charges: tuple[AllowanceCharge, ...], category: TaxCategory
) -> tuple[MonetaryTotal, tuple[TaxTotal, ...]]:
    """Totals and taxes that add up."""
    minus = sum((charge.amount for charge in header_charges if not charge.charge_indicator), start=Decimal(0))
    plus = sum((charge.amount for charge in header_charges if charge.charge_indicator), start=Decimal(0))
    taxable = lines - minus + plus
    tax = tax_amount_of(category, taxable)
    total = MonetaryTotal(
        line_extension_amount=lines,
        tax_exclusive_amount=tax,
        tax_inclusive_amount=taxable + tax,
        allowance_total_amount=minus or None,
        charge_total_amount=plus or None,
        payable_amount=taxable + tax,
    )
    return total, (tax_of(category, taxable, tax),)


@st.composite
def deliveries(draw: Draw) -> Delivery:
    address = draw(maybe(addresses))
    return Delivery(
        location_id=draw(plain_ids if address is None else maybe(plain_ids)),
        address=address,
        requested_period=draw(maybe(periods())),
    )


def header(draw: Draw, profile_id: str) -> dict[str, Any]:
    return {
        "profile_id": profile_id,
        "number": draw(numbers),
        "uuid": draw(maybe(uuids)),
        "issue_date": draw(days),
        "notes": draw(several_texts),
    }


def references(draw: Draw) -> DocumentReference:
    return DocumentReference(number=draw(numbers), uuid=draw(maybe(uuids)), issue_date=draw(maybe(days)))


@st.composite
def payment_means(draw: Draw) -> PaymentMeans:
    """To a Danish bank account, or by FIK slip 71."""
    if draw(st.booleans()):
        account = draw(st.from_regex(r"[0-9]{10}", fullmatch=True))
        return PaymentMeans(
            code="42",
            due_date=draw(maybe(days)),
            channel_code="DK:BANK",
            account_id=account,
            payment_notes=draw(several_texts),
            branch_id="3001",
        )
    return PaymentMeans(
        code="93",
        due_date=draw(maybe(days)),
        channel_code="DK:FIK",
        payment_id="71",
        instruction_id=draw(st.from_regex(r"[0-9]{15}", fullmatch=True)),
        credit_account_id=draw(st.from_regex(r"[0-9]{8}", fullmatch=True)),
    )
