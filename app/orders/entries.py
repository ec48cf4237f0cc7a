"""Entries: the form by which a browser goes into a shop, as data and as a page that sends itself."""

import secrets
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from app.kit.calls import Answer, Raw
from app.kit.errors import Conflict
from app.orders import punch_out_queries as queries
from app.orders.punch_out.oci import Login, entry_fields
from app.orders.punch_out.oci_functions import detail_fields
from app.orders.punch_out_doors import Means
from app.orders.punch_out_messages import EntryOut
from app.orders.punch_out_models import PunchOutProtocol, PunchOutSession, PunchOutShop
from app.orders.visit_standing import require_underway
from app.organisations.access import Call
from app.organisations.people_models import User

OK: Final = 200
UNKEPT: Final = {"Cache-Control": "no-store"}
"""The form holds the shop's secret and the visit's token."""
BUYER_REFERENCE, RETURN_URL = "{buyer_reference}", "{return_url}"
PEPPOL_FIELDS: Final = {"buyerReference": BUYER_REFERENCE, "returnUrl": RETURN_URL}
"""What a Peppol shop is told where its fields do not say it by other names; the standard has none."""

PAGE: Final = """<!DOCTYPE html>
<html lang="da"><head><meta charset="utf-8"><title>Til butikken</title></head><body>
<form method="{method}" action="{url}" accept-charset="utf-8">
{fields}
<p>Du sendes videre til leverandørens butik. <button>Gå til butikken</button></p>
</form>
<script nonce="{nonce}">document.forms[0].submit()</script>
</body></html>
"""


class EnteredByItsPage(Conflict):
    """A cXML shop gave a page of its own when the visit began; go there."""


def get_entry(call: Call, visit_id: UUID, means: Means) -> Answer:
    """Give the form by which a visit enters its shop.

    :raises PunchOutSessionUsed, PunchOutSessionExpired: when there is nothing to enter any more.
    :raises EnteredByItsPage: for cXML.
    """
    _, entry = _entry(call, visit_id, means)
    return Answer(entry, OK, UNKEPT)


def get_form(call: Call, visit_id: UUID, means: Means) -> Raw:
    """Give the same as a page, which may send its form to the shop's hosts and do nothing else."""
    shop, entry = _entry(call, visit_id, means)
    nonce = secrets.token_urlsafe(16)
    fields = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in entry.fields.items()
    )
    page = PAGE.format(method=entry.method.lower(), url=escape(entry.url), fields=fields, nonce=nonce)
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; form-action {_origins(shop)}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {**UNKEPT, "Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return Raw(page.encode(), "text/html; charset=utf-8", headers)


def _entry(call: Call, visit_id: UUID, means: Means) -> tuple[PunchOutShop, EntryOut]:
    visit = queries.visit(call, visit_id)
    require_underway(visit, call.now)
    shop = call.session.get_one(PunchOutShop, visit.shop_id)
    if visit.protocol == PunchOutProtocol.CXML or shop.protocol != visit.protocol:
        raise EnteredByItsPage("this visit is entered by the `start_url` that it began with")
    made = _peppol_entry if visit.protocol == PunchOutProtocol.PEPPOL else _oci_entry
    return shop, made(call, shop, visit, means)


def _oci_entry(call: Call, shop: PunchOutShop, visit: PunchOutSession, means: Means) -> EntryOut:
    fields = entry_fields(shop.protocol_version, means.return_url(visit.id), login_of(call, shop, means), shop.fields)
    if visit.product_id is not None:
        fields |= detail_fields(visit.product_id)
    return EntryOut(method="POST", url=shop.setup_url, fields=fields)


def login_of(call: Call, shop: PunchOutShop, means: Means) -> Login:
    """Give how an OCI shop knows its buyer.

    :raises SecretKeyMissing, SecretNotReadable: when its secret cannot be opened.
    """
    return Login(
        username=shop.username or "",
        secret=means.vault.opened(shop.secret, shop.id) if shop.secret is not None else "",
        user_name=call.session.get_one(User, call.actor.principal_id).name if shop.tells_user else "",
    )


def _peppol_entry(_: Call, shop: PunchOutShop, visit: PunchOutSession, means: Means) -> EntryOut:
    """Give a form whose fields become the query, in which a form leaves nothing of its address's own."""
    address = urlsplit(shop.setup_url)
    known = {BUYER_REFERENCE: means.token(visit.id), RETURN_URL: means.return_url(visit.id)}
    told = shop.fields if set(known) & set(shop.fields.values()) else {**shop.fields, **PEPPOL_FIELDS}
    fields = dict(parse_qsl(address.query)) | {name: known.get(text, text) for name, text in told.items()}
    return EntryOut(method="GET", url=address._replace(query="", fragment="").geturl(), fields=fields)


def _origins(shop: PunchOutShop) -> str:
    """Give where the form may go: the shop's address, and its hosts, to which it may lead on."""
    address = urlsplit(shop.setup_url)
    origins = [f"{address.scheme}://{address.netloc}", *(f"https://{host}" for host in shop.allowed_hosts)]
    return " ".join(dict.fromkeys(origins))
