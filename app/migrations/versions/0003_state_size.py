"""Reorganisations, substitutes, published policies, activated suppliers, shopping lists."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.kit.columns import ExactDecimal, Json, UtcDateTime

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "archived_part",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "position", name=op.f("pk_archived_part")),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("touched_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_touched_at"), "upload", ["touched_at"], unique=False)
    op.create_table(
        "word_part",
        sa.Column("part", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("word", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("part", "word", name=op.f("pk_word_part")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "former_organisation_link",
        sa.Column("descendant_id", sa.Uuid(), nullable=False),
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["organisation.id"], name=op.f("fk_former_organisation_link_ancestor_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["descendant_id"], ["organisation.id"], name=op.f("fk_former_organisation_link_descendant_id_organisation")
        ),
        sa.PrimaryKeyConstraint("descendant_id", "ancestor_id", "since_on", name=op.f("pk_former_organisation_link")),
    )
    op.create_table(
        "supplier_test",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_scheme_id", sa.String(length=20), nullable=False),
        sa.Column("endpoint_id", sa.String(length=100), nullable=False),
        sa.Column("profile_id", sa.String(length=100), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_supplier_test_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_supplier_test_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["organisation.id"], name=op.f("fk_supplier_test_root_id_organisation")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_test_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_test")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_supplier_test_organisation_id_number")),
    )
    op.create_index(op.f("ix_supplier_test_supplier_id"), "supplier_test", ["supplier_id"], unique=False)
    op.create_table(
        "catalogue_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("response_code", sa.String(length=40), nullable=False),
        sa.Column("said", Json, nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("received_from", sa.Uuid(), nullable=False),
        sa.Column("received_for", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["archived_document.id"], name=op.f("fk_catalogue_request_document_id_archived_document")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_catalogue_request_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["received_for"], ["app_user.id"], name=op.f("fk_catalogue_request_received_for_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["received_from"], ["app_user.id"], name=op.f("fk_catalogue_request_received_from_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_request")),
        sa.UniqueConstraint("document_id", name=op.f("uq_catalogue_request_document_id")),
    )
    op.create_index(
        op.f("ix_catalogue_request_organisation_id"), "catalogue_request", ["organisation_id"], unique=False
    )
    op.create_table(
        "mapping_profile",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("stored_by", sa.Uuid(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mapping_profile_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["stored_by"], ["app_user.id"], name=op.f("fk_mapping_profile_stored_by_app_user")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_mapping_profile_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_profile")),
        sa.UniqueConstraint("supplier_id", "name", name=op.f("uq_mapping_profile_supplier_id_name")),
    )
    op.create_index(op.f("ix_mapping_profile_organisation_id"), "mapping_profile", ["organisation_id"], unique=False)
    op.create_table(
        "reorganisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", Json, nullable=False),
        sa.Column("failure", sa.String(length=1000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_reorganisation_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["planned_by"], ["app_user.id"], name=op.f("fk_reorganisation_planned_by_app_user")),
        sa.ForeignKeyConstraint(["root_id"], ["organisation.id"], name=op.f("fk_reorganisation_root_id_organisation")),
        sa.ForeignKeyConstraint(
            ["target_id"], ["organisation.id"], name=op.f("fk_reorganisation_target_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reorganisation")),
    )
    op.create_index(
        "ix_reorganisation_due",
        "reorganisation",
        ["effective_on"],
        unique=False,
        sqlite_where=sa.text("status = 'PLANNED'"),
        postgresql_where=sa.text("status = 'PLANNED'"),
    )
    op.create_index(
        "uq_reorganisation_day",
        "reorganisation",
        ["organisation_id", "effective_on"],
        unique=True,
        sqlite_where=sa.text("status IN ('PLANNED', 'DONE')"),
        postgresql_where=sa.text("status IN ('PLANNED', 'DONE')"),
    )
    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("principal_id <> substitute_id", name=op.f("ck_substitution_two_users")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_substitution_in_order")),
        sa.ForeignKeyConstraint(["principal_id"], ["app_user.id"], name=op.f("fk_substitution_principal_id_app_user")),
        sa.ForeignKeyConstraint(["set_by"], ["app_user.id"], name=op.f("fk_substitution_set_by_app_user")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["app_user.id"], name=op.f("fk_substitution_substitute_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index(op.f("ix_substitution_principal_id"), "substitution", ["principal_id"], unique=False)
    op.create_index(op.f("ix_substitution_substitute_id"), "substitution", ["substitute_id"], unique=False)
    op.create_table(
        "line_change",
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("kinds", sa.Integer(), nullable=False),
        sa.Column("percent", ExactDecimal(), nullable=True),
        sa.Column("amount", ExactDecimal(), nullable=True),
        sa.Column("price_before", ExactDecimal(), nullable=True),
        sa.Column("price_after", ExactDecimal(), nullable=True),
        sa.Column("currencies", sa.String(length=40), nullable=True),
        sa.Column("steps", Json, nullable=True),
        sa.Column("changed_fields", Json, nullable=True),
        sa.ForeignKeyConstraint(["catalogue_id"], ["catalogue.id"], name=op.f("fk_line_change_catalogue_id_catalogue")),
        sa.PrimaryKeyConstraint("catalogue_id", "ordinal", "row_id", name=op.f("pk_line_change")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_line_change_percent",
        "line_change",
        ["catalogue_id", "ordinal", "percent", "row_id"],
        unique=False,
        sqlite_where=sa.text("percent IS NOT NULL"),
        postgresql_where=sa.text("percent IS NOT NULL"),
    )
    op.create_table(
        "searched_catalogue",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("forgotten", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue_id"],
            ["catalogue.id"],
            name=op.f("fk_searched_catalogue_catalogue_id_catalogue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_searched_catalogue")),
        sa.UniqueConstraint("catalogue_id", name=op.f("uq_searched_catalogue_catalogue_id")),
    )
    op.create_table(
        "shopping_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_shopping_list_of_one")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_shopping_list_created_by_app_user")),
        sa.ForeignKeyConstraint(["group_id"], ["user_group.id"], name=op.f("fk_shopping_list_group_id_user_group")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_shopping_list_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shopping_list")),
        sa.UniqueConstraint("group_id", "name", name=op.f("uq_shopping_list_group_id_name")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_shopping_list_user_id_name")),
    )
    op.create_table(
        "catalogue_word",
        sa.Column("word", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("catalogue", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue"],
            ["searched_catalogue.number"],
            name=op.f("fk_catalogue_word_catalogue_searched_catalogue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "catalogue", name=op.f("pk_catalogue_word")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "searched_line",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("catalogue", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("unspsc", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("seller_key", sa.String(), nullable=True),
        sa.Column("gtin_key", sa.String(), nullable=True),
        sa.Column("maker_key", sa.String(), nullable=True),
        sa.Column("buyer_key", sa.String(), nullable=True),
        sa.Column("prices", Json, nullable=False),
        sa.Column("least_price", ExactDecimal(), nullable=True),
        sa.Column("most_price", ExactDecimal(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("labels", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue"],
            ["searched_catalogue.number"],
            name=op.f("fk_searched_line_catalogue_searched_catalogue"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["catalogue_line.id"], name=op.f("fk_searched_line_line_id_catalogue_line"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_searched_line")),
        sa.UniqueConstraint("line_id", name=op.f("uq_searched_line_line_id")),
    )
    op.create_index("ix_searched_line_buyer", "searched_line", ["buyer_key"], unique=False)
    op.create_index("ix_searched_line_catalogue", "searched_line", ["catalogue", "number"], unique=False)
    op.create_index("ix_searched_line_gtin", "searched_line", ["gtin_key"], unique=False)
    op.create_index("ix_searched_line_maker", "searched_line", ["maker_key"], unique=False)
    op.create_index("ix_searched_line_seller", "searched_line", ["seller_key"], unique=False)
    op.create_table(
        "shopping_list_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", ExactDecimal(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_shopping_list_item_added_by_app_user")),
        sa.ForeignKeyConstraint(
            ["catalogue_id"], ["catalogue.id"], name=op.f("fk_shopping_list_item_catalogue_id_catalogue")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["shopping_list.id"],
            name=op.f("fk_shopping_list_item_list_id_shopping_list"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shopping_list_item")),
        sa.UniqueConstraint(
            "list_id", "catalogue_id", "line_id", name=op.f("uq_shopping_list_item_list_id_catalogue_id_line_id")
        ),
    )
    op.create_index(op.f("ix_shopping_list_item_catalogue_id"), "shopping_list_item", ["catalogue_id"], unique=False)
    op.add_column("agreement", sa.Column("catalogue_limits", Json, nullable=True))
    op.add_column("archived_document", sa.Column("parts", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.drop_index(op.f("ix_catalogue_line_seller"), table_name="catalogue_line")
    op.drop_column("catalogue_line", "search_text")
    op.add_column("catalogue_version", sa.Column("fault_counts", Json, nullable=True))
    op.add_column(
        "catalogue_version", sa.Column("is_partial", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("catalogue_version", sa.Column("legend", Json, nullable=True))
    op.add_column(
        "catalogue_version", sa.Column("lines_read", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("catalogue_version", sa.Column("first_line_id", sa.Uuid(), nullable=True))
    op.add_column(
        "catalogue_version", sa.Column("clearing", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("catalogue_version", sa.Column("job_id", sa.Uuid(), nullable=True))
    op.add_column(
        "catalogue_version",
        sa.Column(
            "received_for",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_catalogue_version_received_for_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "catalogue_version",
        sa.Column(
            "withdrawn_by",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_catalogue_version_withdrawn_by_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("catalogue_version", sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
    op.add_column("catalogue_version", sa.Column("withdrawal_reason", sa.String(length=1000), nullable=True))
    op.create_index(
        "ix_catalogue_version_clearing",
        "catalogue_version",
        ["catalogue_id"],
        unique=False,
        sqlite_where=sa.text("clearing"),
        postgresql_where=sa.text("clearing"),
    )
    op.add_column(
        "inbound_document",
        sa.Column(
            "posted_for",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_inbound_document_posted_for_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("inbound_document", sa.Column("waits_for", sa.Uuid(), nullable=True))
    op.add_column("inbound_document", sa.Column("job_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_inbound_document_posted_for"), "inbound_document", ["posted_for"], unique=False)
    op.create_index(op.f("ix_inbound_document_waits_for"), "inbound_document", ["waits_for"], unique=False)
    op.add_column(
        "invoice_case",
        sa.Column(
            "submitted_for",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_invoice_case_submitted_for_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("job", sa.Column("started_by", sa.Uuid(), nullable=True))
    op.add_column("job", sa.Column("started_for", sa.Uuid(), nullable=True))
    op.add_column("job", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.add_column("job", sa.Column("progress", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("job", sa.Column("total", sa.Integer(), nullable=True))
    op.add_column("job", sa.Column("result", sa.String(length=40), nullable=True))
    op.add_column("job", sa.Column("result_id", sa.Uuid(), nullable=True))
    op.add_column("job", sa.Column("faults", Json, nullable=True))
    op.add_column("job", sa.Column("cancel_asked_at", UtcDateTime(), nullable=True))
    op.create_index(op.f("ix_job_organisation_id"), "job", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_job_started_by"), "job", ["started_by"], unique=False)
    op.create_index(op.f("ix_job_started_for"), "job", ["started_for"], unique=False)
    op.add_column("location_number", sa.Column("routable_to", sa.Date(), nullable=True))
    op.add_column("number_series", sa.Column("test_orders", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column(
        "organisation_link", sa.Column("since_on", sa.Date(), nullable=False, server_default=sa.text("'2000-01-01'"))
    )
    op.add_column(
        "policy",
        sa.Column(
            "set_for", sa.Uuid(), sa.ForeignKey("app_user.id", name=op.f("fk_policy_set_for_app_user")), nullable=True
        ),
        inline_references=True,
    )
    op.add_column(
        "policy", sa.Column("status", sa.String(length=40), nullable=False, server_default=sa.text("'PUBLISHED'"))
    )
    op.add_column(
        "policy",
        sa.Column(
            "published_by",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_policy_published_by_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "policy",
        sa.Column(
            "published_for",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_policy_published_for_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("policy", sa.Column("published_at", UtcDateTime(), nullable=True))
    op.add_column("policy", sa.Column("bundle_id", sa.Uuid(), nullable=True))
    op.add_column("policy", sa.Column("template", sa.String(length=40), nullable=True))
    op.add_column("policy", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.create_index(op.f("ix_policy_bundle_id"), "policy", ["bundle_id"], unique=False)
    op.add_column("prokura", sa.Column("dimension", sa.String(length=40), nullable=True))
    op.add_column("prokura", sa.Column("dimension_from", sa.String(length=100), nullable=True))
    op.add_column("prokura", sa.Column("dimension_to", sa.String(length=100), nullable=True))
    op.add_column("prokura", sa.Column("ended_at", UtcDateTime(), nullable=True))
    op.add_column(
        "purchase_order",
        sa.Column(
            "created_for",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_purchase_order_created_for_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "purchase_order",
        sa.Column(
            "approved_for",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_purchase_order_approved_for_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "receipt",
        sa.Column(
            "received_for",
            sa.Uuid(),
            sa.ForeignKey("app_user.id", name=op.f("fk_receipt_received_for_app_user")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("role_grant", sa.Column("ended_at", UtcDateTime(), nullable=True))
    op.add_column(
        "share_revocation",
        sa.Column(
            "reorganisation_id",
            sa.Uuid(),
            sa.ForeignKey("reorganisation.id", name=op.f("fk_share_revocation_reorganisation_id_reorganisation")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("stored_answer", sa.Column("location", sa.String(length=300), nullable=True))
    op.add_column("supplier", sa.Column("gln", sa.String(length=13), nullable=True))
    op.add_column("supplier", sa.Column("status_before", sa.String(length=40), nullable=True))
    op.add_column("supplier", sa.Column("activation_reason", sa.String(length=1000), nullable=True))
    op.add_column("supplier", sa.Column("block_reason", sa.String(length=1000), nullable=True))
    op.add_column("task", sa.Column("remind_on", sa.Date(), nullable=True))
    op.add_column("task", sa.Column("reminded_at", UtcDateTime(), nullable=True))
    op.create_index(
        "ix_task_reminder",
        "task",
        ["remind_on"],
        unique=False,
        sqlite_where=sa.text("state = 'OPEN' AND remind_on IS NOT NULL"),
        postgresql_where=sa.text("state = 'OPEN' AND remind_on IS NOT NULL"),
    )
    op.create_index(
        "ix_task_unplanned",
        "task",
        ["opened_at"],
        unique=False,
        sqlite_where=sa.text("state = 'OPEN' AND remind_on IS NULL"),
        postgresql_where=sa.text("state = 'OPEN' AND remind_on IS NULL"),
    )
    _check_limits()
    _check_numbers()


def _check_limits() -> None:
    not_negative, in_order = "max_amount >= 0", "valid_to IS NULL OR valid_from <= valid_to"
    # SQLite writes the table anew, and forgets the checks that it is not told of.
    kept = (
        sa.CheckConstraint(not_negative, name=op.f("ck_prokura_not_negative")),
        sa.CheckConstraint(in_order, name=op.f("ck_prokura_in_order")),
    )
    with op.batch_alter_table("prokura", table_args=kept) as batch:
        batch.create_check_constraint(
            op.f("ck_prokura_whole_dimension"),
            "(dimension IS NULL) = (dimension_from IS NULL) AND (dimension IS NULL) = (dimension_to IS NULL)",
        )


def _check_numbers() -> None:
    with op.batch_alter_table("location_number") as batch:
        batch.create_check_constraint(op.f("ck_location_number_in_order"), "valid_to IS NULL OR valid_from <= valid_to")
        batch.create_check_constraint(
            op.f("ck_location_number_grace_follows"), "routable_to IS NULL OR valid_to <= routable_to"
        )
