"""Long sheets are walked through row by row, as often as wanted, and told as they are: hidden rows, failed formulas."""

import io
from collections.abc import Sequence
from typing import Any

import pytest

from app.kit import long_sheets, workbook_reading
from app.kit.errors import MediaTypeNotSupported
from app.kit.long_sheets import LongRow, LongSheets
from app.kit.sheets import CSV, XLSX
from app.kit.workbooks import SheetTooLarge, UnreadableSheet, WorkbookWithMacros
from tests.sheets import csv_file, repacked, workbook

MACRO = "xl/vbaProject.bin"


def rows_of(content: bytes, media_type: str = XLSX) -> list[LongRow]:
    with_rows = LongSheets(io.BytesIO(content), media_type)
    (sheet,) = with_rows.sheets
    return list(sheet.rows())


def texts_of(content: bytes, media_type: str = XLSX) -> list[tuple[int, Sequence[str]]]:
    return [(row.number, row.texts) for row in rows_of(content, media_type)]


def test_rows_that_are_not_blank_keep_the_numbers_that_the_program_shows() -> None:
    def elsewhere(book: Any) -> None:
        sheet = book.get_worksheet_by_name("Ark")
        sheet.write_string(4, 2, "her")
        sheet.write_string(8, 3, "der")

    assert texts_of(workbook({"Ark": []}, elsewhere)) == [(5, ["", "", "her"]), (9, ["", "", "", "der"])]


def test_cells_merged_downwards_count_for_every_row_and_others_for_their_first_cell() -> None:
    def finish(book: Any) -> None:
        sheet = book.get_worksheet_by_name("Ark")
        sheet.merge_range(1, 1, 3, 1, "Papir")
        sheet.merge_range(4, 1, 5, 2, "bred")

    rows = [["nr", "navn"], ["1", ""], ["2", ""], ["3", ""], ["4", ""], ["5", ""]]
    found = texts_of(workbook({"Ark": rows}, finish))
    assert [texts for _, texts in found] == [
        ["nr", "navn"],
        ["1", "Papir"],
        ["2", "Papir"],
        ["3", "Papir"],
        ["4", "bred"],
        ["5"],
    ]


def test_hidden_rows_are_told_to_be_hidden_also_when_rows_do_not_say_their_numbers() -> None:
    def finish(book: Any) -> None:
        book.get_worksheet_by_name("Ark").set_row(1, None, None, {"hidden": True})

    content = workbook({"Ark": [["a"], ["b"], ["c"]]}, finish)
    bare = repacked(content, lambda name, part: _without_row_numbers(part) if "sheet1" in name else part)
    for file in (content, bare):
        assert [(row.number, row.is_hidden) for row in rows_of(file)] == [(1, False), (2, True), (3, False)]


def _without_row_numbers(part: bytes) -> bytes:
    for number in (1, 2, 3):
        part = part.replace(f'<row r="{number}"'.encode(), b"<row")
    return part


