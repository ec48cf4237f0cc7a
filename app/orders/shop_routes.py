"""Doors to what shops answer in the background: their products by words, and their prices at this moment."""

from uuid import UUID

from fastapi import APIRouter, Response

from app.kit.calls import IfMatch
from app.kit.problems import RESPONSES
from app.orders import price_checks, shop_hits
from app.orders.price_checks import OfAnswers
from app.orders.punch_out_doors import OfMeans
from app.orders.requisition_messages import RequisitionOut
from app.orders.shop_hits import OfAnswer
from app.orders.shop_messages import HitIn, HitsOut, PriceCheckIn, PriceCheckOut
from app.organisations.access import Db

router = APIRouter(tags=["punch-out"], responses=RESPONSES)


@router.get("/agreements/{agreement_id}/shop-hits", response_model=HitsOut)
def search_shop(agreement_id: UUID, db: Db, found: OfAnswer, means: OfMeans) -> Response:  # noqa: ARG001
    """What the shop behind an agreement has by some words, as it is offered now; nothing of it is kept."""
    return db.run(shop_hits.list_hits, found, means)


@router.post("/requisitions/{requisition_id}/shop-lines", status_code=201, response_model=RequisitionOut)
def add_shop_line(requisition_id: UUID, body: HitIn, db: Db, means: OfMeans, if_match: IfMatch = None) -> Response:
    """Put something that a shop was found to have on a requisition, within half an hour."""
    return db.run(shop_hits.add_hit, requisition_id, body, means, if_match)


@router.post("/requisitions/{requisition_id}/check-prices", response_model=PriceCheckOut)
def check_shop_prices(
    requisition_id: UUID, body: PriceCheckIn, db: Db, answers: OfAnswers, if_match: IfMatch = None
) -> Response:
    """Ask the shops what lines of their carts cost now: the differences of each, which are taken with `take` alone."""
    return db.run(price_checks.check_prices, requisition_id, body, answers, if_match)
