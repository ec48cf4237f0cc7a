"""Every table of the straight path."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import ExactDecimal, Json, UtcDateTime

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "archived_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("document_type", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("archived_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archived_document")),
        sa.UniqueConstraint("direction", "sender", "sha256", name=op.f("uq_archived_document_direction_sender_sha256")),
    )
    op.create_index(op.f("ix_archived_document_number"), "archived_document", ["number"], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("request_id", sa.String(length=80), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_entity_id"), "audit_event", ["entity_id"], unique=False)
    op.create_index(
        "ix_audit_event_unsealed",
        "audit_event",
        ["chain", "id"],
        unique=False,
        sqlite_where=sa.text("hash IS NULL"),
        postgresql_where=sa.text("hash IS NULL"),
    )
    op.create_index("uq_audit_event_position", "audit_event", ["chain", "position"], unique=True)
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=2000), nullable=True),
        sa.Column("run_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_due", "job", ["state", "run_at"], unique=False)
    op.create_index(
        "uq_job_open",
        "job",
        ["kind", "key"],
        unique=True,
        sqlite_where=sa.text("state = 'QUEUED'"),
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id_organisation")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["organisation.id"], name=op.f("fk_organisation_root_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(op.f("ix_organisation_parent_id"), "organisation", ["parent_id"], unique=False)
    op.create_index(op.f("ix_organisation_root_id"), "organisation", ["root_id"], unique=False)
    op.create_table(
        "stored_answer",
        sa.Column("caller", sa.String(length=400), nullable=False),
        sa.Column("operation", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "operation", "key", name=op.f("pk_stored_answer")),
    )
    op.create_index(op.f("ix_stored_answer_answered_at"), "stored_answer", ["answered_at"], unique=False)
    op.create_table(
        "supplier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("cvr", sa.String(length=20), nullable=True),
        sa.Column("endpoint_scheme_id", sa.String(length=20), nullable=False),
        sa.Column("endpoint_id", sa.String(length=100), nullable=False),
        sa.Column("profiles", Json, nullable=False),
        sa.Column("order_channel", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("warnings", Json, nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("binding", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("contract_number", sa.String(length=100), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("product_groups", Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("mandatory_e_order", sa.Boolean(), nullable=False),
        sa.Column("order_types", Json, nullable=False),
        sa.Column("catalogue_approval", sa.String(length=40), nullable=False),
        sa.Column("charges", Json, nullable=False),
        sa.Column("receipt_required", sa.Boolean(), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("warn_on", sa.Date(), nullable=True),
        sa.CheckConstraint("replaced_by <> id", name=op.f("ck_agreement_not_its_own_successor")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_agreement_in_order")),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_agreement_owner_id_organisation")),
        sa.ForeignKeyConstraint(["replaced_by"], ["agreement.id"], name=op.f("fk_agreement_replaced_by_agreement")),
        sa.ForeignKeyConstraint(["root_id"], ["organisation.id"], name=op.f("fk_agreement_root_id_organisation")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_agreement_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_owner_id"), "agreement", ["owner_id"], unique=False)
    op.create_index("ix_agreement_supplier", "agreement", ["supplier_id", "contract_number"], unique=False)
    op.create_index(
        "ix_agreement_warn",
        "agreement",
        ["warn_on"],
        unique=False,
        sqlite_where=sa.text("warn_on IS NOT NULL"),
        postgresql_where=sa.text("warn_on IS NOT NULL"),
    )
    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_app_user_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_app_user_issuer_subject")),
    )
    op.create_index(op.f("ix_app_user_organisation_id"), "app_user", ["organisation_id"], unique=False)
    op.create_table(
        "location_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_location_number_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location_number")),
        sa.UniqueConstraint("gln", "valid_from", name=op.f("uq_location_number_gln_valid_from")),
    )
    op.create_index(op.f("ix_location_number_gln"), "location_number", ["gln"], unique=False)
    op.create_index(op.f("ix_location_number_organisation_id"), "location_number", ["organisation_id"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_number_series_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_number_series")),
    )
    op.create_table(
        "organisation_link",
        sa.Column("descendant_id", sa.Uuid(), nullable=False),
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["organisation.id"], name=op.f("fk_organisation_link_ancestor_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["descendant_id"], ["organisation.id"], name=op.f("fk_organisation_link_descendant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("descendant_id", "ancestor_id", name=op.f("pk_organisation_link")),
    )
    op.create_index("ix_organisation_link_down", "organisation_link", ["ancestor_id", "descendant_id"], unique=False)
    op.create_table(
        "outbox_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("document_type", sa.String(length=60), nullable=False),
        sa.Column("profile_id", sa.String(length=100), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=1000), nullable=True),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_outbox_item_document_id_archived_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_item")),
    )
    op.create_index(op.f("ix_outbox_item_about_id"), "outbox_item", ["about_id"], unique=False)
    op.create_index(op.f("ix_outbox_item_document_id"), "outbox_item", ["document_id"], unique=False)
    op.create_index(op.f("ix_outbox_item_state"), "outbox_item", ["state"], unique=False)
    op.create_table(
        "supplier_identifier",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_identifier_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_supplier_identifier")),
    )
    op.create_index(op.f("ix_supplier_identifier_supplier_id"), "supplier_identifier", ["supplier_id"], unique=False)
    op.create_table(
        "agreement_version",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("product_groups", Json, nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("followed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_version_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["app_user.id"], name=op.f("fk_agreement_version_changed_by_app_user")),
        sa.PrimaryKeyConstraint("agreement_id", "version", name=op.f("pk_agreement_version")),
    )
    op.create_table(
        "catalogue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_catalogue_agreement_id_agreement")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_catalogue_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_catalogue_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue")),
        sa.UniqueConstraint(
            "supplier_id", "number", "organisation_id", name=op.f("uq_catalogue_supplier_id_number_organisation_id")
        ),
    )
    op.create_index(op.f("ix_catalogue_agreement_id"), "catalogue", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_catalogue_organisation_id"), "catalogue", ["organisation_id"], unique=False)
    op.create_table(
        "inbound_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("document_type", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("posted_by", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("detail", sa.String(length=1000), nullable=True),
        sa.Column("faults", Json, nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("processed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_inbound_document_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(["posted_by"], ["app_user.id"], name=op.f("fk_inbound_document_posted_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_document")),
        sa.UniqueConstraint("document_id", name=op.f("uq_inbound_document_document_id")),
    )
    op.create_index(op.f("ix_inbound_document_posted_by"), "inbound_document", ["posted_by"], unique=False)
    op.create_index(op.f("ix_inbound_document_state"), "inbound_document", ["state"], unique=False)
    op.create_table(
        "invoice_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("document_type", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("normalised_number", sa.String(length=300), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("payable_amount", ExactDecimal(), nullable=True),
        sa.Column("document", Json, nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_invoice_case_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invoice_case_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["organisation.id"], name=op.f("fk_invoice_case_root_id_organisation")),
        sa.ForeignKeyConstraint(["submitted_by"], ["app_user.id"], name=op.f("fk_invoice_case_submitted_by_app_user")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_invoice_case_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_case")),
        sa.UniqueConstraint("document_id", name=op.f("uq_invoice_case_document_id")),
    )
    op.create_index(
        "ix_invoice_case_amount", "invoice_case", ["supplier_id", "issue_date", "payable_amount"], unique=False
    )
    op.create_index("ix_invoice_case_inbox", "invoice_case", ["organisation_id", "outcome"], unique=False)
    op.create_index("ix_invoice_case_number", "invoice_case", ["supplier_id", "normalised_number"], unique=False)
    op.create_table(
        "mailing",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_since", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_mailing_user_id_app_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mailing")),
    )
    op.create_index(op.f("ix_mailing_due_at"), "mailing", ["due_at"], unique=False)
    op.create_table(
        "notice_preference",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode = 'NONE' OR address IS NOT NULL", name=op.f("ck_notice_preference_addressed")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_notice_preference_user_id_app_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_preference")),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_policy_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["app_user.id"], name=op.f("fk_policy_set_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
    )
    op.create_index("ix_policy_effective", "policy", ["organisation_id", "kind", "valid_from"], unique=False)
    op.create_table(
        "prokura",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("max_amount", ExactDecimal(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("unspsc_prefix", sa.String(length=8), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("max_amount >= 0", name=op.f("ck_prokura_not_negative")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_prokura_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_prokura_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["app_user.id"], name=op.f("fk_prokura_set_by_app_user")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_prokura_supplier_id_supplier")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_prokura_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prokura")),
    )
    op.create_index(op.f("ix_prokura_organisation_id"), "prokura", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_prokura_user_id"), "prokura", ["user_id"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("normalised_number", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("response_status", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("buyer_gln", sa.String(length=100), nullable=False),
        sa.Column("buyer_reference", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("profile_id", sa.String(length=100), nullable=False),
        sa.Column("accounting_cost", sa.String(length=200), nullable=True),
        sa.Column("requested_delivery_on", sa.Date(), nullable=True),
        sa.Column("total_amount", ExactDecimal(), nullable=False),
        sa.Column("charges", Json, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("external_approval", sa.String(length=40), nullable=True),
        sa.Column("stated_approver", sa.String(length=200), nullable=True),
        sa.Column("decision_reason", sa.String(length=1000), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("pending_response", Json, nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("tolerance_used", ExactDecimal(), nullable=False),
        sa.Column("tolerance_limit", ExactDecimal(), nullable=False),
        sa.Column("matched_value", ExactDecimal(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "tolerance_used >= 0 AND tolerance_used <= tolerance_limit",
            name=op.f("ck_purchase_order_tolerance_is_bounded"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_purchase_order_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_purchase_order_approved_by_app_user")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_purchase_order_created_by_app_user")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_purchase_order_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_purchase_order_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["organisation.id"], name=op.f("fk_purchase_order_root_id_organisation")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_purchase_order_organisation_id_number")),
    )
    op.create_index(
        "ix_purchase_order_normalised", "purchase_order", ["normalised_number", "organisation_id"], unique=False
    )
    op.create_index("ix_purchase_order_supplier", "purchase_order", ["supplier_id", "status"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(organisation_id IS NULL) <> (supplier_id IS NULL)", name=op.f("ck_role_grant_one_scope")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_role_grant_in_order")),
        sa.ForeignKeyConstraint(["granted_by"], ["app_user.id"], name=op.f("fk_role_grant_granted_by_app_user")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_role_grant_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_role_grant_supplier_id_supplier")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_role_grant_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_organisation_id"), "role_grant", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_role_grant_user_id"), "role_grant", ["user_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("announced_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_task_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_task_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_inbox", "task", ["organisation_id", "state", "id"], unique=False)
    op.create_index(
        "ix_task_named",
        "task",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("user_id IS NOT NULL"),
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    op.create_index(
        "ix_task_new",
        "task",
        ["id"],
        unique=False,
        sqlite_where=sa.text("announced_at IS NULL"),
        postgresql_where=sa.text("announced_at IS NULL"),
    )
    op.create_index("ix_task_subject", "task", ["subject_id", "state"], unique=False)
    op.create_table(
        "user_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_user_group_created_by_app_user")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_user_group_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_group")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_user_group_organisation_id_name")),
    )
    op.create_table(
        "case_order",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice_case.id"], name=op.f("fk_case_order_invoice_id_invoice_case")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_case_order_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "invoice_id", name=op.f("pk_case_order")),
    )
    op.create_table(
        "catalogue_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("to_version", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sellers_item_id", sa.String(length=300), nullable=True),
        sa.Column("manufacturers_item_id", sa.String(length=300), nullable=True),
        sa.Column("manufacturer_key", sa.String(), nullable=True),
        sa.Column("gtin", sa.String(length=300), nullable=True),
        sa.Column("unspsc", sa.String(length=20), nullable=False),
        sa.Column("orderable", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue_id"], ["catalogue.id"], name=op.f("fk_catalogue_line_catalogue_id_catalogue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_line")),
        sa.UniqueConstraint(
            "catalogue_id", "line_id", "from_version", name=op.f("uq_catalogue_line_catalogue_id_line_id_from_version")
        ),
    )
    op.create_index("ix_catalogue_line_gtin", "catalogue_line", ["gtin"], unique=False)
    op.create_index("ix_catalogue_line_manufacturer", "catalogue_line", ["manufacturer_key"], unique=False)
    op.create_index("ix_catalogue_line_seller", "catalogue_line", ["sellers_item_id"], unique=False)
    op.create_index("ix_catalogue_line_to", "catalogue_line", ["catalogue_id", "to_version"], unique=False)
    op.create_table(
        "catalogue_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.String(length=300), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("live_from", sa.Date(), nullable=True),
        sa.Column("live_to", sa.Date(), nullable=True),
        sa.Column("compared_on", sa.Date(), nullable=False),
        sa.Column("change_summary", Json, nullable=False),
        sa.Column("envelope", Json, nullable=False),
        sa.Column("faults", Json, nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("received_from", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decision_reason", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["catalogue_id"], ["catalogue.id"], name=op.f("fk_catalogue_version_catalogue_id_catalogue")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_catalogue_version_decided_by_app_user")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_catalogue_version_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(
            ["received_from"], ["app_user.id"], name=op.f("fk_catalogue_version_received_from_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_version")),
        sa.UniqueConstraint("catalogue_id", "ordinal", name=op.f("uq_catalogue_version_catalogue_id_ordinal")),
    )
    op.create_index(op.f("ix_catalogue_version_document_id"), "catalogue_version", ["document_id"], unique=False)
    op.create_index(
        "uq_catalogue_version_approved",
        "catalogue_version",
        ["catalogue_id"],
        unique=True,
        sqlite_where=sa.text("status = 'APPROVED'"),
        postgresql_where=sa.text("status = 'APPROVED'"),
    )
    op.create_index(
        "uq_catalogue_version_number",
        "catalogue_version",
        ["catalogue_id", "version_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('REJECTED', 'REJECTED_TECHNICAL')"),
        postgresql_where=sa.text("status NOT IN ('REJECTED', 'REJECTED_TECHNICAL')"),
    )
    op.create_index(
        "uq_catalogue_version_pending",
        "catalogue_version",
        ["catalogue_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('PENDING_ROUTING', 'PENDING_APPROVAL')"),
        postgresql_where=sa.text("status IN ('PENDING_ROUTING', 'PENDING_APPROVAL')"),
    )
    op.create_table(
        "match_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice_case.id"], name=op.f("fk_match_decision_invoice_id_invoice_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
        sa.UniqueConstraint("invoice_id", "sequence", name=op.f("uq_match_decision_invoice_id_sequence")),
    )
    op.create_table(
        "notice",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_notice_task_id_task")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_notice_user_id_app_user")),
        sa.PrimaryKeyConstraint("task_id", "user_id", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_waiting",
        "notice",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("state = 'QUEUED'"),
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.String(length=300), nullable=False),
        sa.Column("catalogue_line_id", sa.Uuid(), nullable=True),
        sa.Column("item", Json, nullable=False),
        sa.Column("unspsc", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("accounting_cost", sa.String(length=200), nullable=True),
        sa.Column("cascade_reason", sa.String(length=1000), nullable=True),
        sa.Column("passed_line_id", sa.Uuid(), nullable=True),
        sa.Column("passed_agreement_id", sa.Uuid(), nullable=True),
        sa.Column("by_amount", sa.Boolean(), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=False),
        sa.Column("ordered_quantity", ExactDecimal(), nullable=False),
        sa.Column("price", Json, nullable=True),
        sa.Column("ordered_amount", ExactDecimal(), nullable=False),
        sa.Column("accepted_quantity", ExactDecimal(), nullable=False),
        sa.Column("accepted_price", Json, nullable=True),
        sa.Column("most_quantity", ExactDecimal(), nullable=False),
        sa.Column("most_amount", ExactDecimal(), nullable=False),
        sa.Column("received_quantity", ExactDecimal(), nullable=False),
        sa.Column("received_amount", ExactDecimal(), nullable=False),
        sa.Column("invoiced_quantity", ExactDecimal(), nullable=False),
        sa.Column("invoiced_amount", ExactDecimal(), nullable=False),
        sa.Column("held_quantity", ExactDecimal(), nullable=False),
        sa.Column("held_amount", ExactDecimal(), nullable=False),
        sa.CheckConstraint(
            "held_quantity >= 0 AND held_amount >= 0", name=op.f("ck_purchase_order_line_held_not_negative")
        ),
        sa.CheckConstraint(
            "invoiced_amount >= 0 AND invoiced_amount <= received_amount",
            name=op.f("ck_purchase_order_line_invoiced_amount_received"),
        ),
        sa.CheckConstraint(
            "invoiced_quantity >= 0 AND invoiced_quantity <= received_quantity",
            name=op.f("ck_purchase_order_line_invoiced_received"),
        ),
        sa.CheckConstraint(
            "received_amount >= 0 AND received_amount <= most_amount",
            name=op.f("ck_purchase_order_line_received_amount_in_order"),
        ),
        sa.CheckConstraint(
            "received_quantity >= 0 AND received_quantity <= most_quantity",
            name=op.f("ck_purchase_order_line_received_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_purchase_order_line_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(
            ["passed_agreement_id"], ["agreement.id"], name=op.f("fk_purchase_order_line_passed_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_line")),
        sa.UniqueConstraint("order_id", "line_id", name=op.f("uq_purchase_order_line_order_id_line_id")),
    )
    op.create_index(op.f("ix_purchase_order_line_order_id"), "purchase_order_line", ["order_id"], unique=False)
    op.create_index(
        "ix_purchase_order_line_passed",
        "purchase_order_line",
        ["id"],
        unique=False,
        sqlite_where=sa.text("passed_agreement_id IS NOT NULL"),
        postgresql_where=sa.text("passed_agreement_id IS NOT NULL"),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("delivery_note", sa.String(length=100), nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_receipt_order_id_purchase_order")),
        sa.ForeignKeyConstraint(["received_by"], ["app_user.id"], name=op.f("fk_receipt_received_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_order_id"), "receipt", ["order_id"], unique=False)
    op.create_table(
        "share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("from_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("include_groups", Json, nullable=False),
        sa.Column("exclude_groups", Json, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("narrowings", sa.String(), nullable=False),
        sa.Column("broken_steps", sa.Integer(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.CheckConstraint("broken_steps >= 0", name=op.f("ck_share_broken_steps_counted")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_share_in_order")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_share_agreement_id_agreement")),
        sa.ForeignKeyConstraint(
            ["from_organisation_id"], ["organisation.id"], name=op.f("fk_share_from_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["granted_by"], ["app_user.id"], name=op.f("fk_share_granted_by_app_user")),
        sa.ForeignKeyConstraint(["group_id"], ["user_group.id"], name=op.f("fk_share_group_id_user_group")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_share_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["share.id"], name=op.f("fk_share_parent_id_share")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_share_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
    )
    op.create_index(op.f("ix_share_agreement_id"), "share", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_share_from_organisation_id"), "share", ["from_organisation_id"], unique=False)
    op.create_index(op.f("ix_share_group_id"), "share", ["group_id"], unique=False)
    op.create_index("ix_share_organisation", "share", ["organisation_id", "target"], unique=False)
    op.create_index(op.f("ix_share_user_id"), "share", ["user_id"], unique=False)
    op.create_table(
        "user_group_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_user_group_member_added_by_app_user")),
        sa.ForeignKeyConstraint(["group_id"], ["user_group.id"], name=op.f("fk_user_group_member_group_id_user_group")),
        sa.ForeignKeyConstraint(["removed_by"], ["app_user.id"], name=op.f("fk_user_group_member_removed_by_app_user")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_group_member_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_group_member")),
    )
    op.create_index(op.f("ix_user_group_member_group_id"), "user_group_member", ["group_id"], unique=False)
    op.create_index(op.f("ix_user_group_member_user_id"), "user_group_member", ["user_id"], unique=False)
    op.create_index(
        "uq_user_group_member",
        "user_group_member",
        ["group_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_line_id", sa.String(length=300), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("amount", ExactDecimal(), nullable=False),
        sa.Column("allocated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["purchase_order_line.id"], name=op.f("fk_allocation_order_line_id_purchase_order_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_invoice", "allocation", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_allocation_order_line_id"), "allocation", ["order_line_id"], unique=False)
    op.create_table(
        "receipt_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("amount", ExactDecimal(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["purchase_order_line.id"],
            name=op.f("fk_receipt_line_order_line_id_purchase_order_line"),
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_line_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_line")),
    )
    op.create_index(op.f("ix_receipt_line_order_line_id"), "receipt_line", ["order_line_id"], unique=False)
    op.create_index(op.f("ix_receipt_line_receipt_id"), "receipt_line", ["receipt_id"], unique=False)
    op.create_table(
        "share_revocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_by", sa.Uuid(), nullable=False),
        sa.Column("restored_at", UtcDateTime(), nullable=True),
        sa.Column("restored_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["restored_by"], ["app_user.id"], name=op.f("fk_share_revocation_restored_by_app_user")
        ),
        sa.ForeignKeyConstraint(["revoked_by"], ["app_user.id"], name=op.f("fk_share_revocation_revoked_by_app_user")),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_revocation_share_id_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_revocation")),
    )
    op.create_index(op.f("ix_share_revocation_share_id"), "share_revocation", ["share_id"], unique=False)
    op.create_index(
        "uq_share_revocation",
        "share_revocation",
        ["share_id"],
        unique=True,
        sqlite_where=sa.text("restored_at IS NULL"),
        postgresql_where=sa.text("restored_at IS NULL"),
    )
    op.create_table(
        "share_step",
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_step_share_id_share")),
        sa.ForeignKeyConstraint(["step_id"], ["share.id"], name=op.f("fk_share_step_step_id_share")),
        sa.PrimaryKeyConstraint("share_id", "step_id", name=op.f("pk_share_step")),
    )
    op.create_index(op.f("ix_share_step_step_id"), "share_step", ["step_id"], unique=False)
