"""Lines that no number finds: paired with what they are most like, and never approved for it."""

from typing import Any

import pytest

from app.documents.invoice import InvoiceLine
from app.match.engine import Decision, match
from app.match.engine.codes import Outcome
from app.match.engine.decision import How
from app.match.engine.facts import OrderLineFacts
from tests.unit.match.cases import (
    case,
    credit_note,
    finding_of,
    invoice,
    invoice_line,
    item,
    number,
    order,
    order_line,
    pairs_of,
)


def lamp(line_id: str = "1", quantity: int = 4, price: str = "300", **changes: Any) -> OrderLineFacts:
    return order_line(line_id, quantity, price, **({"name": "Desk lamp LED white"} | changes))


def stray(line_id: str = "1", quantity: int = 4, price: str | None = "300", **changes: Any) -> InvoiceLine:
    return invoice_line(line_id, quantity, price, **({"ref": None, "item": item("Desk lamp, LED")} | changes))


def decided(lines: tuple[OrderLineFacts, ...], *bills: InvoiceLine) -> Decision:
    return match(case(invoice(*bills), order(*lines)))


def test_a_line_is_paired_with_what_it_is_like_and_waits_for_a_person() -> None:
    decision = decided((lamp(), order_line("2", 4, "20", name="Bulb")), stray())
    assert decision.outcome is Outcome.DEVIATION
    assert pairs_of(decision) == [("1", "order-line-1", How.LIKENESS)]
    assert [one.amount for one in decision.allocations] == [1200]
    finding = finding_of(decision, "PAIRED_BY_LIKENESS")
    assert (finding.expected, finding.actual) == ("Desk lamp LED white", "Desk lamp, LED")
    assert finding.counterfactual_en == "passes if the line names order line 1"
    assert {one.code for one in decision.findings if one.outcome is Outcome.DEVIATION} == {"PAIRED_BY_LIKENESS"}


def test_lines_are_assigned_together_and_no_order_line_twice() -> None:
    lines = lamp("1", 4), lamp("2", 8, "310", name="Floor lamp LED white")
    decision = decided(lines, stray("1", 8, "310", item=item("Floor lamp")), stray("2", 4, "300"))
    assert pairs_of(decision) == [("1", "order-line-2", How.LIKENESS), ("2", "order-line-1", How.LIKENESS)]


def test_two_that_are_as_like_are_ambiguous() -> None:
    decision = decided((lamp("1"), lamp("2")), stray())
    assert finding_of(decision, "LINE_AMBIGUOUS").expected == "4711/1, 4711/2"


@pytest.mark.parametrize(
    ("line", "bill"),
    [
        (lamp(price="100"), stray()),
        (lamp(name="Chair"), stray(quantity=1, price="270")),
        (lamp(unit_code="KGM"), stray()),
        (lamp(), stray(item=item("Desk lamp, LED", sellers="B9"))),
        (lamp(invoiced_quantity=number(4), invoiced_amount=number(1200)), stray()),
        (lamp(), stray(quantity=0, price=None)),
        (lamp(price_unit_code="XBX"), stray()),
        (lamp(), stray(price=None, amount="0")),
    ],
)
def test_what_is_like_nothing_stays_unknown(line: OrderLineFacts, bill: InvoiceLine) -> None:
    assert "LINE_UNKNOWN" in decided((line,), bill).codes


def test_without_words_price_and_quantity_must_say_it() -> None:
    assert "PAIRED_BY_LIKENESS" in decided((lamp(name=None),), stray(item=None)).codes
    assert "LINE_UNKNOWN" in decided((lamp(name=None),), stray(quantity=2, item=None)).codes


def test_what_is_billed_already_is_not_looked_at() -> None:
    assert "LINE_UNKNOWN" in decided((lamp(),), invoice_line("1", 2, "300", ref="1"), stray("2", 2)).codes


def test_a_credit_note_is_paired_by_nothing_but_numbers() -> None:
    returned = lamp(invoiced_quantity=number(4), invoiced_amount=number(1200))
    assert "LINE_UNKNOWN" in match(case(credit_note(stray()), order(returned))).codes


def test_more_lines_than_a_person_would_compare_are_left() -> None:
    lines = tuple(lamp(str(count)) for count in range(51))
    assert "LINE_UNKNOWN" in decided(lines, *(stray(str(count)) for count in range(50))).codes
