"""A version's changes as callers see them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.agreements.models import Agreement
from app.catalogs import change_queries
from app.catalogs.change_messages import ChangeOut, ChangeSummary, FieldChange, PriceExtreme
from app.catalogs.changes import ChangeKind
from app.catalogs.lines import document_line
from app.catalogs.models import CatalogueVersion
from app.catalogs.price_changes import PriceStep
from app.catalogs.prices import ONE, price_on
from app.catalogs.recording import FROM_NOTHING
from app.kit.columns import trimmed
from app.kit.money import plain, rounded
from app.organisations.access import Call

UNSAID: Final[Mapping[str, Any]] = {"orderable": True}
"""What a field is that the content of a line leaves out; any other is empty."""

PLAIN: Final = frozenset({"price", "lead_time", "tax_categories"})
"""What a bracket has whose price holds for all quantities and places."""


def change_out(row: Any, version: CatalogueVersion, groups: Sequence[str]) -> ChangeOut:
    """Show a change; the row has the contents."""
    return ChangeOut(
        line_id=row.line_id,
        name=row.name,
        sellers_item_id=row.sellers_item_id,
        unspsc=row.unspsc,
        kinds=kinds_of(row, groups),
        prices=list(prices_of(row, version)),
        fields=list(fields_of(row)),
    )


def kinds_of(row: Any, groups: Sequence[str]) -> list[ChangeKind]:
    """Give the kinds of a change, that of the agreement's product groups with them."""
    kinds = change_queries.kinds_in(row.kinds)
    if groups and ChangeKind.REMOVED not in kinds and not row.unspsc.startswith(tuple(groups)):
        kinds.append(ChangeKind.OUTSIDE_PRODUCT_GROUPS)
    return kinds


def prices_of(row: Any, version: CatalogueVersion) -> Iterator[PriceStep]:
    """Give the prices that change, or the one that an added or removed line has; the row has the contents."""
    yield from map(PriceStep.model_validate, told_steps(row, version))


def steps_of(row: Any) -> list[PriceStep]:
    """Give the prices that change."""
    return [PriceStep.model_validate(step) for step in row.steps or ()]


def told_steps(row: Any, version: CatalogueVersion) -> Sequence[Mapping[str, Any]]:
    """Give what `prices_of` gives as JSON has it, for whoever reads very many."""
    if row.kinds & ChangeKind.UPDATED.bit:
        return row.steps or ()
    price, least = _price_in(row.content, version.compared_on)
    side = "before" if row.kinds & ChangeKind.REMOVED.bit else "after"
    return [{"quantity": least, "day": version.compared_on.isoformat(), side: price}] if price is not None else []


def _price_in(content: Mapping[str, Any], day: date) -> tuple[Mapping[str, Any] | None, str]:
    """Give the price on a day for the least quantity that can be ordered, and that quantity. A line with one price that
    holds always and everywhere, as most have, is not read for it.
    """
    brackets, least = content.get("brackets", ()), content.get("minimum_order_quantity", "1")
    if len(brackets) == 1 and brackets[0].keys() <= PLAIN and "validity_period" not in brackets[0].get("price", ()):
        return brackets[0].get("price"), least
    line = document_line(content)
    quantity = line.minimum_order_quantity or ONE
    price = price_on(line, day, quantity)
    return price.model_dump(mode="json", exclude_defaults=True) if price is not None else None, plain(quantity)


def fields_of(row: Any) -> Iterator[FieldChange]:
    """Give each field that changes, before and after; the row has the contents. Prices are told by themselves, so what
    holds them is told only when more of it changes.
    """
    for name in row.changed_fields or ():
        if name != "brackets" or row.kinds & ChangeKind.TERMS.bit:
            yield FieldChange(field=name, before=_field(row.before, name), after=_field(row.content, name))


def _field(content: Mapping[str, Any], name: str) -> Any:
    part, _, rest = name.partition(".")
    if rest:
        return _field(content.get(part, {}), rest)
    return content.get(part, UNSAID.get(part))


def summary_out(call: Call, version: CatalogueVersion, agreement: Agreement | None) -> ChangeSummary:
    """Tell the whole in short."""
    groups = agreement.product_groups if agreement is not None else ()
    rise, fall = (
        change_queries.extreme(call.session, version, kind) for kind in (ChangeKind.PRICE_UP, ChangeKind.PRICE_DOWN)
    )
    before, after = change_queries.sums(call.session, version, agreement.currency if agreement is not None else None)
    return ChangeSummary(
        lines_before=change_queries.lines_before(call.session, version),
        counts=change_queries.count_by_kind(call.session, version, groups),
        largest_rise=_extreme(rise),
        largest_fall=_extreme(fall),
        average_percent=rounded((after - before) / before * 100) if before and after is not None else None,
    )


def _extreme(row: Any | None) -> PriceExtreme | None:
    if row is None:
        return None
    percent = percent_of(row.percent)
    return PriceExtreme(line_id=row.line_id, name=row.name, amount=trimmed(row.amount or Decimal(0)), percent=percent)


def percent_of(kept: Decimal) -> Decimal | None:
    """Give a percentage as people read it; none for a rise from nothing."""
    return rounded(kept) if kept < FROM_NOTHING else None
