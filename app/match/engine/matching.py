"""The match itself: pair, judge line by line, then the whole, and let the worst finding decide."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, localcontext

from app.match.engine import credit, line_rules, standing, total_rules
from app.match.engine.bills import Bill, Draw, bill, draws
from app.match.engine.brackets import missed
from app.match.engine.charges import covered, header_claims, line_claim, split
from app.match.engine.codes import CODES, RANK
from app.match.engine.contested import settle
from app.match.engine.decision import Allocation, Charge, Decision, Finding, OrderUse, Pair, PeriodUse
from app.match.engine.document_rules import document_findings
from app.match.engine.facts import ZERO, Case, OrderFacts
from app.match.engine.heads import by_head, headed
from app.match.engine.likeness import liken
from app.match.engine.order_rules import order_findings, persons
from app.match.engine.pairing import ChargeLine, Paired, Pairer, Unpaired
from app.match.engine.tolerance import Rows, rows_of

_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
# Wide enough that sums and products of 28-digit numbers are exact, and the same wherever the engine is called from.


@dataclass(frozen=True, slots=True)
class _Placed:
    """The invoice's lines by what became of them, the draws that the paired ones make, and the orders in play."""

    orders: tuple[OrderFacts, ...]
    paired: list[Paired]
    unpaired: list[Unpaired]
    charges: list[ChargeLine]
    free: list[str]
    bills: list[Bill]
    draws: tuple[Draw, ...]

    def drawn(self) -> dict[str, list[Draw]]:
        """Give the draws of each order that has any."""
        found: dict[str, list[Draw]] = {}
        for draw in self.draws:
            found.setdefault(draw.order.id, []).append(draw)
        return found


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the rules on lines and totals make of the placed lines."""

    findings: list[Finding]
    charges: tuple[Charge, ...] = ()
    uses: tuple[OrderUse, ...] = ()
    periods: tuple[PeriodUse, ...] = ()


def match(case: Case, *, explain: bool = True) -> Decision:
    """Decide one invoice or credit note.

    The same case always gives the same decision. Without `explain` findings that plainly agree are left out.
    """
    with localcontext(_EXACT):
        rows = {order.id: rows_of(case.policy, order) for order in case.orders}
        placed = _place(case)
        findings = [*document_findings(case, rows.values()), *order_findings(case, placed.orders)]
        judge = _judge_credit if case.invoice.is_credit else _judge_invoice
        verdict = judge(case, placed, rows) if placed.orders else _no_verdict(case)
        findings += _line_findings(case, placed, rows)
        findings += verdict.findings
        allocations = tuple(_allocations(case, placed.draws))
    codes = {finding.code for finding in findings}
    return Decision(
        outcome=min((CODES[code].outcome for code in codes), key=RANK.__getitem__),
        findings=tuple(f for f in findings if explain or not CODES[f.code].agrees),
        pairs=tuple(Pair(p.line.line_id, p.spot.order.id, p.spot.line.id, p.how) for p in placed.paired),
        allocations=allocations,
        charges=verdict.charges,
        orders=verdict.uses,
        policy_version=case.policy.version,
        policy_digest=case.policy.digest,
        periods=verdict.periods,
    )


def _no_order(case: Case) -> Finding:
    invoice = case.invoice
    if invoice.is_credit:
        return Finding("CREDIT_WITHOUT_REFERENCE")
    named = ", ".join(dict.fromkeys(invoice.order_numbers))
    return Finding("ORDER_UNKNOWN", actual=named) if named else Finding("NO_ORDER_REF")


def _no_verdict(case: Case) -> _Verdict:
    return _Verdict([_no_order(case), *_demanded(case), *standing.suggested(case)])


def _demanded(case: Case) -> Iterator[Finding]:
    """An agreement that demands e-orders was gone round, or the invoice hides its order."""
    if case.mandatory is not None:
        yield Finding("MANDATORY_AGREEMENT", expected=case.mandatory, passes_at=case.mandatory)


def _place(case: Case) -> _Placed:
    pairer = Pairer(case)
    orders = pairer.in_play(case)
    if not orders:
        return _Placed((), [], [], [], [], [], ())
    found = [pairer.place(line) for line in case.invoice.lines if not line.free_of_charge]
    placed = settle(found, case.policy.over_delivery, credits_them=case.invoice.is_credit)
    if not case.invoice.is_credit:
        placed = liken(by_head(placed), case.policy.over_delivery)
    paired = [one for one in placed if isinstance(one, Paired)]
    bills = [bill(one) for one in paired]
    counted = (one for one in bills if one.comparable)
    return _Placed(
        orders=orders,
        paired=paired,
        unpaired=[one for one in placed if isinstance(one, Unpaired)],
        charges=[one for one in placed if isinstance(one, ChargeLine)],
        free=[line.line_id for line in case.invoice.lines if line.free_of_charge],
        bills=bills,
        draws=draws(counted, case.policy.over_delivery, credits_them=case.invoice.is_credit),
    )


def _line_findings(case: Case, placed: _Placed, rows: dict[str, Rows]) -> Iterator[Finding]:
    yield from (line_rules.unpaired(one) for one in placed.unpaired)
    yield from (Finding("LINE_FREE", line_id) for line_id in placed.free)
    yield from (line_rules.paired(one) for one in placed.paired)
    yield from (line_rules.chosen(one, one.choice) for one in placed.paired if one.choice is not None)
    yield from headed(placed.paired)
    yield from (line_rules.positive(one.line) for one in placed.paired)
    yield from (line_rules.positive(one.line) for one in placed.charges)
    rules = line_rules.CREDIT_BILL_RULES if case.invoice.is_credit else line_rules.BILL_RULES
    for its_bill in placed.bills:
        own = rows[its_bill.order.id]
        yield from (finding for rule in rules if (finding := rule(its_bill, own)) is not None)


def _charges(case: Case, placed: _Placed) -> tuple[Charge, ...]:
    claims = [line_claim(one.line, one.kind, one.order) for one in placed.charges]
    claims += header_claims(case.invoice)
    return covered(claims, placed.orders) if claims else ()


def _parts(placed: _Placed, charges: tuple[Charge, ...]) -> list[total_rules.Part]:
    drawn = placed.drawn()
    named = {charge.order_id for charge in charges}
    taking = [order for order in placed.orders if order.id in drawn or order.id in named] or [placed.orders[0]]
    values = {order.id: sum((draw.value for draw in drawn.get(order.id, ())), ZERO) for order in taking}
    shares = split(charges, values)
    return [total_rules.Part(order, drawn.get(order.id, []), shares[order.id]) for order in taking]


def _judge_invoice(case: Case, placed: _Placed, rows: dict[str, Rows]) -> _Verdict:
    findings = [rule(draw, rows[draw.order.id]) for draw in placed.draws for rule in line_rules.draw_rules(draw)]
    findings += missed(placed.draws)
    charges = _charges(case, placed)
    parts = _parts(placed, charges)
    own = [rows[part.order.id] for part in parts]
    findings += total_rules.charge_findings(charges, own, case.invoice.document_currency_code)
    judged = [_judge_part(case, part, its_rows) for part, its_rows in zip(parts, own, strict=True)]
    for part, one in zip(parts, judged, strict=True):
        findings += [*one.findings, persons(case, part.order, part.draws)]
    periods = tuple(use for one in judged for use in one.periods)
    return _Verdict(findings, charges, tuple(one.use for one in judged), periods)


def _judge_part(case: Case, part: total_rules.Part, rows: Rows) -> standing.Judgement:
    """Judge an order's part by the order's budget, or by that of a standing order's periods."""
    if part.order.standing is not None:
        return standing.judge(case, part, part.order.standing)
    return standing.Judgement(*total_rules.budget(part, rows), ())


