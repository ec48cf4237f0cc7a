"""Each document about a catalogue, by each door and of each size: the same follows from it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app import dialects
from app.catalogs.models import CatalogueVersion
from app.oioubl.validation import fatal_rules
from tests.catalogue_papers import deletion, items, prices, request
from tests.catalogues import answers, bracket, catalogue_xml, decide, line, publish
from tests.large_catalogues import offered, read_by_jobs
from tests.purchases import done, refused
from tests.story import Story
from tests.world import World

LINES = [line("L1", "10.00"), line("L2", "20.00", name="Blyant"), line("L3", "30.00")]
AT_ONCE, BY_JOB, BY_INBOX, BY_INBOX_JOB = "at once", "by a job", "by the inbox", "by the inbox and a job"
Send = Callable[[bytes], CatalogueVersion]


@pytest.fixture(params=[AT_ONCE, BY_JOB, BY_INBOX, BY_INBOX_JOB])
def send(request: pytest.FixtureRequest, story: Story, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Give what hands a document in by one of the doors, and the version that it becomes; KAT-1 is live."""
    publish(story.world, LINES)
    if request.param in (BY_JOB, BY_INBOX_JOB):
        read_by_jobs(story.world)
        monkeypatch.setenv("PROKURA_CATALOGUE_AT_ONCE", "0")
        monkeypatch.setenv("PROKURA_CATALOGUE_CHUNK", "2")
    door = "/documents" if request.param in (BY_INBOX, BY_INBOX_JOB) else "/catalogues"

    def sent(content: bytes) -> CatalogueVersion:
        assert fatal_rules(content) == []
        answer = story["supplier"].upload(door, content)
        assert answer.status_code in (200, 201, 202), answer.text
        story.work()
        if door == "/documents":
            kept = done(story["supplier"].get(f"/documents/{answer.json()['id']}"))
            assert (kept["state"], kept["result"]) == ("PROCESSED", "catalogue"), kept
        return newest(story.world)

    return sent


def newest(world: World) -> CatalogueVersion:
    query = select(CatalogueVersion).order_by(col(CatalogueVersion.id).desc())
    found = world.database.run(lambda session: session.exec(query).first(), write=False)
    assert found is not None
    return found


def approve(world: World, version: CatalogueVersion) -> None:
    assert version.status == "PENDING_APPROVAL", version.faults
    assert decide(world, version.catalogue_id, "approve").status_code == 200


def found(world: World, line_id: str) -> dict[str, Any]:
    rows = done(world.client("buyer").get("/catalogue-lines"))["data"]
    return dict(next(row for row in rows if row["line_id"] == line_id))


def test_new_prices_are_a_version_that_needs_the_same_approval_and_changes_prices_alone(
    story: Story, send: Send
) -> None:
    world = story.world
    before = {line_id: found(world, line_id) for line_id in ("L1", "L2", "L3")}

    version = send(prices("2", of="1", L2="25.00", L3="30.00"))

    assert (version.version_id, version.document_type) == ("2", "CataloguePricingUpdate")
    assert (version.valid_from, version.valid_to) == (date(2026, 1, 1), date(2026, 12, 31))
    assert found(world, "L2")["price"]["price_amount"] == "20.00"
    (change,) = done(
        world.client("state-content-manager").get(f"/catalogues/{version.catalogue_id}/changes", kind="PRICE_UP")
    )["data"]
    assert (change["line_id"], change["prices"][0]["percent"]) == ("L2", "25.00")
    assert (version.change_summary["updated"], version.change_summary["price_up"]) == (2, 1)
    assert version.change_summary["text"] == version.change_summary["terms"] == 0
    approve(world, version)
    after = found(world, "L2")
    assert after["price"]["price_amount"] == "25.00"
    assert {**after, "price": None, "id": None} == {**before["L2"], "price": None, "id": None}
    assert found(world, "L1") == before["L1"]
    told = answers(world)[-1]
    assert (told.response_code, told.document.document_type_code) == ("BusinessAccept", "CataloguePricingUpdate")


def test_new_items_are_a_version_that_changes_items_alone(story: Story, send: Send) -> None:
    world = story.world

    version = send(items("2", L2="Blyant, blød"))

    assert version.document_type == "CatalogueItemSpecificationUpdate"
    assert (version.change_summary["text"], version.change_summary["price_up"]) == (1, 0)
    assert found(world, "L2")["name"] == "Blyant"
    approve(world, version)
    changed = found(world, "L2")
    assert (changed["name"], changed["price"]["price_amount"]) == ("Blyant, blød", "20.00")
    assert [row["line_id"] for row in done(world.client("buyer").get("/catalogue-lines", q="blød"))["data"]] == ["L2"]


