"""The table of requests for catalogues, and what was answered."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.kit.columns import json_column, moment_column


class CatalogueRequested(SQLModel, table=True):
    """A request that an organisation's people or systems handed in, and the ApplicationResponse that went back: its
    `response_code`, and what it says.
    """

    __tablename__ = "catalogue_request"

    id: UUID = Field(primary_key=True)
    document_id: UUID = Field(foreign_key="archived_document.id", unique=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    response_code: str = Field(max_length=40)
    said: list[str] = Field(sa_column=json_column())
    received_at: datetime = Field(sa_column=moment_column())
    received_from: UUID = Field(foreign_key="app_user.id")
    received_for: UUID | None = Field(default=None, foreign_key="app_user.id")
