"""What stands before an import: the tree as the caller sees it, and the people, roles and limits that the sheets name.

Everything is read in a few queries, by lists of keys; nothing is asked row by row.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy import select as core_select
from sqlmodel import SQLModel, col

from app.kit.db import rows
from app.organisations.access import Call, branches, valid_on
from app.organisations.models import LocationNumber, Organisation, OrganisationLink
from app.organisations.people_models import Prokura, RoleGrant, User, UserKind
from app.organisations.permissions import Permission
from app.organisations.queries import visible_suppliers
from app.organisations.setup_columns import SEPARATOR
from app.organisations.supplier_models import Supplier, SupplierIdentifier

CHUNK: Final = 1000
"""Keys in one query: SQLite takes 32,766 parameters, and its planner likes fewer."""

MOST_LEVELS: Final = 30
PLACE: Final = ("id", "parent_id", "root_id", "name", "cvr", "version")
UserKey = tuple[str, str]
"""Issuer and subject."""

Query = Select[*tuple[Any, ...]]


@dataclass(slots=True)
class Place:
    """An organisation, there or to be made."""

    id: UUID
    parent_id: UUID | None
    root_id: UUID
    name: str
    cvr: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """A user, there or to be made; `is_visible` when the caller may look at them."""

    id: UUID
    name: str
    kind: UserKind
    organisation_id: UUID | None
    is_visible: bool = True


class UnknownPlace(Exception):  # noqa: N818 - told in a fault
    """A text names no organisation, or several; in English and Danish."""

    def __init__(self, message: str, message_da: str) -> None:
        super().__init__(message)
        self.message, self.message_da = message, message_da


@dataclass
class Tree:
    """The organisations that the caller sees, and those that the sheets add; `held` are where each permission is."""

    held: Mapping[Permission, frozenset[UUID]]
    places: dict[UUID, Place] = field(default_factory=dict)
    children: dict[tuple[UUID | None, str], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[str, UUID | None] = field(default_factory=dict)
    """The keys of this upload; None until the row is planned."""
    glns: dict[str, UUID] = field(default_factory=dict)
    """Where the GLNs that the sheets name route to today, also outside of what the caller sees."""
    _paths: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def add(self, place: Place) -> None:
        """Take in an organisation whose parent is there already, or is out of sight."""
        self.places[place.id] = place
        self.children[place.parent_id, place.name].append(place.id)
        path = ""
        for above in self.upwards(place.id):
            path = f"{above.name}{SEPARATOR}{path}" if path else above.name
            self._paths[path].add(place.id)

    def upwards(self, place_id: UUID) -> Iterator[Place]:
        """Give an organisation and those above it, as far as the caller sees them."""
        place = self.places.get(place_id)
        while place is not None:
            yield place
            place = self.places.get(place.parent_id) if place.parent_id is not None else None

    def may(self, permission: Permission, place_id: UUID) -> bool:
        held = self.held[permission]
        return any(above.id in held for above in self.upwards(place_id))

    def find(self, text: str) -> UUID:
        """Find an organisation by a key of this upload, its id, a GLN valid today, or the end of its path of names.

        :raises UnknownPlace: when it is none, or may be several.
        """
        for place_id in (self.keys.get(text), _uuid(text), self.glns.get(text)):
            if place_id is not None and place_id in self.places:
                return place_id
        found = self._paths.get(text, ()) if text not in self.keys else ()
        if len(found) == 1:
            return next(iter(found))
        shown = text[:200]
        if found:
            ways = "write the names above it, too, or its GLN or id"
            ways_da = "skriv også de overordnedes navne, eller GLN eller id"
            raise UnknownPlace(
                f"{len(found)} organisations are called {shown}; {ways}", f"{shown} er flertydigt; {ways_da}"
            )
        raise UnknownPlace(
            f"{shown} is no organisation that you see or that is made here",
            f"{shown} er ingen organisation, som du ser, eller som oprettes her",
        )

    def named(self, place_id: UUID, top_id: UUID) -> str:
        """Give a text by which `find` finds an organisation: its path of names from a top on, else its id."""
        names: list[str] = []
        for above in self.upwards(place_id):
            names.insert(0, above.name)
            if above.id == top_id:
                break
        path = SEPARATOR.join(names)
        return (
            path
            if self._paths.get(path) == {place_id} and _uuid(path) is None and not path.isdigit()
            else str(place_id)
        )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def tree_of(call: Call) -> Tree:
    """Read the organisations that the caller sees."""
    held = {permission: call.actor.organisations(permission) for permission in Permission}
    tree = Tree(held)
    query = _select(*(getattr(Organisation, name) for name in PLACE)).where(
        branches(call.actor, Permission.ORGANISATION_READ, Organisation.id)
    )
    seen = {row.id: Place(*row) for row in rows(call.session, query)}
    below: dict[UUID | None, list[Place]] = defaultdict(list)
    for place in seen.values():
        below[place.parent_id if place.parent_id in seen else None].append(place)
    waiting = below[None]
    while waiting:
        place = waiting.pop()
        tree.add(place)
        waiting.extend(below[place.id])
    return tree


def location_numbers(call: Call, wanted: Iterable[str]) -> dict[str, UUID]:
    """Give where GLNs route to today."""
    query = _select(LocationNumber.gln, LocationNumber.organisation_id).where(valid_on(LocationNumber, call.today))
    return {row.gln: row.organisation_id for row in _in_chunks(call, query, LocationNumber.gln, wanted)}


def users_of(call: Call, tree: Tree, wanted: Iterable[UserKey]) -> dict[UserKey, Known]:
    """Give the users that are registered already, whether the caller may look at them or not."""
    by_issuer: dict[str, set[str]] = defaultdict(set)
    for issuer, subject in wanted:
        by_issuer[issuer].add(subject)
    query = _select(User.id, User.subject, User.name, User.kind, User.organisation_id)
    found: dict[UserKey, Known] = {}
    for issuer, subjects in by_issuer.items():
        for row in _in_chunks(call, query.where(col(User.issuer) == issuer), User.subject, subjects):
            place_id = row.organisation_id
            seen = row.id == call.actor.principal_id or (
                place_id in tree.places and tree.may(Permission.USER_READ, place_id)
            )
            found[issuer, row.subject] = Known(row.id, row.name, row.kind, place_id, seen)
    return found


def suppliers_of(call: Call, wanted: Iterable[str]) -> dict[str, UUID]:
    """Find suppliers by a CVR number, a GLN, a key or an id, as the sheets write them."""
    texts = set(wanted)
    spellings = {key: text for text in texts for key in _supplier_keys(text)}
    seen = col(Supplier.id).in_(visible_suppliers(call).with_only_columns(col(Supplier.id)))
    by_key = _select(SupplierIdentifier.key, SupplierIdentifier.supplier_id).join(Supplier).where(seen)
    ids = {text: one for text in texts if (one := _uuid(text)) is not None}
    known = {row.id for row in _in_chunks(call, _select(Supplier.id).where(seen), Supplier.id, ids.values())}
    return {text: one for text, one in ids.items() if one in known} | {
        spellings[row.key]: row.supplier_id for row in _in_chunks(call, by_key, SupplierIdentifier.key, spellings)
    }


def _supplier_keys(text: str) -> tuple[str, ...]:
    number = text.removeprefix("DK")
    return text, f"DK:CVR:DK{number}", f"GLN:{text}"


def powers_of(call: Call, model: type[RoleGrant] | type[Prokura], users: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """Give the roles or limits of users, whenever they are valid and also when they were ended, by user."""
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in _in_chunks(call, table.select(), table.c.user_id, users):
        found[row.user_id].append(row)
    return found


def links_above(call: Call, wanted: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, int]]]:
    """Give the ancestors of organisations with their distances, each organisation itself among them at 0."""
    query = _select(OrganisationLink.descendant_id, OrganisationLink.ancestor_id, OrganisationLink.depth)
    found: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for row in _in_chunks(call, query, OrganisationLink.descendant_id, wanted):
        found[row.descendant_id].append((row.ancestor_id, row.depth))
    return found


def _select(*columns: Any) -> Query:
    return core_select(*(col(column) for column in columns))


def _in_chunks(call: Call, query: Query, column: Any, wanted: Iterable[Any]) -> Iterator[Any]:
    """Run a query for lists of keys: a thousand at a time."""
    keys = iter(wanted)
    while chunk := list(islice(keys, CHUNK)):
        yield from rows(call.session, query.where(column.in_(chunk)))