@pytest.mark.parametrize("update", [prices("2", L9="1.00", L1="11.00"), items("2", L9="Ny", L1="Anden")])
def test_an_update_takes_lines_that_are_there(story: Story, send: Send, update: bytes) -> None:
    version = send(update)

    assert (version.status, [fault["line_id"] for fault in version.faults]) == ("REJECTED", ["L9"])
    assert [answer.line_id for answer in answers(story.world)[-1].line_responses] == ["L9"]
    assert found(story.world, "L1")["price"]["price_amount"] == "10.00"


def test_an_update_of_a_catalogue_that_is_not_here_is_turned_away(story: Story, send: Send) -> None:
    version = send(prices("2", about="KAT-9", L1="1.00"))

    assert version.status == "REJECTED"
    assert "there is no catalogue KAT-9 of yours" in version.faults[0]["message"]


def test_a_deletion_ends_the_catalogue_from_its_day_on(story: Story, send: Send) -> None:
    world = story.world
    on = world.clock.now().date() + timedelta(days=10)

    version = send(deletion(on, "2", of="1"))

    assert (version.document_type, version.change_summary["removed"]) == ("CatalogueDeletion", 3)
    assert offered(world) == ["L1", "L2", "L3"]
    approve(world, version)
    assert offered(world) == ["L1", "L2", "L3"]
    world.clock.advance(timedelta(days=9))
    assert offered(world) == ["L1", "L2", "L3"]
    world.clock.advance(timedelta(days=1))
    assert offered(world) == []
    again = send(catalogue_xml([line("L1", "9.00")], "3"))
    approve(world, again)
    assert offered(world) == ["L1"]


def test_a_deletion_needs_neither_day_nor_version(story: Story, send: Send) -> None:
    version = send(deletion(None))

    assert version.version_id is None
    approve(story.world, version)
    assert offered(story.world) == []


def test_a_deletion_that_is_turned_away_takes_nothing(story: Story, send: Send) -> None:
    version = send(deletion(None))

    assert decide(story.world, version.catalogue_id, "reject", {"reason": "aftalen løber"}).status_code == 200

    story.work()
    assert offered(story.world) == ["L1", "L2", "L3"]


def test_a_catalogue_of_which_the_whole_is_deleted_ends(story: Story, send: Send) -> None:
    version = send(catalogue_xml([line("L2", action="Delete")], "2", action_code="Delete"))

    assert version.change_summary["removed"] == 3
    approve(story.world, version)
    assert offered(story.world) == []


def test_the_action_of_the_whole_must_fit_what_is_here(story: Story, send: Send) -> None:
    added = send(catalogue_xml([line("X")], "2", action_code="Add"))
    assert (added.status, "is here already" in added.faults[0]["message"]) == ("REJECTED", True)
    updated = send(catalogue_xml([line("X")], "2", number="KAT-2", action_code="Update"))
    assert (updated.status, "send it first" in updated.faults[0]["message"]) == ("REJECTED", True)
    assert send(catalogue_xml([line("X")], "2", action_code="Update")).status == "PENDING_APPROVAL"
    assert send(catalogue_xml([line("X")], "1", number="KAT-3", action_code="Add")).status == "PENDING_APPROVAL"


def test_an_older_version_does_not_follow_a_newer_one(story: Story, send: Send) -> None:
    approve(story.world, send(catalogue_xml([line("X")], "1.10")))

    older = send(catalogue_xml([line("Y")], "1.9"))

    assert older.status == "REJECTED"
    assert "version 1.9 of catalogue KAT-1 is older than 1.10" in older.faults[0]["message"]
    assert send(catalogue_xml([line("Y")], "1.11")).status == "PENDING_APPROVAL"


def test_a_gap_before_a_version_is_told_with_what_is_expected(story: Story, send: Send) -> None:
    gap = send(catalogue_xml([line("X")], "4", previous_version_id="3"))
    assert gap.faults[0]["message"] == "it follows version 3 of catalogue KAT-1, but the version before this one is 1"
    gap = send(prices("4", of="3", L1="1.00"))
    assert gap.faults[0]["message"] == "it follows version 3 of catalogue KAT-1, but the version before this one is 1"
    first = send(catalogue_xml([line("X")], "2", number="KAT-2", previous_version_id="1"))
    assert first.faults[0]["message"] == "it follows version 1 of catalogue KAT-2, but there is none before this one"

    assert send(catalogue_xml([line("X")], "4", previous_version_id="1")).status == "PENDING_APPROVAL"


