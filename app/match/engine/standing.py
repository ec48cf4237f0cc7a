"""Rules on standing orders: they run, each period has one invoice, and the budget is the period's, not the order's."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.kit.money import rounded
from app.match.engine.bills import Draw
from app.match.engine.decision import Finding, OrderUse, PeriodUse
from app.match.engine.facts import ZERO, Case, OrderFacts
from app.match.engine.standing_facts import PeriodFacts, StandingFacts
from app.match.engine.total_rules import Part


@dataclass(frozen=True, slots=True)
class Claim:
    """What an invoice wants of a standing order: `billed` in all, of which `value` is inside the terms and `over` above
    them.
    """

    order: OrderFacts
    standing: StandingFacts
    issued_on: date
    billed: Decimal
    value: Decimal
    over: Decimal

    @property
    def tolerance(self) -> Decimal:
        """Give what the periods may be over by, less what an irregular order's earlier invoices were."""
        spent = sum((period.used - period.value for period in self.standing.periods), ZERO)
        return max(ZERO, sum((period.terms.tolerance for period in self.standing.periods), ZERO) - spent)

    @property
    def index(self) -> Decimal:
        """Give what the periods may be over by once a year."""
        own = sum((period.terms.index for period in self.standing.periods), ZERO)
        return ZERO if self.standing.index_used else own

    @property
    def takes_index(self) -> bool:
        return self.tolerance < self.over <= self.tolerance + self.index

    def finding(self, code: str, **said: Decimal | str | None) -> Finding:
        return Finding(code, order_number=self.order.number, unit=self.order.currency, **said)  # type: ignore[arg-type]


def told(period: PeriodFacts) -> str:
    """Name a period by its days, as an ISO 8601 interval."""
    return f"{period.first_on}/{period.last_on or '..'}"


def _span(periods: tuple[PeriodFacts, ...]) -> str:
    return f"{periods[0].first_on}/{periods[-1].last_on or '..'}"


def running(claim: Claim) -> Finding:
    """It is not suspended, its agreement is in force, and the invoice is for a period of it."""
    if claim.standing.halted is not None:
        return claim.finding("STANDING_HALTED", actual=claim.standing.halted)
    if not claim.standing.periods:
        return claim.finding("STANDING_NO_PERIOD", actual=claim.issued_on.isoformat())
    return claim.finding("STANDING_RUNS", actual=claim.standing.reference)


def period(claim: Claim) -> Finding:
    """Each period has one invoice, which does not come earlier than was agreed."""
    standing = claim.standing
    used = [one for one in standing.periods if one.used > 0]
    if used and not standing.irregular:
        return claim.finding("STANDING_PERIOD_USED", expected=", ".join(used[0].invoices), actual=told(used[0]))
    earliest = standing.periods[0].first_on - timedelta(days=standing.advance_days)
    span = _span(standing.periods)
    if claim.issued_on < earliest:
        day = earliest.isoformat()
        return claim.finding("STANDING_EARLY", expected=day, actual=claim.issued_on.isoformat(), passes_at=day)
    return claim.finding("STANDING_PERIOD", actual=span)


def amount(claim: Claim) -> Finding:
    """What is billed is expected, within the tolerance of its periods, or covered by the year's index allowance."""
    limit, source = claim.tolerance, "STANDING_TERMS"
    code = "STANDING_WITHIN_TOLERANCE" if claim.over else "STANDING_AMOUNT_AGREES"
    if claim.over > limit:
        limit, source = limit + claim.index, "STANDING_INDEX" if claim.index else source
        code = "STANDING_INDEX_USED" if claim.takes_index else "STANDING_AMOUNT_OVER"
    return claim.finding(
        code,
        expected=claim.standing.room,
        actual=claim.billed,
        limit=limit,
        limit_source=source,
        amount=claim.over,
        passes_at=claim.value + limit if code == "STANDING_AMOUNT_OVER" else None,
    )


def below(claim: Claim) -> Finding | None:
    """Less than expected is accepted and told; an irregular order expects no single invoice to be all."""
    least = sum((one.terms.bottom for one in claim.standing.periods), ZERO)
    if claim.standing.irregular or claim.billed >= least:
        return None
    return claim.finding("BELOW_EXPECTED", expected=least, actual=claim.billed)


