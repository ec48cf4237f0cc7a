"""What a branch's orders reserve by month, posting and currency (dispositionsregnskab).

An order counts in the month of its requested delivery, or else in that of its issue; a standing order counts whole in
that month, as it reserves all it was approved for when it is sent. The database adds up the lines that take no
division; the others, in part received or split among postings, are read one after another and divided as they are for
a single order, so that both tell the same to the øre.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from itertools import chain, groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, literal, not_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.catalogs.change_queries import streamed
from app.kit.columns import ExactDecimal
from app.kit.errors import Fault, Invalid
from app.orders.commitments import ZERO, Commitment, commitment_of
from app.orders.funds_messages import FundsOut, FundsRow
from app.orders.models import OrderStatus, PurchaseOrder, PurchaseOrderLine
from app.orders.periods import months_later
from app.orders.posting_models import PostingShare
from app.organisations import queries as organisations
from app.organisations.access import Call, below, require
from app.organisations.permissions import Permission

MOST_MONTHS: Final = 24

Key = tuple[str, str | None, str]
Figures = dict[Key, Commitment]

_DAY: Final = func.coalesce(col(PurchaseOrder.requested_delivery_on), col(PurchaseOrder.issued_on))
_OPEN: Final = col(PurchaseOrder.status) == OrderStatus.SENT
_AGREED: Final = col(PurchaseOrderLine.accepted_amount)
_NOTHING: Final = literal(ZERO, ExactDecimal)


class SpanNotTold(Invalid):
    """The days are the wrong way round, or too many for one answer."""


def get_funds(call: Call, organisation_id: UUID, from_on: date, to_on: date) -> FundsOut:
    """Give what the sent orders of an organisation, and of all below it, reserve; confidential ones count, too. What
    came and what was invoiced is told of orders that are over as well.

    :raises SpanNotTold: for more than 24 months, or none.
    """
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.ORDER_READ, organisation.id)
    _require_span(from_on, to_on)
    wanted = and_(
        below(PurchaseOrder.organisation_id, [organisation.id]),
        col(PurchaseOrder.sent_at).is_not(None),
        _DAY.between(from_on, to_on),
    )
    figures: Figures = defaultdict(Commitment)
    for key, part in chain(_added_up(call, wanted), _divided(call, wanted)):
        figures[key] += part
    rows = [
        FundsRow(month=month, accounting_cost=posting, currency=currency, **asdict(part))
        for (month, posting, currency), part in sorted(figures.items(), key=lambda found: _order(found[0]))
        if part != Commitment()
    ]
    return FundsOut(organisation_id=organisation.id, from_on=from_on, to_on=to_on, rows=rows)


def _require_span(from_on: date, to_on: date) -> None:
    if to_on < from_on:
        message = f"{to_on} is before {from_on}"
        raise SpanNotTold(message, faults=[Fault(message, f"{to_on} er før {from_on}", pointer="/to")])
    if from_on.year + MOST_MONTHS // 12 < date.max.year and to_on >= months_later(from_on, MOST_MONTHS):
        message = f"from {from_on} to {to_on} is more than {MOST_MONTHS} months; ask for fewer at a time"
        told_da = f"fra {from_on} til {to_on} er mere end {MOST_MONTHS} måneder; spørg om færre ad gangen"
        raise SpanNotTold(message, faults=[Fault(message, told_da, pointer="/to")])


def _order(key: Key) -> tuple[str, str, str]:
    month, posting, currency = key
    return month, posting or "", currency


def _key(row: Row[Any], posting: str | None) -> Key:
    return f"{row.day:%Y-%m}", posting, row.currency


def _worth(what: str) -> ColumnElement[Any]:
    """Give what is received or invoiced of a line that takes no division."""
    quantity = getattr(PurchaseOrderLine, f"{what}_quantity")
    return case(
        (col(PurchaseOrderLine.by_amount), getattr(PurchaseOrderLine, f"{what}_amount")),
        (quantity == ZERO, _NOTHING),
        else_=_AGREED,
    )


def _takes_no_division() -> ColumnElement[bool]:
    line = PurchaseOrderLine
    whole = (
        or_(counted == ZERO, counted == col(line.accepted_quantity))
        for counted in (col(line.received_quantity), col(line.invoiced_quantity))
    )
    shares = aliased(PostingShare)
    is_split = exists().where(col(shares.order_line_id) == col(line.id))
    return and_(or_(col(line.by_amount), and_(*whole)), not_(is_split))


def _lines(wanted: ColumnElement[bool], *columns: Any) -> Select[*tuple[Any, ...]]:
    joined = col(PurchaseOrderLine.order_id) == col(PurchaseOrder.id)
    return (
        select(_DAY.label("day"), col(PurchaseOrder.currency), *columns)
        .join_from(PurchaseOrder, PurchaseOrderLine, joined)
        .where(wanted)
    )


def _added_up(call: Call, wanted: ColumnElement[bool]) -> Iterator[tuple[Key, Commitment]]:
    invoiced, posting = _worth("invoiced"), col(PurchaseOrderLine.accounting_cost)
    received = case((invoiced > _worth("received"), invoiced), else_=_worth("received"))
    is_to_come = and_(_OPEN, received < _AGREED)
    sums = {
        "agreed": case((is_to_come, _AGREED), else_=_NOTHING),
        "begun": case((is_to_come, received), else_=_NOTHING),
        "received": received,
        "invoiced": invoiced,
    }
    query = _lines(wanted, posting, *(func.sum(told, type_=ExactDecimal).label(name) for name, told in sums.items()))
    grouped = query.where(_takes_no_division()).group_by(_DAY, col(PurchaseOrder.currency), posting)
    for row in streamed(call.session, grouped):
        part = Commitment(row.agreed - row.begun, row.received - row.invoiced, row.invoiced)
        yield _key(row, row.accounting_cost), part


def _divided(call: Call, wanted: ColumnElement[bool]) -> Iterator[tuple[Key, Commitment]]:
    line = PurchaseOrderLine
    counters = (
        getattr(line, f"{what}_{measure}")
        for what in ("accepted", "received", "invoiced")
        for measure in ("quantity", "amount")
    )
    share: tuple[Any, ...] = (
        col(PostingShare.accounting_cost).label("shared_to"),
        col(PostingShare.amount).label("share"),
    )
    query = _lines(wanted, _OPEN.label("is_open"), line.id, line.by_amount, line.accounting_cost, *counters, *share)
    query = query.outerjoin(PostingShare, col(PostingShare.order_line_id) == col(line.id))
    query = query.where(not_(_takes_no_division())).order_by(col(line.id), col(PostingShare.position))
    for _, found in groupby(streamed(call.session, query), lambda row: row.id):
        yield from _of_line(list(found))


def _of_line(rows: list[Any]) -> Iterator[tuple[Key, Commitment]]:
    """Give what a line reserves, share by share; a line that is not split has one row without a share."""
    first = rows[0]
    whole = commitment_of(first, is_open=bool(first.is_open))
    if first.share is None:
        yield _key(first, first.accounting_cost), whole
        return
    for row, part in zip(rows, whole.divided([row.share for row in rows]), strict=True):
        yield _key(row, row.shared_to), part
