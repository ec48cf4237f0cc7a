"""Where a visit to a shop stands: one that was not used in time, or whose shop is gone, is over without a write."""

from datetime import datetime

from app.kit.errors import Conflict
from app.orders.punch_out_messages import VisitOut
from app.orders.punch_out_models import PunchOutSession, PunchOutState

UNDERWAY = (PunchOutState.CREATED, PunchOutState.STARTED)


class PunchOutSessionUsed(Conflict):
    """The visit has come back already: its token is good once."""


class PunchOutSessionExpired(Conflict):
    """The visit's time is over, or its shop was removed; begin another."""


def standing_of(visit: PunchOutSession, now: datetime) -> PunchOutState:
    is_over = visit.expires_at <= now or visit.shop_id is None
    return PunchOutState.EXPIRED if visit.status in UNDERWAY and is_over else visit.status


def require_underway(visit: PunchOutSession, now: datetime) -> None:
    """Let only a visit pass that can still come back.

    :raises PunchOutSessionUsed: for one that has.
    :raises PunchOutSessionExpired: for one whose time is over.
    """
    standing = standing_of(visit, now)
    if standing == PunchOutState.EXPIRED:
        raise PunchOutSessionExpired("the visit to the shop is over: its time ran out, or the shop was removed")
    if standing not in UNDERWAY:
        raise PunchOutSessionUsed(f"the visit to the shop is {standing}; a cart comes back once")


def visit_out(visit: PunchOutSession, now: datetime) -> VisitOut:
    return VisitOut(**visit.model_dump(exclude={"status"}), status=standing_of(visit, now))
