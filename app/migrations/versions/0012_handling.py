"""What people do to invoices: corrections, notes, and when open invoices are looked at again."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import Json, UtcDateTime

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

FINAL = ("case_correction", "case_note")


def upgrade() -> None:
    op.create_table(
        "case_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("invoice_line_id", sa.String(length=300), nullable=True),
        sa.Column("value", Json, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_for", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice_case.id"], name=op.f("fk_case_correction_invoice_id_invoice_case")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_case_correction_made_by_app_user")),
        sa.ForeignKeyConstraint(["made_for"], ["app_user.id"], name=op.f("fk_case_correction_made_for_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_correction")),
    )
    op.create_index(op.f("ix_case_correction_invoice_id"), "case_correction", ["invoice_id"], unique=False)
    op.create_table(
        "case_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=True),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_for", sa.Uuid(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice_case.id"], name=op.f("fk_case_note_invoice_id_invoice_case")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_case_note_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["app_user.id"], name=op.f("fk_case_note_written_by_app_user")),
        sa.ForeignKeyConstraint(["written_for"], ["app_user.id"], name=op.f("fk_case_note_written_for_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index(op.f("ix_case_note_invoice_id"), "case_note", ["invoice_id"], unique=False)
    op.create_table(
        "case_watch",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice_case.id"], name=op.f("fk_case_watch_invoice_id_invoice_case")
        ),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_case_watch")),
    )
    op.create_index("ix_case_watch_looked_at", "case_watch", ["looked_at"], unique=False)
    planned = sa.text("next_on IS NOT NULL")
    op.create_index(
        "ix_case_watch_next_on",
        "case_watch",
        ["next_on"],
        unique=False,
        sqlite_where=planned,
        postgresql_where=planned,
    )
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    for table in ("case_watch", "case_note", "case_correction"):
        op.drop_table(table)


def _sqlite() -> Iterator[str]:
    for table in FINAL:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_is_final_on_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are final'); END"
            )


def _postgresql() -> Iterator[str]:
    for table in FINAL:
        yield (
            f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
