"""What whoever asks for a catalogue gets."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class CatalogueAnswerOut(BaseModel):
    """What is answered to a request for a catalogue, here and by ApplicationResponse: who provides what."""

    id: UUID
    document_id: UUID
    organisation_id: UUID
    response_code: str
    said: Sequence[str]
    received_at: datetime
