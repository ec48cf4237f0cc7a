"""The cheapest flow is the cheapest, and its margin is that of the second best: held against trying them all."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.match.engine.flow import Arc, Flow

steady = settings(deadline=None, derandomize=True, max_examples=300)


def every_flow(supplies: list[int], capacities: list[int], arcs: list[Arc]) -> Iterator[tuple[int, ...]]:
    """Give every way to lay whole units on the arcs."""
    most = max([*supplies, 0])
    for amounts in product(range(most + 1), repeat=len(arcs)):
        sent = [sum(a for a, arc in zip(amounts, arcs, strict=True) if arc[0] == i) for i in range(len(supplies))]
        put = [sum(a for a, arc in zip(amounts, arcs, strict=True) if arc[1] == j) for j in range(len(capacities))]
        if all(map(int.__le__, sent, supplies)) and all(map(int.__le__, put, capacities)):
            yield amounts


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[int], dict[Arc, int]]:
    supplies = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    capacities = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    arcs = [(i, j) for i in range(len(supplies)) for j in range(len(capacities))]
    return supplies, capacities, {arc: draw(st.integers(0, 9)) for arc in arcs if draw(st.integers(0, 5))}


def solved(supplies: list[int], capacities: list[int], costs: dict[Arc, int]) -> Flow:
    return Flow([Decimal(one) for one in supplies], [Decimal(one) for one in capacities], costs)


@steady
@given(problems())
def test_no_flow_is_larger_or_cheaper(problem: tuple[list[int], list[int], dict[Arc, int]]) -> None:
    supplies, capacities, costs = problem
    arcs = list(costs)
    flow = solved(*problem)
    ways = list(every_flow(supplies, capacities, arcs))
    most = max(map(sum, ways))
    least = min(sum(a * costs[arc] for a, arc in zip(way, arcs, strict=True)) for way in ways if sum(way) == most)
    assert sum(flow.amounts.values()) == most
    assert flow.cost == least
    assert tuple(flow.amounts.get(arc, 0) for arc in arcs) in ways


@steady
@given(problems())
def test_the_smallest_margin_is_that_of_the_second_best_flow(
    problem: tuple[list[int], list[int], dict[Arc, int]],
) -> None:
    supplies, capacities, costs = problem
    if sum(supplies) > sum(capacities):
        return
    arcs = list(costs)
    flow = solved(*problem)
    if sum(flow.amounts.values()) < sum(supplies):
        return
    best = tuple(flow.amounts.get(arc, 0) for arc in arcs)
    others = [
        sum(a * costs[arc] for a, arc in zip(way, arcs, strict=True))
        for way in every_flow(supplies, capacities, arcs)
        if sum(way) == sum(supplies) and way != best
    ]
    margins = [margin for source in range(len(supplies)) if (margin := flow.margin(source)) is not None]
    assert min(margins, default=None) == (min(others) - flow.cost if others else None)


def test_parts_of_a_unit_are_laid_exactly() -> None:
    flow = Flow([Decimal("1.5")], [Decimal("0.7"), Decimal(9)], {(0, 0): 1, (0, 1): 2})
    assert flow.amounts == {(0, 0): Decimal("0.7"), (0, 1): Decimal("0.8")}
    assert flow.cost == Decimal("2.3")
    assert flow.margin(0) == 1


def test_what_was_laid_is_moved_when_another_needs_the_place() -> None:
    flow = solved([1, 1], [1, 1], {(0, 0): 0, (0, 1): 5, (1, 0): 0})
    assert flow.amounts == {(0, 1): 1, (1, 0): 1}
    assert flow.margin(0) is None


def test_what_fits_nowhere_is_left() -> None:
    flow = solved([4], [1, 2], {(0, 0): 3, (0, 1): 0})
    assert flow.supplies == [1]
