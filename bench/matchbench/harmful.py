"""Noise that must not approve itself: errors of price, quantity, article, charge, reference and document."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from bench.matchbench.harmless import taking
from bench.matchbench.invoices import Billed, Heading
from bench.matchbench.making import AUTO, DEVIATION, LONE_BUYER, ORE, Maker
from bench.matchbench.world import Event, Order, Outcome

AWAITING = (Outcome.AWAITING_RECEIPT,)
NO_ORDER = (Outcome.NO_ORDER,)
REFUSED = (Outcome.DEVIATION, Outcome.REJECTED_TECHNICAL)
UNSURE = (Outcome.DEVIATION, Outcome.MATCHED_PENDING_APPROVAL)


def price_over(make: Maker) -> Iterator[Event]:
    """One price above the order's by more than the line's tolerance, often by no more than an øre a piece."""
    order = make.order()
    lines = make.whole(order)
    place = make.chance.randrange(len(lines))
    most = int(make.limit(lines[place].amount) / lines[place].quantity * 100)
    more = Decimal(most + make.chance.choice((1, 1, make.chance.randint(2, 5_000)))).scaleb(-2)
    lines[place] = replace(lines[place], price=lines[place].price + more)
    yield order
    yield make.came(order)
    yield make.bill(make.heading(order), make.dressed(lines), "price above tolerance", first=DEVIATION)


def offsetting(make: Maker) -> Iterator[Event]:
    """One price too high and another too low by the same money: what is over is above the line's tolerance."""
    yield from _offset(make, is_over=True)


def offsetting_within(make: Maker) -> Iterator[Event]:
    """The same, but what is over is within the tolerance on its own: a favour need not pay for it."""
    yield from _offset(make, is_over=False)


def _offset(make: Maker, *, is_over: bool) -> Iterator[Event]:
    order = make.order(least=2)
    lines = sorted(make.whole(order), key=lambda line: line.amount)
    low, high = lines[0], lines[-1]
    step = low.quantity * high.quantity * ORE
    within = int(make.limit(low.amount) / step)
    times = within + make.chance.randint(1, 3) if is_over else min(within, make.chance.randint(1, max(1, within)))
    more, less = times * high.quantity * ORE, times * low.quantity * ORE
    if not times or less >= high.price:
        yield from _offset(make, is_over=is_over)
        return
    lines[0], lines[-1] = replace(low, price=low.price + more), replace(high, price=high.price - less)
    yield order
    yield make.came(order)
    kind = "offsetting above tolerance" if is_over else "offsetting within tolerance"
    first = DEVIATION if is_over else AUTO
    yield make.bill(make.heading(order), make.dressed(lines), "offsetting", kind, first=first)


def swapped_article(make: Maker) -> Iterator[Event]:
    """Another article than the one ordered, under the reference of the one ordered, or under none."""
    order = make.order()
    other = make.line("99")
    first, *others = make.dressed(make.whole(order), make.chance.choice(("both", "seller_item", "gtin")))
    swapped = replace(
        first,
        linked=False,
        name=other.name,
        seller_item=first.seller_item and other.seller_item,
        gtin=first.gtin and other.gtin,
    )
    lines = [swapped, *others]
    yield order
    yield make.came(order)
    yield make.bill(make.heading(order), lines, "swapped article", first=DEVIATION)


def swapped_references(make: Maker) -> Iterator[Event]:
    """Two lines that each name the order line of the other one's article."""
    order = make.order(least=2)
    one, other, *others = make.dressed(make.whole(order), "both")
    crossed = [
        replace(one, reference=other.line.line_id, linked=False),
        replace(other, reference=one.line.line_id, linked=False),
    ]
    yield order
    yield make.came(order)
    yield make.bill(
        make.heading(order), [*crossed, *others], "swapped article", "swapped references", first=DEVIATION, judged=False
    )


def quantity_over(make: Maker) -> Iterator[Event]:
    """More pieces than were ordered."""
    order = make.order()
    first, *others = make.whole(order)
    lines = [taking(first, first.taken + make.chance.randint(1, 5)), *others]
    yield order
    yield make.came(order)
    yield make.bill(make.heading(order), make.dressed(lines), "quantity above order", first=DEVIATION)


