"""Where a supplier without an endpoint gets its orders, and in which language."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("supplier", sa.Column("order_email", sa.String(length=190), nullable=True))
    op.add_column(
        "supplier",
        sa.Column("order_language", sa.String(length=40), nullable=False, server_default=sa.text("'da'")),
    )
    op.add_column("outbox_item", sa.Column("language", sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox_item", "language")
    op.drop_column("supplier", "order_language")
    op.drop_column("supplier", "order_email")
