"""Postings by a scheme, pure: what is allowed, how it is written, which default counts, and how a line is split."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.kit.errors import Fault
from app.kit.money import rounded
from app.orders.posting import posting_of
from app.orders.posting_messages import Dimension, PostingIn, ValuePattern

RULE: Final = "P-POSTING"
MOST_TOLD: Final = 20
LONGEST: Final = 200
HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Scheme:
    """The dimensions that hold at an organisation, in order, and whose they are."""

    organisation_id: UUID
    dimensions: tuple[Dimension, ...]
    combinations_only: bool = False

    def normalised(self, text: str) -> str:
        """Write a posting text with its dimensions in the scheme's order; those that it does not know come last."""
        given = posting_of(text)
        known = [dimension.name for dimension in self.dimensions]
        return written({name: given[name] for name in [*known, *given] if name in given})


def written(values: Mapping[str, str]) -> str:
    """Give the posting text of values by dimension."""
    return ";".join(f"{name}={value}" for name, value in values.items())


def check(scheme: Scheme | None, combinations: Collection[str], text: str) -> list[Fault]:
    """Tell what is wrong with a posting text; without a scheme, every text passes, and an empty one passes where no
    dimension is required. `combinations` are posting texts of the scheme's list: the text's own when the list has it,
    else those that are nearest.
    """
    if scheme is None:
        return []
    given = posting_of(text)
    faults = [*_unknown(scheme, given), *_values(scheme, given)]
    if len(scheme.normalised(text)) > LONGEST:
        faults.append(_fault(f"a posting has {LONGEST} characters at most", f"en kontering har højst {LONGEST} tegn"))
    if not faults and given and scheme.combinations_only and scheme.normalised(text) not in combinations:
        faults.append(_no_combination(scheme, combinations, text))
    return faults


def _unknown(scheme: Scheme, given: Iterable[str]) -> Iterator[Fault]:
    names = [dimension.name for dimension in scheme.dimensions]
    for name in given:
        if name not in names:
            yield _fault(
                f"{name} is no dimension; there are {', '.join(names)}, as in {names[0]}=…",
                f"{name} er ingen dimension; der er {', '.join(names)}, som i {names[0]}=…",
            )


def _values(scheme: Scheme, given: Mapping[str, str]) -> Iterator[Fault]:
    for dimension in scheme.dimensions:
        value = given.get(dimension.name)
        if value is None and dimension.required:
            told, told_da = _wanted(dimension)
            yield _fault(
                f"the dimension {dimension.name} is missing{told}",
                f"dimensionen {dimension.name} ({dimension.label}) mangler{told_da}",
            )
        elif value is not None and (refusal := value_refusal(dimension, value)):
            yield _fault(*refusal)


def value_refusal(dimension: Dimension, value: str) -> tuple[str, str] | None:
    """Say in English and Danish why a dimension does not take a value, if it does not."""
    if _fits(dimension, value):
        return None
    told, told_da = _wanted(dimension)
    return (
        f"{dimension.name} cannot be {value[:80]}{told}",
        f"{dimension.name} ({dimension.label}) kan ikke være {value[:80]}{told_da}",
    )


def _fits(dimension: Dimension, value: str) -> bool:
    if ";" in value:
        return False
    if dimension.values is not None:
        return any(one.code == value for one in dimension.values)
    pattern = dimension.pattern
    if pattern is None:
        return True
    looks = not pattern.digits or (value.isascii() and value.isdigit())
    return looks and pattern.min_length <= len(value) <= pattern.max_length


def _wanted(dimension: Dimension) -> tuple[str, str]:
    """Say what a dimension takes, in English and Danish: twenty of its values at most."""
    if dimension.values is not None:
        codes = ", ".join(value.code for value in dimension.values[:MOST_TOLD])
        more = len(dimension.values) - MOST_TOLD
        rest, rest_da = (f" and {more} more", f" og {more} flere") if more > 0 else ("", "")
        return f"; allowed are {codes}{rest}", f"; tilladt er {codes}{rest_da}"
    return _looks(dimension.pattern) if dimension.pattern is not None else ("", "")