def billed_again(make: Maker) -> Iterator[Event]:
    """All of an order a second time, under a new number and another total."""
    order = make.order()
    yield order
    yield make.came(order)
    yield make.bill(make.heading(order), make.dressed(make.whole(order)), "plain")
    again = make.heading(order, rounding=ORE)
    yield make.bill(again, make.dressed(make.whole(order)), "billed again", first=DEVIATION)


def awaited(make: Maker) -> Iterator[Event]:
    """The invoice is there before the goods, which come later."""
    order = make.order()
    there = {line.line_id: make.part(line) for line in order.lines}
    missing = {line.line_id: line.quantity - there[line.line_id] for line in order.lines}
    yield order
    if make.chance.random() < 0.5:
        yield make.came(order, there)
    else:
        missing = {line.line_id: line.quantity for line in order.lines}
    yield make.bill(make.heading(order), make.dressed(make.whole(order)), "before the goods", first=AWAITING, last=AUTO)
    yield make.came(order, {line_id: quantity for line_id, quantity in missing.items() if quantity})


def awaited_in_turn(make: Maker) -> Iterator[Event]:
    """Two invoices wait; what comes first is enough for the older one alone."""
    order = make.order(2)
    halves = [[taking(line, Decimal(1)) for line in make.whole(order)] for _ in range(2)]
    yield order
    for number, lines in enumerate(halves):
        heading = make.heading(order, rounding=number * ORE)
        yield make.bill(heading, make.dressed(lines), "before the goods", "in turn", first=AWAITING, last=AUTO)
    for _ in halves:
        yield make.came(order, {line.line_id: Decimal(1) for line in order.lines})


def one_person(make: Maker) -> Iterator[Event]:
    """An order that one person alone has seen."""
    order = make.order(buyer=LONE_BUYER, approved_by="anna")
    yield order
    yield make.came(order)
    first = (Outcome.MATCHED_PENDING_APPROVAL,)
    yield make.bill(make.heading(order), make.dressed(make.whole(order)), "one person", first=first)


def freight_over(make: Maker) -> Iterator[Event]:
    """Freight that nobody expected, above the cap or above the order's tolerance."""
    order = make.order()
    most = min(make.policy.freight_cap, make.limit(*(line.amount for line in make.whole(order))))
    amount = most + Decimal(make.chance.choice((1, make.chance.randint(2, 20_000)))).scaleb(-2)
    yield order
    yield make.came(order)
    heading = make.heading(order, **{make.chance.choice(("charges", "extra")): (("Fragt", amount),)})
    yield make.bill(heading, make.dressed(make.whole(order)), "freight", "freight above limit", first=DEVIATION)


def freight_again(make: Maker) -> Iterator[Event]:
    """Two part invoices, each with freight that is inside the tolerance alone: the budget is the order's."""
    order = make.order()
    order = replace(order, lines=tuple(replace(line, quantity=line.quantity * 2) for line in order.lines))
    halves = [taking(line, line.taken / 2) for line in make.whole(order)]
    value = sum((line.amount for line in halves), start=Decimal(0))
    most = min(make.policy.freight_cap, make.limit(value))
    whole = make.limit(value * 2)
    last = max(whole - most, Decimal(0)) + ORE
    yield order
    yield make.came(order)
    for number, amount in enumerate((most, min(most, last))):
        is_over = number == 1 and amount == last
        heading = make.heading(order, charges=(("Fragt", amount),))
        kind = ("freight", "freight again") if number else ("freight", "freight within cap", "partial")
        yield make.bill(heading, make.dressed(halves), *kind, first=DEVIATION if is_over else AUTO)


def interest(make: Maker) -> Iterator[Event]:
    """Interest or a reminder fee on an invoice, however small."""
    order = make.order()
    yield order
    yield make.came(order)
    entry = ((make.chance.choice(("Rykkergebyr", "Morarenter")), Decimal(make.chance.randint(100, 10_000)) * ORE),)
    heading = make.heading(order, charges=entry)
    yield make.bill(heading, make.dressed(make.whole(order)), "interest", first=DEVIATION)


