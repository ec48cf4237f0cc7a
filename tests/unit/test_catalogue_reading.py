"""Documents about catalogues are read line by line: each kind, sound lines apart from others, or the head alone."""

import io
from datetime import date

import pytest

from app import dialects
from app.documents.catalogue import Catalogue, CatalogueLine
from app.documents.catalogue_reading import HeldReading, catalogue_class
from app.documents.catalogue_updates import CataloguePricingUpdate, PricingUpdateLine
from app.kit.errors import Invalid
from app.oioubl.catalogue_reading import MOST_UNREAD, CatalogueReading
from app.oioubl.limits import NotXml
from app.oioubl.line_reader import read_head
from app.oioubl.validation import validate
from tests.catalogue_papers import deletion, items, prices, request
from tests.catalogues import catalogue_xml, line

LINES = [line(f"L{number}") for number in range(200)]
BEGIN = b"<cac:CatalogueLine>"


def read(content: bytes, *, sort_out: bool = False) -> HeldReading:
    return HeldReading.of(CatalogueReading(io.BytesIO(content), sort_out=sort_out))


def with_lines(content: bytes, **changed: tuple[bytes, bytes]) -> bytes:
    """Change lines, each named by its place: `n3=(old, new)`."""
    head, *lines = content.split(BEGIN)
    for place, (old, new) in changed.items():
        number = int(place[1:])
        assert old in lines[number]
        lines[number] = lines[number].replace(old, new)
    return BEGIN.join([head, *lines])


RULE = (b">Add<", b">Replace<")
SCHEMA = (b"<cbc:OrderableIndicator>true<", b"<cbc:OrderableIndicator>nej<")


@pytest.mark.parametrize(
    "content",
    [catalogue_xml(LINES), prices("2", A="1.00", B="2.00"), items("2", A="En", B="To"), deletion(None), request()],
)
def test_every_kind_is_read_as_it_is_read_whole(content: bytes) -> None:
    reading = read(content)

    whole = dialects.receive_any(content, "application/xml").document
    assert reading.verdict().faults == ()
    assert reading.head is not None
    if reading.lines:
        assert reading.head.model_copy(update={"lines": tuple(one.line for one in reading)}) == whole
    else:
        assert reading.head == whole


@pytest.mark.parametrize(
    ("update", "rule"), [(prices("2", A="1.00", B="2.00"), "F-CPU111"), (items("2", A="En", B="To"), "F-CIU111")]
)
def test_a_line_of_an_update_that_comes_twice_is_found(update: bytes, rule: str) -> None:
    repeated = update.replace(b"<cbc:ID>B<", b"<cbc:ID>A<")

    assert validate(repeated).fatal_rules == [rule]
    reading = read(repeated)
    assert [fault.rule_id for fault in reading.verdict().faults] == [rule]
    assert [one.number for one in read(repeated, sort_out=True) if one.faults] == [2]


def test_lines_of_another_kind_are_no_lines() -> None:
    strange = prices("2", A="1.00").replace(b"CataloguePricingUpdateLine>", b"CatalogueItemSpecificationUpdateLine>")
    assert read(strange).verdict().counts["XSD"] > 0
    mixed = catalogue_xml(LINES[:2]).replace(b"</Catalogue>", b"<cac:CataloguePricingUpdateLine/></Catalogue>")
    assert read(mixed).verdict().counts["XSD"] > 0


def test_sound_lines_are_told_apart_from_others() -> None:
    content = with_lines(catalogue_xml(LINES), n0=SCHEMA, n3=RULE, n70=RULE, n71=SCHEMA, n150=RULE)
    content = content.replace(b"<cbc:ID>L199<", b"<cbc:ID>L5<")

    reading = read(content, sort_out=True)

    assert reading.verdict().faults == ()
    faulty = {one.number: {fault.rule_id for fault in one.faults} for one in reading if one.line is None}
    assert faulty == {1: {"XSD"}, 4: {"F-CAT111"}, 71: {"F-CAT111"}, 72: {"XSD"}, 151: {"F-CAT111"}, 200: {"F-CAT248"}}
    assert all(fault.xpath and f"[{one.number}]" in fault.xpath for one in reading for fault in one.faults)
    assert [one.line_id for one in reading if one.line is None] == ["L0", "L3", "L70", "L71", "L150", "L5"]
    assert isinstance(read(content).verdict().faults[0].xpath, str)


def test_a_line_that_breaks_a_rule_very_often_hides_no_other_line() -> None:
    """Of each rule only so many breaches are told at once."""
    empty = b"<cac:AccessoryRelatedItem><cbc:Quantity unitCode='EA'>1</cbc:Quantity></cac:AccessoryRelatedItem>"
    at = b"<cac:RequiredItemLocationQuantity>"
    content = with_lines(catalogue_xml(LINES), n2=(at, empty * 300 + at), n5=(at, empty + at), n9=(at, empty + at))

    reading = read(content, sort_out=True)

    assert [one.number for one in reading if one.line is None] == [3, 6, 10]