def test_a_version_is_used_once_whichever_document_brings_it(story: Story, send: Send) -> None:
    approve(story.world, send(prices("2", L1="11.00")))

    again = send(catalogue_xml([line("X")], "2"))

    assert (again.status, "raise VersionID" in again.faults[0]["message"]) == ("REJECTED", True)


def test_documents_in_json_are_told_apart_by_their_fields(story: Story) -> None:
    world = story.world
    publish(world, LINES)
    for content, kind in (
        (prices("2", L1="11.00"), "CataloguePricingUpdate"),
        (items("3", L1="Anden"), "CatalogueItemSpecificationUpdate"),
        (deletion(None, "4"), "CatalogueDeletion"),
    ):
        envelope, _ = dialects.whole_catalogue_document(content)
        document = dialects.receive_any(content, "application/xml").document
        assert document is not None
        body = document.model_dump_json().encode()
        headers = {"Idempotency-Key": envelope.number}
        taken = done(world.client("supplier").upload("/catalogues", body, "application/json", headers=headers), 201)
        assert (taken["document_type"], taken["status"]) == (kind, "PENDING_APPROVAL")
        assert decide(world, UUID(taken["catalogue_id"]), "approve").status_code == 200
    assert offered(world) == []


@pytest.mark.parametrize("door", ["/catalogues", "/documents"])
def test_a_request_is_answered_with_who_provides_what(story: Story, door: str) -> None:
    world = story.world
    publish(world, LINES)

    answer = story["invoice-system"].upload(door, request("KAT-1"))

    story.work()
    if door == "/catalogues":
        told = done(answer)
        assert told["response_code"] == "BusinessAccept"
        assert told["said"] == [
            "Papirgrossisten A/S provides catalogue KAT-1, version 1, live since 2026-03-02 until 2026-12-31, "
            "under contract K-2026-17"
        ]
        assert done(story["invoice-system"].upload(door, request("KAT-1"))) == told
    else:
        kept = done(story["invoice-system"].get(f"/documents/{answer.json()['id']}"))
        assert (kept["state"], kept["result"]) == ("PROCESSED", "catalogue_request")
    sent = [one for one in answers(world) if one.document.document_type_code == "CatalogueRequest"]
    assert [one.response_code for one in sent] == ["BusinessAccept"]
    assert [party.endpoint_id.key for party in (sent[0].receiver, sent[0].sender) if party.endpoint_id is not None] == [
        "GLN:5798009882882"
    ] * 2
    assert "KAT-1" in sent[0].descriptions[0]


def test_a_request_for_what_is_not_live_for_the_asker_is_answered_with_whom_to_ask(story: Story) -> None:
    told = done(story["content-manager"].upload("/catalogues", request("KAT-1")))
    assert (told["response_code"], told["said"]) == (
        "BusinessReject",
        ["catalogue KAT-1 of Papirgrossisten A/S is not live for you; Papirgrossisten A/S sends it"],
    )
    told = done(story["content-manager"].upload("/catalogues", request()))
    assert told["said"] == ["no catalogue of Papirgrossisten A/S is live for you; Papirgrossisten A/S sends it"]
    stranger = request().replace(b"30714008", b"16356709")
    told = done(story["content-manager"].upload("/catalogues", stranger))
    assert (told["response_code"], "is no supplier here" in told["said"][0]) == ("BusinessReject", True)


@pytest.mark.parametrize("who", ["supplier", "buyer", "administrator"])
def test_a_request_is_handed_in_by_those_who_read_catalogues(story: Story, who: str) -> None:
    assert refused(story[who].upload("/catalogues", request("KAT-1"))) == (403, "not_allowed")


def test_a_broken_request_is_answered_technically(story: Story) -> None:
    broken = request("KAT-1").replace(b"2.1</cbc:UBLVersionID>", b"3.0</cbc:UBLVersionID>")
    assert done(story["content-manager"].upload("/catalogues", broken))["response_code"] == "TechnicalReject"


def test_prices_for_quantities_are_replaced_as_a_whole(story: Story) -> None:
    world = story.world
    many = (bracket("10.00", to_quantity="9"), bracket("8.00", from_quantity="10"))
    publish(world, [line("L1", None, brackets=many)])

    catalogue_id = UUID(
        done(world.client("supplier").upload("/catalogues", prices("2", L1="7.00")), 201)["catalogue_id"]
    )
    decide(world, catalogue_id, "approve")

    row = found(world, "L1")
    detail = done(world.client("buyer").get(f"/catalogue-lines/{row['id']}"))
    assert [one["price"]["price_amount"] for one in detail["line"]["brackets"]] == ["7.00"]
