"""What an agreement was from one change to the next is kept, so that a past day can be told as it was."""

from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.agreements.models import Agreement, AgreementVersion
from app.organisations.access import Call

TERMS: Final = (
    "supplier_id",
    "binding",
    "title",
    "contract_number",
    "currency",
    "mandatory_e_order",
    "order_types",
    "catalogue_approval",
    "catalogue_limits",
    "charges",
    "receipt_required",
    "replaced_by",
)
"""What a version keeps beside status, days and product groups."""


def record(call: Call, agreement: Agreement) -> None:
    """Keep an agreement as it has just become, and end the version before it."""
    agreement.changed_on = call.today
    call.session.flush()
    call.session.connection().execute(
        update(AgreementVersion)
        .where(col(AgreementVersion.agreement_id) == agreement.id, col(AgreementVersion.followed_at).is_(None))
        .values(followed_at=call.now)
    )
    call.session.add(
        AgreementVersion(
            **agreement.model_dump(include={"version", "status", "valid_from", "valid_to", "product_groups"}),
            agreement_id=agreement.id,
            terms=agreement.model_dump(mode="json", include=set(TERMS)),
            changed_at=call.now,
            changed_by=call.actor.id,
        )
    )
    call.session.flush()


def set_by(session: Session, agreement: Agreement, *terms: str) -> UUID:
    """Give who made some terms of an agreement what they are."""
    query = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    versions = session.exec(query.order_by(col(AgreementVersion.version).desc())).all()
    newest = versions[0]
    for version in versions:
        if any(version.terms.get(name) != newest.terms.get(name) for name in terms):
            break
        since = version
    return since.changed_by
