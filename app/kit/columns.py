"""Column types that keep their promise on SQLite and PostgreSQL: exact decimals, UTC moments, enums as text, JSON."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, LargeBinary, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from app.kit.errors import Invalid
from app.kit.money import ROUNDING

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SCALE = 6
"""Decimals kept of every amount, price and quantity that the database adds up."""

TOO_LARGE = Decimal(2**63).scaleb(-SCALE)
"""The first number that SQLite's 64 bits do not hold: a little over nine million millions."""

NOTHING = Decimal("0.00")
_FINEST, _CENT = Decimal(1).scaleb(-SCALE), Decimal("0.01")

Choice = TypeVar("Choice", bound=StrEnum)


class NumberNotKept(Invalid, ValueError):  # noqa: N818 - a refusal like the others
    """A number has more decimals than are kept, or is too large."""


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with six decimals: NUMERIC on PostgreSQL, a scaled integer on SQLite.

    SQLite has no decimal type: NUMERIC there is a float, and 0.1 + 0.2 comes back as 0.30000000000000004. A value with
    more decimals than fit is refused, never rounded behind somebody's back. Comparing or adding two of these columns
    in SQL is exact on both, and so are SUM, MIN and MAX; multiplying two, or AVG, is not possible on SQLite (the scale
    would square, or the average be a float).
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(18 + SCALE, SCALE))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"an exact column takes a Decimal, not {type(value).__name__}")
        if not value:
            return 0
        kept(value)
        return int(value.scaleb(SCALE)) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if not value:
            return None if value is None else NOTHING
        return _unscaled(value) if dialect.name == "sqlite" else trimmed(value)


def _unscaled(value: int) -> Decimal:
    hundredths, rest = divmod(value, 10 ** (SCALE - 2))
    return trimmed(Decimal(value).scaleb(-SCALE)) if rest else Decimal(hundredths).scaleb(-2)


def kept(value: Decimal) -> Decimal:
    """Let a number pass that a column keeps whole.

    :raises NumberNotKept: for any other; also a ValueError, so that messages can check a field by it.
    """
    if not value.is_finite() or abs(value) >= TOO_LARGE or value != value.quantize(_FINEST, context=ROUNDING):
        raise NumberNotKept(f"{value} has more than {SCALE} decimals, or is too large")
    return value


def trimmed(value: Decimal) -> Decimal:
    """Drop zeros behind the second decimal, so that both databases give the same 100.00 back."""
    in_cents = value.quantize(_CENT)
    if in_cents == value:
        return in_cents
    return value.quantize(Decimal(1).scaleb(int(value.normalize().as_tuple().exponent)))


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; a naive datetime is refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[StrEnum]):
    """An enum kept as its value in text: a new member needs no migration, an unknown value is refused on reading."""

    impl = String
    cache_ok = True

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__(40)
        self.choices = choices

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.choices(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.choices(value)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def decimal_column(*, nullable: bool = False) -> Column[Any]:
    return Column(ExactDecimal, nullable=nullable)


def moment_column(*, nullable: bool = False, index: bool = False) -> Column[Any]:
    return Column(UtcDateTime, nullable=nullable, index=index)


def enum_column(choices: type[StrEnum], *, nullable: bool = False, index: bool = False) -> Column[Any]:
    return Column(EnumText(choices), nullable=nullable, index=index)


def json_column(*, nullable: bool = False) -> Column[Any]:
    return Column(Json, nullable=nullable)


def bytes_column() -> Column[Any]:
    return Column(LargeBinary, nullable=False)


def version_column() -> Column[Any]:
    return Column(Integer, nullable=False, default=1)
