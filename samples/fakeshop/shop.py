"""The shop: three doors, a page with its goods, and a basket that is sent back by the protocol it was entered by."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from secrets import compare_digest, token_urlsafe
from urllib.parse import parse_qsl

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from lxml import etree

from samples.fakeshop.goods import (
    GOODS,
    Good,
    Picked,
    cxml_message,
    cxml_unchanged,
    oci_fields,
    peppol_catalogue,
)

USERNAME, SECRET = "institution", "sesam"
Send = Callable[[str, bytes], Awaitable[str]]
"""Sends a cart in XML to an address, and gives where the browser is to go on."""


@dataclass(frozen=True)
class Visit:
    """Somebody in the shop: by which protocol, where the cart goes, what they are known by there, and what they have in
    the basket when they come. Who only looks at it changes nothing.
    """

    protocol: str
    hook: str
    key: str = ""
    basket: tuple[Picked, ...] = ()
    only_looks: bool = False
    product: str = ""


@dataclass
class Shop:
    """Its goods, and who is in it."""

    goods: Sequence[Good] = GOODS
    visits: dict[str, Visit] = field(default_factory=dict)

    def let_in(self, visit: Visit) -> str:
        """Give the name of the page of a visit, which nobody else guesses."""
        name = token_urlsafe(16)
        self.visits[name] = visit
        return f"/visits/{name}"

    def good(self, number: str) -> Good | None:
        return next((good for good in self.goods if good.number == number), None)

    def with_words(self, words: str) -> list[Picked]:
        """Give one of each article whose name or number has some words in it."""
        wanted = words.casefold()
        return [Picked(good, "1") for good in self.goods if wanted in f"{good.name} {good.number}".casefold()]

    def picked(self, quantities: Mapping[str, str]) -> list[Picked]:
        """Give what was put into the basket: a whole number of an article."""
        return [
            Picked(good, quantities[good.number])
            for good in self.goods
            if quantities.get(good.number, "").isdecimal() and int(quantities[good.number])
        ]


async def sent_by_http(address: str, content: bytes) -> str:
    async with httpx.AsyncClient() as http:
        answer = await http.post(address, content=content, headers={"Content-Type": "application/xml"})
    return answer.headers.get("location", "")


router = APIRouter()


def create_shop(goods: Sequence[Good] = GOODS, send: Send = sent_by_http) -> FastAPI:
    """Put a shop together."""
    app = FastAPI(openapi_url=None)
    app.state.shop, app.state.send = Shop(goods), send
    app.include_router(router)
    return app


@router.post("/oci")
async def enter_by_oci(request: Request) -> Response:
    fields = await _form(request)
    known = compare_digest(fields.get("USERNAME", ""), USERNAME)
    if not (known and compare_digest(fields.get("PASSWORD", ""), SECRET)):
        return HTMLResponse("<p>Forkert brugernavn eller adgangskode</p>", 403)
    answer = _in_the_background(request.app.state.shop, fields)
    if answer is not None:
        return HTMLResponse(_page(fields["HOOK_URL"], oci_fields(answer)))
    visit = Visit("OCI", fields["HOOK_URL"], product=fields.get("PRODUCTID", ""))
    return RedirectResponse(_let_in(request, visit), 303)


def _in_the_background(shop: Shop, fields: Mapping[str, str]) -> list[Picked] | None:
    """Give what is asked for by a function of OCI that takes no page, or nothing when none is."""
    function = fields.get("FUNCTION", "")
    if function == "BACKGROUND_SEARCH":
        return shop.with_words(fields.get("SEARCHSTRING", ""))
    if function != "VALIDATE":
        return None
    good = shop.good(fields.get("PRODUCTID", ""))
    return [] if good is None else [Picked(good, fields.get("QUANTITY", "1").partition(".")[0])]


@router.post("/cxml")
async def enter_by_cxml(request: Request) -> Response:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    asked = etree.fromstring(await request.body(), parser)
    if not compare_digest(asked.findtext("Header/Sender/Credential/SharedSecret") or "", SECRET):
        return _cxml("401", "Unauthorized")
    setup = "Request/PunchOutSetupRequest"
    hook, cookie = (asked.findtext(f"{setup}/{name}") or "" for name in ("BrowserFormPost/URL", "BuyerCookie"))
    request_element = asked.find(setup)
    operation = "create" if request_element is None else request_element.get("operation", "create")
    basket = tuple(_known_again(request.app.state.shop, asked))
    visit = Visit("CXML", hook, cookie, basket, only_looks=operation == "inspect")
    return _cxml("200", "OK", f"{str(request.base_url).rstrip('/')}{_let_in(request, visit)}")


def _known_again(shop: Shop, asked: etree._Element) -> Iterator[Picked]:
    """Give the cart that is to be changed or looked at."""
    for item in asked.iterfind("Request/PunchOutSetupRequest/ItemOut"):
        good = shop.good(item.findtext("ItemID/SupplierPartID") or "")
        if good is not None:
            yield Picked(good, item.get("quantity", "1"), item.findtext("ItemID/SupplierPartAuxiliaryID") or "")


@router.get("/peppol")
def enter_by_peppol(request: Request, buyerReference: str, returnUrl: str) -> Response:  # noqa: N803 - as they are sent
    return RedirectResponse(_let_in(request, Visit("PEPPOL", returnUrl, buyerReference)), 303)


@router.get("/visits/{name}")
def show_goods(request: Request, name: str) -> Response:
    shop = request.app.state.shop
    visit = shop.visits[name]
    there = {picked.good.number: picked.quantity for picked in visit.basket}
    shown = [good for good in shop.goods if visit.product in ("", good.number)]
    fields = "".join(
        f"<label>{escape(good.name)} <input name='{escape(good.number)}' value='{escape(there.get(good.number, ''))}'>"
        "</label>"
        for good in shown
    )
    button = "<button>Til kassen</button>"
    return HTMLResponse(f"<form method='post' action='/visits/{escape(name)}'>{fields}{button}</form>")


@router.post("/visits/{name}")
async def send_back(request: Request, name: str) -> Response:
    shop, send = request.app.state.shop, request.app.state.send
    visit = shop.visits[name]
    keys = {picked.good.number: picked.key for picked in visit.basket}
    cart = [replace(one, key=keys.get(one.good.number, "")) for one in shop.picked(await _form(request))]
    if visit.protocol == "PEPPOL":
        return RedirectResponse(await send(visit.hook, peppol_catalogue(cart, visit.key).encode()), 303)
    fields = oci_fields(cart) if visit.protocol == "OCI" else {"cxml-urlencoded": _message(visit, cart)}
    return HTMLResponse(_page(visit.hook, fields))


def _message(visit: Visit, cart: Sequence[Picked]) -> str:
    return cxml_unchanged(visit.key) if visit.only_looks else cxml_message(cart, visit.key)


def _let_in(request: Request, visit: Visit) -> str:
    path: str = request.app.state.shop.let_in(visit)
    return path


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _page(address: str, fields: Mapping[str, str]) -> str:
    inputs = "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in fields.items())
    return f'<form method="post" action="{escape(address)}">{inputs}<button>Send kurven tilbage</button></form>'


def _cxml(code: str, text: str, start_url: str = "") -> Response:
    page = f"<PunchOutSetupResponse><StartPage><URL>{escape(start_url)}</URL></StartPage></PunchOutSetupResponse>"
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.040/cXML.dtd">\n'
        f'<cXML payloadID="1@butik" timestamp="2026-03-02T12:00:00+01:00"><Response>'
        f'<Status code="{code}" text="{text}">{text}</Status>{page if start_url else ""}</Response></cXML>',
        media_type="text/xml",
    )
