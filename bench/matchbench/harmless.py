"""Noise that nobody should have to touch: bills that are right, said in the ways that suppliers say it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from bench.matchbench.invoices import Billed
from bench.matchbench.making import ORE, Maker
from bench.matchbench.world import Charge, Event, Order, OrderLine

TEN, HUNDRED, THOUSAND = Decimal(10), Decimal(100), Decimal(1000)
DOZEN = Decimal(12)


def plain(make: Maker) -> Iterator[Event]:
    """All that was ordered, once."""
    order = make.order()
    yield order
    yield make.came(order)
    yield make.bill(make.heading(order), make.dressed(make.whole(order)), "plain")


def partial(make: Maker) -> Iterator[Event]:
    """Two or three invoices, each for what came with a part delivery."""
    order = make.order(least=2)
    yield order
    left = {line.line_id: line.quantity for line in order.lines}
    for number in range(make.chance.randint(2, 3)):
        now = {line_id: _some(make, there, is_all=number == 2) for line_id, there in left.items() if there}
        now = {line_id: quantity for line_id, quantity in now.items() if quantity}
        if not now:
            continue
        left = {line_id: there - now.get(line_id, 0) for line_id, there in left.items()}
        yield make.came(order, now)
        lines = [line for line in make.whole(order) if line.line.line_id in now]
        parts = [taking(line, now[line.line.line_id]) for line in lines]
        yield make.bill(make.heading(order), make.dressed(parts), "partial")


def _some(make: Maker, there: Decimal, *, is_all: bool) -> Decimal:
    return there if is_all else Decimal(make.chance.randint(0, int(there)))


def taking(line: Billed, quantity: Decimal) -> Billed:
    """Bill another quantity of a line, in the unit it was ordered in."""
    return replace(line, taken=quantity, quantity=quantity)


def packs(make: Maker) -> Iterator[Event]:
    """Another base quantity or another unit than the order has."""
    order = make.order(least=2)
    order = replace(order, lines=tuple(_packed(make, line) for line in order.lines))
    yield order
    yield make.came(order)
    lines = [_repacked(make, line) for line in make.whole(order)]
    yield make.bill(make.heading(order), make.dressed(lines), "packs")


def _packed(make: Maker, line: OrderLine) -> OrderLine:
    kind = make.chance.choice(("as is", "per hundred", "dozen", "kilogram", "metre"))
    if kind == "per hundred":
        return replace(line, base=HUNDRED, quantity=line.quantity * TEN)
    if kind == "dozen":
        return replace(line, unit="DZN", price=line.price * DOZEN)
    if kind == "kilogram":
        return replace(line, unit="KGM", quantity=line.quantity / 4)
    return replace(line, unit="MTR") if kind == "metre" else line


def _repacked(make: Maker, line: Billed) -> Billed:
    """State the same money in another way; money per thousand grams is money per kilogram."""
    if line.unit == "DZN":
        return replace(line, unit="EA", quantity=line.quantity * DOZEN, price=line.price / DOZEN)
    if line.unit == "KGM":
        return replace(line, unit="GRM", quantity=line.quantity * THOUSAND, base=THOUSAND)
    if line.unit == "MTR":
        return replace(line, unit="CMT", quantity=line.quantity * HUNDRED, base=HUNDRED)
    if line.base == HUNDRED:
        return replace(line, base=Decimal(1), price=line.price / HUNDRED)
    base = make.chance.choice((TEN, HUNDRED))
    return replace(line, base=base, price=line.price * base)


def freight_agreed(make: Maker) -> Iterator[Event]:
    """Freight that stands on the order, however much."""
    amount = Decimal(make.chance.randint(50, 600))
    order = make.order(charges=(Charge("Fragt", amount),))
    yield order
    yield make.came(order)
    heading = make.heading(order, charges=(("Fragt", amount),))
    yield make.bill(heading, make.dressed(make.whole(order)), "freight", "freight agreed")


def freight_within(make: Maker) -> Iterator[Event]:
    """Freight that nobody expected, under the cap and within the order's tolerance; in the header, or as a line."""
    order = make.order(least=3)
    most = min(make.policy.freight_cap, make.limit(*(line.amount for line in make.whole(order))))
    amount = Decimal(make.chance.randint(1, int(most * 100))).scaleb(-2)
    yield order
    yield make.came(order)
    entry = (("Fragt", make.chance.choice((amount, most))),)
    heading = make.heading(order, **{make.chance.choice(("charges", "extra")): entry})
    yield make.bill(heading, make.dressed(make.whole(order)), "freight", "freight within cap")


