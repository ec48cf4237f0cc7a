"""An invoice in somebody's hands: found, allowed, locked with its orders, and at the version that they saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.documents.invoice import Invoice
from app.kit.calls import Raw
from app.kit.versions import VersionMismatch, require_version
from app.match import handling_queries, queries
from app.match.answers import decision_out
from app.match.candidates import candidates
from app.match.deciding import let_others_look
from app.match.handling_messages import Action, CaseOut, CorrectionOut, NoteOut
from app.match.handling_views import allowed_actions, permission_of, require_possible
from app.match.meanings import corrections_of, understood
from app.match.models import InvoiceCase, MatchDecision
from app.match.telling import response_of
from app.orders.allocations import lock_orders
from app.orders.models import PurchaseOrder
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.messages import TaskOut


@dataclass(frozen=True, slots=True)
class InHand:
    """A case with its live decision and the invoice as it is understood; all `locked` orders, and those it means."""

    case: InvoiceCase
    live: MatchDecision
    invoice: Invoice
    locked: Sequence[PurchaseOrder]
    orders: Sequence[PurchaseOrder]


def take_in_hand(call: Call, invoice_id: UUID, action: Action, if_match: str | None) -> InHand:
    """Find an invoice to do something with, and lock it after its orders, as every decision does.

    :raises ActionNotPossible: where its outcome does not allow it.
    :raises VersionMismatch: when it was decided anew since it was read.
    """
    case = queries.invoice(call, invoice_id)
    require(call, permission_of(action), case.organisation_id)
    require_possible(case, action)
    invoice, seen = understood(call.session, case), case.version
    wanted = candidates(call.session, case, invoice)
    locked = lock_orders(call.session, {*wanted, *handling_queries.orders_of(call.session, case.id)})
    call.session.refresh(case, with_for_update=True)
    require_possible(case, action)
    if case.version != seen:
        raise VersionMismatch(f"it is now version {case.version}; read it again and decide anew")
    require_version(case, if_match)
    call.session.flush()
    live = queries.decision(call.session, case.decision_id)
    return InHand(case, live, invoice, locked, [order for order in locked if order.id in wanted])


def look_at_orders(call: Call, orders: Sequence[PurchaseOrder]) -> None:
    """Let other open invoices of some orders be decided anew: something was taken of them, or given back."""
    let_others_look(call.session, orders, call.now)


def get_invoice(call: Call, invoice_id: UUID, *, as_xml: bool) -> CaseOut | Raw:
    """Give an invoice with all that waits and may be done, or its live decision as OIOUBL."""
    case = queries.invoice(call, invoice_id)
    return response_of(call, case) if as_xml else case_out(call, case)


def case_out(call: Call, case: InvoiceCase) -> CaseOut:
    """Give a case with everything that is there to say of it."""
    call.session.flush()
    live = queries.decision(call.session, case.decision_id)
    return CaseOut(
        **case.model_dump(exclude={"document"}),
        decision=decision_out(live),
        tasks=[
            TaskOut.model_validate(row, from_attributes=True)
            for row in organisations.open_tasks_about(call.session, case.id)
        ],
        allowed_actions=allowed_actions(call, case, live),
        corrections=[
            CorrectionOut.model_validate(row, from_attributes=True) for row in corrections_of(call.session, case.id)
        ],
        notes=[
            NoteOut.model_validate(row, from_attributes=True)
            for row in handling_queries.notes_of(call.session, case.id)
        ],
    )
