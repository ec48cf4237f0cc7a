"""Doors for whoever handles invoices: corrections, questions, and decisions by persons."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.kit.calls import IfMatch
from app.kit.problems import RESPONSES
from app.match import correcting, disputing, explaining, non_orders, overriding, suggesting
from app.match.handling_messages import (
    CaseOut,
    ChargesIn,
    DisputeIn,
    ExplanationIn,
    LinesIn,
    NonOrderIn,
    OrderNumbersIn,
    QuestionIn,
    SuggestionsOut,
)
from app.orders.messages import ReasonIn
from app.organisations.access import Db

router = APIRouter(prefix="/match/{invoice_id}", tags=["match"], responses=RESPONSES)


@router.get("/order-suggestions", response_model=SuggestionsOut)
def get_order_suggestions(invoice_id: UUID, db: Db) -> Response:
    """Open orders that an invoice may bill, the likeliest first, and what speaks for each; nothing is decided by it."""
    return db.run(suggesting.order_suggestions, invoice_id)


@router.post("/order-numbers", response_model=CaseOut)
def set_order_numbers(invoice_id: UUID, body: OrderNumbersIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say which orders an invoice bills; it is decided anew."""
    return db.run(correcting.set_order_numbers, invoice_id, body, if_match)


@router.post("/line-mappings", response_model=CaseOut)
def map_invoice_lines(invoice_id: UUID, body: LinesIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say which order lines invoice lines bill, splitting those that bill several; the invoice is decided anew."""
    return db.run(correcting.map_lines, invoice_id, body, if_match)


@router.post("/charges", response_model=CaseOut)
def accept_invoice_charges(invoice_id: UUID, body: ChargesIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say that lines are charges, such as freight; the invoice is decided anew."""
    return db.run(correcting.accept_charges, invoice_id, body, if_match)


@router.post("/clear-duplicate", response_model=CaseOut)
def clear_duplicate(invoice_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say that an invoice is another than the one it looks like; it is decided anew."""
    return db.run(correcting.clear_duplicate, invoice_id, body.reason, if_match)


@router.post("/ask-buyer", response_model=CaseOut)
def ask_buyer(invoice_id: UUID, body: QuestionIn, db: Db, if_match: IfMatch = None) -> Response:
    """Ask the buyer about an invoice."""
    return db.run(explaining.ask_buyer, invoice_id, body.text, if_match)


@router.post("/explain", response_model=CaseOut)
def explain_invoice(invoice_id: UUID, body: ExplanationIn, db: Db, if_match: IfMatch = None) -> Response:
    """Explain, as a buyer, why an invoice differs from its order; then a disponent or a handler goes on."""
    return db.run(explaining.explain, invoice_id, body, if_match)


@router.post("/ask-for-receipt", response_model=CaseOut)
def ask_for_receipt(invoice_id: UUID, body: QuestionIn, db: Db, if_match: IfMatch = None) -> Response:
    """Ask the receiver to register what has come."""
    return db.run(explaining.ask_for_receipt, invoice_id, body.text, if_match)


@router.post("/approve", response_model=CaseOut)
def approve_invoice(invoice_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Approve an invoice within your invoice prokura, or accept a deviation of money by name."""
    return db.run(overriding.approve, invoice_id, body.reason, if_match)


@router.post("/dispute", response_model=CaseOut)
def dispute_invoice(invoice_id: UUID, body: DisputeIn, db: Db, if_match: IfMatch = None) -> Response:
    """Turn an invoice away; the supplier gets an ApplicationResponse with your reasons."""
    return db.run(disputing.dispute, invoice_id, body, if_match)


@router.post("/non-order", response_model=CaseOut)
def make_non_order(invoice_id: UUID, body: NonOrderIn, db: Db, if_match: IfMatch = None) -> Response:
    """Post an invoice that has no order, and let it wait for an approver."""
    return db.run(non_orders.make_non_order, invoice_id, body, if_match)


@router.post("/reverse", response_model=CaseOut)
def reverse_approval(invoice_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Take an approval back, saying why, before its posting was taken over."""
    return db.run(overriding.reverse, invoice_id, body.reason, if_match)
