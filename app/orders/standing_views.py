"""Standing orders as they are told: terms, and period by period what is expected, used and open."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from sqlmodel import Session

from app.orders.models import PurchaseOrder
from app.orders.periods import Period
from app.orders.standing_messages import PeriodOut, StandingOrderOut, StandingOrderRow, TermsOut
from app.orders.standing_models import Recurrence, StandingOrder, StandingTerms, StandingUse
from app.orders.standing_queries import in_force, schedule_of, standing_of, terms_at, terms_of, uses_of
from app.organisations.access import Call

ZERO: Final = Decimal("0.00")
MOST_TOLD: Final = 120
"""The newest periods are told; those of ten years, when they are months."""


def standing_out(call: Call, order: PurchaseOrder) -> StandingOrderOut:
    """Give a standing order as it is now."""
    call.session.flush()
    standing, terms = standing_of(call.session, order.id), terms_of(call.session, order.id)
    periods = _periods(standing, terms, uses_of(call.session, order.id), call.today)
    return StandingOrderOut(
        **order.model_dump(),
        **standing.model_dump(exclude={"order_id", "supplier_id"}),
        next_invoice_on=next_invoice_on(call.session, order, standing, call.today),
        terms=[TermsOut(**one.model_dump()) for one in terms],
        periods=periods[-MOST_TOLD:],
    )


def standing_row(call: Call, order: PurchaseOrder) -> StandingOrderRow:
    standing = standing_of(call.session, order.id)
    return StandingOrderRow(**order.model_dump(), **standing.model_dump(exclude={"order_id", "supplier_id"}))


def _periods(
    standing: StandingOrder, terms: Sequence[StandingTerms], uses: Sequence[StandingUse], today: date
) -> list[PeriodOut]:
    schedule, held = schedule_of(standing), in_force(terms)
    until = schedule.year_from(max(today, standing.anchor_on))
    return [_period(period, terms_at(period, held), uses) for period in schedule.periods(until)]


def _period(period: Period, terms: StandingTerms, uses: Sequence[StandingUse]) -> PeriodOut:
    own = [use for use in uses if use.period_first_on == period.first_on]
    used = sum((use.amount for use in own), ZERO)
    return PeriodOut(
        first_on=period.first_on,
        last_on=period.last_on,
        expected_amount=terms.expected_amount,
        used_amount=used,
        open_amount=max(ZERO, terms.expected_amount - used),
        invoices=list(dict.fromkeys(use.invoice_id for use in own)),
    )


def used_days(session: Session, standing: StandingOrder) -> set[date]:
    """Give the first days of the periods that have an invoice, waiting or decided, that is not credited whole."""
    used: dict[date, Decimal] = {}
    for use in uses_of(session, standing.order_id):
        used[use.period_first_on] = used.get(use.period_first_on, ZERO) + use.amount
    return {day for day, amount in used.items() if amount > 0}


def next_invoice_on(session: Session, order: PurchaseOrder, standing: StandingOrder, today: date) -> date | None:
    """Give the first day of the first period without an invoice, of those that were not over when the order was sent;
    none of an irregular order, and none when it ends before.
    """
    if standing.recurrence == Recurrence.IRREGULAR:
        return None
    schedule, used = schedule_of(standing), used_days(session, standing)
    until = schedule.year_from(max([today, standing.anchor_on, *used]))
    waiting = (
        period.first_on
        for period in schedule.periods(until)
        if period.first_on not in used and not _was_over(period, order)
    )
    return next(waiting, None)


def _was_over(period: Period, order: PurchaseOrder) -> bool:
    return order.issued_on is not None and period.last_on is not None and period.last_on < order.issued_on
