"""Roles and prokura as they are read, and ended: by an administrator over their scope, or laid down by who has them."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from app.kit.errors import Conflict, NotFound
from app.kit.pages import Page, PageQuery, page
from app.organisations import queries
from app.organisations.access import Call, branches, holds_on, require
from app.organisations.ending import end
from app.organisations.models import Organisation
from app.organisations.people import root_of_suppliers
from app.organisations.people_messages import ProkuraOut, RoleGrantOut
from app.organisations.people_models import Prokura, Role, RoleGrant, User
from app.organisations.permissions import Permission

Power = TypeVar("Power", RoleGrant, Prokura)


class RoleGrantNotFound(NotFound):
    """No such role grant, or not for this caller."""


class ProkuraNotFound(NotFound):
    """No such prokura, or not for this caller."""


class LastAdministrator(Conflict):
    """A root organisation keeps an administrator, or nobody could give anything any more."""


def list_role_grants(call: Call, user_id: UUID, wanted: PageQuery) -> Page[RoleGrantOut]:
    """Give every role that a user holds, held or will hold."""
    user = _readable(call, user_id)
    query = select(RoleGrant).where(RoleGrant.user_id == user.id)
    return page(call.session, query, RoleGrant, wanted, _grant_out)


def list_prokura(call: Call, user_id: UUID, wanted: PageQuery) -> Page[ProkuraOut]:
    """Give every limit that a user has, had or will have."""
    user = _readable(call, user_id)
    query = select(Prokura).where(Prokura.user_id == user.id)
    return page(call.session, query, Prokura, wanted, _prokura_out)


def _readable(call: Call, user_id: UUID) -> User:
    """Find a user whose power the actor may read: their own, or of people in a branch whose set-up they read."""
    user = queries.user(call, user_id)
    if user.id != call.actor.principal_id:
        require(call, Permission.SETUP_READ, user.organisation_id or UUID(int=0))
    return user


def end_role_grant(call: Call, grant_id: UUID) -> RoleGrantOut:
    """End a role at once.

    :raises RoleGrantNotFound: for one that the actor does not see.
    :raises AlreadyEnded: for one that is over.
    :raises LastAdministrator: for the last one by which a root organisation has an administrator.
    """
    grant = _visible(call, RoleGrant, grant_id)
    if grant is None:
        raise RoleGrantNotFound(f"there is no role grant {grant_id}")
    _require_end(call, grant, Permission.ROLE_GRANT)
    end(call, grant)
    _keep_an_administrator(call, grant)
    facts = {"role": grant.role, "grant_id": str(grant.id)}
    call.audit("role.ended", chain=_root_of(call, grant), entity="user", entity_id=grant.user_id, facts=facts)
    return _grant_out(grant)


def end_prokura(call: Call, prokura_id: UUID) -> ProkuraOut:
    """End a limit at once.

    :raises ProkuraNotFound: for one that the actor does not see.
    :raises AlreadyEnded: for one that is over.
    """
    prokura = _visible(call, Prokura, prokura_id)
    if prokura is None:
        raise ProkuraNotFound(f"there is no prokura {prokura_id}")
    _require_end(call, prokura, Permission.PROKURA_SET)
    end(call, prokura)
    facts = {"part": prokura.part, "prokura_id": str(prokura.id)}
    call.audit("prokura.ended", chain=_root_of(call, prokura), entity="user", entity_id=prokura.user_id, facts=facts)
    return _prokura_out(prokura)


def _visible(call: Call, model: type[Power], row_id: UUID) -> Power | None:
    """Find a role or limit of the actor, or one of a branch whose set-up the actor reads: given there, or to somebody
    who is registered there.
    """
    people = select(User.id).where(branches(call.actor, Permission.SETUP_READ, User.organisation_id))
    seen = or_(
        col(model.user_id) == call.actor.principal_id,
        branches(call.actor, Permission.SETUP_READ, model.organisation_id),
        col(model.user_id).in_(people),
    )
    return call.session.exec(select(model).where(model.id == row_id, seen)).first()


def _require_end(call: Call, row: RoleGrant | Prokura, permission: Permission) -> None:
    """Let whoever holds it pass, but not their substitute nor their API key, and an administrator over its scope."""
    if call.actor.on_behalf_of is None and call.actor.scope is None and row.user_id == call.actor.id:
        return
    if row.organisation_id is None:
        root_of_suppliers(call)
    else:
        require(call, permission, row.organisation_id)


def _keep_an_administrator(call: Call, ended: RoleGrant) -> None:
    if ended.role != Role.LOCAL_ADMINISTRATOR:
        return
    # Of two who lay it down at once, the second must find the first one gone.
    place = call.session.get_one(Organisation, ended.organisation_id, with_for_update={"key_share": True})
    left = select(RoleGrant.id).where(
        RoleGrant.role == Role.LOCAL_ADMINISTRATOR,
        RoleGrant.organisation_id == place.id,
        holds_on(RoleGrant, call.today),
    )
    if place.parent_id is None and call.session.exec(left.limit(1)).first() is None:
        raise LastAdministrator(f"{place.name} would have no administrator; give the role to somebody else first")


def _root_of(call: Call, row: RoleGrant | Prokura) -> UUID:
    """Give in whose chain of events it belongs: the scope's root, or the user's for a role that is for a supplier."""
    place_id = row.organisation_id or call.session.get_one(User, row.user_id).organisation_id
    return call.session.get_one(Organisation, place_id).root_id


def _grant_out(row: RoleGrant) -> RoleGrantOut:
    return RoleGrantOut.model_validate(row, from_attributes=True)


def _prokura_out(row: Prokura) -> ProkuraOut:
    return ProkuraOut.model_validate(row, from_attributes=True)
