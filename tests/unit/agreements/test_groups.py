"""Product groups along a chain: a lower step narrows what is left and never widens it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.agreements.groups import Chain, Narrowing, allows, narrowed, widening

PENS, PAPER = "44121704", "14111507"

steady = settings(deadline=None, derandomize=True, max_examples=200)

digits = st.sampled_from(["11", "12", "44"])
codes = st.tuples(digits, digits, digits, digits).map("".join)
prefixes = st.builds(lambda code, length: code[:length], codes, st.sampled_from([2, 4, 6, 8]))
some = st.lists(prefixes, max_size=3).map(tuple)
steps = st.builds(Narrowing, some, some)
chains = st.lists(steps, max_size=4).map(tuple)


def test_a_step_without_groups_lets_everything_through() -> None:
    assert allows((), PENS)
    assert allows((Narrowing(),), PENS)


def test_a_step_lets_through_what_it_includes_and_not_what_it_excludes() -> None:
    step = Narrowing(include=("44", "1411"), exclude=("441217",))

    assert not allows((step,), PENS)
    assert allows((step,), "44121801")
    assert allows((step,), PAPER)
    assert not allows((step,), "14121507")


def test_a_code_that_is_shorter_than_the_included_group_is_not_in_it() -> None:
    assert not allows((Narrowing(include=("4412",)),), "44")


def test_a_group_outside_the_chain_is_named_as_widening() -> None:
    assert widening((Narrowing(include=("44",)),), ["4412", "1411", "15"]) == "1411"


def test_a_shorter_prefix_reaches_outside_too() -> None:
    assert widening((Narrowing(include=("4412",)),), ["44"]) == "44"


def test_an_excluded_group_cannot_be_handed_on() -> None:
    chain = (Narrowing(include=("44",)), Narrowing(exclude=("4412",)))

    assert widening(chain, ["441217"]) == "441217"
    assert widening(chain, ["44"]) is None
    assert not allows((*chain, Narrowing(include=("44",))), PENS)


@steady
@given(chains, steps, codes)
def test_a_further_step_never_lets_more_through(chain: Chain, step: Narrowing, code: str) -> None:
    assert allows(chain, code) or not allows((*chain, step), code)


@steady
@given(chains, codes)
def test_what_a_chain_leaves_is_what_each_step_leaves_whatever_their_order(chain: Chain, code: str) -> None:
    left = all(
        (not step.include or any(code.startswith(group) for group in step.include))
        and not any(code.startswith(group) for group in step.exclude)
        for step in chain
    )

    assert allows(chain, code) is left
    assert allows(chain[::-1], code) is left


@steady
@given(chains, codes)
def test_dropping_open_steps_changes_nothing(chain: Chain, code: str) -> None:
    shorter = narrowed(chain)

    assert allows(shorter, code) is allows(chain, code)
    assert not any(step.is_open for step in shorter)


@steady
@given(chains, some)
def test_groups_that_do_not_widen_leave_something_of_each_to_be_seen(chain: Chain, include: tuple[str, ...]) -> None:
    if widening(chain, include) is None:
        assert all(allows((*chain, Narrowing(include)), group) for group in include)
