"""Many rows at once, as fast as each database takes them: COPY on PostgreSQL, the driver's executemany on SQLite."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Session, SQLModel

from app.kit.db import is_postgresql

Bind = Callable[[Any], Any] | None


def insert_many(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; what a JSON column gets is written JSON already."""
    if not rows:
        return
    session.flush()
    columns = SQLModel.metadata.tables[str(model.__tablename__)].columns
    used = [columns[name] for name in rows[0]]
    dialect = session.connection().dialect
    binds = [_bind_of(column, dialect) for column in used]
    names = ", ".join(f'"{column.name}"' for column in used)
    if is_postgresql(session):
        _copy(session, f'COPY "{model.__tablename__}" ({names}) FROM STDIN', _bound(rows, binds))
        return
    marks = ", ".join("?" * len(used))
    statement = f'INSERT INTO "{model.__tablename__}" ({names}) VALUES ({marks})'  # noqa: S608 - names of our columns
    session.connection().exec_driver_sql(statement, list(_bound(rows, binds)))


def _bind_of(column: Column[Any], dialect: Any) -> Bind:
    kind = column.type.dialect_impl(dialect)
    bind: Bind = None if isinstance(column.type, JSON) else kind.bind_processor(dialect)
    return bind


def _bound(rows: Sequence[Mapping[str, Any]], binds: Sequence[Bind]) -> Iterator[tuple[Any, ...]]:
    changing = [(place, bind) for place, bind in enumerate(binds) if bind is not None]
    for row in rows:
        values = list(row.values())
        for place, bind in changing:
            values[place] = bind(values[place])
        yield tuple(values)


def _copy(session: Session, statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
