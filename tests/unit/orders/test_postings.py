"""Postings by a scheme: what passes and what is told, which default counts, and how a line is split."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.posting_messages import Dimension, DimensionValue, PostingIn, ValuePattern
from app.orders.postings import Default, Scheme, check, default_for, scaled, share_faults, shares

ACCOUNT = Dimension(
    name="account", label="Konto", required=True, pattern=ValuePattern(min_length=4, max_length=4, digits=True)
)
PLACE = Dimension(name="sted", label="Sted", values=[DimensionValue(code=code) for code in ("4711", "4712")])
CASE = Dimension(name="sag", label="Sag")
SCHEME = Scheme(UUID(int=1), (ACCOUNT, PLACE, CASE))
ONLY = Scheme(UUID(int=1), (ACCOUNT, PLACE, CASE), combinations_only=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("account=2210", []),
        ("2210", []),
        ("sag=Flytning;account=2210;sted=4711", []),
        ("account=221", ["account cannot be 221; it is made of 4 digits"]),
        ("account=221O", ["account cannot be 221O; it is made of 4 digits"]),
        ("account=٢٢١٠", ["account cannot be ٢٢١٠; it is made of 4 digits"]),
        ("account=2210;sted=9999", ["sted cannot be 9999; allowed are 4711, 4712"]),
        ("sted=4711", ["the dimension account is missing; it is made of 4 digits"]),
        ("", ["the dimension account is missing; it is made of 4 digits"]),
        ("account=2210;konto=1", ["konto is no dimension; there are account, sted, sag, as in account=…"]),
        (
            "account=1;sted=1",
            ["account cannot be 1; it is made of 4 digits", "sted cannot be 1; allowed are 4711, 4712"],
        ),
        (f"account=2210;sag={'x' * 190}", ["a posting has 200 characters at most"]),
    ],
)
def test_a_posting_is_checked_against_its_scheme(text: str, said: Sequence[str]) -> None:
    faults = check(SCHEME, (), text)
    assert [fault.message for fault in faults] == said
    assert all(fault.rule_id == "P-POSTING" and fault.message_da for fault in faults)


def test_without_a_scheme_every_text_passes() -> None:
    assert check(None, (), "hvad som helst; = ;") == []


def test_twenty_values_are_told_at_most() -> None:
    many = Dimension(name="sted", label="Sted", values=[DimensionValue(code=f"s{number:02}") for number in range(25)])
    (fault,) = check(Scheme(UUID(int=1), (many,)), (), "sted=x")
    assert fault.message.endswith("s18, s19 and 5 more")
    assert fault.message_da is not None
    assert fault.message_da.startswith("sted (Sted) kan ikke være x")


def test_a_combination_has_to_be_in_the_list() -> None:
    near = ["account=2210;sted=4711"]
    assert check(ONLY, near, "sted=4711;account=2210") == []
    (fault,) = check(ONLY, near, "sted=4712;account=2210")
    assert "account=2210;sted=4712 is no combination of account, sted, sag" in fault.message
    assert fault.message.endswith("allowed are account=2210;sted=4711")
    optional = Scheme(UUID(int=1), (PLACE,), combinations_only=True)
    assert check(optional, [], "") == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Sted = 4711; account=2210", "account=2210;sted=4711"),
        ("2210", "account=2210"),
        ("x=1;account=2210", "account=2210;x=1"),
        ("", ""),
    ],
)
def test_a_posting_is_written_in_the_order_of_the_scheme(text: str, written: str) -> None:
    assert SCHEME.normalised(text) == written
    assert SCHEME.normalised(written) == written


BUYER, OTHER, AGREEMENT = UUID(int=1), UUID(int=2), UUID(int=3)
USER, ON, GROUP = {"user_id": BUYER}, {"agreement_id": AGREEMENT}, {"unspsc_prefix": "14"}


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ((1, USER | ON | GROUP), (0, GROUP)),
        ((0, USER), (0, ON | GROUP)),
        ((0, USER | ON), (0, USER | ON | GROUP)),
        ((0, ON), (0, USER)),
        ((0, GROUP), (0, ON)),
        ((0, ON | GROUP), (0, USER | GROUP)),
        ((0, USER | GROUP), (0, USER | ON)),
        ((0, GROUP), (0, {"unspsc_prefix": "1411"})),
        ((0, {"unspsc_prefix": "14111507"}), (0, ON)),
        ((0, {"user_id": OTHER, **ON}), (0, GROUP)),
        ((0, {"unspsc_prefix": "44"}), (1, GROUP)),
    ],
)
def test_the_nearest_then_the_most_specific_default_counts(
    weaker: tuple[int, dict[str, Any]], stronger: tuple[int, dict[str, Any]]
) -> None:
    rows = [Default(weaker[0], "weaker", **weaker[1]), Default(stronger[0], "stronger", **stronger[1])]
    for found in (rows, rows[::-1]):
        assert default_for(found, BUYER, AGREEMENT, "14111507") == "stronger"


def test_no_default_covers_what_is_none_of_its_own() -> None:
    assert default_for([Default(0, "x", **USER)], OTHER, AGREEMENT, "14111507") is None
    assert default_for([Default(0, "x", **GROUP)], BUYER, None, "") is None


def percents(*numbers: str) -> list[PostingIn]:
    return [PostingIn(accounting_cost="1", percent=Decimal(number)) for number in numbers]


def amounts(*numbers: str) -> list[PostingIn]:
    return [PostingIn(accounting_cost="1", amount=Decimal(number)) for number in numbers]


@pytest.mark.parametrize(
    ("amount", "postings", "parts"),
    [
        ("100.00", percents("33.33", "33.33", "33.34"), ["33.33", "33.33", "33.34"]),
        ("0.10", percents("50", "50"), ["0.05", "0.05"]),
        ("0.05", percents("50", "50"), ["0.03", "0.02"]),
        ("10.00", amounts("9.99", "0.01"), ["9.99", "0.01"]),
    ],
)
def test_a_line_is_split_to_the_oere(amount: str, postings: list[PostingIn], parts: list[str]) -> None:
    assert share_faults(Decimal(amount), postings) == []
    assert shares(Decimal(amount), postings) == [Decimal(part) for part in parts]


@pytest.mark.parametrize(
    ("amount", "postings", "said"),
    [
        ("10.00", amounts("9.99", "0.02"), "the shares add up to 10.01, and the line is 10.00"),
        ("10.00", percents("50", "49.99"), "the shares add up to 99.99 % and not to 100"),
        ("0.05", percents(*["10"] * 10), "0.05 is too little to be split like this"),
        ("0.01", percents("50", "50"), "0.01 is too little to be split like this"),
    ],
)
def test_shares_that_do_not_add_up_are_told(amount: str, postings: list[PostingIn], said: str) -> None:
    (fault,) = share_faults(Decimal(amount), postings)
    assert fault.message.startswith(said)


oere = st.integers(1, 10**9).map(lambda number: Decimal(number).scaleb(-2))


@given(oere, st.lists(oere, min_size=1, max_size=8))
def test_shares_in_proportion_add_up_to_whatever_is_to_be_split(amount: Decimal, parts: list[Decimal]) -> None:
    assert sum(scaled(amount, parts)) == amount
