"""Roles and prokura in an import: given where they are not there, ended where the sheet gives another last day.

What is given is never changed otherwise: another limit is a row of its own, from a day on, after the old one's end.
What was ended before its time is not there any more, and comes back from a later day alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.kit.audit import Happening
from app.kit.clock import business_day
from app.kit.ids import new_id
from app.kit.sheets import Table
from app.organisations.access import NotAllowed
from app.organisations.hands import OwnHand
from app.organisations.people_messages import ProkuraIn, RoleGrantIn
from app.organisations.people_models import Prokura, RoleGrant
from app.organisations.permissions import Permission
from app.organisations.queries import SupplierNotFound, UserNotFound
from app.organisations.service import NotBefore
from app.organisations.setup_columns import Kind
from app.organisations.setup_facts import Known
from app.organisations.setup_people import user_key
from app.organisations.setup_plan import Faulty, Line, Outcome, Plan, lines


@dataclass(frozen=True, slots=True)
class Power:
    """A kind of thing that gives people power: its message and table, what tells two of a user apart, and its words."""

    kind: Kind
    table: str
    message: type[RoleGrantIn] | type[ProkuraIn]
    permission: Permission
    key: Callable[[Any], tuple[object, ...]]
    given_by: str
    given: str
    changed: str
    facts: Callable[[Any, UUID], dict[str, str]]


ROLE: Final = Power(
    kind=Kind.ROLES,
    table=RoleGrant.__tablename__,
    message=RoleGrantIn,
    permission=Permission.ROLE_GRANT,
    key=lambda one: (one.role, one.organisation_id, one.supplier_id, one.valid_from),
    given_by="granted_by",
    given="role.granted",
    changed="role.changed",
    facts=lambda body, own_id: {"role": body.role, "grant_id": str(own_id)},
)
LIMIT: Final = Power(
    kind=Kind.PROKURA,
    table=Prokura.__tablename__,
    message=ProkuraIn,
    permission=Permission.PROKURA_SET,
    key=lambda one: (
        *(one.part, one.currency, one.organisation_id, one.supplier_id, one.agreement_id),
        *(one.unspsc_prefix, one.dimension, one.dimension_from, one.dimension_to, one.valid_from),
    ),
    given_by="set_by",
    given="prokura.set",
    changed="prokura.changed",
    facts=lambda body, _: {"part": body.part, "currency": body.currency, "max_amount": str(body.max_amount)},
)
TAKEN_AS_WRITTEN: Final = (
    *("role", "part", "currency", "max_amount", "unspsc_prefix"),
    *("dimension", "dimension_from", "dimension_to", "valid_from", "valid_to"),
)

Seen = dict[tuple[object, ...], tuple[int, bool]]
"""By user and key: the row that gave it, and whether it said what is there already."""


def plan_powers(plan: Plan, table: Table, power: Power) -> None:
    """Plan a sheet of roles or of prokura."""
    seen: Seen = {}
    for line in lines(plan, table):
        try:
            plan.outcomes[power.kind][line.row.number] = _planned(line, power, seen)
        except Faulty as reason:
            plan.faults += reason.faults


def _planned(line: Line, power: Power, seen: Seen) -> Outcome:
    user = line.plan.users.get(user_key(line))
    if user is None:
        raise _no_user(line)
    body = line.checked(power.message, _values(line, user.id))
    key = power.key(body)
    known = [one for one in line.plan.powers[power.kind].get(user.id, ()) if power.key(one) == key]
    there = [one for one in known if one.ended_at is None]
    is_there = any(_amount(one) == _amount(body) and one.valid_to == body.valid_to for one in there)
    row, was_there = seen.setdefault((user.id, *key), (line.row.number, is_there))
    if row != line.row.number and not (is_there and was_there):
        message = f"row {row} gives the same from the same day"
        raise line.fault("valid_from", message, f"Række {row} giver det samme fra samme dag")
    if is_there:
        return Outcome.UNCHANGED
    root_id = _allowed(line, power, user, body)
    if not there:
        _refuse_ended(line, body, known)
    line.plan.roots.add(root_id)
    if there:
        _end(line, power, body, there, root_id)
        return Outcome.CHANGED
    _give(line, power, body, root_id)
    return Outcome.CREATED


def _no_user(line: Line) -> Faulty:
    message = "this subject of this issuer is no user that you see, nor made here"
    return line.fault("subject", message, "Der er ingen sådan bruger, som du ser, eller som oprettes her", UserNotFound)


def _values(line: Line, user_id: UUID) -> dict[str, Any]:
    cells = line.row.cells
    values: dict[str, Any] = {name: cells[name] for name in TAKEN_AS_WRITTEN if name in cells}
    values |= {"user_id": user_id}
    if "organisation" in cells:
        values["organisation_id"] = line.place("organisation")
    if "agreement" in cells:
        values["agreement_id"] = cells["agreement"]
    if "supplier" in cells:
        values["supplier_id"] = line.plan.suppliers.get(cells["supplier"])
        if values["supplier_id"] is None:
            message = f"there is no supplier {cells['supplier'][:80]}"
            raise line.fault("supplier", message, f"Der er ingen leverandør {cells['supplier'][:80]}", SupplierNotFound)
    return values


def _amount(one: Any) -> object:
    return getattr(one, "max_amount", None)


def _allowed(line: Line, power: Power, user: Known, body: RoleGrantIn | ProkuraIn) -> UUID:
    """Let a row pass that the caller may give, to somebody whom they see and to whom they may give; gives the root."""
    plan = line.plan
    if body.organisation_id is not None:
        line.require(power.permission, body.organisation_id, "organisation")
        root_id = plan.tree.places[body.organisation_id].root_id
    else:
        root_id = _root_of_suppliers(line, power)
    if not user.is_visible:
        raise _no_user(line)
    if user.id in plan.own_hands:
        message = "nobody gives roles or prokura to themselves, nor to whom they act for; ask another administrator"
        message_da = "Ingen giver roller eller prokura til sig selv eller den, de er stedfortræder for; bed en anden"
        raise line.fault("subject", message, message_da, OwnHand)
    return root_id


def _root_of_suppliers(line: Line, power: Power) -> UUID:
    tree = line.plan.tree
    held = (tree.places[one] for one in tree.held[power.permission] if one in tree.places)
    roots = sorted(place.id for place in held if place.parent_id is None)
    if not roots:
        message = "the supplier role is granted by the local administrator of a root organisation"
        raise line.fault("role", message, "Rollen Leverandør gives af en administrator i rodorganisationen", NotAllowed)
    return roots[0]


def _give(line: Line, power: Power, body: RoleGrantIn | ProkuraIn, root_id: UUID) -> None:
    plan, own_id = line.plan, new_id(line.plan.now)
    plan.inserts[power.table].append({"id": own_id, power.given_by: plan.actor_id, **body.model_dump()})
    plan.happenings.append(Happening(power.given, root_id, "user", body.user_id, power.facts(body, own_id)))


def _refuse_ended(line: Line, body: RoleGrantIn | ProkuraIn, ended: list[Any]) -> None:
    """Refuse to give for days that are over what was ended in them: an old sheet gives nothing back."""
    last = max((business_day(one.ended_at) for one in ended), default=None)
    if last is not None and body.valid_from < last:
        message = f"this was ended on {last}; give it anew from that day on"
        raise line.fault("valid_from", message, f"Dette blev afsluttet {last}; giv det igen fra den dag", NotBefore)


def _end(line: Line, power: Power, body: RoleGrantIn | ProkuraIn, there: list[Any], root_id: UUID) -> None:
    """Give what is there another last day, but change nothing in days that are over."""
    plan = line.plan
    same = [one for one in there if _amount(one) == _amount(body)]
    if len(same) != 1:
        message = "there is another limit from the same day; end that one, and give this one from a later day"
        message_da = "Der er en anden grænse fra samme dag; afslut den, og giv denne fra en senere dag"
        raise line.fault("max_amount" if power is LIMIT else "valid_to", message, message_da)
    (old,) = same
    if any(end is not None and end < plan.today for end in (old.valid_to, body.valid_to)):
        message = "what ended before today stays so, and nothing ends before today; give it anew from a later day"
        message_da = "Det, der er slut, forbliver slut, og intet slutter før i dag; giv det igen fra en senere dag"
        raise line.fault("valid_to", message, message_da, NotBefore)
    plan.updates[power.table].append({"row_id": old.id, "valid_to": body.valid_to})
    facts = {"id": str(old.id), "valid_to": str(body.valid_to or "")}
    plan.happenings.append(Happening(power.changed, root_id, "user", body.user_id, facts))
