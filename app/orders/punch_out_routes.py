"""Doors of punch-out: shops, visits to them, and the one through which carts come back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.calls import Door, IfMatch
from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.orders import carts, entries, shops, visits
from app.orders.carts import Returned, return_door, returned
from app.orders.punch_out_doors import FORM, XML_TYPES, OfMeans
from app.orders.punch_out_messages import BegunVisit, EntryOut, ShopIn, ShopOut, VisitOut
from app.orders.visits import Entrance, entrance
from app.organisations.access import Actor, Db

router = APIRouter(tags=["punch-out"], responses=RESPONSES)
return_router = APIRouter(tags=["punch-out"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]
Entering = Annotated[Entrance, Depends(entrance)]
ReturnDb = Annotated[Door[Actor], Depends(return_door)]
ReturnedCart = Annotated[Returned, Depends(returned)]
CART = {
    "requestBody": {
        "required": True,
        "content": {media_type: {"schema": {"type": "string"}} for media_type in (FORM, *XML_TYPES)},
    }
}


@router.put("/agreements/{agreement_id}/punch-out-shop", response_model=ShopOut, responses={201: {"model": ShopOut}})
def set_punch_out_shop(agreement_id: UUID, body: ShopIn, db: Db, means: OfMeans, if_match: IfMatch = None) -> Response:
    """Say how the supplier's shop behind an agreement is entered; its secret is kept encrypted and never told."""
    return db.run(shops.set_shop, agreement_id, body, means, if_match)


@router.get("/agreements/{agreement_id}/punch-out-shop", response_model=ShopOut)
def get_punch_out_shop(agreement_id: UUID, db: Db) -> Response:
    """How the shop behind an agreement is entered."""
    return db.run(shops.get_shop, agreement_id)


@router.delete("/agreements/{agreement_id}/punch-out-shop", status_code=204)
def remove_punch_out_shop(agreement_id: UUID, db: Db, if_match: IfMatch = None) -> Response:
    """Remove the shop behind an agreement; no cart comes back from it any more."""
    return db.run(shops.remove_shop, agreement_id, if_match)


@router.post("/agreements/{agreement_id}/punch-out-sessions", status_code=201, response_model=BegunVisit)
def begin_punch_out(agreement_id: UUID, db: Db, means: OfMeans, entering: Entering) -> Response:  # noqa: ARG001
    """Go to the shop behind an agreement for an organisation; a cXML shop is asked to let you in."""
    return db.run(visits.begin_visit, entering, means)


@router.get("/punch-out-sessions", response_model=Page[VisitOut])
def list_punch_outs(wanted: Wanted, db: Db) -> Response:
    """Your visits to shops."""
    return db.run(visits.list_visits, wanted)


@router.get("/punch-out-sessions/{session_id}", response_model=VisitOut)
def get_punch_out(session_id: UUID, db: Db) -> Response:
    """A visit of yours, and the requisition that its cart became."""
    return db.run(visits.get_visit, session_id)


@router.get("/punch-out-sessions/{session_id}/entry", response_model=EntryOut)
def get_punch_out_entry(session_id: UUID, db: Db, means: OfMeans) -> Response:
    """The form by which a browser enters the shop. It holds the shop's secret: send it on, and keep it nowhere."""
    return db.run(entries.get_entry, session_id, means)


@router.get("/punch-out-sessions/{session_id}/form", response_class=Response)
def get_punch_out_form(session_id: UUID, db: Db, means: OfMeans) -> Response:
    """The same as a page that sends itself."""
    return db.run(entries.get_form, session_id, means)


@return_router.post(
    "/punch-out/return/{session_id}",
    status_code=303,
    response_class=Response,
    responses={303: {"description": "Taken; `Location` is the requisition, or the visit when nothing was bought"}},
    openapi_extra=CART,
)
def return_from_punch_out(db: ReturnDb, cart: ReturnedCart) -> Response:
    """Where a shop sends the cart of a visit, once; the token in the address says whose it is. The only path beside
    the health checks that takes no bearer token.
    """
    return db.run(carts.take_back, cart)
