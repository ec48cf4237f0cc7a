"""Requisitions, postings, approval steps, changes, standing orders, punch-out: what orders of all four kinds need."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from app.documents.price import Price
from app.kit.columns import ExactDecimal, Json, UtcDateTime
from app.kit.money import Quantity
from app.orders.totals import line_amount

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

FINAL = ("approval_step", "order_version", "standing_use")
CREDIT_FOR_INVOICED = (
    "credit_expected_quantity >= 0 AND credit_expected_quantity <= invoiced_quantity "
    "AND credit_expected_amount >= 0 AND credit_expected_amount <= invoiced_amount"
)


def upgrade() -> None:
    op.create_table(
        "delivery_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", Json, nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_delivery_address_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_address")),
    )
    op.create_index(op.f("ix_delivery_address_organisation_id"), "delivery_address", ["organisation_id"], unique=False)
    op.create_table(
        "posting_scheme",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("dimensions", Json, nullable=False),
        sa.Column("combinations_only", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_posting_scheme_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_posting_scheme")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_for", sa.Uuid(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["written_by"], ["app_user.id"], name=op.f("fk_comment_written_by_app_user")),
        sa.ForeignKeyConstraint(["written_for"], ["app_user.id"], name=op.f("fk_comment_written_for_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_subject", "comment", ["subject_id", "id"], unique=False)
    op.create_table(
        "order_settings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("default_disponent_id", sa.Uuid(), nullable=True),
        sa.Column("default_receiver_id", sa.Uuid(), nullable=True),
        sa.Column("anti_split_days", sa.Integer(), nullable=True),
        sa.Column("required_fields", Json, nullable=True),
        sa.Column("approval_checklist", Json, nullable=True),
        sa.Column("receipt_checklist", Json, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["default_disponent_id"], ["app_user.id"], name=op.f("fk_order_settings_default_disponent_id_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["default_receiver_id"], ["app_user.id"], name=op.f("fk_order_settings_default_receiver_id_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_order_settings_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_order_settings")),
    )
    op.create_table(
        "posting_combination",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("dimensions", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["posting_scheme.organisation_id"],
            name=op.f("fk_posting_combination_organisation_id_posting_scheme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_combination")),
        sa.UniqueConstraint("organisation_id", "key", name=op.f("uq_posting_combination_organisation_id_key")),
    )
    op.create_table(
        "posting_default",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("unspsc_prefix", sa.String(length=8), nullable=True),
        sa.Column("accounting_cost", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_posting_default_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_posting_default_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_posting_default_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_default")),
    )
    op.create_index("ix_posting_default_place", "posting_default", ["organisation_id"], unique=False)
    op.create_table(
        "punch_out_shop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("protocol", sa.String(length=40), nullable=False),
        sa.Column("protocol_version", sa.String(length=20), nullable=False),
        sa.Column("setup_url", sa.String(length=1000), nullable=False),
        sa.Column("allowed_hosts", Json, nullable=False),
        sa.Column("username", sa.String(length=200), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("fields", Json, nullable=False),
        sa.Column("identities", Json, nullable=False),
        sa.Column("tells_user", sa.Boolean(), nullable=False),
        sa.Column("decimal_comma", sa.Boolean(), nullable=False),
        sa.Column("session_hours", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_punch_out_shop_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_punch_out_shop")),
        sa.UniqueConstraint("agreement_id", name=op.f("uq_punch_out_shop_agreement_id")),
    )
    op.create_table(
        "requisition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("buyer_reference", sa.String(length=200), nullable=True),
        sa.Column("accounting_cost", sa.String(length=200), nullable=True),
        sa.Column("requested_delivery_on", sa.Date(), nullable=True),
        sa.Column("delivery_address", Json, nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_for", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("decision_reason", sa.String(length=1000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claimed_by"], ["app_user.id"], name=op.f("fk_requisition_claimed_by_app_user")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_requisition_made_by_app_user")),
        sa.ForeignKeyConstraint(["made_for"], ["app_user.id"], name=op.f("fk_requisition_made_for_app_user")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_requisition_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["organisation.id"], name=op.f("fk_requisition_root_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition")),
    )
    op.create_index("ix_requisition_made_for", "requisition", ["made_for"], unique=False)
    op.create_index("ix_requisition_maker", "requisition", ["made_by", "id"], unique=False)
    op.create_index("ix_requisition_place", "requisition", ["organisation_id", "status", "id"], unique=False)
    op.create_table(
        "approval_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("total_amount", ExactDecimal(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("asked", sa.String(length=1000), nullable=True),
        sa.Column("checked", Json, nullable=False),
        sa.Column("warnings", Json, nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("done_for", sa.Uuid(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["app_user.id"], name=op.f("fk_approval_step_done_by_app_user")),
        sa.ForeignKeyConstraint(["done_for"], ["app_user.id"], name=op.f("fk_approval_step_done_for_app_user")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_approval_step_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
    )
    op.create_index(op.f("ix_approval_step_order_id"), "approval_step", ["order_id"], unique=False)
    op.create_table(
        "named_receiver",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_named_receiver_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_named_receiver_user_id_app_user")),
        sa.PrimaryKeyConstraint("order_id", "user_id", name=op.f("pk_named_receiver")),
    )
    op.create_index(op.f("ix_named_receiver_user_id"), "named_receiver", ["user_id"], unique=False)
    op.create_table(
        "order_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("sequence_number", sa.Integer(), nullable=True),
        sa.Column("lines", Json, nullable=False),
        sa.Column("requested_delivery_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("total_before", ExactDecimal(), nullable=False),
        sa.Column("total_amount", ExactDecimal(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_for", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_for", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decision_reason", sa.String(length=1000), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_order_change_decided_by_app_user")),
        sa.ForeignKeyConstraint(["decided_for"], ["app_user.id"], name=op.f("fk_order_change_decided_for_app_user")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_order_change_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_order_change_made_by_app_user")),
        sa.ForeignKeyConstraint(["made_for"], ["app_user.id"], name=op.f("fk_order_change_made_for_app_user")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_change_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_change")),
        sa.UniqueConstraint("order_id", "sequence_number", name=op.f("uq_order_change_order_id_sequence_number")),
    )
    op.create_index(op.f("ix_order_change_order_id"), "order_change", ["order_id"], unique=False)
    op.create_index(
        "uq_order_change_open",
        "order_change",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("status = 'PENDING_APPROVAL'"),
        postgresql_where=sa.text("status = 'PENDING_APPROVAL'"),
    )
    op.create_table(
        "order_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.Column("total_amount", ExactDecimal(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_order_version_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_version_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_version")),
        sa.UniqueConstraint("order_id", "ordinal", name=op.f("uq_order_version_order_id_ordinal")),
    )
    op.create_table(
        "punch_out_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("acting_for", sa.Uuid(), nullable=True),
        sa.Column("protocol", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("buyer_cookie_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("requisition_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["acting_for"], ["app_user.id"], name=op.f("fk_punch_out_session_acting_for_app_user")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_punch_out_session_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_punch_out_session_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_punch_out_session_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_punch_out_session_requisition_id_requisition")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["punch_out_shop.id"], name=op.f("fk_punch_out_session_shop_id_punch_out_shop")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_punch_out_session_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_punch_out_session")),
    )
    op.create_index("ix_punch_out_session_user", "punch_out_session", ["user_id", "id"], unique=False)
    op.create_table(
        "requisition_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("requisition_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("catalogue_line_id", sa.Uuid(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("item", Json, nullable=False),
        sa.Column("unspsc", sa.String(length=20), nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=False),
        sa.Column("price", Json, nullable=True),
        sa.Column("amount", ExactDecimal(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("by_amount", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("accounting_cost", sa.String(length=200), nullable=True),
        sa.Column("postings", Json, nullable=False),
        sa.Column("cascade_reason", sa.String(length=1000), nullable=True),
        sa.Column("configuration", Json, nullable=True),
        sa.Column("standing", sa.String(length=40), nullable=True),
        sa.Column("quote", Json, nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_requisition_line_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_requisition_line_requisition_id_requisition")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_requisition_line_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition_line")),
        sa.UniqueConstraint("requisition_id", "position", name=op.f("uq_requisition_line_requisition_id_position")),
    )
    op.create_index(op.f("ix_requisition_line_requisition_id"), "requisition_line", ["requisition_id"], unique=False)
    op.create_table(
        "standing_order",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("normalised_reference", sa.String(length=100), nullable=False),
        sa.Column("recurrence", sa.String(length=40), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("receipt_mode", sa.String(length=40), nullable=False),
        sa.Column("advance_days", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("suspended_reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_standing_order_in_order")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_standing_order_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_standing_order_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_standing_order")),
        sa.UniqueConstraint(
            "supplier_id", "normalised_reference", name=op.f("uq_standing_order_supplier_id_normalised_reference")
        ),
    )
    op.create_index(
        "ix_standing_order_notice",
        "standing_order",
        ["notice_on"],
        unique=False,
        sqlite_where=sa.text("notice_on IS NOT NULL"),
        postgresql_where=sa.text("notice_on IS NOT NULL"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_for", sa.Uuid(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_attachment_added_by_app_user")),
        sa.ForeignKeyConstraint(["added_for"], ["app_user.id"], name=op.f("fk_attachment_added_for_app_user")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_attachment_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_attachment_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_subject", "attachment", ["subject_id", "id"], unique=False)
    op.create_table(
        "standing_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("expected_amount", ExactDecimal(), nullable=False),
        sa.Column("min_amount", ExactDecimal(), nullable=True),
        sa.Column("max_amount", ExactDecimal(), nullable=True),
        sa.Column("tolerance_absolute", ExactDecimal(), nullable=True),
        sa.Column("tolerance_percent", ExactDecimal(), nullable=True),
        sa.Column("max_per_invoice", ExactDecimal(), nullable=True),
        sa.Column("max_per_period", ExactDecimal(), nullable=True),
        sa.Column("max_total", ExactDecimal(), nullable=True),
        sa.Column("min_days_between", sa.Integer(), nullable=False),
        sa.Column("index_percent", ExactDecimal(), nullable=True),
        sa.Column("commitment", ExactDecimal(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_for", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_for", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "min_amount <= expected_amount AND expected_amount <= max_amount",
            name=op.f("ck_standing_terms_corridor_in_order"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_standing_terms_decided_by_app_user")),
        sa.ForeignKeyConstraint(["decided_for"], ["app_user.id"], name=op.f("fk_standing_terms_decided_for_app_user")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["standing_order.order_id"], name=op.f("fk_standing_terms_order_id_standing_order")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["app_user.id"], name=op.f("fk_standing_terms_proposed_by_app_user")),
        sa.ForeignKeyConstraint(
            ["proposed_for"], ["app_user.id"], name=op.f("fk_standing_terms_proposed_for_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_terms")),
        sa.UniqueConstraint("order_id", "ordinal", name=op.f("uq_standing_terms_order_id_ordinal")),
    )
    op.create_index(op.f("ix_standing_terms_order_id"), "standing_terms", ["order_id"], unique=False)
    op.create_table(
        "standing_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("period_first_on", sa.Date(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("billed_on", sa.Date(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("amount", ExactDecimal(), nullable=False),
        sa.Column("value", ExactDecimal(), nullable=False),
        sa.Column("index_used", sa.Boolean(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["standing_order.order_id"], name=op.f("fk_standing_use_order_id_standing_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_use")),
    )
    op.create_index(op.f("ix_standing_use_invoice_id"), "standing_use", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_standing_use_order_id"), "standing_use", ["order_id"], unique=False)
    op.create_table(
        "posting_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("accounting_cost", sa.String(length=200), nullable=False),
        sa.Column("amount", ExactDecimal(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["purchase_order_line.id"],
            name=op.f("fk_posting_share_order_line_id_purchase_order_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_share")),
        sa.UniqueConstraint("order_line_id", "position", name=op.f("uq_posting_share_order_line_id_position")),
    )
    op.create_index(op.f("ix_posting_share_order_line_id"), "posting_share", ["order_line_id"], unique=False)
    _widen()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)


def _widen() -> None:
    op.add_column("purchase_order", sa.Column("delivery_address", Json, nullable=True))
    op.add_column("purchase_order", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column(
        "purchase_order", sa.Column("requires_receipt", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("purchase_order", sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("purchase_order", sa.Column("e_order_reason", sa.String(length=1000), nullable=True))
    op.add_column(
        "purchase_order",
        sa.Column(
            "approver_id",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_purchase_order_approver_id_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("purchase_order", sa.Column("change_sequence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("purchase_order", sa.Column("remind_response_on", sa.Date(), nullable=True))
    op.add_column("purchase_order", sa.Column("remind_receipt_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_purchase_order_answer",
        "purchase_order",
        ["remind_response_on"],
        unique=False,
        sqlite_where=sa.text("remind_response_on IS NOT NULL"),
        postgresql_where=sa.text("remind_response_on IS NOT NULL"),
    )
    op.create_index(
        "ix_purchase_order_goods",
        "purchase_order",
        ["remind_receipt_on"],
        unique=False,
        sqlite_where=sa.text("remind_receipt_on IS NOT NULL"),
        postgresql_where=sa.text("remind_receipt_on IS NOT NULL"),
    )
    op.create_index(
        "ix_purchase_order_past",
        "purchase_order",
        ["id"],
        unique=False,
        sqlite_where=sa.text("e_order_reason IS NOT NULL"),
        postgresql_where=sa.text("e_order_reason IS NOT NULL"),
    )
    op.create_index("ix_purchase_order_place", "purchase_order", ["organisation_id", "id"], unique=False)
    op.add_column(
        "purchase_order_line",
        sa.Column(
            "requisition_line_id",
            sa.Uuid(),
            sa.ForeignKey(
                "requisition_line.id", name=op.f("fk_purchase_order_line_requisition_line_id_requisition_line")
            ),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("purchase_order_line", sa.Column("configuration", Json, nullable=True))
    op.add_column("purchase_order_line", sa.Column("quote", Json, nullable=True))
    op.add_column(
        "purchase_order_line", sa.Column("accepted_amount", ExactDecimal(), nullable=False, server_default="0")
    )
    op.add_column(
        "purchase_order_line", sa.Column("credit_expected_quantity", ExactDecimal(), nullable=False, server_default="0")
    )
    op.add_column(
        "purchase_order_line",
        sa.Column(
            "credit_expected_amount",
            ExactDecimal(),
            sa.CheckConstraint(CREDIT_FOR_INVOICED, name=op.f("ck_purchase_order_line_credit_for_invoiced")),
            nullable=False,
            server_default="0",
        ),
    )
    op.create_index(
        op.f("ix_purchase_order_line_requisition_line_id"), "purchase_order_line", ["requisition_line_id"], unique=False
    )
    op.add_column("receipt", sa.Column("kind", sa.String(length=40), nullable=False, server_default="RECEIPT"))
    op.add_column(
        "receipt",
        sa.Column(
            "reversal_of",
            sa.Uuid(),
            sa.ForeignKey("receipt.id", name=op.f("fk_receipt_reversal_of_receipt")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("receipt", sa.Column("reason", sa.String(length=1000), nullable=True))
    op.add_column("receipt", sa.Column("checked", Json, nullable=False, server_default="[]"))
    op.create_index("uq_receipt_reversal", "receipt", ["reversal_of"], unique=True)
    op.execute("UPDATE purchase_order_line SET accepted_amount = ordered_amount")
    _reckon_what_was_agreed_otherwise(op.get_bind())


def _reckon_what_was_agreed_otherwise(connection: sa.Connection) -> None:
    line = sa.table(
        "purchase_order_line",
        sa.column("id", sa.Uuid()),
        sa.column("unit_code", sa.String()),
        sa.column("accepted_quantity", ExactDecimal()),
        sa.column("ordered_quantity", ExactDecimal()),
        sa.column("price", Json),
        sa.column("accepted_price", Json),
        sa.column("accepted_amount", ExactDecimal()),
    )
    otherwise = sa.or_(
        line.c.accepted_quantity != line.c.ordered_quantity,
        sa.cast(line.c.accepted_price, sa.String) != sa.cast(line.c.price, sa.String),
    )
    for row in connection.execute(sa.select(line).where(otherwise)).all():
        if row.accepted_price is not None:
            agreed = Quantity(row.accepted_quantity, row.unit_code)
            amount = line_amount(Price.model_validate(row.accepted_price), agreed)
            connection.execute(sa.update(line).where(line.c.id == row.id).values(accepted_amount=amount))


def _sqlite() -> Iterator[str]:
    for table in FINAL:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_is_final_on_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are final'); END"
            )


def _postgresql() -> Iterator[str]:
    for table in FINAL:
        yield (
            f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
