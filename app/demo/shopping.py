"""Punch-out: the supplier's shop on loopback, a browser that goes there and comes back, and the order of its cart."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from lxml import html

from app.demo import buying
from app.demo.institution import Institution
from app.demo.stage import Stage

SHOP = "samples.fakeshop"
REPOSITORY = Path(__file__).parents[2]
REGISTRAR = "indholdsansvarlig"
BASKET = {"PAPIR-A4": "10", "CLIPS-100": "300"}
ENTRANCE = {"protocol": "OCI", "protocol_version": "4.0", "username": "institution", "secret": "sesam"}


def play(stage: Stage, institution: Institution, agreement_id: str) -> None:
    """Play it on an agreement whose catalogue holds what is put into the basket."""
    if not (REPOSITORY / Path(*SHOP.split("."))).is_dir():
        stage.say("The shop of this chapter is a sample in the repository and is not installed; the story goes on.")
        return
    with _open_shop() as address:
        _register(stage, agreement_id, address)
        requisition_id = _visit(stage, institution, agreement_id)
    _order(stage, requisition_id)


@contextmanager
def _open_shop() -> Iterator[str]:
    """Let the shop run at a port that the system chooses, and give the address of its door for OCI."""
    command = [sys.executable, "-m", SHOP]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    with process:
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _register(stage: Stage, agreement_id: str, address: str) -> None:
    stage.step("The supplier's shop behind the agreement is registered; its secret is kept encrypted", REGISTRAR)
    path = f"/agreements/{agreement_id}/punch-out-shop"
    shop = stage.ask(REGISTRAR, "PUT", path, ENTRANCE | {"setup_url": address}, expect=201, quiet=True)
    stage.must("the secret is there, and is told to nobody", holds=shop["has_secret"] and "secret" not in shop)


def _visit(stage: Stage, institution: Institution, agreement_id: str) -> str:
    stage.step("A requisitioner goes to the shop, fills the basket there, and comes back with it", "rekvirent")
    body = {"organisation_id": institution.institution_id}
    visit = stage.post("rekvirent", f"/agreements/{agreement_id}/punch-out-sessions", body, expect=201)
    entry = stage.peek("rekvirent", f"/punch-out-sessions/{visit['id']}/entry")
    action, fields = _filled(entry)
    back = urlsplit(action)
    answer = stage.http.post(f"{back.path}?{back.query}".rstrip("?"), data=fields)
    stage.must("the cart is taken", holds=answer.status_code == httpx.codes.SEE_OTHER)
    return str(stage.peek("rekvirent", f"/punch-out-sessions/{visit['id']}")["requisition_id"])


def _filled(entry: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Go through the shop as a browser does; gives where its last form goes, and what that holds."""
    with httpx.Client(follow_redirects=True) as browser:
        shelves = browser.request(entry["method"], entry["url"], data=entry["fields"])
        basket = _form(shelves.text)
        till = browser.post(shelves.url.join(str(basket.action)), data=BASKET)
    form = _form(till.text)
    return str(form.action), dict(form.form_values())


def _form(page: str) -> html.FormElement:
    form = html.document_fromstring(page).find(".//form")
    assert isinstance(form, html.FormElement)  # noqa: S101 - every page of the shop has one
    return form


def _order(stage: Stage, requisition_id: str) -> None:
    path = f"/requisitions/{requisition_id}"
    stage.step("The cart is a requisition; the agreement has judged each of its lines", "rekvirent")
    cart = stage.get("rekvirent", path).json()
    rows = [(line["item"]["name"], line["amount"], line["standing"], line["note"] or "") for line in cart["lines"]]
    stage.table(cart["title"], ("article", "amount", "standing", "why"), rows)
    standings = [line["standing"] for line in cart["lines"]]
    stage.must("the clips are dearer there", holds=standings == ["ON_AGREEMENT", "PRICE_DIFFERS"])
    stage.step("What is dearer than agreed takes a reason, and all of it an account", "rekvirent")
    reason = {"cascade_reason": "Skal bruges i dag"}
    line = f"{path}/lines/{cart['lines'][1]['id']}"
    told = stage.ask("rekvirent", "PATCH", line, reason, etag=f'"{cart["version"]}"')
    stage.ask("rekvirent", "PATCH", path, {"accounting_cost": "account=2240"}, etag=f'"{told["version"]}"')
    stage.step("It is handed in, taken and ordered at the shop's prices", "indkoeber")
    (order,) = buying.converted(stage, buying.claimed(stage, requisition_id), {})
    buying.approved(stage, order)
    stage.must("it is of type CONFIGURABLE", holds=order["type"] == "CONFIGURABLE")
