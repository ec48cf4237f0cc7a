"""Who is calling and what they may: the actor of a request, and the two gates.

Not visible is 404: reads start from a `visible_…` query built on `branches`. Visible but not allowed is 403: writes
call `require`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from app.kit import calls
from app.kit.calls import Body, Door, IdempotencyKey
from app.kit.clock import business_day
from app.kit.db import rows
from app.kit.errors import Forbidden, Unauthenticated
from app.kit.guarding import principal
from app.kit.tokens import Principal
from app.organisations.models import Organisation, OrganisationLink
from app.organisations.people_models import Role, RoleGrant, User
from app.organisations.permissions import Permission, roles_with
from app.organisations.substitute_models import Substitution


class UnknownUser(Unauthenticated):
    """The token is good, but its subject is no user here."""


class NotAllowed(Forbidden):
    """None of the caller's roles allows this here."""


class NotSubstitute(Forbidden):
    """The caller is not today's substitute of whom the request names in `On-Behalf-Of`, if there is such a user."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that is valid today."""

    role: Role
    organisation_id: UUID | None
    supplier_id: UUID | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with every role valid today; a substitute has the organisation and the roles of the principal alone.

    Who calls by an API key has no permission but those in its `scope`.
    """

    id: UUID
    organisation_id: UUID | None
    grants: tuple[Grant, ...]
    on_behalf_of: UUID | None = None
    scope: frozenset[str] | None = None

    @property
    def principal_id(self) -> UUID:
        """Whose prokura, tasks and documents count: of a substitute the principal's, of anybody else their own."""
        return self.on_behalf_of or self.id

    @property
    def persons(self) -> frozenset[UUID]:
        """Everybody behind the act; none of them may be another hand of the same document."""
        return frozenset((self.id, self.principal_id))

    def organisations(self, permission: Permission) -> frozenset[UUID]:
        """Give the organisations at which the actor holds a role with the permission; it reaches all below them."""
        roles = self._roles(permission)
        return frozenset(
            grant.organisation_id for grant in self.grants if grant.role in roles and grant.organisation_id is not None
        )

    def suppliers(self, permission: Permission) -> frozenset[UUID]:
        """Give the suppliers for which the actor holds a role with the permission."""
        roles = self._roles(permission)
        return frozenset(
            grant.supplier_id for grant in self.grants if grant.role in roles and grant.supplier_id is not None
        )

    def _roles(self, permission: Permission) -> frozenset[Role]:
        return roles_with(permission) if self.scope is None or permission in self.scope else frozenset()


Call = calls.Call[Actor]


def find_actor(session: Session, who: Principal, now: datetime, on_behalf_of: UUID | None = None) -> Actor:
    """Find the user behind a proven identity, and today's roles: their own, or of whom they act on behalf of.

    :raises UnknownUser: when nobody with this issuer and subject is registered.
    :raises NotSubstitute: when they are not today's substitute of whom they name.
    """
    found = rows(session, _BY_IDENTITY, issuer=who.issuer, subject=who.subject, day=business_day(now))
    if not found:
        raise UnknownUser("you are signed in, but not registered here; ask your local administrator")
    actor = _actor(found) if on_behalf_of is None else _substitute(session, found[0].id, on_behalf_of, now)
    return actor if who.scope is None else replace(actor, scope=who.scope)


def _substitute(session: Session, user_id: UUID, principal_id: UUID, now: datetime) -> Actor:
    found = rows(session, _BY_SUBSTITUTE, user_id=user_id, principal_id=principal_id, day=business_day(now))
    if not found:
        raise NotSubstitute(
            f"you are not the substitute of a user {principal_id} today; `GET /me` lists for whom you may act"
        )
    return replace(_actor(found), id=user_id, on_behalf_of=principal_id)


def actor_by_id(session: Session, user_id: UUID, today: date, on_behalf_of: UUID | None = None) -> Actor:
    """Give a registered user as an actor, to ask what they see today, or to go on with what they began; then a
    substitute still acts on behalf of the principal.
    """
    actor = _actor(rows(session, _BY_ID, user_id=on_behalf_of or user_id, day=today))
    return replace(actor, id=user_id, on_behalf_of=on_behalf_of)


def _actor(found: Sequence[Any]) -> Actor:
    """Make the actor of a user's rows, one for each grant, or one without any."""
    grants = tuple(Grant(row.role, row.place_id, row.supplier_id) for row in found if row.role is not None)
    return Actor(id=found[0].id, organisation_id=found[0].organisation_id, grants=grants)


