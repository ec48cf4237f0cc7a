"""What a version changes is written down line by line when it comes: looking at it later compares nothing anew."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from app.catalogs.changes import Change
from app.catalogs.models import LineChange
from app.catalogs.price_changes import PriceStep
from app.kit.bulk import insert_many
from app.kit.columns import SCALE, TOO_LARGE
from app.kit.money import rounded

FROM_NOTHING: Final = Decimal(10**9)
"""The percentage that stands for a rise from nothing: above every limit, and first in every list."""

LONGEST_CURRENCIES: Final = 40


def record_changes(session: Session, catalogue_id: UUID, ordinal: int, changes: Iterable[tuple[UUID, Change]]) -> None:
    """Write what a version changes, each with the id of the line's row, of a removed line the row that ends. Call it in
    the transaction that writes the rows, after them.
    """
    insert_many(session, LineChange, [_values(catalogue_id, ordinal, row_id, change) for row_id, change in changes])


def _values(catalogue_id: UUID, ordinal: int, row_id: UUID, change: Change) -> dict[str, Any]:
    worst = change.worst
    first = next((step for step in change.steps if step.difference is not None), None)
    return {
        "row_id": row_id,
        "ordinal": ordinal,
        "catalogue_id": catalogue_id,
        "kinds": sum(kind.bit for kind in change.kinds),
        "percent": _percent(worst) if worst is not None else None,
        "amount": _bounded(worst.difference) if worst is not None else None,
        "price_before": _bounded(first.before.unit_price) if first is not None and first.before else None,
        "price_after": _bounded(first.after.unit_price) if first is not None and first.after else None,
        "currencies": " ".join(sorted(change.currencies))[:LONGEST_CURRENCIES] or None,
        "steps": _json([step.model_dump(mode="json", exclude_defaults=True) for step in change.steps]),
        "changed_fields": _json(list(change.fields)),
    }


def _json(values: list[Any]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None


def _percent(step: PriceStep) -> Decimal:
    percent = step.exact_percent
    if percent is None or percent > FROM_NOTHING:
        return FROM_NOTHING
    return rounded(percent, SCALE)


def _bounded(amount: Decimal | None) -> Decimal | None:
    """Give an amount as it is kept; one that is too large for that is left out."""
    return rounded(amount, SCALE) if amount is not None and abs(amount) < TOO_LARGE - 1 else None


def forget_changes(session: Session, catalogue_id: UUID, ordinal: int) -> None:
    """Take back what was written of a version that is turned away."""
    of_version = (col(LineChange.catalogue_id) == catalogue_id, col(LineChange.ordinal) == ordinal)
    session.connection().execute(delete(LineChange).where(*of_version))
