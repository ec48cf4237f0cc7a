"""One decision: lock the orders, gather the facts, let the engine decide, write the proof, and book what it takes."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from app.documents.invoice import Invoice
from app.kit import audit
from app.kit.db import write
from app.kit.ids import new_id
from app.match import queries
from app.match.answers import answer_of
from app.match.candidates import candidates
from app.match.cases import build_case
from app.match.engine.codes import Outcome
from app.match.engine.decision import Decision
from app.match.engine.facts import Case
from app.match.engine.matching import match
from app.match.engine.proof import proof, sealed
from app.match.models import CaseOrder, InvoiceCase, MatchDecision, Trigger
from app.match.payables import release
from app.match.tasks import follow_up
from app.orders.allocations import BudgetUse, Taking, bill_charge, held_by, lock_orders, take, use_budget
from app.orders.closing import close_when_done
from app.orders.standing_uses import PeriodTaking, Taker, release_periods, use_periods

TAKES = frozenset({Outcome.AUTO_APPROVED, Outcome.MATCHED_PENDING_APPROVAL})
"""Outcomes that take what they bill; a credit note that waits for approval gives nothing back yet."""

ADD_CASE, ADD_DECISION, ADD_ORDER = (
    insert(SQLModel.metadata.tables[model.__tablename__]) for model in (InvoiceCase, MatchDecision, CaseOrder)
)


def decide(session: Session, case: InvoiceCase, invoice: Invoice, trigger: Trigger, now: datetime) -> MatchDecision:
    """Decide an invoice now and book what the decision takes, all in the open transaction.

    A case that was just received is written here, together with its outcome.
    """
    is_new = trigger == Trigger.RECEIVED
    orders = lock_orders(session, candidates(session, case, invoice))
    if not is_new:
        case.version += 1
        for taking in held_by(session, case.id):
            take(session, case.id, case.decision_id, [taking.undone], now)
        release_periods(session, case.id, case.decision_id, now)
    facts = build_case(session, case, invoice, orders)
    verdict = match(facts)
    sequence = 1 if is_new else queries.last_sequence(session, case.id) + 1
    row = _decision(facts, verdict, now, invoice_id=case.id, sequence=sequence, trigger=trigger)
    case.outcome, case.decision_id = verdict.outcome, row.id
    if is_new:
        write(session, ADD_CASE, _values(case))
    write(session, ADD_DECISION, _values(row))
    _book(session, case, facts, verdict, row, now)
    if verdict.outcome == Outcome.AUTO_APPROVED:
        release(session, case, now, invoice=invoice, decision=row)
        close_when_done(session, orders, now)
    if is_new and orders:
        write(session, ADD_ORDER, [{"invoice_id": case.id, "order_id": order.id} for order in orders])
    follow_up(session, case, verdict, now, is_new=is_new)
    _note(session, case, row, now)
    return row


def _decision(facts: Case, verdict: Decision, now: datetime, **place: Any) -> MatchDecision:
    text = sealed(proof(facts, verdict))
    return MatchDecision(
        id=new_id(now),
        **place,
        outcome=verdict.outcome,
        answer=answer_of(verdict),
        proof=text.decode(),
        proof_sha256=hashlib.sha256(text).hexdigest(),
        decided_at=now,
    )


def _values(row: InvoiceCase | MatchDecision) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}


def _book(
    session: Session, case: InvoiceCase, facts: Case, verdict: Decision, row: MatchDecision, now: datetime
) -> None:
    is_credit = case.document_type == "CreditNote"
    if verdict.outcome == Outcome.AWAITING_RECEIPT:
        _use_periods(session, case, facts, verdict, now, held=True)
        take(session, case.id, row.id, _takings(facts, verdict, held=True), now)
    elif verdict.outcome == Outcome.AUTO_APPROVED or (verdict.outcome in TAKES and not is_credit):
        _use_periods(session, case, facts, verdict, now, held=False)
        take(session, case.id, row.id, _takings(facts, verdict, held=False), now)
        for use in verdict.orders:
            use_budget(session, BudgetUse(UUID(use.order_id), use.over, use.used_before + use.limit, use.value))
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


def _note(session: Session, case: InvoiceCase, row: MatchDecision, now: datetime) -> None:
    facts = {"outcome": row.outcome, "trigger": row.trigger, "proof_sha256": row.proof_sha256}
    is_handed_in = row.trigger == Trigger.RECEIVED
    audit.record(
        session,
        "invoice.decided",
        chain=case.root_id,
        entity="invoice",
        entity_id=case.id,
        now=now,
        actor_id=case.submitted_by if is_handed_in else None,
        on_behalf_of=case.submitted_for if is_handed_in else None,
        facts=facts,
    )
