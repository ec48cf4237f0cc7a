"""Rows of the agreements chapter as callers see them."""

from datetime import date

from app.agreements.messages import AgreementOut, InForce, ShareOut
from app.agreements.models import Agreement, AgreementStatus, Share


def agreement_out(agreement: Agreement, today: date) -> AgreementOut:
    return AgreementOut(**agreement.model_dump(), in_force=in_force_on(agreement, today))


def in_force_on(agreement: Agreement, day: date) -> InForce:
    """Tell what an agreement is on a day: an ACTIVE one may not have begun yet, or be over."""
    if agreement.status != AgreementStatus.ACTIVE:
        return InForce(agreement.status)
    if day < agreement.valid_from:
        return InForce.NOT_YET
    return InForce.IN_FORCE if day <= agreement.valid_to else InForce.EXPIRED


def share_out(share: Share) -> ShareOut:
    return ShareOut.model_validate(share, from_attributes=True)
