"""A catalogue sheet becomes lines, row by row, whatever program and person wrote it; faults name sheet, row, column."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.catalogs.mapping_files import shipped
from app.catalogs.mapping_profiles import MappingProfile
from app.catalogs.sheet_header import SheetHeader
from app.catalogs.sheet_layout import CatalogueSheetNotFitting, place_of
from app.catalogs.sheet_reading import SheetDocument
from app.catalogs.sheet_source import Legend
from app.dialects import write
from app.documents.amounts import TaxCategory
from app.documents.catalogue import CatalogueLine
from app.documents.envelope import Envelope
from app.documents.party import Party
from app.documents.values import Identifier, Period
from app.kit.errors import Fault
from app.kit.money import Quantity
from app.kit.sheets import CSV
from app.kit.workbooks import UnreadableSheet
from app.oioubl import validation
from tests.catalogue_sheets import (
    FILLED,
    GTIN,
    HEADER,
    book,
    csv_of,
    faults,
    head,
    item,
    lines,
    outcomes,
    place,
    read,
    row_with,
    sheet,
)
from tests.catalogues import catalogue
from tests.sheets import Cell, workbook
from tests.world import CONTRACT, INSTITUTION_GLN


def envelope() -> Envelope:
    """Give the envelope that a sheet gets from the request and its header."""
    party, receiver = catalogue(()).provider, Identifier(value=INSTITUTION_GLN, scheme_id="GLN")
    return Envelope(
        document_type="Catalogue",
        number="KAT-1",
        issue_date=date(2026, 3, 2),
        version_id="3",
        sender=party,
        receiver=Party(endpoint_id=receiver, identifications=(receiver,)),
    )


NUMBER, PRICE = "Leverandørens varenr", "Pris"


def test_a_row_with_every_cell_filled_in_becomes_the_whole_line() -> None:
    (line,) = lines(book(sheet([list(FILLED.values())], list(FILLED))))
    first, second, third = line.brackets
    assert (line.line_id, line.action_code, line.orderable_unit) == ("A-1", "Add", "BX")
    assert line.content_unit_quantity == Quantity(Decimal(5), "RM")
    assert (line.minimum_order_quantity, line.order_quantity_increment) == (2, 2)
    assert line.validity_period == Period(start_date=date(2026, 3, 1), end_date=date(2026, 12, 31))
    assert first.price is not None
    assert (first.price.price_amount, first.price.currency) == (Decimal("1250.5"), "EUR")
    assert (first.price.base_quantity, first.price.unit_price) == (Quantity(Decimal(10), "BX"), Decimal("125.05"))
    assert (first.lead_time, first.minimum_quantity) == (Quantity(Decimal(3), "DAY"), None)
    assert first.tax_categories == (TaxCategory(id="StandardRated", percent=Decimal(25)),)
    assert [bracket.minimum_quantity for bracket in (second, third)] == [
        Quantity(Decimal(10), "BX"),
        Quantity(Decimal(50), "BX"),
    ]
    assert [bracket.price and bracket.price.price_amount for bracket in (second, third)] == [1200, 1100]
    found = line.item
    assert (found.name, found.descriptions) == ("Kopipapir A4", ("Hvidt papir, 80 g",))
    assert (found.sellers_number, found.gtin, found.manufacturer_name) == ("A-1", GTIN, "Papirfabrikken")
    assert found.manufacturers_item_id == Identifier(value="PF-80")
    assert [(one.code, one.list_id) for one in found.classifications] == [("14111507", "UNSPSC")]
    assert found.keywords == ("papir", "kopi", "a4")
    assert [(label.id, label.type) for label in found.certificates] == [
        ("SVANEN", "Svanemærket"),
        ("FOREST_STEWARDSHIP_COUNCIL_LABEL", "FSC"),
    ]
    assert [(one.number, one.document_type, one.uri) for one in found.specifications] == [
        ("Billede 1", "Billede", "https://billeder.example/a-1.jpg"),
        ("Billede 2", "Billede", "https://billeder.example/a-1-b.jpg"),
        ("Datablad 1", "Datablad", "https://blade.example/a-1.pdf"),
    ]


def test_a_line_of_a_sheet_can_be_written_as_oioubl() -> None:
    found = lines(book(sheet([list(FILLED.values())], list(FILLED))))
    found += lines(book(sheet([item("A-2")])))
    assert validation.validate(write(catalogue(found))).is_valid


def test_a_row_with_only_what_is_needed_becomes_a_line_in_kroner() -> None:
    (line,) = lines(book(sheet([item()])))
    (bracket,) = line.brackets
    assert bracket.price is not None
    assert (bracket.price.currency, bracket.price.base_quantity) == ("DKK", Quantity(Decimal(1), "EA"))
    assert (line.content_unit_quantity, bracket.tax_categories) == (Quantity(Decimal(1), "EA"), ())


@pytest.mark.parametrize(
    "aliases",
    [
        ["item NUMBER", "Name*", "UNSPSC code", "Unit", "Price"],
        ["varenr", "NAVN", "varegruppe", "bestillingsenhed", "Nettopris *"],
    ],
)
def test_columns_are_found_by_their_names_in_danish_or_english_in_any_order(aliases: list[str]) -> None:
    row = item()
    assert lines(book(sheet([row], aliases))) == lines(book(sheet([row[::-1]], HEADER[::-1])))


def test_csv_gives_the_same_lines_as_a_workbook() -> None:
    rows = sheet([item("A-1"), item("A-2", "1.250,00")])
    expected = lines(book(rows))
    for encoding in ("utf-8-sig", "utf-8", "cp1252", "utf-16"):
        assert lines(csv_of(rows, encoding), media_type=CSV) == expected
    assert lines(csv_of(rows, delimiter="\t"), media_type=CSV) == expected


def test_the_rows_above_the_header_say_which_catalogue_it_is() -> None:
    above = head("KAT-9", "2026-2", Katalognavn="Papir", Valuta="EUR", Gyldig_fra=None)
    above[1:1] = [["Papirgrossisten A/S, prisliste"], ["Gyldig fra:", date(2026, 4, 1), "Gyldig til", "31-12-2026"]]
    with read(book(sheet([item()], above=above))) as source:
        assert source.header == SheetHeader(
            number="KAT-9",
            version_id="2026-2",
            receiver=INSTITUTION_GLN,
            name="Papir",
            contract=CONTRACT,
            currency="EUR",
            valid_from=date(2026, 4, 1),
            valid_to=date(2026, 12, 31),
        )
        ((_, line),) = source
    assert isinstance(line, CatalogueLine)
    assert line.brackets[0].price is not None
    assert line.brackets[0].price.currency == "EUR"


def test_the_request_may_say_it_instead_and_the_rows_name_the_contract() -> None:
    legend = Legend(said={"number": "KAT-1", "version_id": "3", "receiver": INSTITUTION_GLN, "supplier": "30714008"})
    rows = sheet([[*item(), CONTRACT]], [*HEADER, "Aftalenr"], above=[])
    with read(book(rows), legend) as source:
        assert (source.header.number, source.header.contract, source.header.supplier) == ("KAT-1", CONTRACT, "30714008")
        document = SheetDocument(source, envelope(), sort_out=False).head
    assert (document.number, document.version_id, document.contract_id) == ("KAT-1", "3", CONTRACT)
    assert document.validity_period is None
    assert document.receiver.keys == (f"GLN:{INSTITUTION_GLN}",)


def not_fitting(content: bytes, legend: Legend | None = None, media_type: str | None = None) -> tuple[Fault, ...]:
    with pytest.raises(CatalogueSheetNotFitting) as refused:
        read(content, legend, **({"media_type": media_type} if media_type else {}))
    return refused.value.faults


def test_what_is_said_twice_must_be_the_same() -> None:
    (fault,) = not_fitting(book(sheet([item()])), Legend(said={"number": "KAT-2"}))
    assert place(fault) == (1, "Katalognummer")
    assert lines(book(sheet([item()])), Legend(said={"number": "KAT-1"}))


def test_what_is_missing_or_unreadable_above_the_header_is_named_once() -> None:
    above: list[list[Cell]] = [["Versio", "1"], ["Modtagers GLN", "5798009882883"], ["Valuta", "KRO"]]
    found = not_fitting(
        book(sheet([item()], above=above)), Legend(said={"valid_from": "2-1-2027", "valid_to": "2-1-26"})
    )
    assert [(fault.pointer, fault.row, fault.column) for fault in found] == [
        ("/valid_to", None, None),
        (None, 1, None),
        (None, 2, "Modtagers GLN"),
        (None, 3, "Valuta"),
        (None, 4, "Katalognummer"),
        (None, 4, "Version"),
    ]
    assert "did you mean Version" in found[1].message


def test_a_catalogue_that_ends_before_it_begins_is_refused() -> None:
    said = {"valid_from": "2-1-2027", "valid_to": "1-1-2027"}
    (fault,) = not_fitting(book(sheet([item()])), Legend(said=said))
    assert fault.column == "Gyldig til"


def test_wrong_headers_are_named_with_what_is_likely_meant() -> None:
    found = not_fitting(book(sheet([[*item(), "x", "y", "z"]], [*HEADER[:4], "Pirs", "Farve", "Kommentar", "GTIN"])))
    assert [(fault.column, fault.message) for fault in found] == [
        ("Pris", "the column Pris is missing"),
        ("Pirs", "there is no column Pirs; did you mean Pris?"),
        ("Farve", "there is no column Farve; delete it, or let a mapping profile pass it over"),
    ]


def test_a_column_that_stands_there_twice_is_refused() -> None:
    (fault,) = not_fitting(book(sheet([[*item(), "1"]], [*HEADER, "Price"])))
    assert fault.message == "the column Pris stands there twice"


@pytest.mark.parametrize("rows", [[], [["Prisliste"], ["a", "b"]], [["Pris"]]])
def test_a_sheet_without_a_header_is_refused_naming_what_a_header_has(rows: list[list[Cell]]) -> None:
    with pytest.raises(CatalogueSheetNotFitting):
        read(book(rows))
    (fault,) = not_fitting(csv_of(rows), media_type=CSV)
    assert "Varenavn" in fault.message or not rows


def test_a_header_without_rows_is_refused() -> None:
    (fault,) = not_fitting(book(sheet([])))
    assert (fault.row, fault.message) == (6, "there is no row below the header")
    with pytest.raises(CatalogueSheetNotFitting):
        read(book(sheet([["", " "], []])))


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({"Pris": "1.250"}, ["Pris"]),
        ({"Pris": ""}, ["Pris"]),
        ({"Varenavn": ""}, ["Varenavn"]),
        ({"Varenavn": "x" * 256}, ["Varenavn"]),
        ({"Enhed": "dims", "UNSPSC": "1411"}, ["UNSPSC", "Enhed"]),
        ({"GTIN": "5,70123E+12"}, ["GTIN"]),
        ({"GTIN": Decimal("5701234567890")}, ["GTIN"]),
        ({"Leverandørens_varenr": "1,23456789012346E+16"}, ["Leverandørens varenr"]),
        ({"Prisenhed": "100 kg"}, ["Prisenhed"]),
        ({"Indhold": 5}, ["Indholdsenhed"]),
        ({"Indholdsenhed": "stk"}, ["Indhold pr. enhed"]),
        ({"Gyldig_fra": "2-1-2027", "Gyldig_til": "1-1-2027"}, ["Gyldig til"]),
        ({"Momskategori": "Nul", "Momssats": 25}, ["Momssats"]),
        ({"Momskategori": "Standard", "Momssats": 0}, ["Momssats"]),
        ({"Momssats": Decimal("0.25")}, ["Momssats"]),
        ({"Fra_antal_2": 10}, ["Pris 2"]),
        ({"Pris_2": 10}, ["Fra antal 2"]),
        ({"Fra_antal_2": 1, "Pris_2": 9}, ["Fra antal 2"]),
        ({"Fra_antal_3": 10, "Pris_3": 9}, ["Pris 2"]),
        ({"Fra_antal_2": 10, "Pris_2": 9, "Fra_antal_3": 10, "Pris_3": 8}, ["Fra antal 3"]),
        ({"Handling": "måske"}, ["Handling"]),
        ({"Aftalenr": "K-ANDEN"}, ["Aftalenr"]),
        ({"Varenavn": "a\x06b"}, ["Varenavn"]),
    ],
)
def test_a_cell_that_does_not_fit_is_named_by_row_and_column(cells: dict[str, Cell], columns: list[str]) -> None:
    header, row = row_with(**cells)
    content = csv_of(sheet([item("A-0"), row], header))
    assert faults(content, media_type=CSV) == [(8, column) for column in columns]


@pytest.mark.parametrize(
    ("cells", "tax"),
    [
        ({"Momskategori": "Standard"}, ("StandardRated", 25)),
        ({"Momskategori": "Omvendt"}, ("ReverseCharge", 0)),
        ({"Momssats": 25}, ("StandardRated", 25)),
        ({"Momssats": 0}, ("ZeroRated", 0)),
    ],
)
def test_a_tax_is_told_by_its_category_or_its_rate(cells: dict[str, Cell], tax: tuple[str, int]) -> None:
    header, row = row_with(**cells)
    (line,) = lines(book(sheet([row], header)))
    assert [(one.id, one.percent) for one in line.brackets[0].tax_categories] == [tax]


def test_every_fault_of_a_row_is_told_at_once() -> None:
    found = faults(book(sheet([["", "", "1", "dims", "x"]])))
    assert found == [(7, "UNSPSC"), (7, "Enhed"), (7, "Pris"), (7, NUMBER), (7, "Varenavn")]


def test_one_row_of_a_thousand_is_named_and_the_others_are_lines() -> None:
    rows = [item(f"A-{number}") for number in range(1000)]
    rows[499][4] = "1.250"
    found = outcomes(book(sheet(rows)))
    assert [row for row, outcome in found.items() if not isinstance(outcome, CatalogueLine)] == [506]
    (fault,) = found[506]
    assert (fault.sheet, fault.row, fault.column) == ("Varer", 506, "Pris")
    assert fault.message_da == "1.250 kan være 1250 eller 1,250; skriv et af dem"
    assert len(found) == 1000


def test_a_number_that_stands_on_two_rows_is_at_fault_on_both() -> None:
    found = outcomes(book(sheet([item("A-1"), item("A-2"), item(" A-1 "), item("A-1")])))
    assert isinstance(found[8], CatalogueLine)
    assert [found[row][0].message[:6] for row in (7, 9, 10)] == ["row 10", "row 7 ", "row 7 "]


def test_numbers_that_a_workbook_made_of_numbers_are_the_same_as_texts() -> None:
    assert faults(book(sheet([item(4711), item("4711")]))) == [(7, NUMBER), (8, NUMBER)]
    assert [line.line_id for line in lines(book(sheet([item("0042"), item(42)])))] == ["0042", "42"]


def test_to_delete_a_line_its_number_is_enough() -> None:
    header = [*HEADER, "Handling"]
    rows = [["A-1", "", "", "", "", "Slet"], ["A-2", "", "1", "dims", "gratis", "slet"], ["", "", "", "", "", "Slet"]]
    found = outcomes(book(sheet(rows, header)))
    assert [(found[row].line_id, found[row].action_code) for row in (7, 8)] == [("A-1", "Delete"), ("A-2", "Delete")]
    assert [place(fault) for fault in found[9]] == [(9, NUMBER)]


def test_a_hidden_row_is_at_fault_and_a_hidden_column_counts() -> None:
    def hide(made: Any) -> None:
        varer = made.get_worksheet_by_name("Varer")
        varer.set_row(7, None, None, {"hidden": True})
        varer.set_column(4, 4, None, None, {"hidden": True})

    content = book(sheet([item("A-1"), item("A-2"), item("A-3")]), hide)
    assert faults(content) == [(8, None)]
    assert [line.line_id for line in outcomes(content).values() if isinstance(line, CatalogueLine)] == ["A-1", "A-3"]


def test_a_cell_merged_downwards_counts_for_every_row_and_blank_rows_for_none() -> None:
    def merge(made: Any) -> None:
        made.get_worksheet_by_name("Varer").merge_range(6, 2, 8, 2, "14111507")

    rows = [item("A-1", unspsc=""), [], item("A-2", unspsc=""), item("A-3", unspsc="44121704")]
    found = lines(book(sheet(rows), merge))
    assert [line.item.classifications[0].code for line in found] == ["14111507", "14111507", "44121704"]


def test_a_formula_counts_with_its_result_and_is_at_fault_when_it_failed() -> None:
    def calculate(made: Any) -> None:
        varer = made.get_worksheet_by_name("Varer")
        varer.write_formula("E7", "=10+2", None, 12)
        varer.write_formula("E8", "=1/0", None, "#DIV/0!")

    content = book(sheet([item("A-1", None), item("A-2", None)]), calculate)
    found = outcomes(content)
    assert found[7].brackets[0].price.price_amount == 12
    assert [(fault.column, fault.message) for fault in found[8]] == [
        ("Pris", "the formula in E8 failed, or was never calculated; write the value")
    ]


def test_what_a_program_would_take_for_a_formula_is_a_text() -> None:
    (line,) = lines(csv_of(sheet([item("A-1", name="=cmd|'/c calc'!A1")])), media_type=CSV)
    assert line.item.name == "=cmd|'/c calc'!A1"


def test_a_column_of_comments_and_cells_without_a_header_are_passed_over() -> None:
    rows = [[*item("A-1"), "ret prisen", "løs note"]]
    assert lines(book(sheet(rows, [*HEADER, "Kommentar", ""])))


def two_sheets(first: str, second: str, hide: str | None = None) -> bytes:
    def finish(made: Any) -> None:
        if hide is not None:
            made.get_worksheet_by_name(hide).hide()

    return workbook({first: sheet([item("A-1")]), second: sheet([item("B-1")])}, finish)


def test_the_sheet_varer_is_read_and_guides_and_hidden_sheets_are_passed_over() -> None:
    assert [line.line_id for line in lines(two_sheets("Vejledning", "Varer"))] == ["B-1"]
    assert [line.line_id for line in lines(two_sheets("Items", "Gamle", hide="Gamle"))] == ["A-1"]
    assert [line.line_id for line in lines(book(sheet([item("A-1")]), name="Ark1"))] == ["A-1"]


@pytest.mark.parametrize(("first", "second"), [("Varer", "Items"), ("Varer", "Priser 2027"), ("Ark1", "Ark2")])
def test_two_sheets_that_may_both_be_meant_are_refused(first: str, second: str) -> None:
    found = not_fitting(two_sheets(first, second))
    assert [fault.sheet for fault in found] == [first, second]


def test_a_workbook_without_a_sheet_to_read_is_refused() -> None:
    with pytest.raises(CatalogueSheetNotFitting, match="there are Ark"):
        read(book([], name="Ark"))


def test_a_profile_reads_a_sheet_with_other_headers() -> None:
    header = ["SKU", "Title", "Commodity code", "Net price", "Barcode", "Colour"]
    rows = [["A-1", "Paper", "14111507", "12.50", GTIN, "white"]]
    legend = Legend(profile=shipped()["item-list-en"])
    (fault,) = not_fitting(book(sheet(rows, header)), legend)
    assert fault.column == "Colour"
    passing = MappingProfile.model_validate({**dict(shipped()["item-list-en"]), "passed_over": ("*",)})
    (line,) = lines(book(sheet(rows, header)), Legend(profile=passing))
    assert (line.line_id, line.orderable_unit, line.item.gtin) == ("A-1", "EA", GTIN)


def test_with_a_profile_our_own_headers_are_not_known() -> None:
    found = not_fitting(book(sheet([item()])), Legend(profile=shipped()["item-list-en"]))
    assert "SKU" in found[0].message


def test_a_profile_names_its_sheet_and_the_others_are_passed_over() -> None:
    header = ["Varenummer", "Varetekst", "UNSPSC", "Enhed", "Stykpris", "Listepris"]
    rows = [["A-1", "Papir", "14111507", "stk", "12,50", "20"]]
    content = workbook({"Forside": [["Velkommen"]], "prisbog": sheet(rows, header), "Varer": sheet([item()])})
    (line,) = lines(content, Legend(profile=shipped()["prisbog"]))
    assert line.item.name == "Papir"
    with pytest.raises(CatalogueSheetNotFitting, match="no sheet Prisbog"):
        read(book(sheet([item()])), Legend(profile=shipped()["prisbog"]))


def test_a_sheet_is_read_as_a_document_about_a_catalogue_is() -> None:
    rows = [item("A-1"), item("A-2", "1.250"), item("A-3", "gratis", unspsc="1")]
    with read(book(sheet(rows))) as source:
        whole, sorting = (SheetDocument(source, envelope(), sort_out=one) for one in (False, True))
        assert [(line.number, line.line_id, len(line.faults)) for line in whole] == [
            (1, "A-1", 0),
            (2, "", 1),
            (3, "", 2),
        ]
        assert [fault.row for fault in whole.verdict().faults] == [8, 9, 9]
        assert whole.verdict().counts == {"sheet.price": 2, "sheet.unspsc": 1}
        assert [line.line is not None for line in sorting] == [True, False, False]
        assert sorting.verdict().faults == ()
        assert (whole.head.number, source.row_count) == ("KAT-1", 3)


def test_a_csv_file_that_breaks_off_on_the_way_spoils_the_whole() -> None:
    content = csv_of(sheet([item(f"A-{number}") for number in range(30)])) + b'"A-2;no end'
    with read(content, media_type=CSV) as source:
        document = SheetDocument(source, envelope(), sort_out=True)
        assert list(document) == []
        assert [fault.row for fault in document.verdict().faults] == [37]
        with pytest.raises(UnreadableSheet):
            list(source)


@pytest.mark.parametrize(("letters", "place"), [("A", 0), ("Z", 25), ("AA", 26), ("XFD", 16_383)])
def test_letters_tell_the_place_of_a_column(letters: str, place: int) -> None:
    assert place_of(letters) == place


def test_a_walk_can_be_repeated() -> None:
    with read(book(sheet([item("A-1"), item("A-2")]))) as source:
        assert list(source) == list(source)
