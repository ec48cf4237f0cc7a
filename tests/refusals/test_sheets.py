"""Files that are no sheets, or want to do harm, are refused before they cost anything, and nothing changes."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.kit import workbook_reading
from app.kit.errors import Invalid
from app.kit.sheets import CSV, MOST_ROWS, XLSX, read_sheets
from app.kit.workbooks import EncryptedWorkbook, SheetTooLarge, UnreadableSheet, WorkbookWithMacros
from tests.sheets import csv_file, repacked, workbook
from tests.world import ADMINISTRATOR, World

MEBIBYTE = 1024 * 1024
GOOD = workbook({"Brugere": [["Udsteder", "Bruger-id", "Navn", "Organisation"]]})
SHEET = "xl/worksheets/sheet1.xml"


def _as_it_is(name: str, part: bytes) -> bytes:
    return part


def _with(name: str) -> bytes:
    return repacked(GOOD, _as_it_is, {name: b"x"})


def _nothing_of_it(name: str, part: bytes) -> None:
    return None


def _bomb() -> bytes:
    return repacked(GOOD, lambda name, part: b"<x/>" + bytes(30 * MEBIBYTE) if name == SHEET else part)


def _large() -> bytes:
    """Make a package that shrinks little, but unpacks to more than 200 MiB by what it says of itself."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as file:
        for number in range(4):
            file.writestr(f"xl/media/{number}.bin", b"x")
        for entry in file.infolist():
            entry.file_size = entry.compress_size = 60 * MEBIBYTE
    return package.getvalue()


def _encrypted() -> bytes:
    package = io.BytesIO(GOOD)
    with zipfile.ZipFile(package, "a") as file:
        file.writestr("secret", b"x")
        file.getinfo("secret").flag_bits |= 1
    return package.getvalue()


def _broken(name: str, part: bytes) -> bytes:
    return part[:100] if name == SHEET else part


WORKBOOKS: dict[str, tuple[type[Invalid], Callable[[], bytes]]] = {
    "not a zip": (UnreadableSheet, lambda: b"Udsteder;Bruger-id"),
    "nothing": (UnreadableSheet, lambda: b""),
    "cut off": (UnreadableSheet, lambda: GOOD[: len(GOOD) // 2]),
    "a zip of something else": (UnreadableSheet, lambda: repacked(GOOD, _nothing_of_it, {"a.txt": b"a"})),
    "a broken part": (UnreadableSheet, lambda: repacked(GOOD, _broken)),
    "a part that leads outside": (UnreadableSheet, lambda: _with("../evil.xml")),
    "a part with a whole path": (UnreadableSheet, lambda: _with("/etc/evil")),
    "a password": (EncryptedWorkbook, lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)),
    "an encrypted part": (EncryptedWorkbook, _encrypted),
    "macros": (WorkbookWithMacros, lambda: _with("xl/vbaProject.bin")),
    "old macros": (WorkbookWithMacros, lambda: _with("xl/macrosheets/sheet1.xml")),
    "a part that shrinks too well": (SheetTooLarge, _bomb),
    "too much in all": (SheetTooLarge, _large),
    "too many parts": (SheetTooLarge, lambda: repacked(GOOD, _as_it_is, {f"x/{n}": b"" for n in range(2001)})),
}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_workbook_that_is_none_or_does_harm_is_refused(kind: str) -> None:
    refusal, content = WORKBOOKS[kind]
    with pytest.raises(refusal) as refused:
        read_sheets(content(), XLSX)
    assert type(refused.value) is refusal
    assert refused.value.message


def test_a_bomb_that_lies_about_its_size_dies_in_a_process_of_its_own() -> None:
    """60 MB of cells whose part claims to have a thousand bytes: what the package says of itself is no protection."""
    cells = b'<c t="inlineStr"><is><t>' + b"x" * 30_000 + b"</t></is></c>"
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet += b"".join(b"<row>" + cells * 200 + b"</row>" for _ in range(10)) + b"</sheetData></worksheet>"
    bomb = io.BytesIO(repacked(GOOD, lambda name, part: sheet if name == SHEET else part))
    with zipfile.ZipFile(bomb, "a") as package:
        package.writestr("x", b"x")
        package.getinfo(SHEET).file_size = 1000
    assert len(bomb.getvalue()) < 2 * MEBIBYTE
    with pytest.raises((SheetTooLarge, UnreadableSheet)):
        read_sheets(bomb.getvalue(), XLSX)


def test_a_text_that_a_small_workbook_repeats_into_a_gigabyte_is_refused() -> None:
    """Strings are kept once and referred to: the package unpacks to a megabyte, its cells to a thousand."""
    begin = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet = begin + b'<row><c t="s"><v>0</v></c></row>' * 32_000 + b"</sheetData></worksheet>"
    small = workbook({"Brugere": [["shared"]]})
    changes = {SHEET: lambda _: sheet, "xl/sharedStrings.xml": lambda part: part.replace(b"shared", b"x" * 32_000)}
    content = repacked(small, lambda name, part: changes.get(name, bytes)(part))
    with pytest.raises(SheetTooLarge, match="memory"):
        read_sheets(content, XLSX)


def test_a_sheet_whose_cells_lie_far_apart_does_not_fill_the_memory() -> None:
    def far(book: Any) -> None:
        book.get_worksheet_by_name("Brugere").write_string(1_000_000, 16_000, "her")

    with pytest.raises(SheetTooLarge):
        read_sheets(workbook({"Brugere": [["Navn"]]}, far), XLSX)


def test_a_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_reading, "SECONDS", 0.001)
    with pytest.raises(SheetTooLarge, match="too long"):
        read_sheets(GOOD, XLSX)


