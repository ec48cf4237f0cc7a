"""Requests for a catalogue, and the deletion of one."""

from datetime import date, time

from app.documents.catalogue import CatalogueHeader
from app.documents.party import Address
from app.documents.values import DocumentReference, Identifier, Number, Period, Prose, Text, Value


class RequestedItem(Value):
    """As much as a request may say of an item (F-CRQ032 to F-CRQ049)."""

    name: Text | None = None
    descriptions: tuple[Prose, ...] = ()
    brand_name: Text | None = None
    model_name: Text | None = None
    sellers_item_id: Identifier | None = None
    standard_item_id: Identifier | None = None


class CatalogueRequestLine(Value):
    """An item that the catalogue should hold."""

    line_id: Number
    contract_subdivision: Text | None = None
    notes: tuple[Prose, ...] = ()
    validity_period: Period | None = None
    item: RequestedItem


class RequestedClassification(Value):
    """Commodity codes of one scheme, such as UNSPSC, that the catalogue should hold."""

    scheme_id: Number
    version_id: Text | None = None
    codes: tuple[Text, ...]


class CatalogueRequest(CatalogueHeader):
    """The receiver asks the provider for a catalogue, or for an update of the one it has."""

    pricing_update_requested: bool | None = None
    item_update_requested: bool | None = None
    requested_catalogue: DocumentReference | None = None
    territories: tuple[Address, ...] = ()
    classification: RequestedClassification | None = None
    lines: tuple[CatalogueRequestLine, ...] = ()


class CatalogueDeletion(CatalogueHeader):
    """The provider takes a whole catalogue back, from `effective_date` on."""

    effective_date: date | None = None
    effective_time: time | None = None
    version_id: Text | None = None
    deleted_catalogue: DocumentReference
