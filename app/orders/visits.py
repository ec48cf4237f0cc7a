"""Visits: a user is let into a supplier's shop. A cXML shop is asked before the transaction in which the visit begins,
so that nobody waits for it; one that says no leaves no trace.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from fastapi import Request
from sqlmodel import Session

from app.agreements.models import Agreement, OrderForm
from app.kit import calls
from app.kit.archive import sha256
from app.kit.calls import Caller
from app.kit.errors import Conflict
from app.kit.fetch import FetchFailed, TargetNotAllowed
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.orders import punch_out_queries as queries
from app.orders.punch_out.cart import CartNotReadable
from app.orders.punch_out.cxml import MEDIA_TYPE, OK, SetupRequest, read_answer, setup_request
from app.orders.punch_out_doors import Means, OfMeans
from app.orders.punch_out_messages import BegunVisit, VisitIn, VisitOut
from app.orders.punch_out_models import (
    PUNCH_OUT_TRANSITIONS,
    PunchOutProtocol,
    PunchOutSession,
    PunchOutShop,
    PunchOutState,
)
from app.orders.visit_purposes import Purpose, purpose_of
from app.orders.visit_standing import visit_out
from app.organisations import queries as organisations
from app.organisations.access import Call, Db, OnBehalfOf, find_actor, require
from app.organisations.models import Organisation
from app.organisations.people_models import User
from app.organisations.permissions import Permission
from app.organisations.tree import require_open

ORDERED_BY_CART: Final = frozenset({OrderForm.CATALOGUE, OrderForm.CONFIGURABLE})


class PunchOutNotAllowed(Conflict):
    """What comes back from a shop is a catalogue order or a configurable one, and the agreement takes neither."""


class ShopNotAnswering(Conflict):
    """The shop gave no answer that could be understood; it may another time."""


class ShopRefused(Conflict):
    """The shop does not let the buyer in; its answer says why."""


class StartPageNotAllowed(Conflict):
    """The shop sends the browser to a host that is not among those of the agreement's shop."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A visit that is about to begin, and the page that a cXML shop gave for it."""

    visit_id: UUID
    agreement_id: UUID
    asked: VisitIn
    start_url: str | None


@dataclass(frozen=True, slots=True)
class _Approach:
    """How a cXML shop is asked, and the hosts that it may answer with."""

    asked: SetupRequest
    hosts: tuple[str, ...]


def entrance(
    request: Request,
    agreement_id: UUID,
    body: VisitIn,
    who: Caller,
    db: Db,
    means: OfMeans,
    on_behalf_of: OnBehalfOf = None,
) -> Entrance:
    """Give the dependency that asks the shop of an agreement to let the caller in, where it wants to be asked; of a
    request that is repeated it is not asked again.
    """
    state = request.app.state
    now = state.clock.now()
    visit_id = new_id(now)

    def look(session: Session) -> _Approach | None:
        call = calls.Call(session, find_actor(session, who, now, on_behalf_of), now)
        agreement, _ = admitted(call, agreement_id, body.organisation_id)
        shop = queries.shop(session, agreement.id)
        purpose = purpose_of(call, agreement, shop, body)
        return _approach(call, shop, visit_id, purpose, means) if shop.protocol == PunchOutProtocol.CXML else None

    approach: _Approach | None = None if db.is_repeated() else state.database.run(look, write=False)
    start_url = _let_in(means, approach) if approach is not None else None
    return Entrance(visit_id, agreement_id, body, start_url)


def begin_visit(call: Call, entering: Entrance, means: Means) -> BegunVisit:
    """Begin a visit.

    :raises AgreementNotFound: when the agreement does not reach the caller today.
    :raises PunchOutShopNotFound: when it has no shop.
    :raises PunchOutNotAllowed: when it takes no orders by cart.
    :raises VisitNotPossible, VisitNotFitting: when it is for what the shop does not do, or about what is not its own.
    :raises SecretKeyMissing: when there is no key to make its token with.
    """
    agreement, organisation = admitted(call, entering.agreement_id, entering.asked.organisation_id)
    shop = queries.shop(call.session, agreement.id, lock=True)
    if shop.protocol == PunchOutProtocol.CXML and entering.start_url is None:
        raise ShopNotAnswering("the agreement's shop has just been changed; begin the visit again")
    purpose = purpose_of(call, agreement, shop, entering.asked)
    visit = PunchOutSession(
        id=entering.visit_id,
        shop_id=shop.id,
        agreement_id=agreement.id,
        organisation_id=organisation.id,
        user_id=call.actor.id,
        acting_for=call.actor.on_behalf_of,
        protocol=shop.protocol,
        operation=purpose.operation,
        product_id=purpose.product_id,
        requisition_id=purpose.requisition_id,
        token_hash=sha256(means.token(entering.visit_id).encode()),
        buyer_cookie_hash=sha256(means.cookie(purpose.known_as or entering.visit_id).encode()),
        created_at=call.now,
        expires_at=call.now + timedelta(hours=shop.session_hours),
    )
    advance(visit, PunchOutState.STARTED, PUNCH_OUT_TRANSITIONS)
    call.session.add(visit)
    call.session.flush()
    facts = {
        "agreement_id": str(agreement.id),
        "organisation_id": str(organisation.id),
        "operation": visit.operation.value,
    }
    call.audit(
        "punch_out.started", chain=organisation.root_id, entity="punch_out_session", entity_id=visit.id, facts=facts
    )
    return BegunVisit(**visit_out(visit, call.now).model_dump(), start_url=entering.start_url)