def duplicate(make: Maker) -> Iterator[Event]:
    """The number of an earlier invoice again, written otherwise, on another day."""
    order = make.order()
    yield order
    yield make.came(order)
    lines = make.dressed(make.whole(order))
    heading = make.heading(order)
    yield make.bill(heading, lines, "plain")
    number = make.chance.choice((heading.number, heading.number.lower(), f"0{heading.number}", f" {heading.number} "))
    again = replace(heading, number=number, rounding=ORE)
    first = (Outcome.DUPLICATE,)
    yield make.bill(again, lines, "duplicate", first=first, judged=False)


def possible_duplicate(make: Maker) -> Iterator[Event]:
    """Another number, but the supplier, the amount and the day of an earlier invoice, on another order."""
    order = make.order()
    other = replace(order, number=make.order().number)
    for one in (order, other):
        yield one
        yield make.came(one)
    bill = make.bill(make.heading(order), make.dressed(make.whole(order)), "plain")
    yield bill
    again = make.heading(other, issued_on=bill.invoice.issue_date)
    yield make.bill(again, make.dressed(make.whole(other)), "possible duplicate", first=DEVIATION, is_alike=True)


def no_order_number(make: Maker) -> Iterator[Event]:
    """No order number anywhere."""
    yield from _unordered(make, None, "no order number")


def unknown_order(make: Maker) -> Iterator[Event]:
    """An order number that nobody has."""
    yield from _unordered(make, str(9_900_000_000 + make.bills), "unknown order")


def _unordered(make: Maker, number: str | None, name: str) -> Iterator[Event]:
    order = make.order()
    yield order
    yield make.came(order)
    lines = make.dressed(make.whole(order), make.chance.choice(("gtin", "seller_item")))
    yield make.bill(make.heading(order, orders=number), lines, name, first=NO_ORDER, judged=False)


def other_supplier(make: Maker) -> Iterator[Event]:
    """Somebody else bills the order."""
    order = make.order()
    other = make.chance.choice([cvr for cvr in make.suppliers if cvr != order.supplier])
    yield from _wrong_head(make, order, make.heading(order, supplier=other), "other supplier")


def other_currency(make: Maker) -> Iterator[Event]:
    """The same numbers in another currency."""
    order = make.order()
    yield from _wrong_head(make, order, make.heading(order, currency="EUR"), "other currency")


def odd_tax(make: Maker) -> Iterator[Event]:
    """A tax rate that Denmark does not have."""
    order = make.order()
    yield from _wrong_head(make, order, make.heading(order, percent=Decimal(make.chance.randint(26, 40))), "odd tax")


def _wrong_head(make: Maker, order: Order, heading: Heading, name: str) -> Iterator[Event]:
    yield order
    yield make.came(order)
    yield make.bill(heading, make.dressed(make.whole(order)), name, first=REFUSED, judged=False)


def wrong_total(make: Maker) -> Iterator[Event]:
    """A payable amount above what the parts make."""
    order = make.order()
    yield order
    yield make.came(order)
    bill = make.bill(make.heading(order), make.dressed(make.whole(order)), "wrong total", first=REFUSED, judged=False)
    total = bill.invoice.total
    more = Decimal(make.chance.randint(1, 500))
    yield replace(bill, invoice=bill.invoice.but(total=total.but(payable_amount=total.payable_amount + more)))


def other_unit(make: Maker) -> Iterator[Event]:
    """A unit that does not convert into the order's: what is in a box is not known."""
    order = make.order()
    first, *others = make.whole(order)
    lines: list[Billed] = [replace(first, unit=make.chance.choice(("BX", "KGM", "HUR"))), *others]
    yield order
    yield make.came(order)
    yield make.bill(make.heading(order), make.dressed(lines), "other unit", first=DEVIATION)


def nameless(make: Maker) -> Iterator[Event]:
    """A line without any number, whose price and quantity only one order line has: likely, but no more than that."""
    order = make.order(least=2)
    first, *others = make.dressed(make.whole(order), "seller_item")
    lines = [replace(first, seller_item=None, name="Diverse varer leveret efter nærmere aftale"), *others]
    yield order
    yield make.came(order)
    yield make.bill(make.heading(order), lines, "nameless line", first=UNSURE, last=UNSURE)
