"""Approved invoices as postings for an ERP: made with the approval, in its transaction, and withdrawn with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, insert
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col, select

from app.documents.invoice import Invoice
from app.documents.party import Party
from app.kit import audit
from app.kit.db import rows, write
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.match import queries
from app.match.engine.document_rules import tax_sum
from app.match.engine.facts import Case
from app.match.models import InvoiceCase, MatchDecision
from app.match.payable_messages import PartKind, PayeeOut, PostingContent
from app.match.payable_models import Payable
from app.match.payable_parts import Place, divided_place, parts_of, taxes_of
from app.match.payment_details import payment_of
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.posting_models import PostingShare
from app.organisations.supplier_models import Supplier

ADD: Final = insert(SQLModel.metadata.tables[Payable.__tablename__])
_MADE: Final = columns(col(Payable.id)).where(col(Payable.decision_id) == bindparam("decision_id"))
_BILLED: Final[Select[*tuple[Any, ...]]] = (
    columns(
        col(PurchaseOrderLine.id),
        col(PurchaseOrderLine.line_id),
        col(PurchaseOrderLine.accounting_cost),
        col(PurchaseOrder.number),
        col(PurchaseOrder.accounting_cost).label("order_cost"),
        col(PostingShare.accounting_cost).label("share_cost"),
        col(PostingShare.amount).label("share_amount"),
    )
    .join_from(PurchaseOrderLine, PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.order_id))
    .outerjoin(PostingShare, col(PostingShare.order_line_id) == col(PurchaseOrderLine.id))
    .where(col(PurchaseOrderLine.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(PurchaseOrderLine.id), col(PostingShare.position))
)
PAYS_NOTHING: Final = frozenset({PartKind.ROUNDING, PartKind.PREPAID})
"""Parts that an ERP books by itself: nobody says where."""


class PostingAcknowledged(Conflict):
    """An ERP has acknowledged the invoice's posting: its approval is not taken back any more."""


def release(
    session: Session,
    case: InvoiceCase,
    now: datetime,
    *,
    facts: Case | None = None,
    decision: MatchDecision | None = None,
) -> None:
    """Make the posting of a case whose live decision approves it, in the open transaction; once for each decision.

    `facts` and `decision` are the case's own, and are read unless they are at hand: of a decision that was just made
    there is no posting yet.
    """
    if decision is None and rows(session, _MADE, decision_id=case.decision_id):
        return
    bill = Invoice.model_validate(case.document) if facts is None else facts.invoice
    live = decision or queries.decision(session, case.decision_id)
    supplier = _supplier(session, case.supplier_id, bill.supplier, facts.supplier_keys if facts is not None else None)
    content = _content(session, bill, live, supplier)
    row = Payable(
        id=new_id(now),
        invoice_id=case.id,
        decision_id=live.id,
        organisation_id=case.organisation_id,
        root_id=case.root_id,
        content=content.model_dump(mode="json", exclude_none=True),
        released_at=now,
    )
    write(session, ADD, {name: getattr(row, name) for name in Payable.model_fields})
    _note(session, row, "posting.released", now)


def withdraw(session: Session, case: InvoiceCase, now: datetime) -> None:
    """Withdraw the posting of a case whose approval is taken back; without one nothing happens.

    :raises PostingAcknowledged: when an ERP has it.
    """
    session.exec(select(InvoiceCase.id).where(InvoiceCase.id == case.id).with_for_update()).one()
    query = select(Payable).where(Payable.invoice_id == case.id, col(Payable.withdrawn_at).is_(None))
    query = query.with_for_update().execution_options(populate_existing=True)
    for row in session.exec(query.order_by(col(Payable.id))).all():
        if row.acknowledged_at is not None:
            raise PostingAcknowledged(
                f"an ERP has posting {row.id} of invoice {case.number} since {row.acknowledged_at.isoformat()}; "
                "ask the supplier for a credit note instead"
            )
        row.withdrawn_at = now
        _note(session, row, "posting.withdrawn", now)


def _note(session: Session, row: Payable, action: str, now: datetime) -> None:
    facts = {"invoice_id": str(row.invoice_id), "decision_id": str(row.decision_id)}
    audit.record(
        session, action, chain=row.root_id, entity="posting", entity_id=row.id, now=now, actor_id=None, facts=facts
    )


