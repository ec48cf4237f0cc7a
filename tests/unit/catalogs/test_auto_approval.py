"""Within which limits a version goes live by itself."""

from decimal import Decimal
from typing import Any

import pytest

from app.catalogs.auto_approval import MOST_TOLD, Culprit, Found, Limits, Weighed, reasons_to_look

LIMITS = Limits(most_rise_percent=Decimal(5), most_removed_percent=Decimal(10), text_changes=False)
ONE = Found(1, [Culprit("17")])


def reasons(limits: Limits = LIMITS, **weighed: Any) -> tuple[str, ...]:
    return reasons_to_look(Weighed(lines_before=weighed.pop("lines_before", 100), **weighed), limits)


def test_nothing_to_see_lets_it_go_live() -> None:
    assert reasons() == ()


@pytest.mark.parametrize(
    ("weighed", "said"),
    [
        ({"obstacles": ("it is the first version",)}, "it is the first version"),
        ({"rises": ONE}, "1 line with a price that rises by more than 5 %"),
        ({"incomparable": ONE}, "1 line with prices that cannot be compared with those before"),
        ({"unpriced": ONE}, "1 line that had no price before"),
        ({"currencies": ONE}, "1 line priced in another currency than the agreement's or the one before"),
        ({"units": ONE}, "1 line for another unit, pack or base quantity than before"),
        ({"outside": ONE}, "1 line outside of the agreement's product groups"),
        ({"returned": ONE}, "1 line added that the catalogue had before, under this or another id"),
        ({"others": ONE}, "1 line in which more than prices changes"),
        ({"lost": ONE, "lines_before": 9}, "1 line of 9, more than 10 %, removed or no longer orderable"),
    ],
)
def test_each_limit_stops_it_and_says_which_line(weighed: dict[str, Any], said: str) -> None:
    first, *lines = reasons(**weighed)

    assert first == said
    assert lines == ([] if "obstacles" in weighed else ["line 17"])


@pytest.mark.parametrize(
    ("lost", "before", "stops"),
    [(0, 0, False), (1, 10, False), (2, 19, True), (10, 100, False), (11, 100, True), (1, 0, True)],
)
def test_lines_may_go_up_to_the_limit_and_no_further(lost: int, before: int, stops: bool) -> None:
    found = Found(lost, [Culprit(str(number)) for number in range(lost)])

    assert bool(reasons(lost=found, lines_before=before)) is stops


def test_with_a_limit_of_nothing_no_line_may_go() -> None:
    none = Limits(Decimal(0), Decimal(0), text_changes=True)

    assert reasons(none, lost=ONE, lines_before=10**6)
    assert reasons(none, lost=Found(), lines_before=0) == ()


def test_texts_may_change_where_the_agreement_says_so() -> None:
    assert reasons(Limits(Decimal(5), Decimal(10), text_changes=True), others=ONE) == ()


def test_the_first_lines_are_told_and_the_rest_counted() -> None:
    found = Found(57, [Culprit(str(number)) for number in range(MOST_TOLD)])

    told = reasons(rises=found)

    assert told[0].startswith("57 lines with a price")
    assert told[1:-1] == tuple(f"line {number}" for number in range(MOST_TOLD))
    assert told[-1] == "… and 37 more"


def test_a_line_says_what_it_was_and_would_be() -> None:
    rise = Culprit("17", "100.00 DKK", "110.00 DKK", Decimal("10.00"))

    assert str(rise) == "line 17: 100.00 DKK → 110.00 DKK, +10.00 %"
    assert str(Culprit("17", "Kopipapir")) == "line 17: Kopipapir"
    assert str(Culprit("17", "0.00 DKK", "1.00 DKK")) == "line 17: 0.00 DKK → 1.00 DKK"


def test_every_reason_is_told_at_once() -> None:
    assert len(reasons(rises=ONE, others=ONE, units=ONE)) == 6
