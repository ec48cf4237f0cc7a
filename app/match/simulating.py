"""Simulations: an invoice is decided as it would be if it came now, maybe under a draft, and nothing is kept of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlmodel import col, select

from app.dialects import Received
from app.documents.invoice import Invoice
from app.documents.numbers import normalised_invoice_number
from app.kit import archive
from app.kit.calls import Body, Caller, ReadingDoor
from app.kit.clock import business_day
from app.kit.ids import new_id
from app.match import queries
from app.match.answers import answer_of, whole
from app.match.candidates import candidates
from app.match.cases import build_case
from app.match.confidential import orders_open_to
from app.match.drafts import Draft, draft_of, policy_under
from app.match.engine.codes import Outcome
from app.match.engine.facts import Case
from app.match.engine.matching import match
from app.match.models import InvoiceCase
from app.match.redeciding import proven, under
from app.match.rejecting import rejection_of
from app.match.service import receiver_of
from app.match.simulate_messages import SimulationOut, VerdictOut
from app.orders.models import PurchaseOrder
from app.organisations import queries as organisations
from app.organisations.access import Actor, Call, OnBehalfOf, find_actor
from app.organisations.models import Organisation


async def reading_door(
    request: Request, who: Caller, body: Body, on_behalf_of: OnBehalfOf = None
) -> ReadingDoor[Actor]:
    """Give the way in of a simulation; it takes no key, for there is nothing to repeat."""
    return ReadingDoor(request, who, body, None, find_actor, on_behalf_of)


ReadingDb = Annotated[ReadingDoor[Actor], Depends(reading_door)]


def simulate(call: Call, received: Received[Invoice], policy_id: UUID | None) -> SimulationOut:
    """Decide an invoice or credit note as it would be decided if it came now; bytes that came before get the decision
    that they have, or under a draft the one that it would have made of the same facts.

    :raises ReceiverUnknown: when the customer is none of the caller's organisations.
    :raises PolicyNotFound, PolicyNotDraft, DraftElsewhere, DraftDecidesNothing, WidensPolicy: for a draft that cannot
        be tried there.
    """
    organisation = receiver_of(call, received)
    draft = None if policy_id is None else draft_of(call, policy_id, organisation.id)
    known = archive.seen_before(call.session, received.envelope.sender_key, received.content)
    case = queries.case_of_document(call.session, known.id) if known is not None else None
    if case is not None:
        return _seen(call, queries.invoice(call, case.id), draft)
    if received.document is None:
        return _rejected(received, organisation, draft)
    return _fresh(call, received.document, organisation, draft)


def _seen(call: Call, case: InvoiceCase, draft: Draft | None) -> SimulationOut:
    live = queries.decision(call.session, case.decision_id)
    stated = None if draft is None else proven(live)
    if draft is None or stated is None:
        verdict = VerdictOut.model_validate({"outcome": live.outcome, **whole(live.answer)})
    else:
        policy = policy_under(call.session, draft, case.organisation_id, business_day(case.received_at))
        verdict = _verdict(under(call.session, stated, policy, live.decided_at))
    return _out(case, verdict, draft, seen_as=case.id)


def _rejected(received: Received[Invoice], organisation: Organisation, draft: Draft | None) -> SimulationOut:
    envelope, outcome = received.envelope, Outcome.REJECTED_TECHNICAL
    return SimulationOut(
        document_type=envelope.document_type,
        number=envelope.number,
        supplier_id=None,
        organisation_id=organisation.id,
        issue_date=envelope.issue_date,
        currency=None,
        payable_amount=None,
        outcome=outcome,
        decision=VerdictOut.model_validate({"outcome": outcome, **rejection_of(received)}),
        policy_id=None if draft is None else draft.policy_id,
    )


def _fresh(call: Call, invoice: Invoice, organisation: Organisation, draft: Draft | None) -> SimulationOut:
    supplier = organisations.supplier_by_keys(call.session, invoice.supplier.keys)
    case = InvoiceCase(
        id=new_id(call.now),
        document_id=new_id(call.now),
        document_type=invoice.document_type,
        number=invoice.number,
        normalised_number=normalised_invoice_number(invoice.number),
        supplier_id=None if supplier is None else supplier.id,
        organisation_id=organisation.id,
        root_id=organisation.root_id,
        issue_date=invoice.issue_date,
        currency=invoice.document_currency_code,
        payable_amount=invoice.total.payable_amount,
        outcome=Outcome.DEVIATION,
        decision_id=new_id(call.now),
        submitted_by=call.actor.id,
        submitted_for=call.actor.on_behalf_of,
        received_at=call.now,
    )
    facts = build_case(call.session, case, invoice, _orders(call, candidates(call.session, case, invoice)))
    if supplier is None:
        facts = replace(facts, supplier_keys=tuple(sorted(invoice.supplier.keys)))
    if draft is not None:
        policy = policy_under(call.session, draft, organisation.id, call.today)
        facts = under(call.session, facts, policy, call.now)
    verdict = _verdict(facts)
    return _out(case, verdict, draft)


def _orders(call: Call, order_ids: Sequence[UUID]) -> Sequence[PurchaseOrder]:
    """Give the orders as they are, without a lock: nothing is taken of them. A confidential one of others is as if it
    were not there, or anybody could ask what is on it.
    """
    query = select(PurchaseOrder).where(col(PurchaseOrder.id).in_(order_ids), orders_open_to(call))
    return call.session.exec(query.order_by(col(PurchaseOrder.id))).all() if order_ids else ()


def _verdict(facts: Case) -> VerdictOut:
    decision = match(facts)
    return VerdictOut.model_validate({"outcome": decision.outcome, **whole(answer_of(decision))})


def _out(case: InvoiceCase, verdict: VerdictOut, draft: Draft | None, seen_as: UUID | None = None) -> SimulationOut:
    told = case.model_dump(include=set(SimulationOut.model_fields) - {"outcome"})
    policy_id = None if draft is None else draft.policy_id
    return SimulationOut(**told, outcome=verdict.outcome, decision=verdict, seen_as=seen_as, policy_id=policy_id)
