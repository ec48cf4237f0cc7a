"""Finding invoices: by outcome, supplier, numbers, days and amounts, auto-approved ones like any other."""

from datetime import date, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.documents.numbers import normalised_invoice_number, normalised_number
from app.kit.clock import midnight_after
from app.kit.columns import kept
from app.kit.errors import Fault, Invalid
from app.kit.ids import first_id
from app.kit.money import Exact
from app.kit.pages import MOST, NO_NUL, PageQuery
from app.match.engine.codes import Outcome
from app.match.models import CaseOrder, InvoiceCase
from app.orders.models import PurchaseOrder

ONE_DAY: Final = timedelta(days=1)


class SearchNotFitting(Invalid):
    """Days or amounts of a search are the wrong way round, or out of reach."""


class InvoiceQuery(BaseModel):
    """Which invoices are wanted; everything that is said must hold. Numbers are compared as invoices' numbers are,
    however spaced or cased.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST, description="Rows on a page.")] = 50
    cursor: Annotated[str | None, Field(max_length=100, description="`next_cursor` of the page before.")] = None
    outcome: Annotated[list[Outcome], Field(description="One of these.")] = []
    supplier_id: UUID | None = None
    number: Annotated[str | None, Field(max_length=300, pattern=NO_NUL, description="The invoice's number.")] = None
    order: Annotated[str | None, Field(max_length=300, pattern=NO_NUL, description="The number of a billed order.")] = (
        None
    )
    received_from: Annotated[date | None, Field(description="The first day.")] = None
    received_to: Annotated[date | None, Field(description="The last day.")] = None
    amount_from: Annotated[Exact | None, Field(description="Payable, at least.")] = None
    amount_to: Annotated[Exact | None, Field(description="Payable, at most.")] = None
    q: Annotated[str | None, Field(max_length=100, pattern=NO_NUL, description="Anywhere in its number.")] = None

    @property
    def page(self) -> PageQuery:
        return PageQuery(limit=self.limit, cursor=self.cursor)


def matching(query: SelectOfScalar[InvoiceCase], wanted: InvoiceQuery) -> SelectOfScalar[InvoiceCase]:
    """Narrow a query to the invoices that are wanted.

    :raises SearchNotFitting: for days or amounts the wrong way round.
    """
    _require_order(wanted.received_from, wanted.received_to, "received_to")
    _require_order(wanted.amount_from, wanted.amount_to, "amount_to")
    conditions = [*_named(wanted), *_received(wanted), *_amounts(wanted)]
    if wanted.outcome:
        conditions.append(col(InvoiceCase.outcome).in_([str(outcome) for outcome in wanted.outcome]))
    return query.where(*conditions)


def _require_order(first: Any, last: Any, name: str) -> None:
    if first is not None and last is not None and last < first:
        message = f"{last} is before {first}" if isinstance(last, date) else f"{last} is less than {first}"
        raise SearchNotFitting(message, faults=[Fault(message, pointer=f"/{name}")])


def _named(wanted: InvoiceQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.supplier_id is not None:
        found.append(col(InvoiceCase.supplier_id) == wanted.supplier_id)
    if wanted.number is not None:
        found.append(col(InvoiceCase.normalised_number) == normalised_invoice_number(wanted.number))
    if wanted.q is not None:
        part = normalised_invoice_number(wanted.q)
        found.append(col(InvoiceCase.normalised_number).contains(part, autoescape=True))
    if wanted.order is not None:
        billed = (
            select(CaseOrder.invoice_id)
            .join(PurchaseOrder, col(PurchaseOrder.id) == col(CaseOrder.order_id))
            .where(PurchaseOrder.normalised_number == normalised_number(wanted.order))
        )
        found.append(col(InvoiceCase.id).in_(billed))
    return found


def _received(wanted: InvoiceQuery) -> list[ColumnElement[bool]]:
    """Ids sort by the time of arrival."""
    found: list[ColumnElement[bool]] = []
    try:
        if wanted.received_from is not None:
            found.append(col(InvoiceCase.id) >= first_id(midnight_after(wanted.received_from - ONE_DAY)))
        if wanted.received_to is not None:
            found.append(col(InvoiceCase.id) < first_id(midnight_after(wanted.received_to)))
    except (OverflowError, ValueError) as reason:
        message = "no invoice was received on the first or last day that there is"
        raise SearchNotFitting(message, faults=[Fault(message, pointer="/received_from")]) from reason
    return found


def _amounts(wanted: InvoiceQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.amount_from is not None:
        found.append(col(InvoiceCase.payable_amount) >= kept(wanted.amount_from))
    if wanted.amount_to is not None:
        found.append(col(InvoiceCase.payable_amount) <= kept(wanted.amount_to))
    return found