def test_formulas_that_failed_or_were_never_calculated_are_told_and_others_count_with_their_results() -> None:
    def finish(book: Any) -> None:
        sheet = book.get_worksheet_by_name("Ark")
        sheet.write_formula("B1", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C1", "=1+1", None, 2)
        sheet.write_formula("B2", "=A2", None, "")
        sheet.write_formula("AA3", "=1+1", None, 2)

    content = workbook({"Ark": [["a"], ["b"]]}, finish)
    never = repacked(
        content, lambda _, part: part.replace(b"<f>1+1</f><v>2</v></c></row></s", b"<f>1+1</f></c></row></s")
    )
    first, second, third = rows_of(never)
    assert (first.texts, first.failed) == (["a", "", "2"], ["B"])
    assert (second.texts, second.failed) == (["b"], [])
    assert (third.texts, third.failed) == ([], ["AA"])


def test_a_number_of_more_digits_than_a_program_keeps_says_so() -> None:
    (row,) = rows_of(workbook({"Ark": [[5701234567899, 12345678901234567, "12345678901234567"]]}))
    assert row.texts == ["5701234567899", "1,23456789012346E+16", "12345678901234567"]


def test_what_the_reading_process_tells_row_by_row() -> None:
    content = workbook({"Ark": [["a", None, 1], [None], ["b"]], "Tomt": []})
    assert list(workbook_reading.lines_in(content)) == [
        {"name": "Ark", "is_hidden": False},
        [1, ["a", "", "1"], [], False],
        [3, ["b"], [], False],
        {"name": "Tomt", "is_hidden": False},
    ]


@pytest.mark.parametrize("limit", ["MOST_LONG_TEXT", "MOST_LONG_CELLS"])
def test_a_workbook_of_more_than_is_read_ends_the_reading_process(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook({"Ark": [["abc", "def"]]})
    monkeypatch.setattr(workbook_reading, limit, 1)
    with pytest.raises(SystemExit) as ended:
        list(workbook_reading.lines_in(content))
    assert ended.value.code == workbook_reading.TOO_LARGE


def test_a_row_that_never_ends_ends_the_reading_process(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook({"Ark": [["a"]]})
    monkeypatch.setattr(workbook_reading, "PIECE", 16)
    monkeypatch.setattr(workbook_reading, "LONGEST_ROW", 32)
    with pytest.raises(SystemExit):
        list(workbook_reading.lines_in(content))


def test_two_sheets_of_the_same_name_are_refused() -> None:
    content = workbook({"Varer": [["a"]], "Ander": [["b"]]})
    twice = repacked(content, lambda _, part: part.replace(b'"Ander"', b'"Varer"'))
    with pytest.raises(UnreadableSheet, match="the same name"):
        LongSheets(io.BytesIO(twice), XLSX)


def test_a_failed_formula_without_a_place_is_refused() -> None:
    def finish(book: Any) -> None:
        book.get_worksheet_by_name("Ark").write_formula("A1", "=1/0", None, "#DIV/0!")

    content = workbook({"Ark": []}, finish)
    bare = repacked(content, lambda _, part: part.replace(b'<c r="A1" ', b"<c "))
    with pytest.raises(UnreadableSheet, match="where it is"):
        LongSheets(io.BytesIO(bare), XLSX)


def test_sheets_are_walked_through_again_and_again() -> None:
    sheets = LongSheets(io.BytesIO(workbook({"A": [["1"], ["2"]], "B": [["3"]]})), XLSX)
    first, second = sheets.sheets
    for _ in range(2):
        assert [row.texts for row in first.rows()] == [["1"], ["2"]]
        assert [row.texts for row in second.rows()] == [["3"]]
    assert (first.name, first.row_count, second.row_count) == ("A", 2, 1)
    sheets.close()


class _Stream(io.RawIOBase):
    """A file that can only be read on."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._rest = content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        given, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


@pytest.mark.parametrize("media_type", [XLSX, CSV])
def test_a_file_needs_not_be_seekable(media_type: str) -> None:
    content = workbook({"Ark": [["a"]]}) if media_type == XLSX else b"a\r\n"
    sheets = LongSheets(io.BufferedReader(_Stream(content)), media_type)
    assert [row.texts for row in sheets.sheets[0].rows()] == [["a"]]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
def test_csv_is_read_in_the_encodings_and_delimiters_that_are_about(encoding: str, delimiter: str) -> None:
    content = csv_file([["Prisliste 2026"], [], ["GLN", "Navn"], ["0057", "Køb å æ"]], encoding, delimiter)
    assert texts_of(content, CSV) == [(1, ["Prisliste 2026"]), (3, ["GLN", "Navn"]), (4, ["0057", "Køb å æ"])]


def test_a_delimiter_is_told_by_more_than_the_first_line() -> None:
    content = b'"Liste, ny, 2026"\r\nNr;Navn;Pris\r\n1;Papir, hvidt;2,50\r\n'
    assert texts_of(content, CSV)[-1] == (3, ["1", "Papir, hvidt", "2,50"])


def test_excels_own_line_about_the_delimiter_is_no_row_but_counts() -> None:
    assert texts_of(b"sep=|\r\na|b\r\n", CSV) == [(2, ["a", "b"])]
    assert texts_of(b"sep=\t\r\na\tb\r\n", CSV) == [(2, ["a", "b"])]


def test_a_cell_of_several_lines_is_one_row_and_a_guard_is_taken_away() -> None:
    assert texts_of(b'"a\nb";\'=1+1\r\nc;=cmd()\r\n', CSV) == [(1, ["a\nb", "=1+1"]), (2, ["c", "=cmd()"])]


def test_nothing_is_a_sheet_without_rows() -> None:
    assert texts_of(b"", CSV) == []


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b"Navn\r\nA\x00B\r\n", 2),
        (b"Navn\r\n\xc3\xb8\r\n\x81\r\n", 3),
        (b'Navn\r\n"open\r\n', 2),
        (b'Navn\r\n"a"b\r\n', 2),
        (b"Navn\r\n" + b"x" * 32_768 + b"\r\n", 2),
        (b"\xef\xbb\xbfNavn\r\nk\xf8b\r\n", 2),
        (b"\xef\xbb\xbfNavn\r\n\xc3", 2),
    ],
)
def test_a_csv_file_that_cannot_be_read_names_the_row(content: bytes, row: int) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        rows_of(content, CSV)
    assert [fault.row for fault in refused.value.faults] == [row]


def test_a_utf_16_file_that_is_cut_off_is_refused() -> None:
    with pytest.raises(UnreadableSheet):
        rows_of("Navn\r\nA".encode("utf-16")[:-1], CSV)


def test_a_line_without_an_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_sheets, "LONGEST_LINE", 100)
    with pytest.raises(UnreadableSheet, match="too long"):
        rows_of(b"a;" * 100, CSV)


def test_a_file_of_more_than_is_kept_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_sheets, "MOST_BYTES", 3)
    with pytest.raises(SheetTooLarge):
        LongSheets(io.BytesIO(b"abcd"), CSV)


def test_what_is_no_sheet_or_carries_macros_is_refused() -> None:
    with pytest.raises(MediaTypeNotSupported):
        LongSheets(io.BytesIO(b""), "application/pdf")
    with pytest.raises(WorkbookWithMacros):
        LongSheets(io.BytesIO(repacked(workbook({"A": []}), lambda _, part: part, {MACRO: b"x"})), XLSX)


def test_a_huge_cell_of_a_workbook_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_sheets, "LONGEST_CELL", 3)
    with pytest.raises(UnreadableSheet, match="row 2"):
        rows_of(workbook({"Ark": [["a"], ["abcd"]]}))
