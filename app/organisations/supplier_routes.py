"""Doors to suppliers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.organisations import suppliers
from app.organisations.access import Db
from app.organisations.supplier_messages import SupplierIn, SupplierOut

router = APIRouter(tags=["organisations"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/suppliers", status_code=201, response_model=SupplierOut)
def register_supplier(body: SupplierIn, db: Db) -> Response:
    """Register a supplier."""
    return db.run(suppliers.register_supplier, body)


@router.get("/suppliers", response_model=Page[SupplierOut])
def list_suppliers(wanted: Wanted, db: Db) -> Response:
    """The suppliers."""
    return db.run(suppliers.list_suppliers, wanted)


@router.get("/suppliers/{supplier_id}", response_model=SupplierOut)
def get_supplier(supplier_id: UUID, db: Db) -> Response:
    """One supplier."""
    return db.run(suppliers.get_supplier, supplier_id)
