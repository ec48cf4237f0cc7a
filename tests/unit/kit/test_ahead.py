"""The next of many things is made while the one before is dealt with."""

import threading
from collections.abc import Generator
from contextlib import closing

import pytest

from app.kit.ahead import one_ahead


def test_the_next_is_made_while_one_is_dealt_with() -> None:
    made = threading.Event()

    def things() -> Generator[int]:
        yield 1
        made.set()
        yield 2

    given = one_ahead(things())
    assert next(given) == 1
    assert made.wait(timeout=30)
    assert list(given) == [2]


def test_all_is_made_in_one_thread_which_is_not_the_own() -> None:
    def threads() -> Generator[int]:
        for _ in range(3):
            yield threading.get_ident()

    makers = set(one_ahead(threads()))
    assert len(makers) == 1
    assert threading.get_ident() not in makers


def test_what_goes_wrong_comes_after_what_went_well() -> None:
    def broken() -> Generator[int]:
        yield 1
        raise ValueError("no more")

    given = one_ahead(broken())
    assert next(given) == 1
    with pytest.raises(ValueError, match="no more"):
        next(given)


def test_whoever_stops_early_closes_what_was_begun() -> None:
    closed: list[int] = []

    def things() -> Generator[int]:
        try:
            yield from range(100)
        finally:
            closed.append(threading.get_ident())

    with closing(one_ahead(things())) as given:
        next(given)
    assert closed
    assert threading.get_ident() not in closed
