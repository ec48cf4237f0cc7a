"""Doors to suppliers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations import supplier_changing, supplier_standing, suppliers
from app.organisations.access import Db
from app.organisations.supplier_messages import SupplierChange, SupplierIn, SupplierOut, SupplierReasonIn

router = APIRouter(tags=["organisations"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/suppliers", status_code=201, response_model=SupplierOut)
def register_supplier(body: SupplierIn, db: Db) -> Response:
    """Register a supplier; it gets orders once it is ACTIVE, `missing` says what that takes."""
    return db.run(suppliers.register_supplier, body)


@router.get("/suppliers", response_model=Page[SupplierOut])
def list_suppliers(wanted: Wanted, db: Db) -> Response:
    """The suppliers."""
    return db.run(suppliers.list_suppliers, wanted)


@router.get("/suppliers/{supplier_id}", response_model=SupplierOut)
def get_supplier(supplier_id: UUID, db: Db) -> Response:
    """One supplier."""
    return db.run(suppliers.get_supplier, supplier_id)


@router.patch("/suppliers/{supplier_id}", response_model=SupplierOut)
def change_supplier(supplier_id: UUID, body: SupplierChange, db: Db, if_match: IfMatch = None) -> Response:
    """Change it. An active one that takes OIOUBL is REGISTERED again when its endpoint, its channel or the profile of
    its orders changes, since nothing has tried the new way.
    """
    return db.run(supplier_changing.change_supplier, supplier_id, body, if_match)


@router.post("/suppliers/{supplier_id}/verify", response_model=SupplierOut)
def verify_supplier(supplier_id: UUID, body: SupplierIn, db: Db, if_match: IfMatch = None) -> Response:
    """Take in one that only a document has named, after somebody has looked."""
    return db.run(supplier_changing.verify_supplier, supplier_id, body, if_match)


@router.post("/suppliers/{supplier_id}/activate", response_model=SupplierOut)
def activate_supplier(supplier_id: UUID, body: SupplierReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Let it get orders by e-mail; one that takes OIOUBL becomes active by accepting a test order."""
    return db.run(supplier_standing.activate_supplier, supplier_id, body, if_match)


@router.post("/suppliers/{supplier_id}/block", response_model=SupplierOut)
def block_supplier(supplier_id: UUID, body: SupplierReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Stop it for everybody: no orders, no catalogues, no invoice approved without a person; what was sent goes on."""
    return db.run(supplier_standing.block_supplier, supplier_id, body, if_match)


@router.post("/suppliers/{supplier_id}/unblock", response_model=SupplierOut)
def unblock_supplier(supplier_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Give it back the state that it was blocked in."""
    return db.run(supplier_standing.unblock_supplier, supplier_id, if_match)
