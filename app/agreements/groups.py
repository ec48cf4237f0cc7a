"""Product groups along a chain of shares: what each step includes or excludes, and what is left of it.

A group is a UNSPSC prefix of 2 to 8 digits. What is effective is the intersection along the chain: a lower step can
narrow, never widen.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One step: only codes under `include` (all, when it is empty) and none under `exclude`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.include and not self.exclude

    def allows(self, code: str) -> bool:
        included = not self.include or any(code.startswith(prefix) for prefix in self.include)
        return included and not any(code.startswith(prefix) for prefix in self.exclude)


Chain = tuple[Narrowing, ...]


def allows(chain: Chain, code: str) -> bool:
    """Tell whether a commodity code is left after every step."""
    return all(step.allows(code) for step in chain)


def narrowed(chain: Chain) -> Chain:
    """Drop the steps that narrow nothing."""
    return tuple(step for step in chain if not step.is_open)


def widening(chain: Chain, include: Sequence[str]) -> str | None:
    """Give the first group of a new step that reaches outside what the chain leaves, or nothing.

    A prefix shorter than an included one (44 where 4412 was shared) would reach outside just like a foreign one.
    """
    return next((prefix for prefix in include if not allows(chain, prefix)), None)


@dataclass(frozen=True, slots=True)
class Left:
    """What a chain leaves, as one step would say it: codes under `include` (all, when it is none; nothing, when it is
    empty) and none under `exclude`.
    """

    include: tuple[str, ...] | None
    exclude: tuple[str, ...]

    def allows(self, code: str) -> bool:
        included = self.include is None or any(code.startswith(prefix) for prefix in self.include)
        return included and not any(code.startswith(prefix) for prefix in self.exclude)


def left_by(chain: Chain) -> Left:
    """Bring a chain down to one step that lets the same codes through."""
    include: tuple[str, ...] | None = None
    for step in chain:
        if step.include:
            include = step.include if include is None else _common(include, step.include)
    exclude = _shortest(prefix for step in chain for prefix in step.exclude)
    if include is not None:
        include = tuple(prefix for prefix in _shortest(include) if not prefix.startswith(exclude))
        exclude = tuple(prefix for prefix in exclude if prefix.startswith(include))
    return Left(include, exclude)


def _common(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Give the prefixes of what is under a prefix of both."""
    longer = (max(left, right, key=len) for left in one for right in other if _is_under(left, right))
    return tuple(dict.fromkeys(longer))


def _is_under(left: str, right: str) -> bool:
    return left.startswith(right) or right.startswith(left)


def _shortest(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Drop the prefixes that are under another one."""
    found = sorted(set(prefixes))
    return tuple(prefix for prefix in found if not any(prefix.startswith(other) for other in found if other != prefix))


def written(chain: Chain) -> str:
    """Write a chain down; chains that narrow alike are written alike."""
    return json.dumps([[step.include, step.exclude] for step in chain], separators=(",", ":"))


@lru_cache(maxsize=4096)
def read_chain(text: str) -> Chain:
    """Read a chain back. Most shares narrow nothing or alike, so it is remembered."""
    return tuple(Narrowing(tuple(include), tuple(exclude)) for include, exclude in json.loads(text))


@lru_cache(maxsize=4096)
def read_groups(text: str) -> tuple[str, ...]:
    """Read a list of groups that was written as JSON."""
    return tuple(json.loads(text))
