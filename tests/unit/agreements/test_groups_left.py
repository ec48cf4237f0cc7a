"""A chain brought down to one step lets the same codes through, and is written and read back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from app.agreements.groups import Chain, Left, Narrowing, allows, left_by, narrowed, read_chain, written

PREFIXES = ("14", "44", "4412", "441217", "44121704", "1411", "56")
prefixes = st.lists(st.sampled_from(PREFIXES), max_size=3).map(tuple)
chains = st.lists(st.builds(Narrowing, prefixes, prefixes), max_size=4).map(tuple)
codes = st.sampled_from([*PREFIXES, "44121705", "44990000", "14111507", "99", "4", ""])


@given(chains, codes)
def test_one_step_says_what_the_whole_chain_leaves(chain: Chain, code: str) -> None:
    assert left_by(chain).allows(code) == allows(chain, code)


def test_what_is_left_is_said_shortly() -> None:
    chain = (Narrowing(("44", "14")), Narrowing(("4412", "441217", "56"), ("14",)), Narrowing((), ("44121704",)))

    assert left_by(chain) == Left(("4412",), ("44121704",))


def test_nothing_left_is_told_from_everything() -> None:
    assert left_by((Narrowing(("44",)), Narrowing(("14",)))) == Left((), ())
    assert left_by(()) == Left(None, ())


@given(chains)
def test_a_chain_is_read_as_it_was_written(chain: Chain) -> None:
    assert read_chain(written(narrowed(chain))) == narrowed(chain)
