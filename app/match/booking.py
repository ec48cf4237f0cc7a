"""Booking a decision: what it takes of orders, budgets, charges and periods, and how all that is given back."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.kit.errors import Conflict
from app.match.engine.codes import Outcome
from app.match.engine.decision import Decision
from app.match.engine.facts import Case
from app.match.models import InvoiceCase, MatchDecision
from app.match.outcomes import APPROVED, TAKES
from app.orders import queries as orders_queries
from app.orders.allocations import BudgetUse, Taking, bill_charge, take, taken_by, use_budget
from app.orders.models import PurchaseOrder
from app.orders.prepayments import billable
from app.orders.standing_uses import PeriodTaking, Taker, release_periods, use_periods


class BilledMeanwhile(Conflict):
    """What a credit note gave back is gone: billed by another invoice, or sent back."""


def takes(outcome: Outcome, document_type: str) -> bool:
    """Tell whether an invoice or credit note with an outcome has moved the counters of its orders."""
    return outcome in (APPROVED if document_type == "CreditNote" else TAKES)


def book(
    session: Session, case: InvoiceCase, facts: Case, verdict: Decision, row: MatchDecision, now: datetime
) -> None:
    """Book what a decision takes, or holds. An approver's takes more of a budget than its limit, by name."""
    if row.outcome == Outcome.AWAITING_RECEIPT:
        _use_periods(session, case, facts, verdict, now, held=True)
        take(session, case.id, row.id, _takings(facts, verdict, held=True), now)
    elif takes(row.outcome, case.document_type):
        _use_periods(session, case, facts, verdict, now, held=False)
        take(session, case.id, row.id, _takings(facts, verdict, held=False), now)
        for use in verdict.orders:
            limit = use.used_before + max(use.limit, use.over)
            use_budget(session, BudgetUse(UUID(use.order_id), use.over, limit, use.value))
        for cover in (cover for charge in verdict.charges for cover in charge.covers):
            bill_charge(session, UUID(cover.order_id), cover.index, cover.amount)


def _use_periods(
    session: Session, case: InvoiceCase, facts: Case, verdict: Decision, now: datetime, *, held: bool
) -> None:
    deemed = {order.id: not any(line.requires_receipt for line in order.lines) for order in facts.orders}
    takings = [
        PeriodTaking(
            UUID(use.order_id),
            use.first_on,
            use.amount,
            use.value,
            index_used=use.index_used,
            deemed=deemed[use.order_id],
        )
        for use in verdict.periods
    ]
    use_periods(session, Taker(case.id, case.decision_id, facts.invoice.issue_date, held), takings, now)


def _takings(facts: Case, verdict: Decision, *, held: bool) -> list[Taking]:
    by_amount = {line.id: line.by_amount for order in facts.orders for line in order.lines}
    return [
        Taking(
            order_line_id=UUID(allocation.order_line_id),
            invoice_line_id=allocation.invoice_line_id,
            quantity=allocation.quantity,
            amount=allocation.order_amount if by_amount[allocation.order_line_id] else allocation.amount,
            by_amount=by_amount[allocation.order_line_id],
            held=held,
        )
        for allocation in verdict.allocations
    ]


def give_back(
    session: Session, case: InvoiceCase, live: MatchDecision, orders: Sequence[PurchaseOrder], now: datetime
) -> None:
    """Undo all that an invoice holds or has taken, by its live decision; the caller has locked its orders.

    :raises BilledMeanwhile: for a credit note whose goods are no longer there to be billed.
    """
    undone = [taking.undone for taking in taken_by(session, case.id)]
    _require_there(session, case, orders, undone)
    take(session, case.id, live.id, undone, now)
    if takes(live.outcome, case.document_type):
        _give_budgets_back(session, verdict_of(live), {order.id: order for order in orders})
    release_periods(session, case.id, live.id, now)


def _require_there(
    session: Session, case: InvoiceCase, orders: Sequence[PurchaseOrder], undone: Sequence[Taking]
) -> None:
    if case.document_type != "CreditNote" or not undone:
        return
    lines = {line.id: line for order in orders for line in orders_queries.lines_as_they_are(session, order.id)}
    for taking in undone:
        line = lines[taking.order_line_id]
        there, wanted = billable(line), taking.amount if line.by_amount else taking.quantity
        if wanted > there:
            raise BilledMeanwhile(
                f"credit note {case.number} gave {wanted} of line {line.line_id} back, and {there} is left of that: "
                "the rest was billed again or has gone back; ask the supplier for an invoice of it"
            )


def verdict_of(row: MatchDecision) -> Mapping[str, Any]:
    """Give the engine's verdict that a decision rests on, from its proof: an approver's decision holds the match."""
    proof: dict[str, Any] = json.loads(row.proof)
    verdict: dict[str, Any] = proof.get("match", proof).get("decision", {})
    return verdict


def _give_budgets_back(session: Session, verdict: Mapping[str, Any], orders: Mapping[UUID, PurchaseOrder]) -> None:
    for use in verdict.get("orders", ()):
        order = orders[UUID(use["order_id"])]
        over, value = Decimal(use["over"]), Decimal(use["value"])
        limit = max(order.tolerance_limit, order.tolerance_used - over)
        use_budget(session, BudgetUse(order.id, -over, limit, -value))
    for charge in verdict.get("charges", ()):
        for cover in charge.get("covers", ()):
            bill_charge(session, UUID(cover["order_id"]), cover["index"], -Decimal(cover["amount"]))
    session.flush()
    for use in verdict.get("orders", ()):
        session.refresh(orders[UUID(use["order_id"])])
