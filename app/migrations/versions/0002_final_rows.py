"""Rows that are final: decisions, allocations and archived documents never change, audit events are sealed once."""

from collections.abc import Iterator, Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

FINAL = ("match_decision", "allocation", "archived_document")
CONTENT = (
    "id",
    "chain",
    "at",
    "actor_id",
    "on_behalf_of",
    "action",
    "entity",
    "entity_id",
    "facts",
    "request_id",
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)


def _sqlite() -> Iterator[str]:
    for table in FINAL:
        for event in ("UPDATE", "DELETE"):
            yield _sqlite_trigger(table, event, "")
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in CONTENT)
    yield _sqlite_trigger("audit_event", "UPDATE", f"WHEN OLD.hash IS NOT NULL OR {changed}")
    yield _sqlite_trigger("audit_event", "DELETE", "")


def _sqlite_trigger(table: str, event: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER {table}_is_final_on_{event.lower()} BEFORE {event} ON {table} {condition} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are final'); END"
    )


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of % are final', TG_TABLE_NAME; END $$"
    )
    for table in FINAL:
        yield _postgresql_trigger(table, "UPDATE OR DELETE", "")
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in CONTENT)
    yield _postgresql_trigger("audit_event", "UPDATE", f"WHEN (OLD.hash IS NOT NULL OR {changed})")
    yield _postgresql_trigger("audit_event", "DELETE", "")


def _postgresql_trigger(table: str, event: str, condition: str) -> str:
    name = f"{table}_is_final_on_{event.lower().replace(' ', '_')}"
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition} EXECUTE FUNCTION refuse_change()"
