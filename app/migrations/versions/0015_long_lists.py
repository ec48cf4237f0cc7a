"""Indexes along which the orders and tasks of a person are listed, however many there are of others."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

LISTED = {
    "ix_purchase_order_created_by": ("created_by", None),
    "ix_purchase_order_created_for": ("created_for", "created_for IS NOT NULL"),
    "ix_purchase_order_approved_by": ("approved_by", "approved_by IS NOT NULL"),
    "ix_purchase_order_approved_for": ("approved_for", "approved_for IS NOT NULL"),
    "ix_purchase_order_approver": ("approver_id", "approver_id IS NOT NULL"),
    "ix_purchase_order_sold": ("supplier_id", "sent_at IS NOT NULL"),
}
NAMED, UNNAMED = "user_id IS NOT NULL", "user_id IS NULL"


def upgrade() -> None:
    for name, (column, where) in LISTED.items():
        _index(name, "purchase_order", [column, "id"], where)
    op.drop_index("ix_task_named", table_name="task")
    _index("ix_task_named", "task", ["user_id", "id"], NAMED)
    _index("ix_task_role", "task", ["role", "id"], UNNAMED)


def _index(name: str, table: str, columns: list[str], where: str | None) -> None:
    condition = sa.text(where) if where is not None else None
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    op.drop_index("ix_task_role", table_name="task")
    op.drop_index("ix_task_named", table_name="task")
    _index("ix_task_named", "task", ["user_id"], NAMED)
    for name in LISTED:
        op.drop_index(name, table_name="purchase_order")
