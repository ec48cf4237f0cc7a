"""The generator: one seed gives one world, event by event, blocks of several suppliers running at the same time."""

import random
from collections.abc import Iterator

from bench.matchbench.making import Maker
from bench.matchbench.noise import BLOCKS
from bench.matchbench.world import Bill, Event

AT_ONCE = 8
"""Blocks whose events come mixed."""


def events(seed: int, invoices: int) -> Iterator[Event]:
    """Give what happens until that many invoices and credit notes have come; the same every time."""
    chance = random.Random(f"matchbench {seed}")
    make = Maker(chance)
    running: list[Iterator[Event]] = []
    while invoices:
        while len(running) < AT_ONCE:
            block = chance.choices(list(BLOCKS), list(BLOCKS.values()))[0]
            running.append(block(make))
        place = chance.randrange(AT_ONCE)
        event = next(running[place], None)
        if event is None:
            running.pop(place)
            continue
        invoices -= isinstance(event, Bill)
        yield event
    yield from _deliveries(running)


def _deliveries(running: list[Iterator[Event]]) -> Iterator[Event]:
    """Let the blocks that run end without further invoices, so that none waits for goods in vain."""
    for block in running:
        yield from (event for event in block if not isinstance(event, Bill))
