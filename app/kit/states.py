"""State as data: the allowed transitions are a set of pairs in one place, and one function walks along them."""

from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Protocol, TypeVar

from app.kit.errors import Conflict

State = TypeVar("State", bound=StrEnum)


class WrongState(Conflict):
    """The thing is not in a state from which this step leads anywhere."""


class HasStatus(Protocol[State]):
    """A row with a status."""

    status: State


def advance(row: HasStatus[State], target: State, transitions: AbstractSet[tuple[State, State]]) -> None:
    """Move a row to a state along the allowed transitions.

    :raises WrongState: when no transition leads from the row's state to the target.
    """
    if (row.status, target) not in transitions:
        sources = sorted(source for source, aim in transitions if aim == target)
        raise WrongState(f"it is {row.status}; {target} can only follow {' or '.join(sources) or 'nothing'}")
    row.status = target
