"""Standing orders (stående ordrer): made and changed as drafts, listed, read, and begun when they are sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from app.documents.item import Classification, Item
from app.documents.numbers import normalised_number
from app.documents.values import Identifier
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import queries
from app.orders.headers import profile_for
from app.orders.missing_invoices import plan_notice
from app.orders.models import OrderStatus, OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.numbering import next_number
from app.orders.periods import Expected, Schedule, commitment
from app.orders.posting_lines import post_lines
from app.orders.posting_messages import PostingIn
from app.orders.standing_closing import plan_closing
from app.orders.standing_grounds import Ground, ground_of
from app.orders.standing_messages import StandingOrderIn, StandingOrderOut, StandingOrderRow
from app.orders.standing_models import (
    TERMS_TRANSITIONS,
    ReceiptMode,
    Recurrence,
    StandingOrder,
    StandingTerms,
    TermsStatus,
)
from app.orders.standing_queries import standing_of, standing_order, terms_of, visible_standing_orders
from app.orders.standing_views import standing_out, standing_row
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.identity import location_number
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier
from app.organisations.tree import require_open

NO_ITEM_NUMBER: Final = "n/a"
"""What items without a number carry, since some profiles want one."""

OVER: Final = (OrderStatus.REJECTED, OrderStatus.CANCELLED, OrderStatus.CLOSED, OrderStatus.CLOSED_SHORT)
"""An order that is over gives its reference free."""

RECURRENCES: Final = {
    Recurrence.WEEKLY: "uge",
    Recurrence.MONTHLY: "måned",
    Recurrence.QUARTERLY: "kvartal",
    Recurrence.HALF_YEAR: "halve år",
    Recurrence.YEARLY: "år",
}


class ReferenceTaken(Conflict):
    """The supplier's reference belongs to another standing order, and an invoice must not mean two."""


class NoDraft(Conflict):
    """Only a draft is changed as a whole; what was sent gets new terms."""


@dataclass(frozen=True, slots=True)
class AsTheOrder:
    """A line that is posted where its order is."""

    accounting_cost: str | None = None
    postings: Sequence[PostingIn] = ()


def create(call: Call, body: StandingOrderIn) -> StandingOrderOut:
    """Make a standing order in DRAFT with its first terms.

    :raises AgreementNotFound: for an agreement that the caller may not order on.
    :raises StandingOrderNotPossible: naming what the agreement does not allow.
    :raises ReferenceTaken: when another standing order with the supplier has the reference.
    :raises PostingNotAllowed: when the posting is not one of the organisation's scheme.
    """
    organisation = organisations.organisation(call, body.organisation_id)
    require(call, Permission.ORDER_CREATE, organisation.id)
    require_open(organisation)
    ground = ground_of(call, body)
    number = next_number(call.session, organisation.id)
    order = PurchaseOrder(
        id=new_id(call.now),
        number=number,
        normalised_number=normalised_number(number),
        organisation_id=organisation.id,
        root_id=organisation.root_id,
        supplier_id=ground.supplier.id,
        agreement_id=body.agreement_id,
        type=OrderType.STANDING,
        buyer_gln=location_number(call.session, organisation, call.today),
        buyer_reference=body.buyer_reference,
        currency=ground.currency,
        profile_id=profile_for(ground.supplier),
        total_amount=Decimal(0),
        created_by=call.actor.id,
        created_for=call.actor.on_behalf_of,
        created_at=call.now,
    )
    _write(call, order, body, ground)
    _note(call, order, "standing_order.created")
    return standing_out(call, order)


def change(call: Call, order_id: UUID, body: StandingOrderIn, if_match: str | None) -> StandingOrderOut:
    """Change a draft.

    :raises NoDraft: when it was submitted or sent, or when it would be another organisation's or supplier's.
    :raises StandingOrderNotPossible, ReferenceTaken: as in making one.
    """
    order, standing = standing_order(call, order_id, lock=True)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    require_version(order, if_match)
    if order.status != OrderStatus.DRAFT:
        raise NoDraft(f"order {order.number} is {order.status}; return it, or propose new terms when it is SENT")
    ground = ground_of(call, body)
    if (body.organisation_id, ground.supplier.id) != (order.organisation_id, order.supplier_id):
        raise NoDraft("an order keeps its organisation and its supplier; cancel it and make another")
    for row in (*queries.lines_of(call.session, order.id), *terms_of(call.session, order.id)):
        call.session.delete(row)
    call.session.flush()
    call.session.delete(standing)
    call.session.flush()
    order.agreement_id, order.currency, order.buyer_reference = body.agreement_id, ground.currency, body.buyer_reference
    _write(call, order, body, ground)
    _note(call, order, "standing_order.changed")
    return standing_out(call, order)


def get(call: Call, order_id: UUID) -> StandingOrderOut:
    """Give a standing order.

    :raises OrderNotFound: for its supplier too, who is told of it in the order.
    """
    order, _ = standing_order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise queries.OrderNotFound(f"there is no standing order {order_id} for its supplier; read the order")
    return standing_out(call, order)


