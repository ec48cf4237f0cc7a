"""Carts: what comes back from a shop is read before any transaction, judged by the agreement, and becomes a requisition
in DRAFT. It comes by the user's browser from the shop's page, so the token of the visit alone says whose it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from sqlmodel import Session

from app.agreements.models import Agreement
from app.kit import archive
from app.kit.archive import Direction, sha256
from app.kit.calls import Body, Door, Raw
from app.kit.clock import business_day
from app.kit.db import write
from app.kit.errors import Invalid
from app.kit.ids import new_id
from app.kit.states import advance
from app.kit.tokens import Principal
from app.orders import punch_out_queries as queries
from app.orders.cart_editing import LINES, replace_cart
from app.orders.cart_rows import Shelf
from app.orders.cart_standing import judgements
from app.orders.punch_out import cxml, oci, peppol
from app.orders.punch_out.cart import Cart
from app.orders.punch_out_doors import FORM, Posted, Token, posted
from app.orders.punch_out_models import (
    PUNCH_OUT_TRANSITIONS,
    PunchOutOperation,
    PunchOutProtocol,
    PunchOutSession,
    PunchOutShop,
    PunchOutState,
)
from app.orders.requisition_models import Requisition
from app.orders.visit_standing import require_underway
from app.organisations.access import Actor, Call, actor_by_id, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.tree import hold, require_open

SEE_OTHER: Final = 303
HIDDEN: Final = "***"
TELLING: Final = ("password", "passwd", "pwd", "secret")
"""What the names of fields with secrets have in them; some shops send back all they were sent."""


class CartOfOtherProtocol(Invalid):
    """The shop sent a cart in another protocol than the one by which it was entered."""


class CartOfOtherVisit(Invalid):
    """The cart names another visit than the one whose token it came with."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a shop gave back for a visit, and the bytes of it that are kept."""

    visit_id: UUID
    cart: Cart
    kept: bytes
    media_type: str


def proven(session: Session, visit_id: UUID, token: str) -> PunchOutSession:
    """Find a visit by its id and token.

    :raises PunchOutSessionNotFound: when there is none, or the token is another's: the two are told apart by nobody.
    """
    visit = session.get(PunchOutSession, visit_id)
    if visit is None or not compare_digest(visit.token_hash, sha256(token.encode())):
        raise queries.PunchOutSessionNotFound(f"there is no punch-out session {visit_id} with this token")
    return visit


def returned(request: Request, session_id: UUID, body: Body, token: Token = "") -> Returned:
    """Give the dependency that reads what a shop sent."""
    state = request.app.state
    now = state.clock.now()

    def look(session: Session) -> tuple[PunchOutSession, PunchOutShop]:
        visit = proven(session, session_id, token)
        require_underway(visit, now)
        return visit, session.get_one(PunchOutShop, visit.shop_id)

    visit, shop = state.database.run(look, write=False)
    sent = posted(request.headers.get("content-type", ""), body)
    return _READERS[visit.protocol](visit, shop, sent, now)


def return_door(request: Request, session_id: UUID, token: Token = "") -> Door[Actor]:
    """Give the way into the services for a shop: who acts is who made the visit whose token it has."""

    def visitor(session: Session, _: Principal, now: datetime, __: UUID | None) -> Actor:
        visit = proven(session, session_id, token)
        return actor_by_id(session, visit.user_id, business_day(now), visit.acting_for)

    return Door(request, Principal("punch-out", str(session_id)), b"", None, visitor)


def _read_oci(visit: PunchOutSession, shop: PunchOutShop, sent: Posted, _: datetime) -> Returned:
    names = {name.strip().lower() for name, _ in sent.fields}
    _require(visit, sent, is_form=True, fits=not names & {cxml.URLENCODED, cxml.BASE64})
    fields = [(_decoded(name), _decoded(value)) for name, value in sent.fields]
    cart = oci.read_cart(fields, decimal_comma=shop.decimal_comma)
    secret = {name.lower() for name, value in shop.fields.items() if value == oci.SECRET}
    hidden = [(name, HIDDEN if _tells(name, secret) else value) for name, value in sent.fields]
    kept = sent.content if tuple(hidden) == sent.fields else urlencode(hidden, encoding="latin-1").encode()
    return Returned(visit.id, cart, kept, FORM)


def _read_cxml(visit: PunchOutSession, _: PunchOutShop, sent: Posted, __: datetime) -> Returned:
    fits = not any(name.strip().upper().startswith("NEW_ITEM-") for name, _ in sent.fields)
    _require(visit, sent, is_form=True, fits=fits)
    content = cxml.posted({name.strip(): value.encode("latin-1") for name, value in sent.fields})
    cart = cxml.read_cart(content)
    if cart.buyer_key is not None or cart.lines:
        _require_key(visit.buyer_cookie_hash, cart, "BuyerCookie")
    return Returned(visit.id, cart, cxml.without_secrets(content), cxml.MEDIA_TYPE)


