"""From rows to the engine's facts of a standing order: the periods an invoice is for, and what was taken of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session, col, select

from app.agreements.models import Agreement, AgreementStatus
from app.documents.invoice import Invoice
from app.documents.numbers import order_numbers
from app.documents.values import Period as Span
from app.match.engine.standing_facts import Halt, PeriodFacts, StandingFacts, TermsFacts
from app.match.models import InvoiceCase
from app.orders.models import PurchaseOrder
from app.orders.periods import Period, months_later
from app.orders.standing_models import ReceiptMode, Recurrence, StandingOrder, StandingTerms, StandingUse
from app.orders.standing_queries import in_force, schedule_of, standing_of, terms_at, terms_of, uses_of

ZERO = Decimal(0)
SAMPLE_EVERY = 4
"""Of an order with samples, the first period and every fourth after it must be received."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts, and whether what the invoice is for must be received."""

    facts: StandingFacts
    requires_receipt: bool


def standing_facts(
    session: Session, case: InvoiceCase, invoice: Invoice, order: PurchaseOrder, credited: Iterable[UUID]
) -> Standing:
    """Gather what a standing order says to an invoice; the caller has locked the order. `credited` are the invoices
    that a credit note names.
    """
    standing, terms = standing_of(session, order.id), in_force(terms_of(session, order.id))
    uses = _not_given_back(use for use in uses_of(session, order.id) if use.invoice_id != case.id)
    periods = _periods(standing, invoice, [use for use in uses if use.invoice_id in set(credited)])
    numbers = _numbers(session, periods, uses)
    facts = StandingFacts(
        reference=standing.reference,
        periods=tuple(_period(one, terms_at(one, terms), uses, numbers) for one in periods),
        commitment=order.total_amount,
        committed=sum((use.value for use in _counted(standing, periods, uses)), ZERO),
        billed=sum((use.amount for use in uses), ZERO),
        irregular=standing.recurrence == Recurrence.IRREGULAR,
        advance_days=standing.advance_days,
        billed_on=_nearest(uses, invoice.issue_date),
        index_used=_index_used(periods, uses),
        halted=_halted(session, order, standing, periods),
        by_reference=order.normalised_number not in order_numbers(invoice),
        expired=standing.expired_on is not None,
    )
    return Standing(facts, _requires_receipt(standing, periods))


def _not_given_back(uses: Iterable[StandingUse]) -> list[StandingUse]:
    """Leave out what invoices have given back of a period, together with their taking of it."""
    found, left = list(uses), dict[tuple[UUID, date], Decimal]()
    for use in found:
        key = use.invoice_id, use.period_first_on
        left[key] = left.get(key, ZERO) + use.amount
    return [use for use in found if left[use.invoice_id, use.period_first_on]]


def _periods(standing: StandingOrder, invoice: Invoice, credited: Sequence[StandingUse]) -> Sequence[Period]:
    schedule, span = schedule_of(standing), _span(invoice)
    if credited and span is None:
        days = sorted({use.period_first_on for use in credited})
        return [one for day in days if (one := schedule.period_of(day)) is not None]
    return schedule.periods_of(span, invoice.issue_date, standing.advance_days)


def _span(invoice: Invoice) -> Span | None:
    """Give the period that an invoice states, on its header or else on all of its lines together."""
    if invoice.invoice_period is not None:
        return invoice.invoice_period
    spans = [line.invoice_period for line in invoice.lines if line.invoice_period is not None]
    first = [day for span in spans if (day := span.start_date or span.end_date) is not None]
    last = [day for span in spans if (day := span.end_date or span.start_date) is not None]
    return Span(start_date=min(first), end_date=max(last)) if first and last else None


def _period(
    period: Period, terms: StandingTerms, uses: Sequence[StandingUse], numbers: Mapping[UUID, str]
) -> PeriodFacts:
    own = [use for use in uses if use.period_first_on == period.first_on]
    return PeriodFacts(
        first_on=period.first_on,
        last_on=period.last_on,
        terms=_terms(terms),
        used=sum((use.amount for use in own), ZERO),
        value=sum((use.value for use in own), ZERO),
        invoices=tuple(dict.fromkeys(numbers[use.invoice_id] for use in own)),
    )


def _terms(terms: StandingTerms) -> TermsFacts:
    return TermsFacts(
        expected=terms.expected_amount,
        least=terms.min_amount,
        most=terms.max_amount,
        tolerance_absolute=terms.tolerance_absolute,
        tolerance_percent=terms.tolerance_percent,
        max_per_invoice=terms.max_per_invoice,
        max_per_period=terms.max_per_period,
        max_total=terms.max_total,
        min_days_between=terms.min_days_between,
        index_percent=terms.index_percent,
    )


def _numbers(session: Session, periods: Sequence[Period], uses: Sequence[StandingUse]) -> dict[UUID, str]:
    days = {period.first_on for period in periods}
    ids = {use.invoice_id for use in uses if use.period_first_on in days}
    if not ids:
        return {}
    found = session.exec(select(InvoiceCase.id, InvoiceCase.number).where(col(InvoiceCase.id).in_(ids)))
    return dict(found.all())


def _counted(standing: StandingOrder, periods: Sequence[Period], uses: Sequence[StandingUse]) -> Iterable[StandingUse]:
    """Give the uses that the commitment covers: all, or those of twelve months of an order that runs on."""
    if standing.valid_to is not None or not periods:
        return uses
    newest = periods[-1].first_on
    oldest = months_later(newest, -12)
    return [use for use in uses if oldest < use.period_first_on <= newest]


def _nearest(uses: Sequence[StandingUse], issued_on: date) -> date | None:
    """Give the issue date of the invoice nearest in time that is not credited whole."""
    billed: dict[UUID, Decimal] = {}
    for use in uses:
        billed[use.invoice_id] = billed.get(use.invoice_id, ZERO) + use.amount
    days = {use.billed_on for use in uses if billed[use.invoice_id] > 0}
    return min(days, key=lambda day: (abs((day - issued_on).days), day), default=None)


def _index_used(periods: Sequence[Period], uses: Sequence[StandingUse]) -> bool:
    years = {period.first_on.year for period in periods}
    return any(use.index_used and use.amount > 0 and use.period_first_on.year in years for use in uses)


def _halted(session: Session, order: PurchaseOrder, standing: StandingOrder, periods: Sequence[Period]) -> Halt | None:
    if standing.suspended_on is not None:
        return Halt.SUSPENDED
    agreement = session.get(Agreement, order.agreement_id) if order.agreement_id is not None else None
    if agreement is None:
        return None
    is_over = any(period.first_on > agreement.valid_to for period in periods)
    return Halt.AGREEMENT_OVER if is_over or agreement.status != AgreementStatus.ACTIVE else None


def _requires_receipt(standing: StandingOrder, periods: Sequence[Period]) -> bool:
    if standing.receipt_mode == ReceiptMode.SAMPLE:
        return any(period.index % SAMPLE_EVERY == 0 for period in periods)
    return standing.receipt_mode == ReceiptMode.PER_PERIOD
