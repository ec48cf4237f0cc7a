"""Our engine in this process, with books of its own that are kept as the service keeps them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.documents.invoice import Invoice
from app.documents.numbers import normalised_invoice_number, normalised_number, order_numbers
from app.match.cases import credited_numbers
from app.match.engine import Case, Decision, match
from app.match.engine import policy as engine_policy
from app.match.engine.charges import kind_of
from app.match.engine.facts import (
    Approvals,
    EarlierInvoice,
    ExpectedCharge,
    Hand,
    InvoicedLine,
    OrderFacts,
    OrderLineFacts,
    OrderStatus,
)
from bench.matchbench.world import ZERO, Answer, Bill, Delivery, DeliveryKind, Linked, Order, Outcome, Policy

TAKES = (Outcome.AUTO_APPROVED, Outcome.MATCHED_PENDING_APPROVAL)
Waiting = dict[str, dict[tuple[str, str], Decimal]]
"""Bill to what it keeps of each order line, which is known by the order's number and its own id."""


@dataclass
class _Order:
    facts: OrderFacts
    lines: dict[str, OrderLineFacts]

    def now(self, waiting: Waiting, bill: str) -> OrderFacts:
        """Give the order as it is now to a bill: what others keep, and which of them came before."""
        kept = [(other, its[1], quantity) for other, held in waiting.items() for its, quantity in held.items()
                if its[0] == self.facts.number]  # fmt: skip
        if not kept:
            return replace(self.facts, lines=tuple(self.lines.values()))
        lines = []
        for line in self.lines.values():
            held = sum((quantity for _, line_id, quantity in kept if line_id == line.id), ZERO)
            ahead = sum((quantity for other, line_id, quantity in kept if line_id == line.id and other < bill), ZERO)
            lines.append(replace(line, held=held, held_ahead=ahead))
        return replace(self.facts, lines=tuple(lines))


