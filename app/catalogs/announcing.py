"""Documents that came while a version of their catalogue waited take their turn when it has been decided on."""

from typing import Final
from uuid import UUID

from app.kit import jobs
from app.organisations.access import Call

CONCLUDED: Final = "exchange.catalogue_concluded"
"""The job that looks who waits for what has become of a catalogue's version."""


def announce(call: Call, catalogue_id: UUID, document_id: UUID | None = None) -> None:
    """Let those know who wait for a catalogue, or for what has become of a document."""
    payload = {"catalogue_id": str(catalogue_id), "document_id": str(document_id) if document_id is not None else None}
    jobs.enqueue(call.session, CONCLUDED, str(document_id or catalogue_id), payload, call.now)
