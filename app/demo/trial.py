"""The supplier is tried: a test order goes the way that orders will go, the supplier answers it, and is active."""

from pathlib import Path

from app import dialects
from app.demo import papers
from app.demo.institution import Institution
from app.demo.stage import Stage
from app.documents.order import Order
from app.oioubl import ubl

REGISTRAR = "statens-indkoeb"


def play(stage: Stage, institution: Institution, folder: Path) -> None:
    """Play it; `folder` is where the server's documents leave."""
    stage.chapter("The supplier is tried")
    supplier = f"/suppliers/{institution.supplier_id}"
    known = stage.peek(REGISTRAR, supplier)
    stage.step("A supplier that is REGISTERED gets no orders yet; it is sent a test order", REGISTRAR)
    stage.say(f"it lacks {known['missing'][0]}")
    body = {"organisation_id": institution.institution_id}
    number = stage.post(REGISTRAR, f"{supplier}/test-orders", body, expect=201)["number"]
    stage.step("The test order lies in the outgoing folder, where the supplier's access point finds it", "worker")
    stage.until(f"test order {number} has left", lambda: bool(_left(folder, number)))
    (order,) = _left(folder, number)
    stage.say(order.notes[0])
    stage.step("The supplier accepts it with an OrderResponseSimple", "leverandoer")
    stage.send("leverandoer", "/documents", papers.written(papers.answer(order)), expect=202)
    stage.until(f"{known['name']} is ACTIVE", lambda: stage.peek(REGISTRAR, supplier)["status"] == "ACTIVE")


def _left(folder: Path, number: str) -> list[Order]:
    """Give the orders with a number that have left."""
    documents = [dialects.read(ubl.parse(file.read_bytes())) for file in folder.glob("*.xml")]
    return [document for document in documents if isinstance(document, Order) and document.number == number]
