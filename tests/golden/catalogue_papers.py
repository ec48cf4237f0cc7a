"""One fixed document of each kind about a catalogue: its updates, the request for it, its deletion."""

from datetime import date, time
from decimal import Decimal

from app.documents.catalogue_requests import (
    CatalogueDeletion,
    CatalogueRequest,
    CatalogueRequestLine,
    RequestedClassification,
    RequestedItem,
)
from app.documents.catalogue_updates import (
    CatalogueItemSpecificationUpdate,
    CataloguePricingUpdate,
    ItemSpecificationUpdateLine,
    PricingUpdateLine,
    UpdatedBracket,
    UpdatedPrice,
)
from app.documents.party import Address
from app.documents.values import DocumentReference, Identifier, Period
from app.kit.money import Quantity
from tests.golden.parts import BUYER, CONTRACTOR, DAY, DETAILED_ITEM, PERIOD, STANDARD, SUPPLIER

PROFILE = "Catalogue-CatAdv-1.0"
REFERENCE = DocumentReference(number="K-1", issue_date=DAY, version_id="2")

UPDATED_PRICE = UpdatedPrice(
    price_amount=Decimal("2.65"),
    currency="DKK",
    base_quantity=Quantity(Decimal("1"), "EA"),
    change_reason="Papirprisen er steget",
    price_type_code="CON",
    orderable_unit_factor_rate=Decimal("12"),
    validity_period=PERIOD,
)
PRICING_UPDATE = CataloguePricingUpdate(
    profile_id=PROFILE,
    number="KP-1",
    uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d07",
    issue_date=DAY,
    issue_time=time(8, 30),
    notes=("Årlig regulering",),
    name="Arkiv",
    descriptions=("Nye priser",),
    revision_date=DAY,
    version_id="3",
    validity_period=Period(start_date=date(2026, 4, 1), end_date=date(2027, 12, 31)),
    related_catalogue=REFERENCE,
    contract_id="A-7",
    provider=SUPPLIER,
    receiver=BUYER,
    supplier=SUPPLIER,
    contractor=CONTRACTOR,
    trading_terms=("Frit leveret over 500 kr.", "Ellers 49 kr. i fragt."),
    lines=(
        PricingUpdateLine(
            line_id="BB-12",
            brackets=(
                UpdatedBracket(
                    lead_time=Quantity(Decimal("3"), "DAY"),
                    minimum_quantity=Quantity(Decimal("2"), "BX"),
                    maximum_quantity=Quantity(Decimal("49"), "BX"),
                    territories=(Address(format_code="StructuredRegion", region="Fyn", country_code="DK"),),
                    price=UPDATED_PRICE,
                    tax_categories=(STANDARD,),
                ),
                UpdatedBracket(
                    minimum_quantity=Quantity(Decimal("50"), "BX"),
                    price=UPDATED_PRICE.but(price_amount=Decimal("2.40")),
                ),
            ),
        ),
    ),
)
ITEM_SPECIFICATION_UPDATE = CatalogueItemSpecificationUpdate(
    profile_id=PROFILE,
    number="KV-1",
    issue_date=DAY,
    issue_time=time(8, 45),
    name="Arkiv",
    descriptions=("Nye varetekster",),
    revision_date=DAY,
    version_id="4",
    related_catalogue=REFERENCE,
    contract_id="A-7",
    provider=SUPPLIER,
    receiver=BUYER,
    supplier=SUPPLIER,
    contractor=CONTRACTOR,
    trading_terms=("Frit leveret over 500 kr.",),
    lines=(ItemSpecificationUpdateLine(line_id="BB-12", item=DETAILED_ITEM),),
)
CATALOGUE_REQUEST = CatalogueRequest(
    profile_id=PROFILE,
    number="KF-1",
    uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d08",
    issue_date=DAY,
    issue_time=time(9, 0),
    notes=("Haster ikke",),
    name="Arkiv",
    descriptions=("Æsker og mapper til 2027",),
    validity_period=Period(start_date=date(2027, 1, 1), end_date=date(2027, 12, 31)),
    pricing_update_requested=True,
    item_update_requested=False,
    requested_catalogue=REFERENCE,
    contract_id="A-7",
    provider=SUPPLIER,
    receiver=BUYER,
    supplier=SUPPLIER.but(name="Arkivgruppen"),
    contractor=CONTRACTOR,
    territories=(Address(format_code="StructuredRegion", region="Fyn", country_code="DK"),),
    classification=RequestedClassification(scheme_id="UNSPSC", version_id="19.0501", codes=("44111515", "44122003")),
    lines=(
        CatalogueRequestLine(
            line_id="1",
            contract_subdivision="Delaftale 2",
            notes=("Også i A3",),
            validity_period=PERIOD,
            item=RequestedItem(
                name="Arkivæske",
                descriptions=("Syrefri æske",),
                brand_name="Egebo",
                model_name="A3-S",
                sellers_item_id=Identifier(value="BB-12"),
                standard_item_id=Identifier(value="5701234567899", scheme_id="GTIN"),
            ),
        ),
    ),
)
CATALOGUE_DELETION = CatalogueDeletion(
    profile_id=PROFILE,
    number="KS-1",
    uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d09",
    issue_date=DAY,
    issue_time=time(9, 15),
    notes=("Erstattes af K-2",),
    name="Arkiv",
    descriptions=("Kataloget udgår",),
    validity_period=Period(end_date=date(2026, 5, 31)),
    effective_date=date(2026, 6, 1),
    effective_time=time(0, 0),
    version_id="5",
    deleted_catalogue=REFERENCE.but(uuid="8d5b9a60-2c3e-4f10-8a55-1f0e6b7c9d03"),
    contract_id="A-7",
    provider=SUPPLIER,
    receiver=BUYER,
    supplier=SUPPLIER.but(name="Arkivgruppen"),
    contractor=CONTRACTOR,
)

GOLDEN = {
    "catalogue_deletion.xml": CATALOGUE_DELETION,
    "catalogue_item_specification_update.xml": ITEM_SPECIFICATION_UPDATE,
    "catalogue_pricing_update.xml": PRICING_UPDATE,
    "catalogue_request.xml": CATALOGUE_REQUEST,
}
