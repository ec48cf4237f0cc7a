"""Steps of the organisations chapter: each finds, requires, does and returns."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import Session, col, select

from app.kit import audit
from app.kit.clock import business_day
from app.kit.errors import Conflict, Invalid
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, firsts, page
from app.kit.versions import require_version
from app.organisations import queries, tree
from app.organisations.access import Call, require
from app.organisations.location_numbers import refuse_taken
from app.organisations.messages import OrganisationChange, OrganisationIn, OrganisationOut, TaskOut
from app.organisations.models import LocationNumber, Organisation, Task, TaskState
from app.organisations.people_models import Role, RoleGrant, User
from app.organisations.permissions import Permission
from app.organisations.reorganisation_messages import PlacementOut, PlacementsOut
from app.organisations.tasks import TELLING, close_tasks


class AlreadyFounded(Conflict):
    """There is already a root organisation."""


class TaskClosesItself(Conflict):
    """The task ends when what it asks for is done."""


class NotBefore(Invalid):
    """What was decided is never changed backwards in time."""


def found(session: Session, name: str, issuer: str, subject: str, now: datetime) -> tuple[Organisation, User]:
    """Make the first root organisation and its first administrator.

    :raises AlreadyFounded: when any organisation exists.
    """
    if session.exec(select(Organisation.id).limit(1)).first() is not None:
        raise AlreadyFounded("there is a root organisation already; its administrator can make what is below it")
    root = _add_organisation(session, name, None, now)
    administrator = User(
        id=new_id(now), issuer=issuer, subject=subject, name="Administrator", organisation_id=root.id, created_at=now
    )
    session.add(administrator)
    session.flush()
    session.add(
        RoleGrant(
            id=new_id(now),
            user_id=administrator.id,
            role=Role.LOCAL_ADMINISTRATOR,
            organisation_id=root.id,
            valid_from=business_day(now),
        )
    )
    audit.record(
        session,
        "organisation.founded",
        chain=root.id,
        entity="organisation",
        entity_id=root.id,
        now=now,
        actor_id=administrator.id,
    )
    return root, administrator


def create_organisation(call: Call, body: OrganisationIn) -> OrganisationOut:
    """Make an organisation below another.

    :raises OrganisationClosed: when the one above is closed.
    :raises GlnTaken: when the GLN routes elsewhere today.
    """
    parent = queries.organisation(call, body.parent_id)
    require(call, Permission.ORGANISATION_CREATE, parent.id)
    tree.require_open(tree.hold(call.session, parent.id))
    if body.gln is not None:
        refuse_taken(call.session, body.gln, call.today)
    organisation = _add_organisation(call.session, body.name, parent, call.now, body.cvr)
    if body.gln is not None:
        call.session.add(
            LocationNumber(id=new_id(call.now), gln=body.gln, organisation_id=organisation.id, valid_from=call.today)
        )
    call.audit("organisation.created", chain=organisation.root_id, entity="organisation", entity_id=organisation.id)
    return organisation_out(call, organisation)


def _add_organisation(
    session: Session, name: str, parent: Organisation | None, now: datetime, cvr: str | None = None
) -> Organisation:
    own_id = new_id(now)
    organisation = Organisation(
        id=own_id,
        parent_id=parent.id if parent else None,
        root_id=parent.root_id if parent else own_id,
        name=name,
        cvr=cvr,
        created_at=now,
    )
    session.add(organisation)
    session.flush()
    tree.link_new(session, own_id, parent.id if parent else None, business_day(now))
    return organisation


def organisation_out(call: Call, organisation: Organisation) -> OrganisationOut:
    call.session.flush()
    return OrganisationOut(
        **organisation.model_dump(exclude={"created_at"}), glns=queries.glns(call.session, organisation.id, call.today)
    )


def get_organisation(call: Call, organisation_id: UUID) -> OrganisationOut:
    return organisation_out(call, queries.organisation(call, organisation_id))


def change_organisation(
    call: Call, organisation_id: UUID, body: OrganisationChange, if_match: str | None
) -> OrganisationOut:
    """Change an organisation's name or CVR number; documents that were sent keep what they say."""
    organisation = queries.organisation(call, organisation_id)
    require(call, Permission.ORGANISATION_CREATE, organisation.id)
    require_version(organisation, if_match)
    for name in body.model_fields_set:
        setattr(organisation, name, getattr(body, name))
    facts = {"fields": sorted(body.model_fields_set)}
    call.audit(
        "organisation.changed",
        chain=organisation.root_id,
        entity="organisation",
        entity_id=organisation.id,
        facts=facts,
    )
    return organisation_out(call, organisation)


def list_placements(call: Call, organisation_id: UUID) -> PlacementsOut:
    """Give below which organisations one has stood."""
    found = queries.organisation(call, organisation_id)
    rows = tree.placements(call.session, found.id)
    placements = [PlacementOut.model_validate(row, from_attributes=True) for row in rows]
    return PlacementsOut(organisation_id=found.id, placements=placements)


def list_organisations(call: Call, wanted: PageQuery) -> Page[OrganisationOut]:
    query = queries.visible_organisations(call)
    return page(call.session, query, Organisation, wanted, lambda row: organisation_out(call, row))


def set_aside(call: Call, task_id: UUID) -> TaskOut:
    """Say of a task that only tells something that it has been seen to.

    :raises TaskClosesItself: for one that ends when what it asks for is done.
    """
    task = queries.task(call, task_id)
    if task.type not in TELLING:
        raise TaskClosesItself(f"a task {task.type} ends when what it asks for is done")
    close_tasks(call.session, task.subject_id, [task.type], now=call.now, by=call.actor.id)
    organisation = call.session.get_one(Organisation, task.organisation_id)
    call.audit("task.set_aside", chain=organisation.root_id, entity="task", entity_id=task.id)
    return TaskOut.model_validate(task, from_attributes=True)


def list_tasks(call: Call, wanted: PageQuery, state: TaskState | None = None) -> Page[TaskOut]:
    ways = queries.ways_to_tasks(call)
    if state is not None:
        ways = [and_(way, col(Task.state) == state) for way in ways]
    return page(
        call.session,
        select(Task).where(firsts(ways, Task, wanted)),
        Task,
        wanted,
        lambda row: TaskOut.model_validate(row, from_attributes=True),
    )
