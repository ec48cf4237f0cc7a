"""Counting what a replay finds: who would pass, what is exposed, which rules decide otherwise."""

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row

from app.match.engine.codes import Outcome
from app.match.redeciding import Again
from app.match.replay_messages import ChangedInvoice, CodeCount, Divergence, Exposure, Tally

MOST_LARGEST: Final = 10
MOST_DIVERGENCES: Final = 100
ZERO: Final = Decimal(0)


def count(tally: Tally, stored: Row[Any], again: Again) -> None:
    """Count one decision that was decided again."""
    tally.decided += 1
    row = tally.outcomes.setdefault(again.before, {})
    row[again.after] = row.get(again.after, 0) + 1
    for code in again.codes_before:
        tally.codes.setdefault(code, CodeCount()).before += 1
    for code in again.codes_after:
        tally.codes.setdefault(code, CodeCount()).after += 1
    if again.differs:
        diverge(tally, stored, again.before, again.after)
    elif again.before != again.after:
        _change(tally, stored, again)


def diverge(tally: Tally, stored: Row[Any], before: Outcome, after: Outcome | None) -> None:
    """Count a stored decision that its own proof does not give."""
    tally.divergent += 1
    if len(tally.divergences) < MOST_DIVERGENCES:
        found = Divergence(invoice_id=stored.invoice_id, decision_id=stored.decision_id, before=before, after=after)
        tally.divergences.append(found)


def leave_out(tally: Tally, why: str) -> None:
    tally.left_out[why] = tally.left_out.get(why, 0) + 1


def _change(tally: Tally, stored: Row[Any], again: Again) -> None:
    if again.after == Outcome.AUTO_APPROVED:
        tally.passing_more += 1
        if stored.document_type != "CreditNote":
            _expose(tally, stored, again)
    elif again.before == Outcome.AUTO_APPROVED:
        tally.passing_fewer += 1
    largest = [*tally.largest, _changed(stored, again)]
    tally.largest = sorted(largest, key=lambda one: -abs(one.payable_amount or ZERO))[:MOST_LARGEST]


def _expose(tally: Tally, stored: Row[Any], again: Again) -> None:
    none = Exposure(payable_amount=ZERO, deviation=ZERO)
    exposure = tally.exposed.setdefault(stored.currency or "", none)
    exposure.invoices += 1
    exposure.payable_amount += stored.payable_amount or ZERO
    exposure.deviation += again.deviation


def _changed(stored: Row[Any], again: Again) -> ChangedInvoice:
    return ChangedInvoice(
        invoice_id=stored.invoice_id,
        number=stored.number,
        currency=stored.currency,
        payable_amount=stored.payable_amount,
        deviation=again.deviation,
        before=again.before,
        after=again.after,
        codes_gone=sorted(again.codes_before - again.codes_after),
        codes_new=sorted(again.codes_after - again.codes_before),
    )
