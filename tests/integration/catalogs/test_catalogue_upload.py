"""Catalogues coming in: who may send them, where they belong, and what is turned away."""

import json
from datetime import date
from uuid import UUID

import pytest
from sqlmodel import SQLModel, col, select

from app.catalogs.models import Catalogue, CatalogueLine, CatalogueVersion
from app.documents.application_response import ApplicationResponse
from app.documents.values import Identifier
from app.kit.archive import ArchivedDocument, Direction
from app.kit.outbox import OutboxItem
from app.oioubl import ubl, validation
from app.oioubl.application_response import read_application_response
from tests.catalogues import catalogue, catalogue_xml, line, publish
from tests.client import Client
from tests.world import World


def answers(world: World) -> list[ApplicationResponse]:
    """Read what waits in the outbox; whatever goes out must be valid itself."""

    query = select(col(ArchivedDocument.content)).join(OutboxItem, col(OutboxItem.document_id) == ArchivedDocument.id)
    found = world.database.run(lambda session: list(session.exec(query).all()))
    for content in found:
        assert validation.validate(content).findings == ()
    return [read_application_response(ubl.parse(content)) for content in found]


def count(world: World, model: type[SQLModel]) -> int:
    return world.database.run(lambda session: len(session.exec(select(model)).all()))


def test_a_valid_catalogue_waits_for_the_content_manager_of_the_agreements_owner(world: World) -> None:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1"), line("2")]))

    assert answer.status_code == 201, answer.text
    version = answer.json()
    assert (version["ordinal"], version["version_id"], version["status"]) == (1, "1", "PENDING_APPROVAL")
    assert version["change_summary"]["added"] == 2
    tasks = world.client("state-content-manager").get("/tasks").json()["data"]
    assert [(task["type"], task["subject_id"]) for task in tasks] == [("APPROVE_CATALOGUE", version["catalogue_id"])]
    assert world.client("content-manager").get("/tasks").json()["data"] == []
    assert world.client("buyer").get("/catalogue-lines").json()["data"] == []


def test_json_is_a_second_door_to_the_same_room(world: World) -> None:
    document = catalogue([line("1", "12.50")])

    answer = world.client("supplier").post("/catalogues", json.loads(document.model_dump_json()))

    assert answer.status_code == 201, answer.text
    stored = world.database.run(
        lambda session: session.exec(select(ArchivedDocument).where(ArchivedDocument.direction == Direction.IN)).one()
    )
    assert stored.media_type == "application/json"
    assert json.loads(stored.content)["number"] == "KAT-1"


def test_json_that_does_not_fit_names_the_place_and_keeps_nothing(world: World) -> None:
    document = json.loads(catalogue([line("1")]).model_dump_json())
    document["lines"][0]["brackets"][0]["price"]["price_amount"] = 10.5

    answer = world.client("supplier").post("/catalogues", document)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/lines/0/brackets/0/price/price_amount"]
    assert count(world, ArchivedDocument) == 0


@pytest.mark.parametrize("media_type", ["text/csv", "application/octet-stream", ""])
def test_a_foreign_media_type_is_refused(world: World, media_type: str) -> None:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")]), media_type)

    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_not_supported")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no xml at all", "not_xml"),
        (b"<!DOCTYPE Catalogue><Catalogue/>", "not_xml"),
        (b"<Catalogue/>", "wrong_document"),
        (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "wrong_document"),
        (b'<Catalogue xmlns="urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"/>', "envelope_unreadable"),
    ],
)
def test_what_nobody_could_be_answered_about_is_refused_and_not_kept(world: World, content: bytes, code: str) -> None:
    answer = world.client("supplier").upload("/catalogues", content)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert count(world, ArchivedDocument) == 0


