"""The cart that comes back from a shop, whichever protocol it came by, and what is wrong with one."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError, field_validator, model_validator

from app.documents.item import Item
from app.documents.price import Price
from app.documents.values import Currency, Number, Text, Value
from app.kit.columns import SCALE, TOO_LARGE, kept
from app.kit.errors import Fault, Invalid
from app.kit.money import Quantity, exact, rounded
from app.orders.totals import line_amount

MOST_LINES: Final = 5_000
MOST_FAULTS: Final = 100
PIECE: Final = "EA"
PIECES: Final = frozenset({"PCE", "PCS", "ST", "STK", "C62", "H87"})
"""What shops call one piece, `ST` as SAP does; orders say EA, and not all the others are on OIOUBL's list of units."""
UNSPSC: Final = re.compile(r"\d{2}(\d{2}){0,4}", re.ASCII)

UNIT: Final = re.compile(r"[A-Z0-9]{1,3}", re.ASCII)


class CartNotReadable(Invalid):
    """The cart that a shop sent cannot be understood; every fault names its field or line, and its rule."""

    title = "Cart not readable"

    @classmethod
    def because(cls, faults: Sequence[Fault]) -> "CartNotReadable":
        """Name the first fault in the message and carry the first hundred."""
        others = f" ({len(faults)} faults in all)" if len(faults) > 1 else ""
        return cls(f"the shop's cart cannot be read: {faults[0].message}{others}", faults=faults[:MOST_FAULTS])


class CartLine(Value):
    """A line of a cart. `quote` is what must be said to the supplier again in the order, by the protocol's own names;
    `contracted` what the shop says of the agreement, where it says something.
    """

    line_id: Number
    item: Item
    unspsc: str = ""
    quantity: Quantity
    price: Price
    currency: Currency
    quote: dict[Text, Text]
    configuration: dict[Text, Text] | None = None
    expires_at: datetime | None = None
    contracted: bool | None = None

    @field_validator("quantity")
    @classmethod
    def _has_a_unit(cls, value: Quantity) -> Quantity:
        if not UNIT.fullmatch(value.unit_code):
            raise ValueError(
                "a unit is a code of at most three letters and digits, such as EA (UN/ECE recommendation 20)"
            )
        return value

    @model_validator(mode="after")
    def _costs_what_is_kept(self) -> "CartLine":
        kept(line_amount(self.price, self.quantity))
        return self


class Cart(Value):
    """What a shop gave back; without lines the visit ended without a purchase. `buyer_key` is what we gave the shop to
    know the visit by, where the protocol repeats it; `allows` what may be done to the cart later (`create`: nothing).
    """

    lines: tuple[CartLine, ...] = ()
    buyer_key: str | None = None
    allows: str = "create"


class Reader:
    """Reads one line's values, and keeps what is wrong with them."""

    def __init__(self, faults: list[Fault], line: int | None = None) -> None:
        self.faults = faults
        self.line = line

    def fault(self, place: str, message: str, message_da: str, rule_id: str) -> None:
        self.faults.append(Fault(message, message_da, pointer=f"/{place}", line=self.line, rule_id=rule_id))

    def number(self, place: str, text: str, least: Decimal | None = None) -> Decimal:
        """Read a decimal number with a point, of at least a value or else above nothing."""
        try:
            value = exact(text)
        except ValueError:
            self._no_number(place, text)
            return Decimal(1)
        if abs(value) >= TOO_LARGE or value != rounded(value, SCALE):
            self.fault(
                place,
                f"{place} is {text}, which has more than {SCALE} decimals or is too large",
                f"{place} er {text}, som har mere end {SCALE} decimaler eller er for stort",
                "P-CART-NUMBER",
            )
        elif value <= 0 if least is None else value < least:
            wanted = "more than 0" if least is None else f"at least {least}"
            wanted_da = "mere end 0" if least is None else f"mindst {least}"
            self.fault(
                place, f"{place} is {text}; it is {wanted}", f"{place} er {text}; det er {wanted_da}", "P-CART-NUMBER"
            )
        return value

    def missing(self, place: str, rule_id: str = "P-CART-REQUIRED") -> str:
        self.fault(place, f"{place} is missing or empty", f"{place} mangler eller er tom", rule_id)
        return ""

    def made(self, place: str, fields: Mapping[str, Any]) -> CartLine | None:
        """Make the line, unless something in it is no text, currency or unit that could go on into an order."""
        try:
            return CartLine.model_validate(fields)
        except ValidationError as reason:
            for found in reason.errors(include_url=False, include_input=False, include_context=False):
                where = ".".join(str(part) for part in found["loc"])
                message = f"{place}: {where}: {found['msg']}"
                self.fault(place, message, f"{place}: {where} kan ikke bruges", "P-CART-VALUE")
            return None

    def _no_number(self, place: str, text: str) -> None:
        shown = text[:40]
        self.fault(
            place,
            f"{place} is {shown!r}, which is no decimal number with a point",
            f"{place} er {shown!r}, som ikke er et decimaltal med punktum",
            "P-CART-NUMBER",
        )


def unit_of(code: str) -> str:
    """Give the unit to order in."""
    return PIECE if code.upper() in PIECES else code.upper()


def unspsc_of(code: str) -> str:
    """Give a UNSPSC code of 2 to 10 digits, or nothing where there is none."""
    bare = code.strip().replace(".", "").replace("-", "")
    return bare if UNSPSC.fullmatch(bare) else ""


def refuse_too_many(count: int) -> None:
    """:raises CartNotReadable: for more lines than a cart may have."""
    if count > MOST_LINES:
        message = f"the cart has {count} lines; at most {MOST_LINES} are taken"
        message_da = f"kurven har {count} linjer; der modtages højst {MOST_LINES}"
        raise CartNotReadable.because([Fault(message, message_da, rule_id="P-CART-LINES")])


def cart_of(
    lines: Sequence[CartLine | None], faults: Sequence[Fault], buyer_key: str | None = None, allows: str = "create"
) -> Cart:
    """Give the cart.

    :raises CartNotReadable: when anything was wrong with it.
    """
    if faults:
        raise CartNotReadable.because(faults)
    there = tuple(line for line in lines if line is not None)
    return Cart.model_construct(lines=there, buyer_key=buyer_key, allows=allows)
