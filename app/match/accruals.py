"""Received and not invoiced at the end of a day: what an institution accrues when it closes a month.

A receipt counts on the day that it names, also when it was registered later, and one that was taken back never counted;
what went back counts from the day that it went. An invoice counts from the day of its approval for as long as the
approval stands; one that waits for a person is not invoiced. Prices are those that were agreed on at the day.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, not_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.catalogs.change_queries import streamed
from app.kit.calls import Filed
from app.kit.clock import business_day, midnight_after
from app.kit.columns import ExactDecimal
from app.kit.errors import Fault, Invalid
from app.kit.money import at_least_decimals
from app.kit.sheets import CSV, XLSX, write_long_csv
from app.kit.workbooks import Heading, WrittenSheet, write_long_workbook
from app.match.accrual_messages import AccrualFormat, AccrualRow, AccrualsOut, AccrualTotal
from app.match.accrual_sums import ZERO, Accrual, Agreed, Counted, accrual_of
from app.match.engine.codes import Outcome
from app.match.models import MatchDecision
from app.orders.change_models import OrderVersion
from app.orders.models import Allocation, Origin, PurchaseOrder, PurchaseOrderLine
from app.orders.posting_models import PostingShare
from app.orders.receipt_models import Receipt, ReceiptLine
from app.organisations import queries as organisations
from app.organisations.access import Call, below, require
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier

MOST_ROWS: Final = 10_000
APPROVING: Final = (Outcome.AUTO_APPROVED, Outcome.APPROVED)

HEADINGS: Final = (
    Heading("Ordrenummer"),
    Heading("Linje", width=8),
    Heading("Leverandør", width=30),
    Heading("Kontering", width=30),
    Heading("Valuta", width=8),
    Heading("Modtaget", "Uden moms, til aftalt pris.", is_amount=True),
    Heading("Faktureret", "Godkendte fakturaer, til aftalt pris.", is_amount=True),
    Heading("Periodiseres", "Modtaget og ikke faktureret.", is_amount=True),
)
_NOTHING: Final = literal(ZERO, ExactDecimal)
_MEASURES: Final = ("quantity", "amount")


class DayToCome(Invalid):
    """The day is not there yet: nobody knows what will have come by it."""


class AccrualsTooMany(Invalid):
    """There are more rows than are told as JSON."""


def get_accruals(call: Call, on: date, organisation_id: UUID, form: AccrualFormat) -> AccrualsOut | Filed:
    """Give what an organisation, and all below it, had received by the end of a day and not been invoiced.

    :raises DayToCome: for a day after today.
    :raises AccrualsTooMany: when there are more than ten thousand rows; sheets take any number.
    """
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.INVOICE_READ, organisation.id)
    if on > call.today:
        message = f"{on} is to come; today is {call.today}"
        raise DayToCome(message, faults=[Fault(message, f"{on} er ikke kommet endnu", pointer="/on")])
    rows = _Accruals(call, on, organisation.id).rows()
    return _told(organisation.id, on, rows) if form == AccrualFormat.JSON else _filed(on, rows, form)


def _told(organisation_id: UUID, on: date, rows: Iterable[AccrualRow]) -> AccrualsOut:
    kept: list[AccrualRow] = []
    sums: dict[str, Accrual] = defaultdict(Accrual)
    for row in rows:
        if len(kept) == MOST_ROWS:
            message = f"there are more than {MOST_ROWS} rows; ask for them as csv or xlsx, or for a part of the branch"
            raise AccrualsTooMany(message, faults=[Fault(message, pointer="/format")])
        kept.append(row)
        sums[row.currency] += Accrual(row.received, row.invoiced)
    totals = [
        AccrualTotal(currency=currency, received=one.received, invoiced=one.invoiced, accrued=one.accrued)
        for currency, one in sorted(sums.items())
    ]
    return AccrualsOut(organisation_id=organisation_id, on=on, rows=kept, totals=totals)


def _filed(on: date, rows: Iterable[AccrualRow], form: AccrualFormat) -> Filed:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when it has been sent
    cells = (_cells(row) for row in rows)
    named = {"Content-Disposition": f'attachment; filename="periodisering-{on}.{form}"'}
    if form == AccrualFormat.CSV:
        write_long_csv(file, [heading.header for heading in HEADINGS], cells)
        return Filed(file, f"{CSV}; charset=utf-8", named)
    write_long_workbook(file, [WrittenSheet("Periodisering", HEADINGS, enumerate(cells, start=2))])
    return Filed(file, XLSX, named)


def _cells(row: AccrualRow) -> list[str]:
    words = (row.order_number, row.line_id, row.supplier_name, row.accounting_cost, row.currency)
    return [*(word or "" for word in words), *map(at_least_decimals, (row.received, row.invoiced, row.accrued))]


class _Accruals:
    """The accruals of a branch at the end of a day, read line by line."""

    def __init__(self, call: Call, on: date, organisation_id: UUID) -> None:
        self._call = call
        self._on = on
        self._end: datetime = midnight_after(on)
        self._here = below(PurchaseOrder.organisation_id, [organisation_id])

    def rows(self) -> Iterator[AccrualRow]:
        """Give each place where something is accrued: by order and line, confidential orders in the end."""
        hidden: dict[tuple[str | None, str], Accrual] = defaultdict(Accrual)
        for _, found in groupby(streamed(self._call.session, self._query()), lambda row: row.id):
            lines = list(found)
            for row, part in self._of_line(lines):
                posting = row.accounting_cost if row.share is None else row.shared_to
                if row.confidential:
                    hidden[posting, row.currency] += part
                elif part.accrued:
                    yield _row(part, posting, row.currency, row)
        for (posting, currency), part in sorted(hidden.items(), key=lambda one: (one[0][0] or "", one[0][1])):
            if part.accrued:
                yield _row(part, posting, currency, None)

    def _of_line(self, rows: list[Any]) -> Iterator[tuple[Any, Accrual]]:
        """Give what a line accrues, share by share; a line that is not split has one row without a share."""
        first = rows[0]
        is_opening = first.origin == Origin.EARLIER and business_day(first.created_at) <= self._on
        whole = accrual_of(_counted(first, is_opening=is_opening), self._agreed(first), by_amount=first.by_amount)
        if not whole.accrued:
            return
        shares = [row.share for row in rows if row.share is not None]
        yield from zip(rows, whole.divided(shares), strict=True)

    def _agreed(self, line: Any) -> Agreed:
        return self._agreed_then.get((line.order_id, line.line_id)) or Agreed(
            line.accepted_quantity, line.accepted_amount
        )

    @cached_property
    def _agreed_then(self) -> dict[tuple[UUID, str], Agreed]:
        """Give what was agreed on of the lines of orders that have become others after the day."""
        version, later = OrderVersion, aliased(OrderVersion)
        after = exists().where(col(later.order_id) == col(version.order_id), col(later.made_at) >= self._end)
        between = exists().where(
            col(later.order_id) == col(version.order_id),
            col(later.ordinal) > col(version.ordinal),
            col(later.made_at) < self._end,
        )
        query = (
            select(col(version.order_id), col(version.lines))
            .join(PurchaseOrder, col(PurchaseOrder.id) == col(version.order_id))
            .where(self._here, col(version.made_at) < self._end, after, not_(between))
        )
        found = self._call.session.connection().execute(query).all()
        return {
            (order_id, line["line_id"]): Agreed(*(Decimal(line[f"accepted_{what}"]) for what in _MEASURES))
            for order_id, lines in found
            for line in lines
        }

    def _query(self) -> Select[*tuple[Any, ...]]:
        line, order, receipts, takings = PurchaseOrderLine, PurchaseOrder, self._receipts(), self._takings()
        counters = (
            getattr(line, f"{what}_{measure}")
            for what in ("received", "invoiced", "credit_expected")
            for measure in _MEASURES
        )
        sums = (
            func.coalesce(table.c[name], _NOTHING, type_=ExactDecimal).label(name)
            for table in (receipts, takings)
            for name, _ in table.c.items()
            if name != "order_line_id"
        )
        is_even = and_(
            *(
                func.coalesce(receipts.c[f"received_{measure}_then"], _NOTHING)
                == func.coalesce(takings.c[f"invoiced_{measure}_then"], _NOTHING)
                for measure in _MEASURES
            )
        )
        return (
            select(
                *(col(line.id), col(line.line_id), col(line.accounting_cost), col(line.by_amount)),
                *(col(line.accepted_quantity), col(line.accepted_amount), *counters, *sums),
                *(col(order.id).label("order_id"), col(order.number), col(order.currency), col(order.origin)),
                *(col(order.confidential), col(order.created_at), col(order.supplier_id)),
                col(Supplier.name).label("supplier_name"),
                *(col(PostingShare.accounting_cost).label("shared_to"), col(PostingShare.amount).label("share")),
            )
            .join_from(order, line, col(line.order_id) == col(order.id))
            .join(Supplier, col(Supplier.id) == col(order.supplier_id))
            .outerjoin(receipts, receipts.c.order_line_id == col(line.id))
            .outerjoin(takings, takings.c.order_line_id == col(line.id))
            .outerjoin(PostingShare, col(PostingShare.order_line_id) == col(line.id))
            .where(self._here, col(order.sent_at).is_not(None), or_(not_(is_even), col(order.origin) == Origin.EARLIER))
            .order_by(col(order.id), col(line.position), col(PostingShare.position))
        )

    def _receipts(self) -> Subquery:
        counts = col(Receipt.received_on) <= self._on
        return (
            select(col(ReceiptLine.order_line_id), *_sums("received", ReceiptLine, counts))
            .join_from(ReceiptLine, Receipt, col(Receipt.id) == col(ReceiptLine.receipt_id))
            .join(PurchaseOrder, col(PurchaseOrder.id) == col(Receipt.order_id))
            .where(self._here)
            .group_by(col(ReceiptLine.order_line_id))
            .subquery()
        )

    def _takings(self) -> Subquery:
        counts = and_(col(Allocation.allocated_at) < self._end, self._is_approved())
        line = PurchaseOrderLine
        return (
            select(col(Allocation.order_line_id), *_sums("invoiced", Allocation, counts))
            .join_from(Allocation, line, col(line.id) == col(Allocation.order_line_id))
            .join(PurchaseOrder, col(PurchaseOrder.id) == col(line.order_id))
            .where(self._here, col(Allocation.held).is_(False))
            .group_by(col(Allocation.order_line_id))
            .subquery()
        )

    def _is_approved(self) -> ColumnElement[bool]:
        """Give the condition that the decision about an allocation's invoice that was live then approves it."""
        then, later = aliased(MatchDecision), aliased(MatchDecision)
        taken_over = exists().where(
            col(later.invoice_id) == col(then.invoice_id),
            col(later.sequence) > col(then.sequence),
            col(later.decided_at) < self._end,
        )
        return exists().where(
            col(then.invoice_id) == col(Allocation.invoice_id),
            col(then.outcome).in_(APPROVING),
            col(then.decided_at) < self._end,
            not_(taken_over),
        )


