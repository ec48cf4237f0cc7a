"""Files that are no catalogue sheets, or want to do harm, are refused with their reasons, and nothing changes."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from app.kit.sheets import CSV, XLSX
from tests.catalogue_sheets import HEADER, book, csv_of, head, item, sheet
from tests.databases import row_counts
from tests.sheets import repacked, workbook
from tests.world import World

MEBIBYTE = 1024 * 1024
GOOD = sheet([item("A-1")])
PART = "xl/worksheets/sheet1.xml"


def _bomb() -> bytes:
    """Make a workbook whose sheet is small and unpacks to 30 MiB."""
    return repacked(book(GOOD), lambda name, part: b"<x/>" + bytes(30 * MEBIBYTE) if name == PART else part)


def _liar() -> bytes:
    """Make a workbook of 60 MB of cells whose part claims to have a thousand bytes."""
    cells = b'<c t="inlineStr"><is><t>' + b"x" * 30_000 + b"</t></is></c>"
    part = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    part += b"".join(b"<row>" + cells * 200 + b"</row>" for _ in range(10)) + b"</sheetData></worksheet>"
    bomb = io.BytesIO(repacked(book(GOOD), lambda name, old: part if name == PART else old))
    with zipfile.ZipFile(bomb, "a") as package:
        package.writestr("x", b"x")
        package.getinfo(PART).file_size = 1000
    return bomb.getvalue()


def _macros() -> bytes:
    return repacked(book(GOOD), lambda _, part: part, {"xl/vbaProject.bin": b"x"})


def _far(made: Any) -> None:
    made.get_worksheet_by_name("Varer").write_string(1_000_000, 16_000, "her")


def _formula(made: Any) -> None:
    made.get_worksheet_by_name("Varer").write_formula("E7", "=1/0", None, "#DIV/0!")


FILES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a bomb": (_bomb, XLSX, "sheet_too_large"),
    "cells far apart": (lambda: book(GOOD, _far), XLSX, "sheet_too_large"),
    "macros": (_macros, XLSX, "workbook_with_macros"),
    "a password": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), XLSX, "encrypted_workbook"),
    "no workbook": (lambda: b"PK", XLSX, "unreadable_sheet"),
    "nothing": (lambda: b"", XLSX, "unreadable_sheet"),
    "nothing as CSV": (lambda: b"", CSV, "catalogue_sheet_not_fitting"),
    "a workbook as CSV": (lambda: book(GOOD), CSV, "unreadable_sheet"),
    "CSV as a workbook": (lambda: csv_of(GOOD), XLSX, "unreadable_sheet"),
    "an empty sheet": (lambda: book([]), XLSX, "catalogue_sheet_not_fitting"),
    "a header alone": (lambda: book(sheet([])), XLSX, "catalogue_sheet_not_fitting"),
    "two sheets alike": (lambda: workbook({"Varer": GOOD, "Items": GOOD}), XLSX, "catalogue_sheet_not_fitting"),
    "other headers": (lambda: csv_of(sheet([item()], ["a", "b", "c", "d", "e"])), CSV, "catalogue_sheet_not_fitting"),
    "no catalogue number": (lambda: csv_of(sheet([item()], above=head()[1:])), CSV, "catalogue_sheet_not_fitting"),
    "an open quotation mark": (lambda: b'"Katalognummer;KAT-1\r\n', CSV, "unreadable_sheet"),
}


@pytest.mark.parametrize("query", ["", "dry_run=true", "mode=partial"])
@pytest.mark.parametrize("kind", FILES)
def test_the_door_refuses_what_is_no_catalogue_sheet(world: World, kind: str, query: str) -> None:
    make, media_type, code = FILES[kind]
    before = row_counts(world.database)
    refused = world.client("supplier").upload(f"/catalogues?{query}", make(), media_type)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert row_counts(world.database) == before


def test_a_bomb_that_lies_about_its_size_dies_in_a_process_of_its_own(world: World) -> None:
    refused = world.client("supplier").upload("/catalogues", _liar(), XLSX)
    assert refused.status_code == 422
    assert refused.json()["code"] in ("sheet_too_large", "unreadable_sheet")


def test_wrong_headers_are_named_with_what_is_meant_in_both_languages(world: World) -> None:
    content = book(sheet([[*item(), "x", "y"]], [*HEADER[:4], "Pirs", "Beskrivelser", "Farve"]))
    errors = world.client("supplier").upload("/catalogues", content, XLSX).json()["errors"]
    places = [(error["sheet"], error["row"], error["column"]) for error in errors]
    assert places == [("Varer", 6, "Pris"), ("Varer", 6, "Pirs"), ("Varer", 6, "Beskrivelser"), ("Varer", 6, "Farve")]
    assert [error["message"] for error in errors[1:3]] == [
        "there is no column Pirs; did you mean Pris?",
        "there is no column Beskrivelser; did you mean Beskrivelse?",
    ]
    assert "mente du Beskrivelse?" in errors[2]["message_da"]


def test_a_formula_that_failed_turns_the_sheet_away_with_its_place(world: World) -> None:
    answer = world.client("supplier").upload("/catalogues", book(GOOD, _formula), XLSX)
    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED_TECHNICAL")
    (fault,) = answer.json()["faults"]
    assert (fault["sheet"], fault["row"], fault["column"]) == ("Varer", 7, "Pris")
    assert "E7" in fault["message"]


@pytest.mark.parametrize(
    "media_type", ["application/vnd.ms-excel", "application/octet-stream", "text/tab-separated-values"]
)
def test_other_kinds_of_files_are_refused(world: World, media_type: str) -> None:
    refused = world.client("supplier").upload("/catalogues", book(GOOD), media_type)
    assert (refused.status_code, refused.json()["code"]) == (415, "media_type_not_supported")
