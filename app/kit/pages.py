"""Cursor pages: lists answer `{"data": [...], "next_cursor": ...}`, ordered by id, without offsets or totals."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, select, union_all
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.errors import Fault, Invalid

MOST = 200
NO_NUL = "^[^\\x00]*$"
"""A word to look for holds no NUL, which PostgreSQL's text does not take."""


class Identified(Protocol):
    """A row with a UUIDv7 as key: sorted by it is sorted by the time it was made."""

    id: UUID


Row = TypeVar("Row", bound=Identified)
Item = TypeVar("Item", bound=BaseModel)


class InvalidCursor(Invalid):
    """The cursor was not made by this service."""


class PageQuery(BaseModel):
    """What a caller may say about the page: how many, and where to go on."""

    model_config = ConfigDict(frozen=True)

    limit: int = 50
    cursor: str | None = None


def page_query(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Rows on a page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=100, description="`next_cursor` of the page before.")] = None,
) -> PageQuery:
    return PageQuery(limit=limit, cursor=cursor)


class Page(BaseModel, Generic[Item]):
    """Rows and where to go on; `next_cursor` is null on the last page."""

    data: Sequence[Item]
    next_cursor: str | None = None


def write_cursor(key: UUID) -> str:
    return base64.urlsafe_b64encode(key.bytes).decode().rstrip("=")


def read_cursor(cursor: str) -> UUID:
    """Read a cursor back.

    :raises InvalidCursor: when it is none of ours.
    """
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as reason:
        message = "take the cursor from `next_cursor` of the page before"
        raise InvalidCursor(message, faults=[Fault(message, pointer="/cursor")]) from reason


def firsts(ways: Sequence[Any], model: type[Any], wanted: PageQuery) -> ColumnElement[bool]:
    """Give the condition that a row may be on a page of those that any one of some ways leads to: it is one of the
    first of its way. Each way goes along its own index and ends after a page; all together they would look at every
    row for somebody who sees few.
    """
    key = col(model.id)
    begun = [] if wanted.cursor is None else [key > read_cursor(wanted.cursor)]
    parts = [select(key).where(way, *begun).order_by(key).limit(wanted.limit + 1).subquery() for way in ways]
    return key.in_(union_all(*(select(part.c.id) for part in parts)))


def page(
    session: Session, query: SelectOfScalar[Any], model: type[Any], wanted: PageQuery, to_item: Callable[[Any], Item]
) -> Page[Item]:
    """Give one page of a query over `model`, newest last, each row through `to_item`."""
    if wanted.cursor is not None:
        query = query.where(col(model.id) > read_cursor(wanted.cursor))
    rows = session.exec(query.order_by(col(model.id)).limit(wanted.limit + 1)).all()
    more = len(rows) > wanted.limit
    shown = rows[: wanted.limit]
    return Page(data=[to_item(row) for row in shown], next_cursor=write_cursor(shown[-1].id) if more else None)
