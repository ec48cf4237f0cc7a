"""The shop: three doors, a page with its goods, and a basket that is sent back by the protocol it was entered by."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from secrets import compare_digest, token_urlsafe
from urllib.parse import parse_qsl

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from lxml import etree

from samples.fakeshop.goods import GOODS, Good, Picked, cxml_message, oci_fields, peppol_catalogue

USERNAME, SECRET = "institution", "sesam"
Send = Callable[[str, bytes], Awaitable[str]]
"""Sends a cart in XML to an address, and gives where the browser is to go on."""


@dataclass(frozen=True)
class Visit:
    """Somebody in the shop: by which protocol, where the cart goes, and what they are known by there."""

    protocol: str
    hook: str
    key: str = ""


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
    return RedirectResponse(_let_in(request, Visit("OCI", fields["HOOK_URL"])), 303)


@router.post("/cxml")
async def enter_by_cxml(request: Request) -> Response:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    asked = etree.fromstring(await request.body(), parser)
    if not compare_digest(asked.findtext("Header/Sender/Credential/SharedSecret") or "", SECRET):
        return _cxml("401", "Unauthorized")
    setup = "Request/PunchOutSetupRequest"
    hook, cookie = (asked.findtext(f"{setup}/{name}") or "" for name in ("BrowserFormPost/URL", "BuyerCookie"))
    return _cxml("200", "OK", f"{str(request.base_url).rstrip('/')}{_let_in(request, Visit('CXML', hook, cookie))}")


@router.get("/peppol")
def enter_by_peppol(request: Request, buyerReference: str, returnUrl: str) -> Response:  # noqa: N803 - as they are sent
    return RedirectResponse(_let_in(request, Visit("PEPPOL", returnUrl, buyerReference)), 303)


@router.get("/visits/{name}")
def show_goods(request: Request, name: str) -> Response:
    goods = request.app.state.shop.goods
    fields = "".join(f"<label>{escape(good.name)} <input name='{escape(good.number)}'></label>" for good in goods)
    button = "<button>Til kassen</button>"
    return HTMLResponse(f"<form method='post' action='/visits/{escape(name)}'>{fields}{button}</form>")


@router.post("/visits/{name}")
async def send_back(request: Request, name: str) -> Response:
    shop, send = request.app.state.shop, request.app.state.send
    visit, cart = shop.visits[name], shop.picked(await _form(request))
    if visit.protocol == "PEPPOL":
        return RedirectResponse(await send(visit.hook, peppol_catalogue(cart, visit.key).encode()), 303)
    fields = oci_fields(cart) if visit.protocol == "OCI" else {"cxml-urlencoded": cxml_message(cart, visit.key)}
    return HTMLResponse(_page(visit.hook, fields))


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
