"""Writing: elements under construction, in the order they are said, with the attributes OIOUBL demands."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Final, TypeVar, cast

from lxml import etree

from app.documents.values import Header, Identifier, uncarried
from app.kit.errors import Fault, Invalid
from app.kit.money import PLACES, Quantity, at_least_decimals, plain
from app.oioubl import names, profiles
from app.oioubl.ubl import CAC, CBC, namespace_of, path_of

Value = TypeVar("Value")
Attributes = Mapping[str, str]
Flag = bool | None

_CAC: Final = f"{{{CAC}}}"
_CBC: Final = f"{{{CBC}}}"
_MOST_DECIMALS: Final = 4
_DECIMAL_RULES: Final[Mapping[str, Mapping[str, str]]] = {
    "Order": {"LineExtensionAmount": "F-ORD137", "PriceAmount": "F-ORD170"},
    "OrderChange": {"LineExtensionAmount": "F-OCH139", "PriceAmount": "F-OCH153"},
    "OrderResponse": {"LineExtensionAmount": "F-ORE089", "PriceAmount": "F-ORE104"},
}
"""Amounts of a line that have at most four decimals, and the official rules that say so."""

_AGENCIES: Final = {"GLN": "9", "GTIN": "9"}


class UnwritableDocument(Invalid):
    """The document holds something that OIOUBL cannot carry; every fault names its element."""

    title = "Document not writable"


class Page:
    """One element being written. Amounts are in `currency`; what has no content leaves no element behind."""

    __slots__ = ("currency", "decimal_rules", "element", "faults")

    def __init__(
        self, element: etree._Element, faults: list[Fault], currency: str | None, decimal_rules: Mapping[str, str]
    ) -> None:
        self.element = element
        self.faults = faults
        self.currency = currency
        self.decimal_rules = decimal_rules

    def part(self, name: str) -> "Page":
        return Page(etree.SubElement(self.element, _CAC + name), self.faults, self.currency, self.decimal_rules)

    def write(self, name: str, writer: "Callable[[Page, Value], None]", value: Value | None) -> None:
        if value is not None:
            writer(self.part(name), value)

    def write_all(self, name: str, writer: "Callable[[Page, Value], None]", values: Iterable[Value]) -> None:
        for value in values:
            writer(self.part(name), value)

    def text(self, name: str, value: str | None, attributes: Attributes = names.NONE) -> None:
        if not value:
            return
        element = etree.SubElement(self.element, _CBC + name)
        try:
            for attribute, text in attributes.items():
                element.set(attribute, text)
            element.text = value
        except ValueError:
            self._uncarried(element, *attributes.values(), value)

    def texts(self, name: str, values: Iterable[str]) -> None:
        for value in values:
            self.text(name, value)

    def identifier(self, name: str, value: Identifier | None) -> None:
        if value is not None:
            self.text(name, _prefixed(value), _scheme(value.scheme_id))

    def date(self, name: str, value: date | None) -> None:
        self.text(name, None if value is None else value.isoformat())

    def time(self, name: str, value: time | None) -> None:
        self.text(name, None if value is None else value.isoformat())

    def flag(self, name: str, value: Flag) -> None:
        self.text(name, None if value is None else str(value).lower())

    def number(self, name: str, value: Decimal | None) -> None:
        self.text(name, None if value is None else plain(value))

    def amount(self, name: str, value: Decimal | None, rule_id: str | None = "F-LIB014") -> None:
        """An amount with exactly two decimals; one that has more is not rounded but refused."""
        self._money(name, value, PLACES, rule_id)

    def line_amount(self, name: str, value: Decimal | None) -> None:
        """An amount or a price with at least two decimals; at most four in an order, its change and its answer."""
        rule_id = self.decimal_rules.get(name)
        self._money(name, value, _MOST_DECIMALS if rule_id else None, rule_id)

    def quantity(self, name: str, value: Quantity | None) -> None:
        if value is not None:
            self.text(name, at_least_decimals(value.value), {"unitCode": value.unit_code})

    def refuse(self, message: str, message_da: str, rule_id: str | None = None) -> None:
        """Say what OIOUBL has against this element."""
        self._fault(self.element, message, message_da, rule_id)

    def document(self) -> bytes:
        """The finished document, without elements that have no content (F-LIB235 and others forbid them).

        :raises UnwritableDocument: when anything could not be written.
        """
        self._finish()
        return etree.tostring(self.element, encoding="UTF-8", xml_declaration=True, pretty_print=True)

    def fragment(self) -> bytes:
        """The same of an element without attributes, to stand in a document that names the namespaces.

        :raises UnwritableDocument: when anything could not be written.
        """
        self._finish()
        text = etree.tostring(self.element, encoding="UTF-8")
        return text[: text.index(b" xmlns")] + text[text.index(b">") :]

    def _finish(self) -> None:
        if self.faults:
            first = self.faults[0]
            raise UnwritableDocument(f"{first.xpath}: {first.message}", faults=self.faults)
        for element in reversed(list(self.element.iterdescendants())):
            parent = element.getparent()
            if len(element) == 0 and not element.text and parent is not None:
                parent.remove(element)

    def _money(self, name: str, value: Decimal | None, most: int | None, rule_id: str | None) -> None:
        if value is None:
            return
        # -0.00 would count as a negative amount: the official rules look at the sign.
        text = at_least_decimals(value or abs(value))
        self.text(name, text, {"currencyID": self.currency or ""})
        if most is not None and len(text.partition(".")[2]) > most:
            self._fault(
                self.element[-1],
                f"{name} is {text}; it has at most {most} decimals here. Round it before the document is written.",
                f"{name} er {text}; her er højst {most} decimaler. Afrund, før dokumentet dannes.",
                rule_id,
            )

    def _uncarried(self, element: etree._Element, *texts: str) -> None:
        character = next(filter(None, map(uncarried, texts)), "?")
        self._fault(
            element,
            f"The text holds the character {character}, which XML cannot carry. Take it out.",
            f"Teksten indeholder tegnet {character}, som XML ikke kan bære. Fjern det.",
        )

    def _fault(self, element: etree._Element, message: str, message_da: str, rule_id: str | None = None) -> None:
        self.faults.append(Fault(message, message_da, xpath=path_of(element), rule_id=rule_id))


def page_for(document_type: str, header: Header, currency: str | None) -> Page:
    """Begin a document with what all of them begin with, up to cbc:ID."""
    uri = namespace_of(document_type)
    # The stubs do not know the default namespace, whose prefix is None.
    prefixes = cast("dict[str, str]", {None: uri, "cac": CAC, "cbc": CBC})
    root = etree.Element(f"{{{uri}}}{document_type}", nsmap=prefixes)
    page = Page(root, [], currency, _DECIMAL_RULES.get(document_type, names.NONE))
    page.text("UBLVersionID", names.UBL_VERSION)
    page.text("CustomizationID", names.CUSTOMIZATION)
    page.text("ProfileID", header.profile_id, names.identifier_list(profiles.list_of(header.profile_id)))
    page.text("ID", header.number)
    return page


def page_of_part(name: str) -> Page:
    """Begin an element that is written by itself, to stand in a document without a currency of its own."""
    prefixes = cast("dict[str, str]", {"cac": CAC, "cbc": CBC})
    return Page(etree.Element(_CAC + name, nsmap=prefixes), [], None, names.NONE)


def _scheme(scheme_id: str | None) -> dict[str, str]:
    if scheme_id is None:
        return {}
    agency = _AGENCIES.get(scheme_id, names.DANISH_AGENCY if scheme_id.startswith("DK:") else "")
    return {"schemeID": scheme_id, "schemeAgencyID": agency} if agency else {"schemeID": scheme_id}


def _prefixed(identifier: Identifier) -> str:
    """CVR and SE numbers go with their country: DK and eight digits (F-LIB180, F-LIB184, F-LIB190, F-LIB196)."""
    if identifier.scheme_id in ("DK:CVR", "DK:SE") and len(identifier.value) == 8 and identifier.value.isdigit():
        return f"DK{identifier.value}"
    return identifier.value
