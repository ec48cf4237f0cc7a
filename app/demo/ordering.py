"""An order of each kind: needs that become orders, a cart of a shop, words that are received by amount, and rent."""

from datetime import date, timedelta
from typing import Any

from app.demo import buying, papers, shopping
from app.demo.institution import ADMINISTRATOR, Institution
from app.demo.stage import Stage

MANAGER = "indholdsansvarlig"
LOCAL = "K-LOKAL-2"
OFFICE = {
    "6006": ("Skrivebord, hæve-sænke", "2400.00", "56101703"),
    "PAPIR-A4": ("Printerpapir A4 80 g", "29.50", "14111507"),
    "CLIPS-100": ("Papirclips", "0.10", "44122104"),
}
"""What the local agreement's catalogue holds; the supplier's shop sells the last two as well, one of them dearer."""

DIMENSIONS = [
    {"name": "account", "label": "Konto", "required": True},
    {"name": "projekt", "label": "Projekt", "values": [{"code": "P-17", "label": "Nyt kontor"}]},
]
POSTED = "account=2240;projekt=P-17"


def play(stage: Stage, institution: Institution, today: date) -> None:
    """Play it, while the agreement of the story is shared."""
    stage.chapter("A need becomes orders")
    local_id = _agreement(stage, institution, today)
    _posting(stage, institution)
    _need(stage, institution, local_id, today)
    stage.chapter("A cart from the supplier's shop")
    shopping.play(stage, institution, local_id)
    stage.chapter("An order in words")
    _in_words(stage, institution, local_id, today)
    stage.chapter("What repeats itself")
    _rent(stage, institution, today)


def _agreement(stage: Stage, institution: Institution, today: date) -> str:
    place = institution.institution_id
    stage.step("The institution has a local agreement on furniture and services, shared with everybody there", MANAGER)
    body = {
        "owner_id": place,
        "supplier_id": institution.supplier_id,
        "kind": "LOCAL",
        "title": "Kontor og ydelser",
        "contract_number": LOCAL,
        "valid_from": str(today - timedelta(days=30)),
        "valid_to": str(today + timedelta(days=700)),
    }
    opened = stage.post(MANAGER, "/agreements", body, expect=201, quiet=True)
    stage.post(MANAGER, f"/agreements/{opened['id']}/activate", etag='"1"', quiet=True)
    down = {"from_organisation_id": place, "target": "EVERYBODY", "organisation_id": place, "valid_from": str(today)}
    stage.post(MANAGER, f"/agreements/{opened['id']}/shares", down, expect=201, quiet=True)
    document = papers.catalogue(today, number="KAT-3", prices=OFFICE, contract_id=LOCAL)
    version = stage.send("leverandoer", "/catalogues", papers.written(document), expect=201)
    path = f"/catalogues/{version['catalogue_id']}"
    seen = stage.get(MANAGER, path)
    stage.post(MANAGER, f"{path}/approve", etag=seen.headers["ETag"], quiet=True)
    return str(opened["id"])


def _posting(stage: Stage, institution: Institution) -> None:
    place = f"/organisations/{institution.institution_id}"
    stage.step("It posts by account and project; furniture has an account of its own", ADMINISTRATOR)
    stage.ask(ADMINISTRATOR, "PUT", f"{place}/posting-scheme", {"dimensions": DIMENSIONS}, quiet=True)
    default = {"unspsc_prefix": "56", "accounting_cost": "account=2270;projekt=P-17"}
    stage.post(ADMINISTRATOR, f"{place}/posting-defaults", default, expect=201)


def _need(stage: Stage, institution: Institution, local_id: str, today: date) -> None:
    stage.step("A requisitioner needs things of two agreements, and something in words", "rekvirent")
    paper, desk = buying.found(stage, "kopipapir")[0], buying.found(stage, "skrivebord")[0]
    need = {
        "organisation_id": institution.institution_id,
        "title": "Til det nye kontor",
        "reason": "Tre nye medarbejdere",
        "lines": [
            {
                "source": "CATALOGUE",
                "catalogue_line_id": paper["id"],
                "quantity": "5",
                "accounting_cost": POSTED,
            },
            {"source": "CATALOGUE", "catalogue_line_id": desk["id"], "quantity": "3"},
            {"source": "TEXT", "text": "Montering", "amount": "1500.00", "accounting_cost": POSTED},
        ],
    }
    made = stage.post("rekvirent", "/requisitions", need, expect=201)
    stage.step("The buyer takes it, chooses whom to ask for the line in words, and makes orders of it", "indkoeber")
    working = buying.claimed(stage, made["id"])
    choice = {"line_id": working["lines"][2]["id"], "agreement_id": local_id}
    ends_on = str(today + timedelta(days=60))
    orders = buying.converted(stage, working, {"lines": [choice], "ends_on": ends_on})
    kinds = [order["type"] for order in orders]
    stage.must("one order a supplier, agreement and kind: three", holds=kinds == ["CATALOGUE", "CATALOGUE", "TEXT"])
    posted = orders[1]["lines"][0]["accounting_cost"]
    stage.must(f"nobody posted the desks; they go to {posted}", holds=posted == "account=2270;projekt=P-17")
    stage.step("Each is approved, and leaves", "disponent")
    for order in orders:
        buying.approved(stage, order)


