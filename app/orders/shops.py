"""Shops: how the supplier's shop behind an agreement is entered, which the agreement's owner says."""

from typing import Any
from uuid import UUID

from sqlmodel import col, update

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.kit.calls import Answer
from app.kit.errors import Fault, Invalid
from app.kit.ids import new_id
from app.kit.versions import require_version
from app.orders import punch_out_queries as queries
from app.orders.punch_out_doors import Means
from app.orders.punch_out_messages import ShopIn, ShopOut
from app.orders.punch_out_models import PunchOutSession, PunchOutShop
from app.organisations.access import Call, require
from app.organisations.permissions import Permission

OK, CREATED = 200, 201


class ShopSecretMissing(Invalid):
    """This protocol proves who calls by a secret, and there is none."""


def set_shop(call: Call, agreement_id: UUID, body: ShopIn, means: Means, if_match: str | None) -> Answer:
    """Say how an agreement's shop is entered, anew or for the first time.

    :raises TargetNotAllowed: for an address that is not over https, or private.
    :raises SecretKeyMissing: when there is no key to keep its secret with.
    :raises ShopSecretMissing: for cXML without a shared secret.
    """
    agreement = _managed(call, agreement_id)
    host = means.outbound.written_host(body.setup_url)
    shop = queries.shop_of(call.session, agreement.id)
    is_new = shop is None
    if shop is None:
        shop = PunchOutShop(id=new_id(call.now), agreement_id=agreement.id, **_plain(body))
        call.session.add(shop)
    else:
        require_version(shop, if_match)
        for name, value in _plain(body).items():
            setattr(shop, name, value)
    shop.allowed_hosts = list(dict.fromkeys([host, *body.allowed_hosts]))
    if "secret" in body.model_fields_set:
        shop.secret = means.vault.seal(body.secret, shop.id) if body.secret is not None else None
    _require_secret(shop)
    call.session.flush()
    _note(call, agreement, shop, "punch_out_shop.set", {"protocol": shop.protocol, "hosts": shop.allowed_hosts})
    return Answer(_out(shop), CREATED if is_new else OK)


def _plain(body: ShopIn) -> dict[str, Any]:
    return body.model_dump(exclude={"secret", "allowed_hosts"}) | {"allowed_hosts": []}


def _require_secret(shop: PunchOutShop) -> None:
    if shop.protocol == "CXML" and shop.secret is None:
        message = "a cXML shop knows its buyer by a shared secret; give one"
        raise ShopSecretMissing(message, faults=[Fault(message, pointer="/secret")])


def get_shop(call: Call, agreement_id: UUID) -> ShopOut:
    agreement = _managed(call, agreement_id)
    return _out(queries.shop(call.session, agreement.id))


def remove_shop(call: Call, agreement_id: UUID, if_match: str | None) -> None:
    """Remove an agreement's shop; what its visits became stays, and no cart comes back from it any more."""
    agreement = _managed(call, agreement_id)
    shop = queries.shop(call.session, agreement.id)
    require_version(shop, if_match)
    _note(call, agreement, shop, "punch_out_shop.removed", {"protocol": shop.protocol})
    visits = update(PunchOutSession).where(col(PunchOutSession.shop_id) == shop.id)
    call.session.connection().execute(visits.values(shop_id=None))
    call.session.delete(shop)


def _managed(call: Call, agreement_id: UUID) -> Agreement:
    agreement = agreements.agreement(call, agreement_id)
    require(call, Permission.AGREEMENT_MANAGE, agreement.owner_id)
    return agreement


def _out(shop: PunchOutShop) -> ShopOut:
    return ShopOut(**shop.model_dump(exclude={"secret"}), has_secret=shop.secret is not None)


def _note(call: Call, agreement: Agreement, shop: PunchOutShop, action: str, facts: dict[str, Any]) -> None:
    facts = {"agreement_id": str(agreement.id), **facts}
    call.audit(action, chain=agreement.root_id, entity="punch_out_shop", entity_id=shop.id, facts=facts)
