"""Replays of a period under a draft, and drafts that decide beside the policy in force."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import ExactDecimal, Json, UtcDateTime

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "replay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("received_from", sa.Date(), nullable=False),
        sa.Column("received_to", sa.Date(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("policy_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_for", sa.Uuid(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("tally", Json, nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_replay_job_id_job")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_replay_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_replay_policy_id_policy")),
        sa.ForeignKeyConstraint(
            ["policy_organisation_id"], ["organisation.id"], name=op.f("fk_replay_policy_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["started_by"], ["app_user.id"], name=op.f("fk_replay_started_by_app_user")),
        sa.ForeignKeyConstraint(["started_for"], ["app_user.id"], name=op.f("fk_replay_started_for_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay")),
    )
    op.create_index(op.f("ix_replay_organisation_id"), "replay", ["organisation_id"], unique=False)
    op.create_table(
        "shadow_policy",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_for", sa.Uuid(), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("reached", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_shadow_policy_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_shadow_policy_policy_id_policy")),
        sa.ForeignKeyConstraint(["set_by"], ["app_user.id"], name=op.f("fk_shadow_policy_set_by_app_user")),
        sa.ForeignKeyConstraint(["set_for"], ["app_user.id"], name=op.f("fk_shadow_policy_set_for_app_user")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_shadow_policy")),
    )
    op.create_table(
        "shadow_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("live_outcome", sa.String(length=40), nullable=False),
        sa.Column("shadow_outcome", sa.String(length=40), nullable=True),
        sa.Column("left_out", sa.String(length=40), nullable=True),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.Column("codes_gone", Json, nullable=False),
        sa.Column("codes_new", Json, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("payable_amount", ExactDecimal(), nullable=True),
        sa.Column("deviation", ExactDecimal(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["match_decision.id"], name=op.f("fk_shadow_decision_decision_id_match_decision")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice_case.id"], name=op.f("fk_shadow_decision_invoice_id_invoice_case")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_shadow_decision_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_shadow_decision_policy_id_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_decision")),
        sa.UniqueConstraint(
            "decision_id",
            "organisation_id",
            "policy_id",
            name=op.f("uq_shadow_decision_decision_id_organisation_id_policy_id"),
        ),
    )
    op.create_index(
        "ix_shadow_decision_day", "shadow_decision", ["organisation_id", "policy_id", "decided_on"], unique=False
    )


def downgrade() -> None:
    for table in ("shadow_decision", "shadow_policy", "replay"):
        op.drop_table(table)
