"""Items: what is offered, ordered and billed, and by which numbers it is known."""

from app.documents.amounts import TaxCategory
from app.documents.party import Party
from app.documents.values import Identifier, Number, Prose, Text, Value
from app.kit.money import Exact, Quantity


class Classification(Value):
    """A commodity code, for us UNSPSC."""

    code: Text
    list_id: str | None = "UNSPSC"
    list_version_id: str | None = None


class ItemProperty(Value):
    """A named property of an item, such as colour. One that can be chosen has the choices: `list_values`, or whatever
    lies between two values.
    """

    name: Text
    value: Text
    list_values: tuple[Text, ...] = ()
    minimum_value: Text | None = None
    maximum_value: Text | None = None


class PhysicalAttribute(Value):
    """Something that belongs to an item and is told in words, such as a camera."""

    attribute_id: Text
    descriptions: tuple[Prose, ...] = ()


class Dimension(Value):
    """A measure of an item, such as its weight; one that can be chosen lies between two."""

    attribute_id: Text
    measure: Quantity | None = None
    descriptions: tuple[Prose, ...] = ()
    minimum_measure: Quantity | None = None
    maximum_measure: Quantity | None = None


class Specification(Value):
    """A document about an item, such as a data sheet, and where it lies (ItemSpecificationDocumentReference). Its type
    is told in words or as a code (F-LIB092, F-LIB094).
    """

    number: Number
    document_type: Text | None = None
    document_type_code: Text | None = None
    uri: Text | None = None


class Certificate(Value):
    """A label an item carries, such as Svanemærket. `id` is GS1's code for it, which bills must use (F-INV351)."""

    id: Number
    type_code: Text
    type: Text
    remarks: tuple[Prose, ...] = ()
    issuer: Party


class Item(Value):
    """An article or service. Identification ids may carry a scheme: a seller's id with scheme GTIN is a GTIN.

    It is sold in packs of `pack_quantity`, each of which holds `pack_size` of something smaller. Attributes and
    dimensions are the seller's, and stand with the seller's id.
    """

    name: Text | None = None
    descriptions: tuple[Prose, ...] = ()
    pack_quantity: Quantity | None = None
    pack_size: Exact | None = None
    keywords: tuple[Text, ...] = ()
    brand_name: Text | None = None
    model_name: Text | None = None
    buyers_item_id: Identifier | None = None
    sellers_item_id: Identifier | None = None
    manufacturers_item_id: Identifier | None = None
    standard_item_id: Identifier | None = None
    specifications: tuple[Specification, ...] = ()
    manufacturer_name: Text | None = None
    origin_country_code: str | None = None
    classifications: tuple[Classification, ...] = ()
    tax_category: TaxCategory | None = None
    properties: tuple[ItemProperty, ...] = ()
    physical_attributes: tuple[PhysicalAttribute, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    certificates: tuple[Certificate, ...] = ()

    @property
    def gtin(self) -> str | None:
        """The GTIN, whichever field holds it: suppliers put it under the seller's id with scheme GTIN, too."""
        for identifier in (self.standard_item_id, self.sellers_item_id):
            if identifier is not None and identifier.scheme_id == "GTIN":
                return identifier.value.strip()
        return self.standard_item_id.value.strip() if self.standard_item_id is not None else None

    @property
    def sellers_number(self) -> str | None:
        """The seller's own item number; `n/a`, which text orders carry, is none."""
        if self.sellers_item_id is None or self.sellers_item_id.value.strip().lower() in ("", "n/a"):
            return None
        return self.sellers_item_id.value.strip()
