"""Reads of the orders chapter; they start from what the caller may see."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.agreements.queries import VisibleAgreement
from app.catalogs import queries as catalogs
from app.catalogs.lines import Prices, prices_of
from app.catalogs.models import Catalogue, CatalogueLine
from app.kit.db import rows
from app.kit.errors import NotFound
from app.orders.models import OrderStatus, PurchaseOrder, PurchaseOrderLine
from app.orders.receipt_models import NamedReceiver
from app.orders.requisition_models import Requisition, RequisitionLine
from app.orders.test_order_models import SupplierTest
from app.organisations.access import Actor, Call, below
from app.organisations.models import Task, TaskState
from app.organisations.permissions import Permission

_LINES = (
    select(PurchaseOrderLine)
    .where(col(PurchaseOrderLine.order_id) == bindparam("order_id"))
    .order_by(col(PurchaseOrderLine.position))
)
_RECEIVERS = (
    select(NamedReceiver.user_id)
    .where(col(NamedReceiver.order_id) == bindparam("order_id"))
    .order_by(col(NamedReceiver.user_id))
)


class OrderNotFound(NotFound):
    """No such order, or not for this caller."""


def maker() -> ColumnElement[UUID]:
    """Give whose an order is, as a condition compares it: of whom made it, or for whom a substitute did."""
    return func.coalesce(col(PurchaseOrder.created_for), col(PurchaseOrder.created_by))


def approver() -> ColumnElement[UUID]:
    """Give who approved an order, or for whom a substitute did."""
    return func.coalesce(col(PurchaseOrder.approved_for), col(PurchaseOrder.approved_by))


@dataclass(frozen=True, slots=True)
class Eyes:
    """What decides which orders somebody sees: where they read orders, whom they sell for, and who they are; of one
    person, or as the parameters of a query that is prepared for everybody.
    """

    read_at: Any
    import_at: Any
    suppliers: Any
    user_id: Any

    @classmethod
    def of(cls, actor: Actor) -> "Eyes":
        return cls(
            list(actor.organisations(Permission.ORDER_READ)),
            list(actor.organisations(Permission.ORDER_IMPORT)),
            list(actor.suppliers(Permission.DOCUMENT_POST)),
            actor.principal_id,
        )

    @property
    def inside(self) -> ColumnElement[bool]:
        """The condition that they see an order as one of its buyer's people."""
        read = or_(
            below(PurchaseOrder.organisation_id, self.read_at), below(PurchaseOrder.organisation_id, self.import_at)
        )
        return or_(and_(read, col(PurchaseOrder.confidential).is_(False)), is_party(self.user_id))

    @property
    def anyhow(self) -> ColumnElement[bool]:
        """The condition that they see an order, as its supplier maybe, once it is sent."""
        is_sent = col(PurchaseOrder.sent_at).is_not(None)
        return or_(self.inside, and_(col(PurchaseOrder.supplier_id).in_(self.suppliers), is_sent))

    @property
    def ways(self) -> list[ColumnElement[bool]]:
        """The conditions of which any one shows them an order; left out are those that show them none."""
        tops = {*self.read_at, *self.import_at}
        readers = and_(below(PurchaseOrder.organisation_id, tops), col(PurchaseOrder.confidential).is_(False))
        named = (col(PurchaseOrder.id).in_(select(order_id).where(*told)) for order_id, told in _namings(self.user_id))
        is_sent = col(PurchaseOrder.sent_at).is_not(None)
        sold = (and_(col(PurchaseOrder.supplier_id) == supplier_id, is_sent) for supplier_id in self.suppliers)
        return [*_hands(self.user_id), *named, is_needed_by(self.user_id), *([readers] if tops else []), *sold]


_ANYBODY = Eyes(
    bindparam("read_at", expanding=True),
    bindparam("import_at", expanding=True),
    bindparam("suppliers", expanding=True),
    bindparam("user_id"),
)


def is_party(user_id: Any) -> ColumnElement[bool]:
    """Give the condition that somebody makes, approves or receives an order, or is asked to."""
    named = (exists().where(order_id == col(PurchaseOrder.id), *told) for order_id, told in _namings(user_id))
    return or_(*_hands(user_id), *named, is_needed_by(user_id))


def _hands(user_id: Any) -> list[ColumnElement[bool]]:
    """Give the conditions that somebody made or approved an order, or a substitute for them, or is to approve it."""
    made_for, approved_for = col(PurchaseOrder.created_for), col(PurchaseOrder.approved_for)
    return [
        and_(col(PurchaseOrder.created_by) == user_id, made_for.is_(None)),
        made_for == user_id,
        and_(col(PurchaseOrder.approved_by) == user_id, approved_for.is_(None)),
        approved_for == user_id,
        and_(col(PurchaseOrder.approver_id) == user_id, col(PurchaseOrder.status) != OrderStatus.DRAFT),
    ]


def _namings(user_id: Any) -> list[tuple[Any, tuple[ColumnElement[bool], ...]]]:
    """Give where orders are named, by their ids, for which somebody receives or is asked, and how."""
    return [
        (col(NamedReceiver.order_id), (col(NamedReceiver.user_id) == user_id,)),
        (col(Task.subject_id), (col(Task.user_id) == user_id, col(Task.state) == TaskState.OPEN)),
    ]


