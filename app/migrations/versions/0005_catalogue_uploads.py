"""A version that is being read takes its catalogue's turn; parts of archived documents are as final as they are."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

IS_PENDING = "status IN ('STAGING', 'PENDING_ROUTING', 'PENDING_APPROVAL')"
WAS_NOT_REJECTED = "status NOT IN ('STAGING', 'REJECTED', 'REJECTED_TECHNICAL', 'CANCELLED')"


def upgrade() -> None:
    _index("uq_catalogue_version_pending", ["catalogue_id"], IS_PENDING)
    _index("uq_catalogue_version_number", ["catalogue_id", "version_id"], WAS_NOT_REJECTED)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)


def _index(name: str, columns: list[str], rows: str) -> None:
    op.drop_index(name, table_name="catalogue_version")
    op.create_index(
        name, "catalogue_version", columns, unique=True, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows)
    )


def _sqlite() -> Iterator[str]:
    yield (
        "CREATE TRIGGER archived_part_is_final_on_update BEFORE UPDATE ON archived_part "
        "BEGIN SELECT RAISE(ABORT, 'rows of archived_part are final'); END"
    )
    yield (
        "CREATE TRIGGER archived_part_is_final_on_delete BEFORE DELETE ON archived_part "
        "WHEN EXISTS (SELECT 1 FROM archived_document WHERE id = OLD.document_id) "
        "BEGIN SELECT RAISE(ABORT, 'rows of archived_part are final'); END"
    )


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION refuse_part_of_document() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF EXISTS (SELECT 1 FROM archived_document WHERE id = OLD.document_id) THEN "
        "RAISE EXCEPTION 'rows of % are final', TG_TABLE_NAME; END IF; RETURN OLD; END $$"
    )
    yield (
        "CREATE TRIGGER archived_part_is_final_on_update BEFORE UPDATE ON archived_part "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    yield (
        "CREATE TRIGGER archived_part_is_final_on_delete BEFORE DELETE ON archived_part "
        "FOR EACH ROW EXECUTE FUNCTION refuse_part_of_document()"
    )
