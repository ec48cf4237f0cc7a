"""What an invoice was understood to mean: the corrections that were made of it, read back and put together."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.documents.invoice import Invoice
from app.kit.ids import new_id
from app.kit.money import Quantity, plain
from app.match.corrections import Meaning, Part, corrected, with_charge, with_line
from app.match.engine.facts import ChargeKind
from app.match.handling_models import CaseCorrection, CorrectionKind
from app.match.models import InvoiceCase
from app.organisations.access import Call


def corrections_of(session: Session, invoice_id: UUID) -> Sequence[CaseCorrection]:
    """Give the corrections of an invoice in the order in which they were made."""
    query = select(CaseCorrection).where(CaseCorrection.invoice_id == invoice_id)
    return session.exec(query.order_by(col(CaseCorrection.id))).all()


def understood(session: Session, case: InvoiceCase) -> Invoice:
    """Give an invoice as it is meant."""
    invoice = Invoice.model_validate(case.document)
    return corrected(invoice, meaning_of(corrections_of(session, case.id)))


def meaning_of(corrections: Sequence[CaseCorrection]) -> Meaning:
    """Put corrections together: of two of one thing the later counts."""
    meaning = Meaning()
    for row in corrections:
        line_id = row.invoice_line_id or ""
        if row.kind == CorrectionKind.ORDER_NUMBERS:
            meaning = Meaning(tuple(row.value["order_numbers"]), meaning.parts, meaning.charges)
        elif row.kind == CorrectionKind.LINE:
            meaning = with_line(meaning, line_id, tuple(_part(value) for value in row.value["parts"]))
        elif row.kind == CorrectionKind.CHARGE:
            meaning = with_charge(meaning, line_id, ChargeKind(row.value["charge"]))
    return meaning


def no_duplicates_of(corrections: Sequence[CaseCorrection]) -> frozenset[str]:
    """Give the ids of earlier invoices that somebody said an invoice is no duplicate of."""
    rows = (row for row in corrections if row.kind == CorrectionKind.NO_DUPLICATE)
    return frozenset(invoice_id for row in rows for invoice_id in row.value["earlier"])


def keep_correction(
    call: Call, case: InvoiceCase, kind: CorrectionKind, value: dict[str, Any], reason: str, line_id: str | None = None
) -> None:
    """Write a correction down."""
    row = CaseCorrection(
        id=new_id(call.now),
        invoice_id=case.id,
        kind=kind,
        invoice_line_id=line_id,
        value=value,
        reason=reason,
        made_by=call.actor.id,
        made_for=call.actor.on_behalf_of,
        made_at=call.now,
    )
    call.session.add(row)
    call.session.flush()


def stated(part: Part) -> dict[str, Any]:
    """Give a part as it is kept."""
    kept = {"order_number": part.order_number, "line_id": part.line_id}
    if part.quantity is not None:
        kept |= {"quantity": plain(part.quantity.value), "unit_code": part.quantity.unit_code}
    return kept


def _part(value: dict[str, Any]) -> Part:
    quantity = Quantity(Decimal(value["quantity"]), value["unit_code"]) if "quantity" in value else None
    return Part(value["order_number"], value["line_id"], quantity)
