"""One decision: lock the orders, gather the facts, let the engine decide, write the proof, and book what it takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from app.documents.invoice import Invoice
from app.kit import jobs
from app.kit.db import write
from app.match import handling_queries, queries
from app.match.answers import answer_of
from app.match.booking import book, give_back, verdict_of
from app.match.candidates import candidates
from app.match.cases import build_case
from app.match.decided import decided, record
from app.match.engine.codes import Outcome
from app.match.engine.decision import Decision
from app.match.engine.facts import Case
from app.match.engine.matching import match
from app.match.engine.proof import proof, sealed
from app.match.likeness import like
from app.match.meanings import understood
from app.match.models import CaseOrder, InvoiceCase, MatchDecision, Trigger
from app.match.outcomes import OPEN
from app.match.payables import release
from app.match.tasks import follow_up
from app.orders.allocations import lock_orders
from app.orders.closing import close_when_done
from app.orders.models import PurchaseOrder
from app.orders.receipt_posting import REMATCH

ADD_CASE, ADD_DECISION, ADD_ORDER = (
    insert(SQLModel.metadata.tables[model.__tablename__]) for model in (InvoiceCase, MatchDecision, CaseOrder)
)


def decide(session: Session, case: InvoiceCase, invoice: Invoice, now: datetime) -> MatchDecision:
    """Decide an invoice that has just come, write its case down together with the outcome, and book what the decision
    takes, all in the open transaction.
    """
    orders = lock_orders(session, candidates(session, case, invoice))
    facts = build_case(session, case, invoice, orders)
    verdict = match(facts)
    row = decision_of(facts, verdict, now, invoice_id=case.id, sequence=1, trigger=Trigger.RECEIVED)
    case.outcome, case.decision_id = verdict.outcome, row.id
    write(session, ADD_CASE, _values(case))
    if orders:
        write(session, ADD_ORDER, [{"invoice_id": case.id, "order_id": order.id} for order in orders])
    settle(session, case, facts, verdict, row, orders, now)
    return row


def decide_again(session: Session, case: InvoiceCase, trigger: Trigger, now: datetime) -> MatchDecision | None:
    """Decide an invoice anew as it is understood now, and book what the decision takes instead of what it took.

    A re-match does nothing to an invoice that is decided, nor where the verdict is what it was.
    """
    invoice = understood(session, case)
    wanted = candidates(session, case, invoice)
    locked = lock_orders(session, {*wanted, *handling_queries.orders_of(session, case.id)})
    session.refresh(case, with_for_update=True)
    if trigger == Trigger.REMATCH and case.outcome not in OPEN:
        return None
    live = queries.decision(session, case.decision_id)
    savepoint = session.begin_nested()
    orders = [order for order in locked if order.id in wanted]
    facts, verdict = look_again(session, case, live, invoice, locked, orders, now)
    sequence = queries.last_sequence(session, case.id) + 1
    row = decision_of(facts, verdict, now, invoice_id=case.id, sequence=sequence, trigger=trigger)
    if trigger == Trigger.REMATCH and verdict_of(row) == verdict_of(live):
        savepoint.rollback()
        return None
    case.version += 1
    case.outcome, case.decision_id = verdict.outcome, row.id
    handling_queries.add_orders(session, case.id, wanted)
    settle(session, case, facts, verdict, row, orders, now)
    return row


def look_again(
    session: Session,
    case: InvoiceCase,
    live: MatchDecision,
    invoice: Invoice,
    locked: Sequence[PurchaseOrder],
    orders: Sequence[PurchaseOrder],
    now: datetime,
) -> tuple[Case, Decision]:
    """Give back what an invoice has taken of the locked orders, and decide it by the facts of this moment."""
    give_back(session, case, live, locked, now)
    facts = build_case(session, case, invoice, orders, like(session, case))
    return facts, match(facts)


def settle(
    session: Session,
    case: InvoiceCase,
    facts: Case,
    verdict: Decision,
    row: MatchDecision,
    orders: Sequence[PurchaseOrder],
    now: datetime,
) -> None:
    """Write a decision down, book what it takes, and tell whoever has to act."""
    write(session, ADD_DECISION, _values(row))
    book(session, case, facts, verdict, row, now)
    if verdict.outcome == Outcome.AUTO_APPROVED:
        release(session, case, now, facts=facts, decision=row)
        close_when_done(session, orders, now)
        if facts.invoice.is_credit:
            let_others_look(session, orders, now)
    follow_up(session, case, verdict, orders, now, is_new=row.trigger == Trigger.RECEIVED)
    _note(session, case, row, now)


def let_others_look(session: Session, orders: Sequence[PurchaseOrder], now: datetime) -> None:
    """Let open invoices of some orders be decided anew: a credit note has given back what they may bill."""
    for order in orders:
        jobs.enqueue(session, REMATCH, str(order.id), {"order_id": str(order.id)}, now)


def decision_of(facts: Case, verdict: Decision, now: datetime, **place: Any) -> MatchDecision:
    text = sealed(proof(facts, verdict))
    return decided(text, now, outcome=verdict.outcome, answer=answer_of(verdict), **place)


def _values(row: InvoiceCase | MatchDecision) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}


def _note(session: Session, case: InvoiceCase, row: MatchDecision, now: datetime) -> None:
    is_handed_in = row.trigger == Trigger.RECEIVED
    actor_id, on_behalf_of = (case.submitted_by, case.submitted_for) if is_handed_in else (None, None)
    record(session, case, row, now, actor_id=actor_id, on_behalf_of=on_behalf_of)