def test_a_broken_catalogue_is_kept_and_its_sender_told_technically(world: World) -> None:
    content = catalogue_xml([line("1")]).replace(
        b"<cbc:VersionID>1</cbc:VersionID>", b"<cbc:VersionID>1</cbc:VersionID><cbc:Odd/>"
    )

    answer = world.client("supplier").upload("/catalogues", content)

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "REJECTED_TECHNICAL"
    assert [fault["rule_id"] for fault in answer.json()["faults"]] == ["XSD"]
    (told,) = answers(world)
    assert (told.response_code, told.document.number, told.profile_id) == (
        "TechnicalReject",
        "KAT-1",
        "Catalogue-CatExt-1.0",
    )
    assert told.receiver.endpoint_id == Identifier(value="DK30714008", scheme_id="DK:CVR")
    assert count(world, CatalogueLine) == 0


def test_a_broken_rule_is_named_in_both_languages(world: World) -> None:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1"), line("1")]))

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "REJECTED_TECHNICAL"
    faults = answer.json()["faults"]
    assert "F-CAT248" in [fault["rule_id"] for fault in faults]
    assert all(fault["message"] and fault["message_da"] and fault["xpath"] for fault in faults)


def test_the_same_bytes_again_are_the_same_version(world: World) -> None:
    content = catalogue_xml([line("1")])
    first = world.client("supplier").upload("/catalogues", content)

    second = world.client("supplier").upload("/catalogues", content)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert count(world, CatalogueVersion) == 1


def test_the_same_broken_bytes_again_are_told_once(world: World) -> None:
    content = catalogue_xml([line("1"), line("1")])
    first = world.client("supplier").upload("/catalogues", content)

    second = world.client("supplier").upload("/catalogues", content)

    assert second.json() == first.json()
    assert len(answers(world)) == 1


@pytest.mark.parametrize("subject", ["buyer", "content-manager", "administrator"])
def test_an_upload_by_somebody_else_changes_nothing(world: World, subject: str) -> None:
    answer = world.client(subject).upload("/catalogues", catalogue_xml([line("1")]))

    assert answer.status_code == 403
    assert (count(world, ArchivedDocument), count(world, Catalogue)) == (0, 0)


def test_an_upload_in_the_name_of_an_unknown_supplier_changes_nothing(world: World) -> None:
    content = catalogue_xml([line("1")]).replace(b"DK30714008", b"DK16356706")

    answer = world.client("supplier").upload("/catalogues", content)

    assert answer.status_code == 403
    assert "DK:CVR:DK16356706" in answer.json()["detail"]
    assert count(world, ArchivedDocument) == 0


def test_without_a_token_nothing_is_read(world: World) -> None:
    assert Client(world.app).upload("/catalogues", b"no xml at all").status_code == 401


def test_an_unknown_receiver_is_a_business_rejection(world: World) -> None:
    content = catalogue_xml([line("1")]).replace(b"5798009882882", b"5798000416604")

    answer = world.client("supplier").upload("/catalogues", content)

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    (told,) = answers(world)
    assert told.response_code == "BusinessReject"
    assert told.descriptions == ("the receiver's GLN is not that of an organisation here",)


def test_an_unknown_contract_is_a_business_rejection(world: World) -> None:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")], contract_id="K-OTHER"))

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    assert "K-OTHER" in answer.json()["faults"][0]["message"]
    assert count(world, CatalogueLine) == 0


def test_a_catalogue_without_a_contract_goes_to_the_only_agreement(world: World) -> None:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")], contract_id=None))

    assert answer.json()["status"] == "PENDING_APPROVAL"
    catalogues = world.client("state-content-manager").get("/catalogues").json()["data"]
    assert [row["agreement_id"] for row in catalogues] == [str(world.agreement_id)]


