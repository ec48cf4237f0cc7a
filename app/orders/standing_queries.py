"""Reads of standing orders: what repeats itself, on which terms, and what invoices have taken of its periods."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.orders import queries
from app.orders.models import OrderType, PurchaseOrder
from app.orders.periods import Expected, Period, Schedule
from app.orders.standing_models import StandingOrder, StandingTerms, StandingUse, TermsStatus
from app.organisations.access import Call


def visible_standing_orders(call: Call) -> SelectOfScalar[PurchaseOrder]:
    """Give the standing orders among the orders that the actor sees."""
    return queries.visible_orders(call).where(PurchaseOrder.type == OrderType.STANDING)


def standing_order(call: Call, order_id: UUID, *, lock: bool = False) -> tuple[PurchaseOrder, StandingOrder]:
    """Find a standing order that the actor sees; `lock` keeps its order's row until the transaction ends.

    :raises OrderNotFound: otherwise, for an order of another kind too.
    """
    order = queries.order(call, order_id, lock=lock)
    if order.type != OrderType.STANDING:
        raise queries.OrderNotFound(f"there is no standing order {order_id}")
    return order, standing_of(call.session, order.id)


def standing_of(session: Session, order_id: UUID) -> StandingOrder:
    """Give what a standing order has beside its order, as it is now."""
    return session.get_one(StandingOrder, order_id, populate_existing=True)


def has_run_out(session: Session, order: PurchaseOrder) -> bool:
    """Tell whether an order was closed by itself when it had run out: what belongs to its periods may still come."""
    standing = session.get(StandingOrder, order.id) if order.type == OrderType.STANDING else None
    return standing is not None and standing.expired_on is not None


def schedule_of(standing: StandingOrder) -> Schedule:
    """Give how it repeats itself."""
    return Schedule(standing.recurrence, standing.anchor_on, standing.valid_to)


def terms_of(session: Session, order_id: UUID) -> list[StandingTerms]:
    """Give all terms of a standing order, the oldest first."""
    query = select(StandingTerms).where(StandingTerms.order_id == order_id)
    return list(session.exec(query.order_by(col(StandingTerms.ordinal))).all())


def in_force(terms: Sequence[StandingTerms]) -> list[StandingTerms]:
    """Give the terms that were approved; of an order that is not approved yet, those it was made with."""
    return [one for one in terms if one.status == TermsStatus.APPROVED] or list(terms[:1])


def terms_at(period: Period, terms: Sequence[StandingTerms]) -> StandingTerms:
    """Give the terms of a period, of those in force: the newest that hold on its first day, or else the first ones."""
    return next((one for one in reversed(terms) if one.effective_from <= period.first_on), terms[0])


def expected_of(terms: Sequence[StandingTerms]) -> tuple[Expected, ...]:
    """Give what periods cost under some terms."""
    return tuple(Expected(one.effective_from, one.expected_amount) for one in terms)


def uses_of(session: Session, order_id: UUID) -> Sequence[StandingUse]:
    """Give what invoices have taken of a standing order's periods, in order."""
    query = select(StandingUse).where(StandingUse.order_id == order_id)
    return session.exec(query.order_by(col(StandingUse.id))).all()


def named_by_reference(session: Session, references: Sequence[str], supplier_id: UUID, root_id: UUID) -> Sequence[UUID]:
    """Give the standing orders with a supplier that have one of some normalised references."""
    return session.exec(
        select(StandingOrder.order_id)
        .join(PurchaseOrder, col(PurchaseOrder.id) == col(StandingOrder.order_id))
        .where(
            StandingOrder.supplier_id == supplier_id,
            col(StandingOrder.normalised_reference).in_(references),
            PurchaseOrder.root_id == root_id,
        )
        .order_by(col(StandingOrder.order_id))
    ).all()
