"""What catalogue lines are found by words in: FTS5 on SQLite, GIN on PostgreSQL; and lines that are there are indexed."""

from collections.abc import Iterator, Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from app.kit.columns import Json, UtcDateTime

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

JOB = sa.table(
    "job",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("key", sa.String()),
    sa.column("payload", Json),
    sa.column("state", sa.String()),
    sa.column("attempts", sa.Integer()),
    sa.column("run_at", UtcDateTime()),
    sa.column("queued_at", UtcDateTime()),
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)
    _index_what_is_there()


def _sqlite() -> Iterator[str]:
    yield (
        "CREATE VIRTUAL TABLE searched_text USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii')"
    )
    yield "INSERT INTO searched_text (searched_text, rank) VALUES ('usermerge', 2)"
    yield (
        "CREATE TRIGGER searched_line_is_indexed AFTER INSERT ON searched_line BEGIN "
        "INSERT INTO searched_text (rowid, words) "
        "VALUES (NEW.number, replace(' ' || NEW.search_text, ' ', ' ' || NEW.catalogue)); END"
    )
    # An index without the texts forgets only what it is told word by word.
    yield (
        "CREATE TRIGGER searched_line_is_forgotten AFTER DELETE ON searched_line BEGIN "
        "INSERT INTO searched_text (searched_text, rowid, words) "
        "VALUES ('delete', OLD.number, replace(' ' || OLD.search_text, ' ', ' ' || OLD.catalogue)); END"
    )


def _postgresql() -> Iterator[str]:
    # Without fastupdate: what waits in a list is read by every look into the index, and a search takes hundreds.
    yield (
        "CREATE INDEX ix_searched_line_words ON searched_line USING gin ("
        "array_to_tsvector(string_to_array(ltrim(replace(' ' || search_text, ' ', ' ' || catalogue::text)), ' '))"
        ") WITH (fastupdate = off)"
    )


def _index_what_is_there() -> None:
    connection = op.get_bind()
    line = sa.table("catalogue_line", sa.column("catalogue_id", sa.Uuid()))
    for (catalogue_id,) in connection.execute(sa.select(line.c.catalogue_id).distinct()).all():
        connection.execute(
            JOB.insert().values(
                id=uuid4(),
                kind="catalogues.index",
                key=str(catalogue_id),
                payload={"catalogue_id": str(catalogue_id)},
                state="QUEUED",
                attempts=0,
                run_at=sa.func.current_timestamp(),
                queued_at=sa.func.current_timestamp(),
            )
        )
