"""Rows of the agreements chapter as callers see them."""

from datetime import date

from app.agreements import queries
from app.agreements.messages import AgreementOut, InForce, ShareOut
from app.agreements.models import Agreement, AgreementStatus, Share
from app.organisations.access import Call


def agreement_out(call: Call, agreement: Agreement) -> AgreementOut:
    """Give an agreement as the caller sees it: within which limits catalogues go live unseen is not for suppliers."""
    shown = AgreementOut(**agreement.model_dump(), in_force=in_force_on(agreement, call.today))
    if queries.only_sells(call.actor):
        shown.catalogue_limits = None
    return shown


def in_force_on(agreement: Agreement, day: date) -> InForce:
    """Tell what an agreement is on a day: an ACTIVE one may not have begun yet, or be over."""
    if agreement.status != AgreementStatus.ACTIVE:
        return InForce(agreement.status)
    if day < agreement.valid_from:
        return InForce.NOT_YET
    return InForce.IN_FORCE if day <= agreement.valid_to else InForce.EXPIRED


def share_out(share: Share) -> ShareOut:
    return ShareOut.model_validate(share, from_attributes=True)
