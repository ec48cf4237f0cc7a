"""Text orders that are paid before they come, and the prices by quantity that held when a line was ordered."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import Json

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

LINE = "purchase_order_line"
RECEIVED = "invoiced_{0} >= 0 AND invoiced_{0} <= received_{0}"
PREPAID = "invoiced_{0} >= 0 AND (invoiced_{0} <= received_{0} OR (prepayment AND invoiced_{0} <= most_{0}))"
CHECKS = {
    "quantity": "ck_purchase_order_line_invoiced_received",
    "amount": "ck_purchase_order_line_invoiced_amount_received",
}


def upgrade() -> None:
    op.add_column(
        "purchase_order",
        sa.Column(
            "prepayment",
            sa.Boolean(),
            sa.CheckConstraint("NOT prepayment OR type = 'TEXT'", name=op.f("ck_purchase_order_prepayment_in_words")),
            nullable=False,
            server_default=sa.false(),
        ),
    )
    op.add_column(LINE, sa.Column("prepayment", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(LINE, sa.Column("brackets", Json, nullable=True))
    _check(RECEIVED, PREPAID)


def downgrade() -> None:
    _check(PREPAID, RECEIVED)
    op.drop_column(LINE, "brackets")
    op.drop_column(LINE, "prepayment")
    op.drop_column("purchase_order", "prepayment")


def _check(before: str, after: str) -> None:
    """Let the two checks on what is invoiced say something else."""
    if op.get_bind().dialect.name == "sqlite":
        _written_anew([(before.format(measure), after.format(measure)) for measure in CHECKS])
        return
    for measure, name in CHECKS.items():
        op.drop_constraint(op.f(name), LINE, type_="check")
        op.create_check_constraint(op.f(name), LINE, after.format(measure))


def _written_anew(checks: Sequence[tuple[str, str]]) -> None:
    """Change checks in the table's own text, as SQLite lets it be done where no row is stored otherwise: a table that
    others refer to is not dropped and made again in a transaction.
    """
    connection = op.get_bind()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    for before, after in checks:
        changed = connection.execute(
            sa.text(
                "UPDATE sqlite_master SET sql = replace(sql, :before, :after) "
                "WHERE type = 'table' AND name = :name AND instr(sql, :before)"
            ),
            {"before": f"CHECK ({before})", "after": f"CHECK ({after})", "name": LINE},
        )
        if changed.rowcount != 1:
            raise RuntimeError(f"{LINE} has no check {before}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
