"""What a reorganisation would change, told before anyone decides, from the very conditions by which it is done."""

from collections.abc import Callable
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, false, func, or_
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.agreements.models import Agreement, Share, UserGroup, UserGroupMember
from app.agreements.reorganised import lapsing_members, lapsing_shares
from app.kit.db import rows
from app.orders.models import OrderStatus, PurchaseOrder
from app.organisations.access import Call
from app.organisations.departures import Change, change_of, lapsing
from app.organisations.lapsing import losing_hands
from app.organisations.models import Organisation
from app.organisations.people_models import Prokura, RoleGrant, User
from app.organisations.reorganisation_messages import ReorganisationIn
from app.organisations.reorganisations import checked
from app.organisations.tree import within
from app.reports.messages import (
    FollowingAgreement,
    LapsingProkura,
    LapsingRole,
    LapsingShare,
    LeavingMember,
    OpenOrder,
    ReorganisationPreview,
    RoutedTask,
    Told,
)

MOST_TOLD: Final = 200
OPEN: Final = (OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL, OrderStatus.APPROVED, OrderStatus.SENT)

RowT = TypeVar("RowT", bound=BaseModel)
Query = Select[*tuple[Any, ...]]


def preview(call: Call, wanted: ReorganisationIn) -> ReorganisationPreview:
    """Tell what a reorganisation would do; refused is what planning it would refuse.

    :raises CycleInTree: for a target below it.
    :raises NowhereToGo: for a root, another root's tree, and a move to where it stands.
    """
    organisation = checked(call, wanted)
    change = change_of(call.session, UUID(int=0), wanted.kind, organisation.id, wanted.target_id)
    inside = within(organisation.id)
    return ReorganisationPreview(
        **wanted.model_dump(exclude={"note"}),
        organisations=_count(call, inside),
        shares_lapsing=_told(call, LapsingShare, _shares(change)),
        agreements_following=_told(call, FollowingAgreement, _agreements(change)),
        group_members_leaving=_told(call, LeavingMember, _members(change)),
        roles_lapsing=_told(call, LapsingRole, _powers(call, change, RoleGrant, col(RoleGrant.role))),
        prokura_lapsing=_told(
            call,
            LapsingProkura,
            _powers(call, change, Prokura, col(Prokura.part), col(Prokura.currency), col(Prokura.max_amount)),
        ),
        tasks_routed_anew=_tasks(call, change),
        open_orders=_told(call, OpenOrder, _orders(inside)),
    )


def _told(call: Call, model: type[RowT], query: Query) -> Told[RowT]:
    total = _count(call, query)
    first = rows(call.session, query.order_by("id").limit(MOST_TOLD))
    return Told[model](total=total, first=[model.model_validate(row, from_attributes=True) for row in first])  # type: ignore[valid-type]  # a model made for this row


def _count(call: Call, query: Query) -> int:
    counted = core_select(func.count()).select_from(query.subquery())
    return int(call.session.connection().execute(counted).scalar_one())


def _any(change: Change, condition: Callable[[Any], Any]) -> Any:
    """Give the condition that a row is concerned by any of the departures."""
    return or_(false(), *(condition(departure) for departure in change.departures if departure.left))


def _shares(change: Change) -> Query:
    giver, receiver = aliased(Organisation), aliased(Organisation)
    name = func.coalesce(col(User.name), col(UserGroup.name), col(receiver.name))
    return (
        core_select(
            col(Share.id).label("id"),
            col(Share.agreement_id),
            col(Agreement.contract_number),
            col(Agreement.title),
            col(giver.name).label("from_name"),
            name.label("to_name"),
        )
        .join_from(Share, Agreement, col(Agreement.id) == col(Share.agreement_id))
        .join(giver, col(giver.id) == col(Share.from_organisation_id))
        .join(receiver, col(receiver.id) == col(Share.organisation_id))
        .outerjoin(User, col(User.id) == col(Share.user_id))
        .outerjoin(UserGroup, col(UserGroup.id) == col(Share.group_id))
        .where(_any(change, lapsing_shares))
    )


def _agreements(change: Change) -> Query:
    """Give the agreements owned in the branch; those of a merged organisation pass on."""
    after = aliased(Organisation)
    passes = change.merged_into is not None
    owner_after = col(after.id) == change.merged_into if passes else col(after.id) == col(Agreement.owner_id)
    moved = col(Agreement.owner_id) == change.organisation_id if passes else None
    inside = col(Agreement.owner_id).in_(within(change.organisation_id))
    return (
        core_select(
            col(Agreement.id).label("id"),
            col(Agreement.contract_number),
            col(Agreement.title),
            col(Organisation.name).label("owner_name"),
            col(after.name).label("owner_after"),
        )
        .join_from(Agreement, Organisation, col(Organisation.id) == col(Agreement.owner_id))
        .join(after, owner_after)
        .where(inside if moved is None else moved)
    )


def _members(change: Change) -> Query:
    return (
        core_select(
            col(UserGroupMember.id).label("id"),
            col(UserGroup.name).label("group_name"),
            col(User.id).label("user_id"),
            col(User.name).label("user_name"),
        )
        .join_from(UserGroupMember, UserGroup, col(UserGroup.id) == col(UserGroupMember.group_id))
        .join(User, col(User.id) == col(UserGroupMember.user_id))
        .where(_any(change, lapsing_members))
    )


def _powers(call: Call, change: Change, model: type[RoleGrant | Prokura], *columns: Any) -> Query:
    return (
        core_select(
            col(model.id).label("id"),
            col(User.id).label("user_id"),
            col(User.name).label("user_name"),
            col(Organisation.name).label("place"),
            *columns,
        )
        .join_from(model, User, col(User.id) == col(model.user_id))
        .join(Organisation, col(Organisation.id) == col(model.organisation_id))
        .where(_any(change, lambda departure: lapsing(model, departure, call.today)))
    )


def _tasks(call: Call, change: Change) -> Told[RoutedTask]:
    found = {task.id: task for departure in change.departures for task in losing_hands(call, departure)}
    told = [
        RoutedTask(
            **task.model_dump(include={"id", "type", "role"}),
            place=call.session.get_one(Organisation, task.organisation_id).name,
            user_name=call.session.get_one(User, task.user_id).name,
        )
        for task in list(found.values())[:MOST_TOLD]
    ]
    return Told[RoutedTask](total=len(found), first=told)


def _orders(inside: Any) -> Query:
    return (
        core_select(
            col(PurchaseOrder.id).label("id"),
            col(PurchaseOrder.number),
            col(PurchaseOrder.status),
            col(Organisation.name).label("place"),
            col(PurchaseOrder.buyer_gln),
        )
        .join_from(PurchaseOrder, Organisation, col(Organisation.id) == col(PurchaseOrder.organisation_id))
        .where(col(PurchaseOrder.organisation_id).in_(inside), col(PurchaseOrder.status).in_(OPEN))
    )
