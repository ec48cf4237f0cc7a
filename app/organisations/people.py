"""People and systems: who they are, their roles and their prokura; nobody gives anything to themselves."""

from uuid import UUID

from sqlmodel import select

from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.organisations import queries
from app.organisations.access import Call, NotAllowed, require, root_with
from app.organisations.hands import refuse_own_hand
from app.organisations.people_messages import (
    GrantOut,
    Me,
    ProkuraIn,
    ProkuraOut,
    RoleGrantIn,
    RoleGrantOut,
    UserIn,
    UserOut,
)
from app.organisations.people_models import Prokura, RoleGrant, User
from app.organisations.permissions import Permission
from app.organisations.substitutes import principals_of


class UserAlreadyRegistered(Conflict):
    """This issuer and subject is already a user."""


def me(call: Call) -> Me:
    """Tell the caller who the service takes them for, and for whom they may act today."""
    actor = call.actor
    grants = [
        GrantOut(role=grant.role, organisation_id=grant.organisation_id, supplier_id=grant.supplier_id)
        for grant in actor.grants
    ]
    return Me(
        id=actor.id,
        on_behalf_of=actor.on_behalf_of,
        organisation_id=actor.organisation_id,
        grants=grants,
        may_act_for=principals_of(call.session, actor.id, call.today),
    )


def create_user(call: Call, body: UserIn) -> UserOut:
    """Register a person or a system under an organisation.

    :raises UserAlreadyRegistered: when the issuer's subject is known.
    """
    organisation = queries.organisation(call, body.organisation_id)
    require(call, Permission.USER_CREATE, organisation.id)
    known = select(User.id).where(User.issuer == body.issuer, User.subject == body.subject)
    if call.session.exec(known).first() is not None:
        raise UserAlreadyRegistered("this subject of this issuer is registered already")
    user = User(id=new_id(call.now), created_at=call.now, **body.model_dump())
    call.session.add(user)
    call.session.flush()
    call.audit("user.created", chain=organisation.root_id, entity="user", entity_id=user.id)
    return UserOut.model_validate(user, from_attributes=True)


def get_user(call: Call, user_id: UUID) -> UserOut:
    return UserOut.model_validate(queries.user(call, user_id), from_attributes=True)


def list_users(call: Call, wanted: PageQuery) -> Page[UserOut]:
    return page(
        call.session,
        queries.visible_users(call),
        User,
        wanted,
        lambda row: UserOut.model_validate(row, from_attributes=True),
    )


def grant_role(call: Call, body: RoleGrantIn) -> RoleGrantOut:
    """Give a role to somebody else. The supplier role is given by an administrator of a root organisation.

    :raises OwnHand: for a grant to oneself, or to whom one acts for.
    """
    user = queries.user(call, body.user_id)
    root_id = _scope_of_grant(call, body)
    refuse_own_hand(call, user.id, "roles")
    grant = RoleGrant(id=new_id(call.now), granted_by=call.actor.id, **body.model_dump())
    call.session.add(grant)
    call.session.flush()
    facts = {"role": body.role, "grant_id": str(grant.id)}
    call.audit("role.granted", chain=root_id, entity="user", entity_id=user.id, facts=facts)
    return RoleGrantOut.model_validate(grant, from_attributes=True)


def _scope_of_grant(call: Call, body: RoleGrantIn) -> UUID:
    if body.supplier_id is not None:
        queries.supplier(call, body.supplier_id)
        return root_of_suppliers(call)
    organisation = queries.organisation(call, body.organisation_id or UUID(int=0))
    require(call, Permission.ROLE_GRANT, organisation.id)
    return organisation.root_id


def root_of_suppliers(call: Call) -> UUID:
    """Give the root organisation at which the actor gives and ends the supplier role.

    :raises NotAllowed: for anybody but an administrator of one.
    """
    root_id = root_with(call, Permission.ROLE_GRANT)
    if root_id is None:
        raise NotAllowed("the supplier role is given and ended by the local administrator of a root organisation")
    return root_id


def set_prokura(call: Call, body: ProkuraIn) -> ProkuraOut:
    """Give somebody else a spending limit.

    :raises OwnHand: for a limit to oneself, or to whom one acts for.
    """
    organisation = queries.organisation(call, body.organisation_id)
    user = queries.user(call, body.user_id)
    require(call, Permission.PROKURA_SET, organisation.id)
    if body.supplier_id is not None:
        queries.supplier(call, body.supplier_id)
    refuse_own_hand(call, user.id, "prokura")
    prokura = Prokura(id=new_id(call.now), set_by=call.actor.id, **body.model_dump())
    call.session.add(prokura)
    call.session.flush()
    facts = {"part": body.part, "currency": body.currency, "max_amount": str(body.max_amount)}
    call.audit("prokura.set", chain=organisation.root_id, entity="user", entity_id=user.id, facts=facts)
    return ProkuraOut.model_validate(prokura, from_attributes=True)