def _sums(what: str, model: Any, counts: ColumnElement[bool]) -> Iterator[ColumnElement[Any]]:
    """Give what counts and all that there is, in units and in money."""
    for measure in _MEASURES:
        column = col(getattr(model, measure))
        then = case((counts, column), else_=_NOTHING)
        yield func.sum(then, type_=ExactDecimal).label(f"{what}_{measure}_then")
        yield func.sum(column, type_=ExactDecimal).label(f"{what}_{measure}_ever")


def _counted(line: Any, *, is_opening: bool) -> Counted:
    measure = "amount" if line.by_amount else "quantity"
    told = {name: getattr(line, f"{what}_{measure}_{when}") for what, when, name in _TOLD}
    gone_back = getattr(line, f"credit_expected_{measure}")
    return Counted(
        **told,
        received=getattr(line, f"received_{measure}") - gone_back,
        invoiced=getattr(line, f"invoiced_{measure}"),
        is_opening=is_opening,
    )


_TOLD: Final = tuple((what, when, f"{what}_{when}") for what in ("received", "invoiced") for when in ("then", "ever"))


def _row(part: Accrual, posting: str | None, currency: str, line: Any) -> AccrualRow:
    return AccrualRow(
        order_id=line and line.order_id,
        order_number=line and line.number,
        line_id=line and line.line_id,
        supplier_id=line and line.supplier_id,
        supplier_name=line and line.supplier_name,
        accounting_cost=posting,
        currency=currency,
        received=part.received,
        invoiced=part.invoiced,
        accrued=part.accrued,
    )
