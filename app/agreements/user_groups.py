"""User groups: users of an organisation and those below it, gathered so that an agreement can be shared with them."""

from uuid import UUID

from sqlmodel import col, func, select

from app.agreements import queries
from app.agreements.messages import MemberIn, MemberOut, UserGroupIn, UserGroupOut
from app.agreements.models import UserGroup, UserGroupMember
from app.kit.errors import Conflict, NotFound
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.tree import hold


class GroupNameTaken(Conflict):
    """The organisation has a user group of this name already."""


class NotOfThisBranch(Conflict):
    """A user group holds users of its organisation and of those below it."""


class AlreadyMember(Conflict):
    """The user is in the group already."""


class MemberNotFound(NotFound):
    """The user is not in the group."""


def make_group(call: Call, body: UserGroupIn) -> UserGroupOut:
    """Make a user group without members.

    :raises GroupNameTaken: when the organisation has one of this name.
    """
    organisation = organisations.organisation(call, body.organisation_id)
    require(call, Permission.AGREEMENT_SHARE, organisation.id)
    taken = select(UserGroup.id).where(UserGroup.organisation_id == organisation.id, UserGroup.name == body.name)
    if call.session.exec(taken).first() is not None:
        raise GroupNameTaken(f"{organisation.name} has a user group {body.name} already")
    group = UserGroup(id=new_id(call.now), created_by=call.actor.id, created_at=call.now, **body.model_dump())
    call.session.add(group)
    call.session.flush()
    _note(call, group, "user_group.made", {"name": group.name})
    return _out(call, group)


def list_groups(call: Call, wanted: PageQuery) -> Page[UserGroupOut]:
    return page(call.session, queries.readable_user_groups(call), UserGroup, wanted, lambda row: _out(call, row))


def get_group(call: Call, group_id: UUID) -> UserGroupOut:
    return _out(call, queries.user_group(call, group_id))


def list_members(call: Call, group_id: UUID, wanted: PageQuery) -> Page[MemberOut]:
    """Give who is in a group now."""
    group = queries.user_group(call, group_id)
    inside = select(UserGroupMember).where(
        UserGroupMember.group_id == group.id, col(UserGroupMember.removed_at).is_(None)
    )
    return page(call.session, inside, UserGroupMember, wanted, _member_out)


def add_member(call: Call, group_id: UUID, body: MemberIn) -> MemberOut:
    """Let somebody in; what is shared with the group is then visible to them.

    :raises NotOfThisBranch: for a user of another branch.
    :raises AlreadyMember: for one who is in it.
    """
    group = queries.user_group(call, group_id)
    require(call, Permission.AGREEMENT_SHARE, group.organisation_id)
    user = organisations.user(call, body.user_id)
    if user.organisation_id is not None:
        hold(call.session, user.organisation_id)
    if user.organisation_id is None or not organisations.is_below(
        call.session, user.organisation_id, group.organisation_id
    ):
        raise NotOfThisBranch(f"{user.name} is not of the organisation of {group.name}, nor of one below it")
    if _inside(call, group.id, user.id) is not None:
        raise AlreadyMember(f"{user.name} is in {group.name} already")
    member = UserGroupMember(
        id=new_id(call.now), group_id=group.id, user_id=user.id, added_at=call.now, added_by=call.actor.id
    )
    call.session.add(member)
    call.session.flush()
    _note(call, group, "user_group.member_added", {"user_id": str(user.id)})
    return _member_out(member)


def remove_member(call: Call, group_id: UUID, user_id: UUID) -> MemberOut:
    """Let somebody out; that they were in it is kept.

    :raises MemberNotFound: for one who is not in it.
    """
    group = queries.user_group(call, group_id)
    require(call, Permission.AGREEMENT_SHARE, group.organisation_id)
    member = _inside(call, group.id, user_id)
    if member is None:
        raise MemberNotFound(f"user {user_id} is not in {group.name}")
    member.removed_at, member.removed_by = call.now, call.actor.id
    _note(call, group, "user_group.member_removed", {"user_id": str(user_id)})
    return _member_out(member)


def _inside(call: Call, group_id: UUID, user_id: UUID) -> UserGroupMember | None:
    return call.session.exec(
        select(UserGroupMember)
        .where(
            UserGroupMember.group_id == group_id,
            UserGroupMember.user_id == user_id,
            col(UserGroupMember.removed_at).is_(None),
        )
        .with_for_update()
    ).first()


def _out(call: Call, group: UserGroup) -> UserGroupOut:
    inside = select(func.count()).where(UserGroupMember.group_id == group.id, col(UserGroupMember.removed_at).is_(None))
    return UserGroupOut(**group.model_dump(), members=call.session.exec(inside).one())


def _member_out(member: UserGroupMember) -> MemberOut:
    return MemberOut.model_validate(member, from_attributes=True)


def _note(call: Call, group: UserGroup, action: str, facts: dict[str, str]) -> None:
    root_id = call.session.get_one(Organisation, group.organisation_id).root_id
    call.audit(action, chain=root_id, entity="user_group", entity_id=group.id, facts=facts)