@pytest.mark.parametrize(
    "broken",
    [
        catalogue_xml(LINES).replace(b"2.1</cbc:UBLVersionID>", b"3.0</cbc:UBLVersionID>"),
        with_lines(catalogue_xml(LINES), n0=SCHEMA).replace(b"2.1</cbc:UBLVersionID>", b"3.0</cbc:UBLVersionID>"),
        catalogue_xml(LINES).replace(b"<cbc:VersionID>1</cbc:VersionID>", b""),
        catalogue_xml(LINES).replace(b"</Catalogue>", b"<cbc:Note>efter</cbc:Note></Catalogue>"),
        catalogue_xml(LINES)[:-30],
        with_lines(catalogue_xml(LINES), n0=SCHEMA).replace(b"<cbc:IssueDate>", b"<cbc:Odd/><cbc:IssueDate>"),
    ],
)
def test_what_is_wrong_outside_of_the_lines_spoils_the_whole(broken: bytes) -> None:
    assert read(broken, sort_out=True).verdict().faults != ()
    assert read(broken).verdict().faults != ()


def test_what_is_valid_and_cannot_be_read_is_a_fault_of_its_line() -> None:
    digits = b"9" * 40 + b".00"
    content = with_lines(catalogue_xml(LINES), **{f"n{at}": (b">10.00<", b">" + digits + b"<") for at in (3, 4)})
    assert validate(content).is_valid

    reading = read(content)
    assert (len(reading.verdict().faults), reading.verdict().counts) == (2, {"UNREADABLE": 2})
    assert reading.verdict().faults[0].xpath.startswith("/Catalogue/cac:CatalogueLine[4]/")  # type: ignore[union-attr]
    sorted_out = read(content, sort_out=True)
    assert sorted_out.verdict().faults == ()
    assert [one.number for one in sorted_out if one.line is None] == [4, 5]


def test_of_what_cannot_be_read_the_first_is_named_and_all_is_counted() -> None:
    content = catalogue_xml(LINES).replace(b">10.00<", b">" + b"9" * 40 + b".00<")
    verdict = read(content).verdict()
    assert (len(verdict.faults), verdict.counts) == (MOST_UNREAD, {"UNREADABLE": len(LINES)})


def test_a_head_is_read_from_the_beginning_alone() -> None:
    content = catalogue_xml(LINES)
    at = content.index(BEGIN)

    for beginning in (content, content[: at + len(BEGIN)]):
        found = dialects.catalogue_head(beginning)
        assert found is not None
        envelope, head = found
        assert (envelope.number, envelope.sender_key) == ("KAT-1", "DK:CVR:DK30714008")
        assert isinstance(head, Catalogue)
        assert (head.version_id, head.lines) == ("1", ())
    assert dialects.catalogue_head(content[:at]) is None
    assert dialects.catalogue_head(b"") is None
    update = dialects.catalogue_head(prices("2", A="1.00"))
    assert update is not None
    assert update[0].about_number == "KAT-1"
    assert isinstance(update[1], CataloguePricingUpdate)


def test_a_head_with_too_much_in_it_is_not_read() -> None:
    with pytest.raises(NotXml, match="elements in one piece"):
        read_head(b"<Catalogue>" + b"<a/>" * 100_001)


@pytest.mark.parametrize("content", [b"no xml at all", b"<a><b></a>", b"<!DOCTYPE a><a><b/></a>", b"\x00\x00\x00<"])
def test_what_cannot_begin_a_document_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        dialects.catalogue_head(content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "Catalogue"),
        (b"[]", "Catalogue"),
        (b"{", "Catalogue"),
        (b'{"lines": 1}', "Catalogue"),
        (b'{"deleted_catalogue": {}}', "CatalogueDeletion"),
        (b'{"requested_catalogue": null}', "CatalogueRequest"),
        (b'{"related_catalogue": {}, "lines": [{"item": {}}]}', "CatalogueItemSpecificationUpdate"),
        (b'{"related_catalogue": {}, "lines": [{"brackets": []}]}', "CataloguePricingUpdate"),
        (b'{"related_catalogue": {}}', "CataloguePricingUpdate"),
    ],
)
def test_json_tells_its_kind_by_its_fields(content: bytes, kind: str) -> None:
    assert catalogue_class(content).__name__ == kind


def test_a_line_is_what_it_was_sent_as() -> None:
    (first, second) = read(prices("2", A="1.00", B="2.00")).lines
    assert isinstance(first.line, PricingUpdateLine)
    assert (second.line_id, second.number) == ("B", 2)
    (only,) = read(catalogue_xml([line("X")], issue_date=date(2026, 3, 2))).lines
    assert isinstance(only.line, CatalogueLine)