def as_user(call: Call, user_id: UUID) -> Call:
    """Give the call as if a registered user made it, to ask what they may and see today."""
    return replace(call, actor=actor_by_id(call.session, user_id, call.today))


def valid_on(model: Any, day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Give the condition that a row with `valid_from` and `valid_to` is valid on a day."""
    return and_(
        col(model.valid_from) <= day,
        or_(col(model.valid_to).is_(None), col(model.valid_to) >= day),
    )


def holds_on(model: Any, day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Give the condition that a row which can be ended before its time is valid on a day, and was not ended."""
    return and_(valid_on(model, day), col(model.ended_at).is_(None))


_WITH_GRANTS: Select[*tuple[Any, ...]] = core_select(
    col(User.id),
    col(User.organisation_id),
    col(RoleGrant.role),
    col(RoleGrant.organisation_id).label("place_id"),
    col(RoleGrant.supplier_id),
).outerjoin_from(User, RoleGrant, and_(col(RoleGrant.user_id) == col(User.id), holds_on(RoleGrant, bindparam("day"))))
_BY_IDENTITY = _WITH_GRANTS.where(col(User.issuer) == bindparam("issuer"), col(User.subject) == bindparam("subject"))
_BY_ID = _WITH_GRANTS.where(col(User.id) == bindparam("user_id"))
_BY_SUBSTITUTE = _WITH_GRANTS.where(
    col(User.id) == bindparam("principal_id"),
    exists().where(
        col(Substitution.principal_id) == col(User.id),
        col(Substitution.substitute_id) == bindparam("user_id"),
        holds_on(Substitution, bindparam("day")),
    ),
)


def below(organisation_id: Any, tops: Iterable[UUID] | BindParameter[Any]) -> ColumnElement[bool]:
    """Give the condition that an organisation column is one of `tops` or below one of them."""
    listed = tops if isinstance(tops, BindParameter) else list(tops)
    return exists().where(
        col(OrganisationLink.descendant_id) == organisation_id, col(OrganisationLink.ancestor_id).in_(listed)
    )


def branches(actor: Actor, permission: Permission, organisation_id: Any) -> ColumnElement[bool]:
    """Give the condition that an organisation column is one where the actor holds the permission."""
    return below(organisation_id, actor.organisations(permission))


def may(call: Call, permission: Permission, organisation_id: UUID) -> bool:
    """Tell whether the actor holds the permission at an organisation, there or at one above it."""
    held = call.actor.organisations(permission)
    if organisation_id in held:
        return True
    if not held:
        return False
    above = select(OrganisationLink.ancestor_id).where(
        OrganisationLink.descendant_id == organisation_id, col(OrganisationLink.ancestor_id).in_(held)
    )
    return call.session.exec(above.limit(1)).first() is not None


def require(call: Call, permission: Permission, organisation_id: UUID) -> None:
    """Let the actor pass only with the permission at an organisation.

    :raises NotAllowed: naming the roles that would do.
    """
    if not may(call, permission, organisation_id):
        raise NotAllowed(f"this takes {_roles(permission)} at this organisation or one above it")


def root_with(call: Call, permission: Permission) -> UUID | None:
    """Give the first root organisation at which the actor holds the permission, if there is one."""
    roots = select(Organisation.id).where(
        col(Organisation.id).in_(call.actor.organisations(permission)), col(Organisation.parent_id).is_(None)
    )
    return call.session.exec(roots.order_by(col(Organisation.id))).first()


def require_supplier(call: Call, permission: Permission, supplier_id: UUID) -> None:
    """Let the actor pass only when acting for the supplier.

    :raises NotAllowed: naming the roles that would do.
    """
    if supplier_id not in call.actor.suppliers(permission):
        raise NotAllowed(f"this takes {_roles(permission)} for this supplier")


def _roles(permission: Permission) -> str:
    names = sorted(role.replace("_", " ").lower() for role in roles_with(permission))
    return f"the role {' or '.join(names)} ({permission})"


OnBehalfOf = Annotated[
    UUID | None,
    Header(alias="On-Behalf-Of", description="Whose substitute you act as: the id of a user whom `GET /me` lists."),
]


async def door(
    request: Request,
    who: Annotated[Principal, Depends(principal)],
    body: Body,
    idempotency_key: IdempotencyKey = None,
    on_behalf_of: OnBehalfOf = None,
) -> Door[Actor]:
    """Give the way into the services; it only puts things together, so it needs no thread of its own."""
    return Door(request, who, body, idempotency_key, find_actor, on_behalf_of)


Db = Annotated[Door[Actor], Depends(door)]
