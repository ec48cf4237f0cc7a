"""Whatever is done to a sample document, it is judged and read, or refused: nothing ever breaks."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.oioubl.ubl import CAC, CBC, parse
from tests.fuzz.trying import try_document
from tests.samples import FOLDER, sample

SAMPLES = {path.stem: sample(path.stem) for path in sorted(FOLDER.glob("*.xml"))}
NASTY_BYTES = (
    b"<", b">", b"&", b"&#0;", b"&#xD800;", b"&x;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>", b"\x00", b"\xff",
    b"\xef\xbb\xbf", b"<!DOCTYPE a>", b"xmlns=''", b"xmlns:cbc='urn:a'", b"/>", b"\xed\xa0\x80", b"'", b'"', b" a=''",
)  # fmt: skip
NASTY_TEXTS = (
    "", " ", "0", "-0", "-1", "1e400", "NaN", "INF", "9" * 400, "0." + "0" * 60 + "1", "1.005", "+1", "١٢",
    "2026-02-30",
    "2026-03-02Z", "24:00:00", "true", "0000", "\u00a0", "\U0001f600", "a" * 5_000, "DKK", "EA", "Delete", "DK12345678",
)  # fmt: skip
NASTY_NAMES = (f"{{{CBC}}}ID", f"{{{CAC}}}Party", f"{{{CAC}}}Price", f"{{{CBC}}}Note", "a", "{urn:a}b")
ATTRIBUTES = ("currencyID", "unitCode", "schemeID", "listID", "languageID", "mimeCode", "a")

names = st.sampled_from(sorted(SAMPLES))
thoroughly = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)


@st.composite
def torn(draw: st.DrawFn) -> bytes:
    """A sample with some bytes taken out and others put in."""
    document = SAMPLES[draw(names)]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(document)))
        end = at + draw(st.sampled_from((0, 0, 1, 2, 10, 200, len(document))))
        put = draw(st.sampled_from(NASTY_BYTES) | st.binary(max_size=6))
        document = document[:at] + put + document[end:]
    return document


def set_text(draw: st.DrawFn, element: etree._Element) -> None:
    element.text = draw(st.sampled_from(NASTY_TEXTS))


def set_attribute(draw: st.DrawFn, element: etree._Element) -> None:
    element.set(draw(st.sampled_from(ATTRIBUTES)), draw(st.sampled_from(NASTY_TEXTS)))


def drop_attributes(_: st.DrawFn, element: etree._Element) -> None:
    element.attrib.clear()


def remove(_: st.DrawFn, element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def repeat(_: st.DrawFn, element: etree._Element) -> None:
    if element.getparent() is not None:
        element.addnext(copy.deepcopy(element))


def move_to_the_end(_: st.DrawFn, element: etree._Element) -> None:
    element.getroottree().getroot().append(copy.deepcopy(element))


def rename(draw: st.DrawFn, element: etree._Element) -> None:
    element.tag = draw(st.sampled_from(NASTY_NAMES))


CHANGES = (set_text, set_text, set_attribute, drop_attributes, remove, repeat, move_to_the_end, rename)


@st.composite
def rearranged(draw: st.DrawFn) -> bytes:
    """A sample in which some elements are other than they were."""
    root = parse(SAMPLES[draw(names)])
    for _ in range(draw(st.integers(1, 3))):
        elements = list(root.iter())
        element = elements[draw(st.integers(0, len(elements) - 1))]
        draw(st.sampled_from(CHANGES))(draw, element)
    return etree.tostring(root, encoding=draw(st.sampled_from(("UTF-8", "UTF-16", "ISO-8859-1", "US-ASCII"))))


@thoroughly
@given(torn())
def test_torn_bytes_are_refused_or_read(document: bytes) -> None:
    try_document(document)


@settings(thoroughly, max_examples=300)
@given(rearranged())
def test_a_document_that_was_changed_is_refused_or_read(document: bytes) -> None:
    try_document(document)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("text", ["", "9" * 400, "a" * 40_000])
def test_a_text_in_every_place_is_refused_or_read(name: str, text: str) -> None:
    root = parse(SAMPLES[name])
    for element in [element for element in root.iter() if not len(element)]:
        before, element.text = element.text, text
        try_document(etree.tostring(root))
        element.text = before


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("text", ["", "a" * 40_000])
def test_a_text_in_every_attribute_is_refused_or_read(name: str, text: str) -> None:
    root = parse(SAMPLES[name])
    for element in root.iter():
        for attribute, before in element.items():
            element.set(attribute, text)
            try_document(etree.tostring(root))
            element.set(attribute, before)


@thoroughly
@given(st.binary(max_size=200))
def test_bytes_that_never_were_a_document_are_refused(document: bytes) -> None:
    assert try_document(document).fatal_rules in (["SYNTAX"], ["XSD"])


@pytest.mark.parametrize("uri", ["urn:a}b", "{urn:a}", "no uri at all", "urn:&#125;", ""])
@pytest.mark.parametrize("place", ["xmlns=", "xmlns:cac=", "xmlns:cbc="])
@pytest.mark.parametrize("name", ["catalogue", "order"])
def test_a_namespace_may_be_any_text(name: str, place: str, uri: str) -> None:
    start, _, rest = SAMPLES[name].decode().partition(place)
    changed = f'{start}{place}"{uri}"{rest[1:].partition(rest[0])[2]}'.encode()
    assert try_document(changed).fatal_rules in (["SYNTAX"], ["XSD"])
    strange = f"<a xmlns='{uri}'>".encode() + b"<b/>" * 20_000 + b"</a>"
    assert try_document(strange).fatal_rules == ["SYNTAX"]
