"""Which offers of shops can be renewed without going there, and how long before their end they have to be."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from app.orders.punch_out_models import PunchOutProtocol, PunchOutShop, ShopFunction
from app.orders.requisition_models import LineSource, RequisitionLine

AHEAD: Final = timedelta(hours=24)


def can_validate(shop: PunchOutShop) -> bool:
    """Tell whether a shop says what a product costs now."""
    return shop.protocol == PunchOutProtocol.OCI and ShopFunction.VALIDATE in shop.functions


def renewable(session: Session, lines: Sequence[RequisitionLine]) -> dict[UUID, timedelta]:
    """Give how long before its end the offer of a line is asked for anew, where its shop can be asked: a day, or half
    the time for which the shop's offers are good.
    """
    dated = [line for line in lines if line.source == LineSource.PUNCH_OUT and line.expires_at is not None]
    if not dated:
        return {}
    query = select(PunchOutShop).where(col(PunchOutShop.agreement_id).in_({line.agreement_id for line in dated}))
    shops = {shop.agreement_id: shop for shop in session.exec(query).all() if can_validate(shop)}
    return {
        line.id: min(AHEAD, timedelta(hours=shops[line.agreement_id].quote_hours or 2 * 24) / 2)
        for line in dated
        if line.agreement_id in shops
    }
