"""Writes a plan down: rows in bulk, and the events of the audit trail.

An import is one event, with its counts and the hash of its sheet: the organisations and users that it makes are told
by it. What gives or takes power, a role or a prokura, and whatever changes somebody or something that was there, has
an event of its own, as at the doors.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update
from sqlmodel import SQLModel, col

from app.kit import audit
from app.kit.audit import Happening
from app.kit.db import write
from app.kit.ids import new_id
from app.organisations.access import Call
from app.organisations.models import LocationNumber, Organisation, OrganisationLink
from app.organisations.people_models import Prokura, RoleGrant, User
from app.organisations.setup_columns import Kind
from app.organisations.setup_facts import links_above
from app.organisations.setup_plan import Plan

CHUNK: Final = 5000
IN_ORDER: Final = (Organisation, LocationNumber, User, RoleGrant, Prokura)
"""What refers to another stands after it."""


def lock_roots(call: Call) -> None:
    """Let one import at a time work below a root, so that none makes what another is making; others may refer to it."""
    administered = {one for grant in call.actor.grants if (one := grant.organisation_id) is not None}
    roots = select(col(Organisation.root_id)).where(col(Organisation.id).in_(administered))
    locked = select(col(Organisation.id)).where(col(Organisation.id).in_(roots)).order_by(col(Organisation.id))
    call.session.connection().execute(locked.with_for_update(key_share=True)).all()


def write_plan(call: Call, plan: Plan, sha256: str) -> UUID | None:
    """Write everything that a plan makes and changes, and give the import's id; None when there is nothing to write."""
    if not plan.roots:
        return None
    for model in IN_ORDER:
        table = SQLModel.metadata.tables[str(model.__tablename__)]
        _insert(call, table, plan.inserts[table.name])
        _update(call, table, plan.updates[table.name])
        if model is Organisation:
            _insert(call, SQLModel.metadata.tables[str(OrganisationLink.__tablename__)], _links(call, plan))
    import_id = new_id(call.now)
    facts = {"sha256": sha256} | {
        f"{kind}_{outcome}": count for kind in Kind for outcome, count in sorted(plan.counts(kind).items())
    }
    imports = [Happening("setup.imported", root_id, "setup_import", import_id, facts) for root_id in sorted(plan.roots)]
    for happenings in _chunks([*imports, *plan.happenings]):
        audit.record_all(
            call.session,
            happenings,
            now=call.now,
            actor_id=call.actor.id,
            on_behalf_of=call.actor.on_behalf_of,
            request_id=call.request_id,
        )
    return import_id


def _insert(call: Call, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    for chunk in _chunks(rows):
        write(call.session, insert(table), chunk)


def _update(call: Call, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    names = [name for name in rows[0] if name != "row_id"]
    statement = update(table).where(table.c.id == bindparam("row_id")).values({name: bindparam(name) for name in names})
    for chunk in _chunks(rows):
        write(call.session, statement, chunk)


def _links(call: Call, plan: Plan) -> list[dict[str, Any]]:
    """Give the closure of the new organisations, whose rows stand with the upper ones first."""
    made = plan.inserts[str(Organisation.__tablename__)]
    new = {row["id"] for row in made}
    above = links_above(call, {row["parent_id"] for row in made} - new)
    found = []
    for row in made:
        links = [(row["id"], 0), *((ancestor_id, depth + 1) for ancestor_id, depth in above[row["parent_id"]])]
        above[row["id"]] = links
        found += [
            {"descendant_id": row["id"], "ancestor_id": one, "depth": depth, "since_on": call.today}
            for one, depth in links
        ]
    return found


def _chunks(rows: Sequence[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
