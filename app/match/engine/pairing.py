"""Finding the order line that an invoice line bills: by reference, by item number, or from a text order's amount."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from app.documents.invoice import InvoiceLine
from app.documents.numbers import header_numbers, normalised_invoice_number, normalised_number
from app.match.engine.charges import kind_of_line
from app.match.engine.decision import How
from app.match.engine.facts import Case, ChargeKind, OrderFacts, OrderLineFacts
from app.match.engine.identities import (
    Identity,
    agrees,
    contradicts,
    gtin_key,
    invoice_line_identities,
    order_line_identities,
)


class Spot(NamedTuple):
    """An order line, with its order."""

    order: OrderFacts
    line: OrderLineFacts


class Choice(NamedTuple):
    """Between which spots was chosen, and by how much the next best choice is worse: money a unit for lines of one
    item, points of a thousand for likeness. It is None when there is no other. Spots of `one_price` are as good as each
    other.
    """

    spots: tuple[Spot, ...]
    margin: Decimal | None
    one_price: bool = False


class Paired(NamedTuple):
    """An invoice line, or the part of one, and the spot it bills; `unread` is a line reference that led nowhere."""

    line: InvoiceLine
    spot: Spot
    how: How
    unread: str | None = None
    choice: Choice | None = None


class Contested(NamedTuple):
    """An invoice line whose numbers lead to several spots, which all hold the same item."""

    line: InvoiceLine
    spots: tuple[Spot, ...]
    how: How
    unread: str | None = None


class Unpaired(NamedTuple):
    """An invoice line without a spot, and the code of why; `spots` are those that came near, `orders` those that were
    searched.
    """

    line: InvoiceLine
    code: str
    spots: tuple[Spot, ...] = ()
    named: str | None = None
    margin: Decimal | None = None
    orders: tuple[OrderFacts, ...] = ()


class ChargeLine(NamedTuple):
    """An invoice line that is a charge; `order` is the one it names."""

    line: InvoiceLine
    kind: ChargeKind
    order: OrderFacts | None


Placed = Paired | Unpaired | ChargeLine


def _line_key(text: str) -> str:
    stripped = text.strip()
    return stripped.lstrip("0") or stripped


@dataclass(frozen=True, slots=True)
class Index:
    """The lines of one order by what they can be found by."""

    order: OrderFacts
    by_id: dict[str, Spot] = field(default_factory=dict)
    by_line: dict[str, list[Spot]] = field(default_factory=dict)
    by_item: dict[Identity, list[Spot]] = field(default_factory=dict)
    pools: list[Spot] = field(default_factory=list)

    @classmethod
    def of(cls, order: OrderFacts) -> "Index":
        index = cls(order)
        for line in order.lines:
            spot = Spot(order, line)
            index.by_id[line.id] = spot
            index.by_line.setdefault(_line_key(line.line_id), []).append(spot)
            for identity in order_line_identities(line):
                index.by_item.setdefault(identity, []).append(spot)
            if line.is_amount:
                index.pools.append(spot)
        return index

    @property
    def only_amounts(self) -> bool:
        return len(self.pools) == len(self.order.lines)


def _named_orders(line: InvoiceLine) -> tuple[str, ...]:
    numbers = (one.order_number for one in line.order_line_references if one.order_number is not None)
    return tuple(dict.fromkeys(normalised_number(number) for number in numbers))


def unread(line: InvoiceLine) -> str | None:
    """Give the line reference that led nowhere, of a line that was found by something else."""
    return next((reference.line_id for reference in line.order_line_references), None)


class Found(NamedTuple):
    """Where a line's item numbers lead; they `agree` when every number that leads somewhere leads to all of it."""

    how: How
    spots: tuple[Spot, ...]
    agree: bool


def _shared(spots: list[Spot], others: list[Spot]) -> list[Spot]:
    ids = {spot.line.id for spot in others}
    return [spot for spot in spots if spot.line.id in ids]


