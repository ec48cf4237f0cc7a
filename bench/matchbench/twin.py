"""The brute-force judge: would it break the policy to let this invoice approve itself?

It is written from the policy's text and shares nothing with any matcher: slow, in exact fractions, and it tries every
reading of an invoice, so that whatever any reading permits is not held against a system.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from app.documents.invoice import Invoice
from bench.matchbench.books import OrderBook, Pool, kroner, money
from bench.matchbench.reading import Forbidden, Reader, Reading, document_keys, invoice_key, sums
from bench.matchbench.world import Answer, Bill, Delivery, Order, Outcome, Policy

CENT = Fraction(1, 100)
TAKING = (Outcome.AUTO_APPROVED, Outcome.MATCHED_PENDING_APPROVAL)


@dataclass
class _Credited:
    """What an invoice billed of a pool, less what was credited of it."""

    quantity: Fraction = Fraction(0)
    amount: Fraction = Fraction(0)


class Twin:
    """Sees what happens in order, and keeps books of what the system under test let through."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.books: dict[str, OrderBook] = {}
        self.documents: set[tuple[object, ...]] = set()
        self.billed: dict[tuple[object, ...], dict[Pool, _Credited]] = {}
        self.kept: dict[str, list[Pool]] = {}
        self.reader = Reader(self.books)

    def see(self, event: Order | Delivery) -> None:
        """Take note of an order or a delivery."""
        if isinstance(event, Order):
            self.books[event.number] = OrderBook.of(event)
        else:
            self.books[event.order].deliver(event)

    def judge(self, bill: Bill, answer: Answer, *, is_new: bool) -> str | None:
        """Tell why an auto-approval is forbidden (None: it is permitted, or there was none), and book the answer."""
        for pool in self.kept.pop(bill.id, ()):
            pool.waiting.pop(bill.id)
        keys = document_keys(bill.invoice)
        is_known = is_new and not self.documents.isdisjoint(keys)
        permitted, why = self._permitted(bill)
        reason = "an earlier invoice has its number, or its amount and date" if is_known else why
        self.documents |= keys
        self._book(bill, permitted or self._first_reading(bill.invoice), answer.outcome)
        return reason if answer.outcome is Outcome.AUTO_APPROVED else None

    def _permitted(self, bill: Bill) -> tuple[Reading | None, str | None]:
        """Try every reading; give the first one that is permitted, else why none is."""
        try:
            sums(bill.invoice, self.policy)
            self._require_second_person(bill.invoice)
            readings = list(self._readings(bill.invoice))
        except Forbidden as reason:
            return None, str(reason)
        why = "nothing is billed"
        for reading in readings:
            try:
                self._credit(bill, reading) if bill.invoice.is_credit else self._invoice(bill, reading)
            except Forbidden as reason:
                why = str(reason)
            else:
                return reading, None
        return None, why

    def _readings(self, invoice: Invoice) -> Iterator[Reading]:
        books = self._orders(invoice)
        choices = [self.reader.choices(line, books) for line in invoice.lines]
        for chosen in product(*choices):
            yield Reading.of(invoice, books, chosen)

    def _first_reading(self, invoice: Invoice) -> Reading | None:
        try:
            return next(self._readings(invoice), None)
        except Forbidden:
            return None

    def _orders(self, invoice: Invoice) -> list[OrderBook]:
        if not invoice.is_credit:
            return self.reader.orders(invoice)
        billed = self.billed.get(invoice_key(invoice))
        if billed is None:
            raise Forbidden("the credit note names no invoice that was let through")
        return list(dict.fromkeys(self.books[pool.order.number] for pool in billed))

    def _require_second_person(self, invoice: Invoice) -> None:
        for book in self._orders(invoice):
            if not invoice.is_credit and book.order.approved_by == book.order.created_by:
                raise Forbidden(f"one person alone has seen order {book.order.number}")

    def _limit(self, value: Fraction) -> Fraction:
        return min(Fraction(self.policy.absolute), value * Fraction(self.policy.percent) / 100)

    def _invoice(self, bill: Bill, reading: Reading) -> None:
        for pool, quantity in reading.quantities().items():
            where = f"order {pool.order.number} line {pool.first.line_id}"
            if quantity > pool.to_bill:
                raise Forbidden(f"{where}: {quantity} billed, {pool.to_bill} ordered and not yet billed")
            if quantity > pool.there(bill.id):
                raise Forbidden(f"{where}: {quantity} billed, {pool.there(bill.id)} received and not yet billed")
        for taken in reading.taken:
            if taken.over > self._limit(taken.value):
                raise Forbidden(f"line {taken.line_id}: {kroner(taken.over)} above the order's price")
        reading.require_charges(Fraction(self.policy.freight_cap))
        for part in reading.parts():
            alone = self._limit(part.value)
            together = self._limit(part.book.value + part.value) - part.book.over
            slack = CENT if len(reading.books) > 1 and reading.uncovered else 0
            if part.over > min(alone, together) + slack:
                used = f"{kroner(part.book.over)} used before"
                raise Forbidden(f"order {part.book.order.number}: {kroner(part.over)} over, {used}")

    def _credit(self, bill: Bill, reading: Reading) -> None:
        there = self.billed[invoice_key(bill.invoice)]
        if reading.charges or reading.discount:
            raise Forbidden("the credit note credits or keeps back more than goods")
        for pool, quantity in reading.quantities().items():
            billed = there.get(pool, _Credited())
            if quantity > billed.quantity:
                raise Forbidden(f"{quantity} credited of {billed.quantity} invoiced")
            if quantity > pool.gone_back:
                raise Forbidden(f"{quantity} credited, {pool.gone_back} gone back")
        for taken in reading.taken:
            billed = there[taken.pool]
            if abs(taken.billed - money(taken.quantity * billed.amount / billed.quantity)) > CENT:
                raise Forbidden(f"line {taken.line_id} is credited at another price than was invoiced")

    def _book(self, bill: Bill, reading: Reading | None, outcome: Outcome) -> None:
        if reading is None:
            return
        if outcome is Outcome.AWAITING_RECEIPT:
            for pool, quantity in reading.quantities().items():
                pool.waiting[bill.id] = quantity
            self.kept[bill.id] = list(reading.quantities())
        elif bill.invoice.is_credit and outcome is Outcome.AUTO_APPROVED:
            self._give_back(bill, reading)
        elif not bill.invoice.is_credit and outcome in TAKING:
            self._take(bill, reading)

    def _take(self, bill: Bill, reading: Reading) -> None:
        own = self.billed.setdefault(invoice_key(bill.invoice), {})
        for taken in reading.taken:
            taken.pool.taken += taken.quantity
            billed = own.setdefault(taken.pool, _Credited())
            billed.quantity += taken.quantity
            billed.amount += taken.billed
        for part in reading.parts():
            part.book.value += part.value
            part.book.over += part.over
        reading.charge()

    def _give_back(self, bill: Bill, reading: Reading) -> None:
        there = self.billed[invoice_key(bill.invoice)]
        for taken in reading.taken:
            pool = taken.pool
            pool.taken -= taken.quantity
            back = min(taken.quantity, pool.gone_back)
            pool.gone_back -= back
            pool.received -= back
            there[pool].quantity -= taken.quantity
            there[pool].amount -= taken.billed
        for part in reading.parts():
            part.book.value -= part.value
            part.book.over -= min(part.book.over, part.over)
