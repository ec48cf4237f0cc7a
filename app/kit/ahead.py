"""Makes the next of many things while the one before is dealt with."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")


def one_ahead(things: Generator[Thing]) -> Generator[Thing]:
    """Give what a generator gives, which makes the next meanwhile: in one other thread, from first to last. What it
    raises is raised where the thing would have been given.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(_next, things)
        try:
            while found := coming.result():
                coming = thread.submit(_next, things)
                yield from found
        finally:
            thread.submit(things.close).result()


def _next(things: Generator[Thing]) -> list[Thing]:
    """Give the next thing, or nothing after the last: StopIteration must not come out of a future."""
    for thing in things:
        return [thing]
    return []