def list_standing_orders(call: Call, wanted: PageQuery) -> Page[StandingOrderRow]:
    query = visible_standing_orders(call).where(queries.seen_inside(call))
    return page(call.session, query, PurchaseOrder, wanted, lambda order: standing_row(call, order))


def _write(call: Call, order: PurchaseOrder, body: StandingOrderIn, ground: Ground) -> None:
    """Write a draft's rows; the supplier's row is locked, so that no other order takes the reference meanwhile."""
    reference = _free_reference(call, body.reference, ground.supplier, order.id)
    schedule = Schedule(body.recurrence, body.first_day, ground.valid_to)
    order.total_amount = commitment(schedule, (Expected(body.valid_from, body.terms.expected_amount),))
    order.accounting_cost, order.ends_on = body.accounting_cost, ground.valid_to
    order.requires_receipt = body.receipt_mode != ReceiptMode.NONE
    standing = StandingOrder(
        order_id=order.id,
        supplier_id=ground.supplier.id,
        normalised_reference=reference,
        anchor_on=body.first_day,
        valid_to=ground.valid_to,
        **body.model_dump(
            include={"reference", "recurrence", "valid_from", "receipt_mode", "advance_days", "notice_days"}
        ),
    )
    terms = StandingTerms(
        id=new_id(call.now),
        order_id=order.id,
        ordinal=1,
        effective_from=body.valid_from,
        commitment=order.total_amount,
        proposed_by=call.actor.id,
        proposed_for=call.actor.on_behalf_of,
        proposed_at=call.now,
        **body.terms.model_dump(),
    )
    call.session.add(order)
    call.session.flush()
    line = _line(call, order, body, standing)
    call.session.add_all([standing, line])
    call.session.flush()
    call.session.add(terms)
    post_lines(call, order, [line], [AsTheOrder()])


def _free_reference(call: Call, reference: str, supplier: Supplier, order_id: UUID) -> str:
    normalised = normalised_number(reference)
    taken = call.session.exec(
        select(StandingOrder, PurchaseOrder)
        .join(PurchaseOrder, col(PurchaseOrder.id) == col(StandingOrder.order_id))
        .where(
            StandingOrder.supplier_id == supplier.id,
            StandingOrder.normalised_reference == normalised,
            StandingOrder.order_id != order_id,
        )
    ).first()
    if taken is not None:
        before, order = taken
        if order.status not in OVER:
            raise ReferenceTaken(
                f"a standing order with {supplier.name} has the reference {reference} already; end that one first, "
                "or give the reference that the supplier prints for this one"
            )
        # A normalised reference has no blanks, so nothing is found by this one.
        before.normalised_reference = f"{normalised} {order.id}"
        call.session.flush()
    return normalised


def _line(call: Call, order: PurchaseOrder, body: StandingOrderIn, standing: StandingOrder) -> PurchaseOrderLine:
    item = Item(
        name=body.item_name,
        sellers_item_id=Identifier(value=NO_ITEM_NUMBER),
        descriptions=(_said(order, standing, body.terms.expected_amount),),
        classifications=(Classification(code=body.unspsc.ljust(8, "0")),),
    )
    return PurchaseOrderLine(
        id=new_id(call.now),
        order_id=order.id,
        position=1,
        line_id="1",
        item=item.model_dump(mode="json", exclude_none=True),
        unspsc=body.unspsc,
        by_amount=True,
        unit_code="EA",
        ordered_quantity=Decimal(1),
        ordered_amount=order.total_amount,
        accepted_quantity=Decimal(1),
        accepted_amount=order.total_amount,
        most_quantity=Decimal(0),
        most_amount=order.total_amount,
    )


def _said(order: PurchaseOrder, standing: StandingOrder, amount: Decimal) -> str:
    """Say in the document what repeats itself, since an order has no field for it."""
    each = RECURRENCES.get(standing.recurrence)
    how = f"{amount} {order.currency} hver(t) {each}" if each is not None else f"i alt {amount} {order.currency}"
    until = f"til {standing.valid_to}" if standing.valid_to is not None else "indtil videre"
    return f"Stående ordre, reference {standing.reference}: {how} fra {standing.anchor_on} {until}"


def begin(call: Call, order: PurchaseOrder) -> None:
    """Begin what repeats itself when its order is sent: its first terms are approved with it."""
    standing = standing_of(call.session, order.id)
    (terms,) = terms_of(call.session, order.id)
    advance(terms, TermsStatus.APPROVED, TERMS_TRANSITIONS)
    terms.decided_by, terms.decided_for, terms.decided_at = call.actor.id, call.actor.on_behalf_of, call.now
    plan_notice(standing, call.today)
    plan_closing(standing)


def _note(call: Call, order: PurchaseOrder, action: str) -> None:
    facts = {"supplier_id": str(order.supplier_id), "total_amount": str(order.total_amount)}
    call.audit(action, chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
