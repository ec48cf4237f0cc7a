"""New terms of a standing order: proposed by a buyer, and approved by a disponent whose prokura covers what the whole
order then comes to.
"""

from dataclasses import replace
from uuid import UUID

from app.kit.errors import Conflict, Fault, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import queries
from app.orders.approval_models import ApprovalAction
from app.orders.approval_steps import keep_step
from app.orders.approving import SecondPersonNeeded, require_prokura, require_second_person, second_person_rule
from app.orders.models import OrderStatus, PurchaseOrder
from app.orders.order_settings import settled
from app.orders.periods import Expected, commitment
from app.orders.routing import Question, ask, stop_asking
from app.orders.standing_grounds import require_agreement
from app.orders.standing_messages import NewTermsIn, StandingOrderOut
from app.orders.standing_models import (
    TERMS_TRANSITIONS,
    ReceiptMode,
    StandingOrder,
    StandingTerms,
    TermsStatus,
)
from app.orders.standing_queries import expected_of, in_force, schedule_of, standing_order, terms_of
from app.orders.standing_views import standing_out
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.permissions import Permission


class TermsNotFound(NotFound):
    """The standing order has no terms with this number."""


class TermsWaiting(Conflict):
    """Terms were proposed before and wait for a disponent; one proposal waits at a time."""


class NotRunning(Conflict):
    """The standing order was not sent, or has ended."""


class TermsNotFit(Invalid):
    """The terms do not fit the order's days."""


def require_running(order: PurchaseOrder) -> None:
    """Let only an order pass that was sent and has not ended.

    :raises NotRunning: otherwise.
    """
    if order.status != OrderStatus.SENT:
        raise NotRunning(f"order {order.number} is {order.status}; only one that is SENT is running")


def propose(call: Call, order_id: UUID, body: NewTermsIn, if_match: str | None) -> StandingOrderOut:
    """Propose terms from a day on; the task goes to the organisation's disponents.

    :raises NotRunning: when the order was not sent, or has ended.
    :raises TermsWaiting: when others wait.
    :raises TermsNotFit: when they would begin before the order or after it.
    :raises AgreementOver: when its agreement is not in force any more.
    """
    order, standing = standing_order(call, order_id, lock=True)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    require_version(order, if_match)
    require_running(order)
    require_agreement(call, order)
    before = terms_of(call.session, order.id)
    if any(one.status == TermsStatus.PROPOSED for one in before):
        raise TermsWaiting(f"terms {before[-1].ordinal} of order {order.number} wait; let them be approved or rejected")
    _require_inside(standing, body)
    expected = (*expected_of(in_force(before)), Expected(body.effective_from, body.expected_amount))
    terms = StandingTerms(
        id=new_id(call.now),
        order_id=order.id,
        ordinal=before[-1].ordinal + 1,
        commitment=commitment(schedule_of(standing), expected),
        proposed_by=call.actor.id,
        proposed_for=call.actor.on_behalf_of,
        proposed_at=call.now,
        **body.model_dump(),
    )
    call.session.add(terms)
    question = _question(call, order, terms)
    asked, warned = ask(call, question, settled(call.session, order.organisation_id))
    step = replace(question, subject_id=terms.id)
    keep_step(call, step, ApprovalAction.SUBMITTED, reason=body.reason, asked=asked.why, warnings=warned)
    _note(call, order, terms, "proposed")
    return standing_out(call, order)


def _question(call: Call, order: PurchaseOrder, terms: StandingTerms) -> Question:
    """Give what is to be approved: the order, at what it comes to by the terms."""
    lines = queries.lines_of(call.session, order.id)
    return Question(order, lines, [terms.commitment], "order", order.id, TaskType.APPROVE_TERMS)


def _require_inside(standing: StandingOrder, body: NewTermsIn) -> None:
    ends = standing.valid_to
    if body.effective_from < standing.anchor_on or (ends is not None and body.effective_from > ends):
        until = f"to {ends}" if ends is not None else "on"
        message = f"the order runs from {standing.anchor_on} {until}; {body.effective_from} is outside"
        raise TermsNotFit(message, faults=[Fault(message, pointer="/effective_from")])