def _judge_credit(case: Case, placed: _Placed, _: dict[str, Rows]) -> _Verdict:
    if not credit.refers(case):
        return _Verdict([_no_order(case)])
    there = credit.invoiced(case, placed.draws)
    findings = [
        finding
        for draw in placed.draws
        for finding in credit.credit_findings(draw, there.get(draw.line.id, (ZERO, ZERO)))
    ]
    charges = _charges(case, placed)
    findings += credit.charge_findings(charges, case.invoice.document_currency_code)
    drawn = list(placed.drawn().values())
    uses = tuple(credit.returned(draws_of[0].order, draws_of) for draws_of in drawn)
    return _Verdict(findings, charges, uses, tuple(_periods_back(drawn)))


def _periods_back(drawn: Iterable[list[Draw]]) -> Iterator[PeriodUse]:
    for its_draws in drawn:
        order = its_draws[0].order
        if order.standing is not None:
            yield from standing.given_back(order, order.standing, its_draws)


def _allocations(case: Case, all_draws: Iterable[Draw]) -> Iterator[Allocation]:
    sign = -1 if case.invoice.is_credit else 1
    for draw in all_draws:
        for one in draw.bills:
            yield Allocation(
                order_id=draw.order.id,
                order_line_id=draw.line.id,
                invoice_line_id=one.line.line_id,
                quantity=(one.quantity or ZERO) * sign,
                amount=one.billed * sign,
                order_amount=one.order_amount * sign,
                deviation=one.deviation * sign,
            )