def _is_by_reference(order: OrderFacts) -> bool:
    return order.standing is not None and order.standing.by_reference


def _reference_key(order: OrderFacts) -> str:
    return "" if order.standing is None else normalised_number(order.standing.reference)


class Pairer:
    """Places the lines of one case, one at a time and independently of each other.

    A line is looked for in the order it names itself, else in those the header names, else in all of the case.
    """

    def __init__(self, case: Case) -> None:
        self.indexes = {order.id: Index.of(order) for order in case.orders}
        self.by_number: dict[str, list[Index]] = {}
        for order in case.orders:
            self.by_number.setdefault(normalised_number(order.number), []).append(self.indexes[order.id])
        self.referenced = tuple(index for index in self.indexes.values() if _is_by_reference(index.order))
        for index in self.referenced:
            self.by_number.setdefault(_reference_key(index.order), []).append(index)
        self.header = self._header_scope(case)
        self.invoiced = {
            (normalised_invoice_number(line.invoice_number), _line_key(line.invoice_line_id)): spot
            for line in case.invoiced
            if (spot := self._spot(line.order_id, line.order_line_id)) is not None
        }
        credited = [reference.invoice for reference in case.invoice.billing_references if reference.invoice is not None]
        self.credited = tuple(normalised_invoice_number(reference.number) for reference in credited)
        self.found: dict[tuple[tuple[Identity, ...], tuple[str, ...]], Found] = {}

    def _spot(self, order_id: str, line_id: str) -> Spot | None:
        index = self.indexes.get(order_id)
        return None if index is None else index.by_id.get(line_id)

    def _header_scope(self, case: Case) -> tuple[Index, ...]:
        if case.invoice.order_reference is None:
            return tuple(self.indexes.values())
        numbers = header_numbers(case.invoice.order_reference.number)
        if numbers and numbers[0] in self.by_number:
            numbers = numbers[:1]
        return tuple(index for number in numbers for index in self.by_number.get(number, ())) or self.referenced

    def in_play(self, case: Case) -> tuple[OrderFacts, ...]:
        """Give the orders that the document means: a number that only a part of the header's looks like is none."""
        if case.invoice.is_credit:
            return case.orders
        named = {number for line in case.invoice.lines for number in _named_orders(line)}
        meant = {index.order.id for number in named for index in self.by_number.get(number, ())}
        meant.update(index.order.id for index in self.header)
        return tuple(order for order in case.orders if order.id in meant)

    def place(self, line: InvoiceLine) -> Placed | Contested:
        """Find what a line bills."""
        named = _named_orders(line)
        unknown = next((number for number in named if number not in self.by_number), None)
        if unknown is not None:
            return Unpaired(line, "ORDER_UNKNOWN", named=unknown)
        scope = tuple(index for number in named for index in self.by_number[number]) or self.header
        referenced = self._referenced(line, scope)
        if not scope and not referenced:
            return Unpaired(line, "ORDER_UNKNOWN")
        if _is_interest(line, referenced, scope):
            return ChargeLine(line, ChargeKind.INTEREST, referenced[0].spot.order)
        return _by_reference(line, referenced) if referenced else self._by_item(line, scope)

    def _by_item(self, line: InvoiceLine, scope: tuple[Index, ...]) -> Placed | Contested:
        known = tuple(_known(line, scope))
        if not known:
            return _without_item(line, scope)
        place = known, tuple(index.order.id for index in scope)
        if place not in self.found:
            # Thousands of lines may bill one item, which may be on thousands of lines.
            self.found[place] = _found(known, scope)
        how, spots, agree = self.found[place]
        if len(spots) == 1:
            return Paired(line, spots[0], how, unread(line))
        return Contested(line, spots, how, unread(line)) if agree else Unpaired(line, "LINE_AMBIGUOUS", spots)

    def _referenced(self, line: InvoiceLine, scope: tuple[Index, ...]) -> list[Paired]:
        found: dict[str, Paired] = {}
        for reference in line.order_line_references:
            own = reference.order_number
            for index in scope if own is None else self.by_number[normalised_number(own)]:
                for spot in index.by_line.get(_line_key(reference.line_id), ()):
                    found.setdefault(spot.line.id, Paired(line, spot, How.REFERENCE))
        if not found:
            found = {paired.spot.line.id: paired for paired in self._credited(line)}
        return list(found.values())

    def _credited(self, line: InvoiceLine) -> Iterator[Paired]:
        for reference in line.billing_references:
            if reference.line_id is None:
                continue
            numbers = (
                self.credited if reference.invoice is None else (normalised_invoice_number(reference.invoice.number),)
            )
            for number in numbers:
                spot = self.invoiced.get((number, _line_key(reference.line_id)))
                if spot is not None:
                    yield Paired(line, spot, How.BILLING_REFERENCE)


