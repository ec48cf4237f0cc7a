"""Whom an invoice wants to be paid, and where."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import Json

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("invoice_case", sa.Column("paid_to", Json, nullable=True))
    op.create_index("ix_invoice_case_paid", "invoice_case", ["supplier_id", "root_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_invoice_case_paid", "invoice_case")
    op.drop_column("invoice_case", "paid_to")
