"""Mapping profiles that people store: a supplier for its own sheets, a content manager for a supplier's."""

from collections.abc import Collection
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request
from pydantic_core import from_json
from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.catalogs.mapping_files import YAML, profile_of, read_yaml, shipped
from app.catalogs.mapping_messages import MappingProfileOut, MappingProfilesOut
from app.catalogs.mapping_models import StoredProfile
from app.catalogs.mapping_profiles import MappingProfile, MappingProfileNotFitting
from app.kit.calls import Body, Caller
from app.kit.errors import Conflict, Fault, MediaTypeNotSupported, NotFound
from app.kit.ids import new_id
from app.kit.pages import PageQuery, page
from app.organisations import queries as organisations
from app.organisations.access import Call, branches, require, require_supplier
from app.organisations.models import Organisation
from app.organisations.permissions import Permission

JSON: Final = "application/json"


class MappingProfileNotFound(NotFound):
    """No such mapping profile, or not for this caller or supplier."""


class MappingProfileNameTaken(Conflict):
    """A profile of this name is shipped, or stored for the supplier already."""


class SupplierNotNamed(Conflict):
    """The caller acts for several suppliers, or none, and the request does not say which it is about."""


def profile_body(request: Request, caller: Caller, body: Body) -> MappingProfile:
    """Give the dependency that reads a profile; whoever is not signed in gets nothing read."""
    del caller
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == YAML:
        return profile_of(read_yaml(body))
    if media_type != JSON:
        raise MediaTypeNotSupported(f"send {JSON} or {YAML}, not {media_type[:80] or 'nothing'}")
    try:
        said = from_json(body)
    except ValueError as reason:
        raise _no_object(f"the body is no JSON: {reason}") from reason
    if not isinstance(said, dict):
        raise _no_object("a profile is one object")
    return profile_of(said)


def _no_object(message: str) -> MappingProfileNotFitting:
    return MappingProfileNotFitting(message, faults=[Fault(message)])


ProfileBody = Annotated[MappingProfile, Depends(profile_body)]


def store(
    call: Call, profile: MappingProfile, supplier_id: UUID | None, organisation_id: UUID | None
) -> MappingProfileOut:
    """Store a profile for the sheets of a supplier: as its own, or as that of an organisation.

    :raises MappingProfileNameTaken: for a name that is there.
    """
    supplier = organisations.supplier(call, supplier_id or own_supplier(call))
    root_id = _allowed(call, supplier.id, organisation_id)
    if profile.name in shipped() or _named(call.session, supplier.id, profile.name) is not None:
        raise MappingProfileNameTaken(f"there is a profile {profile.name} already; take another name, or delete it")
    stored = StoredProfile(
        id=new_id(call.now),
        supplier_id=supplier.id,
        organisation_id=organisation_id,
        name=profile.name,
        content=profile.model_dump(mode="json", exclude_defaults=True),
        stored_by=call.actor.id,
        stored_at=call.now,
    )
    call.session.add(stored)
    call.session.flush()
    call.audit("mapping_profile.stored", chain=root_id, entity="mapping_profile", entity_id=stored.id)
    return _out(stored)


def list_profiles(call: Call, wanted: PageQuery) -> MappingProfilesOut:
    found = page(call.session, visible_profiles(call), StoredProfile, wanted, _out)
    return MappingProfilesOut(shipped=list(shipped().values()), data=found.data, next_cursor=found.next_cursor)


def get_profile(call: Call, profile_id: UUID) -> MappingProfileOut:
    return _out(_profile(call, profile_id))


def delete(call: Call, profile_id: UUID) -> None:
    """Delete a profile; what was read with it stays as it is."""
    stored = _profile(call, profile_id)
    root_id = _allowed(call, stored.supplier_id, stored.organisation_id)
    call.audit("mapping_profile.deleted", chain=root_id, entity="mapping_profile", entity_id=stored.id)
    call.session.delete(stored)


def visible_profiles(call: Call) -> SelectOfScalar[StoredProfile]:
    """Give the profiles of the suppliers that the actor acts for, and of organisations where they read catalogues."""
    of_supplier = col(StoredProfile.supplier_id).in_(call.actor.suppliers(Permission.CATALOGUE_UPLOAD))
    of_branch = branches(call.actor, Permission.CATALOGUE_READ, StoredProfile.organisation_id)
    return select(StoredProfile).where(or_(of_supplier, of_branch))


def profile_for(session: Session, suppliers: Collection[UUID], name: str) -> MappingProfile:
    """Find the profile that an upload names: one stored for a supplier of the sender, else one that is shipped.

    :raises MappingProfileNotFound: naming those that there are.
    :raises SupplierNotNamed: when it is stored for several of them.
    """
    query = select(StoredProfile).where(col(StoredProfile.supplier_id).in_(suppliers))
    named = session.exec(query.where(StoredProfile.name == name)).all()
    if len(named) > 1:
        raise SupplierNotNamed(f"several suppliers that you act for have a profile {name}; give one another name")
    if named:
        return MappingProfile.model_validate(named[0].content)
    if name in shipped():
        return shipped()[name]
    there = ", ".join([*shipped(), *sorted(found.name for found in session.exec(query).all())])
    raise MappingProfileNotFound(f"there is no profile {name} for this supplier; there are {there}")


def own_supplier(call: Call) -> UUID:
    """Give the one supplier that the actor acts for.

    :raises SupplierNotNamed: when there is not exactly one.
    """
    suppliers = call.actor.suppliers(Permission.CATALOGUE_UPLOAD)
    if len(suppliers) != 1:
        raise SupplierNotNamed("say which supplier this is about: you act for none, or for several")
    return next(iter(suppliers))


def _allowed(call: Call, supplier_id: UUID, organisation_id: UUID | None) -> UUID:
    """Let those pass whose profile it is; gives the root organisation in whose chain of events it belongs."""
    if organisation_id is not None:
        organisation = organisations.organisation(call, organisation_id)
        require(call, Permission.CATALOGUE_APPROVE, organisation.id)
        return organisation.root_id
    require_supplier(call, Permission.CATALOGUE_UPLOAD, supplier_id)
    roots = select(Organisation.id).where(Organisation.id == Organisation.root_id).order_by(col(Organisation.id))
    return call.session.exec(roots).first() or UUID(int=0)


def _profile(call: Call, profile_id: UUID) -> StoredProfile:
    found = call.session.exec(visible_profiles(call).where(StoredProfile.id == profile_id)).first()
    if found is None:
        raise MappingProfileNotFound(f"there is no mapping profile {profile_id}")
    return found


def _named(session: Session, supplier_id: UUID, name: str) -> StoredProfile | None:
    query = select(StoredProfile).where(StoredProfile.supplier_id == supplier_id, StoredProfile.name == name)
    return session.exec(query).first()


def _out(stored: StoredProfile) -> MappingProfileOut:
    return MappingProfileOut(
        **stored.model_dump(include={"id", "supplier_id", "organisation_id", "stored_at"}),
        profile=MappingProfile.model_validate(stored.content),
    )
