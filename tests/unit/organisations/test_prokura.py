"""Prokura: which limit applies to a line, and whether the limits used hold the lines and the whole order."""

from decimal import Decimal
from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from app.organisations.prokura import Coverage, Limit, LineAmount, Posted, coverage

SUPPLIER, OTHER_SUPPLIER = UUID(int=11), UUID(int=12)
AGREEMENT, OTHER_AGREEMENT = UUID(int=21), UUID(int=22)
PENS, PAPER = "44121704", "14111507"
POSTING = {"account": "2210"}
OFFICE = Posted("account", "2200", "2299")


def limit(
    amount: str,
    number: int = 1,
    *,
    supplier: UUID | None = None,
    agreement: UUID | None = None,
    unspsc: str | None = None,
    posted: Posted | None = None,
) -> Limit:
    return Limit(UUID(int=number), Decimal(amount), supplier, agreement, unspsc, posted)


def line(amount: str, unspsc: str = PENS, **posting: str) -> LineAmount:
    return LineAmount(Decimal(amount), unspsc, posting or POSTING)


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
    limit("1", 1, agreement=AGREEMENT, posted=OFFICE),
    limit("2", 2, agreement=AGREEMENT, unspsc="44121704", supplier=SUPPLIER),
    limit("3", 3, agreement=AGREEMENT, unspsc="44"),
    limit("4", 4, agreement=AGREEMENT, supplier=SUPPLIER),
    limit("5", 5, agreement=AGREEMENT),
    limit("6", 6, posted=OFFICE, unspsc="44", supplier=SUPPLIER),
    limit("7", 7, posted=OFFICE, unspsc="44"),
    limit("8", 8, posted=OFFICE, supplier=SUPPLIER),
    limit("9", 9, posted=OFFICE),
    limit("10", 10, unspsc="441217", supplier=SUPPLIER),
    limit("11", 11, unspsc="441217"),
    limit("12", 12, unspsc="44", supplier=SUPPLIER),
    limit("13", 13, unspsc="44"),
    limit("14", 14, supplier=SUPPLIER),
    limit("15", 15),
]
"""The most specific first: agreement, then a dimension of the posting, then longer product group, then supplier, then
the organisation alone.
"""


@pytest.mark.parametrize("rank", range(len(RANKED)))
def test_the_most_specific_row_wins_whatever_the_order_of_rows(rank: int) -> None:
    rows = RANKED[rank:]
    Random(rank).shuffle(rows)

    assert decided(rows, line("0")).limit == RANKED[rank].max_amount


@pytest.mark.parametrize(
    ("first", "last", "value", "is_covered"),
    [
        ("2200", "2299", "2200", True),
        ("2200", "2299", "2299", True),
        ("2200", "2299", "2199", False),
        ("2200", "2299", "2300", False),
        ("2200", "2299", "22000", False),
        ("2200", "2299", "225", False),
        ("2200", "2299", "22x0", False),
        ("2200", "2299", "٢٢٥٠", False),
        ("2200", "2299", "", False),
        ("0099", "0101", "0100", True),
        ("A1", "A1", "A1", True),
        ("A1", "A1", "a1", False),
        ("2200", "2200", "2200", True),
    ],
)
def test_a_dimension_covers_the_values_from_its_first_to_its_last(
    first: str, last: str, value: str, is_covered: bool
) -> None:
    row = limit("100", posted=Posted("account", first, last))

    assert row.posted is not None
    assert row.posted.fault is None
    assert decided([row], line("1", account=value)).covered is is_covered


def test_a_dimension_covers_no_line_that_is_not_posted_by_it() -> None:
    row = limit("100", posted=Posted("project", "1", "1"))

    assert not decided([row], line("1")).covered
    assert not coverage([row], [LineAmount(Decimal(1))], SUPPLIER, AGREEMENT).covered
    assert decided([row], line("1", account="2210", project="1")).covered


def test_a_lower_limit_for_an_account_stands_before_a_higher_one_for_everything() -> None:
    rows = [limit("1000", 1), limit("10", 2, posted=OFFICE)]

    assert not decided(rows, line("11")).covered
    assert decided(rows, line("11", account="3100")).covered


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
