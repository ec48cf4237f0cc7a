"""Steps of the match chapter: an invoice comes in and is decided at once, waits, and is decided anew."""

from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from app.dialects import Received
from app.documents.invoice import Invoice
from app.documents.numbers import normalised_invoice_number
from app.documents.party import Party
from app.kit import archive
from app.kit.calls import Raw
from app.kit.db import is_postgresql, rows, shared
from app.kit.errors import Fault, Invalid
from app.kit.ids import new_id
from app.kit.jobs import Work
from app.kit.pages import Page, PageQuery, page
from app.match import handling_queries, queries
from app.match.answers import decided_out, decision_out
from app.match.deciding import decide, decide_again
from app.match.engine.codes import Outcome
from app.match.engine.payees import accounts_of, payees_of
from app.match.invoice_search import InvoiceQuery, matching
from app.match.messages import DecisionOut, MatchOut, MatchRow
from app.match.models import InvoiceCase, MatchDecision, Trigger
from app.match.netting import net
from app.match.rejecting import reject
from app.match.telling import response_of
from app.organisations import queries as organisations
from app.organisations.access import Call, may
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier
from app.organisations.suppliers import supplier_of

LOCK_SUPPLIER = select(Supplier.id).where(col(Supplier.id) == bindparam("supplier_id")).with_for_update(key_share=True)
CUSTOMER = "/*/cac:AccountingCustomerParty/cac:Party/cbc:EndpointID"


class ReceiverUnknown(Invalid):
    """The invoice's customer is no organisation for which the caller may hand in invoices."""


def answer(call: Call, received: Received[Invoice], *, as_xml: bool) -> MatchOut | Raw:
    """Take an invoice in, and answer its case or, as OIOUBL, its decision."""
    case, decision = submit(call, received)
    return response_of(call, queries.invoice(call, case.id)) if as_xml else match_out(call, case, decision)


def submit(call: Call, received: Received[Invoice]) -> tuple[InvoiceCase, MatchDecision | None]:
    """Take an invoice or credit note in and decide it at once; gives its case, with the live decision if that is at
    hand. The same bytes again get the same case.

    :raises ReceiverUnknown: when the customer is none of the caller's organisations.
    """
    known = archive.seen_before(call.session, received.envelope.sender_key, received.content)
    case = queries.case_of_document(call.session, known.id) if known is not None else None
    if case is not None:
        return queries.invoice(call, case.id), None
    organisation = receiver_of(call, received)
    document_id = known.id if known is not None else _archive(call, received)
    if received.document is None:
        return reject(call, received, organisation, document_id), None
    party = received.document.supplier
    known_as = ("supplier", party.keys)
    found = shared(call.session, known_as, lambda: organisations.supplier_by_keys(call.session, party.keys))
    supplier = found or supplier_of(call, party)  # held, so that the session has it at hand until the end
    case = _new_case(call, received.document, organisation, supplier, document_id)
    decision = decide(call.session, case, received.document, call.now)
    if received.document.is_credit and (netted := net(call.session, case.id, call.now)) is not None:
        return netted, None
    return case, decision


def receiver_of(call: Call, received: Received[Invoice]) -> Organisation:
    party = received.envelope.receiver or Party()
    key = ("organisation", call.today, party.keys)
    organisation = shared(call.session, key, lambda: organisations.organisation_of(call.session, party, call.today))
    if organisation is None or not may(call, Permission.INVOICE_SUBMIT, organisation.id):
        message = "the customer's EndpointID is no organisation for which you hand in invoices"
        raise ReceiverUnknown(message, faults=[Fault(message, xpath=CUSTOMER)])
    return organisation


def _archive(call: Call, received: Received[Invoice]) -> UUID:
    return archive.store(
        call.session,
        received.content,
        direction=archive.Direction.IN,
        sender=received.envelope.sender_key,
        document_type=received.envelope.document_type,
        number=received.envelope.number,
        media_type=received.media_type,
        now=call.now,
    ).id


def _new_case(
    call: Call, invoice: Invoice, organisation: Organisation, supplier: Supplier, document_id: UUID
) -> InvoiceCase:
    _one_at_a_time(call, supplier)
    return InvoiceCase(
        id=new_id(call.now),
        document_id=document_id,
        document_type=invoice.document_type,
        number=invoice.number,
        normalised_number=normalised_invoice_number(invoice.number),
        supplier_id=supplier.id,
        organisation_id=organisation.id,
        root_id=organisation.root_id,
        issue_date=invoice.issue_date,
        currency=invoice.document_currency_code,
        payable_amount=invoice.total.payable_amount,
        document=invoice.model_dump(mode="json", exclude_defaults=True),
        outcome=Outcome.DEVIATION,
        decision_id=new_id(call.now),
        paid_to=[*accounts_of(invoice), *payees_of(invoice)],
        submitted_by=call.actor.id,
        submitted_for=call.actor.on_behalf_of,
        received_at=call.now,
    )


def _one_at_a_time(call: Call, supplier: Supplier) -> None:
    """Let one invoice of a supplier pass at a time, or two with one number could each miss the other.

    FOR NO KEY UPDATE: rows that merely refer to the supplier need not wait. On SQLite one writer passes at a time.
    """
    if is_postgresql(call.session):
        rows(call.session, LOCK_SUPPLIER, supplier_id=supplier.id)


def rematch(work: Work) -> None:
    """Decide the open invoices of an order anew after something happened to it, the oldest first."""
    for invoice_id in handling_queries.open_on(work.session, UUID(work.payload["order_id"])):
        case = work.session.exec(select(InvoiceCase).where(InvoiceCase.id == invoice_id)).one()
        decide_again(work.session, case, Trigger.REMATCH, work.now)
        net(work.session, case.id, work.now)
        work.session.flush()


def list_invoices(call: Call, wanted: InvoiceQuery) -> Page[MatchRow]:
    """Give the invoices that the caller sees and asks for.

    :raises SearchNotFitting: for days or amounts the wrong way round.
    """
    return page(
        call.session,
        matching(queries.visible_invoices(call), wanted),
        InvoiceCase,
        wanted.page,
        lambda row: MatchRow.model_validate(row, from_attributes=True),
    )


def list_decisions(call: Call, invoice_id: UUID, wanted: PageQuery) -> Page[DecisionOut]:
    case = queries.invoice(call, invoice_id)
    return page(call.session, queries.decisions_of(case.id), MatchDecision, wanted, decision_out)


def get_proof(call: Call, invoice_id: UUID) -> Raw:
    """Give the canonical JSON that the live decision rests on; its SHA-256 stands in the decision."""
    case = queries.invoice(call, invoice_id)
    row = queries.decision(call.session, case.decision_id)
    return Raw(row.proof.encode(), "application/json")


def match_out(call: Call, case: InvoiceCase, decision: MatchDecision | None = None) -> MatchOut:
    """Give a case with its live decision as it is answered, which is read unless it is at hand."""
    call.session.flush()
    live = decided_out(decision or queries.decision(call.session, case.decision_id))
    return MatchOut(**case.model_dump(exclude={"document"}), decision=live)
