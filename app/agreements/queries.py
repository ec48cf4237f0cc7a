"""Who may see which agreement: the one query that every search, basket and order starts from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CompoundSelect, String, and_, bindparam, case, cast, exists, false, func, or_, union_all
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.agreements.groups import Chain, allows, read_chain, read_groups
from app.agreements.models import Agreement, AgreementVersion, Share, ShareStep, ShareTarget, UserGroup
from app.agreements.reaching import DAY, Day, in_force, reaches, version_of, whole
from app.kit.clock import midnight_after
from app.kit.db import rows
from app.kit.errors import Fault, NotFound
from app.kit.pages import InvalidCursor, PageQuery, read_cursor
from app.organisations.access import Actor, Call, branches
from app.organisations.models import OrganisationLink
from app.organisations.people_models import User
from app.organisations.permissions import Permission


class AgreementNotFound(NotFound):
    """No such agreement, or not for this caller."""


class ShareNotFound(NotFound):
    """No such share, or not for this caller."""


class UserGroupNotFound(NotFound):
    """No such user group, or not for this caller."""


@dataclass(frozen=True, slots=True)
class VisibleAgreement:
    """An agreement that a user may order on, with the product groups left: any one of the chains is enough."""

    id: UUID
    product_groups: tuple[str, ...]
    chains: tuple[Chain, ...]

    def allows(self, code: str) -> bool:
        own = not self.product_groups or any(code.startswith(prefix) for prefix in self.product_groups)
        return own and any(allows(chain, code) for chain in self.chains)


def _visible() -> CompoundSelect[*tuple[Any, ...]]:
    """Give the query for what a user sees on a day. One part for each way to be reached, each with its own index; lists
    come as text, which is read once for all agreements that are narrowed alike.
    """
    then = core_select(cast(AgreementVersion.product_groups, String)).where(version_of(DAY)).scalar_subquery()
    now = cast(Agreement.product_groups, String)
    found = (
        core_select(
            col(Agreement.id).label("id"),
            case((col(Agreement.changed_on) <= DAY.on, now), else_=then).label("groups"),
            col(Share.narrowings),
        )
        .join_from(Share, Agreement, col(Share.agreement_id) == col(Agreement.id))
        .where(in_force(DAY), whole(DAY))
    )
    ways = reaches(bindparam("user_id"), bindparam("organisation_id"), DAY)
    return union_all(*(found.where(way) for way in ways)).order_by("id", "narrowings")


_VISIBLE: Final = _visible()


def visible_agreements(session: Session, actor: Actor, on: date) -> list[VisibleAgreement]:
    """Give the agreements that a user may search and order on: ACTIVE and valid on the day, and shared with the user, a
    group of the user's, or everybody of an organisation at or above the user's, through an unbroken chain.

    A past day is told as it was: agreements, shares, revocations and members of groups count as they stood at its end.
    """
    user = {"user_id": actor.principal_id, "organisation_id": actor.organisation_id}
    found = rows(session, _VISIBLE, **user, day=on, end=midnight_after(on))
    by_agreement: dict[UUID, tuple[str, list[str]]] = {}
    for agreement_id, groups, narrowings in found:
        by_agreement.setdefault(agreement_id, (groups, []))[1].append(narrowings)
    return [
        VisibleAgreement(agreement_id, read_groups(groups), tuple(read_chain(text) for text in dict.fromkeys(chains)))
        for agreement_id, (groups, chains) in by_agreement.items()
    ]


def chains_of(shares: Iterable[Share]) -> dict[UUID, Chain]:
    """Give what each step of these shares narrows, from the owner down."""
    return {share.id: read_chain(share.narrowings) for share in shares}


def only_sells(actor: Actor) -> bool:
    """Tell whether somebody acts for a supplier and is nobody inside."""
    inside = actor.organisations(Permission.ORGANISATION_READ)
    return bool(actor.suppliers(Permission.CATALOGUE_UPLOAD)) and not inside


def readable_agreements(call: Call) -> SelectOfScalar[Agreement]:
    """Give the agreements that the actor may look at: owned by an organisation of a branch where the actor reads
    agreements, shared with one, shared with the actor, or the supplier's own. A supplier's people see no more than
    that, whatever is shared with everybody of the organisation where they are registered.
    """
    day = Day.of(call.today)
    has_it = exists().where(col(Share.agreement_id) == col(Agreement.id), whole(day))
    shared = has_it.where(branches(call.actor, Permission.AGREEMENT_READ, Share.organisation_id))
    mine = has_it.where(or_(*reaches(call.actor.principal_id, call.actor.organisation_id, day)))
    suppliers = call.actor.suppliers(Permission.CATALOGUE_UPLOAD)
    return select(Agreement).where(
        or_(
            branches(call.actor, Permission.AGREEMENT_READ, Agreement.owner_id),
            shared,
            false() if only_sells(call.actor) else and_(mine, in_force(day)),
            col(Agreement.supplier_id).in_(suppliers),
        )
    )


def agreement_above(call: Call, agreement_id: UUID, user: User) -> Agreement:
    """Find an agreement that the actor may look at, or that is owned at or above a user's organisation: what has not
    been handed down to a branch is just what those of the branch ask about.

    :raises AgreementNotFound: otherwise.
    """
    above = select(OrganisationLink.ancestor_id).where(OrganisationLink.descendant_id == user.organisation_id)
    query = select(Agreement).where(Agreement.id == agreement_id, col(Agreement.owner_id).in_(above))
    return call.session.exec(query).first() or agreement(call, agreement_id)


def agreement_on(session: Session, agreement: Agreement, day: Day) -> AgreementVersion | None:
    """Give an agreement as it stood on a day; none before it was opened."""
    query = select(AgreementVersion).join(Agreement, col(Agreement.id) == col(AgreementVersion.agreement_id))
    return session.exec(query.where(Agreement.id == agreement.id, version_of(day))).first()


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


def shares_in_sight(call: Call, agreement_id: UUID) -> SelectOfScalar[Share]:
    """Give the shares of an agreement that organisations of the actor's branches made or received."""
    made, received = (
        branches(call.actor, Permission.AGREEMENT_READ, place)
        for place in (Share.from_organisation_id, Share.organisation_id)
    )
    return select(Share).where(Share.agreement_id == agreement_id, or_(made, received))


