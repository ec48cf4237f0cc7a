"""The maker of orders, deliveries and bills: everything it draws comes from one seeded source of chance."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from app.documents.invoice import Invoice
from bench.matchbench.invoices import Billed, Heading, billed, invoice, links
from bench.matchbench.world import Bill, Delivery, DeliveryKind, Order, OrderLine, Outcome, Policy, Truth
from bench.papers import company_numbers

BUYER, LONE_BUYER = "5798009882882", "5798009882905"
"""The second buyer's orders are seen by one person alone."""

SUPPLIERS = 40
BEGIN, DAYS = date(2026, 1, 5), 200
ORE = Decimal("0.01")
THINGS = (
    "Kopipapir A4",
    "Ringbind",
    "Kuglepen blå",
    "Skrivebordslampe",
    "Handsker nitril",
    "Affaldssæk 60 l",
    "Kaffe formalet",
    "Toner sort",
    "Batteri AA",
    "Tavlepen",
    "Netkabel 2 m",
    "Forbinding steril",
    "Stol med armlæn",
    "Skruer rustfri",
    "Hæftemaskine",
    "Konvolut C5",
)
HELD = tuple(outcome for outcome in Outcome if outcome is not Outcome.AUTO_APPROVED)
AUTO = (Outcome.AUTO_APPROVED,)
DEVIATION = (Outcome.DEVIATION,)

STYLES = ("both", "seller_item", "gtin", "line", "both_and_order")
STYLE_WEIGHTS = (36, 34, 12, 10, 8)
"""How a supplier says what a line bills: with the order line's id and item numbers, or with less."""


@dataclass
class Maker:
    """Makes what happens. Numbers, dates and amounts are such that nothing looks alike by accident."""

    chance: random.Random
    policy: Policy = field(default_factory=Policy)
    orders: int = 0
    bills: int = 0
    written_bills: int = 0
    articles: int = 0
    seen: set[tuple[tuple[str, ...], date, Decimal]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.suppliers = company_numbers(SUPPLIERS)

    def order(self, lines: int | None = None, *, least: int = 1, **changes: object) -> Order:
        """Make an order of some lines, by two persons and without charges unless `changes` say otherwise."""
        self.orders += 1
        count = lines or self.chance.randint(least, 8)
        order = Order(
            number=str(4_500_000_000 + self.orders),
            issued_on=BEGIN + timedelta(days=self.chance.randrange(DAYS)),
            buyer=BUYER,
            supplier=self.chance.choice(self.suppliers),
            currency="DKK",
            created_by="anna",
            approved_by="bo",
            lines=tuple(self.line(str(position)) for position in range(1, count + 1)),
        )
        return replace(order, **changes)  # type: ignore[arg-type]

    def line(self, line_id: str) -> OrderLine:
        """Make an order line of an article that no other line has."""
        self.articles += 1
        number = 100_000_000 + self.articles
        return OrderLine(
            line_id=line_id,
            name=f"{self.chance.choice(THINGS)} {self.articles}",
            seller_item=f"V{number}",
            gtin=_gtin(f"571{number}"),
            quantity=Decimal(self.chance.randint(2, 40)),
            unit="EA",
            price=Decimal(self.chance.randint(500, 90_000)).scaleb(-2),
        )

    def came(self, order: Order, quantities: dict[str, Decimal] | None = None) -> Delivery:
        """Let goods come: some, or all that was ordered."""
        whole = {line.line_id: line.quantity for line in order.lines}
        return Delivery(DeliveryKind.RECEIPT, order.number, order.issued_on, quantities or whole)

    def went(self, order: Order, quantities: dict[str, Decimal]) -> Delivery:
        return Delivery(DeliveryKind.RETURN, order.number, order.issued_on, quantities)

    def heading(self, order: Order, **changes: object) -> Heading:
        """Begin an invoice on an order some days after it."""
        self.bills += 1
        heading = Heading(
            number=f"F{self.bills:07}",
            issued_on=order.issued_on + timedelta(days=self.chance.randint(1, 60)),
            supplier=order.supplier,
            buyer=order.buyer,
            orders=self.written(order.number),
            currency=order.currency,
        )
        return replace(heading, **changes)  # type: ignore[arg-type]

    def written(self, number: str) -> str:
        """Write an order number as people do."""
        return self.chance.choice((number, number, number, f"Ordre nr. {number}", f"PO {number}", f"00{number}"))

    def whole(self, order: Order) -> list[Billed]:
        return [billed(order, line, line.quantity) for line in order.lines]

    def dressed(self, lines: Sequence[Billed], style: str | None = None) -> list[Billed]:
        """Shuffle lines, and let the invoice say what they bill in one of the ways that suppliers have."""
        chosen = style or self.chance.choices(STYLES, STYLE_WEIGHTS)[0]
        found = [_styled(line, chosen) for line in lines]
        self.chance.shuffle(found)
        return found

    def bill(self, heading: Heading, lines: Sequence[Billed], *classes: str, **truth: object) -> Bill:
        """Make the bill of lines as they are dressed; it is right to approve it unless `truth` says otherwise."""
        first = truth.pop("first", AUTO)
        written = invoice(heading, lines)
        if not truth.pop("is_alike", False):
            written = self._unlike(heading, lines, written)
        self.seen.add(_likeness(written))
        found = Truth(
            classes=(*classes, *_ways(lines, heading)),
            first=first,  # type: ignore[arg-type]
            last=truth.pop("last", first),  # type: ignore[arg-type]
            links=links(lines),
            clean=first == AUTO and not heading.is_credit,
        )
        self.written_bills += 1
        return Bill(f"{self.written_bills:06}", written, replace(found, **truth))  # type: ignore[arg-type]

    def _unlike(self, heading: Heading, lines: Sequence[Billed], written: Invoice) -> Invoice:
        """Give another date to what would look like an earlier invoice by its amount and date."""
        while _likeness(written) in self.seen:
            heading = replace(heading, issued_on=heading.issued_on + timedelta(days=1))
            written = invoice(heading, lines)
        return written

    def part(self, line: OrderLine) -> Decimal:
        """Give a part of what was ordered: at least one, and not all where that is possible."""
        return Decimal(self.chance.randint(1, max(1, int(line.quantity) - 1)))

    def limit(self, *values: Decimal) -> Decimal:
        """Give how much may be over on an order value, rounded down to the øre."""
        share = sum(values) * self.policy.percent / 100
        return min(self.policy.absolute, Decimal(share)).quantize(ORE, rounding=ROUND_DOWN)


def _likeness(written: Invoice) -> tuple[tuple[str, ...], date, Decimal]:
    return written.supplier.keys, written.issue_date, written.total.payable_amount


def _ways(lines: Sequence[Billed], heading: Heading) -> Iterator[str]:
    if any(not line.names_line for line in lines):
        yield "no line reference"
    if heading.orders is not None and not heading.orders.isdecimal():
        yield "order number otherwise"


def _styled(line: Billed, style: str) -> Billed:
    if style == "both":
        return line
    if style == "both_and_order":
        return replace(line, names_order=True)
    if style == "line":
        return replace(line, seller_item=None, gtin=None)
    if style == "gtin":
        return replace(line, names_line=False, seller_item=None)
    return replace(line, names_line=False, gtin=None)


def _gtin(digits: str) -> str:
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"
