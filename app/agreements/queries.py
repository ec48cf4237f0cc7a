"""Who may see which agreement: the one query that every search, basket and order starts from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.agreements.groups import Chain, Narrowing, allows, narrowed
from app.agreements.models import Agreement, AgreementStatus, Share, ShareStep, ShareTarget
from app.kit.errors import NotFound
from app.organisations.access import Actor, Call, branches, valid_on
from app.organisations.models import OrganisationLink
from app.organisations.permissions import Permission


class AgreementNotFound(NotFound):
    """No such agreement, or not for this caller."""


class ShareNotFound(NotFound):
    """No such share, or not for this caller."""


@dataclass(frozen=True, slots=True)
class VisibleAgreement:
    """An agreement that a user may order on, with the product groups left: any one of the chains is enough."""

    agreement: Agreement
    chains: tuple[Chain, ...]

    def allows(self, code: str) -> bool:
        own = not self.agreement.product_groups or any(code.startswith(p) for p in self.agreement.product_groups)
        return own and any(allows(chain, code) for chain in self.chains)


def intact(share_id: object, on: date) -> ColumnElement[bool]:
    """Give the condition that every step of a share's chain is valid on a day and none is revoked."""
    step = aliased(Share)
    broken = (
        exists()
        .where(col(ShareStep.share_id) == share_id, col(ShareStep.step_id) == col(step.id))
        .where(or_(col(step.revoked_at).is_not(None), ~valid_on(step, on)))
    )
    return ~broken


def visible_agreements(session: Session, actor: Actor, on: date) -> list[VisibleAgreement]:
    """Give the agreements that a user may search and order on: ACTIVE and valid on the day, and shared with the user
    or with everybody of an organisation at or above the user's, through an unbroken chain.
    """
    rows = session.exec(
        select(Agreement, Share.id)
        .join(Share, col(Share.agreement_id) == col(Agreement.id))
        .where(_reaches(actor), _live(on), intact(Share.id, on))
        .order_by(col(Agreement.id), col(Share.id))
    ).all()
    chains = chains_of(session, [share_id for _, share_id in rows])
    by_agreement: dict[UUID, tuple[Agreement, list[Chain]]] = {}
    for agreement, share_id in rows:
        by_agreement.setdefault(agreement.id, (agreement, []))[1].append(chains[share_id])
    return [VisibleAgreement(agreement, tuple(found)) for agreement, found in by_agreement.values()]


def _live(on: date) -> ColumnElement[bool]:
    return and_(col(Agreement.status) == AgreementStatus.ACTIVE, valid_on(Agreement, on))


def _reaches(actor: Actor) -> ColumnElement[bool]:
    above = select(OrganisationLink.ancestor_id).where(OrganisationLink.descendant_id == actor.organisation_id)
    everybody = and_(col(Share.target) == ShareTarget.EVERYBODY, col(Share.organisation_id).in_(above))
    return or_(and_(col(Share.target) == ShareTarget.USER, col(Share.user_id) == actor.id), everybody)


def chains_of(session: Session, share_ids: Iterable[UUID]) -> dict[UUID, Chain]:
    """Give what each step of these shares narrows, from the owner down."""
    wanted = list(share_ids)
    found: dict[UUID, list[Narrowing]] = defaultdict(list)
    rows = session.exec(
        select(ShareStep.share_id, Share)
        .join(Share, col(Share.id) == col(ShareStep.step_id))
        .where(col(ShareStep.share_id).in_(wanted))
        .order_by(col(ShareStep.depth).desc())
    )
    for share_id, step in rows:
        found[share_id].append(Narrowing(tuple(step.include_groups), tuple(step.exclude_groups)))
    return {share_id: narrowed(tuple(found[share_id])) for share_id in wanted}


def readable_agreements(call: Call) -> SelectOfScalar[Agreement]:
    """Give the agreements that the actor may look at: owned by an organisation of a branch where the actor reads
    agreements, shared with one, shared with the actor, or the supplier's own.
    """
    shared = exists().where(
        col(Share.agreement_id) == col(Agreement.id),
        branches(call.actor, Permission.AGREEMENT_READ, Share.organisation_id),
        intact(Share.id, call.today),
    )
    mine = exists().where(
        col(Share.agreement_id) == col(Agreement.id), _reaches(call.actor), intact(Share.id, call.today)
    )
    return select(Agreement).where(
        or_(
            branches(call.actor, Permission.AGREEMENT_READ, Agreement.owner_id),
            shared,
            and_(mine, _live(call.today)),
            col(Agreement.supplier_id).in_(call.actor.suppliers(Permission.CATALOGUE_UPLOAD)),
        )
    )


def agreement(call: Call, agreement_id: UUID) -> Agreement:
    """Find an agreement that the actor may look at.

    :raises AgreementNotFound: otherwise.
    """
    found = call.session.exec(readable_agreements(call).where(Agreement.id == agreement_id)).first()
    if found is None:
        raise AgreementNotFound(f"there is no agreement {agreement_id}")
    return found


def readable_shares(call: Call, agreement_id: UUID) -> SelectOfScalar[Share]:
    """Give the shares of an agreement made by organisations of the actor's branches."""
    return select(Share).where(
        Share.agreement_id == agreement_id,
        branches(call.actor, Permission.AGREEMENT_READ, Share.from_organisation_id),
    )


def share(call: Call, share_id: UUID) -> Share:
    """Find a share made in the actor's branches.

    :raises ShareNotFound: otherwise.
    """
    query = select(Share).where(
        Share.id == share_id, branches(call.actor, Permission.AGREEMENT_READ, Share.from_organisation_id)
    )
    found = call.session.exec(query).first()
    if found is None:
        raise ShareNotFound(f"there is no share {share_id}")
    return found


def share_held_by(session: Session, agreement_id: UUID, organisation_id: UUID, on: date) -> Share | None:
    """Find the unbroken share by which an organisation has an agreement that it does not own."""
    return session.exec(
        select(Share)
        .where(
            Share.agreement_id == agreement_id,
            Share.target == ShareTarget.ORGANISATION,
            Share.organisation_id == organisation_id,
            intact(Share.id, on),
        )
        .order_by(col(Share.id))
    ).first()


def agreements_of_supplier(session: Session, supplier_id: UUID, organisation_id: UUID) -> list[Agreement]:
    """Give the agreements with a supplier that are owned by an organisation or by one above it."""
    owners = select(OrganisationLink.ancestor_id).where(OrganisationLink.descendant_id == organisation_id)
    query = select(Agreement).where(Agreement.supplier_id == supplier_id, col(Agreement.owner_id).in_(owners))
    return list(session.exec(query.order_by(col(Agreement.id))).all())
