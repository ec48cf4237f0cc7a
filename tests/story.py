"""What the people and systems of the world do, each through the doors."""

from pathlib import Path
from typing import Any

from app import dialects
from app.assembly import worker_of
from app.demo import papers
from app.documents.order import Order
from app.kit.config import Settings
from app.oioubl import ubl
from tests.client import Client
from tests.world import World


class Story:
    """A world, the clients of its people, and the folder where its documents leave."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self._clients: dict[str, Client] = {}

    def __getitem__(self, subject: str) -> Client:
        """Give the client of one of the people, or of a substitute: `buyer for disponent`."""
        if subject not in self._clients:
            who, _, principal = subject.partition(" for ")
            self._clients[subject] = self.world.client(who, self.world.id_of(principal) if principal else None)
        return self._clients[subject]

    def work(self) -> None:
        """Let the worker do everything that waits."""
        settings = Settings(data_folder=self.folder)
        worker_of(settings, self.world.database, self.world.clock).work_until_idle()

    def approved_catalogue(self) -> None:
        uploaded = self["supplier"].upload(
            "/catalogues", papers.written(papers.catalogue(self.world.clock.now().date()))
        )
        assert uploaded.status_code == 201, uploaded.text
        catalogue_id = uploaded.json()["catalogue_id"]
        seen = self["state-content-manager"].get(f"/catalogues/{catalogue_id}")
        approved = self["state-content-manager"].post(
            f"/catalogues/{catalogue_id}/approve", headers={"If-Match": seen.headers["etag"]}
        )
        assert approved.status_code == 200, approved.text

    def found(self, words: str) -> dict[str, Any]:
        answer = self["buyer"].get("/catalogue-lines", q=words)
        assert answer.status_code == 200, answer.text
        (line,) = answer.json()["data"]
        return dict(line)

    def sent_order(self, **quantities: str) -> dict[str, Any]:
        lines = [
            {"catalogue_line_id": self.found(words.replace("_", " "))["id"], "quantity": quantity}
            for words, quantity in quantities.items()
        ]
        body = {
            "organisation_id": str(self.world.institution_id),
            "buyer_reference": "7778",
            "accounting_cost": "5250124502",
            "lines": lines,
        }
        made = self["buyer"].post("/orders", body)
        assert made.status_code == 201, made.text
        order_id = made.json()["id"]
        submitted = self["buyer"].post(f"/orders/{order_id}/submit", headers={"If-Match": made.headers["etag"]})
        assert submitted.status_code == 200, submitted.text
        approved = self["disponent"].post(
            f"/orders/{order_id}/approve", headers={"If-Match": submitted.headers["etag"]}
        )
        assert approved.status_code == 200, approved.text
        return dict(approved.json())

    def document_of(self, order_id: str) -> Order:
        answer = self["buyer"].get(f"/orders/{order_id}", headers={"Accept": "application/xml"})
        assert answer.status_code == 200, answer.text
        document = dialects.read(ubl.parse(answer.content))
        assert isinstance(document, Order)
        return document

    def receive(self, order_id: str, **quantities: str) -> None:
        lines = [{"line_id": line[1:], "quantity": quantity} for line, quantity in quantities.items()]
        answer = self["receiver"].post(f"/orders/{order_id}/receipts", {"received_on": "2026-03-02", "lines": lines})
        assert answer.status_code == 201, answer.text
        self.work()

    def match(self, content: bytes) -> dict[str, Any]:
        answer = self["invoice-system"].upload("/match", content)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def codes(case: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in case["decision"]["findings"]} | set(case["decision"].get("agreeing", ()))
