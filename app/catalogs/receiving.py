"""Documents about catalogues as they come in, of any size: taken in as they arrive, and read before any transaction
when they are small.
"""

import io
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, BinaryIO, Final
from uuid import UUID

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from app import dialects
from app.dialects import JSON_TYPE, XML_TYPES
from app.documents.catalogue_reading import CatalogueDocument, HeldReading
from app.documents.envelope import Envelope
from app.kit import parts
from app.kit.calls import Caller, Door, IdempotencyKey
from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.errors import Invalid, MediaTypeNotSupported
from app.kit.incoming import Incoming, Taker, receive
from app.kit.parts import PART_BYTES
from app.kit.sheets import CSV, XLSX
from app.kit.tokens import Principal
from app.oioubl.limits import MAX_DOCUMENT_BYTES
from app.organisations.access import Actor, NotAllowed, OnBehalfOf, find_actor
from app.organisations.permissions import Permission

REQUEST: Final = "CatalogueRequest"
_ENDS: Final = re.compile(rb"</(?:[\w.-]+:)?Catalogue(?:PricingUpdate|ItemSpecificationUpdate)?Line\s*>")
_LONGEST_END: Final = 80
TYPES: Final = (*XML_TYPES, JSON_TYPE, XLSX, CSV)


class Mode(StrEnum):
    """Whether a catalogue with lines at fault is turned away as a whole, or taken without them."""

    WHOLE = "whole"
    PARTIAL = "partial"


class JsonTooLarge(Invalid):
    """A document in JSON is held in memory, so there is an end to it; in XML it may be as large as any."""


@dataclass(frozen=True, slots=True)
class ReceivedCatalogue:
    """A document about a catalogue: its bytes, who sent it as what, and its head where that can be read. A small one
    has been read whole; of a larger one `lines` is how many there seem to be. `legend` says how a sheet is read.
    """

    incoming: Incoming
    envelope: Envelope
    head: CatalogueDocument | None
    reading: HeldReading | None
    lines: int | None = None
    legend: dict[str, Any] | None = None

    @property
    def is_broken(self) -> bool:
        """Whether it is known already that it cannot be taken, whatever else there is."""
        return self.reading is not None and bool(self.reading.verdict().faults)


class _LineCounter:
    """Counts the lines of a document while its bytes go by."""

    def __init__(self) -> None:
        self.count = 0
        self._tail = b""

    def see(self, chunk: bytes) -> None:
        seen = self._tail + chunk
        ends = list(_ENDS.finditer(seen))
        self.count += len(ends)
        begin = max(ends[-1].end() if ends else 0, len(seen) - _LONGEST_END)
        self._tail = seen[begin:]


class CatalogueTaker(Taker):
    """Takes in the bytes of a document about a catalogue; `admit` may refuse who sends a large one."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        media_type: str,
        admit: Callable[[], object] = lambda: None,
    ) -> None:
        is_json = media_type == JSON_TYPE
        most = settings.document_limit if is_json else settings.catalogue_at_once
        look = partial(_look, admit, is_xml=media_type in XML_TYPES)
        super().__init__(database, clock, most, partial(_refuse_json, most) if is_json else look)
        self._counter = _LineCounter()

    @property
    def lines(self) -> int:
        return self._counter.count

    def take(self, chunk: bytes) -> bool:
        self._counter.see(chunk)
        return super().take(chunk)


def _refuse_json(most: int, _: bytes) -> None:
    raise JsonTooLarge(f"a document in JSON has at most {most} bytes; send a larger one as {XML_TYPES[0]}")


def _look(admit: Callable[[], object], beginning: bytes, *, is_xml: bool) -> None:
    """:raises NotXml, WrongDocument, EnvelopeUnreadable: for a document that nobody could be answered about."""
    admit()
    if is_xml:
        dialects.catalogue_head(beginning)


def media_type_of(content_type: str) -> str:
    """Read the media type.

    :raises MediaTypeNotSupported: for a body that is neither XML nor JSON, nor a sheet.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in TYPES:
        raise MediaTypeNotSupported(f"send {' or '.join(TYPES)}, not {media_type[:80] or 'nothing'}")
    return media_type


@dataclass(frozen=True, slots=True)
class Arrived:
    """A body that has come in whole, with the number of lines that there seem to be."""

    incoming: Incoming
    lines: int


