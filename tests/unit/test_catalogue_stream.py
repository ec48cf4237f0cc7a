"""A catalogue judged line by line gets the verdict of the whole, however it arrives, and is never held whole."""

import copy
import io
from collections.abc import Callable, Iterator

import pytest
from lxml import etree

from app.oioubl import line_reader, stream
from app.oioubl.catalogue import read_catalogue, read_catalogue_head, read_catalogue_line
from app.oioubl.line_reader import LineReader
from app.oioubl.stream import CatalogueStream, validate_catalogue
from app.oioubl.ubl import CAC, CBC, parse
from app.oioubl.validation import Report, validate
from tests.samples import sample

LINE, ID = f"{{{CAC}}}CatalogueLine", f"{{{CBC}}}ID"
CATALOGUE = sample("catalogue")


class Trickle(io.BytesIO):
    """A file that comes in small pieces, as from a slow sender."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(37 if size is None or size < 0 else min(size, 37))


def streamed(document: bytes) -> Report:
    return validate_catalogue(io.BytesIO(document))


def mutants(change: Callable[[etree._Element], None]) -> Iterator[bytes]:
    """The sample with the change made to one element after the other, the root excepted."""
    for number in range(1, sum(1 for _ in parse(CATALOGUE).iter())):
        root = parse(CATALOGUE)
        change(list(root.iter())[number])
        yield etree.tostring(root)


def remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def repeat(element: etree._Element) -> None:
    element.addnext(copy.deepcopy(element))


def move_to_the_end(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.append(element)


def blank(element: etree._Element) -> None:
    element.text = ""


def add_text_after(element: etree._Element) -> None:
    element.tail = "og"


def drop_attributes(element: etree._Element) -> None:
    element.attrib.clear()


def many_lines(count: int, ids: Callable[[int], str] = str) -> bytes:
    root = parse(CATALOGUE)
    lines = list(root.iterchildren(LINE))
    for line in lines:
        root.remove(line)
    for number in range(count):
        line = copy.deepcopy(lines[0])
        (line_id,) = line.iterchildren(ID)
        line_id.text = ids(number)
        root.append(line)
    return etree.tostring(root)


@pytest.mark.parametrize("change", [remove, repeat, move_to_the_end, blank, add_text_after, drop_attributes])
def test_the_verdict_is_that_of_the_whole_document(change: Callable[[etree._Element], None]) -> None:
    refused = 0
    for document in mutants(change):
        whole, by_line = validate(document), streamed(document)
        assert (by_line.fatal_rules, by_line.layers, by_line.document_type) == (
            whole.fatal_rules,
            whole.layers,
            whole.document_type,
        ), document.decode()
        refused += not whole.is_valid
    assert refused > 10


def test_it_does_not_matter_in_what_pieces_the_document_comes() -> None:
    for document in (many_lines(5), many_lines(5, lambda _: "1"), CATALOGUE.replace(b">Add<", b">Replace<", 2)):
        assert validate_catalogue(Trickle(document)) == streamed(document)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"ikke XML",
        CATALOGUE[:-20],
        CATALOGUE + b"<mere/>",
        CATALOGUE.replace(b"<Catalogue ", b"<!DOCTYPE Catalogue><Catalogue ", 1),
        CATALOGUE.replace(b"<Catalogue ", b'<!DOCTYPE c [<!ENTITY e "e">]><Catalogue ').replace(b"Papir<", b"&e;<"),
        b"<Catalogue/>",
        CATALOGUE.replace(b":Catalogue-2", b":CatalogueRequest-2", 1),
        CATALOGUE.replace(b"<Catalogue ", b"<Katalog ", 1).replace(b"</Catalogue>", b"</Katalog>"),
        sample("invoice"),
        sample("order", ("<cbc:UBLVersionID>2.1", "<cbc:UBLVersionID>3.0")),
    ],
)
def test_what_is_no_catalogue_is_refused_as_in_whole(document: bytes) -> None:
    assert (streamed(document).fatal_rules, streamed(document).layers) == (
        validate(document).fatal_rules,
        validate(document).layers,
    )


def test_a_document_that_only_ends_badly_is_no_document() -> None:
    lines = CatalogueStream(io.BytesIO(many_lines(200)[:-20]))
    assert 64 <= len([line.number for line in lines]) < 200
    assert lines.report().fatal_rules == ["SYNTAX"]


def test_a_line_id_that_comes_again_far_behind_is_found() -> None:
    repeated = many_lines(150, lambda number: "0" if number == 149 else str(number))
    (finding,) = streamed(repeated).findings
    assert (finding.rule_id, finding.xpath) == ("F-CAT248", "/Catalogue/cac:CatalogueLine[150]")
    assert validate(repeated).fatal_rules == ["F-CAT248"]


def test_findings_name_the_line_in_the_whole_document() -> None:
    document = many_lines(130).decode()
    head, *lines = document.split("<cac:CatalogueLine>")
    lines[99] = lines[99].replace(">Add<", ">Replace<")
    broken = "<cac:CatalogueLine>".join([head, *lines]).encode()

    (finding,) = streamed(broken).findings

    assert finding.xpath == "/Catalogue/cac:CatalogueLine[100]"
    assert streamed(broken).findings == validate(broken).findings


def test_an_xsd_fault_names_the_line_in_the_whole_document() -> None:
    head, *lines = many_lines(70).decode().split("<cac:CatalogueLine>")
    lines[68] = lines[68].replace("<cbc:OrderableIndicator>true<", "<cbc:OrderableIndicator>måske<")
    broken = "<cac:CatalogueLine>".join([head, *lines]).encode()

    assert {finding.xpath for finding in streamed(broken).findings} == {
        "/Catalogue/cac:CatalogueLine[69]/cbc:OrderableIndicator"
    }


def test_of_each_rule_only_the_first_findings_are_kept() -> None:
    findings = streamed(many_lines(90).replace(b">Add<", b">Replace<")).findings
    assert len(findings) == stream.MOST_OF_A_RULE < 90


def test_head_and_lines_are_the_catalogue_that_the_whole_is() -> None:
    lines = CatalogueStream(io.BytesIO(CATALOGUE))
    read = tuple(read_catalogue_line(line.element) for line in lines)
    assert lines.head is not None
    assert read_catalogue_head(lines.head).model_copy(update={"lines": read}) == read_catalogue(parse(CATALOGUE))


def test_lines_can_be_read_without_judging_them() -> None:
    broken = CATALOGUE.replace(b">Add<", b">Replace<")
    lines = CatalogueStream(io.BytesIO(broken), judge=False)
    assert [line.findings for line in lines] == [()] * 6
    assert lines.report().is_valid


def test_the_report_is_refused_before_the_last_line() -> None:
    lines = CatalogueStream(io.BytesIO(CATALOGUE))
    next(iter(lines))
    with pytest.raises(RuntimeError, match="after the last line"):
        lines.report()


def test_size_has_an_end_in_all_and_between_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert validate_catalogue(io.BytesIO(CATALOGUE), max_bytes=len(CATALOGUE)).is_valid
    too_long = validate_catalogue(io.BytesIO(CATALOGUE), max_bytes=len(CATALOGUE) - 1)
    assert (too_long.fatal_rules, "at most" in too_long.findings[0].message_en) == (["SYNTAX"], True)

    monkeypatch.setattr(line_reader, "MAX_DOCUMENT_BYTES", 100_000)
    note = b"<cbc:Note>" + b"x" * 200_000 + b"</cbc:Note><cbc:VersionID>"
    assert streamed(CATALOGUE.replace(b"<cbc:VersionID>", note)).fatal_rules == ["SYNTAX"]


def test_tags_have_an_end_in_all_and_between_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    document = many_lines(3_000)
    assert streamed(document).is_valid
    monkeypatch.setattr(line_reader, "MAX_LINE_TAGS", 10_000)
    assert streamed(document).is_valid
    notes = b"<cbc:Note/>" * 30_000
    for place in (b"<cbc:VersionID>", b"<cbc:ActionCode"):
        refused = streamed(document.replace(place, notes + place, 1))
        assert (refused.fatal_rules, "10000 elements" in refused.findings[0].message_en) == (["SYNTAX"], True)
    monkeypatch.setattr(line_reader, "MAX_STREAMED_TAGS", 50_000)
    assert "50000 elements" in streamed(document).findings[0].message_en


def test_lines_of_many_elements_wait_for_fewer_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_LINE_TAGS", 1)
    lines = CatalogueStream(io.BytesIO(many_lines(2_000)))
    held = {len(lines.head) for _ in lines if lines.head is not None}
    assert lines.report().is_valid
    assert max(held) < 64


def test_a_line_with_too_many_notes_is_refused() -> None:
    notes = b"<cbc:Note/>" * 2_000 + b"<cbc:ActionCode"
    refused = streamed(many_lines(100).replace(b"<cbc:ActionCode", notes, 1))
    assert (refused.fatal_rules, "not lines" in refused.findings[0].message_en) == (["SYNTAX"], True)


def test_a_taken_line_is_let_go() -> None:
    lines = CatalogueStream(io.BytesIO(many_lines(1000)))
    for _ in lines:
        assert lines.head is not None
        assert len(lines.head) < 100


def test_the_tree_being_read_holds_what_one_piece_of_the_file_brought() -> None:
    reader = LineReader(io.BytesIO(many_lines(1000)), max_bytes=10_000_000)
    for number, line in enumerate(reader.lines()):
        reader.root.remove(line)
        assert len(reader.root) < 100, number
