"""Organisations in an import: found by id or by name below the one above, made where they are not there."""

from dataclasses import dataclass, field
from uuid import UUID

from app.kit.audit import Happening
from app.kit.ids import new_id
from app.kit.sheets import Table
from app.organisations.location_numbers import GlnTaken
from app.organisations.messages import OrganisationIn
from app.organisations.models import LocationNumber, Organisation
from app.organisations.permissions import Permission
from app.organisations.queries import OrganisationNotFound
from app.organisations.setup_columns import Kind
from app.organisations.setup_facts import MOST_LEVELS, Place, UnknownPlace
from app.organisations.setup_plan import Faulty, Line, Outcome, Plan, lines


@dataclass
class _Sheet:
    """The sheet at work: the row that named each organisation, and which organisation each row stands below."""

    plan: Plan
    named: dict[UUID, int] = field(default_factory=dict)
    parents: list[tuple[Line, UUID]] = field(default_factory=list)


def plan_organisations(plan: Plan, table: Table) -> None:
    """Plan a sheet of organisations, whose rows may stand in any order; an import moves none to another place."""
    sheet = _Sheet(plan)
    waiting = list(_with_keys(plan, table))
    for _ in range(MOST_LEVELS):
        still = [line for line in waiting if not _planned(sheet, line)]
        if not still or len(still) == len(waiting):
            break
        waiting = still
    for line in still:
        _tell(plan, line)
    for line, parent_id in sheet.parents:
        _tell(plan, line, parent_id)


def _with_keys(plan: Plan, table: Table) -> list[Line]:
    """Give the rows, and know their keys before the first is planned: a key goes before a name of the same text."""
    rows: dict[str, int] = {}
    found = []
    for line in lines(plan, table):
        key = line.get("key")
        if key is not None and key in rows:
            message, message_da = f"row {rows[key]} has this key", f"Række {rows[key]} har denne nøgle"
            plan.faults += line.fault("key", message, message_da).faults
            continue
        if key is not None:
            rows[key] = line.row.number
            plan.tree.keys[key] = None
        found.append(line)
    return found


def _tell(plan: Plan, line: Line, parent_id: UUID | None = None) -> None:
    """Tell why the organisation above a row is not known, or no longer the only one of its name."""
    try:
        if line.place("parent") == parent_id:
            return
        message = "the organisations stand in a circle, or deeper than can be"
        raise line.fault("parent", message, "Organisationerne står i ring eller for dybt")
    except Faulty as reason:
        plan.faults += reason.faults


def _planned(sheet: _Sheet, line: Line) -> bool:
    """Plan one row; tells whether it could be, as the organisation above it may not be there yet."""
    plan = sheet.plan
    try:
        parent_id = plan.tree.find(line.row.cells["parent"]) if line.get("parent") else None
    except UnknownPlace:
        return False
    try:
        place = _existing(line, parent_id)
        if place is None:
            assert parent_id is not None  # noqa: S101 - without one, only what is there is found
            place = _create(line, parent_id)
        else:
            _take_up(sheet, line, place)
    except Faulty as reason:
        plan.faults += reason.faults
        return True
    sheet.named[place.id] = line.row.number
    if parent_id is not None:
        sheet.parents.append((line, parent_id))
    if key := line.get("key"):
        plan.tree.keys[key] = place.id
    return True


def _existing(line: Line, parent_id: UUID | None) -> Place | None:
    tree, name = line.plan.tree, line.row.cells["name"]
    if "id" in line.row.cells:
        return _by_id(line, parent_id)
    if parent_id is None:
        return tree.places[_top(line)]
    found = tree.children.get((parent_id, name), [])
    if len(found) > 1:
        found = [one for one in found if one in {tree.glns.get(gln) for gln in _glns(line)}]
        if len(found) != 1:
            message = "several organisations below this one have this name; give the id"
            raise line.fault("name", message, "Flere organisationer her har dette navn; skriv id")
    return tree.places[found[0]] if found else None


def _by_id(line: Line, parent_id: UUID | None) -> Place:
    place = line.plan.tree.places[line.place("id")]
    if parent_id is not None and parent_id != place.parent_id:
        message = "it stands below another organisation; an import moves none"
        raise line.fault("parent", message, "Den står under en anden organisation; en import flytter ingen")
    return place


