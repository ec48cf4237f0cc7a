"""Which catalogue a sheet is: what the rows above its header say, and what the request says beside it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from app.catalogs import sheet_cells as cells
from app.catalogs.sheet_column import NAME_LENGTH, SheetColumn, column
from app.catalogs.sheet_layout import LONGEST_SHOWN, CatalogueSheetNotFitting, Layout, likely
from app.documents.values import NUMBER_LENGTH, Value
from app.kit.cells import Misread, day
from app.kit.errors import Fault
from app.kit.sheets import header_name

HEAD: Final = (
    column(
        "number",
        "Katalognummer",
        "Dit nummer for kataloget; det samme i hver version.",
        "Your number of the catalogue, the same in every version.",
        "Katalognr",
        "Catalogue number",
        needed=True,
        read=cells.item_number,
        most=NUMBER_LENGTH,
    ),
    column(
        "version_id",
        "Version",
        "Ny for hver fil, fx 2026-2.",
        "Another for every file, such as 2026-2.",
        "VersionID",
        needed=True,
        read=cells.item_number,
        most=NUMBER_LENGTH,
    ),
    column(
        "name",
        "Katalognavn",
        "Katalogets navn.",
        "The catalogue's name.",
        "Catalogue name",
        read=cells.one_line,
        most=NAME_LENGTH,
    ),
    column(
        "supplier",
        "Leverandør",
        "CVR-nummer eller GLN; blank: den leverandør, du handler for.",
        "CVR number or GLN; blank: the supplier that you act for.",
        "Supplier",
    ),
    column(
        "receiver",
        "Modtagers GLN",
        "GLN (13 cifre) for den organisation, kataloget sendes til.",
        "GLN (13 digits) of the organisation that the catalogue is sent to.",
        "Modtager",
        "Receiver GLN",
        "Receiver",
        needed=True,
        read=cells.gln,
    ),
    column(
        "contract",
        "Aftalenr",
        "Aftalens nummer; blank: den eneste gældende aftale med modtageren.",
        "The contract's number; blank: the only live agreement with the receiver.",
        "Aftalenummer",
        "Contract number",
        read=cells.item_number,
        most=NUMBER_LENGTH,
    ),
    column(
        "currency",
        "Valuta",
        "Valuta for rækker, der ikke selv nævner en; blank: DKK.",
        "Currency of rows that name none themselves; blank: DKK.",
        "Currency",
        read=cells.currency,
    ),
    column(
        "valid_from",
        "Gyldig fra",
        "Første dag, kataloget gælder.",
        "First day on which the catalogue holds.",
        "Valid from",
        read=day,
    ),
    column(
        "valid_to",
        "Gyldig til",
        "Sidste dag, kataloget gælder; blank: uden slut.",
        "Last day on which the catalogue holds; blank: open.",
        "Valid to",
        read=day,
    ),
)
"""What stands above the header, the name in one cell and the value in the next, or is said in the request."""
HEAD_FIELDS: Final = {one.field: one for one in HEAD}
LABELS: Final = {name: one for one in HEAD for name in one.names}

PROFILE: Final = "Catalogue-CatBas-1.0"
"""The process that a sheet stands for in the answers to it: a catalogue that is taken or turned away."""


class SheetHeader(Value):
    """Which catalogue a sheet is. `supplier` is a CVR number, GLN or id as written; without one the sender's own."""

    number: str
    version_id: str
    receiver: str
    name: str | None = None
    supplier: str | None = None
    contract: str | None = None
    currency: str = cells.HOME_CURRENCY
    valid_from: date | None = None
    valid_to: date | None = None


def header_of(layout: Layout, said: Mapping[str, str], contract: str | None) -> SheetHeader:
    """Put together what stands above the header and what is `said` in the request, by field; `contract` is what the
    rows name.

    :raises CatalogueSheetNotFitting: naming what is missing, cannot be read, or is said twice and otherwise.
    """
    told = _Told(layout)
    for field, text in said.items():
        told.take(field, text, None)
    for row, field, text in told.above():
        told.take(field, text, row)
    if contract is not None:
        told.values.setdefault("contract", contract)
    told.look_for_what_is_missing()
    if told.faults:
        raise CatalogueSheetNotFitting("it does not say which catalogue it is; see `errors`", faults=told.faults)
    return SheetHeader.model_validate({field: value for field, value in told.values.items() if value})


class _Told:
    """What was told of a catalogue so far, by field, and what is wrong with it; what could not be read is empty."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.values: dict[str, str] = {}
        self.faults: list[Fault] = []

    def take(self, field: str, text: str, row: int | None) -> None:
        """Take what stands in a row, or was said in the request."""
        one = HEAD_FIELDS[field]
        try:
            value = one.read(cells.carried(text, one.most))
        except Misread as reason:
            self._fault(row, one, str(reason), reason.message_da)
            value = ""
        before = self.values.setdefault(field, value)
        if value and before and value != before:
            self._fault(row, one, f"{value} here, but {before} elsewhere", f"{value} her, men {before} et andet sted")

    def above(self) -> Iterator[tuple[int, str, str]]:
        """Give what stands above the header, as row, field and text: a name has its value in the next cell that is not
        blank.

        A row of two cells whose first is nearly a name is a fault: it would else count as a title, and say nothing.
        """
        for row in self._layout.above:
            texts = [text.strip() for text in row.texts if text.strip()]
            names = [_label(text) for text in texts]
            for name, following, text in zip(names, [*names[1:], ""], [*texts[1:], ""], strict=True):
                if name in LABELS and text and following not in LABELS:
                    yield row.number, LABELS[name].field, text
            meant = likely(names[0], LABELS) if len(texts) > 1 and names[0] not in LABELS else None
            if meant is not None:
                shown = texts[0][:LONGEST_SHOWN]
                message, message_da = f"{shown}: did you mean {meant}?", f"{shown}: mente du {meant}?"
                self.faults.append(Fault(message, message_da, sheet=self._layout.sheet.name or None, row=row.number))

    def look_for_what_is_missing(self) -> None:
        row = self._layout.header_row
        for one in HEAD:
            if one.needed and one.field not in self.values:
                header = one.heading.header
                message = f"{header} is missing; write it above the header with its value beside it, or say {one.field}"
                message_da = f"{header} mangler; skriv det over overskriften med værdien ved siden af"
                self._fault(row, one, message, message_da)
        if (self.values.get("valid_from") or "") > (self.values.get("valid_to") or "9999-12-31"):
            message, message_da = "the last day is before the first", "Den sidste dag er før den første"
            self._fault(row, HEAD_FIELDS["valid_to"], message, message_da)

    def _fault(self, row: int | None, one: SheetColumn, message: str, message_da: str) -> None:
        if row is None:
            self.faults.append(Fault(message, message_da, pointer=f"/{one.field}"))
        else:
            sheet, header = self._layout.sheet.name or None, one.heading.header
            self.faults.append(Fault(message, message_da, sheet=sheet, row=row, column=header))


def _label(text: str) -> str:
    return header_name(text.rstrip(": "))
