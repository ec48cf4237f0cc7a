"""How an invoice may be read: which orders it names, what each line may bill, and what that comes to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.documents.invoice import Invoice, InvoiceLine
from bench.matchbench.books import OrderBook, Pool, converted, kroner, money
from bench.matchbench.world import Policy

FREIGHT = re.compile(r"\b(fragt|porto)\b", re.IGNORECASE)
NEVER = re.compile(r"(rente|rykker)", re.IGNORECASE)
CENT, KRONE = Fraction(1, 100), Fraction(1)


class Forbidden(Exception):  # noqa: N818 - what it is, not a fault
    """The policy forbids that the invoice approves itself; the message is why."""


@dataclass(frozen=True)
class Taken:
    """What one invoice line takes of a pool: `quantity` in the order's unit, `billed`, and `value` at its price."""

    line_id: str
    pool: Pool
    quantity: Fraction
    billed: Fraction
    value: Fraction

    @property
    def over(self) -> Fraction:
        """Give what is above the order's price; an øre is rounding."""
        over = self.billed - self.value
        return over if over > CENT else Fraction(0)


@dataclass(frozen=True)
class Charged:
    """A charge: freight, or one that is never paid without a person."""

    name: str
    amount: Fraction


Choice = Taken | Charged


@dataclass(frozen=True)
class Part:
    """What falls on one order."""

    book: OrderBook
    value: Fraction
    over: Fraction


@dataclass(frozen=True)
class Reading:
    """One way to read an invoice: what it takes, its charges, and what the orders do not expect of these."""

    books: list[OrderBook]
    taken: list[Taken]
    charges: list[Charged]
    discount: Fraction
    uncovered: Fraction

    @classmethod
    def of(cls, invoice: Invoice, books: list[OrderBook], chosen: Sequence[Choice]) -> "Reading":
        charges = [one for one in chosen if isinstance(one, Charged)]
        charges += [
            Charged(one.reason or "", Fraction(one.amount)) for one in invoice.allowance_charges if one.charge_indicator
        ]
        discount = sum((Fraction(one.amount) for one in invoice.allowance_charges if not one.charge_indicator), 0)
        expected = sum((book.expected_freight for book in books), Fraction(0))
        freight = sum((one.amount for one in charges if FREIGHT.search(one.name)), Fraction(0))
        others = sum((one.amount for one in charges if not FREIGHT.search(one.name)), Fraction(0))
        taken = [one for one in chosen if isinstance(one, Taken)]
        return cls(books, taken, charges, Fraction(discount), max(Fraction(0), freight - expected) + others)

    def quantities(self) -> dict[Pool, Fraction]:
        found: dict[Pool, Fraction] = {}
        for taken in self.taken:
            found[taken.pool] = found.get(taken.pool, Fraction(0)) + taken.quantity
        return found

    def parts(self) -> list[Part]:
        """Lay everything on the orders, charges by each one's share of the value."""
        whole = sum((one.value for one in self.taken), Fraction(0))
        found = []
        for book in self.books:
            own = [one for one in self.taken if one.pool.order is book.order]
            value = sum((one.value for one in own), Fraction(0))
            share = value / whole if whole else Fraction(1, len(self.books))
            over = sum((one.over for one in own), Fraction(0)) + self.uncovered * share
            found.append(Part(book, value, over))
        return found

    def require_charges(self, cap: Fraction) -> None:
        """Charges pass when they are on the order, or together under the cap; interest never.

        :raises Forbidden: otherwise.
        """
        for one in self.charges:
            if NEVER.search(one.name):
                raise Forbidden(f"{one.name} is never paid without a person")
        if self.uncovered > cap:
            raise Forbidden(f"charges of {kroner(self.uncovered)} that no order expects, above the cap")

    def charge(self) -> None:
        """Note on the orders what they expected and now have been billed."""
        left = sum((one.amount for one in self.charges if FREIGHT.search(one.name)), Fraction(0))
        for book in self.books:
            part = min(left, book.expected_freight)
            book.charged += part
            left -= part


