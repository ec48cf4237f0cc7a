"""Substitutes: who acts for an absent principal, from a day to a day, with the principal's own roles and prokura."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.errors import Conflict, Fault, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.organisations import queries
from app.organisations.access import Call, NotAllowed, branches, holds_on, require, root_with
from app.organisations.ending import end
from app.organisations.hands import OwnHand
from app.organisations.models import Organisation
from app.organisations.people_messages import PrincipalOut
from app.organisations.people_models import Prokura, RoleGrant, User, UserKind
from app.organisations.permissions import Permission
from app.organisations.queries import UserNotFound
from app.organisations.service import NotBefore
from app.organisations.substitute_messages import SubstitutionIn, SubstitutionOut
from app.organisations.substitute_models import Substitution


class OnlyPersons(Invalid):
    """A system stands in for nobody, and nobody for a system or for themselves."""


class AlreadySubstitute(Conflict):
    """The user is the principal's substitute already on some of these days."""


class SubstitutionNotFound(NotFound):
    """No such substitution, or not for this caller."""


def set_substitute(call: Call, body: SubstitutionIn) -> SubstitutionOut:
    """Let somebody act for the caller, or for an absent person whom the caller administers.

    :raises OwnHand: for a substitute who names another, and an administrator who names themselves.
    :raises NotAllowed: when the principal holds power where the caller is no administrator.
    :raises OnlyPersons: for a system, and for the principal.
    :raises NotBefore: when it would begin in the past.
    :raises AlreadySubstitute: when the two are that already on some of the days.
    """
    principal = _principal(call, body)
    if principal.id != call.actor.id:
        _require_administrator(call, principal, body.substitute_id)
    substitute = _substitute(call, principal, body)
    _refuse_past(call, body)
    _refuse_twice(call, principal, substitute, body)
    row = Substitution(
        id=new_id(call.now),
        principal_id=principal.id,
        substitute_id=substitute.id,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        set_by=call.actor.id,
        set_at=call.now,
    )
    call.session.add(row)
    call.session.flush()
    _note(call, row, "substitution.set", {"valid_from": str(row.valid_from), "valid_to": str(row.valid_to)})
    return _out(row)


def _principal(call: Call, body: SubstitutionIn) -> User:
    principal = queries.user(call, body.principal_id or call.actor.principal_id)
    if call.actor.on_behalf_of is not None and principal.id in call.actor.persons:
        raise OwnHand("a substitute names no substitutes; their principal or an administrator does")
    return principal


def _require_administrator(call: Call, principal: User, substitute_id: UUID) -> None:
    """Let an administrator pass who might give the principal's power, and gives it to somebody else."""
    require(call, Permission.SUBSTITUTE_SET, principal.organisation_id or UUID(int=0))
    if substitute_id in call.actor.persons:
        raise OwnHand("no administrator becomes the substitute of somebody by their own hand; ask another one")
    for model in (RoleGrant, Prokura):
        out_of_reach = select(model.id).where(
            model.user_id == principal.id,
            col(model.ended_at).is_(None),
            or_(col(model.valid_to).is_(None), col(model.valid_to) >= call.today),
            ~_is_reached(call, model),
        )
        if call.session.exec(out_of_reach.limit(1)).first() is not None:
            raise NotAllowed(
                "the principal holds roles or prokura where you are no administrator; the principal, or an "
                "administrator above them all, names the substitute"
            )


def _is_reached(call: Call, model: type[RoleGrant] | type[Prokura]) -> ColumnElement[bool]:
    """Give the condition that the actor may give such power there; the supplier role is given at a root."""
    inside = branches(call.actor, Permission.SUBSTITUTE_SET, model.organisation_id)
    is_at_root = root_with(call, Permission.SUBSTITUTE_SET) is not None
    return or_(inside, col(model.organisation_id).is_(None)) if is_at_root else inside


def _substitute(call: Call, principal: User, body: SubstitutionIn) -> User:
    """Find the substitute: a person of a branch in which the actor has a role, or of the principal's organisation."""
    near = or_(
        branches(call.actor, Permission.ORGANISATION_READ, User.organisation_id),
        col(User.organisation_id) == principal.organisation_id,
    )
    found = call.session.exec(select(User).where(User.id == body.substitute_id, near)).first()
    if found is None:
        raise UserNotFound(f"there is no user {body.substitute_id}")
    for user, pointer in ((principal, "/principal_id"), (found, "/substitute_id")):
        if user.kind == UserKind.SYSTEM:
            raise _refused("a system stands in for nobody, and nobody for a system; name a person", pointer)
    if found.id == principal.id:
        raise _refused("nobody stands in for themselves; name another person", "/substitute_id")
    return found