def _content(session: Session, invoice: Invoice, decision: MatchDecision, supplier: PayeeOut) -> PostingContent:
    payee = _party(invoice.payee) if invoice.payee is not None else None
    paid = payee if payee is not None else supplier
    content = PostingContent(
        type=invoice.document_type,
        number=invoice.number,
        supplier=supplier,
        payee=payee,
        issue_date=invoice.issue_date,
        due_date=_due_date(invoice),
        currency=invoice.document_currency_code,
        net_amount=invoice.total.net_amount,
        tax_amount=tax_sum(invoice),
        payable_amount=invoice.total.payable_amount,
        taxes=taxes_of(invoice.tax_totals),
        parts=parts_of(invoice, _places(session, decision.answer)),
        payment=[payment_of(means, paid.cvr) for means in invoice.payment_means],
        order_numbers=list(dict.fromkeys(invoice.order_numbers)),
        credited_numbers=_credited(invoice) if invoice.is_credit else [],
        proof_sha256=decision.proof_sha256,
    )
    content.missing = list(_missing(content))
    return content


def _supplier(session: Session, supplier_id: UUID | None, party: Party, keys: Sequence[str] | None) -> PayeeOut:
    if supplier_id is None:
        return _party(party)
    row = session.get_one(Supplier, supplier_id)
    known = queries.keys_by_supplier(session, [row.id])[0].get(row.id, ()) if keys is None else keys
    return PayeeOut(id=row.id, name=row.name, cvr=row.cvr or _cvr(party), keys=list(known))


def _party(party: Party) -> PayeeOut:
    return PayeeOut(name=party.name, cvr=_cvr(party), keys=list(party.keys))


def _cvr(party: Party) -> str | None:
    numbers = (one.value for one in party.identifiers if one.scheme_id == "DK:CVR")
    return next((number.removeprefix("DK") for number in numbers), None)


def _due_date(invoice: Invoice) -> Any:
    stated = (means.due_date for means in invoice.payment_means if means.due_date is not None)
    return invoice.due_date or next(stated, None)


def _credited(credit: Invoice) -> list[str]:
    references = [*credit.billing_references, *(one for line in credit.lines for one in line.billing_references)]
    return list(dict.fromkeys(one.invoice.number for one in references if one.invoice is not None))


def _places(session: Session, answer: Mapping[str, Any]) -> dict[str, list[Place]]:
    """Give where invoice lines are booked: where a person has posted them, or else where the order lines are posted
    that they bill.
    """
    posted = answer.get("person", {}).get("postings", ())
    if not posted:
        return _places_of_orders(session, answer.get("allocations", ()))
    found: dict[str, list[Place]] = {}
    for one in posted:
        place = Place(one["accounting_cost"], abs(Decimal(one["amount"])))
        found.setdefault(one["invoice_line_id"], []).append(place)
    return found


def _places_of_orders(session: Session, allocations: Sequence[Mapping[str, str]]) -> dict[str, list[Place]]:
    ids = {UUID(one["order_line_id"]) for one in allocations}
    billed: dict[UUID, list[Any]] = {}
    for row in rows(session, _BILLED, ids=list(ids)) if ids else ():
        billed.setdefault(row.id, []).append(row)
    found: dict[str, list[Place]] = {}
    for one in allocations:
        shares = billed[UUID(one["order_line_id"])]
        line, weight = shares[0], abs(Decimal(one["amount"]))
        place = Place(line.accounting_cost or line.order_cost, weight, line.number, line.line_id)
        parts = [(share.share_cost, share.share_amount) for share in shares if share.share_cost is not None]
        found.setdefault(one["invoice_line_id"], []).extend(divided_place(place, parts) if parts else [place])
    return found


def _missing(content: PostingContent) -> Iterable[str]:
    if content.supplier.cvr is None:
        yield "/supplier/cvr"
    for index, part in enumerate(content.parts):
        if part.accounting_cost is None and part.kind not in PAYS_NOTHING:
            yield f"/parts/{index}/accounting_cost"
    if content.type == "CreditNote":
        return
    if content.due_date is None:
        yield "/due_date"
    if not content.payment:
        yield "/payment"
    for index, payment in enumerate(content.payment):
        yield from (f"/payment/{index}/{name}" for name in payment.missing)
