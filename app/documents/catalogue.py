"""The catalogue: what a supplier offers under an agreement, line by line."""

from datetime import date, time

from app.documents.amounts import TaxCategory
from app.documents.item import Item
from app.documents.party import Address, Party
from app.documents.price import Price
from app.documents.values import Header, Number, Period, Prose, Text, Value
from app.kit.money import Exact, Quantity


class PriceBracket(Value):
    """A price, the quantities and places it holds for, and how long delivery takes (RequiredItemLocationQuantity)."""

    lead_time: Quantity | None = None
    minimum_quantity: Quantity | None = None
    maximum_quantity: Quantity | None = None
    territories: tuple[Address, ...] = ()
    price: Price | None = None
    tax_categories: tuple[TaxCategory, ...] = ()


class RelatedItem(Value):
    """Another line of the catalogue: an accessory, a replacement, something required or that goes with it."""

    relation: str
    line_id: Number
    quantity: Quantity | None = None
    descriptions: tuple[Prose, ...] = ()


class CatalogueLine(Value):
    """One offered item. `action_code` is Add, Update or Delete; a line without a price cannot be ordered."""

    line_id: Number
    action_code: str
    life_cycle_status_code: str | None = None
    contract_subdivision: Text | None = None
    notes: tuple[Prose, ...] = ()
    orderable: bool = True
    orderable_unit: Text | None = None
    content_unit_quantity: Quantity | None = None
    order_quantity_increment: Exact | None = None
    minimum_order_quantity: Exact | None = None
    maximum_order_quantity: Exact | None = None
    warranty_information: tuple[Prose, ...] = ()
    validity_period: Period | None = None
    related_items: tuple[RelatedItem, ...] = ()
    brackets: tuple[PriceBracket, ...] = ()
    item: Item


class CatalogueHeader(Header):
    """What a catalogue and every document about one have in common. The contractor is whoever made the agreement
    when that is not the receiver.
    """

    name: Text | None = None
    issue_time: time | None = None
    descriptions: tuple[Prose, ...] = ()
    validity_period: Period | None = None
    contract_id: Number | None = None
    provider: Party
    receiver: Party
    supplier: Party | None = None
    contractor: Party | None = None


class Catalogue(CatalogueHeader):
    """A catalogue as it was sent; `number` stays, `version_id` rises. Its own `action_code`, which few send, says of
    the whole what those of its lines say of each.
    """

    action_code: str | None = None
    revision_date: date | None = None
    version_id: Text | None = None
    previous_version_id: Text | None = None
    trading_terms: tuple[Prose, ...] = ()
    lines: tuple[CatalogueLine, ...]