async def arrived(request: Request, who: Caller, on_behalf_of: OnBehalfOf = None) -> AsyncIterator[Arrived]:
    """Give the dependency that takes in a body about a catalogue; what no document was made of is left to the sweep."""
    state, media_type = request.app.state, media_type_of(request.headers.get("content-type", ""))
    admit = partial(_admit, state.database, who, state.clock, on_behalf_of)
    taker = CatalogueTaker(state.database, state.clock, state.settings, media_type, admit)
    incoming = await receive(request, media_type, taker)
    try:
        yield Arrived(incoming, taker.lines)
    finally:
        if incoming.upload_id is not None:
            await run_in_threadpool(_give_up, state.database, incoming.upload_id, state.clock)


def _admit(database: Database, who: Principal, clock: Clock, on_behalf_of: UUID | None) -> None:
    """Let only those hand in much who may hand in anything.

    :raises NotAllowed: for everybody else.
    """
    now = clock.now()
    actor = database.run(lambda session: find_actor(session, who, now, on_behalf_of), write=False)
    if not (actor.suppliers(Permission.CATALOGUE_UPLOAD) or actor.organisations(Permission.CATALOGUE_READ)):
        raise NotAllowed("handing in catalogues takes the role supplier (catalogue:upload)")


def _give_up(database: Database, upload_id: UUID, clock: Clock) -> None:
    database.run(lambda session: parts.give_up(session, upload_id, clock.now()))


ArrivedBody = Annotated[Arrived, Depends(arrived)]
InMode = Annotated[Mode, Query(description="`partial` takes the lines that are sound and tells of the others.")]


def received(request: Request, body: ArrivedBody, mode: InMode = Mode.WHOLE) -> ReceivedCatalogue:
    """Give the dependency that reads the body, as far as it is read before the answer."""
    state = request.app.state
    return received_from(body, state.settings.catalogue_at_once, mode, state.database)


def arrived_from(content: bytes) -> Arrived:
    """Give a body in XML that is held."""
    counter = _LineCounter()
    counter.see(content)
    return Arrived(Incoming.of(content, XML_TYPES[0]), counter.count)


def received_from(
    body: Arrived, at_once: int, mode: Mode = Mode.WHOLE, database: Database | None = None
) -> ReceivedCatalogue:
    """Read a body whole when it is small, and else its head; the database is asked for one in parts.

    :raises NotXml, WrongDocument, EnvelopeUnreadable: for a document that nobody could be answered about.
    :raises BodyNotValid: for JSON that does not fit.
    """
    incoming = body.incoming
    file = readable(incoming.opened(database), incoming.media_type)
    beginning = file.read(at_once + 1) if incoming.upload_id is None else b""
    if incoming.upload_id is None and len(beginning) <= at_once:
        envelope, head = dialects.whole_catalogue_document(beginning)
        return ReceivedCatalogue(incoming, envelope, head, _held(beginning, mode))
    beginning += file.read(max(PART_BYTES - len(beginning), 0))
    found = dialects.catalogue_head(beginning)
    if found is None:
        beginning += file.read(MAX_DOCUMENT_BYTES + 1 - len(beginning))
        found = dialects.catalogue_head(beginning) or dialects.whole_catalogue_document(beginning)
    envelope, head = found
    is_request = envelope.document_type == REQUEST
    return ReceivedCatalogue(incoming, envelope, head, _held(beginning, mode) if is_request else None, body.lines)


def _held(xml: bytes, mode: Mode) -> HeldReading:
    return HeldReading.of(dialects.open_catalogue(io.BytesIO(xml), sort_out=mode == Mode.PARTIAL))


def readable(file: BinaryIO, media_type: str) -> BinaryIO:
    """Give a document's bytes as XML to be read."""
    return io.BytesIO(dialects.catalogue_xml(file.read())) if media_type == JSON_TYPE else file


def upload_door(
    request: Request,
    who: Caller,
    body: ArrivedBody,
    idempotency_key: IdempotencyKey = None,
    on_behalf_of: OnBehalfOf = None,
) -> Door[Actor]:
    """Give the way into the services for a body that may be large: its hash stands for it."""
    return Door(request, who, body.incoming.sha256.encode(), idempotency_key, find_actor, on_behalf_of)


UploadDb = Annotated[Door[Actor], Depends(upload_door)]
CatalogueBody = Annotated[ReceivedCatalogue, Depends(received)]
