"""A supplier's answer as the buyer compares it: what is agreed on, what is offered, and how much dearer that is."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from app.documents.item import Item
from app.documents.order_response import OrderResponseLine
from app.kit.money import Quantity
from app.orders import queries
from app.orders.answer_messages import AnsweredLineOut, AnswerOut, OfferOut
from app.orders.answered import Offer, changes, hindrance, offers, price_of
from app.orders.cancelling import has_come
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.responding import waiting_answer
from app.organisations.access import Call, NotAllowed


def get_answer(call: Call, order_id: UUID) -> AnswerOut:
    """Give the answer that waits.

    :raises NotAllowed: for the supplier, who wrote it.
    :raises NothingToAccept: when none waits.
    """
    order = queries.order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise NotAllowed("what the buyer compares your answer with is for the buyer's people")
    response = waiting_answer(order)
    lines = {line.line_id: line for line in queries.lines_of(call.session, order.id)}
    shown = [_line_out(order, lines.get(answer.line.line_id), answer) for answer in response.lines]
    total = sum((line.accepted_amount for line in lines.values()), start=Decimal(0))
    offered = total + sum((line.offers[0].difference for line in shown if line.offers), start=Decimal(0))
    return AnswerOut(
        order_id=order.id,
        number=response.number,
        answered_on=response.issue_date,
        currency=order.currency,
        total_amount=total,
        offered_amount=offered,
        difference=offered - total,
        lines=shown,
        version=order.version,
    )


def _line_out(order: PurchaseOrder, line: PurchaseOrderLine | None, answer: OrderResponseLine) -> AnsweredLineOut:
    said = answer.line
    return AnsweredLineOut(
        line_id=said.line_id,
        line_status_code=said.line_status_code,
        substitution_status_code=answer.substitution_status_code,
        notes=[*answer.notes, *said.notes],
        item=Item.model_validate(line.item) if line is not None else said.item,
        quantity=Quantity(line.accepted_quantity, line.unit_code) if line is not None else None,
        price=price_of(line) if line is not None else None,
        amount=line.accepted_amount if line is not None else None,
        reasons=changes(line, answer) if line is not None else [f"line {said.line_id} is not on the order"],
        offers=_offers(order, line, answer) if line is not None else [],
    )


def _offers(order: PurchaseOrder, line: PurchaseOrderLine, answer: OrderResponseLine) -> Sequence[OfferOut]:
    come = has_come(order, line)
    return [_offer_out(line, one, hindrance(line, answer, one, come=come)) for one in offers(line, answer)]


def _offer_out(line: PurchaseOrderLine, offer: Offer, why: str | None) -> OfferOut:
    return OfferOut(
        substitute=offer.substitute,
        item=offer.item,
        quantity=offer.quantity,
        back_ordered_quantity=offer.later,
        price=offer.price,
        amount=offer.amount,
        difference=offer.amount - line.accepted_amount,
        promised_on=offer.promised_on,
        hindrance=why,
    )
