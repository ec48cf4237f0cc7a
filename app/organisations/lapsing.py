"""What a reorganisation does to people: roles and limits across the new border lapse, and tasks find new hands."""

from collections import Counter
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, update
from sqlmodel import SQLModel, col, select

from app.kit import audit
from app.kit.audit import Happening
from app.kit.db import write
from app.organisations.access import Call, holds_on
from app.organisations.departures import Change, Departure, lapsing, named_tasks
from app.organisations.models import Organisation, OrganisationLink, Task, TaskState
from app.organisations.people_models import Prokura, RoleGrant
from app.organisations.tree import ancestors, within

_ENDING: Final = {
    model: update(table).where(table.c.id == bindparam("row_id")).values(ended_at=bindparam("now"))
    for model in (RoleGrant, Prokura)
    for table in (SQLModel.metadata.tables[str(model.__tablename__)],)
}


def follow(call: Call, change: Change) -> Mapping[str, int]:
    """End the roles and limits that lapse, and give tasks of people who lost the role back to all who hold it."""
    counted: Counter[str] = Counter()
    for departure in change.departures:
        if departure.left:
            counted["roles_lapsed"] += _end(call, change, RoleGrant, departure)
            counted["prokura_lapsed"] += _end(call, change, Prokura, departure)
            counted["tasks_routed_anew"] += _route_anew(call, departure)
    return counted


def _end(call: Call, change: Change, model: type[RoleGrant | Prokura], departure: Departure) -> int:
    """End what lapses at once; each is an event of the user's."""
    found = call.session.exec(select(model.id, model.user_id).where(lapsing(model, departure, call.today))).all()
    table_name = str(model.__tablename__)
    facts = {"reorganisation_id": str(change.id)}
    root_id = call.session.get_one(Organisation, departure.top_id).root_id
    happenings = [
        Happening(f"{table_name}.lapsed", root_id, "user", user_id, {**facts, "id": str(row_id)})
        for row_id, user_id in found
    ]
    if found:
        write(call.session, _ENDING[model], [{"row_id": row_id, "now": call.now} for row_id, _ in found])
        call.session.expire_all()
    audit.record_all(
        call.session, happenings, now=call.now, actor_id=call.actor.id, on_behalf_of=call.actor.on_behalf_of
    )
    return len(found)


def _route_anew(call: Call, departure: Departure) -> int:
    """Take the name off open tasks whose holder loses the role where they stand: whoever holds it is told then."""
    lost = losing_hands(call, departure)
    for task in lost:
        task.user_id, task.announced_at = None, None
    call.session.flush()
    return len(lost)


def losing_hands(call: Call, departure: Departure) -> list[Task]:
    """Give the open tasks of a branch that wait by name for somebody who will not hold the role there any more."""
    if not departure.left:
        return []
    arrived = set(ancestors(call.session, departure.parent_id))
    named = select(Task).where(named_tasks(departure)).order_by(col(Task.id))
    return [
        task
        for task in call.session.exec(named).all()
        if not _keeps_role(call, departure, task, arrived | set(ancestors(call.session, task.organisation_id)))
    ]


def _keeps_role(call: Call, departure: Departure, task: Task, above: set[UUID]) -> bool:
    """Tell whether whoever a task waits for holds its role, for good, at one of some places that are not left."""
    kept = select(RoleGrant.id).where(
        RoleGrant.user_id == task.user_id,
        RoleGrant.role == task.role,
        col(RoleGrant.organisation_id).in_(above - departure.left),
        holds_on(RoleGrant, call.today),
        ~lapsing(RoleGrant, departure, call.today),
    )
    return call.session.exec(kept.limit(1)).first() is not None


def tasks_without_hands(call: Call, top_id: UUID) -> int:
    """Count the open tasks of a branch, as the tree is now, that wait for a role which nobody holds there."""
    holds = exists().where(
        col(OrganisationLink.descendant_id) == col(Task.organisation_id),
        col(RoleGrant.organisation_id) == col(OrganisationLink.ancestor_id),
        col(RoleGrant.role) == col(Task.role),
        holds_on(RoleGrant, call.today),
    )
    waiting = and_(col(Task.state) == TaskState.OPEN, col(Task.user_id).is_(None), ~holds)
    inside = col(Task.organisation_id).in_(within(top_id))
    return call.session.exec(select(func.count()).select_from(Task).where(waiting, inside)).one()