def _looks(pattern: ValuePattern) -> tuple[str, str]:
    least, most = pattern.min_length, pattern.max_length
    length = str(least) if least == most else f"{least}-{most}"
    kind, kind_da = ("digits", "cifre") if pattern.digits else ("characters", "tegn")
    return f"; it is made of {length} {kind}", f"; den består af {length} {kind_da}"


def _no_combination(scheme: Scheme, combinations: Collection[str], text: str) -> Fault:
    names = ", ".join(dimension.name for dimension in scheme.dimensions)
    near = " | ".join(list(combinations)[:MOST_TOLD])
    told, told_da = (f"; allowed are {near}", f"; tilladt er {near}") if near else ("", "")
    return _fault(
        f"{scheme.normalised(text)} is no combination of {names} that is allowed{told}",
        f"{scheme.normalised(text)} er ingen tilladt kombination af {names}{told_da}",
    )


def _fault(message: str, message_da: str) -> Fault:
    return Fault(message, message_da, rule_id=RULE)


@dataclass(frozen=True, slots=True)
class Default:
    """A default as a fact: how many steps above the line's organisation it stands, and what it is of."""

    depth: int
    accounting_cost: str
    user_id: UUID | None = None
    agreement_id: UUID | None = None
    unspsc_prefix: str | None = None

    def covers(self, user_id: UUID, agreement_id: UUID | None, unspsc: str) -> bool:
        return (
            self.user_id in (None, user_id)
            and self.agreement_id in (None, agreement_id)
            and unspsc.startswith(self.unspsc_prefix or "")
        )

    @property
    def rank(self) -> tuple[int, int, bool, bool, int]:
        """Tell how near and how specific it is; the largest wins."""
        named = (self.user_id is not None, self.agreement_id is not None, self.unspsc_prefix is not None)
        return (-self.depth, sum(named), named[0], named[1], len(self.unspsc_prefix or ""))


def default_for(defaults: Iterable[Default], user_id: UUID, agreement_id: UUID | None, unspsc: str) -> str | None:
    """Give the posting of a line that nobody posts.

    Of the rows that cover the line, those of the nearest organisation count; of these the one that names most of user,
    agreement and product group; of equals one of a user goes before one of an agreement, and that before one of a
    product group; of two product groups the longer prefix wins.
    """
    covering = [one for one in defaults if one.covers(user_id, agreement_id, unspsc)]
    return max(covering, key=lambda one: one.rank).accounting_cost if covering else None


def shares(amount: Decimal, postings: Sequence[PostingIn]) -> list[Decimal]:
    """Split a line's amount: shares in per cent are rounded to the øre, and the last one takes what is left."""
    if postings[0].amount is not None:
        return [posting.amount or Decimal(0) for posting in postings]
    return _rest_last(amount, [rounded(amount * (posting.percent or Decimal(0)) / HUNDRED) for posting in postings])


def scaled(amount: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    """Split another amount in the proportion of some parts, to the øre; the last one takes what is left."""
    whole = sum(parts, start=Decimal(0))
    if whole == amount or not whole:
        return list(parts)
    return _rest_last(amount, [rounded(amount * part / whole) for part in parts])


def _rest_last(amount: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    return [*parts[:-1], amount - sum(parts[:-1], start=Decimal(0))]


def share_faults(amount: Decimal, postings: Sequence[PostingIn]) -> list[Fault]:
    """Tell why some shares do not add up to a line's amount; per cents add up to a hundred."""
    in_percent = [posting.percent for posting in postings if posting.percent is not None]
    if in_percent and sum(in_percent) != HUNDRED:
        total = sum(in_percent)
        return [_fault(f"the shares add up to {total} % and not to 100", f"andelene giver {total} % og ikke 100")]
    parts = shares(amount, postings)
    total = sum(parts, start=Decimal(0))
    if total != amount:
        off = f"the shares add up to {total}, and the line is {amount}"
        return [_fault(off, f"andelene giver {total}, og linjen er {amount}")]
    if min(parts) <= 0:
        message = f"{amount} is too little to be split like this; some share would be nothing"
        return [_fault(message, f"{amount} er for lidt til at blive delt sådan; en andel ville blive til intet")]
    return []
