"""Sheets are read as they were filled in, by header and row, whatever program wrote them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import workbook_reading
from app.kit.cells import day, decimal, digits
from app.kit.sheets import CSV, XLSX, Column, Table, read_csv, read_sheets, table_of, write_csv
from app.kit.uploads import upload_of, wants_workbook
from app.kit.workbooks import Heading, Sheet, UnreadableSheet, WrittenSheet, write_workbook
from tests.sheets import csv_file, workbook

COLUMNS = (
    Column("gln", Heading("GLN"), ("EAN-nummer", "EAN"), needed=True, read=digits),
    Column("name", Heading("Navn"), ("Name",), needed=True),
    Column("amount", Heading("Beløb", is_amount=True), read=decimal),
    Column("since", Heading("Gyldig fra", is_date=True), ("Valid from",), read=day),
)
GLN = "5798009882882"


def table(rows: Sequence[Sequence[str]], first_row: int = 1) -> Table:
    return table_of(Sheet("Ark", rows, first_row), COLUMNS)


def told(found: Table) -> list[tuple[int | None, str | None, str]]:
    return [(fault.row, fault.column, fault.message) for fault in found.faults]


def test_columns_are_found_by_header_in_any_order_and_language() -> None:
    found = table([["valid FROM ", "Name*", "Kommentar", "ean"], ["1-3-2026", "Kontor ", "husk!", f"{GLN}.0"]])
    assert found.faults == []
    assert [(row.number, dict(row.cells)) for row in found.rows] == [
        (2, {"since": "2026-03-01", "name": "Kontor", "gln": GLN})
    ]


def test_titles_may_stand_above_the_header_and_blank_rows_anywhere() -> None:
    found = table([["Opsætning 2026"], [], ["GLN", "Navn"], ["", " "], [GLN, "Kontor"]], first_row=3)
    assert [row.number for row in found.rows] == [7]


def test_faults_name_row_and_column_as_the_sheet_has_them() -> None:
    found = table([["EAN", "Navn", "Beløb", "Gyldig fra"], [GLN, "A", "1.234", "i dag"], ["", "B", "1", ""]])
    assert told(found) == [
        (2, "Beløb", "1.234 may be 1234 or 1,234; write one of these"),
        (2, "Gyldig fra", "'i dag' is no date; write it like 31-12-2026 or 2026-12-31"),
        (3, "EAN", "GLN is missing"),
    ]
    assert {fault.sheet for fault in found.faults} == {"Ark"}


def test_a_header_that_does_not_fit_is_told_and_no_row_is_read() -> None:
    found = table([["Navn", "Gyldig fr", "Name"], ["Kontor", "1-3-2026", ""]])
    assert [(row, column) for row, column, _ in told(found)] == [(1, "Gyldig fr"), (1, "GLN"), (1, "Navn")]
    assert found.rows == []


def test_a_sheet_without_rows_lacks_its_columns() -> None:
    assert [column for _, column, _ in told(table([]))] == ["GLN", "Navn"]


def test_a_workbook_gives_text_as_it_was_meant() -> None:
    rows = [
        ["tal", "dato", "tekst", "ja"],
        [int(GLN), date(2026, 3, 1), "007 ", True],
        [Decimal("0.125"), None, "5798009882882.0"],
        [Decimal("12345678901234567"), None, "1.234"],
    ]
    (sheet,) = read_sheets(workbook({"Ark": rows}), XLSX)
    assert sheet == Sheet(
        "Ark",
        [
            ["tal", "dato", "tekst", "ja"],
            [GLN, "2026-03-01", "007 ", "TRUE"],
            ["0,125", "", "5798009882882.0", ""],
            ["12345678901234600", "", "1.234", ""],
        ],
    )


def test_rows_keep_the_numbers_that_the_program_shows() -> None:
    def elsewhere(book: Any) -> None:
        sheet = book.get_worksheet_by_name("Ark")
        for row, cells in ((4, ("GLN", "Navn")), (8, (GLN, "Kontor"))):
            for column, cell in enumerate(cells, start=2):
                sheet.write_string(row, column, cell)

    (sheet,) = read_sheets(workbook({"Ark": []}, elsewhere), XLSX)
    assert (sheet.first_row, sheet.first_column) == (5, 3)
    assert [row.number for row in table_of(sheet, COLUMNS).rows] == [9]


def test_hidden_rows_count_and_cells_merged_downwards_count_for_every_row() -> None:
    def finish(book: Any) -> None:
        sheet = book.get_worksheet_by_name("Ark")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.merge_range(1, 1, 3, 1, "Kontor")

    rows = [["GLN", "Navn"], [GLN, ""], ["5798000416604", ""], ["5798000433823", ""]]
    (sheet,) = read_sheets(workbook({"Ark": rows}, finish), XLSX)
    assert [row.cells["name"] for row in table_of(sheet, COLUMNS).rows] == ["Kontor"] * 3


def test_a_hidden_sheet_is_told_to_be_hidden() -> None:
    content = workbook({"Ark": [["a"]], "Skjult": [["b"]]}, lambda book: book.get_worksheet_by_name("Skjult").hide())
    assert [(sheet.name, sheet.is_hidden) for sheet in read_sheets(content, XLSX)] == [("Ark", False), ("Skjult", True)]


def test_a_formula_that_failed_is_a_fault_with_its_place() -> None:
    def finish(book: Any) -> None:
        book.get_worksheet_by_name("Andet").write_formula("B2", "=1/0", None, "#DIV/0!")

    with pytest.raises(UnreadableSheet) as refused:
        read_sheets(workbook({"Ark": [["a"]], "Andet": [["b"]]}, finish), XLSX)
    (fault,) = refused.value.faults
    assert (fault.sheet, fault.row, fault.column) == ("Andet", 2, "B")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
def test_csv_is_read_in_the_encodings_and_delimiters_that_are_about(encoding: str, delimiter: str) -> None:
    content = csv_file([["GLN", "Navn"], ["0057", "Køb å æ"]], encoding, delimiter)
    assert read_sheets(content, CSV) == [Sheet("", [["GLN", "Navn"], ["0057", "Køb å æ"]])]


def test_excels_own_line_about_the_delimiter_is_no_row() -> None:
    sheet = read_csv(b"sep=,\r\nGLN,Navn\r\n5,A\r\n")
    assert (sheet.first_row, sheet.rows) == (2, [["GLN", "Navn"], ["5", "A"]])


def test_a_quoted_cell_may_hold_anything() -> None:
    assert read_csv(b'"a;b";"c"";\nd"\r\nx;y\r\n').rows == [["a;b", 'c";\nd'], ["x", "y"]]


CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=5))
def test_what_is_written_as_csv_is_read_back(rows: list[list[str]]) -> None:
    assert read_csv(write_csv(["a", "b"], rows)).rows == [["a", "b"], *rows]


def test_csv_is_guarded_against_formulas() -> None:
    assert write_csv(["Navn"], [["=cmd|'/c calc'!A1"], ["-5"]]) == b"\xef\xbb\xbfNavn\r\n'=cmd|'/c calc'!A1\r\n-5\r\n"


def test_what_is_written_as_a_workbook_is_read_back_and_never_a_formula() -> None:
    headings = [
        Heading("Navn", "En note"),
        Heading("Beløb", is_amount=True),
        Heading("Fra", is_date=True),
        Heading("Kommentar"),
    ]
    rows = [(3, ["=1+1", "1234,50", "2026-03-01", "fejl"]), (5, ["http://x", "mange", "en dag", ""])]
    content = write_workbook([WrittenSheet("Ark", headings, rows, warned=frozenset({3}))])
    (sheet,) = read_sheets(content, XLSX)
    assert sheet.rows == [
        ["Navn", "Beløb", "Fra", "Kommentar"],
        ["", "", "", ""],
        ["=1+1", "1234,5", "2026-03-01", "fejl"],
        ["", "", "", ""],
        ["http://x", "mange", "en dag", ""],
    ]


def test_the_same_rows_are_the_same_workbook() -> None:
    once, again = (write_workbook([WrittenSheet("Ark", [Heading("a", "b", ("x", "y"))], [])]) for _ in range(2))
    assert once == again
    assert upload_of(once, XLSX).sha256 == upload_of(again, XLSX).sha256


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (XLSX, True),
        (f"{XLSX};q=0.9, application/json;q=0.1", True),
        (f"application/json, {XLSX}", False),
        ("*/*", False),
        ("application/json", False),
    ],
)
def test_a_workbook_is_given_to_whoever_names_it_before_json(accept: str, wanted: bool) -> None:
    assert wants_workbook(accept) is wanted


def test_what_the_reading_process_tells_of_a_workbook() -> None:
    def finish(book: Any) -> None:
        sheet = book.get_worksheet_by_name("Ark")
        sheet.merge_range(1, 0, 2, 0, "begge")
        sheet.write_formula("B2", "=NA()", None, "#N/A")
        sheet.write_datetime("B3", datetime(2026, 3, 1, 10, 30), book.add_format({"num_format": "d-m-yyyy hh:mm"}))  # noqa: DTZ001
        sheet.write_datetime("B4", time(10, 30), book.add_format({"num_format": "hh:mm"}))
        sheet.write_datetime("B5", timedelta(hours=30), book.add_format({"num_format": "[h]:mm"}))
        book.add_chartsheet()

    (told_of,) = workbook_reading.sheets_in(workbook({"Ark": [["a", True]]}, finish))
    assert told_of == {
        "name": "Ark",
        "is_hidden": False,
        "error_cells": [["B", "2"]],
        "first_row": 1,
        "first_column": 1,
        "rows": [
            ["a", "TRUE"],
            ["begge", ""],
            ["begge", "2026-03-01T10:30:00"],
            ["", "10:30:00"],
            ["", "1 day, 6:00:00"],
        ],
    }


@pytest.mark.parametrize("limit", ["MOST_TEXT", "MOST_CELLS"])
def test_a_workbook_of_more_than_is_read_ends_the_reading_process(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook({"Ark": [["abc", "def"]]})
    monkeypatch.setattr(workbook_reading, limit, 1)
    with pytest.raises(SystemExit) as ended:
        workbook_reading.sheets_in(content)
    assert ended.value.code == workbook_reading.TOO_LARGE
