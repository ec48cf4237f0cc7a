"""Columns that give back what they got, add up exactly, and compare, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, literal, select
from sqlalchemy.exc import StatementError

from app.kit.columns import TOO_LARGE, EnumText, ExactDecimal, Json, NumberNotKept, UtcDateTime
from app.kit.db import Database


class Colour(StrEnum):
    """An enum to keep."""

    RED = "red"


THINGS = Table(
    "kit_thing",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("price", ExactDecimal),
    Column("cost", ExactDecimal),
    Column("at", UtcDateTime),
    Column("colour", EnumText(Colour)),
    Column("facts", Json),
)
price, cost = THINGS.c.price, THINGS.c.cost


@pytest.fixture
def things(database: Database) -> Iterator[Database]:
    THINGS.metadata.create_all(database.engine)
    yield database
    THINGS.metadata.drop_all(database.engine)


def keep(database: Database, *rows: dict[str, Any]) -> None:
    """Put rows in place of those that are there."""
    numbered = [{"id": number} | row for number, row in enumerate(rows)]

    def step(session: Any) -> None:
        session.connection().execute(THINGS.delete())
        for row in numbered:
            session.connection().execute(insert(THINGS).values(**row))

    database.run(step)


def ask(database: Database, query: Any) -> list[Any]:
    return database.run(lambda session: [tuple(row) for row in session.connection().execute(query)], write=False)


def prices(*amounts: str) -> list[dict[str, Any]]:
    return [{"price": Decimal(amount)} for amount in amounts]


def test_a_decimal_comes_back_with_two_decimals_at_least_and_none_lost(things: Database) -> None:
    keep(things, *prices("100", "0.1", "1.123456", "-3.10", "0", "9223372036854.775807"))

    assert [str(amount) for (amount,) in ask(things, select(price).order_by(THINGS.c.id))] == [
        "100.00",
        "0.10",
        "1.123456",
        "-3.10",
        "0.00",
        "9223372036854.775807",
    ]


def test_sums_are_exact(things: Database) -> None:
    """As floats these add up to 0.30000000000000004 and worse."""
    keep(things, *prices("0.1", "0.2", "123456789012.000001", "-0.000001"))

    [(total,)] = ask(things, select(func.sum(price)))

    assert total == Decimal("123456789012.3")
    assert isinstance(total, Decimal)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=6), min_size=1, max_size=8))
def test_whatever_is_kept_comes_back_and_adds_up(things: Database, amounts: list[Decimal]) -> None:
    keep(things, *({"price": amount} for amount in amounts))

    assert [amount for (amount,) in ask(things, select(price).order_by(THINGS.c.id))] == amounts
    assert ask(things, select(func.sum(price), func.min(price), func.max(price))) == [
        (sum(amounts), min(amounts), max(amounts))
    ]


def test_a_sum_of_nothing_is_none(things: Database) -> None:
    assert ask(things, select(func.sum(price))) == [(None,)]


def test_a_sum_of_nothing_can_be_zero_when_the_zero_is_of_the_columns_type(things: Database) -> None:
    zero = literal(Decimal("1.5"), ExactDecimal)
    assert ask(things, select(func.coalesce(func.sum(price), zero))) == [(Decimal("1.5"),)]


def test_nothing_is_left_out_of_a_sum_and_found_as_nothing(things: Database) -> None:
    keep(things, {"price": Decimal("1.5")}, {"price": None})

    assert ask(things, select(func.sum(price))) == [(Decimal("1.5"),)]
    assert ask(things, select(THINGS.c.id).where(price.is_(None))) == [(1,)]
    assert ask(things, select(price).where(THINGS.c.id == 1)) == [(None,)]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (price == Decimal("0.30"), [1]),
        (price == Decimal("0.3"), [1]),
        (price != Decimal("0.3"), [0, 2]),
        (Decimal("0.3") >= price, [0, 1]),
        (price > Decimal("0.299999"), [1, 2]),
        (price.between(Decimal("0.1"), Decimal("0.3")), [0, 1]),
        (price.in_([Decimal("0.1"), Decimal("10.00")]), [0, 2]),
        (price < cost, [0]),
        (price + cost == Decimal("20.0"), [2]),
        (price - Decimal("0.05") == Decimal("0.05"), [0]),
        (-price < Decimal("-5"), [2]),
    ],
)
def test_decimals_compare_as_numbers(things: Database, condition: Any, found: list[int]) -> None:
    keep(
        things,
        {"price": Decimal("0.1"), "cost": Decimal("0.100001")},
        {"price": Decimal("0.3"), "cost": Decimal("0.3")},
        {"price": Decimal(10), "cost": Decimal("10")},
    )

    assert [number for (number,) in ask(things, select(THINGS.c.id).where(condition).order_by(THINGS.c.id))] == found


def test_decimals_are_ordered_as_numbers(things: Database) -> None:
    keep(things, *prices("10", "9", "-1", "0.5"))

    assert [str(amount) for (amount,) in ask(things, select(price).order_by(price))] == [
        "-1.00",
        "0.50",
        "9.00",
        "10.00",
    ]


def test_adding_columns_gives_decimals(things: Database) -> None:
    keep(things, {"price": Decimal("0.1"), "cost": Decimal("0.2")})

    assert ask(things, select(price + cost, price - cost, price + Decimal("1.5"))) == [
        (Decimal("0.3"), Decimal("-0.1"), Decimal("1.6"))
    ]


@pytest.mark.parametrize("amount", [Decimal("0.0000001"), TOO_LARGE, Decimal("NaN"), 1, 0.5])
def test_what_would_not_come_back_is_refused_and_not_rounded(things: Database, amount: Any) -> None:
    with pytest.raises((StatementError, NumberNotKept), match=r"more than 6 decimals, or is too large|takes a Decimal"):
        keep(things, {"price": amount})

    assert ask(things, select(price)) == []


def test_a_moment_comes_back_in_utc_to_the_microsecond(things: Database) -> None:
    danish = datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    keep(things, {"at": danish}, {"at": None})

    [(first,), (second,)] = ask(things, select(THINGS.c.at).order_by(THINGS.c.id))

    assert first == danish
    assert first.tzinfo is UTC
    assert second is None


def test_moments_compare_across_zones(things: Database) -> None:
    keep(things, {"at": datetime(2026, 7, 1, 8, tzinfo=UTC)}, {"at": datetime(2026, 7, 1, 9, tzinfo=UTC)})
    danish = datetime(2026, 7, 1, 10, 30, tzinfo=timezone(timedelta(hours=2)))

    assert ask(things, select(THINGS.c.id).where(THINGS.c.at < danish)) == [(0,)]
    assert ask(things, select(func.max(THINGS.c.at))) == [(datetime(2026, 7, 1, 9, tzinfo=UTC),)]


def test_enums_and_json_come_back(things: Database) -> None:
    facts = {"b": ["x", None, 1], "a": {"ø": "1.10"}}
    keep(things, {"colour": Colour.RED, "facts": facts}, {"colour": None, "facts": None})

    assert ask(things, select(THINGS.c.colour, THINGS.c.facts).order_by(THINGS.c.id)) == [
        (Colour.RED, facts),
        (None, None),
    ]
    assert ask(things, select(THINGS.c.id).where(THINGS.c.facts.is_(None))) == [(1,)]
    assert ask(things, select(THINGS.c.id).where(THINGS.c.colour == Colour.RED)) == [(0,)]