def _read_peppol(visit: PunchOutSession, _: PunchOutShop, sent: Posted, now: datetime) -> Returned:
    _require(visit, sent, is_form=False)
    cart = peppol.read_cart(sent.content, business_day(now))
    _require_key(visit.token_hash, cart, "ReceiverParty/Contact/ID")
    return Returned(visit.id, cart, sent.content, sent.media_type)


_READERS: Final = {
    PunchOutProtocol.OCI: _read_oci,
    PunchOutProtocol.CXML: _read_cxml,
    PunchOutProtocol.PEPPOL: _read_peppol,
}


def _require(visit: PunchOutSession, sent: Posted, *, is_form: bool, fits: bool = True) -> None:
    if (sent.media_type == FORM) is not is_form or not fits:
        raise CartOfOtherProtocol(f"the shop was entered by {visit.protocol}, and this is no cart of that protocol")


def _require_key(digest: str, cart: Cart, name: str) -> None:
    if not compare_digest(digest, sha256((cart.buyer_key or "").encode())):
        raise CartOfOtherVisit(f"{name} is not what the shop was given for this visit")


def _decoded(text: str) -> str:
    """Read a form's text, whose bytes stand as characters: UTF-8, as shops are asked for, or else Windows-1252."""
    content = text.encode("latin-1")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _tells(name: str, secret: set[str]) -> bool:
    lowered = name.strip().lower()
    return lowered in secret or any(word in lowered for word in TELLING)


def take_back(call: Call, sent: Returned) -> Raw:
    """Make a requisition in DRAFT of what a shop sent back, or change the one whose cart it is, or end the visit when
    it sent nothing or was only looked at; the browser is led there.

    :raises PunchOutSessionUsed: when something came back before.
    :raises PunchOutSessionExpired: when the visit's time is over.
    :raises NotAllowed, OrganisationClosed: when its maker may make no requisitions there any more.
    :raises RequisitionNotFound, NotTheMaker, RequisitionFixed: when the requisition of the cart may not be changed.
    """
    visit = queries.locked_visit(call.session, sent.visit_id)
    require_underway(visit, call.now)
    require(call, Permission.REQUISITION_CREATE, visit.organisation_id)
    organisation = hold(call.session, visit.organisation_id)
    require_open(organisation)
    visit.document_id, visit.returned_at = _archived(call, sent), call.now
    changes_nothing = visit.operation == PunchOutOperation.INSPECT or not sent.cart.lines
    if changes_nothing:
        advance(visit, PunchOutState.CANCELLED, PUNCH_OUT_TRANSITIONS)
        _note(call, organisation, visit, "punch_out.cancelled", {})
        about = visit.requisition_id
        return _led_to(f"/punch-out-sessions/{visit.id}" if about is None else f"/requisitions/{about}")
    requisition = _bought(call, visit, organisation, sent.cart)
    advance(visit, PunchOutState.RETURNED, PUNCH_OUT_TRANSITIONS)
    visit.requisition_id, visit.allows = requisition.id, PunchOutOperation(sent.cart.allows.upper())
    facts = {"requisition_id": str(requisition.id), "lines": len(sent.cart.lines)}
    _note(call, organisation, visit, "punch_out.returned", facts)
    return _led_to(f"/requisitions/{requisition.id}")


def _archived(call: Call, sent: Returned) -> UUID:
    document = archive.store(
        call.session,
        sent.kept,
        direction=Direction.IN,
        sender=f"PUNCH-OUT:{sent.visit_id}",
        document_type="PunchOutCart",
        number=str(sent.visit_id),
        now=call.now,
        media_type=sent.media_type,
    )
    return document.id


def _led_to(path: str) -> Raw:
    headers = {"Location": path, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Raw(b"", "text/plain", headers, SEE_OTHER)


def _bought(call: Call, visit: PunchOutSession, organisation: Organisation, cart: Cart) -> Requisition:
    agreement = call.session.get_one(Agreement, visit.agreement_id)
    shelf = Shelf.of(agreement, call.session.get(PunchOutShop, visit.shop_id), call.now)
    if visit.operation == PunchOutOperation.EDIT and visit.requisition_id is not None:
        return replace_cart(call, visit.requisition_id, shelf, cart)
    return _requisition(call, visit, organisation, shelf, cart)


def _requisition(
    call: Call, visit: PunchOutSession, organisation: Organisation, shelf: Shelf, cart: Cart
) -> Requisition:
    requisition = Requisition(
        id=new_id(call.now),
        organisation_id=organisation.id,
        root_id=organisation.root_id,
        title=shelf.agreement.title,
        made_by=visit.user_id,
        made_for=visit.acting_for,
        made_at=call.now,
    )
    call.session.add(requisition)
    found = judgements(call, shelf.agreement, cart.lines)
    write(call.session, LINES, [shelf.row(requisition.id, place, *pair) for place, pair in enumerate(found, start=1)])
    call.audit(
        "requisition.created", chain=organisation.root_id, entity="requisition", entity_id=requisition.id, facts={}
    )
    return requisition


def _note(
    call: Call, organisation: Organisation, visit: PunchOutSession, action: str, facts: Mapping[str, Any]
) -> None:
    call.audit(action, chain=organisation.root_id, entity="punch_out_session", entity_id=visit.id, facts=facts)