def _in_words(stage: Stage, institution: Institution, local_id: str, today: date) -> None:
    stage.step("The buyer orders hours for 40,000.00 at most; they are received as they are worked", "indkoeber")
    wanted = {"text": "Konsulentbistand, indretning", "unspsc": "80101500", "amount": "40000.00"}
    body = {
        "organisation_id": institution.institution_id,
        "type": "TEXT",
        "agreement_id": local_id,
        "buyer_reference": "7778",
        "accounting_cost": POSTED,
        "ends_on": str(today + timedelta(days=180)),
        "lines": [wanted],
    }
    order = buying.approved(stage, stage.post("indkoeber", "/orders", body, expect=201))
    stage.step("Half of it has been worked, in two parts", "varemodtager")
    for amount in ("12000.00", "8000.00"):
        lines = [{"line_id": "1", "amount": amount}]
        receipt = {"received_on": str(today), "lines": lines}
        stage.post("varemodtager", f"/orders/{order['id']}/receipts", receipt, expect=201)
    share = stage.peek("indkoeber", f"/orders/{order['id']}")["lines"][0]["received_share"]
    stage.must(f"{share} of the line is received", holds=share == "0.5000")
    stage.step("The invoice for that half comes", "fakturasystem")
    document = buying.document_of(stage, order["id"])
    case = _billed(stage, papers.bill(document, {"1": "1"}, number="F-4001", prices={"1": "20000.00"}))
    stage.must("it approved itself: billed is what was received", holds=case["outcome"] == "AUTO_APPROVED")
    stage.step("What does the order still reserve?", "indkoeber")
    reserved = stage.get("indkoeber", f"/orders/{order['id']}/commitment").json()
    names = ("committed", "received_not_invoiced", "invoiced")
    stage.table(
        f"Order {reserved['number']}",
        ("posting", "still to come", "come without an invoice", "invoiced"),
        [[one["accounting_cost"] or "", *(one[name] for name in names)] for one in reserved["postings"]],
    )


def _rent(stage: Stage, institution: Institution, today: date) -> None:
    stage.step("Rent of 5,000.00 a month for a year is a standing order, without an agreement", "indkoeber")
    first = today.replace(day=1)
    body = {
        "organisation_id": institution.institution_id,
        "supplier_id": institution.supplier_id,
        "reference": "HUSLEJE-77",
        "recurrence": "MONTHLY",
        "valid_from": str(first),
        "valid_to": str(first.replace(year=first.year + 1) - timedelta(days=1)),
        "item_name": "Husleje",
        "unspsc": "80131500",
        "buyer_reference": "7778",
        "accounting_cost": "account=2310",
        "terms": {"expected_amount": "5000.00", "tolerance_percent": "2"},
    }
    order = stage.post("indkoeber", "/standing-orders", body, expect=201)
    stage.step("It is approved once, for all that it commits to", "disponent")
    sent = buying.approved(stage, order)
    stage.must("that is twelve months of it", holds=sent["total_amount"] == "60000.00")
    stage.step("The invoice of this month comes; nothing is to be received", "fakturasystem")
    document = buying.document_of(stage, order["id"])
    case = _billed(stage, papers.bill(document, {"1": "1"}, number="F-4002", prices={"1": "5000.00"}))
    stage.must("it passes, and nobody touches it", holds=case["outcome"] == "AUTO_APPROVED")
    stage.step("Another one comes in the same month", "fakturasystem")
    case = _billed(stage, papers.bill(document, {"1": "1"}, number="F-4003", prices={"1": "5000.00"}))
    codes = {finding["code"] for finding in case["decision"]["findings"]}
    stage.explanation(case)
    stage.must("it is stopped: the month is used", holds="STANDING_PERIOD_USED" in codes)


def _billed(stage: Stage, bill: Any) -> dict[str, Any]:
    return stage.send("fakturasystem", "/match", papers.written(bill))
