"""Doors of the match chapter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.dialects import Received, body_of, body_schema
from app.documents.invoice import Invoice
from app.kit.calls import wants_xml
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.match import handling, service, supplier_invoices
from app.match.handling_messages import CaseOut
from app.match.invoice_search import InvoiceQuery
from app.match.messages import DecisionOut, MatchOut, MatchRow, SupplierInvoiceOut
from app.organisations.access import Db

router = APIRouter(tags=["match"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
AsXml = Annotated[bool, Depends(wants_xml)]
Bill = Annotated[Received[Invoice], Depends(body_of(Invoice, "Invoice", "CreditNote"))]


@router.post("/match", response_model=MatchOut, openapi_extra=body_schema("Invoice", "CreditNote"))
def submit(db: Db, received: Bill, as_xml: AsXml) -> Response:
    """Hand in an invoice or credit note; it is decided at once, and the same bytes get the same answer again. With
    `Accept: application/xml` the answer is an ApplicationResponse.
    """
    return db.run(service.answer, received, as_xml=as_xml)


@router.get("/match", response_model=Page[MatchRow])
def list_invoices(wanted: Annotated[InvoiceQuery, Query()], db: Db) -> Response:
    """The invoices that you see, auto-approved ones like any other: by outcome, supplier, numbers, days and amounts."""
    return db.run(service.list_invoices, wanted)


@router.get("/match/{invoice_id}", response_model=CaseOut)
def get_invoice(invoice_id: UUID, db: Db, as_xml: AsXml) -> Response:
    """One invoice with its live decision: why it was approved, waits or deviates, and what would have passed."""
    return db.run(handling.get_invoice, invoice_id, as_xml=as_xml)


@router.get("/match/{invoice_id}/decisions", response_model=Page[DecisionOut])
def list_decisions(invoice_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Every decision about an invoice, the first one first."""
    return db.run(service.list_decisions, invoice_id, wanted)


@router.get("/match/{invoice_id}/proof", response_class=Response)
def get_proof(invoice_id: UUID, db: Db) -> Response:
    """The canonical JSON that the live decision rests on."""
    return db.run(service.get_proof, invoice_id)


@router.get("/suppliers/{supplier_id}/invoices", response_model=Page[SupplierInvoiceOut])
def list_supplier_invoices(supplier_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Your own invoices as a supplier: how far each has come, and why it was rejected."""
    return db.run(supplier_invoices.list_supplier_invoices, supplier_id, wanted)
