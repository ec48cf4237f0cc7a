"""Orders and the invoices that bill them in full, many of each: every invoice is another one, and all of them agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.demo import papers
from app.documents.item import Classification, Item
from app.documents.order import Order, OrderLine
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.money import Quantity
from tests.world import INSTITUTION_GLN

ONE = Quantity(Decimal(1), "EA")
WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
"""Of the digits of a CVR number; their sum is divisible by eleven."""


@dataclass(frozen=True)
class Paper:
    """An order and the invoice for all of it, ready to send."""

    order: Order
    supplier_cvr: str
    invoice: bytes


def company_numbers(count: int) -> list[str]:
    """Give CVR numbers with the right check digit."""
    found: list[str] = []
    candidate = 31_000_000
    while len(found) < count:
        candidate += 1
        digits = zip(str(candidate), WEIGHTS, strict=True)
        if sum(int(digit) * weight for digit, weight in digits) % 11 == 0:
            found.append(str(candidate))
    return found


def made(count: int, lines: int, cvrs: Sequence[str], today: date) -> Iterator[Paper]:
    """Give that many orders with their invoices; suppliers take turns, and no two invoices have the same total."""
    for number in range(1, count + 1):
        cvr = cvrs[number % len(cvrs)]
        order = _order(number, lines, cvr, today)
        whole = {line.line_id: str(line.quantity.value) for line in order.lines}
        invoice = papers.bill(order, whole, number=f"F-{number:06}")
        yield Paper(order, cvr, papers.written(invoice.but(supplier=papers.supplier_party(cvr))))


def _order(number: int, lines: int, cvr: str, today: date) -> Order:
    return Order(
        profile_id=papers.PROFILE,
        number=f"IO-{number:06}",
        issue_date=today,
        document_currency_code="DKK",
        buyer=papers.institution_party(INSTITUTION_GLN),
        supplier=papers.supplier_party(cvr),
        lines=tuple(_line(number, position) for position in range(1, lines + 1)),
    )


def _line(number: int, position: int) -> OrderLine:
    price = Decimal(number if position == 1 else position * 7) / 4 + 10
    quantity = Quantity(Decimal(position % 5 + 1), "EA")
    return OrderLine(
        line_id=str(position),
        quantity=quantity,
        line_extension_amount=(price * quantity.value).quantize(Decimal("0.01")),
        item=Item(
            name=f"Kontorartikel nummer {position}",
            sellers_item_id=Identifier(value=f"KA-{position:04}"),
            classifications=(Classification(code="14111507", list_version_id="19.0501"),),
        ),
        price=Price(price_amount=price, base_quantity=ONE, orderable_unit_factor_rate=Decimal(1)),
    )
