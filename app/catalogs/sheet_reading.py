"""A catalogue sheet as a document about a catalogue is read: a head, lines one by one, and a verdict at the end."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

from app.catalogs.sheet_header import PROFILE, SheetHeader
from app.catalogs.sheet_source import Legend, Outcome, SheetSource
from app.documents.catalogue import Catalogue, CatalogueLine
from app.documents.catalogue_reading import ReadLine, Verdict
from app.documents.envelope import Envelope
from app.documents.values import Period
from app.kit.errors import Fault, Invalid
from app.kit.sheets import CSV, XLSX

SHEETS: Final = (XLSX, CSV)
MOST_FAULTS: Final = 100
UNREADABLE: Final = "UNREADABLE"


def open_sheet(
    file: BinaryIO, media_type: str, legend: Mapping[str, Any] | None, envelope: Envelope, *, sort_out: bool
) -> "SheetDocument":
    """Open a sheet that was kept, with what it was read by when it came.

    :raises Invalid: as SheetSource does.
    """
    source = SheetSource(file, media_type, Legend.model_validate(legend or {}))
    return SheetDocument(source, envelope, sort_out=sort_out)


class SheetDocument:
    """One walk through a sheet. With `sort_out` rows at fault do not spoil the whole.

    Lines are counted from 1 as they come; what is wrong with one names its row.
    """

    def __init__(self, source: SheetSource, envelope: Envelope, *, sort_out: bool) -> None:
        self._source = source
        self._head = _head(source.header, envelope)
        self._sorting = sort_out
        self._faults: list[Fault] = []
        self._counts: Counter[str] = Counter()

    @property
    def head(self) -> Catalogue:
        return self._head

    def __iter__(self) -> Iterator[ReadLine]:
        try:
            for number, (row, outcome) in enumerate(self._source, start=1):
                yield self._line(number, row, outcome)
        except Invalid as refusal:  # a row on the way is no row of a CSV file
            self._spoil(refusal.faults or (Fault(refusal.message),))

    def verdict(self) -> Verdict:
        return Verdict(tuple(self._faults), counts=self._counts)

    def _line(self, number: int, row: int, outcome: Outcome) -> ReadLine:
        if isinstance(outcome, CatalogueLine):
            return ReadLine(number, outcome.line_id, outcome, row=row)
        if not self._sorting:
            self._spoil(outcome)
        return ReadLine(number, "", None, tuple(outcome))

    def _spoil(self, faults: Sequence[Fault]) -> None:
        self._counts.update(fault.rule_id or UNREADABLE for fault in faults)
        self._faults += faults[: max(MOST_FAULTS - len(self._faults), 0)]


def _head(header: SheetHeader, envelope: Envelope) -> Catalogue:
    """Give the document without its lines."""
    assert envelope.receiver is not None  # noqa: S101 - a sheet's envelope names it
    assert envelope.issue_date is not None  # noqa: S101 - and its day
    period = Period(start_date=header.valid_from, end_date=header.valid_to)
    return Catalogue(
        profile_id=PROFILE,
        number=header.number,
        uuid=envelope.uuid,
        issue_date=envelope.issue_date,
        name=header.name,
        version_id=header.version_id,
        validity_period=period if period != Period() else None,
        contract_id=header.contract,
        provider=envelope.sender,
        receiver=envelope.receiver,
        supplier=envelope.sender,
        lines=(),
    )
