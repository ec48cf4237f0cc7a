"""Asking and answering about an invoice: the buyer is asked and explains, the receiver is asked for the receipt."""

from uuid import UUID

from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.match.deviation_routing import approver_of
from app.match.engine.codes import Outcome
from app.match.handling import InHand, case_out, take_in_hand
from app.match.handling_messages import Action, CaseOut, ExplanationIn
from app.match.handling_models import CaseNote, ExplanationCause, NoteKind
from app.match.handling_views import in_the_way
from app.match.tasks import ask
from app.organisations.access import Call
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.tasks import close_tasks


class NobodyToAsk(Conflict):
    """No order is known by which somebody could be asked."""


def ask_buyer(call: Call, invoice_id: UUID, text: str, if_match: str | None) -> CaseOut:
    """Ask the buyer of an invoice's order, or any buyer there, to explain it."""
    seen = take_in_hand(call, invoice_id, Action.ASK_BUYER, if_match)
    _note(call, seen, NoteKind.QUESTION, text)
    _pass_on(call, seen, TaskType.EXPLAIN_DEVIATION, Role.BUYER, TaskType.MANUAL_MATCH)
    return case_out(call, seen.case)


def explain(call: Call, invoice_id: UUID, body: ExplanationIn, if_match: str | None) -> CaseOut:
    """Explain why an invoice differs. Whoever has the invoice prokura for it approves what was agreed: the order's
    approver, else the next one upwards; everything else goes to a handler.
    """
    seen = take_in_hand(call, invoice_id, Action.EXPLAIN, if_match)
    _note(call, seen, NoteKind.EXPLANATION, body.text, body.cause)
    findings = [(one["code"], one.get("actual")) for one in seen.live.answer["findings"]]
    approvable = body.cause != ExplanationCause.NOT_AGREED and not in_the_way(findings)
    if approvable and seen.case.outcome == Outcome.DEVIATION:
        _pass_on(
            call, seen, TaskType.APPROVE_DEVIATION, Role.DISPONENT, TaskType.EXPLAIN_DEVIATION, approver_of(call, seen)
        )
    else:
        _pass_on(call, seen, TaskType.MANUAL_MATCH, Role.INVOICE_HANDLER, TaskType.EXPLAIN_DEVIATION)
    return case_out(call, seen.case)


def ask_for_receipt(call: Call, invoice_id: UUID, text: str, if_match: str | None) -> CaseOut:
    """Ask whoever receives an invoice's order to register what has come.

    :raises NobodyToAsk: for an invoice whose order is not known.
    """
    seen = take_in_hand(call, invoice_id, Action.ASK_FOR_RECEIPT, if_match)
    if not seen.orders:
        raise NobodyToAsk(f"no order of invoice {seen.case.number} is known; set its order number first")
    _note(call, seen, NoteKind.QUESTION, text)
    _pass_on(call, seen, TaskType.RECEIVE, Role.RECEIVER, TaskType.RECEIVE)
    return case_out(call, seen.case)


def _note(call: Call, seen: InHand, kind: NoteKind, text: str, cause: ExplanationCause | None = None) -> None:
    note = CaseNote(
        id=new_id(call.now),
        invoice_id=seen.case.id,
        kind=kind,
        cause=cause,
        text=text,
        written_by=call.actor.id,
        written_for=call.actor.on_behalf_of,
        written_at=call.now,
    )
    call.session.add(note)
    call.session.flush()
    facts = {"note_id": str(note.id), "kind": kind.value}
    call.audit("invoice.noted", chain=seen.case.root_id, entity="invoice", entity_id=seen.case.id, facts=facts)


def _pass_on(call: Call, seen: InHand, task: TaskType, role: Role, done: TaskType, user_id: UUID | None = None) -> None:
    """Close a task and open the next, for the reasons that the decision gives."""
    close_tasks(call.session, seen.case.id, [done], now=call.now, by=call.actor.id)
    call.session.flush()
    worst = [one["code"] for one in seen.live.answer["findings"] if one["outcome"] == seen.case.outcome]
    ask(call.session, seen.case, task, role, seen.orders, list(dict.fromkeys(worst)), call.now, user_id)
