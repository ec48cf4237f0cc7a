"""What suppliers answer line by line, and standing orders that close by themselves."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from app.kit.columns import ExactDecimal, Json

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("purchase_order_line", sa.Column("ordered_item", Json, nullable=True))
    op.add_column("purchase_order_line", sa.Column("ordered_unit_code", sa.String(length=20), nullable=True))
    op.add_column(
        "purchase_order_line",
        sa.Column("back_ordered_quantity", ExactDecimal(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("purchase_order_line", sa.Column("promised_on", sa.Date(), nullable=True))
    op.add_column("standing_order", sa.Column("close_on", sa.Date(), nullable=True))
    op.add_column("standing_order", sa.Column("expired_on", sa.Date(), nullable=True))
    ending = sa.text("close_on IS NOT NULL")
    op.create_index(
        "ix_standing_order_close",
        "standing_order",
        ["close_on"],
        unique=False,
        sqlite_where=ending,
        postgresql_where=ending,
    )
    plan_closing(op.get_bind())


def plan_closing(connection: sa.Connection) -> None:
    """Let the orders that run be closed as those are that are sent from now on."""
    standing = sa.table(
        "standing_order",
        sa.column("order_id", sa.Uuid()),
        sa.column("valid_to", sa.Date()),
        sa.column("notice_days", sa.Integer()),
        sa.column("close_on", sa.Date()),
    )
    order = sa.table("purchase_order", sa.column("id", sa.Uuid()), sa.column("status", sa.String()))
    running = (
        sa.select(standing.c.order_id, standing.c.valid_to, standing.c.notice_days)
        .join(order, order.c.id == standing.c.order_id)
        .where(standing.c.valid_to.is_not(None), order.c.status == "SENT")
    )
    for order_id, valid_to, notice_days in connection.execute(running).all():
        day = valid_to + timedelta(days=notice_days + 1)
        connection.execute(standing.update().where(standing.c.order_id == order_id).values(close_on=day))


def downgrade() -> None:
    op.drop_index("ix_standing_order_close", "standing_order")
    for column in ("expired_on", "close_on"):
        op.drop_column("standing_order", column)
    for column in ("promised_on", "back_ordered_quantity", "ordered_unit_code", "ordered_item"):
        op.drop_column("purchase_order_line", column)
