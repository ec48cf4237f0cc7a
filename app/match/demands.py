"""Agreements that demand e-orders: what was bought on one without an order went round it."""

from sqlalchemy import exists, or_
from sqlmodel import Session, col, select

from app.agreements.models import Agreement, Share, ShareTarget
from app.agreements.reaching import Day, in_force, whole
from app.kit.clock import business_day
from app.match.models import InvoiceCase
from app.organisations.tree import above_on


def demanding(session: Session, case: InvoiceCase) -> str | None:
    """Give the contract number of an agreement with an invoice's supplier that demands e-orders of the buyer: in force
    on the day of the invoice, and owned at the buyer or above, or shared with one of those.
    """
    day = Day.of(case.issue_date or business_day(case.received_at))
    around = above_on(case.organisation_id, day.on)
    shared = exists().where(
        col(Share.agreement_id) == col(Agreement.id),
        col(Share.target).in_((ShareTarget.ORGANISATION, ShareTarget.EVERYBODY)),
        col(Share.organisation_id).in_(around),
        whole(day),
    )
    query = select(Agreement.contract_number).where(
        Agreement.supplier_id == case.supplier_id,
        col(Agreement.mandatory_e_order).is_(True),
        in_force(day),
        or_(col(Agreement.owner_id).in_(around), shared),
    )
    return session.exec(query.order_by(col(Agreement.contract_number)).limit(1)).first()
