"""The cart of Peppol BIS Punch Out 3 (profile 18, transaction T77): a UBL Catalogue whose lines are in the cart."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from app.kit.clock import COPENHAGEN
from app.kit.errors import Fault
from app.oioubl.limits import NotXml
from app.oioubl.reading import Node
from app.oioubl.ubl import namespace_of, parse
from app.orders.punch_out.cart import (
    Cart,
    CartLine,
    CartNotReadable,
    Reader,
    cart_of,
    refuse_too_many,
    unit_of,
    unspsc_of,
)

CUSTOMIZATION: Final = "urn:fdc:peppol.eu:poacc:trns:punch_out:3"
PROFILE: Final = "urn:fdc:peppol.eu:poacc:bis:punch_out:3"
ROOT: Final = f"{{{namespace_of('Catalogue')}}}Catalogue"
CONTRACTED: Final = "CT"
GTIN_SCHEME: Final = "0160"
UNSPSC_LISTS: Final = frozenset({"UNSPSC", "TST", "MP"})
"""What a UNSPSC code goes by: TST in UNCL7143; MP, its maker's number, in Peppol's own example."""
CONFIGURED: Final = "ConfiguredProductIdentifier"
LAST_SECOND: Final = time(23, 59, 59)


def read_cart(content: bytes, today: date) -> Cart:
    """Read a cart. Its lines are offers that bind the supplier until the validity ends, which is Danish time unless the
    time says another.

    :raises CartNotReadable: naming each element and its rule.
    """
    root = _root(content)
    faults: list[Fault] = []
    head = Node(root, faults)
    reader = Reader(faults)
    for name, wanted in (("CustomizationID", CUSTOMIZATION), ("ProfileID", PROFILE)):
        if head.text(name) != wanted:
            reader.fault(name, f"{name} is not {wanted}", f"{name} er ikke {wanted}", "P-PEPPOL-PROFILE")
    issued = head.date("IssueDate")
    if issued is not None and issued > today:
        reader.fault(
            "IssueDate",
            f"IssueDate is {issued}, which is in the future",
            f"IssueDate er {issued}, som ligger i fremtiden",
            "P-PEPPOL-ISSUED",
        )
    lines = head.parts("CatalogueLine")
    refuse_too_many(len(lines))
    number = head.needed_text("ID", "P-PEPPOL-REQUIRED")
    context = _Context(number, _end_of(head, "ValidityPeriod"), any(map(_is_contracted, lines)))
    return cart_of([_Line(line, context, faults).read() for line in lines], faults, _buyer_reference(head))


def _root(content: bytes) -> etree._Element:
    try:
        root = parse(content)
    except NotXml as reason:
        raise CartNotReadable.because([Fault(reason.message, reason.message_da, rule_id="P-PEPPOL-XML")]) from reason
    if root.tag != ROOT:
        message, message_da = "the root is not the Catalogue of UBL 2", "roden er ikke Catalogue i UBL 2"
        raise CartNotReadable.because([Fault(message, message_da, xpath="/", rule_id="P-PEPPOL-XML")])
    return root


def _buyer_reference(head: Node) -> str | None:
    contact = (receiver := head.part("ReceiverParty")) and receiver.part("Contact")
    return contact.text("ID") if contact is not None else None


def _end_of(node: Node, name: str) -> datetime | None:
    """Give the moment at which a period ends, or nothing where it is open."""
    period = node.part(name)
    day = period.date("EndDate") if period is not None else None
    if period is None or day is None:
        return None
    at = period.time("EndTime") or LAST_SECOND
    return datetime.combine(day, at.replace(tzinfo=at.tzinfo or COPENHAGEN)).astimezone(UTC)


def _is_contracted(line: Node) -> bool:
    item = line.part("Item")
    terms = item.parts("TransactionConditions") if item is not None else ()
    return any(term.text("ActionCode") == CONTRACTED for term in terms)


class _Context:
    """What the head says of every line: the cart's number, until when it binds, and whether the shop marks what is
    contracted at all.
    """

    def __init__(self, number: str, expires_at: datetime | None, marks_contracted: bool) -> None:  # noqa: FBT001
        self.number = number
        self.expires_at = expires_at
        self.marks_contracted = marks_contracted


class _Line:
    """One line while it is read."""

    def __init__(self, node: Node, context: _Context, faults: list[Fault]) -> None:
        self._node = node
        self._context = context
        self._faults = faults
        self._line_id = node.needed_text("ID", "P-PEPPOL-REQUIRED")
        self._reader = Reader(faults)

    def read(self) -> CartLine | None:
        before = len(self._faults)
        bracket = self._node.needed_part("RequiredItemLocationQuantity", "P-PEPPOL-REQUIRED")
        item = self._node.needed_part("Item", "P-PEPPOL-REQUIRED")
        if len(self._faults) > before:
            return None
        quantity, unit = self._quantity(bracket)
        price = bracket.needed_part("Price", "P-PEPPOL-REQUIRED")
        amount = price.needed_amount("PriceAmount", "P-PEPPOL-REQUIRED")
        ends = _end_of(self._node, "LineValidityPeriod")
        return self._reader.made(
            self._place("Item"),
            {
                "line_id": self._line_id,
                "item": self._described(item),
                "unspsc": self._unspsc(item),
                "quantity": {"value": quantity, "unit_code": unit},
                "price": {"price_amount": self._priced(amount), "base_quantity": self._base(price, unit)},
                "currency": price.currency_of("PriceAmount") or "",
                "quote": self._quote(bracket),
                "configuration": self._configuration(item),
                "expires_at": min(filter(None, (ends, self._context.expires_at)), default=None),
                "contracted": _is_contracted(self._node) if self._context.marks_contracted else None,
            },
        )

    def _quantity(self, bracket: Node) -> tuple[Decimal, str]:
        """Give how much is in the cart, which Peppol says as the batch of the delivery unit."""
        unit = bracket.needed_part("DeliveryUnit", "P-PEPPOL-REQUIRED")
        found = unit.needed_quantity("BatchQuantity", "P-PEPPOL-REQUIRED")
        return self._reader.number(self._place("BatchQuantity"), f"{found.value:f}"), unit_of(found.unit_code)

    def _priced(self, amount: Decimal) -> Decimal:
        return self._reader.number(self._place("PriceAmount"), f"{amount:f}", Decimal(0))

    def _base(self, price: Node, unit: str) -> dict[str, Any]:
        base, place = price.quantity("BaseQuantity"), self._place("BaseQuantity")
        if base is None:
            return {"value": Decimal(1), "unit_code": unit}
        if unit_of(base.unit_code) != unit:
            self._reader.fault(
                place,
                f"{place} is in {base.unit_code}, and the quantity in the cart in another unit",
                f"{place} er i {base.unit_code}, og mængden i kurven i en anden enhed",
                "P-PEPPOL-UNIT",
            )
        return {"value": self._reader.number(place, f"{base.value:f}"), "unit_code": unit}

    def _described(self, item: Node) -> dict[str, Any]:
        sellers, standard, makers = (
            self._identified(item, f"{whose}ItemIdentification") for whose in ("Sellers", "Standard", "Manufacturers")
        )
        if sellers is None and standard is None:
            self._reader.missing(self._place("SellersItemIdentification"), "P-PEPPOL-REQUIRED")
        maker = item.part("ManufacturerParty")
        code = self._unspsc(item)
        return {
            "name": item.needed_text("Name", "P-PEPPOL-REQUIRED"),
            "descriptions": item.texts("Description"),
            "sellers_item_id": sellers,
            "standard_item_id": standard,
            "manufacturers_item_id": makers,
            "manufacturer_name": maker and maker.read("PartyName", lambda name: name.text("Name")),
            "classifications": [{"code": code}] if code else [],
            "properties": [{"name": name, "value": value} for name, value in self._properties(item).items()],
        }

    def _identified(self, item: Node, name: str) -> dict[str, Any] | None:
        found = item.read(name, lambda part: part.identifier("ID"))
        if found is None:
            return None
        return {"value": found.value, "scheme_id": "GTIN" if found.scheme_id == GTIN_SCHEME else None}

    def _unspsc(self, item: Node) -> str:
        for part in item.parts("CommodityClassification"):
            if part.attribute("ItemClassificationCode", "listID") in UNSPSC_LISTS:
                code = unspsc_of(part.text("ItemClassificationCode") or "")
                if code:
                    return code
        return ""

    def _properties(self, item: Node) -> dict[str, str]:
        found = ((part.text("Name"), part.text("Value")) for part in item.parts("AdditionalItemProperty"))
        return {name: value for name, value in found if name and value}

    def _configuration(self, item: Node) -> dict[str, Any] | None:
        """Give what the item was put together from; lines of one configured product are ordered together or not."""
        properties = self._properties(item)
        if CONFIGURED not in properties:
            return None
        return {"configured_product": properties[CONFIGURED], "properties": properties}

    def _quote(self, bracket: Node) -> dict[str, str]:
        lead_time = bracket.quantity("LeadTimeMeasure")
        told = {"LeadTimeMeasure": f"{lead_time.value:f} {lead_time.unit_code}"} if lead_time is not None else {}
        return {"ID": self._context.number, "LineID": self._line_id} | told

    def _place(self, name: str) -> str:
        return f"CatalogueLine[{self._line_id}]/{name}"
