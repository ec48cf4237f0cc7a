"""What callers send and get about organisations and tasks, and the kinds of values that all messages share."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator
from stdnum.dk import cvr

from app.documents.identifiers import cvr_fault, gln_fault
from app.documents.values import Carried
from app.organisations.models import OrganisationStatus, TaskState, TaskType
from app.organisations.people_models import Role

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), Carried]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
ProductGroup = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}){1,4}$")]
"""A UNSPSC prefix: segment, family, class or commodity (2, 4, 6 or 8 digits)."""


def checked_gln(value: str) -> str:
    if fault := gln_fault(value):
        raise ValueError(fault)
    if not value.isascii():
        raise ValueError(f"P-GLN: {value!r} has digits of another script than 0 to 9")
    return value


def _checked_cvr(value: str) -> str:
    if fault := cvr_fault(value):
        raise ValueError(fault)
    digits: str = cvr.compact(value)  # the check reads blanks and hyphens, too
    return digits


Gln = Annotated[str, AfterValidator(checked_gln)]
Cvr = Annotated[str, AfterValidator(_checked_cvr)]


class Message(BaseModel):
    """What is sent: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nul(cls, sent: Any) -> Any:
        """PostgreSQL keeps no NUL in a text; without this, one would end as an internal error there alone."""
        texts = sent.items() if isinstance(sent, dict) else ()
        for name, text in texts:
            if isinstance(text, str) and "\0" in text:
                raise ValueError(f"{name} holds a NUL character, which no text has")
        return sent


class Dated(Message):
    """Something that holds from a day, and maybe to one, both included."""

    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Dated":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self


class OrganisationIn(Message):
    """A new organisation below another."""

    parent_id: UUID
    name: Name
    gln: Gln | None = None
    cvr: Cvr | None = None


class OrganisationChange(Message):
    """What is to be different; what is left out stays. `cvr` may be set to null: then that of the one above counts."""

    name: Name | None = None
    cvr: Cvr | None = None

    @model_validator(mode="after")
    def _named(self) -> "OrganisationChange":
        if self.name is None and "name" in self.model_fields_set:
            raise ValueError("an organisation has a name; leave it out, and it stays as it is")
        return self


class OrganisationOut(BaseModel):
    """An organisation with the GLNs that route to it today."""

    id: UUID
    parent_id: UUID | None
    root_id: UUID
    name: str
    cvr: str | None
    glns: list[str]
    status: OrganisationStatus
    version: int


class TaskOut(BaseModel):
    """Something that waits for a person."""

    id: UUID
    type: TaskType
    organisation_id: UUID
    role: Role
    user_id: UUID | None
    subject: str
    subject_id: UUID
    reasons: list[str]
    state: TaskState
    opened_at: datetime
    closed_at: datetime | None
