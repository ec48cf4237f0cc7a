"""Token buckets: what is taken, what comes back with time, and how it is told."""

from datetime import UTC, datetime, timedelta

import pytest

from app.kit import limits
from app.kit.limits import Buckets, Limits, Standing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_bucket_empties_and_fills_again() -> None:
    buckets = Buckets("caller", 3)

    assert [buckets.take("anna", NOON) for _ in range(4)] == [
        Standing(2, 20),
        Standing(1, 40),
        Standing(0, 60),
        Standing(0, 60, wait=20),
    ]
    assert buckets.take("anna", after(19)) == Standing(0, 41, wait=1)
    assert buckets.take("anna", after(20)) == Standing(0, 60)
    assert buckets.take("anna", after(600)) == Standing(2, 20)


def test_what_is_refused_takes_nothing() -> None:
    buckets = Buckets("caller", 2)
    buckets.take("anna", NOON)

    for _ in range(5):
        assert buckets.take("anna", NOON, 2).wait == 30
    assert buckets.take("anna", NOON).wait == 0


def test_each_has_a_bucket_of_their_own() -> None:
    buckets = Buckets("caller", 1)

    assert [buckets.take(who, NOON).wait for who in ("anna", "bo", "anna")] == [0, 0, 60]


def test_what_costs_more_than_a_bucket_takes_a_whole_one() -> None:
    buckets = Buckets("caller", 5)

    assert buckets.take("anna", NOON, 10) == Standing(0, 60)
    assert buckets.take("anna", NOON).wait == 12


def test_a_clock_that_goes_back_makes_somebody_wait_no_longer_than_it_went() -> None:
    buckets = Buckets("caller", 2)
    buckets.take("anna", NOON)

    assert buckets.take("anna", after(-10)).wait == 10


def test_a_clock_that_goes_back_by_more_than_a_window_leaves_a_full_bucket() -> None:
    buckets = Buckets("caller", 2)
    buckets.take("anna", NOON)

    assert buckets.take("anna", after(-3600)) == buckets.take("berit", after(-3600))


def test_many_callers_are_forgotten_the_full_buckets_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_REMEMBERED", 3)
    buckets = Buckets("stranger", 1)
    for second, who in enumerate("abc"):
        buckets.take(who, after(second))

    assert buckets.take("d", after(3)).wait == 0
    assert buckets.take("b", after(3)).wait > 0
    assert buckets.take("a", after(3)).wait == 0


def test_headers_tell_the_limit_and_what_is_left() -> None:
    buckets = Buckets("caller", 60)

    assert buckets.told(Standing(59, 1)) == {
        "RateLimit-Policy": '"caller";q=60;w=60',
        "RateLimit": '"caller";r=59;t=1',
    }
    assert buckets.told(Standing(0, 60, wait=1))["Retry-After"] == "1"


def test_an_operation_costs_one_unless_it_is_named() -> None:
    some = Limits(10, 10, {"search_lines": 2})

    assert (some.cost("search_lines"), some.cost("get_me")) == (2, 1)
