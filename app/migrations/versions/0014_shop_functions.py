"""What somebody goes to a supplier's shop for, and what the shop answers beside its pages; tasks about invoices of
confidential orders are for somebody who sees them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import Json

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME_SOMEBODY = """
    UPDATE task SET user_id = (
        SELECT coalesce(approved_for, approved_by, created_for, created_by)
        FROM purchase_order JOIN case_order ON case_order.order_id = purchase_order.id
        WHERE case_order.invoice_id = task.subject_id AND purchase_order.confidential
        ORDER BY purchase_order.id LIMIT 1
    )
    WHERE subject = 'invoice' AND state = 'OPEN' AND user_id IS NULL AND EXISTS (
        SELECT 1 FROM purchase_order JOIN case_order ON case_order.order_id = purchase_order.id
        WHERE case_order.invoice_id = task.subject_id AND purchase_order.confidential
    )
"""


def upgrade() -> None:
    op.add_column("punch_out_shop", sa.Column("functions", Json, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("punch_out_shop", sa.Column("quote_hours", sa.Integer(), nullable=True))
    op.add_column(
        "punch_out_session",
        sa.Column("operation", sa.String(length=40), nullable=False, server_default=sa.text("'CREATE'")),
    )
    op.add_column("punch_out_session", sa.Column("product_id", sa.String(length=60), nullable=True))
    op.add_column("punch_out_session", sa.Column("allows", sa.String(length=40), nullable=True))
    op.create_index("ix_punch_out_session_requisition", "punch_out_session", ["requisition_id"], unique=False)
    op.execute(NAME_SOMEBODY)


def downgrade() -> None:
    op.drop_index("ix_punch_out_session_requisition", table_name="punch_out_session")
    for name in ("allows", "product_id", "operation"):
        op.drop_column("punch_out_session", name)
    for name in ("quote_hours", "functions"):
        op.drop_column("punch_out_shop", name)