class EngineAdapter:
    """Decides with the engine alone: no database, no XML, no HTTP."""

    def __init__(self, policy: Policy) -> None:
        row = engine_policy.Tolerance(
            scope=engine_policy.EVERYWHERE,
            source="matchbench",
            absolute=policy.absolute,
            percent=policy.percent,
            freight_cap=policy.freight_cap,
            rounding=policy.rounding,
        )
        self._policy = engine_policy.Policy("matchbench", "matchbench", (row,))
        self._orders: dict[str, _Order] = {}
        self._earlier: dict[tuple[object, ...], list[EarlierInvoice]] = {}
        self._invoiced: dict[tuple[object, ...], list[InvoicedLine]] = {}
        self._waiting: Waiting = {}
        self._bills: dict[str, Bill] = {}

    def place(self, order: Order) -> None:
        lines = {line.line_id: OrderLineFacts(
            id=line.line_id,
            line_id=line.line_id,
            quantity=line.quantity,
            unit_code=line.unit,
            amount=ZERO,
            price_amount=line.price,
            base_quantity=line.base,
            seller_item=line.seller_item,
            gtin=line.gtin,
            name=line.name,
        ) for line in order.lines}  # fmt: skip
        lines = {line_id: replace(line, id=f"{order.number}/{line_id}") for line_id, line in lines.items()}
        charges = tuple(
            ExpectedCharge(kind_of(None, charge.reason), charge.amount, "order") for charge in order.charges
        )
        facts = OrderFacts(
            id=order.number,
            number=order.number,
            supplier_keys=(f"DK:CVR:DK{order.supplier}",),
            buyer_keys=(f"GLN:{order.buyer}",),
            currency=order.currency,
            status=OrderStatus.SENT,
            amount=ZERO,
            approvals=Approvals(Hand(order.created_by), (Hand(order.approved_by),)),
            lines=(),
            charges=charges,
        )
        self._orders[normalised_number(order.number)] = _Order(facts, {line.id: line for line in lines.values()})

    def deliver(self, delivery: Delivery) -> Sequence[Answer]:
        order = self._orders[normalised_number(delivery.order)]
        for line_id, quantity in delivery.quantities.items():
            key = f"{delivery.order}/{line_id}"
            line = order.lines[key]
            if delivery.kind is DeliveryKind.RECEIPT:
                order.lines[key] = replace(line, received=line.received + quantity)
            else:
                unbilled = min(quantity, line.received - line.invoiced_quantity)
                order.lines[key] = replace(
                    line,
                    received=line.received - unbilled,
                    credit_expected=line.credit_expected + quantity - unbilled,
                )
        waiting = [bill for bill, held in self._waiting.items() if any(its[0] == delivery.order for its in held)]
        return [self._decided(self._bills[bill]) for bill in sorted(waiting)]

    def decide(self, bill: Bill) -> Answer:
        self._bills[bill.id] = bill
        answer = self._decided(bill)
        for key in _keys(bill.invoice):
            self._earlier.setdefault(key, []).append(_earlier(bill))
        return answer

    def _decided(self, bill: Bill) -> Answer:
        self._waiting.pop(bill.id, None)
        decision = match(self._case(bill), explain=False)
        outcome = Outcome(decision.outcome)
        if outcome is Outcome.AWAITING_RECEIPT:
            self._waiting[bill.id] = {(one.order_id, one.order_line_id): ZERO for one in decision.allocations}
            for one in decision.allocations:
                self._waiting[bill.id][one.order_id, one.order_line_id] += one.quantity
        else:
            self._bills.pop(bill.id)
        if outcome in TAKES and not (bill.invoice.is_credit and outcome is not Outcome.AUTO_APPROVED):
            self._book(bill.invoice, decision)
        return Answer(bill.id, outcome, tuple(_links(decision)))

    def _case(self, bill: Bill) -> Case:
        invoice = bill.invoice
        found = [self._orders[number] for number in order_numbers(invoice) if number in self._orders]
        invoiced: list[InvoicedLine] = []
        if invoice.is_credit:
            for number in credited_numbers(invoice):
                invoiced += self._invoiced.get((invoice.supplier.keys, number), [])
            credited = dict.fromkeys(line.order_id for line in invoiced)
            found += [self._orders[number] for number in credited if self._orders[number] not in found]
        earlier = {one.id: one for key in _keys(invoice) for one in self._earlier.get(key, ()) if one.id != bill.id}
        return Case(
            invoice=invoice,
            orders=tuple(order.now(self._waiting, bill.id) for order in found),
            policy=self._policy,
            supplier_keys=invoice.supplier.keys,
            earlier=tuple(earlier.values()),
            invoiced=tuple(invoiced),
        )

    def _book(self, invoice: Invoice, decision: Decision) -> None:
        for one in decision.allocations:
            order = self._orders[one.order_id]
            line = order.lines[one.order_line_id]
            back = min(line.credit_expected, max(ZERO, -one.quantity))
            order.lines[line.id] = replace(
                line,
                invoiced_quantity=line.invoiced_quantity + one.quantity,
                received=line.received - back,
                credit_expected=line.credit_expected - back,
            )
        numbers = credited_numbers(invoice) if invoice.is_credit else [normalised_invoice_number(invoice.number)]
        self._note_invoiced(invoice, numbers[0] if numbers else "", decision)
        for use in decision.orders:
            order = self._orders[use.order_id]
            order.facts = replace(
                order.facts,
                tolerance_used=order.facts.tolerance_used + use.over,
                matched_value=order.facts.matched_value + use.value,
            )
        for cover in (cover for charge in decision.charges for cover in charge.covers):
            order = self._orders[cover.order_id]
            charges = list(order.facts.charges)
            charges[cover.index] = replace(charges[cover.index], invoiced=charges[cover.index].invoiced + cover.amount)
            order.facts = replace(order.facts, charges=tuple(charges))

    def _note_invoiced(self, invoice: Invoice, number: str, decision: Decision) -> None:
        self._invoiced.setdefault((invoice.supplier.keys, number), []).extend(
            InvoicedLine(
                invoice_number=number,
                invoice_line_id=one.invoice_line_id,
                order_id=one.order_id,
                order_line_id=one.order_line_id,
                quantity=one.quantity,
                amount=one.amount,
            )
            for one in decision.allocations
        )


def _keys(invoice: Invoice) -> tuple[tuple[object, ...], ...]:
    supplier = invoice.supplier.keys
    amount = (supplier, invoice.issue_date, invoice.total.payable_amount)
    return (supplier, normalised_invoice_number(invoice.number)), amount


def _earlier(bill: Bill) -> EarlierInvoice:
    invoice = bill.invoice
    return EarlierInvoice(
        id=bill.id,
        number=invoice.number,
        issue_date=invoice.issue_date,
        payable_amount=invoice.total.payable_amount,
        buyer_keys=invoice.customer.keys,
        document_type=invoice.document_type,
    )


def _links(decision: Decision) -> Iterator[Linked]:
    """Give what is taken of which line; a line in a unit that nobody can convert is linked without a quantity."""
    taken = {one.invoice_line_id for one in decision.allocations}
    for one in decision.allocations:
        yield Linked(one.invoice_line_id, one.order_id, one.order_line_id.partition("/")[2], abs(one.quantity))
    for pair in decision.pairs:
        if pair.invoice_line_id not in taken:
            yield Linked(pair.invoice_line_id, pair.order_id, pair.order_line_id.partition("/")[2])
