"""Reading: an element and its children by UBL name, typed, with everything that is wrong collected as faults."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, Self, TypeVar, cast

from lxml import etree

from app.documents.values import NUMBER_LENGTH, PROSE_LENGTH, TEXT_LENGTH, Identifier
from app.kit.errors import Fault, Invalid
from app.kit.money import Quantity, exact
from app.oioubl.ubl import CAC, CBC, path_of

Value = TypeVar("Value")

_CAC: Final = f"{{{CAC}}}"
_CBC: Final = f"{{{CBC}}}"
_BLANK: Final = " \t\r\n"
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
_DATE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")

# The same few numbers come again and again in a document: 1, 25, 1.00.
_number = lru_cache(maxsize=4096)(exact)


class UnreadableDocument(Invalid):
    """The document cannot be understood, or its figures do not add up; every fault names its element."""

    title = "Document not readable"

    @classmethod
    def because(cls, faults: Sequence[Fault]) -> Self:
        """Name the first fault in the message and carry all of them."""
        others = f" ({len(faults)} faults in all)" if len(faults) > 1 else ""
        return cls(f"{faults[0].xpath}: {faults[0].message}{others}", faults=faults)


def fault_at(element: etree._Element, message: str, message_da: str, rule_id: str | None = None) -> Fault:
    # The stubs do not know what a sourceline is.
    line = cast("int | None", element.sourceline)
    return Fault(message, message_da, xpath=path_of(element), line=line, rule_id=rule_id)


class Node:
    """One element of a document. An element without text is as if it were not there."""

    __slots__ = ("_children", "currency", "element", "faults")

    def __init__(self, element: etree._Element, faults: list[Fault], currency: str | None = None) -> None:
        self.element = element
        self.faults = faults
        self.currency = currency
        children: dict[str, list[etree._Element]] = {}
        for child in element:
            tag = child.tag
            if tag in children:
                children[tag].append(child)
            else:
                children[tag] = [child]
        self._children = children

    def text(self, name: str, most: int = TEXT_LENGTH) -> str | None:
        for element in self._children.get(_CBC + name, ()):
            if text := (element.text or "").strip():
                return text if len(text) <= most else self._short(element, text, most)
        return None

    def prose(self, name: str) -> str | None:
        return self.text(name, PROSE_LENGTH)

    def texts(self, name: str, most: int = PROSE_LENGTH) -> tuple[str, ...]:
        return tuple(self._short(element, text, most) for element, text in self._leaves(name))

    def needed_text(self, name: str, rule_id: str | None = None, most: int = NUMBER_LENGTH) -> str:
        text = self.text(name, most)
        return self._missing(name, rule_id, "-") if text is None else text

    def number_text(self, name: str) -> str | None:
        return self.text(name, NUMBER_LENGTH)

    def uuid(self, rule_id: str) -> str | None:
        """cbc:UUID, which has 36 characters wherever it stands."""
        for element, text in self._leaves("UUID"):
            if len(text) != 36:
                self.fault(
                    element,
                    f"A UUID has 36 characters, this one {len(text)}.",
                    f"Et UUID har 36 tegn; dette har {len(text)}.",
                    rule_id,
                )
            return text[:TEXT_LENGTH]
        return None

    def identifier(self, name: str) -> Identifier | None:
        for element, text in self._leaves(name):
            value = self._short(element, text, TEXT_LENGTH)
            return Identifier(value=value, scheme_id=element.get("schemeID") or None)
        return None

    def flag(self, name: str) -> bool | None:
        for element, text in self._leaves(name):
            if text in _FLAGS:
                return _FLAGS[text]
            self._unlike(element, text, "true or false", "true eller false")
        return None

    def needed_flag(self, name: str, rule_id: str | None = None) -> bool:
        flag = self.flag(name)
        return bool(self._missing(name, rule_id, instead=False)) if flag is None else flag

    def date(self, name: str) -> dt.date | None:
        for element, text in self._leaves(name):
            found = _DATE.fullmatch(text)
            try:
                return dt.date.fromisoformat(found[1] if found else "")
            except ValueError:
                self._unlike(element, text, "a date such as 2026-11-30", "en dato som 2026-11-30")
        return None

    def needed_date(self, name: str, rule_id: str | None = None) -> dt.date:
        day = self.date(name)
        return self._missing(name, rule_id, dt.date.min) if day is None else day

    def time(self, name: str) -> dt.time | None:
        for element, text in self._leaves(name):
            try:
                return dt.time.fromisoformat(text)
            except ValueError:
                self._unlike(element, text, "a time such as 12:30:00", "et klokkeslæt som 12:30:00")
        return None

    def currency_code(self, name: str) -> str | None:
        for element, text in self._leaves(name):
            if _CURRENCY.fullmatch(text):
                return text
            self._unlike(element, text, "a currency code such as DKK", "en valutakode som DKK", "F-LIB298")
        return None

    def needed_currency(self, name: str, rule_id: str | None = None) -> str:
        code = self.currency_code(name)
        return self._missing(name, rule_id, "XXX") if code is None else code

    def attribute(self, name: str, attribute: str) -> str | None:
        for element, _ in self._leaves(name):
            return element.get(attribute) or None
        return None

    def number(self, name: str) -> Decimal | None:
        for element, text in self._leaves(name):
            return self._decimal(element, text)
        return None

    def amount(self, name: str, rule_id: str | None = None) -> Decimal | None:
        """An amount, which is in the document's currency; `rule_id` is the official rule that says so."""
        for element, text in self._leaves(name):
            currency = element.get("currencyID")
            if currency is None:
                self.fault(
                    element, "The amount says no currencyID.", "Beløbet mangler attributten currencyID.", "F-LIB403"
                )
            elif self.currency is not None and currency != self.currency:
                self._foreign(element, currency, rule_id)
            return self._decimal(element, text)
        return None

    def needed_number(self, name: str, rule_id: str | None = None) -> Decimal:
        number = self.number(name)
        return self._missing(name, rule_id, Decimal(1)) if number is None else number

    def needed_amount(self, name: str, rule_id: str | None = None, currency_rule_id: str | None = None) -> Decimal:
        amount = self.amount(name, currency_rule_id)
        return self._missing(name, rule_id, Decimal(0)) if amount is None else amount

    def currency_of(self, name: str) -> str | None:
        """The currency of an amount that may be another than the document's."""
        for element, _ in self._leaves(name):
            return element.get("currencyID")
        return None

    def quantity(self, name: str) -> Quantity | None:
        for element, text in self._leaves(name):
            value = self._decimal(element, text)
            unit_code = element.get("unitCode")
            if not unit_code:
                self.fault(
                    element, "The quantity says no unitCode.", "Mængden mangler attributten unitCode.", "F-LIB007"
                )
            return None if value is None or not unit_code else Quantity(value, unit_code)
        return None

    def needed_quantity(self, name: str, rule_id: str | None = None) -> Quantity:
        quantity = self.quantity(name)
        return self._missing(name, rule_id, Quantity(Decimal(1), "EA")) if quantity is None else quantity

    def part(self, name: str) -> "Node | None":
        """The first child of that name with something in it."""
        for element in self._children.get(_CAC + name, ()):
            node = Node(element, self.faults, self.currency)
            if node._is_filled():
                return node
        return None

    def parts(self, name: str) -> "Sequence[Node]":
        elements = self._children.get(_CAC + name)
        if elements is None:
            return ()
        nodes = [Node(element, self.faults, self.currency) for element in elements]
        return [node for node in nodes if node._is_filled()]

    def needed_part(self, name: str, rule_id: str | None = None) -> "Node":
        """The same; where it is missing, that alone is a fault and not all that would have been in it."""
        part = self.part(name)
        return self._missing(name, rule_id, Node(etree.Element(_CAC + name), [])) if part is None else part

    def needed_parts(
        self, name: str, reader: "Callable[[Node], Value]", rule_id: str | None = None
    ) -> tuple[Value, ...]:
        found = self.read_all(name, reader)
        return found or (reader(self.needed_part(name, rule_id)),)

    def read(self, name: str, reader: "Callable[[Node], Value]") -> Value | None:
        part = self.part(name)
        return None if part is None else reader(part)

    def read_all(self, name: str, reader: "Callable[[Node], Value]") -> tuple[Value, ...]:
        parts = self.parts(name)
        return tuple([reader(part) for part in parts]) if parts else ()

    def fault(self, element: etree._Element, message: str, message_da: str, rule_id: str | None = None) -> None:
        self.faults.append(fault_at(element, message, message_da, rule_id))

    def refuse_faults(self) -> None:
        """:raises UnreadableDocument: when anything was wrong."""
        if self.faults:
            raise UnreadableDocument.because(tuple(dict.fromkeys(self.faults)))

    def _leaves(self, name: str) -> Sequence[tuple[etree._Element, str]]:
        elements = self._children.get(_CBC + name)
        if elements is None:
            return ()
        return [(element, text) for element in elements if (text := (element.text or "").strip())]

    def _is_filled(self) -> bool:
        """Whether any text is in it, which the first child nearly always settles."""
        for first, *_ in self._children.values():
            if first.text and not first.text.isspace():
                return True
            break
        return any(not text.isspace() for text in self.element.itertext())

    def _missing(self, name: str, rule_id: str | None, instead: Value) -> Value:
        """Give something instead, so that reading goes on; nobody is given the document, thanks to `refuse_faults`."""
        # An element that is there but unreadable has its own fault already.
        if not self._leaves(name):
            self.fault(self.element, f"{name} is missing or empty.", f"{name} mangler eller er tom.", rule_id)
        return instead

    def _short(self, element: etree._Element, text: str, most: int) -> str:
        if len(text) <= most:
            return text
        self.fault(
            element,
            f"The text has {len(text)} characters; at most {most} are accepted.",
            f"Teksten har {len(text)} tegn; der modtages højst {most}.",
        )
        return text[:most]

    def _decimal(self, element: etree._Element, text: str) -> Decimal | None:
        try:
            return _number(text)
        except ValueError as reason:
            more = " of at most 28 digits" if "digits" in str(reason) else ""
            self._unlike(element, text, f"a decimal number{more}", "et decimaltal (højst 28 cifre)")
            return None

    def _unlike(
        self, element: etree._Element, text: str, wanted: str, wanted_da: str, rule_id: str | None = None
    ) -> None:
        name = etree.QName(element).localname
        shown = text[:40].strip(_BLANK)
        self.fault(
            element,
            f"{name} is {shown!r}; it must be {wanted}.",
            f"{name} er {shown!r}; det skal være {wanted_da}.",
            rule_id,
        )

    def _foreign(self, element: etree._Element, currency: str, rule_id: str | None) -> None:
        name = etree.QName(element).localname
        self.fault(
            element,
            f"{name} is in {currency}, the document in {self.currency}; only a price may be in another currency.",
            f"{name} er i {currency}, dokumentet i {self.currency}; kun en pris må være i en anden valuta.",
            rule_id,
        )