def admitted(call: Call, agreement_id: UUID, organisation_id: UUID) -> tuple[Agreement, Organisation]:
    """Let the actor pass who may buy on an agreement by cart for an organisation.

    :raises AgreementNotFound, OrganisationNotFound: when it does not reach them today, or they do not see that.
    :raises NotAllowed, OrganisationClosed: when they may make no requisitions there.
    :raises PunchOutNotAllowed: when the agreement takes no orders by cart.
    """
    agreement, _ = queries.visible_agreement(call, agreement_id)
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.REQUISITION_CREATE, organisation.id)
    require_open(organisation)
    if not ORDERED_BY_CART & set(agreement.order_types):
        raise PunchOutNotAllowed(
            f"agreement {agreement.contract_number} takes neither catalogue orders nor configurable ones, "
            "and a cart becomes one of these"
        )
    return agreement, organisation


def _approach(call: Call, shop: PunchOutShop, visit_id: UUID, purpose: Purpose, means: Means) -> _Approach:
    assert shop.secret is not None  # noqa: S101 - no cXML shop is registered without
    host = means.public_url.partition("://")[2].partition("/")[0] or "prokura"
    asked = SetupRequest(
        version=shop.protocol_version,
        payload_id=f"{int(call.now.timestamp())}.{visit_id}@{host}",
        identities=shop.identities,
        secret=means.vault.opened(shop.secret, shop.id),
        cookie=means.cookie(purpose.known_as or visit_id),
        return_url=means.return_url(visit_id),
        at=call.now,
        setup_url=shop.setup_url,
        fields=shop.fields,
        user_name=call.session.get_one(User, call.actor.principal_id).name if shop.tells_user else "",
        operation=purpose.operation.lower(),
        items=purpose.items,
    )
    return _Approach(asked, tuple(shop.allowed_hosts))


def _let_in(means: Means, approach: _Approach) -> str:
    """Ask a cXML shop to let a buyer in, and give the page to go to."""
    content, headers = setup_request(approach.asked), {"Content-Type": f"{MEDIA_TYPE}; charset=UTF-8"}
    try:
        answer = means.outbound.fetch(approach.asked.setup_url, method="POST", content=content, headers=headers)
    except FetchFailed as reason:
        raise ShopNotAnswering(f"{reason}; try again later") from reason
    if answer.status != 200:
        raise ShopNotAnswering(f"the shop answered with HTTP status {answer.status} and not 200; try again later")
    try:
        told = read_answer(answer.content)
    except CartNotReadable as reason:
        raise ShopNotAnswering(f"the shop answered with something else than cXML: {reason.message}") from reason
    if told.code != OK:
        said = f"{told.code or 'no status'} {told.text}".strip()
        raise ShopRefused(f"the shop says {said}; with 401 its secret or identities are wrong, with 5xx try again")
    return _start_page(means, told.start_url, approach.hosts)


def _start_page(means: Means, start_url: str, hosts: tuple[str, ...]) -> str:
    try:
        host = means.outbound.written_host(start_url)
    except TargetNotAllowed as reason:
        raise StartPageNotAllowed(f"the shop's start page cannot be gone to: {reason.message}") from reason
    if host not in hosts:
        raise StartPageNotAllowed(f"the shop sends the browser to {host}, which is not among its allowed_hosts")
    return start_url


def list_visits(call: Call, wanted: PageQuery) -> Page[VisitOut]:
    query = queries.own_visits(call)
    return page(call.session, query, PunchOutSession, wanted, lambda row: visit_out(row, call.now))


def get_visit(call: Call, visit_id: UUID) -> VisitOut:
    return visit_out(queries.visit(call, visit_id), call.now)
