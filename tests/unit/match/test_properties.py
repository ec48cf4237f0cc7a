"""What must hold of every case, whatever is in it."""

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.invoice import InvoiceLine
from app.kit.money import rounded
from app.match.checker import verify
from app.match.engine import Case, match
from app.match.engine.codes import RANK, Outcome
from app.match.engine.facts import OrderLineFacts
from app.match.engine.policy import Policy, Tolerance
from app.match.engine.proof import canonical, case_of, holds, proof, sealed
from tests.unit.match.cases import case, charge, invoice, invoice_line, number, order, order_line, policy, tolerance

APPROVING = (Outcome.AUTO_APPROVED, Outcome.MATCHED_PENDING_APPROVAL)

steady = settings(deadline=None, derandomize=True, max_examples=200)

amounts = st.decimals("0", "300", places=2)
seldom = st.sampled_from([0, 0, 0, 0, 0, 1, 3])
near_hundred = st.sampled_from(
    ["90", "95", "99.99", "100", "100", "100", "100.01", "101", "104", "109.99", "110", "111"]
)


@st.composite
def order_lines(draw: st.DrawFn, line_id: str) -> OrderLineFacts:
    """A line of 20 pieces or so at 100 each, or of as much money; mostly received, a little of it gone."""
    ordered, taken, held = draw(st.integers(6, 20)), draw(seldom), draw(seldom)
    received = max(0, ordered - draw(seldom))
    if draw(st.integers(0, 3)):
        changes = {
            "invoiced_quantity": number(taken),
            "held": number(held),
            "held_ahead": number(min(held, draw(seldom))),
        }
        return order_line(line_id, ordered, "100", received, **changes)
    pool = {"invoiced_amount": number(taken * 100), "held": number(held * 100)}
    return order_line(line_id, 1, None, received * 100, amount=str(ordered * 100), by_amount=True, **pool)


@st.composite
def invoice_lines(draw: st.DrawFn, line_id: str) -> InvoiceLine:
    quantity = draw(st.one_of(st.integers(1, 7), st.decimals("0.5", "7", places=1)))
    return invoice_line(line_id, str(quantity), draw(near_hundred), ref=draw(st.sampled_from(["1", "2", "3"])))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    lines = [draw(invoice_lines(str(count))) for count in range(1, draw(st.integers(1, 4)) + 1)]
    charges = tuple(charge(str(10 * amount)) for amount in draw(st.lists(seldom, max_size=2)) if amount)
    made = order(
        *(draw(order_lines(line_id)) for line_id in "123"),
        tolerance_used=number(20 * draw(seldom)),
        matched_value=number(draw(st.integers(0, 2000))),
    )
    return case(invoice(*lines, allowance_charges=charges), made, policy=draw(policies()))


@st.composite
def rows(draw: st.DrawFn) -> Tolerance:
    absolute = draw(st.sampled_from([None, number(250), number(100), number("12.34"), number(0)]))
    percent = draw(st.sampled_from([None, "10", "10", "3", "0"]))
    cap = draw(st.sampled_from([None, number(200), number(40), number(0)]))
    return replace(tolerance(None, percent), absolute=absolute, freight_cap=cap)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    return policy(*draw(st.lists(rows(), min_size=1, max_size=2)), over_delivery=number(draw(st.sampled_from([0, 10]))))


def test_the_cases_made_here_end_in_every_way_that_they_should() -> None:
    outcomes: list[Outcome] = []

    @steady
    @given(cases())
    def decide(made: Case) -> None:
        outcomes.append(match(made).outcome)

    decide()
    counted = Counter(outcomes)
    assert counted[Outcome.AUTO_APPROVED] > len(outcomes) / 10
    assert counted[Outcome.DEVIATION] > len(outcomes) / 10
    assert counted[Outcome.AWAITING_RECEIPT] > len(outcomes) / 100


@steady
@given(cases())
def test_nothing_is_approved_above_what_is_ordered_or_received(made: Case) -> None:
    decision = match(made)
    if decision.outcome not in APPROVING:
        return
    taken: dict[str, Decimal] = defaultdict(Decimal)
    lines = {line.id: line for line in made.orders[0].lines}
    for one in decision.allocations:
        taken[one.order_line_id] += one.order_amount if lines[one.order_line_id].is_amount else one.quantity
    for line_id, amount in taken.items():
        line = lines[line_id]
        ordered = line.amount if line.is_amount else line.quantity * (1 + made.policy.over_delivery / 100)
        assert line.invoiced + amount <= line.received
        assert line.invoiced + line.held + amount <= ordered


