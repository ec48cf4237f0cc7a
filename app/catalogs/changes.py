"""What a new version of a catalogue changes in a line: whether it is there at all, its prices, its text and terms."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.catalogs.price_changes import PriceStep, factor_of, price_steps, unit_of
from app.documents.catalogue import CatalogueLine, PriceBracket


class ChangeKind(StrEnum):
    """What happens to a line. One that is ADDED or REMOVED is nothing else; an UPDATED one may be several of the rest.

    PRICE_NEW and PRICE_GONE: there was no price, or is none any more. IDENTITY are numbers and commodity codes, TERMS
    what may be ordered and how it is delivered and taxed. OUTSIDE_PRODUCT_GROUPS depends on the agreement, and is told
    when somebody asks.
    """

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    UPDATED = "UPDATED"
    PRICE_UP = "PRICE_UP"
    PRICE_DOWN = "PRICE_DOWN"
    PRICE_NEW = "PRICE_NEW"
    PRICE_GONE = "PRICE_GONE"
    PRICE_NOT_COMPARABLE = "PRICE_NOT_COMPARABLE"
    CURRENCY = "CURRENCY"
    UNIT = "UNIT"
    TEXT = "TEXT"
    IDENTITY = "IDENTITY"
    TERMS = "TERMS"
    VALIDITY = "VALIDITY"
    ORDERABLE = "ORDERABLE"
    NOT_ORDERABLE = "NOT_ORDERABLE"
    LIFE_CYCLE = "LIFE_CYCLE"
    OUTSIDE_PRODUCT_GROUPS = "OUTSIDE_PRODUCT_GROUPS"

    @property
    def bit(self) -> int:
        """What stands for it in a number that holds several kinds; it is kept, so kinds are only ever added."""
        return _BITS[self]


_BITS: Final = {kind: 1 << place for place, kind in enumerate(ChangeKind)}

OTHER_THAN_PRICES: Final = (
    ChangeKind.TEXT,
    ChangeKind.IDENTITY,
    ChangeKind.TERMS,
    ChangeKind.VALIDITY,
    ChangeKind.ORDERABLE,
    ChangeKind.NOT_ORDERABLE,
    ChangeKind.LIFE_CYCLE,
)
"""What an UPDATED line may be beside its prices and what they are for."""

_KIND_OF_FIELD: Final[Mapping[str, ChangeKind]] = {
    "orderable_unit": ChangeKind.UNIT,
    "content_unit_quantity": ChangeKind.UNIT,
    "order_quantity_increment": ChangeKind.TERMS,
    "minimum_order_quantity": ChangeKind.TERMS,
    "maximum_order_quantity": ChangeKind.TERMS,
    "contract_subdivision": ChangeKind.TERMS,
    "validity_period": ChangeKind.VALIDITY,
    "life_cycle_status_code": ChangeKind.LIFE_CYCLE,
    "item.buyers_item_id": ChangeKind.IDENTITY,
    "item.sellers_item_id": ChangeKind.IDENTITY,
    "item.manufacturers_item_id": ChangeKind.IDENTITY,
    "item.standard_item_id": ChangeKind.IDENTITY,
    "item.manufacturer_name": ChangeKind.IDENTITY,
    "item.classifications": ChangeKind.IDENTITY,
    "item.pack_quantity": ChangeKind.UNIT,
    "item.pack_size": ChangeKind.UNIT,
}
"""What a change of a field is; of any other it is TEXT, but for prices and whether a line may be ordered."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a line: its kinds, the prices that change, the names of the fields that do, those of the item
    with `item.` in front, and the currencies that it is priced in from now on.
    """

    kinds: frozenset[ChangeKind]
    steps: tuple[PriceStep, ...] = ()
    fields: tuple[str, ...] = ()
    currencies: frozenset[str] = frozenset()

    @property
    def worst(self) -> PriceStep | None:
        """The price that rises most; without any that rises, the one that falls most."""
        compared = [step for step in self.steps if step.difference is not None]
        rises = [step for step in compared if step.is_rise]
        if not rises:
            return min(compared, key=_size, default=None)
        return max(rises, key=_size)


def _size(step: PriceStep) -> tuple[bool, object, object]:
    """Put a rise from nothing above all others."""
    percent = step.exact_percent
    return percent is None, percent or 0, step.difference


def change_of(before: CatalogueLine | None, after: CatalogueLine | None, day: date) -> Change:
    """Compare a line with what takes its place; one of the two may be missing, not both. The action code is not of the
    line.
    """
    if after is None:
        return Change(frozenset((ChangeKind.REMOVED,)))
    if before is None:
        return Change(frozenset((ChangeKind.ADDED,)), currencies=_currencies(after))
    steps, fields = price_steps(before, after, day), tuple(_changed_fields(before, after))
    kinds = {ChangeKind.UPDATED, *_price_kinds(steps), *_kinds_of(fields, before, after)}
    return Change(frozenset(kinds), steps, fields, _currencies(after))


def _changed_fields(before: CatalogueLine, after: CatalogueLine) -> Iterator[str]:
    for name in CatalogueLine.model_fields:
        if name not in ("action_code", "item") and getattr(before, name) != getattr(after, name):
            yield name
    if before.item != after.item:
        for name in type(before.item).model_fields:
            if getattr(before.item, name) != getattr(after.item, name):
                yield f"item.{name}"


def _price_kinds(steps: Iterable[PriceStep]) -> Iterator[ChangeKind]:
    for step in steps:
        if step.because is not None:
            yield ChangeKind.PRICE_NOT_COMPARABLE
        elif step.difference is not None:
            yield ChangeKind.PRICE_UP if step.is_rise else ChangeKind.PRICE_DOWN
        else:
            yield ChangeKind.PRICE_NEW if step.before is None else ChangeKind.PRICE_GONE


def _kinds_of(fields: Iterable[str], before: CatalogueLine, after: CatalogueLine) -> Iterator[ChangeKind]:
    for name in fields:
        if name == "brackets":
            yield from _bracket_kinds(before, after)
        elif name == "orderable":
            yield ChangeKind.ORDERABLE if after.orderable else ChangeKind.NOT_ORDERABLE
        else:
            yield _KIND_OF_FIELD.get(name, ChangeKind.TEXT)


def _bracket_kinds(before: CatalogueLine, after: CatalogueLine) -> Iterator[ChangeKind]:
    """Tell what changes beside the prices of a line that had some and still has."""
    was, now = _measures(before), _measures(after)
    if not was or not now:
        return
    if _currencies(before) != _currencies(after):
        yield ChangeKind.CURRENCY
    if _differ(was, now):
        yield ChangeKind.UNIT
    if _differ(*(list(map(_terms, line.brackets)) for line in (before, after))):
        yield ChangeKind.TERMS


def _differ(some: Sequence[object], others: Sequence[object]) -> bool:
    """Tell whether either has something that the other has not. These are few; to hash a decimal takes longer."""
    return some != others and (any(one not in others for one in some) or any(one not in some for one in others))


def _currencies(line: CatalogueLine) -> frozenset[str]:
    return frozenset(
        bracket.price.currency
        for bracket in line.brackets
        if bracket.price is not None and bracket.price.currency is not None
    )


def _measures(line: CatalogueLine) -> list[object]:
    """Give what the prices of a line are for: unit, base quantity and factor."""
    return [
        (unit_of(line, price), price.base_quantity and price.base_quantity.value, factor_of(price))
        for price in (bracket.price for bracket in line.brackets)
        if price is not None
    ]


def _terms(bracket: PriceBracket) -> tuple[object, ...]:
    """Give what stands beside a price."""
    price = bracket.price
    terms = (price.price_type_code, price.allowance_charges) if price is not None else ()
    return bracket.lead_time, bracket.territories, bracket.tax_categories, terms


def summary_of(changes: Iterable[Change]) -> dict[str, int]:
    """Count the changes of each kind, as its name in small letters."""
    counted = Counter(kind for change in changes for kind in change.kinds)
    return {kind.lower(): counted[kind] for kind in ChangeKind if kind != ChangeKind.OUTSIDE_PRODUCT_GROUPS}
