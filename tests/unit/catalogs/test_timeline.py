"""Which version of a catalogue is live on which day, against a twin that keeps a calendar."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogs.timeline import Turn, last_days

FIRST = date(2026, 3, 1)
HORIZON = 40


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@dataclass
class Calendar:
    """The slow twin: for each day of the horizon, the version that is to be live; every decision is played anew."""

    approved: list[tuple[int, int]] = field(default_factory=list)
    taken_out: dict[int, int] = field(default_factory=dict)

    def plan(self) -> list[int | None]:
        """Write each decision over what was planned, in their order; what is taken out leaves a gap."""
        planned: list[int | None] = [None] * HORIZON
        for ordinal, first in self.approved:
            for number in range(first, HORIZON):
                planned[number] = ordinal
        return [
            None if ordinal in self.taken_out and number >= self.taken_out[ordinal] else ordinal
            for number, ordinal in enumerate(planned)
        ]

    def withdraw(self, ordinal: int, today: int) -> None:
        """Take out what is live; what is not live yet was never approved."""
        first = dict(self.approved)[ordinal]
        if first <= today:
            self.taken_out[ordinal] = today
        else:
            self.approved.remove((ordinal, first))


Step = tuple[int, int, bool]
"""Days that pass, days until what is approved goes live, and whether something is withdrawn instead."""

steps = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 8), st.booleans()), max_size=9)


def played(story: list[Step]) -> tuple[list[Turn], Calendar, list[tuple[int, int | None]]]:
    """Play decisions on both; gives also which version was live at the end of each day as it was told then."""
    turns: dict[int, Turn] = {}
    calendar, told, today = Calendar(), [], 0
    for passes, ahead, withdraws in story:
        told += [(number, calendar.plan()[number]) for number in range(today, today + passes)]
        today += passes
        open_ones = [ordinal for ordinal in calendar.plan()[today:] if ordinal is not None]
        if withdraws and open_ones:
            ordinal = max(open_ones)
            calendar.withdraw(ordinal, today)
            turns[ordinal] = Turn(ordinal, turns[ordinal].live_from, day(today))
        else:
            ordinal = len(turns) + 1
            calendar.approved.append((ordinal, today + ahead))
            turns[ordinal] = Turn(ordinal, day(today + ahead))
    return list(turns.values()), calendar, told


def live_on(turns: list[Turn], number: int) -> int | None:
    last = last_days(turns)
    live = [
        turn.ordinal
        for turn in turns
        if turn.live_from <= day(number)
        and (last[turn.ordinal] is None or day(number) <= (last[turn.ordinal] or FIRST))
    ]
    assert len(live) <= 1
    return live[0] if live else None


@settings(max_examples=500)
@given(steps)
def test_every_day_has_the_version_that_a_calendar_has(story: list[Step]) -> None:
    turns, calendar, _ = played(story)

    assert [live_on(turns, number) for number in range(HORIZON)] == calendar.plan()


@settings(max_examples=500)
@given(steps)
def test_what_was_told_of_a_day_that_is_over_is_never_changed(story: list[Step]) -> None:
    turns, _, told = played(story)

    assert [live_on(turns, number) for number, _ in told] == [ordinal for _, ordinal in told]


def test_versions_back_to_back_leave_no_day_without_one() -> None:
    assert last_days([Turn(1, day(0)), Turn(2, day(1)), Turn(3, day(2))]) == {1: day(0), 2: day(1), 3: None}


def test_two_on_the_same_day_leave_the_later_decision() -> None:
    assert last_days([Turn(1, day(3)), Turn(2, day(3))]) == {1: day(2), 2: None}


def test_a_version_that_was_to_come_gives_way_to_a_later_decision() -> None:
    assert last_days([Turn(1, day(0)), Turn(2, day(9)), Turn(3, day(4))]) == {1: day(3), 2: day(3), 3: None}


def test_withdrawn_before_its_day_it_leaves_what_was_before_it_going_on() -> None:
    assert last_days([Turn(1, day(0)), Turn(2, day(9), withdrawn_on=day(4))]) == {1: None, 2: day(8)}


def test_withdrawn_while_it_is_live_it_leaves_a_gap() -> None:
    assert last_days([Turn(1, day(0)), Turn(2, day(2), withdrawn_on=day(5))]) == {1: day(1), 2: day(4)}


def test_withdrawn_on_its_first_day_it_still_ends_what_was_before() -> None:
    assert last_days([Turn(1, day(0)), Turn(2, day(2), withdrawn_on=day(2))]) == {1: day(1), 2: day(1)}
