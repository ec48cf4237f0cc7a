"""Messages that a transport brought: each is kept once, under the transport's id for it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import UtcDateTime

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "pulled_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transport", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("inbound_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.String(length=1000), nullable=True),
        sa.Column("pulled_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_pulled_message_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound_document.id"], name=op.f("fk_pulled_message_inbound_id_inbound_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulled_message")),
        sa.UniqueConstraint("transport", "message_id", name=op.f("uq_pulled_message_transport_message_id")),
    )
    op.create_index(op.f("ix_pulled_message_document_id"), "pulled_message", ["document_id"], unique=False)
    op.create_index(op.f("ix_pulled_message_inbound_id"), "pulled_message", ["inbound_id"], unique=False)


def downgrade() -> None:
    op.drop_table("pulled_message")
