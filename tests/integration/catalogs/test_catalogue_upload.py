"""Catalogues coming in: who may send them, in which form, and which agreement they go to."""

import json

import pytest
from sqlmodel import select

from app.catalogs.models import Catalogue, CatalogueVersion
from app.documents.party import Party
from app.documents.values import Identifier
from app.kit.archive import ArchivedDocument, Direction
from app.organisations import suppliers
from tests.catalogues import catalogue, catalogue_xml, count, line, publish, second_agreement
from tests.client import Client
from tests.purchases import refused
from tests.selling import blocked, put, put_back
from tests.world import SUPPLIER_CVR, World


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


@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream", ""])
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


def test_the_same_bytes_again_are_the_same_version(world: World) -> None:
    content = catalogue_xml([line("1")])
    first = world.client("supplier").upload("/catalogues", content)

    second = world.client("supplier").upload("/catalogues", content)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert count(world, CatalogueVersion) == 1


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


def test_a_catalogue_is_attached_only_to_an_agreement_with_its_supplier(world: World) -> None:
    second_agreement(world)
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")], contract_id=None))
    catalogue_id = answer.json()["catalogue_id"]
    manager = world.client("state-content-manager")
    other = manager.post("/suppliers", {"name": "En anden", "cvr": "13585628"}).json()["id"]
    body = {
        "owner_id": str(world.root_id),
        "supplier_id": other,
        "kind": "SKI",
        "title": "Andet",
        "contract_number": "K-THIRD",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    foreign = manager.post("/agreements", body).json()["id"]

    attached = manager.post(f"/catalogues/{catalogue_id}/attach", {"agreement_id": foreign}, headers={"If-Match": "*"})

    assert (attached.status_code, attached.json()["code"]) == (409, "agreement_not_fitting")


def test_a_supplier_that_gets_no_orders_yet_may_send_its_catalogue(world: World) -> None:
    put_back(world)

    assert world.client("supplier").upload("/catalogues", catalogue_xml([line("1")])).status_code == 201


def test_a_blocked_supplier_hands_in_no_catalogues(world: World) -> None:
    first = catalogue_xml([line("1")])
    taken = world.client("supplier").upload("/catalogues", first)
    stopped = blocked(world)

    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("2")], "2"))

    assert refused(answer) == (409, "supplier_blocked")
    assert "Papirgrossisten A/S is blocked" in answer.json()["detail"]
    assert count(world, CatalogueVersion) == 1
    assert world.client("supplier").upload("/catalogues", first).json() == taken.json()
    broken = first.replace(b"2.1</cbc:UBLVersionID>", b"3.0</cbc:UBLVersionID>")
    assert refused(world.client("supplier").upload("/catalogues", broken)) == (409, "supplier_blocked")
    kept = world.client("supplier").upload("/documents", catalogue_xml([line("3")], "3"))
    assert kept.status_code == 202
    assert put(world, stopped, "unblock").status_code == 200
    assert world.client("supplier").get(f"/catalogues/{taken.json()['catalogue_id']}").status_code == 200


def test_a_supplier_that_nobody_has_looked_at_hands_in_no_catalogues(world: World) -> None:
    party = Party(endpoint_id=Identifier(value="DK13585628", scheme_id="DK:CVR"), name="Fundet A/S")
    met = world.step("invoice-system", suppliers.supplier_of, party)
    grant = {"user_id": str(world.people["supplier"]), "role": "SUPPLIER", "supplier_id": str(met.id)}
    granted = world.client("administrator").post("/role-grants", grant | {"valid_from": "2026-01-01"})
    assert granted.status_code == 201, granted.text
    content = catalogue_xml([line("1")]).replace(SUPPLIER_CVR.encode(), b"13585628")

    assert refused(world.client("supplier").upload("/catalogues", content)) == (409, "supplier_not_verified")
    assert count(world, CatalogueVersion) == 0
