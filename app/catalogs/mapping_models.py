"""Table of mapping profiles that were stored for a supplier's sheets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.columns import json_column, moment_column


class StoredProfile(SQLModel, table=True):
    """A mapping profile for the sheets of one supplier; `content` is the whole mapping_profiles.MappingProfile.

    It is the supplier's own, or that of the organisation whose content manager stored it. Nothing refers to it: what an
    upload was read with is kept with the upload.
    """

    __tablename__ = "mapping_profile"
    __table_args__ = (UniqueConstraint("supplier_id", "name"),)

    id: UUID = Field(primary_key=True)
    supplier_id: UUID = Field(foreign_key="supplier.id")
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    name: str = Field(max_length=60)
    content: dict[str, Any] = Field(sa_column=json_column())
    stored_by: UUID = Field(foreign_key="app_user.id")
    stored_at: datetime = Field(sa_column=moment_column())