def _refused(message: str, pointer: str) -> OnlyPersons:
    return OnlyPersons(message, faults=[Fault(message, pointer=pointer)])


def _refuse_past(call: Call, body: SubstitutionIn) -> None:
    if body.valid_from < call.today:
        message = "nobody has acted for another before it was said; begin today or later"
        raise NotBefore(message, faults=[Fault(message, pointer="/valid_from")])


def _refuse_twice(call: Call, principal: User, substitute: User, body: SubstitutionIn) -> None:
    """Refuse days that overlap, or ending one substitution would leave the other; one at a time may look."""
    call.session.refresh(principal, with_for_update={"key_share": True})
    known = call.session.exec(
        select(Substitution).where(
            Substitution.principal_id == principal.id,
            Substitution.substitute_id == substitute.id,
            col(Substitution.ended_at).is_(None),
            col(Substitution.valid_from) <= body.valid_to,
            col(Substitution.valid_to) >= body.valid_from,
        )
    ).first()
    if known is not None:
        raise AlreadySubstitute(
            f"{substitute.name} is the substitute from {known.valid_from} to {known.valid_to} already; "
            f"end substitution {known.id}, or take other days"
        )


def principals_of(session: Session, user_id: UUID, day: date) -> list[PrincipalOut]:
    """Give for whom a user may act on a day."""
    query = select(User, Substitution).join(Substitution, col(Substitution.principal_id) == col(User.id))
    mine = query.where(Substitution.substitute_id == user_id, holds_on(Substitution, day))
    return [
        PrincipalOut(
            user_id=user.id,
            name=user.name,
            organisation_id=user.organisation_id,
            substitution_id=substitution.id,
            valid_to=substitution.valid_to,
        )
        for user, substitution in session.exec(mine.order_by(col(Substitution.id))).all()
    ]


def visible_substitutions(call: Call) -> SelectOfScalar[Substitution]:
    """Give the actor's substitutions, both ways, and those of people in the branches whose set-up the actor reads."""
    inside = select(User.id).where(branches(call.actor, Permission.SETUP_READ, User.organisation_id))
    return select(Substitution).where(
        or_(
            col(Substitution.principal_id) == call.actor.principal_id,
            col(Substitution.substitute_id) == call.actor.principal_id,
            col(Substitution.principal_id).in_(inside),
        )
    )


def list_substitutions(call: Call, wanted: PageQuery) -> Page[SubstitutionOut]:
    return page(call.session, visible_substitutions(call), Substitution, wanted, _out)


def end_substitution(call: Call, substitution_id: UUID) -> SubstitutionOut:
    """End a substitution at once: its principal, its substitute, or an administrator of the principal's.

    :raises SubstitutionNotFound: for one that the actor does not see.
    :raises AlreadyEnded: for one that is over.
    """
    row = call.session.exec(visible_substitutions(call).where(Substitution.id == substitution_id)).first()
    if row is None:
        raise SubstitutionNotFound(f"there is no substitution {substitution_id}")
    if call.actor.id not in (row.principal_id, row.substitute_id):
        principal = call.session.get_one(User, row.principal_id)
        require(call, Permission.SUBSTITUTE_SET, principal.organisation_id or UUID(int=0))
    end(call, row)
    _note(call, row, "substitution.ended")
    return _out(row)


def _out(row: Substitution) -> SubstitutionOut:
    return SubstitutionOut.model_validate(row, from_attributes=True)


def _note(call: Call, row: Substitution, action: str, facts: Mapping[str, str] | None = None) -> None:
    principal = call.session.get_one(User, row.principal_id)
    root_id = call.session.get_one(Organisation, principal.organisation_id).root_id
    people = {"principal_id": str(row.principal_id), "substitute_id": str(row.substitute_id)}
    call.audit(action, chain=root_id, entity="substitution", entity_id=row.id, facts=people | dict(facts or {}))
