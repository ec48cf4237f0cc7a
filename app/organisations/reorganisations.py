"""Reorganisations as they are planned: by whoever administers both ends, for today or a later day."""

from uuid import UUID

from sqlmodel import Session, col, select

from app.kit.errors import Conflict, Fault, Invalid
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.kit.versions import require_version
from app.organisations import queries, tree
from app.organisations.access import Call, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.reorganisation_messages import ReorganisationIn, ReorganisationOut
from app.organisations.reorganisation_models import (
    TRANSITIONS,
    Reorganisation,
    ReorganisationKind,
    ReorganisationStatus,
)


class CycleInTree(Invalid):
    """An organisation cannot go below itself or what is below it."""


class NowhereToGo(Invalid):
    """A root stays where it is, and nothing leaves its root or goes where it stands already."""


class InThePast(Invalid):
    """A reorganisation comes into force today or later."""


class TwoOnOneDay(Conflict):
    """An organisation is reorganised once a day."""


def plan(call: Call, body: ReorganisationIn) -> ReorganisationOut:
    """Plan a reorganisation; the worker does it on its day, which may be today.

    :raises InThePast: for a day that is over.
    :raises TwoOnOneDay: when there is one of the same organisation for that day already.
    """
    organisation = checked(call, body)
    same = select(Reorganisation.id).where(
        Reorganisation.organisation_id == organisation.id,
        Reorganisation.effective_on == body.effective_on,
        col(Reorganisation.status).in_([ReorganisationStatus.PLANNED, ReorganisationStatus.DONE]),
    )
    if (known := call.session.exec(same).first()) is not None:
        raise TwoOnOneDay(f"{organisation.name} is reorganised on {body.effective_on} already, by {known}")
    planned = Reorganisation(
        id=new_id(call.now),
        root_id=organisation.root_id,
        planned_by=call.actor.id,
        planned_at=call.now,
        **body.model_dump(),
    )
    call.session.add(planned)
    call.session.flush()
    facts = {"kind": body.kind, "effective_on": str(body.effective_on), "organisation_id": str(organisation.id)}
    note(call, planned, "reorganisation.planned", facts)
    return _out(planned)


def checked(call: Call, body: ReorganisationIn) -> Organisation:
    """Give the organisation of a reorganisation that the actor may plan and that can be done as the tree is now.

    It takes the permission where the organisation hangs now and where it is to go.

    :raises NowhereToGo: for a root, another root's tree, and a move to where it stands.
    :raises CycleInTree: for a target below it.
    :raises OrganisationClosed: for what is closed already, and for a closed target.
    """
    organisation = queries.organisation(call, body.organisation_id)
    target = queries.organisation(call, body.target_id) if body.target_id is not None else None
    require(call, Permission.ORGANISATION_REORGANISE, organisation.parent_id or organisation.id)
    if target is not None:
        require(call, Permission.ORGANISATION_REORGANISE, target.id)
    if body.effective_on < call.today:
        message = f"{body.effective_on} is over; a reorganisation comes into force today or later"
        raise InThePast(message, faults=[Fault(message, pointer="/effective_on")])
    check_places(call.session, body.kind, organisation, target)
    return organisation


def check_places(
    session: Session, kind: ReorganisationKind, organisation: Organisation, target: Organisation | None
) -> None:
    if organisation.parent_id is None:
        raise _nowhere(f"{organisation.name} is a root; it is neither moved, merged nor closed", "/organisation_id")
    if kind != ReorganisationKind.MOVE:
        tree.require_open(organisation)
    if target is None:
        return
    tree.require_open(target)
    if target.root_id != organisation.root_id:
        raise _nowhere(f"{target.name} is another root's; an organisation stays in its root's tree", "/target_id")
    if queries.is_below(session, target.id, organisation.id):
        message = f"{target.name} is {organisation.name} or below it; that would be a cycle"
        raise CycleInTree(message, faults=[Fault(message, pointer="/target_id")])
    if kind == ReorganisationKind.MOVE and target.id == organisation.parent_id:
        raise _nowhere(f"{organisation.name} is directly below {target.name} already", "/target_id")


def _nowhere(message: str, pointer: str) -> NowhereToGo:
    return NowhereToGo(message, faults=[Fault(message, pointer=pointer)])


def withdraw(call: Call, reorganisation_id: UUID, if_match: str | None) -> ReorganisationOut:
    """Take back what is planned.

    :raises WrongState: when it is done already.
    """
    planned = queries.reorganisation(call, reorganisation_id)
    organisation = call.session.get_one(Organisation, planned.organisation_id)
    require(call, Permission.ORGANISATION_REORGANISE, organisation.parent_id or organisation.id)
    require_version(planned, if_match)
    advance(planned, ReorganisationStatus.WITHDRAWN, TRANSITIONS)
    note(call, planned, "reorganisation.withdrawn")
    return _out(planned)


def get_reorganisation(call: Call, reorganisation_id: UUID) -> ReorganisationOut:
    return _out(queries.reorganisation(call, reorganisation_id))


def list_reorganisations(call: Call, wanted: PageQuery) -> Page[ReorganisationOut]:
    return page(call.session, queries.visible_reorganisations(call), Reorganisation, wanted, _out)


def _out(row: Reorganisation) -> ReorganisationOut:
    return ReorganisationOut.model_validate(row, from_attributes=True)


def note(call: Call, row: Reorganisation, action: str, facts: dict[str, str] | dict[str, int] | None = None) -> None:
    """Append to the audit trail what became of a reorganisation."""
    call.audit(action, chain=row.root_id, entity="reorganisation", entity_id=row.id, facts=facts)