def approve(call: Call, order_id: UUID, ordinal: int, if_match: str | None) -> StandingOrderOut:
    """Approve terms within prokura on what the whole order then comes to, and by the two-person rule.

    :raises TermsNotFound: for an ordinal that is not there.
    :raises WrongState: when they were decided on before.
    :raises ProkuraTooSmall, SecondPersonNeeded: as with the order itself; whoever proposed them is behind them too.
    :raises NotRunning, AgreementOver: when there is nothing to go on with.
    """
    order, standing, terms = _decided(call, order_id, ordinal, if_match, TermsStatus.APPROVED)
    require_running(order)
    require_agreement(call, order)
    lines = queries.lines_of(call.session, order.id)
    require_prokura(call, order, [terms.commitment], lines)
    require_second_person(call, order, terms.commitment)
    _require_other_than_proposer(call, order, terms)
    order.total_amount = terms.commitment
    for line in lines:
        line.accepted_amount = terms.commitment
        line.most_amount = max(terms.commitment, line.invoiced_amount + line.held_amount)
        if standing.receipt_mode == ReceiptMode.NONE:
            line.received_amount = line.most_amount
        line.most_amount = max(line.most_amount, line.received_amount)
    keep_step(call, replace(_question(call, order, terms), subject_id=terms.id), ApprovalAction.APPROVED)
    _note(call, order, terms, "approved")
    return standing_out(call, order)


def _require_other_than_proposer(call: Call, order: PurchaseOrder, terms: StandingTerms) -> None:
    if call.actor.persons.isdisjoint({terms.proposed_by, terms.proposed_for}):
        return
    if rule := second_person_rule(call, order.makers, order, terms.commitment):
        raise SecondPersonNeeded(
            f"terms {terms.ordinal} of order {order.number} were proposed by or for you; {rule} wants another person "
            "to approve them"
        )


def reject(call: Call, order_id: UUID, ordinal: int, reason: str, if_match: str | None) -> StandingOrderOut:
    """Say no to terms, saying why; those so far go on.

    :raises TermsNotFound: for an ordinal that is not there.
    :raises WrongState: when they were decided on before.
    """
    order, _, terms = _decided(call, order_id, ordinal, if_match, TermsStatus.REJECTED)
    require_running(order)
    step = replace(_question(call, order, terms), subject_id=terms.id)
    keep_step(call, step, ApprovalAction.REJECTED, reason=reason)
    _note(call, order, terms, "rejected")
    return standing_out(call, order)


def _decided(
    call: Call, order_id: UUID, ordinal: int, if_match: str | None, target: TermsStatus
) -> tuple[PurchaseOrder, StandingOrder, StandingTerms]:
    order, standing = standing_order(call, order_id, lock=True)
    require(call, Permission.ORDER_APPROVE, order.organisation_id)
    require_version(order, if_match)
    terms = next((one for one in terms_of(call.session, order.id) if one.ordinal == ordinal), None)
    if terms is None:
        raise TermsNotFound(f"order {order.number} has no terms {ordinal}")
    require_running(order)
    decide(call, order, terms, target)
    return order, standing, terms


def decide(call: Call, order: PurchaseOrder, terms: StandingTerms, target: TermsStatus) -> None:
    """Let terms be approved or rejected, and close what waited for that."""
    advance(terms, target, TERMS_TRANSITIONS)
    terms.decided_by, terms.decided_for, terms.decided_at = call.actor.id, call.actor.on_behalf_of, call.now
    stop_asking(call, _question(call, order, terms))


def _note(call: Call, order: PurchaseOrder, terms: StandingTerms, action: str) -> None:
    facts = {"ordinal": str(terms.ordinal), "commitment": str(terms.commitment)}
    call.audit(f"standing_terms.{action}", chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
