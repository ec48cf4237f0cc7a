"""The story: from an uploaded catalogue to an invoice that approves itself, one that does not, and a new catalogue."""

from datetime import date
from pathlib import Path

from app import dialects
from app.demo import buying, papers, renewal
from app.demo.institution import Institution
from app.demo.stage import Stage
from app.documents.order import Order
from app.oioubl import ubl


def play(stage: Stage, institution: Institution, folder: Path, today: date) -> None:
    """Play the story; `folder` is where the server's documents leave."""
    stage.chapter("The catalogue")
    _catalogue(stage, today)
    stage.chapter("The order")
    order_id = _order(stage, institution)
    document = _sent(stage, order_id, folder)
    _answered(stage, order_id, document)
    stage.chapter("The goods and the invoice")
    waiting_id = _first_invoice(stage, order_id, document, today)
    _second_receipt(stage, order_id, waiting_id, today)
    stage.chapter("An invoice that does not agree")
    _deviation(stage, document)
    stage.chapter("A new version of the catalogue")
    renewal.play(stage, institution, today)


def _catalogue(stage: Stage, today: date) -> None:
    stage.step("The supplier uploads an OIOUBL catalogue", "leverandoer")
    content = papers.written(papers.catalogue(today))
    stage.document("Catalogue", content)
    version = stage.send("leverandoer", "/catalogues", content, expect=201)
    stage.must(f"it is {version['status']}", holds=version["status"] == "PENDING_APPROVAL")
    stage.step("The content manager looks at what it changes, and approves", "statens-indkoeb")
    path = f"/catalogues/{version['catalogue_id']}"
    changes = stage.get("statens-indkoeb", f"{path}/changes")
    stage.json({kind: lines for kind, lines in changes.json()["summary"]["counts"].items() if lines})
    approved = stage.post("statens-indkoeb", f"{path}/approve", etag=changes.headers["ETag"])
    stage.must("version 1 is live", holds=approved["versions"][0]["status"] == "APPROVED")


def _order(stage: Stage, institution: Institution) -> str:
    stage.step("A requisitioner searches among what is shared", "rekvirent")
    paper, binder = buying.found(stage, "kopipapir"), buying.found(stage, "ringbind")
    stage.must("copy paper and ring binders are found", holds=len(paper) == len(binder) == 1)
    stage.must(
        "the office chair is not: its product group was left out on the way",
        holds=not buying.found(stage, "kontorstol"),
    )
    stage.step("The buyer makes an order and asks for approval", "indkoeber")
    order = buying.drafted(stage, institution, {paper[0]["id"]: "10", binder[0]["id"]: "5"})
    stage.must(f"order {order['number']} of {order['total_amount']} DKK", holds=order["total_amount"] == "2000.00")
    order = stage.post("indkoeber", f"/orders/{order['id']}/submit", etag='"1"')
    stage.step("Another person approves, within prokura; the order leaves at once", "disponent")
    order = stage.post("disponent", f"/orders/{order['id']}/approve", etag=f'"{order["version"]}"')
    stage.must("it is SENT", holds=order["status"] == "SENT")
    return str(order["id"])


def _sent(stage: Stage, order_id: str, folder: Path) -> Order:
    stage.step("The OIOUBL Order lies in the outgoing folder", "worker")
    content = stage.get("indkoeber", f"/orders/{order_id}", accept="application/xml").content
    stage.until("the file is there, byte for byte", lambda: _is_there(folder, content))
    stage.document("Order", content)
    document = dialects.read(ubl.parse(content))
    assert isinstance(document, Order)  # noqa: S101 - what the door gives
    return document


def _is_there(folder: Path, content: bytes) -> bool:
    return any(file.read_bytes() == content for file in folder.glob("*.xml"))


def _answered(stage: Stage, order_id: str, document: Order) -> None:
    stage.step("The supplier accepts with an OrderResponseSimple", "leverandoer")
    stage.send("leverandoer", "/documents", papers.written(papers.answer(document)), expect=202)
    stage.until(
        "the order is ACCEPTED",
        lambda: stage.peek("indkoeber", f"/orders/{order_id}")["response_status"] == "ACCEPTED",
    )


def _first_invoice(stage: Stage, order_id: str, document: Order, today: date) -> str:
    stage.step("A part of the goods comes: 4 of 10 boxes of paper", "varemodtager")
    buying.received(stage, order_id, today, _1="4")
    stage.step("The invoice for all 10 boxes comes", "fakturasystem")
    case = stage.send("fakturasystem", "/match", papers.written(papers.bill(document, {"1": "10"})))
    stage.explanation(case)
    stage.must("it waits: 6 boxes are missing", holds=case["outcome"] == "AWAITING_RECEIPT")
    return str(case["id"])


def _second_receipt(stage: Stage, order_id: str, invoice_id: str, today: date) -> None:
    stage.step("The rest comes", "varemodtager")
    buying.received(stage, order_id, today, _1="6", _2="5")
    stage.until(
        "the invoice approved itself, without anyone touching it",
        lambda: stage.peek("fakturabehandler", f"/match/{invoice_id}")["outcome"] == "AUTO_APPROVED",
    )
    stage.step("Why was it approved?", "fakturabehandler")
    stage.explanation(stage.get("fakturabehandler", f"/match/{invoice_id}").json())


def _deviation(stage: Stage, document: Order) -> None:
    stage.step("A second invoice: ring binders at 290.00 instead of 200.00", "fakturasystem")
    dear = papers.bill(document, {"2": "5"}, number="F-1002", prices={"2": "290.00"})
    case = stage.send("fakturasystem", "/match", papers.written(dear))
    stage.explanation(case)
    stage.must("it is a deviation", holds=case["outcome"] == "DEVIATION")
    stage.step("It waits as a task with whoever can mend it", "indkoeber")
    tasks = stage.get("indkoeber", "/tasks").json()["data"]
    mine = [task for task in tasks if task["subject_id"] == case["id"] and task["state"] == "OPEN"]
    stage.must(f"the buyer has the task {mine[0]['type'] if mine else '-'}", holds=len(mine) == 1)
    stage.step("The same bytes again get the same answer", "fakturasystem")
    again = stage.send("fakturasystem", "/match", papers.written(dear))
    stage.must("same case, same decision", holds=again == case)