def _is_interest(line: InvoiceLine, referenced: list[Paired], scope: tuple[Index, ...]) -> bool:
    """Tell whether a line that names an order line is interest or a reminder all the same: nobody orders that."""
    if not referenced or any(agrees(line, paired.spot.line) for paired in referenced):
        return False
    return kind_of_line(line, [index.order for index in scope]) is ChargeKind.INTEREST


def _known(line: InvoiceLine, scope: tuple[Index, ...]) -> Iterator[Identity]:
    """Give the line's item numbers that are on an order line."""
    for identity in invoice_line_identities(line):
        how, value = identity
        if any(identity in index.by_item for index in scope):
            yield identity
        elif how is How.SELLER_ITEM and value.isdecimal():
            # Some suppliers put the GTIN into their own item number's field without saying so.
            gtin = How.GTIN, gtin_key(value)
            if any(gtin in index.by_item for index in scope):
                yield gtin


def _found(known: tuple[Identity, ...], scope: tuple[Index, ...]) -> Found:
    leads = [[spot for index in scope for spot in index.by_item.get(identity, ())] for identity in known]
    spots, agree = leads[0], True
    for others in leads[1:]:
        shared = _shared(spots, others)
        # Numbers that lead to different lines leave nothing shared: then all of them stay candidates.
        spots, agree = shared or [*spots, *others], agree and bool(shared)
    return Found(known[0][0], tuple(spots), agree)


def _by_reference(line: InvoiceLine, referenced: list[Paired]) -> Placed | Contested:
    agreeing = [paired for paired in referenced if not contradicts(line, paired.spot.line)]
    if len(agreeing) == 1:
        return agreeing[0]
    if agreeing:
        spots = tuple(paired.spot for paired in agreeing)
        one_item = len({spot.order.id for spot in spots}) == 1 and all(agrees(line, spot.line) for spot in spots)
        return Contested(line, spots, agreeing[0].how) if one_item else Unpaired(line, "LINE_AMBIGUOUS", spots)
    return Unpaired(line, "REFERENCE_CONTRADICTS_ITEM", tuple(paired.spot for paired in referenced))


def _without_item(line: InvoiceLine, scope: tuple[Index, ...]) -> Placed:
    pools = [spot for index in scope for spot in index.pools]
    kind = kind_of_line(line, [index.order for index in scope])
    text_orders = all(index.only_amounts for index in scope)
    if kind is not None and (kind is ChargeKind.INTEREST or not text_orders):
        return ChargeLine(line, kind, scope[0].order if len(scope) == 1 else None)
    identified = next(invoice_line_identities(line), None) is not None
    if not pools or (identified and not text_orders):
        return Unpaired(line, "LINE_UNKNOWN", orders=tuple(index.order for index in scope))
    if len(pools) > 1:
        return Unpaired(line, "LINE_AMBIGUOUS", tuple(pools))
    return Paired(line, pools[0], How.AMOUNT_POOL, unread(line))
