"""Product groups along a chain of shares: what each step includes or excludes, and what is left of it.

A group is a UNSPSC prefix of 2 to 8 digits. What is effective is the intersection along the chain: a lower step can
narrow, never widen.
"""

from collections.abc import Sequence
from dataclasses import dataclass


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
