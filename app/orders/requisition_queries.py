"""Reads of requisitions; they start from what the caller may see."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.agreements import queries as agreements
from app.catalogs import queries as catalogs
from app.catalogs.models import CatalogueLine
from app.kit.errors import NotFound
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.queries import is_made_for
from app.orders.requisition_models import Requisition, RequisitionLine, RequisitionStatus
from app.organisations.access import Call, branches
from app.organisations.permissions import Permission

OPEN: Final = frozenset(
    {RequisitionStatus.DRAFT, RequisitionStatus.RETURNED, RequisitionStatus.SUBMITTED, RequisitionStatus.IN_WORK}
)
"""Where a requisition may still become orders."""


class RequisitionNotFound(NotFound):
    """No such requisition, or not for this caller."""


class RequisitionLineNotFound(NotFound):
    """The requisition has no such line."""


def visible_requisitions(call: Call) -> SelectOfScalar[Requisition]:
    """Give the actor's own requisitions, and those of every branch where the actor reads requisitions, once they were
    submitted or became orders: somebody's basket is nobody else's.
    """
    told = or_(col(Requisition.submitted_at).is_not(None), col(Requisition.status) == RequisitionStatus.CONVERTED)
    read = branches(call.actor, Permission.REQUISITION_READ, Requisition.organisation_id)
    return select(Requisition).where(or_(is_made_for(call.actor.principal_id), and_(read, told)))


def requisition(call: Call, requisition_id: UUID, *, lock: bool = False) -> Requisition:
    """Find a requisition that the actor sees; `lock` keeps its row until the transaction ends.

    :raises RequisitionNotFound: otherwise.
    """
    query = visible_requisitions(call).where(Requisition.id == requisition_id)
    found = call.session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise RequisitionNotFound(f"there is no requisition {requisition_id}")
    return found


def lines_of(session: Session, requisition_id: UUID) -> list[RequisitionLine]:
    """Give a requisition's lines in order."""
    query = select(RequisitionLine).where(RequisitionLine.requisition_id == requisition_id)
    return list(session.exec(query.order_by(col(RequisitionLine.position))).all())


def line(session: Session, requisition: Requisition, line_id: UUID) -> RequisitionLine:
    """Find a line of a requisition.

    :raises RequisitionLineNotFound: otherwise.
    """
    found = session.get(RequisitionLine, line_id)
    if found is None or found.requisition_id != requisition.id:
        raise RequisitionLineNotFound(f"there is no line {line_id} of this requisition")
    return found


def next_position(session: Session, requisition_id: UUID) -> int:
    query = select(func.max(RequisitionLine.position)).where(RequisitionLine.requisition_id == requisition_id)
    return (session.exec(query).one() or 0) + 1


def orders_of(session: Session, lines: Sequence[RequisitionLine]) -> dict[UUID, tuple[UUID, str]]:
    """Give the id and the number of the order that came of each line, by the line's id."""
    found: Sequence[Any] = session.exec(
        select(PurchaseOrderLine.requisition_line_id, PurchaseOrder.id, PurchaseOrder.number)
        .join(PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.order_id))
        .where(col(PurchaseOrderLine.requisition_line_id).in_([line.id for line in lines]))
    ).all()
    return {line_id: (order_id, number) for line_id, order_id, number in found}


def todays_rows(call: Call, row_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Give the catalogue row that stands today where some rows were taken from: a version that changes a line writes a
    new one. Left out is what the actor may not order any more.
    """
    if not row_ids:
        return {}
    taken = aliased(CatalogueLine)
    visible = agreements.visible_agreements(call.session, call.actor, call.today)
    same = and_(
        col(taken.catalogue_id) == col(CatalogueLine.catalogue_id), col(taken.line_id) == col(CatalogueLine.line_id)
    )
    query = catalogs.visible_lines(call, visible).join(taken, same).where(col(taken.id).in_(row_ids))
    pairs: Any = query.with_only_columns(col(taken.id).label("taken_id"), col(CatalogueLine.id))
    return {row.taken_id: row.id for row in call.session.connection().execute(pairs).all()}
