"""Prokura: which limit applies to a line, and whether the limits used hold the lines and the whole order."""

from decimal import Decimal
from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from app.organisations.prokura import Coverage, Limit, LineAmount, coverage

SUPPLIER, OTHER_SUPPLIER = UUID(int=11), UUID(int=12)
AGREEMENT, OTHER_AGREEMENT = UUID(int=21), UUID(int=22)
PENS, PAPER = "44121704", "14111507"


def limit(
    amount: str,
    number: int = 1,
    *,
    supplier: UUID | None = None,
    agreement: UUID | None = None,
    unspsc: str | None = None,
) -> Limit:
    return Limit(UUID(int=number), Decimal(amount), supplier, agreement, unspsc)


def line(amount: str, unspsc: str = PENS) -> LineAmount:
    return LineAmount(Decimal(amount), unspsc)


def decided(limits: list[Limit], *lines: LineAmount, agreement: UUID | None = AGREEMENT) -> Coverage:
    return coverage(limits, lines, SUPPLIER, agreement)


def test_without_a_row_the_limit_is_zero() -> None:
    answer = decided([], line("0.01"))

    assert (answer.covered, answer.limit) == (False, Decimal(0))
    assert "without a row the limit is zero" in answer.reason


def test_a_limit_equal_to_the_amount_is_enough_and_one_oere_less_is_not() -> None:
    assert decided([limit("100")], line("100.00")) == Coverage(covered=True, limit=Decimal(100))

    short = decided([limit("99.99")], line("100.00"))

    assert (short.covered, short.limit) == (False, Decimal("99.99"))
    assert short.reason == "100.00 is above the limit of 99.99 that covers it"


def test_a_limit_of_zero_covers_what_costs_nothing() -> None:
    assert decided([limit("0")], line("0")).covered
    assert not decided([limit("0")], line("0.01")).covered


def test_lines_are_summed_so_that_splitting_them_gains_nothing() -> None:
    assert decided([limit("100")], line("50"), line("50")).covered
    assert not decided([limit("100")], line("50"), line("50.01")).covered


@pytest.mark.parametrize(
    "scope",
    [
        {"supplier": OTHER_SUPPLIER},
        {"agreement": OTHER_AGREEMENT},
        {"unspsc": "14"},
        {"supplier": SUPPLIER, "agreement": OTHER_AGREEMENT},
        {"supplier": SUPPLIER, "unspsc": "4413"},
    ],
)
def test_a_row_of_another_scope_covers_nothing(scope: dict[str, UUID | str]) -> None:
    assert not decided([limit("100", **scope)], line("1")).covered  # type: ignore[arg-type]  # a table of keywords


def test_a_row_of_an_agreement_does_not_cover_an_order_without_one() -> None:
    assert not decided([limit("100", agreement=AGREEMENT)], line("1"), agreement=None).covered
    assert decided([limit("100", supplier=SUPPLIER)], line("1"), agreement=None).covered


RANKED = [
    limit("1", 1, agreement=AGREEMENT, unspsc="44121704", supplier=SUPPLIER),
    limit("2", 2, agreement=AGREEMENT, unspsc="44"),
    limit("3", 3, agreement=AGREEMENT, supplier=SUPPLIER),
    limit("4", 4, agreement=AGREEMENT),
    limit("5", 5, unspsc="441217", supplier=SUPPLIER),
    limit("6", 6, unspsc="441217"),
    limit("7", 7, unspsc="44", supplier=SUPPLIER),
    limit("8", 8, unspsc="44"),
    limit("9", 9, supplier=SUPPLIER),
    limit("10", 10),
]
"""The most specific first: agreement, then longer product group, then supplier, then the organisation alone."""


@pytest.mark.parametrize("rank", range(len(RANKED)))
def test_the_most_specific_row_wins_whatever_the_order_of_rows(rank: int) -> None:
    rows = RANKED[rank:]
    Random(rank).shuffle(rows)

    assert decided(rows, line("0")).limit == RANKED[rank].max_amount


def test_a_specific_row_wins_also_when_a_general_one_would_allow_more() -> None:
    rows = [limit("1000", 1), limit("10", 2, unspsc="44")]

    assert not decided(rows, line("11")).covered
    assert decided(rows, line("11", PAPER)).covered


def test_of_equally_specific_rows_the_lowest_wins() -> None:
    for rows in permutations([limit("300", 1), limit("100", 2), limit("200", 3)]):
        assert decided(list(rows), line("0")).limit == Decimal(100)


def test_each_row_holds_its_own_lines_and_the_largest_row_used_holds_the_order() -> None:
    rows = [limit("100", 1), limit("60", 2, unspsc="44")]

    assert decided(rows, line("60"), line("40", PAPER)).covered
    assert decided(rows, line("60.01"), line("1", PAPER)).reason == "60.01 is above the limit of 60 that covers it"
    whole = decided(rows, line("60"), line("40.01", PAPER))
    assert (whole.covered, whole.limit) == (False, Decimal(100))
    assert whole.reason == "the whole order of 100.01 is above the largest limit used, 100"


def test_a_larger_row_that_no_line_uses_does_not_help_the_order() -> None:
    rows = [limit("1000", 1, unspsc="99"), limit("50", 2, unspsc="14"), limit("50", 3, unspsc="44")]

    assert not decided(rows, line("30"), line("30", PAPER)).covered


def test_one_line_that_no_row_covers_stops_the_order() -> None:
    answer = decided([limit("1000", unspsc="44")], line("1"), line("1", PAPER))

    assert (answer.covered, answer.limit) == (False, Decimal(0))


def test_a_line_without_a_product_group_is_covered_by_rows_without_one_alone() -> None:
    assert not decided([limit("100", unspsc="44")], line("1", "")).covered
    assert decided([limit("100")], line("1", "")).covered


@pytest.mark.parametrize("seed", range(40))
def test_raising_an_amount_never_makes_a_refused_order_pass(seed: int) -> None:
    random = Random(seed)
    rows = [
        limit(str(random.randint(0, 200)), number, unspsc=random.choice([None, "44", "14", "4412"]))
        for number in range(1, 5)
    ]
    lines = [line(str(random.randint(0, 80)), random.choice([PENS, PAPER])) for _ in range(3)]
    more = [LineAmount(one.amount + 1, one.unspsc) for one in lines]

    assert decided(rows, *lines).covered or not decided(rows, *more).covered
