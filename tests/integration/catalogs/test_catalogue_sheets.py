"""A catalogue that comes as a sheet is a version like any other: looked at, approved, found and ordered from."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.catalogs.models import CatalogueLine, CatalogueVersion
from app.kit.sheets import CSV, XLSX, read_sheets
from tests.catalogue_sheets import FILLED, HEADER, book, csv_of, head, item, sheet
from tests.catalogues import answers, catalogue_xml, count, do_long_jobs
from tests.catalogues import line as document_line
from tests.databases import row_counts
from tests.purchases import done, etag
from tests.selling import blocked, registered
from tests.world import CONTRACT, INSTITUTION_GLN, SUPPLIER_CVR, World

TRIED = "dry_run=true"
ROWS = [item("A-1", "12,50", "Kopipapir"), item("A-2", "1.250,00", "Kuglepen", "44121704")]


def sent(
    world: World, content: bytes, query: str = "", media_type: str = XLSX, who: str = "supplier", accept: str = "*/*"
) -> httpx.Response:
    return world.client(who).upload(f"/catalogues?{query}", content, media_type, headers={"Accept": accept})


def approved(world: World, catalogue_id: str) -> dict[str, Any]:
    manager = world.client("state-content-manager")
    seen = done(manager.get(f"/catalogues/{catalogue_id}"))
    return done(manager.post(f"/catalogues/{catalogue_id}/approve", headers=etag(seen)))


@pytest.fixture
def unchanged(world: World) -> Iterator[None]:
    """Let the test run, and then see that no table has gained or lost a row."""
    before = row_counts(world.database)
    yield
    assert row_counts(world.database) == before


@pytest.mark.parametrize("media_type", [XLSX, CSV])
def test_a_sheet_becomes_a_version_that_is_approved_found_and_ordered_from(world: World, media_type: str) -> None:
    rows = sheet(ROWS)
    version = done(sent(world, book(rows) if media_type == XLSX else csv_of(rows), media_type=media_type), 201)
    assert (version["status"], version["version_id"], version["document_type"]) == (
        "PENDING_APPROVAL",
        "1",
        "Catalogue",
    )
    assert version["change_summary"]["added"] == 2
    approved(world, version["catalogue_id"])
    (found,) = done(world.client("buyer").get("/catalogue-lines", q="kuglepen"))["data"]
    assert (found["line_id"], found["price"]["price_amount"], found["orderable_unit"]) == ("A-2", "1250.00", "EA")
    (answer,) = answers(world)
    assert (answer.response_code, answer.reference_id) == ("BusinessAccept", "KAT-1")


def test_every_cell_of_a_row_is_there_when_somebody_looks_at_the_line(world: World) -> None:
    version = done(sent(world, book(sheet([list(FILLED.values())], list(FILLED)))), 201)
    approved(world, version["catalogue_id"])
    (found,) = done(world.client("buyer").get("/catalogue-lines", q="kopipapir"))["data"]
    detail = done(world.client("buyer").get(f"/catalogue-lines/{found['id']}"))
    assert detail["labels"] == ["Svanemærket", "FSC"]
    assert detail["line"]["item"]["manufacturer_name"] == "Papirfabrikken"
    assert [bracket["price"]["price_amount"] for bracket in detail["line"]["brackets"]] == ["1250.5", "1200.00", "1100"]


def test_a_second_sheet_changes_deletes_and_adds(world: World) -> None:
    first = done(sent(world, book(sheet(ROWS))), 201)
    approved(world, first["catalogue_id"])
    header = [*HEADER, "Handling"]
    rows = [[*item("A-1", "13"), "Ret"], ["A-2", "", "", "", "", "Slet"], [*item("A-3"), "Ny"]]
    second = done(sent(world, book(sheet(rows, header, head(version="2")))), 201)
    assert second["catalogue_id"] == first["catalogue_id"]
    summary = {kind: number for kind, number in second["change_summary"].items() if number}
    assert (summary["added"], summary["removed"], summary["price_up"]) == (1, 1, 1)
    approved(world, first["catalogue_id"])
    found = done(world.client("buyer").get("/catalogue-lines", q="kopipapir"))["data"]
    assert {line["line_id"]: line["price"]["price_amount"] for line in found} == {"A-1": "13", "A-3": "12.50"}


def test_a_sheet_and_oioubl_are_versions_of_the_same_catalogue(world: World) -> None:
    first = world.client("supplier").upload("/catalogues", catalogue_xml([document_line("A-1")]))
    approved(world, first.json()["catalogue_id"])
    second = done(sent(world, book(sheet([[*item("A-1", "9"), "Ret"]], [*HEADER, "Handling"], head(version="2")))), 201)
    assert (second["catalogue_id"], second["ordinal"]) == (first.json()["catalogue_id"], 2)


def test_one_row_wrong_of_a_thousand_turns_the_whole_away_and_names_it(world: World) -> None:
    rows = [item(f"A-{number}") for number in range(1000)]
    rows[499] = item("A-499", "1.250", unspsc="1411")
    version = done(sent(world, csv_of(sheet(rows)), media_type=CSV))
    assert (version["status"], version["change_summary"]) == ("REJECTED_TECHNICAL", {})
    places = [(fault["row"], fault["column"], fault["rule_id"]) for fault in version["faults"]]
    assert places == [(506, "UNSPSC", "sheet.unspsc"), (506, "Pris", "sheet.price")]
    assert all(fault["message_da"] for fault in version["faults"])
    assert version["fault_counts"] == {"sheet.unspsc": 1, "sheet.price": 1}
    assert count(world, CatalogueLine) == 0
    (answer,) = answers(world)
    assert answer.response_code == "TechnicalReject"


def test_partial_takes_the_sound_rows_and_tells_of_the_others(world: World) -> None:
    rows = [*ROWS, item("A-3", "gratis"), item("A-1")]
    version = done(sent(world, book(sheet(rows)), "mode=partial"), 201)
    assert (version["status"], version["is_partial"]) == ("PENDING_APPROVAL", True)
    assert [(fault["sheet"], fault["row"], fault["column"]) for fault in version["faults"]] == [
        ("Varer", 7, "Leverandørens varenr"),
        ("Varer", 9, "Pris"),
        ("Varer", 10, "Leverandørens varenr"),
    ]
    assert version["change_summary"]["added"] == 1


def test_the_same_bytes_are_the_same_version_unless_they_are_to_be_read_otherwise(world: World) -> None:
    content = book(sheet(ROWS, above=head(version="1", Aftalenr=None)))
    first = done(sent(world, content, "contract=K-NOWHERE"))
    assert (first["status"], first["ordinal"]) == ("REJECTED", 1)
    assert done(sent(world, content, "contract=K-NOWHERE"))["id"] == first["id"]
    second = done(sent(world, content, f"contract={CONTRACT}"), 201)
    assert (second["status"], second["ordinal"]) == ("PENDING_APPROVAL", 2)
    assert done(sent(world, content, f"contract={CONTRACT}"), 201)["id"] == second["id"]


def test_a_large_sheet_is_read_by_a_job(world: World) -> None:
    rows = [item(f"A-{number}") for number in range(2100)]
    rows[2050] = item("A-2050", "gratis")
    accepted = sent(world, csv_of(sheet(rows)), "mode=partial&profile=", CSV)
    assert accepted.status_code == 202, accepted.text
    assert accepted.headers["location"] == f"/jobs/{accepted.json()['id']}"
    do_long_jobs(world)
    job = done(world.client("supplier").get(accepted.headers["location"]))
    assert (job["state"], job["progress"]) == ("SUCCEEDED", 2100)
    assert [fault["row"] for fault in job["faults"]] == [2057]
    (version,) = done(world.client("supplier").get(f"/catalogues/{_catalogue_of(world)}"))["versions"]
    assert (version["id"], version["status"], version["change_summary"]["added"]) == (
        job["result_id"],
        "PENDING_APPROVAL",
        2099,
    )
    commented = world.client("supplier").get(f"/catalogues/{version['catalogue_id']}/versions/1/sheet")
    assert commented.headers["content-type"].startswith(CSV)
    (found,) = read_sheets(commented.content, CSV)
    assert found.rows[2056][-1].startswith("Pris: 'gratis' er ikke et tal")


def _catalogue_of(world: World) -> str:
    (found,) = done(world.client("supplier").get("/catalogues"))["data"]
    return str(found["id"])


def test_a_sheet_with_other_headers_is_read_by_the_profile_that_is_named(world: World) -> None:
    header = ["Varenummer", "Varetekst", "UNSPSC", "Enhed", "Stykpris"]
    content = book(sheet(ROWS, header), name="Prisbog")
    assert sent(world, content).status_code == 422
    assert done(sent(world, content, "profile=prisbog"), 201)["change_summary"]["added"] == 2
    unknown = sent(world, content, "profile=findes-ikke")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "mapping_profile_not_found")
    assert "prisbog" in unknown.json()["detail"]


def test_a_stored_profile_reads_sheets_and_deleting_it_changes_nothing_that_was_read(world: World) -> None:
    columns = {"item_number": ["Nr"], "name": ["Tekst"], "unspsc": ["Kode"], "price": ["Kr"]}
    profile = {"name": "min-liste", "columns": columns, "fixed": {"unit": "pakke"}}
    supplier = world.client("supplier")
    made = done(supplier.post("/mapping-profiles", profile), 201)
    content = csv_of(sheet([["A-1", "Papir", "14111507", "12,50"]], ["Nr", "Tekst", "Kode", "Kr"]))
    version = done(sent(world, content, "profile=min-liste", CSV), 201)
    assert supplier.delete(f"/mapping-profiles/{made['id']}").status_code == 204
    commented = supplier.get(f"/catalogues/{version['catalogue_id']}/versions/1/sheet")
    assert read_sheets(commented.content, CSV)[0].rows[6][-1] == "ny"
    approved(world, version["catalogue_id"])
    (found,) = done(world.client("buyer").get("/catalogue-lines", q="papir"))["data"]
    assert found["orderable_unit"] == "PK"


@pytest.mark.usefixtures("unchanged")
def test_a_dry_run_tells_what_would_happen_and_keeps_nothing(world: World) -> None:
    told = done(sent(world, book(sheet([*ROWS, item("A-3", "gratis")])), TRIED))
    assert (told["status"], told["lines"], told["taken"], told["fault_count"]) == ("REJECTED_TECHNICAL", 3, 0, 1)
    assert [(fault["sheet"], fault["row"], fault["column"]) for fault in told["faults"]] == [("Varer", 9, "Pris")]
    assert (told["supplier_id"], told["contract"]) == (str(world.supplier_id), CONTRACT)
    partly = done(sent(world, book(sheet([*ROWS, item("A-3", "gratis")])), f"{TRIED}&mode=partial"))
    assert (partly["status"], partly["taken"], partly["change_summary"]["added"]) == ("PENDING_APPROVAL", 2, 2)
    unknown = done(sent(world, book(sheet(ROWS, above=head(Aftalenr="K-NOWHERE"))), TRIED))
    assert (unknown["status"], unknown["taken"]) == ("REJECTED", 0)
    assert "K-NOWHERE" in unknown["reasons"][0]


def test_a_dry_run_holds_rows_against_what_is_in_the_catalogue(world: World) -> None:
    first = done(sent(world, book(sheet(ROWS))), 201)
    waiting = done(sent(world, book(sheet(ROWS, above=head(version="2"))), TRIED))
    assert "waits for a decision" in waiting["reasons"][0]
    approved(world, first["catalogue_id"])
    header = [*HEADER, "Handling"]
    rows = [[*item("A-1"), "Ny"], [*item("A-9"), "Ret"], [*item("A-2", "1.300,00"), "Ret"]]
    content = book(sheet(rows, header, head(version="2")))
    told = done(sent(world, content, TRIED))
    assert (told["status"], told["taken"]) == ("REJECTED", 0)
    assert [(fault["row"], fault["message_da"]) for fault in told["faults"]] == [
        (7, "den er i kataloget allerede; skriv Ret"),
        (8, "den er ikke i kataloget; skriv Ny"),
    ]
    partly = done(sent(world, content, f"{TRIED}&mode=partial"))
    assert (partly["status"], partly["taken"], partly["change_summary"]["price_up"]) == ("PENDING_APPROVAL", 1, 1)
    catalogue = done(world.client("supplier").get(f"/catalogues/{first['catalogue_id']}"))
    assert len(catalogue["versions"]) == 1
    assert catalogue["agreement_id"] is not None
    for_real = done(sent(world, content))
    assert [(fault["line_id"], fault["row"]) for fault in for_real["faults"]] == [("A-1", 7), ("A-9", 8)]
    path = f"/catalogues/{first['catalogue_id']}/versions/2/sheet"
    (found,) = read_sheets(world.client("supplier").get(path).content, XLSX)
    assert [texts[-1] for texts in found.rows[6:8]] == [fault["message_da"] for fault in told["faults"]]


@pytest.mark.parametrize("media_type", [XLSX, CSV])
def test_the_same_sheet_goes_back_with_comments_when_it_is_asked_for(world: World, media_type: str) -> None:
    rows = sheet([*ROWS, item("A-3", "gratis")])
    content = book(rows) if media_type == XLSX else csv_of(rows)
    tried = sent(world, content, TRIED, media_type, accept=media_type)
    assert (tried.status_code, count(world, CatalogueVersion)) == (200, 0)
    refused = sent(world, content, "", media_type, accept=f"{media_type}, application/json")
    assert (refused.status_code, count(world, CatalogueVersion)) == (200, 1)
    taken = sent(world, content, "mode=partial", media_type, accept=media_type)
    assert taken.status_code == 201, taken.text
    expected = {"REFUSED": ["", "", "Pris: 'gratis'"], "TAKEN": ["ny", "ny", "Pris: 'gratis'"]}
    for answer, kind in ((tried, "REFUSED"), (refused, "REFUSED"), (taken, "TAKEN")):
        assert answer.headers["content-type"].startswith(media_type)
        (found,) = read_sheets(answer.content, media_type)
        assert [texts[-1][:14] for texts in found.rows[6:9]] == expected[kind]


def test_who_gets_the_commented_sheet_of_a_version(world: World) -> None:
    version = done(sent(world, book(sheet(ROWS))), 201)
    path = f"/catalogues/{version['catalogue_id']}/versions"
    for who in ("supplier", "state-content-manager", "content-manager"):
        assert world.client(who).get(f"{path}/1/sheet").status_code == 200
    for who, ordinal, status in (("buyer", 1, 404), ("supplier", 2, 404), ("supplier", 0, 422)):
        assert world.client(who).get(f"{path}/{ordinal}/sheet").status_code == status
    xml = world.client("supplier").upload("/catalogues", catalogue_xml([document_line("1")], number="KAT-2"))
    other = world.client("supplier").get(f"/catalogues/{xml.json()['catalogue_id']}/versions/1/sheet")
    assert (other.status_code, other.json()["code"]) == (404, "sheet_not_found")


def test_a_version_that_was_turned_away_by_a_person_says_why_in_its_sheet(world: World) -> None:
    version = done(sent(world, book(sheet(ROWS))), 201)
    manager = world.client("state-content-manager")
    seen = done(manager.get(f"/catalogues/{version['catalogue_id']}"))
    reason = {"reason": "Priserne er ikke dem, vi aftalte"}
    done(manager.post(f"/catalogues/{version['catalogue_id']}/reject", reason, headers=etag(seen)))
    commented = world.client("supplier").get(f"/catalogues/{version['catalogue_id']}/versions/1/sheet")
    (found,) = read_sheets(commented.content, XLSX)
    assert [texts[-1] for texts in found.rows[6:8]] == [reason["reason"], ""]


@pytest.mark.parametrize("supplier", ["", SUPPLIER_CVR, f"DK{SUPPLIER_CVR}"])
def test_the_supplier_is_the_one_that_the_sheet_names_or_the_only_one(world: World, supplier: str) -> None:
    assert sent(world, book(sheet(ROWS)), f"supplier={supplier}").status_code == 201


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("query", ["", TRIED])
def test_nobody_hands_in_a_sheet_for_somebody_else(world: World, query: str) -> None:
    for supplier in ("13585628", "5798000416604", "Papirgrossisten A/S"):
        refused = sent(world, book(sheet(ROWS)), f"supplier={supplier}&{query}")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    for who in ("buyer", "state-content-manager"):
        assert sent(world, book(sheet(ROWS)), query, who=who).status_code == 403


def test_a_sheet_of_a_supplier_that_somebody_does_not_act_for_is_refused(world: World) -> None:
    other = registered(world)
    assert sent(world, book(sheet(ROWS)), f"supplier={other['cvr']}").status_code == 403


@pytest.mark.parametrize("query", ["", TRIED])
def test_a_blocked_supplier_hands_in_no_sheet(world: World, query: str) -> None:
    blocked(world)
    refused = sent(world, book(sheet(ROWS)), query)
    assert (refused.status_code, refused.json()["code"]) == (409, "supplier_blocked")


def test_an_upload_that_is_sent_again_with_its_key_has_its_effect_once(world: World) -> None:
    headers = {"Idempotency-Key": "once"}
    content = csv_of(sheet(ROWS))
    first, again = (world.client("supplier").upload("/catalogues", content, CSV, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.usefixtures("unchanged")
def test_a_dry_run_takes_only_sheets_and_not_too_many_rows(world: World) -> None:
    xml = world.client("supplier").upload(f"/catalogues?{TRIED}", catalogue_xml([document_line("1")]))
    assert (xml.status_code, xml.json()["code"]) == (422, "only_sheets_are_tried")
    rows = csv_of(sheet([item(str(number)) for number in range(10_001)]))
    assert sent(world, rows, TRIED, CSV).json()["code"] == "only_sheets_are_tried"


def test_what_the_request_says_must_fit(world: World) -> None:
    above = head(number="", version="", Aftalenr=None)[3:]
    content = csv_of(sheet(ROWS, above=above))
    said = f"number=KAT-7&version_id=3&receiver={INSTITUTION_GLN}&contract={CONTRACT}"
    version = done(sent(world, content, said, CSV), 201)
    assert version["version_id"] == "3"
    wrong = sent(world, content, f"number={'x' * 301}", CSV)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "body_not_valid")
    lacking = sent(world, content, "number=KAT-7&receiver=123", CSV)
    assert lacking.status_code == 422
    assert [error.get("pointer") for error in lacking.json()["errors"]] == ["/receiver", None]
