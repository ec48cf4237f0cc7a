"""A sheet goes back as it came, with a column for what is wrong; the blank one can be filled in and read."""

from typing import Any

import pytest

from app.catalogs.sheet_columns import COLUMNS
from app.catalogs.sheet_comments import Verdict, commented
from app.catalogs.sheet_templates import HEADER_ROW, SheetFormat, blank
from app.documents.catalogue import CatalogueLine
from app.kit.sheets import CSV, XLSX, read_sheets
from tests.catalogue_sheets import FILLED, HEADER, book, csv_of, head, item, lines, read, sheet
from tests.sheets import workbook

ROWS = sheet([item("A-1"), [], item("A-2", "1.250"), item("A-3", name="=1+1")], [*HEADER, ""])
COMMENTS = {
    7: "ny",
    9: "Pris: 1.250 kan være 1250 eller 1,250; skriv et af dem",
    10: "den er i kataloget allerede; skriv Ret",
}


def written(content: bytes, media_type: str) -> list[list[str]]:
    with read(content, media_type=media_type) as source:
        answer = commented(source, media_type, Verdict(refused=["A-3"]))
    assert answer.media_type.startswith(media_type)
    (found,) = read_sheets(answer.content, media_type)
    return [list(texts) for texts in found.rows]


@pytest.mark.parametrize("media_type", [XLSX, CSV])
def test_every_row_stands_where_it_stood_with_a_comment(media_type: str) -> None:
    content = book(ROWS) if media_type == XLSX else csv_of(ROWS)
    rows = written(content, media_type)
    assert rows[0][:2] == ["Katalognummer", "KAT-1"]
    assert rows[5][:5] == HEADER
    assert rows[5][-1] == "Kommentar"
    assert {number: rows[number - 1][-1] for number in COMMENTS} == COMMENTS
    assert rows[9][1] == "=1+1"


def test_what_is_written_back_as_csv_is_guarded_against_formulas() -> None:
    above = [["=HYPERLINK(1)"], *head()]
    content = csv_of(sheet([item("A-1", name="=cmd()")], above=above))
    with read(content, media_type=CSV) as source:
        answer = commented(source, CSV, Verdict()).content.decode("utf-8-sig")
    assert "\n=" not in f"\n{answer}"
    assert ";'=cmd();" in answer


def test_a_commented_sheet_can_be_mended_and_sent_again_and_has_one_column_of_comments() -> None:
    once = written(book(ROWS), XLSX)
    once[8][4] = "1250"
    again = workbook({"Varer": once})
    assert [line.line_id for line in lines(again)] == ["A-1", "A-2", "A-3"]
    assert [text for text in written(again, XLSX)[5] if text == "Kommentar"] == ["Kommentar"]


def test_a_sheet_whose_name_no_program_writes_goes_back_as_varer() -> None:
    with read(csv_of(ROWS), media_type=CSV) as source:
        (found,) = read_sheets(commented(source, XLSX, Verdict()).content, XLSX)
    assert found.name == "Varer"


@pytest.mark.parametrize("form", SheetFormat)
def test_the_blank_sheet_can_be_filled_in_and_read(form: SheetFormat) -> None:
    template = blank(form)
    media_type = template.media_type.partition(";")[0]
    first, *guides = read_sheets(template.content, media_type)
    rows: list[list[Any]] = [list(texts) for texts in first.rows]
    values = {str(cells[0]): cells[1] for cells in head() if cells}
    for texts in rows[: HEADER_ROW - 1]:
        texts[1:2] = [str(values.get(texts[0].rstrip("*"), ""))] if texts else []
    filled = [*rows, [FILLED.get(column.heading.header) for column in COLUMNS]]
    content = workbook({"Varer": filled, **{one.name: one.rows for one in guides}})
    (line,) = lines(content if media_type == XLSX else csv_of(filled), media_type=media_type)
    assert isinstance(line, CatalogueLine)
    assert line.item.name == FILLED["Varenavn"]


def test_the_blank_workbook_has_notes_choices_and_a_guide() -> None:
    template = blank(SheetFormat.XLSX)
    first, guide = read_sheets(template.content, XLSX)
    assert [first.name, guide.name] == ["Varer", "Vejledning"]
    assert {column.heading.header for column in COLUMNS} <= {texts[0] for texts in guide.rows}
    assert all(column.heading.note and column.english for column in COLUMNS)


def test_why_the_whole_is_turned_away_stands_at_the_first_row_and_nothing_at_sound_ones() -> None:
    with read(csv_of(ROWS), media_type=CSV) as source:
        verdict = Verdict(is_taken=False, reasons=["ukendt aftale"], refused=["A-3"])
        (found,) = read_sheets(commented(source, CSV, verdict).content, CSV)
    assert [found.rows[row - 1][-1] for row in (7, 10)] == ["ukendt aftale", "den er i kataloget allerede; skriv Ret"]
