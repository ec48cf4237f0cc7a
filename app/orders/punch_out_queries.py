"""Reads of punch-out: an agreement's shop, and visits, which are seen by whoever made them alone."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.agreements.queries import AgreementNotFound, VisibleAgreement
from app.kit.errors import NotFound
from app.orders.punch_out_models import PunchOutSession, PunchOutShop, PunchOutState
from app.orders.requisition_models import LineSource, RequisitionLine
from app.organisations.access import Call


class PunchOutShopNotFound(NotFound):
    """The agreement has no shop."""


class PunchOutSessionNotFound(NotFound):
    """No such visit, or not for this caller, or for this token."""


def shop_of(session: Session, agreement_id: UUID, *, lock: bool = False) -> PunchOutShop | None:
    """Give the shop of an agreement, if it has one; `lock` lets nobody remove it until the transaction ends."""
    query = select(PunchOutShop).where(PunchOutShop.agreement_id == agreement_id)
    return session.exec(query.with_for_update(read=True, key_share=True) if lock else query).first()


def shop(session: Session, agreement_id: UUID, *, lock: bool = False) -> PunchOutShop:
    """Find the shop of an agreement that was found already.

    :raises PunchOutShopNotFound: when it has none.
    """
    found = shop_of(session, agreement_id, lock=lock)
    if found is None:
        raise PunchOutShopNotFound("the agreement has no punch-out shop; its owner's content manager registers one")
    return found


def visible_agreement(call: Call, agreement_id: UUID) -> tuple[Agreement, VisibleAgreement]:
    """Find an agreement that the actor may order on today.

    :raises AgreementNotFound: otherwise.
    """
    visible = reaching(call, agreement_id)
    if visible is None:
        raise AgreementNotFound(f"there is no agreement {agreement_id} that reaches you today")
    return call.session.get_one(Agreement, agreement_id), visible


def reaching(call: Call, agreement_id: UUID) -> VisibleAgreement | None:
    """Give with which product groups an agreement reaches the actor today, or nothing."""
    found = agreements.visible_agreements(call.session, call.actor, call.today)
    return next((visible for visible in found if visible.id == agreement_id), None)


def own_visits(call: Call) -> SelectOfScalar[PunchOutSession]:
    """Give the visits of the actor, or of whom they act for."""
    visitor = func.coalesce(col(PunchOutSession.acting_for), col(PunchOutSession.user_id))
    return select(PunchOutSession).where(visitor == call.actor.principal_id)


def visit(call: Call, visit_id: UUID) -> PunchOutSession:
    """Find a visit of the actor.

    :raises PunchOutSessionNotFound: otherwise.
    """
    found = call.session.exec(own_visits(call).where(PunchOutSession.id == visit_id)).first()
    if found is None:
        raise PunchOutSessionNotFound(f"there is no punch-out session {visit_id}")
    return found


def visits_about(session: Session, requisition_id: UUID, agreement_id: UUID) -> Sequence[PunchOutSession]:
    """Give the visits from which an agreement's cart on a requisition came back, the first one first."""
    query = select(PunchOutSession).where(
        PunchOutSession.requisition_id == requisition_id,
        PunchOutSession.agreement_id == agreement_id,
        PunchOutSession.status == PunchOutState.RETURNED,
    )
    return session.exec(query.order_by(col(PunchOutSession.id))).all()


def cart_lines(session: Session, requisition_id: UUID, agreement_id: UUID) -> Sequence[RequisitionLine]:
    """Give the lines of a requisition that came in carts of an agreement's shop, in order."""
    query = select(RequisitionLine).where(
        RequisitionLine.requisition_id == requisition_id,
        RequisitionLine.agreement_id == agreement_id,
        RequisitionLine.source == LineSource.PUNCH_OUT,
    )
    return session.exec(query.order_by(col(RequisitionLine.position))).all()


def locked_visit(session: Session, visit_id: UUID) -> PunchOutSession:
    """Give a visit as it is, and keep it so until the transaction ends."""
    query = select(PunchOutSession).where(PunchOutSession.id == visit_id).execution_options(populate_existing=True)
    return session.exec(query.with_for_update()).one()
