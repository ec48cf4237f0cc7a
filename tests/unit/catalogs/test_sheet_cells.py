"""Cells of catalogue sheets: every trap that people and programs lay, and what becomes of it."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from app.catalogs import sheet_cells as cells
from app.catalogs.sheet_column import SheetColumn
from app.catalogs.sheet_columns import COLUMNS
from app.catalogs.sheet_header import HEAD
from app.catalogs.sheet_words import LABELS, UNITS, Label, label_of, unit_code
from app.kit.cells import Misread

READ: list[tuple[Callable[[str], str], str, str]] = [
    (cells.item_number, " 00471 ", "00471"),
    (cells.item_number, "4711.0", "4711"),
    (cells.item_number, "1E5", "1E5"),
    (cells.item_number, "AB-12/3", "AB-12/3"),
    (cells.item_number, "=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1"),
    (cells.gtin, "5701234567899", "5701234567899"),
    (cells.gtin, "5701234567899.0", "5701234567899"),
    (cells.gtin, "5,701234567899E+12", "5701234567899"),
    (cells.gtin, "57 01234 56789 9", "5701234567899"),
    (cells.gtin, "36000291452", "036000291452"),
    (cells.gtin, "036000291452", "036000291452"),
    (cells.gtin, "00012345600012", "00012345600012"),
    (cells.gtin, "96385074", "96385074"),
    (cells.gln, "5798009882882", "5798009882882"),
    (cells.commodity_code, "14111507", "14111507"),
    (cells.commodity_code, "14 11 15 07", "14111507"),
    (cells.commodity_code, "14111507,0", "14111507"),
    (cells.commodity_code, "14110000", "14110000"),
    (cells.amount, "1.234,50", "1234.50"),
    (cells.amount, "0", "0"),
    (cells.quantity, "0,5", "0.5"),
    (cells.base_quantity, "100", "100"),
    (cells.base_quantity, "pr. 100", "100"),
    (cells.base_quantity, "pr 1 000", "1000"),
    (cells.base_quantity, "100 stk.", "100 EA"),
    (cells.base_quantity, "per 10 m²", "10 MTK"),
    (cells.base_quantity, "stk", "1 EA"),
    (cells.currency, "dkk", "DKK"),
    (cells.currency, "kr.", "DKK"),
    (cells.tax_category, "standard", "StandardRated"),
    (cells.tax_category, "AE", "ReverseCharge"),
    (cells.percent, "25", "25"),
    (cells.percent, "25 %", "25"),
    (cells.percent, "0", "0"),
    (cells.days, "3", "3"),
    (cells.days, "3,0", "3"),
    (cells.days, "5 dage", "5"),
    (cells.links, "https://a.example/1 \n http://b.example/2?x=1;2", "https://a.example/1\nhttp://b.example/2?x=1;2"),
    (cells.words, "papir; kopi,  a4 ;papir", "papir\nkopi\na4"),
    (cells.action, "NY", "Add"),
    (cells.action, "slettes", "Delete"),
    (cells.one_line, " Kopipapir\n A4 ", "Kopipapir A4"),
    (unit_code, "stk.", "EA"),
    (unit_code, "Kasse", "BX"),
    (unit_code, "pakke", "PK"),
    (unit_code, "KG", "KGM"),
    (unit_code, "liter", "LTR"),
    (unit_code, "meter", "MTR"),
    (unit_code, "MTR", "MTR"),
    (unit_code, "c62", "C62"),
    (unit_code, "XBX", "BX"),
    (unit_code, "ark", "ST"),
]

REFUSED: list[tuple[Callable[[str], str], str, str]] = [
    (cells.item_number, "1,2E+05", "lost digits"),
    (cells.item_number, "1,23456789012346E+16", "lost digits"),
    (cells.gtin, "5,70123E+12", "lost digits"),
    (cells.gtin, "5701234567890", "check digit"),
    (cells.gtin, "570123456789", "check digit"),
    (cells.gtin, "0", "check digit"),
    (cells.gtin, "00000000", "check digit"),
    (cells.gtin, "570123456789901", "no GTIN"),
    (cells.gtin, "ukendt", "no GTIN"),
    (cells.gtin, "٥٧٠١٢٣٤٥٦٧٨٩٩", "no GTIN"),
    (cells.gln, "5798009882883", "check digit"),
    (cells.gln, "579800988288", "13 digits"),
    (cells.commodity_code, "1411150", "8 digits"),
    (cells.commodity_code, "14001507", "8 digits"),
    (cells.commodity_code, "00111507", "8 digits"),
    (cells.amount, "1.250", "may be 1250 or 1,250"),
    (cells.amount, "12,50 kr.", "no number"),
    (cells.amount, "-5", "less than 0"),
    (cells.amount, "1" * 29, "at most 28 digits"),
    (cells.quantity, "0", "more than 0"),
    (cells.base_quantity, "", "for how many"),
    (cells.base_quantity, "100/stk", "for how many"),
    (cells.base_quantity, "100 dimser", "no unit"),
    (cells.base_quantity, "1.000 stk", "may be"),
    (cells.currency, "KRO", "no currency"),
    (cells.tax_category, "Halv", "none of Standard, Nul, Omvendt"),
    (cells.percent, "0,25", "25 for 25 %"),
    (cells.percent, "125", "more than 100"),
    (cells.days, "2-3", "most that it takes"),
    (cells.days, "hurtigt", "most that it takes"),
    (cells.links, "billede.jpg", "no web address"),
    (cells.links, "javascript:alert(1)", "no web address"),
    (cells.links, "https://ok.example/ file:///etc/passwd", "no web address"),
    (cells.action, "måske", "none of Ny, Ret, Slet"),
    (unit_code, "dimser", "no unit"),
    (unit_code, "ST", "write the word"),
]


@pytest.mark.parametrize(("read", "text", "value"), READ)
def test_a_cell_is_read_as_it_was_meant(read: Callable[[str], str], text: str, value: str) -> None:
    assert read(text) == value


@pytest.mark.parametrize(("read", "text", "words"), REFUSED)
def test_what_may_mean_two_things_or_none_is_refused_in_both_languages(
    read: Callable[[str], str], text: str, words: str
) -> None:
    with pytest.raises(Misread, match=words) as refused:
        read(text)
    assert refused.value.message_da != str(refused.value)


@pytest.mark.parametrize(("text", "most", "words"), [("a\x06", 10, r"U\+0006"), ("a" * 11, 10, "11 characters")])
def test_what_a_document_cannot_carry_is_refused(text: str, most: int, words: str) -> None:
    with pytest.raises(Misread, match=words):
        cells.carried(text, most)
    assert cells.carried("a" * 10, 10) == "a" * 10


@given(st.integers(min_value=10**5, max_value=10**12 - 1))
def test_zeros_that_a_gtin_lost_come_back_only_where_its_check_digit_fits(number: int) -> None:
    whole = f"{number}{ean.calc_check_digit(str(number))}"
    wrong = f"{number}{(int(whole[-1]) + 1) % 10}"
    assert cells.gtin(whole).lstrip("0") == whole.lstrip("0")
    assert len(cells.gtin(whole)) in cells.GTIN_LENGTHS
    with pytest.raises(Misread):
        cells.gtin(wrong)


@pytest.mark.parametrize("column", [*HEAD, *COLUMNS], ids=lambda column: column.field)
@given(text=st.text(max_size=60))
def test_a_reader_gives_text_or_says_what_is_wrong(column: SheetColumn, text: str) -> None:
    with suppress(Misread):
        assert isinstance(column.read(cells.carried(text, column.most)), str)


def test_choices_fit_into_the_list_of_a_spreadsheet_program() -> None:
    for column in COLUMNS:
        assert len(",".join(column.heading.choices)) <= 255


def test_every_word_of_a_unit_is_a_unit() -> None:
    for code, names in UNITS.words.items():
        assert {unit_code(name) for name in names} == {code}


def test_a_label_is_known_by_its_names_and_others_are_their_own() -> None:
    assert label_of("Nordic Swan") == ("Svanemærket", LABELS["Svanemærket"])
    assert label_of("Hjemmelavet") == ("Hjemmelavet", Label("Hjemmelavet", "Hjemmelavet"))
