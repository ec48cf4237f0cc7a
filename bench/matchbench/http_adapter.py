"""The service itself: a server in a process of its own, told everything through its public doors."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

import httpx

from app import dialects
from app.kit.clock import SystemClock
from app.kit.money import plain
from app.organisations import people, service
from app.organisations.messages import OrganisationIn
from app.organisations.people_messages import RoleGrantIn
from app.organisations.people_models import Role
from bench.databases import addresses, with_schema
from bench.matchbench.making import LONE_BUYER
from bench.matchbench.orders import written_order
from bench.matchbench.world import Answer, Bill, Delivery, DeliveryKind, Linked, Order, Outcome, Policy
from bench.processes import serving
from tests.policies import publish_policy
from tests.world import ADMINISTRATOR, World, build_world

PAUSE_SECONDS: Final = 0.05
SETTLED_SECONDS: Final = 2
PATIENCE_SECONDS: Final = 30
SYSTEM, RECEIVER = "invoice-system", "receiver"


class ServiceError(Exception):
    """The service refused what the benchmark needs, or did not get on with it; the message is what it said."""


@contextmanager
def served(kind: str, policy: Policy) -> Iterator["HttpAdapter"]:
    """Serve an empty state under a policy on one kind of database, and give the adapter to it."""
    with addresses(kind, "ours") as (folder, places):
        database = with_schema(places["ours"])
        world = build_world(database, folder, SystemClock().now())
        _set_up(world, policy)
        settings = {
            "PROKURA_DATABASE_URL": places["ours"],
            "PROKURA_DATA_FOLDER": str(folder),
            "PROKURA_DEMO_ISSUER": "true",
        }
        command = (sys.executable, "-m", "app.cli", "serve", "--port", "0")
        database.close()
        with serving(command, settings, folder / "log") as server, httpx.Client(timeout=PATIENCE_SECONDS) as http:
            yield HttpAdapter(world, http, server.address)


def _set_up(world: World, policy: Policy) -> None:
    """Let one institution trust the system that places its orders, and another one not: there one person has seen an
    order.
    """
    body = OrganisationIn(parent_id=world.ministry_id, name="Den Lille Institution", gln=LONE_BUYER)
    lone_id = world.step(ADMINISTRATOR, service.create_organisation, body).id
    begun = (world.clock.now() - timedelta(days=60)).date()
    for who, role in ((SYSTEM, Role.INVOICE_SYSTEM), (RECEIVER, Role.RECEIVER)):
        grant = RoleGrantIn(user_id=world.people[who], role=role, organisation_id=lone_id, valid_from=begun)
        world.step(ADMINISTRATOR, people.grant_role, grant)
    tolerance = {
        "kind": "TOLERANCE",
        "absolute": plain(policy.absolute),
        "percent": plain(policy.percent),
        "freight_cap": plain(policy.freight_cap),
    }
    publish_policy(world, world.institution_id, tolerance)
    publish_policy(world, lone_id, tolerance)
    publish_policy(world, world.institution_id, {"kind": "EXTERNAL_APPROVAL", "external_approval": "TRUSTED"})


class HttpAdapter:
    """Places orders and posts bills as the buyer's system, and receives goods as the receiver."""

    def __init__(self, world: World, http: httpx.Client, address: str) -> None:
        self._world, self._http, self._address = world, http, address
        self._orders: dict[str, str] = {}
        self._lines: dict[str, tuple[str, str]] = {}
        self._waiting: dict[str, tuple[str, int, frozenset[str]]] = {}

    def place(self, order: Order) -> None:
        content = dialects.write(written_order(order))
        kept = self._sent("POST", "/documents", SYSTEM, content=content)
        done = self._until(f"/documents/{kept['id']}", SYSTEM, lambda seen: seen["state"] != "RECEIVED")
        if done["state"] != "PROCESSED":
            raise ServiceError(f"order {order.number} was not taken in: {done}")
        self._orders[order.number] = done["result_id"]
        for line in self._sent("GET", f"/orders/{done['result_id']}", RECEIVER)["lines"]:
            self._lines[line["id"]] = (order.number, line["line_id"])

    def deliver(self, delivery: Delivery) -> Sequence[Answer]:
        order_id = self._orders[delivery.order]
        lines = [{"line_id": line_id, "quantity": plain(moved)} for line_id, moved in delivery.quantities.items()]
        if delivery.kind is DeliveryKind.RETURN:
            body = {"returned_on": str(delivery.on), "cause": "SURPLUS", "reason": "For meget", "lines": lines}
            self._sent("POST", f"/orders/{order_id}/returns", RECEIVER, json=body)
            return ()
        body = {"received_on": str(delivery.on), "lines": lines}
        self._sent("POST", f"/orders/{order_id}/receipts", RECEIVER, json=body)
        waiting = [bill for bill, (_, _, orders) in self._waiting.items() if order_id in orders]
        return [self._again(bill) for bill in waiting]

    def _again(self, bill: str) -> Answer:
        case_id, sequence, _ = self._waiting.pop(bill)
        path = f"/match/{case_id}"
        seen = self._until(path, SYSTEM, lambda case: case["decision"]["sequence"] > sequence)
        while seen["outcome"] == Outcome.AWAITING_RECEIPT:
            # Maybe it was decided for an earlier receipt, whose job was late, and will be once more for this one.
            time.sleep(SETTLED_SECONDS)
            later = self._sent("GET", path, SYSTEM)
            if later["decision"]["sequence"] == seen["decision"]["sequence"]:
                break
            seen = later
        return self._answer(bill, seen)

    def decide(self, bill: Bill) -> Answer:
        return self._answer(bill.id, self._sent("POST", "/match", SYSTEM, content=dialects.write(bill.invoice)))

    def _answer(self, bill: str, case: dict[str, Any]) -> Answer:
        decision, outcome = case["decision"], Outcome(case["outcome"])
        allocated = decision["allocations"]
        taken = {one["invoice_line_id"] for one in allocated}
        paired = [one for one in decision["pairs"] if one["invoice_line_id"] not in taken]
        if outcome is Outcome.AWAITING_RECEIPT:
            orders = frozenset(one["order_id"] for one in allocated)
            self._waiting[bill] = (case["id"], decision["sequence"], orders)
        return Answer(bill, outcome, tuple(self._linked(one) for one in (*allocated, *paired)))

    def _linked(self, one: dict[str, Any]) -> Linked:
        order, line = self._lines[one["order_line_id"]]
        quantity = one.get("quantity")
        return Linked(one["invoice_line_id"], order, line, None if quantity is None else abs(Decimal(quantity)))

    def _until(self, path: str, who: str, is_done: Any) -> dict[str, Any]:
        for _ in range(int(PATIENCE_SECONDS / PAUSE_SECONDS)):
            seen = self._sent("GET", path, who)
            if is_done(seen):
                return seen
            time.sleep(PAUSE_SECONDS)
        raise ServiceError(f"nothing has become of {path} for {PATIENCE_SECONDS} seconds")

    def _sent(self, method: str, path: str, who: str, **content: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._world.issuer.mint(who, SystemClock())}"}
        if "content" in content:
            headers["Content-Type"] = "application/xml"
        elif method == "POST":
            headers["Idempotency-Key"] = uuid4().hex
        answer = self._http.request(method, f"{self._address}{path}", headers=headers, **content)
        if answer.is_error:
            raise ServiceError(f"{method} {path}: {answer.status_code} {answer.text[:1000]}")
        return dict(answer.json())