def small_error(make: Maker) -> Iterator[Event]:
    """One price above the order's, within the tolerance or exactly at it."""
    order = make.order()
    lines = make.whole(order)
    place = make.chance.randrange(len(lines))
    most = int(make.limit(lines[place].amount) / lines[place].quantity * 100)
    more = Decimal(make.chance.choice((most, make.chance.randint(min(1, most), most)))).scaleb(-2)
    lines[place] = replace(lines[place], price=lines[place].price + more)
    yield order
    yield make.came(order)
    yield make.bill(make.heading(order), make.dressed(lines), "price within tolerance")


def favour(make: Maker) -> Iterator[Event]:
    """One price below the order's, or a discount on the whole, or a rounding of what is to be paid."""
    order = make.order()
    lines = make.whole(order)
    yield order
    yield make.came(order)
    kind = make.chance.choice(("price", "discount", "rounding"))
    heading = make.heading(order)
    if kind == "price":
        lines[0] = replace(lines[0], price=lines[0].price - Decimal(make.chance.randint(1, 300)).scaleb(-2))
    elif kind == "discount":
        heading = replace(heading, discount=Decimal(make.chance.randint(1, 900)).scaleb(-2))
    else:
        heading = replace(heading, rounding=make.chance.choice((-1, 1)) * Decimal(make.chance.randint(1, 50)) * ORE)
    yield make.bill(heading, make.dressed(lines), "favour or rounding")


def several_orders(make: Maker) -> Iterator[Event]:
    """Two or three orders on one invoice: named by the lines, or all of them by the header."""
    first = make.order()
    orders = [first, *(make.order(supplier=first.supplier) for _ in range(make.chance.randint(1, 2)))]
    for order in orders:
        yield order
        yield make.came(order)
    lines = [line for order in orders for line in make.whole(order)]
    if make.chance.random() < 0.5:
        head = first.number
        dressed = make.dressed(lines, "both_and_order")
    else:
        head = make.chance.choice((", ", "; ", " ")).join(order.number for order in orders)
        dressed = make.dressed(lines, make.chance.choice(("seller_item", "gtin")))
    yield make.bill(make.heading(first, orders=head), dressed, "several orders")


def same_article(make: Maker) -> Iterator[Event]:
    """One article on two lines of the order at one price; billed at once or in two parts."""
    order = _with_twin(make.order(least=2), {"quantity": Decimal(make.chance.randint(2, 40))})
    yield order
    yield make.came(order)
    whole = make.whole(order)
    parts = [taking(line, make.part(line.line)) for line in whole]
    if make.chance.random() < 0.7:
        yield make.bill(make.heading(order), make.dressed(whole), "same article twice")
        return
    for lines in (parts, _rest(whole, parts)):
        yield make.bill(make.heading(order), make.dressed(lines), "same article twice", "partial")


def _rest(whole: list[Billed], parts: list[Billed]) -> list[Billed]:
    pairs = zip(whole, parts, strict=True)
    return [taking(line, line.taken - part.taken) for line, part in pairs if line.taken > part.taken]


def same_article_other_price(make: Maker) -> Iterator[Event]:
    """One article on two lines of the order at prices far apart: the price tells which one is billed."""
    order = make.order(least=2)
    order = _with_twin(order, {"price": order.lines[0].price * 2})
    yield order
    yield make.came(order)
    lines = make.dressed(make.whole(order))
    yield make.bill(make.heading(order), lines, "same article twice", "same article, other price")


def _with_twin(order: Order, changes: dict[str, Decimal]) -> Order:
    """Let a last line order the article of the first one again."""
    again = replace(order.lines[0], line_id=str(len(order.lines) + 1), **changes)  # type: ignore[arg-type]
    return replace(order, lines=(*order.lines, again))


def split_lines(make: Maker) -> Iterator[Event]:
    """One order line on two lines of the invoice, as suppliers do with batches."""
    order = make.order()
    yield order
    yield make.came(order)
    first, *others = make.whole(order)
    part = make.part(first.line)
    halves = [taking(first, part), *([taking(first, first.taken - part)] if first.taken > part else [])]
    yield make.bill(make.heading(order), make.dressed([*halves, *others]), "one line in two")
