"""People and systems: who they are, their roles and their prokura; nobody gives anything to themselves."""

from uuid import UUID

from sqlmodel import col, select

from app.kit.errors import Conflict, Forbidden
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.organisations import queries
from app.organisations.access import Call, NotAllowed, require
from app.organisations.models import Organisation
from app.organisations.people_messages import ProkuraIn, ProkuraOut, RoleGrantIn, RoleGrantOut, UserIn, UserOut
from app.organisations.people_models import Prokura, RoleGrant, User
from app.organisations.permissions import Permission


class UserAlreadyRegistered(Conflict):
    """This issuer and subject is already a user."""


class OwnHand(Forbidden):
    """Nobody gives roles or limits to themselves."""


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

    :raises OwnHand: for a grant to oneself.
    """
    user = queries.user(call, body.user_id)
    root_id = _scope_of_grant(call, body)
    if user.id == call.actor.id:
        raise OwnHand("nobody grants roles to themselves; ask another administrator")
    grant = RoleGrant(id=new_id(call.now), granted_by=call.actor.id, **body.model_dump())
    call.session.add(grant)
    call.session.flush()
    facts = {"role": body.role, "grant_id": str(grant.id)}
    call.audit("role.granted", chain=root_id, entity="user", entity_id=user.id, facts=facts)
    return RoleGrantOut.model_validate(grant, from_attributes=True)


def _scope_of_grant(call: Call, body: RoleGrantIn) -> UUID:
    if body.supplier_id is not None:
        queries.supplier(call, body.supplier_id)
        roots = select(Organisation.id).where(
            col(Organisation.id).in_(call.actor.organisations(Permission.ROLE_GRANT)),
            col(Organisation.parent_id).is_(None),
        )
        root_id = call.session.exec(roots.order_by(col(Organisation.id))).first()
        if root_id is None:
            raise NotAllowed("the supplier role is granted by the local administrator of a root organisation")
        return root_id
    organisation = queries.organisation(call, body.organisation_id or UUID(int=0))
    require(call, Permission.ROLE_GRANT, organisation.id)
    return organisation.root_id


def set_prokura(call: Call, body: ProkuraIn) -> ProkuraOut:
    """Give somebody else a spending limit.

    :raises OwnHand: for a limit to oneself.
    """
    organisation = queries.organisation(call, body.organisation_id)
    user = queries.user(call, body.user_id)
    require(call, Permission.PROKURA_SET, organisation.id)
    if body.supplier_id is not None:
        queries.supplier(call, body.supplier_id)
    if user.id == call.actor.id:
        raise OwnHand("nobody sets their own prokura; ask another administrator")
    prokura = Prokura(id=new_id(call.now), set_by=call.actor.id, **body.model_dump())
    call.session.add(prokura)
    call.session.flush()
    facts = {"part": body.part, "currency": body.currency, "max_amount": str(body.max_amount)}
    call.audit("prokura.set", chain=organisation.root_id, entity="user", entity_id=user.id, facts=facts)
    return ProkuraOut.model_validate(prokura, from_attributes=True)
