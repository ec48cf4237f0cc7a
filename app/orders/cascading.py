"""Buying past a binding agreement: it takes a reason, which is kept on the line and listed for who watches it."""

from collections.abc import Sequence
from typing import Final

from sqlmodel import col, or_, select

from app.agreements import queries as agreements
from app.agreements.cascade import CascadeRank, rank_of
from app.catalogs import queries as catalogs
from app.catalogs.alternatives import Alike, Offer, offers_alike
from app.catalogs.lines import document_line
from app.catalogs.prices import price_on
from app.catalogs.queries import OrderableLine
from app.kit.errors import Fault
from app.kit.pages import Page, PageQuery, page
from app.orders.messages import CascadeException, OrderLineIn
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.organisations.access import Call, branches
from app.organisations.permissions import Permission

RULE: Final = "P-CASCADE"
KEPT: Final = {"organisation_id", "approved_by", "approved_for", "sent_at", "currency", "agreement_id"}
"""What is told of an order as it stands there."""


def passed_over(call: Call, wanted: Sequence[tuple[OrderLineIn, OrderableLine]]) -> list[Offer | None]:
    """Give for each line the offer of its item on a binding agreement that could be ordered instead, or nothing."""
    free = [source.row for _, source in wanted if not _is_binding(source)]
    if not free:
        return [None] * len(wanted)
    visible = catalogs.by_id(agreements.visible_agreements(call.session, call.actor, call.today))
    alike = Alike(offer for offer in offers_alike(call, visible, free) if offer.standing.rank == CascadeRank.BINDING)
    return [None if _is_binding(source) else _orderable(call, line, alike.of(source.row)) for line, source in wanted]


def _is_binding(source: OrderableLine) -> bool:
    return rank_of(source.agreement.kind, binding=source.agreement.binding) == CascadeRank.BINDING


def _orderable(call: Call, line: OrderLineIn, offers: Sequence[Offer]) -> Offer | None:
    """Give the first offer with a price for the quantity wanted."""
    priced = (
        offer for offer in offers if price_on(document_line(offer.row.content), call.today, line.quantity) is not None
    )
    return next(priced, None)


def reason_missing(index: int, passed: Offer) -> Fault:
    """Say that a line is bought past a binding agreement without a reason."""
    on = f"{passed.row.name} ({passed.agreement.title}, {passed.agreement.contract_number})"
    return Fault(
        f"the same item is on a binding agreement: {on}, line {passed.row.id}; order that, or give a cascade_reason",
        message_da=f"samme vare er på en forpligtende aftale: {on}; bestil den, eller begrund valget i cascade_reason",
        pointer=f"/lines/{index}/cascade_reason",
        rule_id=RULE,
    )


def list_exceptions(call: Call, wanted: PageQuery) -> Page[CascadeException]:
    """Give the lines of sent orders that were bought past a binding agreement, in the branches where the actor reads
    agreements or orders; confidential orders are their parties' alone.
    """
    where = PurchaseOrder.organisation_id
    read = or_(
        branches(call.actor, Permission.AGREEMENT_READ, where), branches(call.actor, Permission.ORDER_READ, where)
    )
    query = (
        select(PurchaseOrderLine)
        .join(PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.order_id))
        .where(
            col(PurchaseOrderLine.passed_agreement_id).is_not(None),
            col(PurchaseOrder.sent_at).is_not(None),
            col(PurchaseOrder.confidential).is_(False),
            read,
        )
    )
    return page(call.session, query, PurchaseOrderLine, wanted, lambda line: _told(call, line))


def _told(call: Call, line: PurchaseOrderLine) -> CascadeException:
    order = call.session.get_one(PurchaseOrder, line.order_id)
    return CascadeException.model_validate(
        {
            **line.model_dump(),
            **order.model_dump(include=KEPT),
            "order_number": order.number,
            "ordered_by": order.created_by,
            "ordered_for": order.created_for,
            "item_name": line.item.get("name"),
            "amount": line.ordered_amount,
        }
    )
