"""OCI, SAP's Open Catalog Interface 4.0 and 5.0: what a shop is sent, and the form fields of the cart it sends back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from app.kit.errors import Fault
from app.kit.money import Quantity
from app.orders.punch_out.cart import Cart, CartLine, Reader, cart_of, refuse_too_many, unit_of, unspsc_of

FIXED: Final[Mapping[str, str]] = {
    "~OkCode": "ADDI",
    "~TARGET": "_top",
    "~CALLER": "CTLG",
    "returntarget": "_top",
    "http_content_charset": "UTF-8",
}
OWN: Final = frozenset(name.upper() for name in (*FIXED, "HOOK_URL", "OCI_VERSION"))
"""Names of fields that the protocol fills in."""
USERNAME, SECRET, USER_NAME = "{username}", "{secret}", "{user_name}"
"""Values that a shop's fields may have, to be filled in."""

_NAME: Final = re.compile(r"\s*NEW_ITEM-([A-Z0-9_]{1,40})\s*\[\s*(\d{1,6})\s*\]\s*", re.IGNORECASE | re.ASCII)
# The long text alone has its index in the name, and brackets with nothing in them.
_LONG_TEXT: Final = re.compile(r"\s*NEW_ITEM-LONGTEXT_(\d{1,6}):132\s*\[\s*\d*\s*\]\s*", re.IGNORECASE | re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,11}(\.\d{1,3})?", re.ASCII)
_DANISH: Final = re.compile(r"(\d{1,3}(\.\d{3})+|\d+),\d+|\d+", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,9}", re.ASCII)
_ECHOED: Final = {
    "EXT_QUOTE_ID": 35,
    "EXT_QUOTE_ITEM": 10,
    "EXT_PRODUCT_ID": 40,
    "CONTRACT": 10,
    "CONTRACT_ITEM": 5,
    "SLD_SYS_NAME": 60,
    **{f"CUST_FIELD{number}": 50 for number in range(1, 6)},
}
_LENGTHS: Final = {"VENDORMAT": 40, "MANUFACTMAT": 40, "MATNR": 40, "QUANTITY": 15, "PRICE": 15, "UNIT": 20, **_ECHOED}
"""How long what is kept to the letter may be; descriptions are taken as long as they come."""
_HIERARCHY: Final = ("PARENT_ID", "ITEM_TYPE", "ITEM_ID")


@dataclass(frozen=True, slots=True)
class Login:
    """How a shop knows its buyer, and the user's name where the shop is told who comes."""

    username: str = ""
    secret: str = field(default="", repr=False)
    user_name: str = ""


def entry_fields(version: str, hook_url: str, login: Login, fields: Mapping[str, str]) -> dict[str, str]:
    """Give the fields of the form by which a browser enters the shop. Where none of the shop's own fields is filled in
    with the login, it goes by the usual names.
    """
    known = {USERNAME: login.username, SECRET: login.secret, USER_NAME: login.user_name}
    usual = {"USERNAME": login.username, "PASSWORD": login.secret}
    sent = {} if {USERNAME, SECRET} & set(fields.values()) else {name: text for name, text in usual.items() if text}
    sent |= {name: known.get(text, text) for name, text in fields.items()}
    return {**sent, **FIXED, "OCI_VERSION": version, "HOOK_URL": hook_url}


def read_cart(sent: Iterable[tuple[str, str]], *, decimal_comma: bool = False) -> Cart:
    """Read the fields of a cart; names come in any case, and with blanks before the bracket. Numbers have a point and
    at most three decimals, or a comma when the shop is known to write it.

    :raises CartNotReadable: naming each field, such as `NEW_ITEM-QUANTITY[3]`, and its rule.
    """
    faults: list[Fault] = []
    found: dict[int, _Line] = {}
    for name, value in sent:
        index, field_name = _split(name)
        if index is not None:
            found.setdefault(index, _Line(index, Reader(faults, index), decimal_comma)).put(field_name, value)
    refuse_too_many(len(found))
    return cart_of([found[index].read() for index in sorted(found)], faults)


def _split(name: str) -> tuple[int | None, str]:
    if (long_text := _LONG_TEXT.fullmatch(name)) is not None:
        return int(long_text[1]), "LONGTEXT"
    found = _NAME.fullmatch(name)
    return (int(found[2]), found[1].upper()) if found is not None else (None, "")


