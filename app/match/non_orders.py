"""Invoices without order: posted by a handler, assigned to somebody, and approved within invoice prokura."""

from dataclasses import replace
from uuid import UUID

from sqlmodel import col, select

from app.kit.errors import Fault
from app.match import handling_queries
from app.match.booking import give_back
from app.match.engine.codes import Outcome
from app.match.handling import InHand, case_out, take_in_hand
from app.match.handling_messages import Action, CaseOut, NonOrderIn
from app.match.invoice_prokura import gross_by_line
from app.match.messages import PostedOut
from app.match.ruling import Ruling, rule
from app.match.tasks import ask
from app.orders.order_settings import PersonNotFit
from app.orders.posting_lines import PostingNotAllowed, Rules
from app.organisations.access import Call, as_user, may
from app.organisations.models import TaskType
from app.organisations.people_models import Role, User
from app.organisations.permissions import Permission


def make_non_order(call: Call, invoice_id: UUID, body: NonOrderIn, if_match: str | None) -> CaseOut:
    """Let an invoice go the way of one without order: it is posted, and waits for an approver.

    :raises PostingNotAllowed: naming postings that the organisation's scheme does not allow, and lines without one.
    :raises PersonNotFit: for an assignee who may not approve there.
    """
    seen = take_in_hand(call, invoice_id, Action.MAKE_NON_ORDER, if_match)
    postings = _posted(call, seen, body)
    _require_approver(call, seen, body.assignee_id)
    give_back(call.session, seen.case, seen.live, seen.locked, call.now)
    ruling = Ruling(Outcome.NON_ORDER, body.reason, postings=postings, assignee_id=body.assignee_id)
    rule(call, seen, ruling)
    task, role, reasons = TaskType.APPROVE_INVOICE, Role.INVOICE_APPROVER, [Outcome.NON_ORDER.value]
    ask(call.session, seen.case, task, role, (), reasons, call.now, body.assignee_id)
    return case_out(call, seen.case)


def _posted(call: Call, seen: InHand, body: NonOrderIn) -> list[PostedOut]:
    rules, faults = Rules.of(call.session, seen.case.organisation_id), list[Fault]()
    lines = {line.line_id: line.line_extension_amount for line in handling_queries.original(seen.case).lines}
    given: dict[str | None, str] = {}
    for index, one in enumerate(body.postings):
        pointer = f"/postings/{index}"
        faults += rules.faults(one.accounting_cost, f"{pointer}/accounting_cost")
        if one.invoice_line_id is not None and one.invoice_line_id not in lines:
            told = f"the invoice has no line {one.invoice_line_id}; it has {', '.join(lines)}"
            faults.append(Fault(told, pointer=f"{pointer}/invoice_line_id"))
        if one.invoice_line_id in given:
            faults.append(Fault("it is posted twice", pointer=f"{pointer}/invoice_line_id"))
        given[one.invoice_line_id] = rules.normalised(one.accounting_cost)
    bare = [line_id for line_id in lines if line_id not in given and None not in given]
    if bare:
        faults.append(Fault(f"lines {', '.join(bare)} have no posting", pointer="/postings"))
    if faults:
        raise PostingNotAllowed("some postings are not allowed; see `errors`", faults=faults)
    gross = gross_by_line(seen.case, lines)
    return [
        PostedOut(
            invoice_line_id=line_id, accounting_cost=given.get(line_id) or given[None], amount=gross.get(line_id, 0)
        )
        for line_id in lines
    ]


def _require_approver(call: Call, seen: InHand, user_id: UUID | None) -> None:
    if user_id is None:
        return
    known = call.session.exec(select(User.id).where(col(User.id) == user_id)).first()
    if known is None or not may(as_user(call, user_id), Permission.INVOICE_APPROVE, seen.case.organisation_id):
        message = "they approve no invoices there (invoice:approve); name somebody who does, or nobody"
        raise PersonNotFit(message, faults=[replace(Fault(message), pointer="/assignee_id")])
