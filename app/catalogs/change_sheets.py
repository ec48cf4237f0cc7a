"""A version's changes as a workbook for the content manager: first in short, then a sheet for each kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from sqlmodel import Session, col

from app.catalogs import change_queries
from app.catalogs.change_messages import ChangeSummary, PriceExtreme
from app.catalogs.change_views import fields_of, told_steps
from app.catalogs.changes import OTHER_THAN_PRICES, ChangeKind
from app.catalogs.models import Catalogue, CatalogueVersion, LineChange
from app.catalogs.price_changes import PRICE_DECIMALS, Incomparable
from app.catalogs.prices import ONE
from app.kit.money import plain, rounded
from app.kit.workbooks import Heading, WrittenSheet

Cells = list[str]
Step = Mapping[str, Any]
"""A price that changes, as JSON has it: hundreds of thousands of them are written as they were kept."""

MOST_ROWS: Final = 1_000_000
"""A sheet of a workbook has hardly more; what is left out is counted on the first sheet all the same."""

LINE: Final = (
    Heading("Linje"),
    Heading("Varenr."),
    Heading("Navn", width=44),
    Heading("UNSPSC", width=12),
)
PRICE: Final = (
    Heading("Fra antal", "Blank: fra 1", width=10),
    Heading("Fra dato", "Blank: fra den dag, der er sammenlignet pr.", is_date=True, width=12),
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
            shown = [step for step in told_steps(row, self.version) if kind not in _IS_OF or _IS_OF[kind](step)]
            for step in shown:
                yield [*_line(row), *self._price(step, kind)]
            if not shown:
                yield _line(row)

    def _price(self, step: Step, kind: ChangeKind) -> Cells:
        day = step["day"]
        cells = [
            _danish(step["quantity"]) if step["quantity"] != "1" else "",
            day if day != self.version.compared_on.isoformat() else "",
            _unit_price(step.get("before")),
            _unit_price(step.get("after")),
        ]
        if kind in (ChangeKind.PRICE_UP, ChangeKind.PRICE_DOWN):
            cells += [_danish(step["difference"]), _danish(step.get("percent") or "")]
        cells += [_both(step, _currency), _both(step, _measure)]
        if "because" in step:
            cells.append(REASONS[step["because"]])
        return cells

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


_IS_OF: Final[Mapping[ChangeKind, Callable[[Step], bool]]] = {
    ChangeKind.PRICE_UP: lambda step: "difference" in step and not step["difference"].startswith("-"),
    ChangeKind.PRICE_DOWN: lambda step: step.get("difference", "").startswith("-"),
    ChangeKind.PRICE_NOT_COMPARABLE: lambda step: "because" in step,
    ChangeKind.PRICE_NEW: lambda step: "before" not in step,
    ChangeKind.PRICE_GONE: lambda step: "after" not in step,
}
"""Which prices of a line stand on the sheet of a kind; all of them on any other sheet."""


def _both(step: Step, told: Callable[[Step], str]) -> str:
    """Tell what both prices say once, and what they say differently as before and after."""
    before, after = (told(step[side]) if side in step else "" for side in ("before", "after"))
    return f"{before} → {after}" if before and after and before != after else before or after


def _currency(price: Step) -> str:
    return str(price.get("currency", ""))


def _measure(price: Step) -> str:
    """Tell what a price is for; the prices of the sheet are for one such unit."""
    return f"1 {price['base_quantity']['unit_code']}" if "base_quantity" in price else ""


def _unit_price(price: Step | None) -> str:
    if price is None:
        return ""
    base = Decimal(price["base_quantity"]["value"]) if "base_quantity" in price else ONE
    if base in (0, 1):
        return _danish(price["price_amount"])
    return _number(rounded(Decimal(price["price_amount"]) / base, PRICE_DECIMALS))


def _extreme(extreme: PriceExtreme) -> str:
    percent = f"{_number(extreme.percent)} %" if extreme.percent is not None else "fra intet"
    return f"{percent} ({_number(extreme.amount)}): linje {extreme.line_id}, {extreme.name}"


def _number(number: Decimal) -> str:
    return _danish(plain(number))


def _danish(number: str) -> str:
    return number.replace(".", ",")


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
