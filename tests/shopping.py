"""Going to a supplier's shop and back: the fake shop on loopback, the browser of whoever goes there, and what comes of
it.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import uvicorn
from lxml import html
from sqlmodel import Session, col, select

from app.orders.requisition_models import Requisition, RequisitionLine
from samples.fakeshop.shop import SECRET, USERNAME, create_shop
from tests.client import Client
from tests.integration.organisations.steps import made
from tests.purchases import done
from tests.story import Story
from tests.world import World

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PROKURA = "http://prokura.test"
LINE = {
    "DESCRIPTION": "Kopipapir",
    "VENDORMAT": "NR-1",
    "QUANTITY": "2",
    "UNIT": "EA",
    "PRICE": "10.00",
    "CURRENCY": "DKK",
    "MATGROUP": "14111507",
}


@contextmanager
def open_shop(world: World) -> Iterator[str]:
    """Let the fake shop run on loopback, and give its address; carts it sends by itself come to the world's doors."""

    async def send(address: str, content: bytes) -> str:
        path = address.removeprefix(PROKURA)
        answer = await asyncio.to_thread(Client(world.app).upload, path, content)
        return str(answer.headers["location"])

    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(create_shop(send=send), log_level="critical", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def shop(protocol: str = "OCI", address: str = "https://butik.example", **fields: Any) -> dict[str, Any]:
    """Give how a shop is entered."""
    versions = {"OCI": "4.0", "CXML": "1.2.040", "PEPPOL": "3"}
    own = {"identities": {"from": "NetworkId:institution", "to": "NetworkId:butik"}} if protocol == "CXML" else {}
    return {
        "protocol": protocol,
        "protocol_version": versions[protocol],
        "setup_url": f"{address}/{protocol.lower()}",
        "username": USERNAME,
        "secret": SECRET,
        **own,
        **fields,
    }


def set_shop(story: Story, body: Mapping[str, Any], **headers: str) -> httpx.Response:
    path = f"/agreements/{story.world.agreement_id}/punch-out-shop"
    return story["state-content-manager"].send("PUT", path, json=body, headers=headers)


def begin(story: Story, who: str = "requisitioner", **send: Any) -> httpx.Response:
    body = {"organisation_id": str(story.world.institution_id)}
    return story[who].post(f"/agreements/{story.world.agreement_id}/punch-out-sessions", body, **send)


def begun(story: Story, who: str = "requisitioner", **fields: Any) -> tuple[dict[str, Any], str]:
    """Register an OCI shop and go there; gives the visit, and the path to which the shop sends the cart."""
    made(set_shop(story, shop(**fields)))
    visit = made(begin(story, who))
    entry = done(story[who].get(f"/punch-out-sessions/{visit['id']}/entry"))
    return visit, str(entry["fields"]["HOOK_URL"]).removeprefix(PROKURA)


def cart(*lines: Mapping[str, str | None]) -> dict[str, str]:
    """Give the fields of an OCI cart: lines that differ in something, or with None lack it."""
    return {
        f"NEW_ITEM-{name}[{index}]": value
        for index, changed in enumerate(lines, start=1)
        for name, value in (LINE | dict(changed)).items()
        if value is not None
    }


def send_back(world: World, path: str, fields: Mapping[str, str]) -> httpx.Response:
    """Post a cart as the user's browser does: without a token of the user."""
    return Client(world.app).send("POST", path, content=urlencode(fields).encode(), headers=FORM)


class Browser:
    """Goes to the shop, fills in forms, and comes back to Prokura with what the last page holds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shop = httpx.Client(follow_redirects=True)
        self._address, self._page = "", ""

    def enter(self, method: str, url: str, fields: Mapping[str, str]) -> "Browser":
        answer = self._shop.request(method, url, **{"params" if method == "GET" else "data": dict(fields) or None})
        assert answer.status_code == 200, answer.text
        self._address, self._page = str(answer.url), answer.text
        return self

    def pick(self, **quantities: str) -> httpx.Response:
        """Put articles into the basket and go to the till."""
        form = html.fromstring(self._page).forms[0]
        wanted = {number.replace("_", "-"): quantity for number, quantity in quantities.items()}
        answer = self._shop.post(httpx.URL(self._address).join(form.action), data=wanted, follow_redirects=False)
        self._page = answer.text
        return answer

    def filled(self) -> dict[str, str]:
        """Give the fields of the form on the page as the shop has filled them in."""
        return {name: str(value) for name, value in html.fromstring(self._page).forms[0].form_values()}

    def held(self) -> tuple[str, dict[str, str]]:
        """Give the form on the page: the path at Prokura, and its fields."""
        form = html.fromstring(self._page).forms[0]
        return str(form.action).removeprefix(PROKURA), dict(form.form_values())

    def come_back(self) -> httpx.Response:
        return send_back(self._world, *self.held())

    def close(self) -> None:
        self._shop.close()


def requisition(world: World, requisition_id: str | UUID) -> tuple[Requisition, list[RequisitionLine]]:
    """Give a requisition with its lines."""

    def step(session: Session) -> tuple[Requisition, list[RequisitionLine]]:
        found = session.get_one(Requisition, UUID(str(requisition_id)))
        lines = select(RequisitionLine).where(RequisitionLine.requisition_id == found.id)
        return found, list(session.exec(lines.order_by(col(RequisitionLine.position))))

    return world.database.run(step, write=False)


def requisition_at(world: World, answer: httpx.Response) -> tuple[Requisition, list[RequisitionLine]]:
    """Give the requisition to which a browser is led."""
    assert answer.status_code == 303, answer.text
    path, _, requisition_id = answer.headers["location"].rpartition("/")
    assert path == "/requisitions"
    return requisition(world, requisition_id)
