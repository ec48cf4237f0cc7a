"""What callers send and get in the agreements chapter."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.agreements.models import AgreementKind, AgreementStatus, ShareTarget
from app.organisations.messages import CurrencyCode, Dated, Name, ProductGroup

Groups = Annotated[list[ProductGroup], Field(max_length=200)]


class AgreementIn(Dated):
    """A new agreement, in DRAFT until it is activated."""

    valid_to: date
    owner_id: UUID
    supplier_id: UUID
    kind: AgreementKind
    binding: bool = False
    title: Name
    contract_number: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
    currency: CurrencyCode = "DKK"
    product_groups: Groups = Field(default_factory=list)


class AgreementOut(BaseModel):
    """An agreement."""

    id: UUID
    owner_id: UUID
    supplier_id: UUID
    kind: AgreementKind
    binding: bool
    title: str
    contract_number: str
    currency: str
    product_groups: list[str]
    valid_from: date
    valid_to: date
    status: AgreementStatus
    version: int


class ShareIn(Dated):
    """Hand an agreement on: from an organisation that has it, to an organisation below (its content managers), to one
    user, or to everybody of an organisation. Groups narrow what was handed to you.
    """

    from_organisation_id: UUID
    target: ShareTarget
    organisation_id: UUID | None = None
    user_id: UUID | None = None
    include_groups: Groups = Field(default_factory=list)
    exclude_groups: Groups = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_target(self) -> "ShareIn":
        given = (self.organisation_id is not None, self.user_id is not None)
        if given != ((False, True) if self.target == ShareTarget.USER else (True, False)):
            raise ValueError("target USER takes a user_id alone, ORGANISATION and EVERYBODY an organisation_id alone")
        return self


class ShareOut(BaseModel):
    """One step of sharing."""

    id: UUID
    agreement_id: UUID
    parent_id: UUID | None
    from_organisation_id: UUID
    target: ShareTarget
    organisation_id: UUID
    user_id: UUID | None
    include_groups: list[str]
    exclude_groups: list[str]
    valid_from: date
    valid_to: date | None
    revoked_at: datetime | None
