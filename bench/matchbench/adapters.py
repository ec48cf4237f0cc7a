"""The interface by which any system is run: it is told what happens, and says what it makes of each bill."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from bench.matchbench.world import Answer, Bill, Delivery, Event, Order, Played


class Adapter(Protocol):
    """A system under test. It is given no truth: of a bill only `id` and `invoice` may be read."""

    def place(self, order: Order) -> None:
        """Take note of an order that was sent and accepted."""

    def deliver(self, delivery: Delivery) -> Sequence[Answer]:
        """Take note of goods, and give the new answers about bills that waited for them, the oldest first."""

    def decide(self, bill: Bill) -> Answer:
        """Say what becomes of an invoice or credit note."""


def play(events: Iterable[Event], adapter: Adapter) -> Iterator[Played]:
    """Let a system answer to everything that happens."""
    for event in events:
        if isinstance(event, Bill):
            yield Played(event, (adapter.decide(event),))
        elif isinstance(event, Order):
            adapter.place(event)
            yield Played(event)
        else:
            yield Played(event, tuple(adapter.deliver(event)))
