"""API keys of systems: made, listed and revoked by whoever administers every role that the system holds."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import col, func, select

from app.kit.calls import Answer
from app.kit.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.keys import Key, draw
from app.kit.pages import Page, PageQuery, page
from app.organisations import queries
from app.organisations.access import Call, branches, holds_on, may, require, root_with
from app.organisations.ending import end
from app.organisations.hands import refuse_own_hand
from app.organisations.key_messages import ApiKeyIn, ApiKeyMade, ApiKeyOut
from app.organisations.key_models import ApiKey
from app.organisations.models import Organisation
from app.organisations.people_models import RoleGrant, User, UserKind
from app.organisations.permissions import ROLE_PERMISSIONS, Permission

MOST_LIVE: Final = 2
LONGEST_DAYS: Final = 365


class ApiKeyNotFound(NotFound):
    """No such API key, or not for this caller."""


class NotSystem(Conflict):
    """API keys are for systems; people sign in."""


class TwoKeysLive(Conflict):
    """A system has two keys at most, so that a new one can follow an old one."""


class KeyScopeTooWide(Forbidden):
    """A key can do no more than the system itself, nor than whoever makes it could give."""


class KeyDaysNotValid(Invalid):
    """A key holds until today at least, and for a year at most."""


def make_api_key(call: Call, user_id: UUID, body: ApiKeyIn) -> Answer:
    """Make a key for a system, and tell it this once: what is kept to be replayed has no secret in it.

    :raises NotSystem: for a person.
    :raises KeyScopeTooWide: for permissions that no role of the system has today.
    :raises KeyDaysNotValid: for a last day before today, or more than a year ahead.
    :raises TwoKeysLive: when the system has two already.
    """
    user = _system(call, user_id)
    held = _require_every_role(call, user)
    refuse_own_hand(call, user.id, "keys")
    _require_within(body, held)
    _require_days(call, body)
    _require_room(call, user)
    key = draw()
    row = ApiKey(
        id=new_id(call.now),
        user_id=user.id,
        name=body.name,
        hint=key.hint,
        digest=key.digest,
        permissions=sorted(body.permissions),
        valid_from=call.today,
        valid_to=body.valid_to,
        made_by=call.actor.id,
        made_at=call.now,
    )
    call.session.add(row)
    call.session.flush()
    facts = {"key_id": str(row.id), "permissions": row.permissions, "valid_to": str(row.valid_to)}
    call.audit("api_key.made", chain=_root_of(call, user), entity="user", entity_id=user.id, facts=facts)
    return Answer(_made(row, key), 201, {"Cache-Control": "no-store"}, kept=_made(row, None))


def list_api_keys(call: Call, user_id: UUID, wanted: PageQuery) -> Page[ApiKeyOut]:
    """Give every key that a system has or had."""
    user = _system(call, user_id)
    _require_every_role(call, user)
    return page(call.session, select(ApiKey).where(ApiKey.user_id == user.id), ApiKey, wanted, _out)


def revoke_api_key(call: Call, key_id: UUID) -> ApiKeyOut:
    """Revoke a key at once.

    :raises ApiKeyNotFound: for one of a system that the actor does not see.
    :raises AlreadyEnded: for one that is over.
    """
    owned = select(User.id).where(_is_visible(call))
    row = call.session.exec(select(ApiKey).where(ApiKey.id == key_id, col(ApiKey.user_id).in_(owned))).first()
    if row is None:
        raise ApiKeyNotFound(f"there is no API key {key_id}")
    user = call.session.get_one(User, row.user_id)
    _require_every_role(call, user)
    end(call, row)
    facts = {"key_id": str(row.id)}
    call.audit("api_key.revoked", chain=_root_of(call, user), entity="user", entity_id=user.id, facts=facts)
    return _out(row)


def _is_visible(call: Call) -> ColumnElement[bool]:
    """Give the condition that a user is one of a branch that the actor administers, or a system of its supplier."""
    for_supplier = exists().where(
        col(RoleGrant.user_id) == col(User.id),
        col(RoleGrant.supplier_id).in_(call.actor.suppliers(Permission.KEY_MANAGE)),
        holds_on(RoleGrant, call.today),
    )
    return or_(branches(call.actor, Permission.USER_READ, User.organisation_id), for_supplier)


def _system(call: Call, user_id: UUID) -> User:
    user = call.session.exec(select(User).where(User.id == user_id, _is_visible(call))).first()
    if user is None:
        raise queries.UserNotFound(f"there is no user {user_id}")
    if user.kind != UserKind.SYSTEM:
        raise NotSystem("a person signs in and has no API key; register the system as a user of kind SYSTEM")
    return user


def _require_every_role(call: Call, user: User) -> frozenset[Permission]:
    """Let whoever could give each role of the system pass; gives what those roles allow.

    :raises NotAllowed: when the actor administers nothing of it.
    :raises KeyScopeTooWide: when it holds a role that the actor could not give.
    """
    grants = call.session.exec(
        select(RoleGrant).where(RoleGrant.user_id == user.id, holds_on(RoleGrant, call.today))
    ).all()
    if not any(grant.supplier_id for grant in grants):
        require(call, Permission.KEY_MANAGE, user.organisation_id or UUID(int=0))
    if not all(_could_give(call, grant) for grant in grants):
        raise KeyScopeTooWide("the system holds a role that you do not administer; ask who administers all of them")
    return frozenset(one for grant in grants for one in ROLE_PERMISSIONS[grant.role])


def _could_give(call: Call, grant: RoleGrant) -> bool:
    if grant.organisation_id is not None:
        return may(call, Permission.KEY_MANAGE, grant.organisation_id)
    is_own = grant.supplier_id in call.actor.suppliers(Permission.KEY_MANAGE)
    return is_own or root_with(call, Permission.KEY_MANAGE) is not None


def _require_within(body: ApiKeyIn, held: frozenset[Permission]) -> None:
    if wider := sorted(body.permissions - held):
        raise KeyScopeTooWide(
            f"no role of the system has {', '.join(wider)} today; leave it out, or give the role first"
        )


def _require_days(call: Call, body: ApiKeyIn) -> None:
    last = call.today + timedelta(days=LONGEST_DAYS)
    if not call.today <= body.valid_to <= last:
        fault = Fault(f"it is from {call.today} to {last}", pointer="/valid_to")
        raise KeyDaysNotValid("a key holds until today at least, and for a year at most", faults=[fault])


def _require_room(call: Call, user: User) -> None:
    # Of two who make one at once, the second must find the first one's.
    call.session.refresh(user, ["name"], with_for_update=True)
    live = select(func.count()).where(ApiKey.user_id == user.id, holds_on(ApiKey, call.today))
    if call.session.exec(live).one() >= MOST_LIVE:
        raise TwoKeysLive(f"it has {MOST_LIVE} keys that hold; revoke the one that is not used any more")


def _root_of(call: Call, user: User) -> UUID:
    return call.session.get_one(Organisation, user.organisation_id).root_id


def _out(row: ApiKey) -> ApiKeyOut:
    return ApiKeyOut.model_validate(row, from_attributes=True)


def _made(row: ApiKey, key: Key | None) -> ApiKeyMade:
    return ApiKeyMade(**_out(row).model_dump(), key=key.text if key else None)
