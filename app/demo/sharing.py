"""The story of sharing: a local agreement in five steps, what is taken back, what ends, and a change of ministries."""

from datetime import date, timedelta
from typing import Any

from app.demo import buying, papers
from app.demo.institution import ADMINISTRATOR, Institution
from app.demo.stage import Stage

MANAGER, STATE_MANAGER = "indholdsansvarlig", "statens-indkoeb"
LOCAL = "K-LOKAL-1"
COFFEE = {"5005": ("Kaffe, 500 g", "45.00", "50201706")}


def play(stage: Stage, institution: Institution, today: date) -> None:
    """Play it, after the story of the catalogue and the orders."""
    stage.chapter("A local agreement")
    local_id = _local(stage, institution, today)
    stage.chapter("What is taken back")
    _taken_back(stage, institution, today)
    stage.chapter("What ends")
    _ended(stage, institution, local_id, today)
    stage.chapter("The institution changes ministries")
    _reorganised(stage, institution, today)


def _local(stage: Stage, institution: Institution, today: date) -> str:
    """Open, receive a catalogue, approve it, share it, see it."""
    stage.step("The content manager opens an agreement of the institution's own", MANAGER)
    body = {
        "owner_id": institution.institution_id,
        "supplier_id": institution.supplier_id,
        "kind": "LOCAL",
        "title": "Kaffe og te",
        "contract_number": LOCAL,
        "valid_from": str(today - timedelta(days=30)),
        "valid_to": str(today + timedelta(days=330)),
    }
    opened = stage.post(MANAGER, "/agreements", body, expect=201)
    stage.post(MANAGER, f"/agreements/{opened['id']}/activate", etag=f'"{opened["version"]}"')
    stage.step("The supplier sends its catalogue to the institution's GLN", "leverandoer")
    catalogue = papers.catalogue(today, number="KAT-2", prices=COFFEE, contract_id=LOCAL)
    version = stage.send("leverandoer", "/catalogues", papers.written(catalogue), expect=201)
    stage.step("The content manager approves it; nobody sees it yet", MANAGER)
    path = f"/catalogues/{version['catalogue_id']}"
    seen = stage.get(MANAGER, path)
    stage.post(MANAGER, f"{path}/approve", etag=seen.headers["ETag"])
    stage.must("the requisitioner finds no coffee", holds=not buying.found(stage, "kaffe"))
    stage.step("Shared with everybody of the institution, it is there", MANAGER)
    _share(stage, MANAGER, opened["id"], institution.institution_id, institution.institution_id, "EVERYBODY", today)
    stage.must("the requisitioner finds coffee", holds=len(buying.found(stage, "kaffe")) == 1)
    return str(opened["id"])


def _share(stage: Stage, who: str, agreement_id: str, giver: str, to: str, target: str, today: date) -> None:
    body = {"from_organisation_id": giver, "target": target, "organisation_id": to, "valid_from": str(today)}
    stage.post(who, f"/agreements/{agreement_id}/shares", body, expect=201)


def _shares(stage: Stage, agreement_id: str) -> list[dict[str, Any]]:
    shares: list[dict[str, Any]] = stage.peek(STATE_MANAGER, f"/agreements/{agreement_id}/shares")["data"]
    return sorted(shares, key=lambda share: str(share["id"]))


def _why(stage: Stage, agreement_id: str) -> str:
    """Show why the buyer sees an agreement or not; gives the code."""
    buyer = stage.peek("indkoeber", "/me")["id"]
    answer = stage.get(ADMINISTRATOR, f"/agreements/{agreement_id}/why", user_id=buyer).json()
    for finding in answer["findings"]:
        stage.say(finding["message_da"])
    return str(answer["findings"][0]["code"])


