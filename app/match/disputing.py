"""Turning an invoice away: its supplier is told why, and what it held is free again."""

from uuid import UUID

from app.kit.errors import Fault
from app.match import handling_queries
from app.match.booking import give_back
from app.match.correcting import CorrectionNotFitting
from app.match.engine.codes import Outcome
from app.match.handling import case_out, look_at_orders, take_in_hand
from app.match.handling_messages import Action, CaseOut, DisputeIn
from app.match.ruling import Ruling, rule
from app.match.telling import envelope_of
from app.organisations.access import Call
from app.organisations.answers import BUSINESS_REJECT, LineReason, answer_document
from app.organisations.models import Organisation


def dispute(call: Call, invoice_id: UUID, body: DisputeIn, if_match: str | None) -> CaseOut:
    """Turn an invoice away, and answer its supplier with the reasons.

    :raises ActionNotPossible: for one that is approved or was turned away already.
    :raises CorrectionNotFitting: naming lines that are not there.
    """
    seen = take_in_hand(call, invoice_id, Action.DISPUTE, if_match)
    invoice = handling_queries.original(seen.case)
    lines = [line.line_id for line in invoice.lines]
    told = f"the invoice has no such line; it has {', '.join(lines)}"
    faults = [
        Fault(told, pointer=f"/lines/{index}/invoice_line_id")
        for index, one in enumerate(body.lines)
        if one.invoice_line_id not in lines
    ]
    if faults:
        raise CorrectionNotFitting("lines are disputed that are not there; see `errors`", faults=faults)
    give_back(call.session, seen.case, seen.live, seen.locked, call.now)
    rule(call, seen, Ruling(Outcome.DISPUTED, body.reason))
    answer_document(
        call,
        envelope_of(invoice),
        BUSINESS_REJECT,
        about_id=seen.case.id,
        organisation=call.session.get_one(Organisation, seen.case.organisation_id),
        reasons=[body.reason],
        lines=[LineReason(one.invoice_line_id, one.reason) for one in body.lines],
    )
    look_at_orders(call, seen.locked)
    return case_out(call, seen.case)