def test_a_catalogue_without_a_contract_waits_for_routing_when_there_are_two(world: World) -> None:
    other = second_agreement(world)
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")], contract_id=None))
    assert answer.json()["status"] == "PENDING_ROUTING"
    catalogue_id = answer.json()["catalogue_id"]
    manager = world.client("state-content-manager")
    (task,) = manager.get("/tasks").json()["data"]
    assert any("K-2026-17" in reason for reason in task["reasons"])
    assert any("K-OTHER" in reason for reason in task["reasons"])
    etag = manager.get(f"/catalogues/{catalogue_id}").headers["etag"]
    assert manager.post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": etag}).status_code == 409

    attached = manager.post(
        f"/catalogues/{catalogue_id}/attach", {"agreement_id": str(other)}, headers={"If-Match": etag}
    )

    assert attached.status_code == 200, attached.text
    assert (attached.json()["agreement_id"], attached.json()["versions"][0]["status"]) == (
        str(other),
        "PENDING_APPROVAL",
    )
    approved = manager.post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": attached.headers["etag"]})
    assert approved.json()["versions"][0]["status"] == "APPROVED"


def second_agreement(world: World) -> UUID:
    manager = world.client("state-content-manager")
    body = {
        "owner_id": str(world.root_id),
        "supplier_id": str(world.supplier_id),
        "kind": "SKI",
        "title": "Møbler",
        "contract_number": "K-OTHER",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    opened = manager.post("/agreements", body)
    manager.post(f"/agreements/{opened.json()['id']}/activate", headers={"If-Match": opened.headers["etag"]})
    return UUID(opened.json()["id"])


def test_a_catalogue_does_not_move_to_another_agreement(world: World) -> None:
    publish(world, [line("1")])
    second_agreement(world)

    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("2")], "2", contract_id="K-OTHER"))

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    assert "belongs to another agreement" in answer.json()["faults"][0]["message"]


def test_a_second_version_is_refused_while_one_waits_and_taken_after_it(world: World) -> None:
    supplier = world.client("supplier")
    first = supplier.upload("/catalogues", catalogue_xml([line("1")]))
    second = catalogue_xml([line("2")], "2")

    early = supplier.upload("/catalogues", second)

    assert (early.status_code, early.json()["code"]) == (409, "version_waiting")
    assert count(world, ArchivedDocument) == 1
    reject(world, first.json()["catalogue_id"])
    assert supplier.upload("/catalogues", second).status_code == 201


def reject(world: World, catalogue_id: str) -> None:
    manager = world.client("state-content-manager")
    etag = manager.get(f"/catalogues/{catalogue_id}").headers["etag"]
    answer = manager.post(f"/catalogues/{catalogue_id}/reject", {"reason": "nej tak"}, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


def test_a_version_id_is_used_once_unless_it_was_turned_away(world: World) -> None:
    supplier = world.client("supplier")
    first = supplier.upload("/catalogues", catalogue_xml([line("1")], "1"))
    reject(world, first.json()["catalogue_id"])
    publish(world, [line("1", "11.00")], "1")

    again = supplier.upload("/catalogues", catalogue_xml([line("2")], "1", issue_date=date(2026, 3, 2)))

    assert (again.status_code, again.json()["status"]) == (200, "REJECTED")
    assert "raise VersionID" in again.json()["faults"][0]["message"]


def test_lines_that_cannot_be_taken_reject_the_whole_version_line_by_line(world: World) -> None:
    publish(world, [line("1")])

    answer = world.client("supplier").upload(
        "/catalogues",
        catalogue_xml([line("1"), line("2", action="Update"), line("3"), line("4", action="Delete")], "2"),
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    (told,) = [answer for answer in answers(world) if answer.response_code == "BusinessReject"]
    assert [response.line_id for response in told.line_responses] == ["1", "2", "4"]
    assert [row["line_id"] for row in world.client("buyer").get("/catalogue-lines").json()["data"]] == ["1"]
    assert count(world, CatalogueLine) == 1


def test_rows_keep_the_order_of_the_document_over_many_chunks(world: World) -> None:
    lines = [line(f"L{number}") for number in range(2100)]
    publish(world, lines)

    names = []
    cursor = None
    while True:
        page = world.client("buyer").get("/catalogue-lines", limit=200, **({"cursor": cursor} if cursor else {})).json()
        names += [row["line_id"] for row in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert names == [f"L{number}" for number in range(2100)]