def _caps(claim: Claim) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Give each cap: the code of its breach, what it bounds, and how much that may be."""
    standing, terms = claim.standing, [one.terms for one in claim.standing.periods]
    each = [one.max_per_invoice for one in terms if one.max_per_invoice is not None]
    if each:
        yield "STANDING_INVOICE_CAP", claim.billed, min(each)
    own = [one.max_per_period for one in terms if one.max_per_period is not None]
    if len(own) == len(terms):
        before = sum((one.used for one in standing.periods), ZERO)
        yield "STANDING_PERIOD_CAP", before + claim.billed, sum(own, ZERO)
    whole = terms[-1].max_total
    if whole is not None:
        yield "STANDING_TOTAL_CAP", standing.billed + claim.billed, whole
    yield "STANDING_COMMITMENT", standing.committed + claim.value, standing.commitment


def caps(claim: Claim) -> Iterator[Finding]:
    """No cap is exceeded, whatever the tolerance; an invoice's is not multiplied when it is for several periods."""
    held = True
    for code, actual, most in _caps(claim):
        if actual > most:
            held = False
            left = max(ZERO, claim.billed - (actual - most))
            yield claim.finding(code, actual=actual, limit=most, passes_at=left)
    if held:
        yield claim.finding("STANDING_WITHIN_CAPS", actual=claim.billed)


def spacing(claim: Claim) -> Finding:
    """Two invoices are as many days apart as the terms say."""
    days = max(one.terms.min_days_between for one in claim.standing.periods)
    other = claim.standing.billed_on
    if other is None or abs((claim.issued_on - other).days) >= days:
        return claim.finding("STANDING_SPACED", limit=Decimal(days))
    return claim.finding(
        "STANDING_TOO_SOON", expected=other.isoformat(), actual=claim.issued_on.isoformat(), limit=Decimal(days)
    )


RULES: tuple[Callable[[Claim], Finding | None], ...] = (period, amount, below, spacing)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules make of an invoice on a standing order, and what it takes of which period."""

    use: OrderUse
    findings: list[Finding]
    periods: tuple[PeriodUse, ...]


def judge(case: Case, part: Part, standing: StandingFacts) -> Judgement:
    """Judge an invoice's part of a standing order. One that is halted, or has no such period, is left to people."""
    order = part.order
    billed = sum((draw.taken for draw in part.draws), part.charges)
    claim = Claim(order, standing, case.invoice.issue_date, billed, part.value, part.over)
    findings = [running(claim)]
    limit = ZERO
    if findings[0].code == "STANDING_RUNS":
        findings += [found for rule in RULES if (found := rule(claim)) is not None]
        findings += caps(claim)
        limit = claim.tolerance + claim.index
    used, over = order.tolerance_used, claim.over
    use = OrderUse(order.id, order.number, claim.value, over, part.charges, used, limit, "STANDING_TERMS")
    return Judgement(use, findings, tuple(_taken(claim)))


def _shares(whole: Decimal, weights: list[Decimal]) -> Iterator[Decimal]:
    """Lay an amount on some periods by their weight, to the øre; the last one takes what rounding leaves."""
    sum_of, left = sum(weights, ZERO), whole
    for weight in weights[:-1]:
        share = rounded(whole * weight / sum_of)
        left -= share
        yield share
    yield left


def _taken(claim: Claim) -> Iterator[PeriodUse]:
    periods = claim.standing.periods
    if not periods:
        return
    weights = [one.terms.top for one in periods]
    amounts, values = _shares(claim.billed, weights), _shares(claim.value, weights)
    for one, billed, value in zip(periods, amounts, values, strict=True):
        yield PeriodUse(claim.order.id, one.first_on, billed, value, index_used=claim.takes_index)


def given_back(order: OrderFacts, standing: StandingFacts, draws: Iterable[Draw]) -> Iterator[PeriodUse]:
    """Give what a credit note gives back to the periods it credits, the first one first."""
    drawn = list(draws)
    left = sum((draw.taken for draw in drawn), ZERO)
    value = sum((draw.value for draw in drawn), ZERO)
    for one in standing.periods:
        amount_back, value_back = min(one.used, left), min(one.value, value)
        left, value = left - amount_back, value - value_back
        if amount_back > 0:
            yield PeriodUse(order.id, one.first_on, -amount_back, -value_back)


def suggested(case: Case) -> Iterator[Finding]:
    """Name the only standing order that the supplier has here, when the invoice would fit it; nothing more."""
    order = case.suggested
    standing = None if order is None else order.standing
    if order is None or standing is None or standing.halted is not None or not standing.periods:
        return
    net = sum((line.line_extension_amount for line in case.invoice.lines if not line.free_of_charge), ZERO)
    least = sum((one.terms.bottom for one in standing.periods), ZERO)
    claim = Claim(order, standing, case.invoice.issue_date, net, min(net, standing.room), ZERO)
    fits = (standing.irregular or net >= least) and net <= standing.room + claim.tolerance
    if fits:
        yield claim.finding("STANDING_SUGGESTED", expected=standing.reference, actual=net)
