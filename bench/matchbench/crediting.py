"""Credit notes: what is given back on an invoice that was approved."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from decimal import Decimal

from bench.matchbench.harmless import taking
from bench.matchbench.invoices import Billed
from bench.matchbench.making import DEVIATION, Maker
from bench.matchbench.world import Event, Order, Outcome

PENDING = (Outcome.MATCHED_PENDING_APPROVAL,)


def _approved(make: Maker, order: Order) -> Generator[Event, None, str]:
    yield order
    yield make.came(order)
    bill = make.bill(make.heading(order), make.dressed(make.whole(order)), "plain")
    yield bill
    return str(bill.invoice.number)


def _credit(
    make: Maker, order: Order, number: str | None, lines: list[Billed], kind: str, first: tuple[Outcome, ...] | None
) -> Event:
    heading = make.heading(order, is_credit=True, credits=number, orders=None)
    changes = {} if first is None else {"first": first}
    dressed = make.dressed(lines, make.chance.choice(("seller_item", "gtin")))
    return make.bill(heading, dressed, "credit note", kind, judged=number is not None, **changes)


def expected(make: Maker) -> Iterator[Event]:
    """Goods went back, and the supplier credits just that."""
    order = make.order()
    number = yield from _approved(make, order)
    line = order.lines[0]
    part = make.part(line)
    yield make.went(order, {line.line_id: part})
    lines = [taking(make.whole(order)[0], part)]
    yield _credit(make, order, number, lines, "credit expected", None)


def unexpected(make: Maker) -> Iterator[Event]:
    """A credit that no return made expected: welcome, but somebody looks at it."""
    order = make.order()
    number = yield from _approved(make, order)
    lines = [taking(make.whole(order)[0], make.part(order.lines[0]))]
    yield _credit(make, order, number, lines, "credit not expected", PENDING)


def too_much(make: Maker) -> Iterator[Event]:
    """More is credited than was invoiced."""
    order = make.order()
    number = yield from _approved(make, order)
    line = make.whole(order)[0]
    lines = [taking(line, line.taken + 1)]
    yield _credit(make, order, number, lines, "credit above invoiced", DEVIATION)


def other_price(make: Maker) -> Iterator[Event]:
    """Goods went back, and the credit is at a lower price than was invoiced."""
    order = make.order()
    number = yield from _approved(make, order)
    part = make.part(order.lines[0])
    yield make.went(order, {order.lines[0].line_id: part})
    line = taking(make.whole(order)[0], part)
    lines = [replace(line, price=line.price - Decimal("1.50"))]
    yield _credit(make, order, number, lines, "credit at other price", DEVIATION)


def unreferenced(make: Maker) -> Iterator[Event]:
    """A credit note that does not say what it credits."""
    order = make.order()
    yield from _approved(make, order)
    lines = [taking(make.whole(order)[0], make.part(order.lines[0]))]
    yield _credit(make, order, None, lines, "credit without reference", (Outcome.NO_ORDER,))
