"""A version's changes as a workbook for the content manager: first in short, then a sheet for each kind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from sqlmodel import Session, col

from app.catalogs import change_queries
from app.catalogs.change_messages import ChangeSummary, PriceExtreme
from app.catalogs.change_views import fields_of, prices_of, steps_of
from app.catalogs.changes import OTHER_THAN_PRICES, ChangeKind
from app.catalogs.models import Catalogue, CatalogueVersion, LineChange
from app.catalogs.price_changes import PRICE_DECIMALS, Incomparable, PriceStep
from app.documents.price import Price
from app.kit.money import plain, rounded
from app.kit.workbooks import Heading, WrittenSheet

Cells = list[str]

MOST_ROWS: Final = 1_000_000
"""A sheet of a workbook has hardly more; what is left out is counted on the first sheet all the same."""

LINE: Final = (
    Heading("Linje"),
    Heading("Varenr."),
    Heading("Navn", width=44),
    Heading("UNSPSC", width=12),
)
PRICE: Final = (
    Heading("Fra antal", width=10),
    Heading("Fra dato", is_date=True, width=12),
    Heading("Pris før", is_amount=True, width=12),
    Heading("Pris efter", is_amount=True, width=12),
)
SIZE: Final = (Heading("Forskel", is_amount=True, width=12), Heading("Procent", is_amount=True, width=10))
MEASURE: Final = (Heading("Valuta", width=8), Heading("Prisen gælder for", width=16))
REASON: Final = (Heading("Hvorfor de ikke kan sammenlignes", width=44),)
FIELD: Final = (Heading("Felt", width=28), Heading("Før", width=60), Heading("Efter", width=60))

REASONS: Final[Mapping[Incomparable, str]] = {
    Incomparable.CURRENCY: "Valutaen er en anden",
    Incomparable.UNIT: "Enheden er en anden",
    Incomparable.CONTENT: "Indholdet af bestillingsenheden er et andet",
    Incomparable.FACTOR: "Omregningen til bestillingsenheden er en anden",
    Incomparable.TOO_MANY: "Linjen har for mange priser; se den igennem",
}
KIND_NAMES: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.ADDED: "Nye linjer",
    ChangeKind.REMOVED: "Linjer, der udgår",
    ChangeKind.UPDATED: "Ændrede linjer",
    ChangeKind.PRICE_UP: "Pris op",
    ChangeKind.PRICE_DOWN: "Pris ned",
    ChangeKind.PRICE_NEW: "Har fået pris",
    ChangeKind.PRICE_GONE: "Har ingen pris mere",
    ChangeKind.PRICE_NOT_COMPARABLE: "Priser, der ikke kan sammenlignes",
    ChangeKind.CURRENCY: "Anden valuta",
    ChangeKind.UNIT: "Anden enhed, pakning eller prismængde",
    ChangeKind.TEXT: "Ændret tekst",
    ChangeKind.IDENTITY: "Andet varenummer eller anden varegruppe",
    ChangeKind.TERMS: "Ændrede bestillings- eller leveringsvilkår",
    ChangeKind.VALIDITY: "Anden gyldighed",
    ChangeKind.ORDERABLE: "Kan nu bestilles",
    ChangeKind.NOT_ORDERABLE: "Kan ikke længere bestilles",
    ChangeKind.LIFE_CYCLE: "Anden livscyklus",
    ChangeKind.OUTSIDE_PRODUCT_GROUPS: "Uden for aftalens varegrupper",
}


@dataclass(frozen=True)
class ChangeBook:
    """The sheets of a version's changes; rows are read while they are written, so that any number of them will do."""

    session: Session
    catalogue: Catalogue
    version: CatalogueVersion
    groups: Sequence[str]
    summary: ChangeSummary

    def sheets(self) -> Iterator[WrittenSheet]:
        """Give the sheets, without those that would be empty."""
        yield WrittenSheet("Oversigt", (Heading("", width=44), Heading("", width=60)), _numbered(self._short()))
        price_sheets = (
            ("Pris op", (*LINE, *PRICE, *SIZE, *MEASURE), ChangeKind.PRICE_UP),
            ("Pris ned", (*LINE, *PRICE, *SIZE, *MEASURE), ChangeKind.PRICE_DOWN),
            ("Ikke sammenlignelige", (*LINE, *PRICE, *MEASURE, *REASON), ChangeKind.PRICE_NOT_COMPARABLE),
            ("Har fået pris", (*LINE, *PRICE, *MEASURE), ChangeKind.PRICE_NEW),
            ("Ingen pris mere", (*LINE, *PRICE, *MEASURE), ChangeKind.PRICE_GONE),
            ("Nye linjer", (*LINE, *PRICE, *MEASURE), ChangeKind.ADDED),
            ("Udgår", (*LINE, *PRICE, *MEASURE), ChangeKind.REMOVED),
        )
        for name, headings, kind in price_sheets:
            if self.summary.counts[kind]:
                yield WrittenSheet(name, headings, _numbered(self._prices(kind)))
        if any(self.summary.counts[kind] for kind in (*OTHER_THAN_PRICES, ChangeKind.UNIT)):
            yield WrittenSheet("Tekst og vilkår", (*LINE, *FIELD), _numbered(self._fields()))
        if self.summary.counts[ChangeKind.OUTSIDE_PRODUCT_GROUPS]:
            yield WrittenSheet("Uden for varegrupper", LINE, _numbered(self._outside()))

    def _short(self) -> Iterator[Cells]:
        version, summary = self.version, self.summary
        yield ["Katalog", f"{self.catalogue.number} {self.catalogue.name or ''}".strip()]
        yield ["Version", version.version_id or ""]
        yield ["Sammenlignet pr.", _day(version.compared_on)]
        yield ["Linjer før", str(summary.lines_before)]
        for kind, name in KIND_NAMES.items():
            if summary.counts[kind]:
                yield [name, str(summary.counts[kind])]
        for name, extreme in (("Største stigning", summary.largest_rise), ("Største fald", summary.largest_fall)):
            if extreme is not None:
                yield [name, _extreme(extreme)]
        if summary.average_percent is not None:
            yield ["Ændrede priser tilsammen", f"{_number(summary.average_percent)} %"]

    def _prices(self, kind: ChangeKind) -> Iterator[Cells]:
        changes = change_queries.of_kind(self.version, kind)
        if kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
            changes = change_queries.with_contents(changes, self.version)
        for row in change_queries.streamed(self.session, changes):
            steps = prices_of(row, self.version) if kind in (ChangeKind.ADDED, ChangeKind.REMOVED) else steps_of(row)
            shown = [step for step in steps if _is_of(step, kind)]
            for step in shown:
                yield [*_line(row), *_price(step, kind)]
            if not shown:
                yield _line(row)

    def _fields(self) -> Iterator[Cells]:
        kinds = change_queries.is_any(*OTHER_THAN_PRICES, ChangeKind.UNIT)
        changes = change_queries.changes_of(self.version).where(kinds).order_by(col(LineChange.row_id))
        for row in change_queries.streamed(self.session, change_queries.with_contents(changes, self.version)):
            for change in fields_of(row):
                yield [*_line(row), change.field, _text(change.before), _text(change.after)]

    def _outside(self) -> Iterator[Cells]:
        outside = change_queries.is_outside(self.groups)
        changes = change_queries.changes_of(self.version).where(outside).order_by(col(LineChange.row_id))
        yield from (_line(row) for row in change_queries.streamed(self.session, changes))


