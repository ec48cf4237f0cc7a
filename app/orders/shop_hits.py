"""Hits of a shop: what it has by some words is shown and not kept. A hit is sealed, so that what a person puts on a
requisition is what the shop said, to them and a short time ago.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import ValidationError
from sqlmodel import Session

from app.documents.values import Value
from app.kit import calls
from app.kit.calls import Caller
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.money import Quantity
from app.kit.vault import SecretNotReadable
from app.orders import punch_out_queries as queries
from app.orders import requisition_queries
from app.orders.cart_rows import Shelf
from app.orders.cart_standing import judgements
from app.orders.punch_out.cart import Cart, CartLine
from app.orders.punch_out.judging import Judgement
from app.orders.punch_out.oci_functions import search_fields
from app.orders.punch_out_doors import Means, OfMeans
from app.orders.punch_out_models import ShopFunction
from app.orders.requisition_messages import MOST_LINES, RequisitionOut
from app.orders.requisition_models import RequisitionLine
from app.orders.requisition_views import requisition_out
from app.orders.requisitions import RequisitionFull, to_change
from app.orders.shop_asking import Inquiry, ask, inquiry, require_function
from app.orders.shop_messages import LONGEST_HIT, MOST_HITS, HitIn, HitOut, HitsOut, Words
from app.orders.totals import line_amount
from app.orders.visits import admitted
from app.organisations.access import Call, OnBehalfOf, find_actor

GOOD_FOR: Final = timedelta(minutes=30)


class HitNotGood(Invalid):
    """The hit is none that this caller was shown on this agreement, or not in this quantity."""


class HitExpired(Conflict):
    """The shop said it too long ago; search again."""


class Sealed(Value):
    """What a hit holds: the line, to whom it was shown, and until when it is good."""

    line: CartLine
    shown_to: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What a shop answered to a search on an agreement for an organisation."""

    agreement_id: UUID
    organisation_id: UUID
    cart: Cart


def answered(
    request: Request,
    agreement_id: UUID,
    organisation_id: UUID,
    q: Annotated[Words, Query(description="Words to find products by; the shop decides what fits them.")],
    who: Caller,
    means: OfMeans,
    on_behalf_of: OnBehalfOf = None,
) -> Answered:
    """Give the dependency that asks an agreement's shop for products, once the caller was found to be a buyer of it."""
    state = request.app.state
    now = state.clock.now()

    def look(session: Session) -> Inquiry:
        call = calls.Call(session, find_actor(session, who, now, on_behalf_of), now)
        agreement, _ = admitted(call, agreement_id, organisation_id)
        shop = queries.shop(session, agreement.id)
        require_function(shop, ShopFunction.BACKGROUND_SEARCH)
        return inquiry(call, shop, means, search_fields(q))

    return Answered(agreement_id, organisation_id, ask(means, state.database.run(look, write=False)))


OfAnswer = Annotated[Answered, Depends(answered)]


def list_hits(call: Call, found: Answered, means: Means) -> HitsOut:
    """Give what a shop answered, judged by the agreement; nothing of it is kept.

    :raises AgreementNotFound, PunchOutShopNotFound, ShopLacksFunction: when there is no such shop for the caller.
    :raises ShopNotAnswering: when it gives no answer that can be understood.
    """
    agreement, _ = admitted(call, found.agreement_id, found.organisation_id)
    until = call.now + GOOD_FOR
    shown = judgements(call, agreement, found.cart.lines[:MOST_HITS])
    hits = (_hit(call, means, agreement.id, until, line, judgement) for line, judgement in shown)
    return HitsOut(
        agreement_id=agreement.id,
        found=len(found.cart.lines),
        expires_at=until,
        data=[hit for hit in hits if len(hit.hit) <= LONGEST_HIT],
    )


def _hit(call: Call, means: Means, agreement_id: UUID, until: datetime, line: CartLine, judgement: Judgement) -> HitOut:
    sealed = Sealed(line=line, shown_to=call.actor.principal_id, expires_at=until).model_dump_json()
    return HitOut(
        hit=base64.urlsafe_b64encode(means.vault.seal(sealed, agreement_id)).decode(),
        product_id=line.quote.get("EXT_PRODUCT_ID") or line.item.sellers_number or "",
        item=line.item,
        unspsc=line.unspsc,
        quantity=line.quantity,
        price=line.price,
        amount=line_amount(line.price, line.quantity),
        currency=line.currency,
        standing=judgement.standing,
        note=judgement.note,
    )


def add_hit(call: Call, requisition_id: UUID, body: HitIn, means: Means, if_match: str | None) -> RequisitionOut:
    """Put what a shop offers on a requisition, as a line of its cart would be.

    :raises RequisitionFixed, RequisitionFull: when nothing is put on it any more.
    :raises AgreementNotFound, PunchOutShopNotFound: when the agreement or its shop is not there for its maker.
    :raises HitNotGood, HitExpired: for what the shop did not offer the caller, or too long ago.
    """
    requisition = to_change(call, requisition_id, if_match)
    if len(requisition_queries.lines_of(call.session, requisition.id)) >= MOST_LINES:
        raise RequisitionFull(f"a requisition holds {MOST_LINES} lines; make another one")
    agreement, _ = admitted(call, body.agreement_id, requisition.organisation_id)
    shop = queries.shop(call.session, agreement.id)
    line = _in_quantity(_opened(call, means, body), body)
    ((_, judgement),) = judgements(call, agreement, [line])
    position = requisition_queries.next_position(call.session, requisition.id)
    row = RequisitionLine(**Shelf.of(agreement, shop, call.now).row(requisition.id, position, line, judgement))
    call.session.add(row)
    call.audit(
        "requisition.line_added",
        chain=requisition.root_id,
        entity="requisition",
        entity_id=requisition.id,
        facts={"line_id": str(row.id)},
    )
    return requisition_out(call, requisition)


def _opened(call: Call, means: Means, body: HitIn) -> CartLine:
    try:
        content = base64.urlsafe_b64decode(body.hit)
        sealed = Sealed.model_validate_json(means.vault.opened(content, body.agreement_id))
    except (binascii.Error, SecretNotReadable, ValueError) as reason:
        raise _not_good("it is no hit of a search in this agreement's shop", "/hit") from reason
    if sealed.shown_to != call.actor.principal_id:
        raise _not_good("it was shown to somebody else; search yourself", "/hit")
    if sealed.expires_at <= call.now:
        raise HitExpired(f"the shop's offer was good until {sealed.expires_at.isoformat()}; search again")
    return sealed.line


def _in_quantity(line: CartLine, body: HitIn) -> CartLine:
    try:
        changed: CartLine = line.but(quantity=Quantity(body.quantity, line.quantity.unit_code))
    except ValidationError as reason:
        raise _not_good("of such a quantity the amount is larger than what is kept", "/quantity") from reason
    return changed


def _not_good(message: str, pointer: str) -> HitNotGood:
    return HitNotGood(message, faults=[Fault(message, pointer=pointer)])