@steady
@given(cases())
def test_what_is_approved_is_paid_for_by_the_order_and_its_budget(made: Case) -> None:
    decision = match(made)
    if decision.outcome not in APPROVING:
        return
    use = decision.orders[0]
    assert use.over <= max(use.limit, Decimal(0))
    rounding = Decimal("0.01") * len(made.invoice.lines)
    assert made.invoice.total.payable_amount <= use.value + use.over + rounding


@steady
@given(cases())
def test_a_case_is_decided_the_same_every_time_and_from_its_proof(made: Case) -> None:
    first, second = match(made), match(made)
    assert first == second
    stated = proof(made, first)
    assert canonical(stated) == canonical(proof(case_of(stated), second))
    assert holds(stated)
    assert verify(sealed(stated)) == []


@steady
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_change_the_outcome(made: Case, random: Random) -> None:
    lines = list(made.invoice.lines)
    random.shuffle(lines)
    moved = replace(made, invoice=made.invoice.model_copy(update={"lines": tuple(lines)}))
    one, other = match(made), match(moved)
    assert one.outcome is other.outcome
    assert one.orders == other.orders


@steady
@given(cases(), st.integers(1, 5), st.decimals("0.02", "99", places=2))
def test_a_favour_never_pays_for_an_excess(made: Case, quantity: int, discount: Decimal) -> None:
    favour_line = order_line("9", 5, "100")
    ordered = replace(made.orders[0], lines=(*made.orders[0].lines, favour_line))
    charges = made.invoice.allowance_charges
    fair, cheap = (
        invoice(*made.invoice.lines, invoice_line("9", quantity, str(price)), allowance_charges=charges)
        for price in (Decimal(100), Decimal(100) - discount)
    )
    with_fair, with_cheap = (match(replace(made, invoice=billed, orders=(ordered,))) for billed in (fair, cheap))
    assert with_fair.orders[0].over == with_cheap.orders[0].over
    assert with_fair.outcome is with_cheap.outcome


@steady
@given(cases(), st.data())
def test_tightening_a_tolerance_never_approves_what_was_not(made: Case, data: st.DataObject) -> None:
    def tightened(row: Tolerance) -> Tolerance:
        less = data.draw(st.decimals("0", "1", places=2))
        return replace(
            row,
            absolute=None if row.absolute is None else row.absolute * less,
            percent=None if row.percent is None else row.percent * less,
            freight_cap=None if row.freight_cap is None else row.freight_cap * less,
        )

    kept = tuple(tightened(row) for row in made.policy.tolerances)
    added = data.draw(st.lists(rows(), max_size=2))
    limits = [row.absolute is not None or row.percent is not None for row in kept]
    if not any(limits) or all(row.freight_cap is None for row in kept):
        added = []
    before = match(made)
    after = match(replace(made, policy=replace(made.policy, tolerances=(*kept, *added))))
    assert RANK[after.outcome] <= RANK[before.outcome]


@steady
@given(cases())
def test_explaining_less_changes_nothing_else(made: Case) -> None:
    full, short = match(made), match(made, explain=False)
    assert replace(full, findings=()) == replace(short, findings=())
    assert [one for one in full.findings if not one.agrees] == list(short.findings)


@steady
@given(cases())
def test_what_a_finding_says_would_pass_does_pass(made: Case) -> None:
    for finding in match(made).findings:
        if finding.code == "RECEIPT_MISSING":
            missing = finding.amount or Decimal(0)
            more = tuple(
                replace(line, received=line.received + missing) if line.line_id == finding.order_line_id else line
                for line in made.orders[0].lines
            )
            again = match(replace(made, orders=(replace(made.orders[0], lines=more),)))
            still = [one.order_line_id for one in again.findings if one.code == "RECEIPT_MISSING"]
            assert finding.order_line_id not in still


@steady
@given(st.integers(1, 50), st.decimals("0.01", "999", places=2), st.integers(1, 400), st.integers(0, 30))
def test_the_highest_price_that_is_said_to_pass_passes(quantity: int, price: Decimal, rise: int, percent: int) -> None:
    def billed(unit_price: Decimal) -> Case:
        line = invoice_line("1", quantity, str(unit_price), amount=str(rounded(unit_price * quantity)))
        ordered = order(order_line("1", quantity, str(price)))
        return case(invoice(line), ordered, policy=policy(tolerance("250", str(percent))))

    findings = match(billed(price + Decimal(rise) / 100)).findings
    for finding in (one for one in findings if one.code == "PRICE_OVER"):
        assert isinstance(finding.passes_at, Decimal)
        assert match(billed(finding.passes_at)).outcome is Outcome.AUTO_APPROVED
