"""The purchasing cascade: binding before voluntary before local, then the price."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.cascade import CascadeRank, Standing, is_better, rank_of
from app.agreements.models import AgreementKind

standings = st.builds(
    Standing,
    st.sampled_from(CascadeRank),
    st.just("DKK EA"),
    st.none() | st.decimals(min_value=0, max_value=99, places=2),
)


@pytest.mark.parametrize(
    ("kind", "binding", "rank"),
    [
        ("SI", True, "BINDING"),
        ("SKI", True, "BINDING"),
        ("SI", False, "VOLUNTARY"),
        ("SKI", False, "VOLUNTARY"),
        ("LOCAL", True, "LOCAL"),
        ("LOCAL", False, "LOCAL"),
    ],
)
def test_what_an_agreement_is_gives_its_step(kind: str, binding: bool, rank: str) -> None:
    assert rank_of(AgreementKind(kind), binding=binding) == rank


def test_a_dear_line_on_a_binding_agreement_comes_before_a_cheap_local_one() -> None:
    dear = Standing(CascadeRank.BINDING, "DKK EA", Decimal(90))
    cheap = Standing(CascadeRank.LOCAL, "DKK EA", Decimal(1))

    assert is_better(dear, cheap)
    assert not is_better(cheap, dear)


def test_on_one_step_the_price_decides_where_it_can_be_compared() -> None:
    cheap, dear = (Standing(CascadeRank.VOLUNTARY, "DKK EA", Decimal(price)) for price in (9, 10))
    boxes = Standing(CascadeRank.VOLUNTARY, "DKK BX", Decimal(1))

    assert (is_better(cheap, dear), is_better(dear, cheap), is_better(cheap, cheap)) == (True, False, False)
    assert not is_better(boxes, dear)


def test_what_has_no_price_is_better_than_nothing() -> None:
    without = Standing(CascadeRank.BINDING, "", None)

    assert not is_better(without, Standing(CascadeRank.LOCAL, "DKK EA", Decimal(5)))
    assert is_better(Standing(CascadeRank.BINDING, "DKK EA", Decimal(5)), without)


@given(st.lists(standings, max_size=8))
def test_lines_sorted_by_their_key_never_stand_after_a_worse_priced_one(found: list[Standing]) -> None:
    for first, second in pairwise(sorted(found, key=lambda one: one.key)):
        assert first.unit_price is None or not is_better(second, first)
