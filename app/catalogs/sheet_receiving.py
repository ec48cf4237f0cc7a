"""Catalogue sheets as they come in: read by the profile that is wished for, and their sender found, at the door."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from sqlmodel import Session

from app.catalogs.mapping_profiles import MappingProfile
from app.catalogs.receiving import ArrivedBody, InMode, Mode, ReceivedCatalogue, received
from app.catalogs.sheet_header import HEAD_FIELDS, PROFILE, SheetHeader
from app.catalogs.sheet_reading import SHEETS, SheetDocument
from app.catalogs.sheet_source import Legend, SheetSource
from app.catalogs.stored_profiles import own_supplier, profile_for
from app.dialects import JSON_TYPE
from app.documents.catalogue_reading import HeldReading
from app.documents.envelope import Envelope
from app.documents.party import Party
from app.documents.values import Identifier
from app.kit.calls import Call as AnyCall
from app.kit.calls import Caller
from app.kit.db import Database
from app.kit.incoming import Incoming
from app.kit.sheets import CSV, XLSX
from app.kit.tokens import Principal
from app.organisations.access import Call, NotAllowed, OnBehalfOf, find_actor, require_supplier
from app.organisations.identity import supplier_party
from app.organisations.permissions import Permission
from app.organisations.setup_facts import suppliers_of
from app.organisations.supplier_models import Supplier

Result = TypeVar("Result")

AT_ONCE: Final = 2000
"""A sheet of more rows is read by a job."""

UUID_BYTES: Final = 16
UUID_VERSION: Final = 5
"""Of an id that is made of a hash (RFC 9562 section 5.5)."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A document about a catalogue that has come in; of a sheet also the sheet itself, open until the answer leaves."""

    received: ReceivedCatalogue
    source: SheetSource | None = None


def _said(field: str) -> Any:
    one = HEAD_FIELDS[field]
    return Query(max_length=one.most, description=f"Of a sheet, unless it says so itself: {one.english}")


class SheetWish:
    """What a request may say of a sheet: by which profile it is read, and which catalogue it is."""

    def __init__(
        self,
        profile: Annotated[str | None, Query(max_length=60, description="Of a sheet: its mapping profile.")] = None,
        number: Annotated[str | None, _said("number")] = None,
        version_id: Annotated[str | None, _said("version_id")] = None,
        name: Annotated[str | None, _said("name")] = None,
        supplier: Annotated[str | None, _said("supplier")] = None,
        receiver: Annotated[str | None, _said("receiver")] = None,
        contract: Annotated[str | None, _said("contract")] = None,
        currency: Annotated[str | None, _said("currency")] = None,
        valid_from: Annotated[str | None, _said("valid_from")] = None,
        valid_to: Annotated[str | None, _said("valid_to")] = None,
    ) -> None:
        self.profile = profile or None
        said = {
            "number": number,
            "version_id": version_id,
            "name": name,
            "supplier": supplier,
            "receiver": receiver,
            "contract": contract,
            "currency": currency,
            "valid_from": valid_from,
            "valid_to": valid_to,
        }
        self.said = {field: text for field, text in said.items() if text}


def brought(
    request: Request,
    who: Caller,
    body: ArrivedBody,
    wish: Annotated[SheetWish, Depends()],
    mode: InMode = Mode.WHOLE,
    on_behalf_of: OnBehalfOf = None,
) -> Iterator[Brought]:
    """Give the dependency that reads a body, sheet or not, as far as it is read before the answer.

    :raises NotAllowed: for whoever hands in no catalogues, before a sheet is read.
    """
    if body.incoming.media_type not in SHEETS:
        yield Brought(received(request, body, mode))
        return
    state = request.app.state
    hand = Hand(state.database, who, state.clock.now(), on_behalf_of)
    with opened(hand, body.incoming, wish, mode) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand brings a sheet, to where and when."""

    database: Database
    who: Principal
    now: datetime
    on_behalf_of: UUID | None = None

    def read(self, step: Callable[[Call], Result]) -> Result:
        """Run a step that only reads."""

        def read(session: Session) -> Result:
            call: Call = AnyCall(session, find_actor(session, self.who, self.now, self.on_behalf_of), self.now)
            return step(call)

        return self.database.run(read, write=False)


@contextmanager
def opened(hand: Hand, incoming: Incoming, wish: SheetWish, mode: Mode) -> Iterator[Brought]:
    """Open a sheet that has come in.

    :raises NotAllowed: for whoever hands in no catalogues, before it is read.
    """
    profile = hand.read(lambda call: _profile(call, wish.profile))
    legend = Legend(profile=profile, said=wish.said)
    with SheetSource(incoming.opened(hand.database), incoming.media_type, legend) as source:
        envelope = hand.read(lambda call: _envelope(call, source.header, incoming))
        yield Brought(_received(incoming, source, legend, envelope, mode), source)


def _profile(call: Call, name: str | None) -> MappingProfile | None:
    suppliers = call.actor.suppliers(Permission.CATALOGUE_UPLOAD)
    if not suppliers:
        raise NotAllowed("handing in catalogues takes the role supplier (catalogue:upload)")
    return profile_for(call.session, suppliers, name) if name is not None else None


def _envelope(call: Call, header: SheetHeader, incoming: Incoming) -> Envelope:
    """Say who sends a sheet, and to whom: the supplier that it names, else the only one that the actor acts for.

    :raises NotAllowed: for a supplier that the actor does not act for.
    :raises SupplierNotNamed: when there are several, and it names none.
    """
    if header.supplier is None:
        supplier_id = own_supplier(call)
    else:
        found = suppliers_of(call, [header.supplier]).get(header.supplier)
        if found is None:
            raise NotAllowed(f"the sheet is from {header.supplier}, which is no supplier that you act for")
        supplier_id = found
    require_supplier(call, Permission.CATALOGUE_UPLOAD, supplier_id)
    receiver = Identifier(value=header.receiver, scheme_id="GLN")
    return Envelope(
        document_type="Catalogue",
        number=header.number,
        profile_id=PROFILE,
        uuid=str(UUID(bytes=bytes.fromhex(incoming.sha256)[:UUID_BYTES], version=UUID_VERSION)),
        issue_date=call.today,
        version_id=header.version_id,
        sender=supplier_party(call.session.get_one(Supplier, supplier_id)),
        receiver=Party(endpoint_id=receiver, identifications=(receiver,)),
    )


def _received(
    incoming: Incoming, source: SheetSource, legend: Legend, envelope: Envelope, mode: Mode
) -> ReceivedCatalogue:
    is_small = incoming.upload_id is None and source.row_count <= AT_ONCE
    document = SheetDocument(source, envelope, sort_out=mode == Mode.PARTIAL)
    return ReceivedCatalogue(
        incoming,
        envelope,
        document.head,
        HeldReading.of(document) if is_small else None,
        source.row_count,
        legend.model_dump(mode="json", exclude_defaults=True),
    )


def wants_sheet(accept: Annotated[str, Header(description=f"{JSON_TYPE}, {XLSX} or {CSV}")] = "*/*") -> bool:
    """Tell whether the caller would rather have the sheet with comments: it is named, and JSON not before it."""
    named = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return next((name for name in named if name in (JSON_TYPE, *SHEETS)), JSON_TYPE) in SHEETS


BroughtBody = Annotated[Brought, Depends(brought)]
AsSheet = Annotated[bool, Depends(wants_sheet)]