@dataclass(slots=True)
class _Line:
    """The fields of one line while they are read."""

    index: int
    reader: Reader
    decimal_comma: bool
    values: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: str) -> None:
        text = value.strip()
        if self.values.get(name, text) != text:
            place = self._place(name)
            self.reader.fault(
                place,
                f"{place} comes twice, with different values",
                f"{place} kommer to gange med forskellige værdier",
                "P-OCI-TWICE",
            )
        self.values[name] = text

    def read(self) -> CartLine | None:
        self._check_lengths()
        unit = unit_of(self._needed("UNIT"))
        base = Quantity(self._price_unit(), unit)
        return self.reader.made(
            f"NEW_ITEM[{self.index}]",
            {
                "line_id": str(self.index),
                "item": self._item(),
                "unspsc": self._unspsc(),
                "quantity": Quantity(self._decimal("QUANTITY"), unit),
                "price": {"price_amount": self._decimal("PRICE", Decimal(0)), "base_quantity": base},
                "currency": self._needed("CURRENCY").upper(),
                "quote": self._quote(),
                "configuration": {name.lower(): self.values[name] for name in self._filled(_HIERARCHY)} or None,
            },
        )

    def _item(self) -> dict[str, Any]:
        name, long_text = self.values.get("DESCRIPTION", ""), self.values.get("LONGTEXT", "")
        if not name and not self.values.get("MATNR"):
            self.reader.missing(self._place("DESCRIPTION"), "P-OCI-REQUIRED")
        made = {"manufacturers_item_id": "MANUFACTMAT", "buyers_item_id": "MATNR", "sellers_item_id": "VENDORMAT"}
        self._needed("VENDORMAT")
        code = self._unspsc()
        return {
            "name": name or self.values.get("MATNR"),
            "descriptions": (long_text,) if long_text else (),
            "manufacturer_name": self.values.get("MANUFACTCODE") or None,
            "classifications": [{"code": code}] if code else [],
            **{key: {"value": self.values[name]} for key, name in made.items() if self.values.get(name)},
        }

    def _unspsc(self) -> str:
        """Give the product group, which stands in MATGROUP, or as a category of the schema UNSPSC."""
        group = unspsc_of(self.values.get("MATGROUP", ""))
        if group or self.values.get("EXT_SCHEMA_TYPE", "").upper() != "UNSPSC":
            return group
        return unspsc_of(self.values.get("EXT_CATEGORY_ID", ""))

    def _quote(self) -> dict[str, str]:
        told = ("LEADTIME", "VENDOR", "SERVICE")
        quoted = {name: self.values[name] for name in self._filled((*_ECHOED, *told))}
        return quoted | {"UNIT": self.values.get("UNIT", "")}

    def _filled(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self.values.get(name)]

    def _place(self, name: str) -> str:
        return f"NEW_ITEM-{name}[{self.index}]"

    def _needed(self, name: str) -> str:
        return self.values.get(name) or self.reader.missing(self._place(name), "P-OCI-REQUIRED")

    def _check_lengths(self) -> None:
        for name in self._filled(_LENGTHS):
            length, most, place = len(self.values[name]), _LENGTHS[name], self._place(name)
            if length > most:
                self.reader.fault(
                    place,
                    f"{place} has {length} characters; OCI has {most}",
                    f"{place} har {length} tegn; OCI har {most}",
                    "P-OCI-LENGTH",
                )

    def _price_unit(self) -> Decimal:
        """Give how many units the price is for, which is where a price becomes a hundred times too high."""
        text = self.values.get("PRICEUNIT") or "1"
        if _WHOLE.fullmatch(text.removesuffix(".000")) and int(text.removesuffix(".000")):
            return Decimal(text.removesuffix(".000"))
        place = self._place("PRICEUNIT")
        self.reader.fault(
            place,
            f"{place} is {text[:40]!r}; it is a whole number of units that the price is for, at most 9 digits",
            f"{place} er {text[:40]!r}; det er et helt antal enheder, som prisen gælder for, på højst 9 cifre",
            "P-OCI-PRICEUNIT",
        )
        return Decimal(1)

    def _decimal(self, name: str, least: Decimal | None = None) -> Decimal:
        text, place = self._needed(name), self._place(name)
        if not text:
            return Decimal(1)
        if self.decimal_comma and _DANISH.fullmatch(text):
            return self.reader.number(place, text.replace(".", "").replace(",", "."), least)
        if not self.decimal_comma and _NUMBER.fullmatch(text):
            return self.reader.number(place, text, least)
        self._no_number(place, text)
        return Decimal(1)

    def _no_number(self, place: str, text: str) -> None:
        shown, rule_id = repr(text[:40]), "P-OCI-NUMBER"
        wanted = "at most 11 digits, a decimal point and at most 3 decimals"
        wanted_da = "højst 11 cifre, et punktum og højst 3 decimaler"
        if self.decimal_comma:
            wanted, wanted_da = "a decimal comma, since this shop writes one", "et decimalkomma, som denne butik bruger"
        elif "," in text:
            wanted += "; if this shop writes commas, say `decimal_comma` of it"
            wanted_da += "; skriver butikken komma, så sæt `decimal_comma` på den"
            rule_id = "P-OCI-COMMA"
        self.reader.fault(
            place, f"{place} is {shown}; numbers have {wanted}", f"{place} er {shown}; tal har {wanted_da}", rule_id
        )
