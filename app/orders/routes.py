"""Doors of the orders chapter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import IfMatch, wants_xml
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import approval, approval_steps, cascading, e_orders, service, test_orders
from app.orders.approval_messages import ApprovalIn, ApprovalStepOut, ApproverIn
from app.orders.messages import CascadeException, EOrderException, OrderIn, OrderOut, OrderRow, ReasonIn
from app.orders.outside_messages import SupplierOrderOut
from app.orders.test_order_messages import SupplierTestIn, SupplierTestOut
from app.organisations.access import Db

router = APIRouter(tags=["orders"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
AsXml = Annotated[bool, Depends(wants_xml)]


@router.post("/orders", status_code=201, response_model=OrderOut)
def create_order(body: OrderIn, db: Db) -> Response:
    """Make an order in DRAFT, of lines from the catalogue or, with the type TEXT, in words: one organisation, one
    supplier, one agreement.
    """
    return db.run(service.create_order, body)


@router.get("/orders", response_model=Page[OrderRow])
def list_orders(wanted: Wanted, db: Db) -> Response:
    """The orders that you see."""
    return db.run(service.list_orders, wanted)


@router.get("/orders/{order_id}", response_model=OrderOut | SupplierOrderOut)
def get_order(order_id: UUID, as_xml: AsXml, db: Db) -> Response:
    """One order; with `Accept: application/xml` the OIOUBL document it was sent or received as. Its supplier gets the
    second form.
    """
    return db.run(service.get_order, order_id, as_xml=as_xml)


@router.post("/orders/{order_id}/submit", response_model=OrderOut)
def submit_order(order_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Ask for approval."""
    return db.run(service.submit_order, order_id, if_match)


@router.post("/orders/{order_id}/approve", response_model=OrderOut)
def approve_order(order_id: UUID, db: Db, body: ApprovalIn | None = None, if_match: IfMatch = None) -> Response:
    """Approve within your prokura, with the points of the checklist that you looked at; the order is sent at once."""
    return db.run(approval.approve_order, order_id, body, if_match)


@router.post("/orders/{order_id}/return", response_model=OrderOut)
def return_order(order_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Give it back to its buyer, saying why."""
    return db.run(approval.return_order, order_id, body.reason, if_match)


@router.post("/orders/{order_id}/reject", response_model=OrderOut)
def reject_order(order_id: UUID, body: ReasonIn, db: Db, if_match: IfMatch = None) -> Response:
    """Say no for good, saying why."""
    return db.run(approval.reject_order, order_id, body.reason, if_match)


@router.post("/orders/{order_id}/approver", response_model=OrderOut)
def name_approver(order_id: UUID, body: ApproverIn, db: Db, if_match: IfMatch = None) -> Response:
    """Ask another disponent first; if they cannot approve it, it goes to who can."""
    return db.run(approval.name_approver, order_id, body, if_match)


@router.get("/orders/{order_id}/approvals", response_model=Page[ApprovalStepOut])
def list_approvals(order_id: UUID, wanted: Wanted, db: Db) -> Response:
    """Every step of an order's approval: who, for whom, when and why."""
    return db.run(approval_steps.list_steps, order_id, wanted)


@router.post("/suppliers/{supplier_id}/test-orders", status_code=201, response_model=SupplierTestOut)
def send_test_order(supplier_id: UUID, body: SupplierTestIn, db: Db) -> Response:
    """Send a registered supplier a test order; when it accepts, it is ACTIVE. Nothing is bought by it."""
    return db.run(test_orders.send_test_order, supplier_id, body)


@router.get("/suppliers/{supplier_id}/test-orders", response_model=Page[SupplierTestOut])
def list_test_orders(supplier_id: UUID, wanted: Wanted, db: Db) -> Response:
    """The test orders that your branches sent it, or that were sent to you, and what was answered."""
    return db.run(test_orders.list_test_orders, supplier_id, wanted)


@router.get("/cascade-exceptions", response_model=Page[CascadeException])
def list_cascade_exceptions(wanted: Wanted, db: Db) -> Response:
    """What was bought past a binding agreement in your branches: who, what, and why."""
    return db.run(cascading.list_exceptions, wanted)


@router.get("/e-order-exceptions", response_model=Page[EOrderException])
def list_e_order_exceptions(wanted: Wanted, db: Db) -> Response:
    """Text orders on agreements that demand e-orders, in your branches: who, what, and why."""
    return db.run(e_orders.list_exceptions, wanted)
