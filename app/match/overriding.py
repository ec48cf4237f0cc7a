"""Approving an invoice by a person, and taking an approval back: each a decision of its own, booked at once."""

from uuid import UUID

from app.kit.errors import Conflict
from app.match.booking import book, give_back
from app.match.deciding import look_again
from app.match.engine.codes import CODES, Outcome
from app.match.engine.decision import Decision
from app.match.handling import InHand, case_out, look_at_orders, take_in_hand
from app.match.handling_messages import Action, CaseOut
from app.match.handling_views import require_acceptable
from app.match.invoice_prokura import billed_amounts, posted_amounts, require_invoice_prokura, require_second_hand
from app.match.messages import PersonOut
from app.match.payables import release, withdraw
from app.match.ruling import Ruling, rule
from app.match.tasks import ask
from app.orders.approving import SecondPersonNeeded
from app.orders.closing import close_when_done
from app.organisations.access import Call
from app.organisations.models import TaskType
from app.organisations.people_models import Role


class FoundOtherwise(Conflict):
    """By now something else is found than what the approver has read."""


def approve(call: Call, invoice_id: UUID, reason: str, if_match: str | None) -> CaseOut:
    """Approve an invoice or credit note that waits for it, a deviation of money, or an invoice without order.

    :raises ActionNotPossible: where its outcome does not allow it.
    :raises NotAcceptable: where something is in the way that no approver may accept, such as goods that are missing.
    :raises FoundOtherwise: when something else is in the way than what was read.
    :raises InvoiceProkuraTooSmall: above the approver's invoice prokura of today.
    :raises SecondPersonNeeded: for whoever has explained it, or made the order alone.
    """
    seen = take_in_hand(call, invoice_id, Action.APPROVE, if_match)
    if seen.case.outcome == Outcome.NON_ORDER:
        _approve_non_order(call, seen, reason)
    else:
        _approve_match(call, seen, reason)
    release(call.session, seen.case, call.now)
    look_at_orders(call, seen.orders)
    return case_out(call, seen.case)


def _approve_match(call: Call, seen: InHand, reason: str) -> None:
    case, session = seen.case, call.session
    facts, verdict = look_again(session, case, seen.live, seen.invoice, seen.locked, seen.orders, call.now)
    require_acceptable(case, [(one.code, _actual(one.actual)) for one in verdict.findings])
    _require_read(seen, verdict)
    require_second_hand(call, case, seen.orders)
    prokura = require_invoice_prokura(call, case, billed_amounts(call, seen, verdict), seen.orders)
    row = rule(call, seen, Ruling(Outcome.APPROVED, reason, prokura), (facts, verdict))
    book(session, case, facts, verdict, row, call.now)
    close_when_done(session, seen.orders, call.now)


def _actual(value: object) -> str | None:
    return None if value is None else str(value)


def _require_read(seen: InHand, verdict: Decision) -> None:
    read = {finding["code"] for finding in seen.live.answer["findings"]}
    found = {one.code for one in verdict.findings if CODES[one.code].outcome != Outcome.AUTO_APPROVED}
    fresh = sorted(found - read)
    if fresh:
        raise FoundOtherwise(
            f"by now {', '.join(fresh)} is found, too; invoice {seen.case.number} is decided anew, read it then"
        )


def _approve_non_order(call: Call, seen: InHand, reason: str) -> None:
    person = PersonOut.model_validate(seen.live.answer["person"])
    if not call.actor.persons.isdisjoint({person.id, person.on_behalf_of or person.id}):
        raise SecondPersonNeeded(
            f"you have posted invoice {seen.case.number} as one without order, or whom you act for has; another "
            "person approves it"
        )
    prokura = require_invoice_prokura(call, seen.case, posted_amounts(person.postings), ())
    rule(call, seen, Ruling(Outcome.APPROVED, reason, prokura, person.postings, person.assignee_id))


def reverse(call: Call, invoice_id: UUID, reason: str, if_match: str | None) -> CaseOut:
    """Take an approval back before its posting was taken over: what it took is given back, and a handler goes on.

    :raises ActionNotPossible: for an invoice that is not approved, or whose posting was taken over.
    :raises BilledMeanwhile: for a credit note whose goods were billed again or have gone back.
    """
    seen = take_in_hand(call, invoice_id, Action.REVERSE, if_match)
    withdraw(call.session, seen.case, call.now)
    give_back(call.session, seen.case, seen.live, seen.locked, call.now)
    rule(call, seen, Ruling(Outcome.REVERSED, reason))
    task, role = TaskType.MANUAL_MATCH, Role.INVOICE_HANDLER
    ask(call.session, seen.case, task, role, (), [Outcome.REVERSED.value], call.now)
    look_at_orders(call, seen.locked)
    return case_out(call, seen.case)
