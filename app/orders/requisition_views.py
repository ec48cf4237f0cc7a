"""Requisitions as they are told: what they may cost, what keeps lines from being ordered, what became of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from app.agreements import queries as agreements
from app.documents.item import Item
from app.documents.price import Price
from app.kit.money import Quantity
from app.orders import requisition_queries as queries
from app.orders.messages import LineFlag
from app.orders.posting_messages import PostingIn, PostingOut
from app.orders.postings import shares
from app.orders.requisition_messages import RequisitionLineOut, RequisitionOut, TotalOut
from app.orders.requisition_models import LineSource, Requisition, RequisitionLine
from app.organisations.access import Call, actor_by_id

WRITTEN = {"item", "quantity", "price", "postings"}
"""What of a line is told otherwise than it is kept."""


def as_maker(call: Call, requisition: Requisition) -> Call:
    """Give the call as if whoever needs it made it, to ask what they may order today."""
    return replace(call, actor=actor_by_id(call.session, requisition.maker_id, call.today))


def out_of_sight(maker: Call, lines: Sequence[RequisitionLine]) -> set[UUID]:
    """Give the lines that somebody may not order any more: from the catalogue, or on an agreement."""
    rows = {line.catalogue_line_id for line in lines if line.catalogue_line_id is not None}
    today = queries.todays_rows(maker, rows)
    seen = {found.id for found in agreements.visible_agreements(maker.session, maker.actor, maker.today)}
    return {
        line.id
        for line in lines
        if (line.source == LineSource.CATALOGUE and line.catalogue_line_id not in today)
        or (line.source != LineSource.CATALOGUE and line.agreement_id is not None and line.agreement_id not in seen)
    }


def requisition_out(call: Call, requisition: Requisition) -> RequisitionOut:
    """Give a requisition with its lines; while it may still be ordered, these tell what would keep them from it."""
    call.session.flush()
    lines = queries.lines_of(call.session, requisition.id)
    orders = queries.orders_of(call.session, lines)
    lost = out_of_sight(as_maker(call, requisition), lines) if requisition.status in queries.OPEN and lines else set()
    return RequisitionOut(
        **requisition.model_dump(),
        totals=_totals(lines),
        lines=[_line_out(line, orders.get(line.id), is_lost=line.id in lost) for line in lines],
    )


def _totals(lines: Sequence[RequisitionLine]) -> list[TotalOut]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[line.currency] += line.amount
    return [TotalOut(currency=currency, amount=amount) for currency, amount in totals.items()]


def _line_out(line: RequisitionLine, order: tuple[UUID, str] | None, *, is_lost: bool) -> RequisitionLineOut:
    order_id, order_number = order or (None, None)
    return RequisitionLineOut(
        **line.model_dump(exclude=WRITTEN),
        item=Item.model_validate(line.item),
        quantity=Quantity(line.quantity, line.unit_code),
        price=Price.model_validate(line.price) if line.price else None,
        postings=postings_out(line),
        flags=[LineFlag.AGREEMENT_NOT_VISIBLE] if is_lost else [],
        order_id=order_id,
        order_number=order_number,
    )


def postings_out(line: RequisitionLine) -> list[PostingOut]:
    """Give the shares of a split line as amounts."""
    if not line.postings:
        return []
    postings = [PostingIn.model_validate(posting) for posting in line.postings]
    parts = zip(postings, shares(line.amount, postings), strict=True)
    return [PostingOut(accounting_cost=posting.accounting_cost, amount=amount) for posting, amount in parts]
