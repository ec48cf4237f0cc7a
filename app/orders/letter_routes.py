"""Doors of orders as suppliers without an endpoint get them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.kit.calls import IfMatch, wants_xml
from app.kit.problems import RESPONSES
from app.orders import order_documents, undelivered
from app.orders.messages import OrderOut
from app.organisations.access import Db
from app.organisations.notice_models import Language

router = APIRouter(tags=["orders"], responses=RESPONSES)
AsXml = Annotated[bool, Depends(wants_xml)]
InLanguage = Annotated[Language | None, Query(description="Another language than the supplier's.")]


@router.get("/orders/{order_id}/document", response_class=Response)
def get_order_document(order_id: UUID, as_xml: AsXml, db: Db, language: InLanguage = None) -> Response:
    """An order as a page to read or print, as its supplier gets it by mail; with `Accept: application/xml` the OIOUBL
    that it was sent as or would be sent as today.
    """
    return db.run(order_documents.get_order_document, order_id, language, as_xml=as_xml)


@router.post("/orders/{order_id}/send-again", response_model=OrderOut)
def send_order_again(order_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Try once more to deliver an order, or a change or cancellation of it, that did not reach the supplier."""
    return db.run(undelivered.send_again, order_id, if_match)