def _taken_back(stage: Stage, institution: Institution, today: date) -> None:
    (pencils,) = buying.found(stage, "blyanter")
    stage.step("A basket is made, and an order is sent, on the state's agreement", "indkoeber")
    basket = buying.drafted(stage, institution, {pencils["id"]: "3"})
    order = buying.sent(stage, institution, {pencils["id"]: "2"})
    stage.step("The state takes its share back: all that hangs on it stops at once", STATE_MANAGER)
    first = _shares(stage, institution.agreement_id)[0]
    stage.ask(STATE_MANAGER, "DELETE", f"/shares/{first['id']}")
    stage.must("the reason names the step", holds=_why(stage, institution.agreement_id) == "STEP_REVOKED")
    lines = stage.peek("indkoeber", f"/orders/{basket['id']}")["lines"]
    stage.must(f"the basket's line is {lines[0]['flags'][0]}", holds=lines[0]["flags"] == ["AGREEMENT_NOT_VISIBLE"])
    stage.step("The order that was sent is not touched", "varemodtager")
    buying.passes(stage, order["id"], "F-2001", today, "2")
    stage.step("Given again, everything that hangs on it works again", STATE_MANAGER)
    stage.post(STATE_MANAGER, f"/shares/{first['id']}/restore")
    lines = stage.peek("indkoeber", f"/orders/{basket['id']}")["lines"]
    stage.must("the basket can be sent", holds=lines[0]["flags"] == [])


def _ended(stage: Stage, institution: Institution, agreement_id: str, today: date) -> None:
    (coffee,) = buying.found(stage, "kaffe")
    stage.step("An order on the local agreement is sent; then the agreement ends", "indkoeber")
    order = buying.sent(stage, institution, {coffee["id"]: "4"})
    seen = stage.get(MANAGER, f"/agreements/{agreement_id}")
    ends = {"valid_to": str(today - timedelta(days=1))}
    changed = stage.ask(MANAGER, "PATCH", f"/agreements/{agreement_id}", ends, etag=seen.headers["ETag"])
    stage.must(f"it is {changed['in_force']}, and nobody finds coffee", holds=not buying.found(stage, "kaffe"))
    stage.step("What was ordered before is still received and paid", "varemodtager")
    buying.passes(stage, order["id"], "F-2002", today, "4")


def _reorganised(stage: Stage, institution: Institution, today: date) -> None:
    stage.step("A new ministry; what would a move change? Nothing has been decided yet", ADMINISTRATOR)
    body: dict[str, Any] = {"parent_id": institution.state_id, "name": "Ministeriet for Nye Eksempler"}
    ministry_id = stage.post(ADMINISTRATOR, "/organisations", body, expect=201)["id"]
    wanted = {
        "kind": "MOVE",
        "organisation_id": institution.institution_id,
        "target_id": ministry_id,
        "effective_on": str(today),
    }
    told = stage.get(ADMINISTRATOR, "/reorganisation-previews", **wanted).json()
    lists = [(name, str(value["total"])) for name, value in told.items() if isinstance(value, dict)]
    stage.table("What the move would do", ("what", "how many"), lists)
    stage.step("It is planned for today, and done", ADMINISTRATOR)
    planned = stage.post(ADMINISTRATOR, "/reorganisations", wanted, expect=201)
    path = f"/reorganisations/{planned['id']}"
    stage.until("the institution has moved", lambda: stage.peek(ADMINISTRATOR, path)["status"] == "DONE")
    agreement_id = institution.agreement_id
    stage.must("the old ministry's share has lapsed", holds=_why(stage, agreement_id) == "STEP_LAPSED")
    stage.step("The state shares with the new ministry, and that with the institution", STATE_MANAGER)
    place = institution.institution_id
    for giver, to in ((institution.state_id, ministry_id), (ministry_id, place)):
        _share(stage, STATE_MANAGER, agreement_id, giver, to, "ORGANISATION", today)
    _share(stage, MANAGER, agreement_id, place, place, "EVERYBODY", today)
    stage.must("its buyers see the agreement again", holds=_why(stage, agreement_id) == "VISIBLE")
