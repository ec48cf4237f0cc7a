"""What callers send and get about reorganisations and where an organisation stood."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints, model_validator

from app.documents.values import Carried
from app.organisations.messages import Gln, Message
from app.organisations.reorganisation_models import ReorganisationKind, ReorganisationStatus

Note = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True), Carried]


class ReorganisationIn(Message):
    """What is to become of an organisation and all below it, on a day. MOVE and MERGE name a target, CLOSE does not."""

    kind: ReorganisationKind
    organisation_id: UUID
    target_id: UUID | None = None
    effective_on: date
    note: Note | None = None

    @model_validator(mode="after")
    def _with_target(self) -> "ReorganisationIn":
        if (self.target_id is None) != (self.kind == ReorganisationKind.CLOSE):
            raise ValueError("MOVE and MERGE take a target_id, CLOSE takes none")
        return self


class ReorganisationOut(BaseModel):
    """A reorganisation; `outcome` counts what followed from one that is DONE, `failure` tells why one has FAILED."""

    id: UUID
    kind: ReorganisationKind
    organisation_id: UUID
    target_id: UUID | None
    effective_on: date
    note: str | None
    status: ReorganisationStatus
    planned_by: UUID
    planned_at: datetime
    done_at: datetime | None
    outcome: dict[str, int]
    failure: str | None
    version: int


class PlacementOut(BaseModel):
    """Where an organisation stood: below `parent_id` from the end of `since_on`, until the end of `until_on` if any."""

    parent_id: UUID
    parent_name: str
    since_on: date
    until_on: date | None


class PlacementsOut(BaseModel):
    """Everywhere that an organisation stood, the present place last."""

    organisation_id: UUID
    placements: list[PlacementOut]


class LocationNumberIn(Message):
    """A GLN that is to route to an organisation from a day, and maybe to one."""

    gln: Gln
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "LocationNumberIn":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self


class LocationNumberEnd(Message):
    """The last day of a GLN, and until when what comes to it is still taken in: half a year, unless said otherwise."""

    valid_to: date
    routable_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "LocationNumberEnd":
        if self.routable_to is not None and self.routable_to < self.valid_to:
            raise ValueError(f"routable_to {self.routable_to} is before valid_to {self.valid_to}")
        return self


class LocationNumberOut(BaseModel):
    """A GLN of an organisation."""

    id: UUID
    organisation_id: UUID
    gln: str
    valid_from: date
    valid_to: date | None
    routable_to: date | None