def _numbered(rows: Iterator[Cells]) -> Iterator[tuple[int, Cells]]:
    return enumerate(islice(rows, MOST_ROWS), start=2)


def _line(row: Any) -> Cells:
    return [row.line_id, row.sellers_item_id or "", row.name, row.unspsc]


def _is_of(step: PriceStep, kind: ChangeKind) -> bool:
    tests = {
        ChangeKind.PRICE_UP: step.is_rise,
        ChangeKind.PRICE_DOWN: step.is_fall,
        ChangeKind.PRICE_NOT_COMPARABLE: step.because is not None,
        ChangeKind.PRICE_NEW: step.before is None,
        ChangeKind.PRICE_GONE: step.after is None,
    }
    return tests.get(kind, True)


def _price(step: PriceStep, kind: ChangeKind) -> Cells:
    before, after = (_unit_price(price) for price in (step.before, step.after))
    cells = [_number(step.quantity), _day(step.day), before, after]
    if kind in (ChangeKind.PRICE_UP, ChangeKind.PRICE_DOWN):
        cells += [_optional(step.difference), _optional(step.percent)]
    cells += [_both(step, _currency), _both(step, _measure)]
    if step.because is not None:
        cells.append(REASONS[step.because])
    return cells


def _both(step: PriceStep, told: Any) -> str:
    """Tell what both prices say once, and what they say differently as before and after."""
    said = dict.fromkeys(told(price) for price in (step.before, step.after) if price is not None)
    return " → ".join(filter(None, said))


def _currency(price: Price) -> str:
    return price.currency or ""


def _measure(price: Price) -> str:
    """Tell what a price is for; the prices of the sheet are for one such unit."""
    return f"1 {price.base_quantity.unit_code}" if price.base_quantity is not None else ""


def _unit_price(price: Price | None) -> str:
    return _number(rounded(price.unit_price, PRICE_DECIMALS)) if price is not None else ""


def _extreme(extreme: PriceExtreme) -> str:
    percent = f"{_number(extreme.percent)} %" if extreme.percent is not None else "fra intet"
    return f"{percent} ({_number(extreme.amount)}): linje {extreme.line_id}, {extreme.name}"


def _optional(number: Decimal | None) -> str:
    return _number(number) if number is not None else ""


def _number(number: Decimal) -> str:
    return plain(number).replace(".", ",")


def _day(day: date) -> str:
    return day.strftime("%d-%m-%Y")


def _text(value: Any) -> str:
    """Put a field into a cell as people read it."""
    if isinstance(value, Mapping):
        return " ".join(filter(None, map(_text, value.values())))
    if isinstance(value, list):
        return "; ".join(filter(None, map(_text, value)))
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return "" if value is None else str(value)
