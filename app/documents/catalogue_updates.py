"""Updates of a catalogue that has been sent: new prices, or new descriptions of its items."""

from datetime import date

from app.documents.catalogue import CatalogueHeader, PriceBracket
from app.documents.item import Item
from app.documents.price import Price
from app.documents.values import DocumentReference, Number, Prose, Value
from app.kit.money import Exact, Quantity


class CatalogueUpdate(CatalogueHeader):
    """An update of `related_catalogue`; its own `version_id` is the catalogue's from now on. A `validity_period` is
    the whole catalogue's new one.
    """

    revision_date: date | None = None
    version_id: Number
    related_catalogue: DocumentReference
    trading_terms: tuple[Prose, ...] = ()


class UpdatedPrice(Price):
    """A price that tells all it takes to order by it (F-CPU210, F-CPU211)."""

    base_quantity: Quantity
    orderable_unit_factor_rate: Exact


class UpdatedBracket(PriceBracket):
    """A bracket with its price (F-CPU209)."""

    price: UpdatedPrice


class PricingUpdateLine(Value):
    """All prices of a line from now on, one at least (F-CPU208)."""

    line_id: Number
    brackets: tuple[UpdatedBracket, ...]


class CataloguePricingUpdate(CatalogueUpdate):
    """New prices for some lines of a catalogue."""

    lines: tuple[PricingUpdateLine, ...]


class ItemSpecificationUpdateLine(Value):
    """The item of a line, described wholly anew."""

    line_id: Number
    item: Item


class CatalogueItemSpecificationUpdate(CatalogueUpdate):
    """New descriptions for the items of some lines of a catalogue."""

    lines: tuple[ItemSpecificationUpdateLine, ...]