def _top(line: Line) -> UUID:
    """Find the organisation of a row that names none above it: it must be there already."""
    tree, name = line.plan.tree, line.row.cells["name"]
    for gln in _glns(line):
        place = tree.places.get(tree.glns.get(gln, line.plan.actor_id))
        if place is not None and place.name == name:
            return place.id
    try:
        return tree.find(name)
    except UnknownPlace as reason:
        message = f"name the organisation above it; without one a row must name what is there, and {reason.message}"
        message_da = f"Skriv den overordnede organisation; uden den skal rækken findes, og {reason.message_da}"
        raise line.fault("parent", message, message_da, OrganisationNotFound) from reason


def _glns(line: Line) -> list[str]:
    return (line.get("glns") or "").split()


def _create(line: Line, parent_id: UUID) -> Place:
    plan, tree = line.plan, line.plan.tree
    body = _body(line, parent_id)
    line.require(Permission.ORGANISATION_CREATE, parent_id, "parent")
    if sum(1 for _ in tree.upwards(parent_id)) >= MOST_LEVELS:
        message = f"there are no more than {MOST_LEVELS} levels"
        raise line.fault("parent", message, f"Der er højst {MOST_LEVELS} niveauer")
    own_id = new_id(plan.now)
    _refuse_taken(line, own_id)
    place = Place(own_id, parent_id, tree.places[parent_id].root_id, body.name, body.cvr)
    tree.add(place)
    plan.inserts[Organisation.__tablename__].append(
        {
            "id": own_id,
            "parent_id": parent_id,
            "root_id": place.root_id,
            "name": body.name,
            "cvr": body.cvr,
            "status": "ACTIVE",
            "version": 1,
            "created_at": plan.now,
        }
    )
    _add_glns(line, place)
    plan.roots.add(place.root_id)
    plan.outcomes[Kind.ORGANISATIONS][line.row.number] = Outcome.CREATED
    return place


def _body(line: Line, parent_id: UUID) -> OrganisationIn:
    """Pass the door's message, once for each GLN."""
    values = {"parent_id": parent_id, "name": line.get("name"), "cvr": line.get("cvr")}
    for gln in _glns(line):
        line.checked(OrganisationIn, {**values, "gln": gln})
    return line.checked(OrganisationIn, values)


def _refuse_taken(line: Line, place_id: UUID) -> None:
    for gln in _glns(line):
        if line.plan.tree.glns.get(gln, place_id) != place_id:
            message = f"GLN {gln} routes to another organisation today"
            raise line.fault("glns", message, f"GLN {gln} fører i dag til en anden organisation", GlnTaken)


def _add_glns(line: Line, place: Place) -> bool:
    """Let GLNs route to an organisation from today on; tells whether any did not before."""
    plan = line.plan
    added = [gln for gln in dict.fromkeys(_glns(line)) if gln not in plan.tree.glns]
    for gln in added:
        plan.tree.glns[gln] = place.id
        plan.inserts[LocationNumber.__tablename__].append(
            {"id": new_id(plan.now), "gln": gln, "organisation_id": place.id, "valid_from": plan.today}
        )
    return bool(added)


def _take_up(sheet: _Sheet, line: Line, place: Place) -> None:
    """Compare a row with the organisation that is there: a blank cell leaves what is there as it is."""
    plan = line.plan
    if place.id in sheet.named:
        row = sheet.named[place.id]
        raise line.fault("name", f"row {row} is the same organisation", f"Række {row} er den samme organisation")
    body = _body(line, place.parent_id or place.id)
    _refuse_taken(line, place.id)
    wanted = {"name": body.name, "cvr": body.cvr or place.cvr}
    fields = [name for name, value in wanted.items() if getattr(place, name) != value]
    if any(gln not in plan.tree.glns for gln in _glns(line)):
        fields.append("glns")
    if not fields:
        plan.outcomes[Kind.ORGANISATIONS][line.row.number] = Outcome.UNCHANGED
        return
    line.require(Permission.ORGANISATION_CREATE, place.id, "name")
    _add_glns(line, place)
    plan.updates[Organisation.__tablename__].append({"row_id": place.id, **wanted, "version": place.version + 1})
    plan.happenings.append(
        Happening("organisation.changed", place.root_id, "organisation", place.id, {"fields": fields})
    )
    plan.roots.add(place.root_id)
    plan.outcomes[Kind.ORGANISATIONS][line.row.number] = Outcome.CHANGED
