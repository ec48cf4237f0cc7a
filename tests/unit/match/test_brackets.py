"""Prices by quantity: what an order's pieces reach together, told with what they would have cost."""

from typing import Any

import pytest

from app.documents.invoice import InvoiceLine
from app.match.checker import verify
from app.match.engine import Case, match
from app.match.engine.codes import Outcome
from app.match.engine.decision import Finding
from app.match.engine.facts import AgreedPrice, Bracket, OrderLineFacts
from app.match.engine.proof import case_of, holds, proof, sealed
from tests.unit.match.cases import case, credit_note, invoice, invoice_line, invoiced_line, number, order, order_line
from tests.unit.match.vectors import BY_HUNDRED

EIGHT = Bracket(number(100), AgreedPrice(number(8)))
IN_BOXES = AgreedPrice(number(90), price_unit_code="XBX")


def paper(line_id: str = "1", quantity: int = 60, **changes: Any) -> OrderLineFacts:
    return order_line(line_id, quantity, "10", **{"seller_item": "A", "brackets": BY_HUNDRED} | changes)


def missed(own: Case) -> list[Finding]:
    decision = match(own)
    assert holds(proof(own, decision))
    assert case_of(proof(own, decision)) == own
    assert verify(sealed(proof(own, decision))) == []
    return [finding for finding in decision.findings if finding.code == "PRICE_BRACKET_MISSED"]


def test_pieces_ordered_in_two_lines_reach_the_price_of_both() -> None:
    (told,) = missed(case(invoice(invoice_line("1", 60, "10")), order(paper(), paper("2"))))
    assert (told.expected, told.actual, told.limit, told.amount, told.passes_at) == (9, 120, 100, 60, 540)
    assert told.outcome is Outcome.AUTO_APPROVED
    assert "60.00 too much" in told.message_en
    assert "540" in (told.counterfactual_da or "")


@pytest.mark.parametrize(
    ("billed", "lines", "amounts"),
    [
        (invoice_line("1", 60, "10"), (paper(),), []),
        (invoice_line("1", 60, "9"), (paper(), paper("2")), []),
        (invoice_line("1", 60, "9.50"), (paper(), paper("2")), [30]),
        (invoice_line("1", 60, "10"), (paper(), paper("2", seller_item="B")), []),
        (invoice_line("1", 60, "10"), (paper(seller_item=None), paper("2", seller_item=None)), []),
        (invoice_line("1", 60, "10"), (paper(), paper("2", unit_code="BX")), []),
        (invoice_line("1", 60, "10"), (paper(), paper("2", brackets=())), []),
        (invoice_line("1", 100, "10"), (paper(quantity=100),), [100]),
        (invoice_line("1", 50, "10"), (paper(quantity=50, invoiced_quantity=number(60)),), [50]),
        (invoice_line("1", 60, "10"), (paper(brackets=(BY_HUNDRED[1],)),), []),
        (invoice_line("1", 100, "10"), (paper(quantity=100, brackets=(*BY_HUNDRED, EIGHT)),), [200]),
    ],
)
def test_only_what_is_billed_above_a_price_that_is_reached_is_told(
    billed: InvoiceLine, lines: tuple[OrderLineFacts, ...], amounts: list[int]
) -> None:
    assert [told.amount for told in missed(case(invoice(billed), order(*lines)))] == amounts


@pytest.mark.parametrize(("rate", "amounts"), [(None, []), ("0.1", [100])])
def test_a_price_of_another_unit_counts_where_it_says_how_many_it_takes(rate: str | None, amounts: list[int]) -> None:
    price = AgreedPrice(number(90), price_unit_code="XBX", factor_rate=None if rate is None else number(rate))
    own = paper(quantity=100, brackets=(BY_HUNDRED[0], Bracket(number(100), price)))
    told = missed(case(invoice(invoice_line("1", 100, "10")), order(own)))
    assert [one.amount for one in told if one.limit == 100] == amounts


def test_a_credit_note_misses_no_price() -> None:
    own = order(paper(quantity=100, invoiced_quantity=number(100), invoiced_amount=number(1000)))
    billed = invoiced_line("100", "1000")
    assert not missed(case(credit_note(invoice_line("1", 100, "10")), own, invoiced=(billed,)))