def is_needed_by(user_id: Any) -> ColumnElement[bool]:
    """Give the condition that an order came of a requisition of somebody's. That its line names one is said twice, for
    PostgreSQL reckons with the lines that name none only when it is told.
    """
    came = (
        select(PurchaseOrderLine.order_id)
        .join(RequisitionLine, col(RequisitionLine.id) == col(PurchaseOrderLine.requisition_line_id))
        .join(Requisition, col(Requisition.id) == col(RequisitionLine.requisition_id))
        .where(is_made_for(user_id), col(PurchaseOrderLine.requisition_line_id).is_not(None))
    )
    return col(PurchaseOrder.id).in_(came)


def is_made_for(user_id: Any) -> ColumnElement[bool]:
    """Give the condition that a requisition is somebody's own, or was made for them by a substitute."""
    own = and_(col(Requisition.made_by) == user_id, col(Requisition.made_for).is_(None))
    return or_(own, col(Requisition.made_for) == user_id)


_ORDER = select(PurchaseOrder).where(_ANYBODY.anyhow, PurchaseOrder.id == bindparam("order_id"))
_LOCKED_ORDER = _ORDER.with_for_update()
_ORDERED = aliased(CatalogueLine)
_TODAY = (
    catalogs.on_offer(bindparam("day"))
    .join(
        _ORDERED,
        and_(
            col(_ORDERED.catalogue_id) == col(CatalogueLine.catalogue_id),
            col(_ORDERED.line_id) == col(CatalogueLine.line_id),
        ),
    )
    .where(
        col(Catalogue.agreement_id).in_(bindparam("agreement_ids", expanding=True)),
        col(_ORDERED.id).in_(bindparam("row_ids", expanding=True)),
    )
    .with_only_columns(
        col(_ORDERED.id), col(Catalogue.agreement_id), col(CatalogueLine.unspsc), col(CatalogueLine.content)
    )
)


def visible_orders(call: Call) -> SelectOfScalar[PurchaseOrder]:
    """Give the orders of every branch where the actor reads orders, the actor's own, and a supplier's once sent. A
    confidential order is its parties' alone: whoever makes, approves or receives it, and its supplier.
    """
    return select(PurchaseOrder).where(Eyes.of(call.actor).anyhow)


def seen_inside(call: Call) -> ColumnElement[bool]:
    """Give the condition that the actor sees an order as one of its buyer's people."""
    return Eyes.of(call.actor).inside


def is_seen_inside(call: Call, order: PurchaseOrder) -> bool:
    """Tell whether the actor sees an order as one of its buyer's people, and not just as its supplier."""
    if not call.actor.suppliers(Permission.DOCUMENT_POST):
        return True
    inside = select(PurchaseOrder.id).where(PurchaseOrder.id == order.id, seen_inside(call))
    return call.session.exec(inside).first() is not None


def order(call: Call, order_id: UUID, *, lock: bool = False) -> PurchaseOrder:
    """Find an order that the actor sees; `lock` keeps its header row until the transaction ends.

    :raises OrderNotFound: otherwise.
    """
    asked = {**asdict(Eyes.of(call.actor)), "order_id": order_id}
    found = call.session.exec(_LOCKED_ORDER if lock else _ORDER, params=asked).first()
    if found is None:
        raise OrderNotFound(f"there is no order {order_id}")
    return found


def lines_of(session: Session, order_id: UUID) -> list[PurchaseOrderLine]:
    """Give an order's lines in order."""
    return list(session.exec(_LINES, params={"order_id": order_id}).all())


def receivers_of(session: Session, order_id: UUID) -> Sequence[UUID]:
    """Give who is named to receive an order."""
    return session.exec(_RECEIVERS, params={"order_id": order_id}).all()


def lines_as_they_are(session: Session, order_id: UUID) -> list[PurchaseOrderLine]:
    """Give the lines of an order that is locked as they are in the database now."""
    query = select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order_id)
    query = query.order_by(col(PurchaseOrderLine.position)).execution_options(populate_existing=True)
    return list(session.exec(query).all())


def order_by_number(session: Session, organisation_ids: Sequence[UUID], number: str) -> PurchaseOrder | None:
    """Find an order of one of some organisations by its exact number."""
    return session.exec(
        select(PurchaseOrder)
        .where(col(PurchaseOrder.organisation_id).in_(organisation_ids), PurchaseOrder.number == number)
        .order_by(col(PurchaseOrder.id))
    ).first()


def test_by_number(session: Session, organisation_ids: Sequence[UUID], number: str) -> SupplierTest | None:
    """Find a test order of one of some organisations by its exact number, and keep its row as it is."""
    query = select(SupplierTest).where(
        col(SupplierTest.organisation_id).in_(organisation_ids), SupplierTest.number == number
    )
    return session.exec(query.order_by(col(SupplierTest.id)).with_for_update()).first()


def todays_prices(call: Call, visible: Sequence[VisibleAgreement], row_ids: Sequence[UUID]) -> dict[UUID, Prices]:
    """Give the prices that stand today where lines were ordered from, by the row that was ordered: a version that
    changes a line writes a new row. Left out is what nobody may order who sees these agreements.
    """
    reach = catalogs.by_id(visible)
    asked = {"agreement_ids": list(reach), "row_ids": list(row_ids), "day": call.today}
    return {
        row_id: prices_of(content)
        for row_id, agreement_id, unspsc, content in rows(call.session, _TODAY, **asked)
        if reach[agreement_id].allows(unspsc)
    }
