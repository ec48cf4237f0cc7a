"""Catalogues, their updates, requests and deletions as hypothesis makes them, as OIOUBL wants them."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.documents.catalogue import Catalogue, CatalogueLine, PriceBracket, RelatedItem
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
from app.documents.party import Party
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.money import Quantity
from tests.strategy_parts import (
    Draw,
    categories,
    days,
    decimals,
    header,
    items,
    maybe,
    numbers,
    parties,
    periods,
    plain_ids,
    positive_numbers,
    prices,
    quantities,
    references,
    regions,
    several_texts,
    texts,
    times,
    units,
    words,
)

PROFILE = "Catalogue-CatAdv-1.0"

contractors = parties.map(
    lambda party: party.but(identifications=(Identifier(value="5798000555297", scheme_id="GLN"),))
)
"""Parties that are not the receiver, by an identification that no other has (F-CAT007 and its like)."""


@st.composite
def catalogue_prices(draw: Draw) -> Price:
    return draw(prices("EA")).but(
        currency=draw(st.sampled_from(["DKK", "EUR"])),
        change_reason=draw(maybe(texts)),
        validity_period=draw(maybe(periods())),
    )


def bracket_fields(draw: Draw) -> dict[str, Any]:
    return {
        "lead_time": draw(maybe(st.just(Quantity(Decimal(3), "DAY")))),
        "minimum_quantity": draw(maybe(quantities)),
        "maximum_quantity": draw(maybe(quantities)),
        "territories": draw(st.lists(regions, max_size=1).map(tuple)),
        "tax_categories": (draw(categories),),
    }


@st.composite
def brackets(draw: Draw) -> PriceBracket:
    return PriceBracket(price=draw(maybe(catalogue_prices())), **bracket_fields(draw))


@st.composite
def updated_brackets(draw: Draw) -> UpdatedBracket:
    told = {"base_quantity": Quantity(Decimal(1), "PK"), "orderable_unit_factor_rate": draw(decimals("1.00", "24.00"))}
    price = UpdatedPrice(**dict(iter(draw(catalogue_prices()))) | told)
    return UpdatedBracket(price=price, **bracket_fields(draw))


@st.composite
def catalogue_lines(draw: Draw, line_id: str) -> CatalogueLine:
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
        brackets=(draw(brackets()),),
        item=draw(items(classified=True)),
    )


def catalogue_header(draw: Draw) -> dict[str, Any]:
    return {
        **header(draw, PROFILE),
        "name": draw(maybe(texts)),
        "issue_time": draw(maybe(times)),
        "descriptions": draw(several_texts),
        "validity_period": draw(periods()),
        "contract_id": draw(maybe(numbers)),
        "provider": draw(parties),
        "receiver": draw(parties),
        "supplier": draw(parties),
        "contractor": draw(maybe(contractors)),
    }


@st.composite
def catalogues(draw: Draw) -> Catalogue:
    return Catalogue(
        **catalogue_header(draw),
        revision_date=draw(maybe(days)),
        version_id=draw(words),
        previous_version_id=draw(maybe(words)),
        trading_terms=draw(st.lists(texts, max_size=1).map(tuple)),
        lines=tuple(draw(catalogue_lines(str(number + 1))) for number in range(draw(st.integers(1, 3)))),
    )


def update_fields(draw: Draw) -> dict[str, Any]:
    return {
        **catalogue_header(draw),
        "revision_date": draw(maybe(days)),
        "version_id": draw(words),
        "related_catalogue": references(draw).but(version_id=draw(maybe(words))),
        "trading_terms": draw(several_texts),
    }


@st.composite
def pricing_updates(draw: Draw) -> CataloguePricingUpdate:
    prices_of = st.lists(updated_brackets(), min_size=1, max_size=2).map(tuple)
    lines = (
        PricingUpdateLine(line_id=str(number + 1), brackets=draw(prices_of))
        for number in range(draw(st.integers(1, 2)))
    )
    return CataloguePricingUpdate(lines=tuple(lines), **update_fields(draw))


@st.composite
def item_specification_updates(draw: Draw) -> CatalogueItemSpecificationUpdate:
    lines = (
        ItemSpecificationUpdateLine(line_id=str(number + 1), item=draw(items(classified=True)))
        for number in range(draw(st.integers(1, 2)))
    )
    return CatalogueItemSpecificationUpdate(lines=tuple(lines), **update_fields(draw))


requested_items = st.builds(
    RequestedItem,
    name=maybe(texts),
    descriptions=several_texts,
    brand_name=maybe(texts),
    model_name=maybe(texts),
    sellers_item_id=plain_ids,
    standard_item_id=maybe(st.builds(Identifier, value=numbers, scheme_id=st.just("GTIN"))),
)
request_lines = st.builds(
    CatalogueRequestLine,
    line_id=numbers,
    contract_subdivision=maybe(texts),
    notes=several_texts,
    validity_period=maybe(periods()),
    item=requested_items,
)
requested_classifications = st.builds(
    RequestedClassification,
    scheme_id=st.just("UNSPSC"),
    version_id=maybe(words),
    codes=st.lists(numbers, min_size=1, max_size=2).map(tuple),
)


def with_other_supplier(draw: Draw) -> dict[str, Any]:
    """The fields of a document whose supplier must not be the provider (F-CRQ006, F-CDE003)."""
    supplier: Party | None = draw(maybe(contractors))
    return catalogue_header(draw) | {"supplier": supplier}


@st.composite
def catalogue_requests(draw: Draw) -> CatalogueRequest:
    return CatalogueRequest(
        **with_other_supplier(draw),
        pricing_update_requested=draw(maybe(st.booleans())),
        item_update_requested=draw(maybe(st.booleans())),
        requested_catalogue=draw(maybe(st.just(references(draw).but(version_id=draw(maybe(words)))))),
        territories=draw(st.lists(regions, max_size=2).map(tuple)),
        classification=draw(maybe(requested_classifications)),
        lines=draw(st.lists(request_lines, max_size=2).map(tuple)),
    )


@st.composite
def catalogue_deletions(draw: Draw) -> CatalogueDeletion:
    return CatalogueDeletion(
        **with_other_supplier(draw),
        effective_date=draw(maybe(days)),
        effective_time=draw(maybe(times)),
        version_id=draw(maybe(words)),
        deleted_catalogue=references(draw),
    )
