"""GLNs of organisations: each routes to one organisation at a time, and for a while after it has ended."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.kit.errors import Conflict, Fault, Invalid
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.organisations import queries
from app.organisations.access import Call, require
from app.organisations.ending import AlreadyEnded
from app.organisations.models import LocationNumber, Organisation
from app.organisations.permissions import Permission
from app.organisations.reorganisation_messages import LocationNumberEnd, LocationNumberIn, LocationNumberOut

GRACE: Final = timedelta(days=180)


class GlnTaken(Conflict):
    """The GLN routes to an organisation in this time already."""


class EndsBeforeItBegins(Invalid):
    """The last day of a GLN is its first or a later one, and today or later."""


def register(call: Call, organisation_id: UUID, body: LocationNumberIn) -> LocationNumberOut:
    """Let a GLN route to an organisation. One that another has given up may be taken over, also in its time of grace.

    :raises GlnTaken: when it routes to any organisation on one of these days.
    """
    organisation = queries.organisation(call, organisation_id)
    require(call, Permission.ORGANISATION_CREATE, organisation.id)
    refuse_taken(call.session, body.gln, body.valid_from, body.valid_to)
    number = LocationNumber(id=new_id(call.now), organisation_id=organisation.id, **body.model_dump())
    call.session.add(number)
    call.session.flush()
    _note(call, organisation, "gln.registered", number)
    return _out(number)


def refuse_taken(session: Session, gln: str, valid_from: date, valid_to: date | None = None) -> None:
    """Refuse a GLN that is valid anywhere on one of some days.

    :raises GlnTaken: saying in which time, not where: the organisation may be none of the caller's.
    """
    query = select(LocationNumber).where(
        LocationNumber.gln == gln,
        or_(col(LocationNumber.valid_to).is_(None), col(LocationNumber.valid_to) >= valid_from),
    )
    if valid_to is not None:
        query = query.where(LocationNumber.valid_from <= valid_to)
    taken = session.exec(query.order_by(col(LocationNumber.valid_from))).first()
    if taken is not None:
        until = f"to {taken.valid_to}" if taken.valid_to is not None else "on"
        raise GlnTaken(f"GLN {gln} routes to an organisation from {taken.valid_from} {until}")


def list_numbers(call: Call, organisation_id: UUID, wanted: PageQuery) -> Page[LocationNumberOut]:
    """Give the GLNs of an organisation, those that have ended and those to come, too."""
    organisation = queries.organisation(call, organisation_id)
    mine = select(LocationNumber).where(LocationNumber.organisation_id == organisation.id)
    return page(call.session, mine, LocationNumber, wanted, _out)


def end(call: Call, number_id: UUID, body: LocationNumberEnd) -> LocationNumberOut:
    """End a GLN on a day; what comes to it is still taken in for a time.

    :raises AlreadyEnded: when its last day is over.
    :raises EndsBeforeItBegins: for a last day that is over, or before its first.
    """
    number = _number(call, number_id)
    organisation = call.session.get_one(Organisation, number.organisation_id)
    require(call, Permission.ORGANISATION_CREATE, organisation.id)
    if number.valid_to is not None and number.valid_to < call.today:
        raise AlreadyEnded(f"GLN {number.gln} has ended on {number.valid_to}")
    if body.valid_to < max(number.valid_from, call.today):
        message = f"GLN {number.gln} is valid from {number.valid_from}; its last day is that, today, or later"
        raise EndsBeforeItBegins(message, faults=[Fault(message, pointer="/valid_to")])
    number.valid_to, number.routable_to = body.valid_to, body.routable_to or body.valid_to + GRACE
    call.session.flush()
    _note(call, organisation, "gln.ended", number)
    return _out(number)


def _number(call: Call, number_id: UUID) -> LocationNumber:
    found = call.session.get(LocationNumber, number_id)
    if found is None:
        raise queries.OrganisationNotFound(f"there is no location number {number_id}")
    queries.organisation(call, found.organisation_id)
    return found


def _out(number: LocationNumber) -> LocationNumberOut:
    return LocationNumberOut.model_validate(number, from_attributes=True)


def _note(call: Call, organisation: Organisation, action: str, number: LocationNumber) -> None:
    facts = {"gln": number.gln, "valid_from": str(number.valid_from), "valid_to": str(number.valid_to or "")}
    call.audit(action, chain=organisation.root_id, entity="organisation", entity_id=organisation.id, facts=facts)
