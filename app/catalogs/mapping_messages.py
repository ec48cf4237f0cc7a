"""What callers get of mapping profiles; a profile itself is sent as it is, in JSON or YAML."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app.catalogs.mapping_profiles import MappingProfile


class MappingProfileOut(BaseModel):
    """A stored profile: for whose sheets, and of which organisation it is; without one it is the supplier's own."""

    id: UUID
    supplier_id: UUID
    organisation_id: UUID | None
    profile: MappingProfile
    stored_at: datetime


class MappingProfilesOut(BaseModel):
    """The profiles that are shipped with the service, for everybody's sheets, and one page of stored ones."""

    shipped: Sequence[MappingProfile]
    data: Sequence[MappingProfileOut]
    next_cursor: str | None