def level_by_level(session: Session, shares: SelectOfScalar[Share], wanted: PageQuery) -> Sequence[Share]:
    """Give one page of shares and one more, those with the fewest steps above them first.

    :raises InvalidCursor: for a cursor that names no share.
    """
    depth = select(func.max(ShareStep.depth)).where(ShareStep.share_id == col(Share.id)).scalar_subquery()
    if wanted.cursor is not None:
        last_id = read_cursor(wanted.cursor)
        last: int | None = session.exec(select(func.max(ShareStep.depth)).where(ShareStep.share_id == last_id)).one()
        if last is None:
            message = "the share that this cursor names is not there"
            raise InvalidCursor(message, faults=[Fault(message, pointer="/cursor")])
        shares = shares.where(or_(depth > last, and_(depth == last, col(Share.id) > last_id)))
    return session.exec(shares.order_by(depth, col(Share.id)).limit(wanted.limit + 1)).all()


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


def shares_held_by(session: Session, agreement_id: UUID, organisation_id: UUID, on: date) -> Sequence[Share]:
    """Give the unbroken shares by which an organisation has an agreement that it does not own, the oldest first."""
    return session.exec(
        select(Share)
        .where(
            Share.agreement_id == agreement_id,
            Share.target == ShareTarget.ORGANISATION,
            Share.organisation_id == organisation_id,
            whole(Day.of(on)),
        )
        .order_by(col(Share.id))
    ).all()


def lock(session: Session, agreement: Agreement) -> None:
    """Let one change at a time into the shares of an agreement: a share must not be hung on a chain that is just being
    broken, for then nothing would count the break. Orders that refer to the agreement need not wait.
    """
    session.refresh(agreement, ["version"], with_for_update={"key_share": True})


def agreements_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Agreement]:
    """Give agreements that were found visible, by their ids."""
    found = session.exec(select(Agreement).where(col(Agreement.id).in_(set(ids)))).all()
    return {agreement.id: agreement for agreement in found}


def readable_user_groups(call: Call) -> SelectOfScalar[UserGroup]:
    """Give the user groups of the branches where the actor reads agreements."""
    return select(UserGroup).where(branches(call.actor, Permission.AGREEMENT_READ, UserGroup.organisation_id))


def user_group(call: Call, group_id: UUID) -> UserGroup:
    """Find a user group of the actor's branches.

    :raises UserGroupNotFound: otherwise.
    """
    found = call.session.exec(readable_user_groups(call).where(UserGroup.id == group_id)).first()
    if found is None:
        raise UserGroupNotFound(f"there is no user group {group_id}")
    return found


def agreements_of_supplier(session: Session, supplier_id: UUID, organisation_id: UUID) -> list[Agreement]:
    """Give the agreements with a supplier that are owned by an organisation or by one above it."""
    owners = select(OrganisationLink.ancestor_id).where(OrganisationLink.descendant_id == organisation_id)
    query = select(Agreement).where(Agreement.supplier_id == supplier_id, col(Agreement.owner_id).in_(owners))
    return list(session.exec(query.order_by(col(Agreement.id))).all())
