"""Postings of approved invoices for an ERP, and finding invoices by their numbers."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import Json, UtcDateTime

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

CONTENT = ("id", "invoice_id", "decision_id", "organisation_id", "root_id", "content", "released_at")
IS_OPEN = sa.text("acknowledged_at IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "payable",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice_case.id"], name=op.f("fk_payable_invoice_id_invoice_case")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["match_decision.id"], name=op.f("fk_payable_decision_id_match_decision")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_payable_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["organisation.id"], name=op.f("fk_payable_root_id_organisation")),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["app_user.id"], name=op.f("fk_payable_acknowledged_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payable")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_payable_decision_id")),
    )
    op.create_index(op.f("ix_payable_invoice_id"), "payable", ["invoice_id"], unique=False)
    op.create_index("ix_payable_place", "payable", ["organisation_id", "id"], unique=False)
    op.create_index(
        "ix_payable_open",
        "payable",
        ["organisation_id", "id"],
        unique=False,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.create_index("ix_invoice_case_found", "invoice_case", ["normalised_number"], unique=False)
    op.create_index(op.f("ix_case_order_invoice_id"), "case_order", ["invoice_id"], unique=False)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)


def _sqlite() -> Iterator[str]:
    for name, event in (("update", f"UPDATE OF {', '.join(CONTENT)}"), ("delete", "DELETE")):
        yield (
            f"CREATE TRIGGER payable_is_final_on_{name} BEFORE {event} ON payable "
            "BEGIN SELECT RAISE(ABORT, 'rows of payable are final'); END"
        )


def _postgresql() -> Iterator[str]:
    yield (
        f"CREATE TRIGGER payable_is_final BEFORE UPDATE OF {', '.join(CONTENT)} OR DELETE ON payable "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_case_order_invoice_id"), table_name="case_order")
    op.drop_index("ix_invoice_case_found", table_name="invoice_case")
    op.drop_table("payable")