class Reader:
    """Finds orders and their pools by what an invoice says."""

    def __init__(self, books: dict[str, OrderBook]) -> None:
        self._books = books

    def _named(self, text: str) -> list[OrderBook]:
        """Our order numbers are figures alone, so every run of figures names an order or nothing."""
        numbers = [figures.lstrip("0") for figures in re.findall(r"\d+", text)]
        unknown = [number for number in numbers if number not in self._books]
        if unknown or not numbers:
            raise Forbidden(f"there is no order {text}")
        return [self._books[number] for number in numbers]

    def orders(self, invoice: Invoice) -> list[OrderBook]:
        """Give the orders that an invoice names.

        :raises Forbidden: when there is none, or one is another supplier's, another buyer's or in other money.
        """
        texts = list(dict.fromkeys(invoice.order_numbers))
        if not texts:
            raise Forbidden("it names no order")
        found = list(dict.fromkeys(book for text in texts for book in self._named(text)))
        for book in found:
            order = book.order
            if f"DK:CVR:DK{order.supplier}" not in invoice.supplier.keys:
                raise Forbidden(f"order {order.number} was placed with another supplier")
            if f"GLN:{order.buyer}" not in invoice.customer.keys:
                raise Forbidden(f"order {order.number} is another buyer's")
            if order.currency != invoice.document_currency_code:
                raise Forbidden(f"order {order.number} is in {order.currency}")
        return found

    def choices(self, line: InvoiceLine, books: list[OrderBook]) -> list[Choice]:
        """Give everything that a line may bill.

        :raises Forbidden: when it is nothing, or its reference and its article contradict each other.
        """
        pools = self._pools(line, books)
        if not pools:
            name = (line.item.name if line.item is not None else None) or ""
            if FREIGHT.search(name) or NEVER.search(name):
                return [Charged(name, Fraction(line.line_extension_amount))]
            raise Forbidden(f"line {line.line_id} bills nothing that is on the order")
        return [_taken(line, pool) for pool in pools]

    def _pools(self, line: InvoiceLine, books: list[OrderBook]) -> list[Pool]:
        for reference in line.order_line_references:
            scope = books if reference.order_number is None else self._named(reference.order_number)
            named = [pool for book in scope if (pool := book.pool_of(reference.line_id)) is not None]
            if any(_contradicts(line, pool) for pool in named):
                raise Forbidden(f"line {line.line_id} names an order line of another article")
            if named:
                return named
        pools = [pool for book in books for pool in book.pools]
        seller, gtin = _numbers(line)
        return [pool for pool in pools if seller and pool.first.seller_item == seller] or [
            pool for pool in pools if gtin and pool.first.gtin == gtin
        ]


def _numbers(line: InvoiceLine) -> tuple[str | None, str | None]:
    return (None, None) if line.item is None else (line.item.sellers_number, line.item.gtin)


def _contradicts(line: InvoiceLine, pool: Pool) -> bool:
    seller, gtin = _numbers(line)
    alike = [said == own for said, own in ((seller, pool.first.seller_item), (gtin, pool.first.gtin)) if said]
    return bool(alike) and not any(alike)


def _taken(line: InvoiceLine, pool: Pool) -> Taken:
    if line.quantity.value <= 0 or line.line_extension_amount < 0:
        raise Forbidden(f"line {line.line_id} bills less than something")
    quantity = converted(Fraction(line.quantity.value), line.quantity.unit_code, pool.first.unit)
    if quantity is None:
        raise Forbidden(f"line {line.line_id} is in {line.quantity.unit_code}, the order in {pool.first.unit}")
    billed = Fraction(line.line_extension_amount)
    if line.price is not None and abs(billed - Fraction(line.quantity.value) * _price(line)) > KRONE:
        raise Forbidden(f"line {line.line_id} is not its price times its quantity")
    return Taken(line.line_id, pool, quantity, billed, money(quantity * pool.price))


def _price(line: InvoiceLine) -> Fraction:
    assert line.price is not None
    base = line.price.base_quantity
    return Fraction(line.price.price_amount) / (Fraction(base.value) if base is not None else 1)


def sums(invoice: Invoice, policy: Policy) -> None:
    """The document must add up, and its tax be Danish.

    :raises Forbidden: otherwise.
    """
    total = invoice.total
    made = sum((Fraction(line.line_extension_amount) for line in invoice.lines), Fraction(0))
    for entry in invoice.allowance_charges:
        made += Fraction(entry.amount) * (1 if entry.charge_indicator else -1)
    for tax in invoice.tax_totals:
        made += Fraction(tax.tax_amount)
        for part in tax.subtotals:
            percent = Fraction(part.category.percent or 0)
            off = abs(Fraction(part.taxable_amount) * percent / 100 - Fraction(part.tax_amount))
            if percent not in (0, 25) or off > KRONE:
                raise Forbidden("the tax is not what Danish rates make of its base")
    rounding = Fraction(total.payable_rounding_amount or 0)
    if abs(rounding) > Fraction(policy.rounding):
        raise Forbidden("what is to be paid is rounded by more than is ignored")
    if abs(made + rounding - Fraction(total.payable_amount)) > CENT * len(invoice.lines):
        raise Forbidden("what is to be paid is not what the parts make")


def document_keys(invoice: Invoice) -> set[tuple[object, ...]]:
    """Give what no other document of the supplier may have in common with this one: number, or amount and date."""
    kind, supplier = invoice.document_type, invoice.supplier.keys
    return {
        (kind, supplier, _invoice_number(invoice.number)),
        (kind, supplier, invoice.total.payable_amount, invoice.issue_date),
    }


def _invoice_number(text: str) -> str:
    return re.sub(r"\s", "", text).upper().lstrip("0")


def invoice_key(invoice: Invoice) -> tuple[object, ...]:
    """Give the supplier and number of an invoice, or of the one that a credit note credits."""
    named = [one.invoice.number for one in invoice.billing_references if one.invoice is not None]
    number = named[0] if invoice.is_credit and named else "" if invoice.is_credit else invoice.number
    return invoice.supplier.keys, _invoice_number(number)