def test_a_huge_cell_is_named() -> None:
    content = csv_file([["Navn"], ["x" * 32_768]])
    with pytest.raises(UnreadableSheet, match="row 2 has more than 32767") as refused:
        read_sheets(content, CSV)
    assert [fault.row for fault in refused.value.faults] == [2]


def test_a_cell_above_the_limit_of_the_csv_reader_is_named() -> None:
    with pytest.raises(UnreadableSheet, match="row 2") as refused:
        read_sheets(csv_file([["Navn"], ["x" * 200_000]]), CSV)
    assert [fault.row for fault in refused.value.faults] == [2]


def test_a_sheet_of_too_many_rows_is_refused() -> None:
    with pytest.raises(SheetTooLarge, match="rows"):
        read_sheets(b"a\n" * (MOST_ROWS + 1), CSV)


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b"Navn\r\nA\x00B\r\n", 2),
        (b"Navn\r\n\xc3\xb8\r\n\x81\r\n", 3),
        (b'Navn\r\n"open\r\n', 2),
        (b'Navn\r\n"a"b\r\n', 2),
    ],
)
def test_a_csv_file_that_cannot_be_read_names_the_row(content: bytes, row: int) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read_sheets(content, CSV)
    assert [fault.row for fault in refused.value.faults] == [row]


def test_a_utf_16_file_that_is_cut_off_is_refused() -> None:
    with pytest.raises(UnreadableSheet):
        read_sheets("Navn\r\nA".encode("utf-16")[:-1], CSV)


@pytest.fixture
def untouched(world: World) -> Iterator[None]:
    """See that a whole export is the same before and after."""
    administrator = world.client(ADMINISTRATOR)
    before = administrator.get("/setup-exports", organisation_id=str(world.root_id)).content
    yield
    assert administrator.get("/setup-exports", organisation_id=str(world.root_id)).content == before


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"PK", XLSX, 422, "unreadable_sheet"),
        (GOOD, "application/vnd.ms-excel.sheet.macroEnabled.12", 415, "media_type_not_supported"),
        (GOOD, "application/octet-stream", 415, "media_type_not_supported"),
        (b"", CSV, 422, "sheets_not_known"),
        (workbook({"Ark1": [["Navn"], ["A"]]}), XLSX, 422, "sheets_not_known"),
        (workbook({"Brugere": [["Navn"]], "Users": [["Navn"]]}), XLSX, 422, "sheets_not_known"),
        (workbook({"Ark1": []}), XLSX, 422, "sheets_not_known"),
        (csv_file([["Navn", "Farve"], ["A", "rød"]]), CSV, 422, "setup_not_fitting"),
    ],
)
@pytest.mark.usefixtures("untouched")
def test_the_door_refuses_what_is_no_set_up_sheet(
    world: World, content: bytes, media_type: str, status: int, code: str
) -> None:
    answer = world.client(ADMINISTRATOR).upload("/setup-imports", content, media_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("untouched")
def test_wrong_headers_are_named_with_those_that_there_are(world: World) -> None:
    content = workbook({"Brugere": [["Udsteder", "Bruger", "Navn", "Organisation"], ["a", "b", "c", "Staten"]]})
    answer = world.client(ADMINISTRATOR).upload("/setup-imports", content, XLSX)
    faults = [(fault["sheet"], fault["row"], fault["column"]) for fault in answer.json()["errors"]]
    assert (answer.status_code, faults) == (422, [("Brugere", 1, "Bruger"), ("Brugere", 1, "Bruger-id")])
    assert "Bruger-id" in answer.json()["errors"][0]["message"]
