"""Users in an import: found by issuer and subject, registered where they are not there."""

from app.kit.audit import Happening
from app.kit.ids import new_id
from app.kit.sheets import Table
from app.organisations.people import UserAlreadyRegistered
from app.organisations.people_messages import UserIn
from app.organisations.people_models import User
from app.organisations.permissions import Permission
from app.organisations.setup_columns import Kind
from app.organisations.setup_facts import Known, UserKey
from app.organisations.setup_plan import Faulty, Line, Outcome, Plan, lines


def user_key(line: Line) -> UserKey:
    return line.row.cells["issuer"], line.row.cells["subject"]


def plan_users(plan: Plan, table: Table) -> None:
    """Plan a sheet of users."""
    named: dict[UserKey, int] = {}
    for line in lines(plan, table):
        key = user_key(line)
        try:
            if key in named:
                raise line.fault("subject", f"row {named[key]} is the same user", f"Række {named[key]} er samme bruger")
            named[key] = line.row.number
            plan.outcomes[Kind.USERS][line.row.number] = _planned(line, key)
        except Faulty as reason:
            plan.faults += reason.faults


def _planned(line: Line, key: UserKey) -> Outcome:
    plan, place_id = line.plan, line.place("organisation")
    values = {name: line.row.cells[name] for name in ("issuer", "subject", "name", "kind") if name in line.row.cells}
    body = line.checked(UserIn, {**values, "organisation_id": place_id})
    known = plan.users.get(key)
    if known is not None:
        return _take_up(line, body, known)
    line.require(Permission.USER_CREATE, place_id, "organisation")
    own_id = new_id(plan.now)
    plan.users[key] = Known(own_id, body.name, body.kind, place_id)
    plan.inserts[User.__tablename__].append({"id": own_id, "created_at": plan.now, **body.model_dump()})
    plan.roots.add(plan.tree.places[place_id].root_id)
    return Outcome.CREATED


def _take_up(line: Line, body: UserIn, known: Known) -> Outcome:
    """Compare a row with the user that is registered; whoever is out of sight may not be taken over."""
    plan = line.plan
    if not known.is_visible:
        message = "this subject of this issuer is registered already, where you are no administrator"
        message_da = "Brugeren er oprettet i forvejen, hvor du ikke er administrator"
        raise line.fault("subject", message, message_da, UserAlreadyRegistered)
    if "kind" in line.row.cells and body.kind != known.kind:
        raise line.fault("kind", f"the user is a {known.kind}, for good", f"Brugeren er og bliver {known.kind}")
    changes = {"name": body.name, "organisation_id": body.organisation_id}
    fields = [name for name, value in changes.items() if getattr(known, name) != value]
    if not fields:
        return Outcome.UNCHANGED
    line.require(Permission.USER_CREATE, body.organisation_id, "organisation")
    if known.organisation_id is not None:
        line.require(Permission.USER_CREATE, known.organisation_id, "organisation")
    root_id = plan.tree.places[body.organisation_id].root_id
    plan.updates[User.__tablename__].append({"row_id": known.id, **changes})
    plan.happenings.append(Happening("user.changed", root_id, "user", known.id, {"fields": fields}))
    plan.roots.add(root_id)
    return Outcome.CHANGED
