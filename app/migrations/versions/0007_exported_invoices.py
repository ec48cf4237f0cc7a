"""When the ERP took an invoice's posting over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import UtcDateTime

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("invoice_case", sa.Column("exported_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("invoice_case", "exported_at")
