"""What the column types take and give, without a database."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from app.kit.columns import (
    EnumText,
    ExactDecimal,
    UtcDateTime,
    bytes_column,
    decimal_column,
    enum_column,
    json_column,
    moment_column,
    trimmed,
    version_column,
)

SQLITE, POSTGRESQL = sqlite.dialect(), postgresql.dialect()
BOTH = pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])


class Colour(StrEnum):
    """An enum to keep."""

    RED = "red"


def test_sqlite_keeps_a_decimal_as_millionths_and_postgresql_as_it_is() -> None:
    assert ExactDecimal().process_bind_param(Decimal("1.25"), SQLITE) == 1_250_000
    assert ExactDecimal().process_bind_param(Decimal("1.25"), POSTGRESQL) == Decimal("1.25")


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        "0.0000001",
        "1." + "0" * 30 + "1",
        "9223372036854.775808",
        "-9223372036854.775808",
        "1E+13",
        "NaN",
        "sNaN",
        "Infinity",
    ],
)
def test_a_decimal_that_would_not_come_back_is_refused(dialect: Any, value: str) -> None:
    with pytest.raises(ValueError, match="more than 6 decimals, or is too large"):
        ExactDecimal().process_bind_param(Decimal(value), dialect)


@BOTH
@pytest.mark.parametrize("value", ["9223372036854.775807", "-9223372036854.775807", "0.000001", "1.0000000000"])
def test_the_largest_and_the_smallest_fit(dialect: Any, value: str) -> None:
    kept = ExactDecimal().process_bind_param(Decimal(value), dialect)
    assert ExactDecimal().process_result_value(kept, dialect) == Decimal(value)


@BOTH
@pytest.mark.parametrize("value", [1, 1.5, "1"])
def test_only_decimals_are_taken(dialect: Any, value: Any) -> None:
    with pytest.raises(TypeError, match="takes a Decimal"):
        ExactDecimal().process_bind_param(value, dialect)


@BOTH
@pytest.mark.parametrize("kind", [ExactDecimal(), UtcDateTime(), EnumText(Colour)])
def test_nothing_stays_nothing(dialect: Any, kind: Any) -> None:
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None


@pytest.mark.parametrize(
    ("value", "written"),
    [("100.000000", "100.00"), ("1.125000", "1.125"), ("0", "0.00"), ("1E+2", "100.00"), ("-0.100000", "-0.10")],
)
def test_zeros_behind_the_second_decimal_are_dropped(value: str, written: str) -> None:
    assert str(trimmed(Decimal(value))) == written


def test_a_moment_is_kept_in_utc() -> None:
    danish = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))

    assert UtcDateTime().process_bind_param(danish, SQLITE) == datetime(2026, 3, 2, 9)  # noqa: DTZ001 - as SQLite keeps it
    assert UtcDateTime().process_bind_param(danish, POSTGRESQL) == datetime(2026, 3, 2, 9, tzinfo=UTC)
    for read in (datetime(2026, 3, 2, 9), danish):  # noqa: DTZ001 - as SQLite gives it
        assert UtcDateTime().process_result_value(read, SQLITE) == datetime(2026, 3, 2, 9, tzinfo=UTC)


@BOTH
def test_a_moment_without_a_zone_is_refused(dialect: Any) -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 2), dialect)  # noqa: DTZ001 - the point of the test


@BOTH
def test_an_enum_is_kept_as_its_value(dialect: Any) -> None:
    kind = EnumText(Colour)

    assert kind.process_bind_param(Colour.RED, dialect) == "red"
    assert kind.process_result_value("red", dialect) is Colour.RED
    with pytest.raises(ValueError, match="blue"):
        kind.process_result_value("blue", dialect)
    with pytest.raises(ValueError, match="blue"):
        kind.process_bind_param("blue", dialect)


def test_columns_do_not_hold_nothing_unless_told() -> None:
    made = [decimal_column(), moment_column(), enum_column(Colour), json_column(), bytes_column(), version_column()]
    told = [f(nullable=True) for f in (decimal_column, moment_column, json_column)] + [
        enum_column(Colour, nullable=True)
    ]

    assert not any(column.nullable for column in made)
    assert all(column.nullable for column in told)
