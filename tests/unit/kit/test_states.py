"""State as data: only along the transitions."""

from dataclasses import dataclass
from enum import StrEnum

import pytest

from app.kit.states import WrongState, advance


class Light(StrEnum):
    """A traffic light's states."""

    RED = "RED"
    GREEN = "GREEN"
    YELLOW = "YELLOW"


@dataclass
class Lamp:
    """A row with a status."""

    status: Light


TRANSITIONS = frozenset(
    {(Light.RED, Light.GREEN), (Light.GREEN, Light.YELLOW), (Light.YELLOW, Light.RED), (Light.GREEN, Light.RED)}
)


def test_a_row_moves_along_a_transition() -> None:
    lamp = Lamp(Light.RED)
    advance(lamp, Light.GREEN, TRANSITIONS)
    assert lamp.status is Light.GREEN


def test_a_step_that_no_transition_allows_is_refused_and_says_what_it_can_follow() -> None:
    lamp = Lamp(Light.RED)

    with pytest.raises(WrongState, match="it is RED; YELLOW can only follow GREEN") as refused:
        advance(lamp, Light.YELLOW, TRANSITIONS)

    assert refused.value.code == "wrong_state"
    assert lamp.status is Light.RED


def test_every_state_it_can_follow_is_named() -> None:
    with pytest.raises(WrongState, match="RED can only follow GREEN or YELLOW"):
        advance(Lamp(Light.RED), Light.RED, TRANSITIONS)


def test_a_state_that_follows_nothing_is_told_so() -> None:
    with pytest.raises(WrongState, match="GREEN can only follow nothing"):
        advance(Lamp(Light.RED), Light.GREEN, frozenset())
