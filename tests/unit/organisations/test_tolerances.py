"""Which row of tolerance binds from which order value on: told beforehand as the match engine will find it."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.match.engine.tolerance import rows_of
from app.match.engine_policies import engine_policy
from app.organisations.policies import DEFAULT_TOLERANCE, Sourced, TolerancePolicy, effective
from app.organisations.tolerances import Binding, bindings, freight_cap
from tests.unit.match.cases import order

ZERO = Decimal(0)


def rows(*rules: dict[str, object]) -> list[Sourced]:
    return [
        Sourced(TolerancePolicy.model_validate(rule), UUID(int=depth), f"organisation {depth}", depth)
        for depth, rule in enumerate(rules)
    ]


def told(found: Sequence[Binding]) -> list[tuple[str, str, str]]:
    """Give from which value on which limit binds, and whose."""
    return [
        (str(one.from_value), str(one.piece.amount or f"{one.piece.percent} %"), one.piece.row.organisation_name)
        for one in found
        if one.piece is not None
    ]


def test_the_default_binds_by_its_per_cent_up_to_its_amount() -> None:
    found = bindings([Sourced(DEFAULT_TOLERANCE)], "ORDER")

    assert told(found) == [("0.00", "10 %", "default"), ("2500.00", "250", "default")]


def test_each_limit_binds_where_it_is_the_smallest() -> None:
    held = rows({"absolute": "300", "percent": "5"}, {"absolute": "100"}, {"percent": "8"})

    assert told(bindings(held, "ORDER")) == [("0.00", "5 %", "organisation 0"), ("2000.00", "100", "organisation 1")]


def test_of_a_row_of_which_either_is_enough_the_larger_counts() -> None:
    held = rows({"absolute": "250", "percent": "10", "combine": "ANY"}, {"absolute": "400"})

    assert told(bindings(held, "ORDER")) == [
        ("0.00", "250", "organisation 0"),
        ("2500.00", "10 %", "organisation 0"),
        ("4000.00", "400", "organisation 1"),
    ]


def test_lines_have_the_limits_of_orders_until_a_row_is_about_lines() -> None:
    held = rows({"absolute": "100"}, {"level": "LINE", "freight_cap": "10"})
    assert told(bindings(held, "LINE")) == [("0.00", "100", "organisation 0")]

    held = rows({"absolute": "100"}, {"level": "LINE", "absolute": "20"})
    assert told(bindings(held, "LINE")) == [("0.00", "20", "organisation 1")]
    assert told(bindings(held, "ORDER")) == [("0.00", "100", "organisation 0")]


def test_without_a_limit_nothing_binds_and_nothing_may_deviate() -> None:
    assert bindings(rows({"level": "LINE", "absolute": "20"}), "ORDER") == (Binding(ZERO, None),)
    assert freight_cap(rows({"absolute": "20"})) is None


limits = st.none() | st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(5), Decimal(20), Decimal(100)])
rules = st.builds(
    TolerancePolicy,
    level=st.sampled_from(["ORDER", "LINE"]),
    absolute=limits,
    percent=limits,
    combine=st.sampled_from(["ALL", "ANY"]),
    freight_cap=limits,
)


@given(st.lists(rules, max_size=4), st.decimals(0, 100_000, places=2))
def test_what_is_told_is_what_an_invoice_is_decided_by(set_rules: list[TolerancePolicy], value: Decimal) -> None:
    held = effective([Sourced(rule, UUID(int=depth), str(depth), depth) for depth, rule in enumerate(set_rules)])
    engine = rows_of(engine_policy(held), order())
    cap, decided_cap = freight_cap(held.tolerances), engine.freight_cap()

    for level, decided in (("ORDER", engine.for_order(value)), ("LINE", engine.for_line(value))):
        found = [one for one in bindings(held.tolerances, level) if one.from_value <= value][-1]
        expected = found.piece.at(value) if found.piece is not None else ZERO
        assert expected == decided.amount
    assert (cap.at(ZERO) if cap else None) == (decided_cap.amount if decided_cap else None)
