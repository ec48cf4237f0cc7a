"""A body becomes a document, or says why not; its envelope is read even when the rest is broken."""

import json
from datetime import date

import pytest

from app.dialects import BodyNotValid, receive, receive_any
from app.documents.catalogue import Catalogue
from app.documents.values import Identifier
from app.kit.errors import MediaTypeNotSupported
from app.oioubl import ubl
from app.oioubl.envelope import EnvelopeUnreadable, read_envelope
from app.oioubl.header import WrongDocument
from app.oioubl.limits import NotXml
from app.oioubl.writing import UnwritableDocument
from tests.catalogues import catalogue, catalogue_xml, line
from tests.samples import sample

XML = "application/xml"
SUPPLIER_KEY = "DK:CVR:DK41873000"
BUYER_KEY = "GLN:5798009882882"


def test_a_valid_document_comes_with_its_envelope() -> None:
    content = catalogue_xml([line("1")])

    received = receive(content, "text/xml; charset=utf-8", Catalogue, "Catalogue")

    assert received.document == catalogue([line("1")])
    assert (received.content, received.media_type, received.faults) == (content, "text/xml", ())
    envelope = received.envelope
    assert (envelope.document_type, envelope.number, envelope.version_id) == ("Catalogue", "KAT-1", "1")
    assert (envelope.sender_key, envelope.issue_date) == ("DK:CVR:DK30714008", date(2026, 3, 1))
    assert envelope.receiver is not None
    assert envelope.receiver.endpoint_id == Identifier(value="5798009882882", scheme_id="GLN")


def test_json_is_read_as_the_same_document_and_kept_as_it_came() -> None:
    content = catalogue([line("1")]).model_dump_json(indent=1).encode()

    received = receive(content, "application/json", Catalogue, "Catalogue")

    assert received.document == catalogue([line("1")])
    assert (received.content, received.media_type) == (content, "application/json")


def test_json_must_keep_the_rules_too() -> None:
    received = receive(
        catalogue([line("1"), line("1")]).model_dump_json().encode(), "application/json", Catalogue, "Catalogue"
    )

    assert received.document is None
    assert "F-CAT248" in [fault.rule_id for fault in received.faults]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": [{"line_id": "1"}]}, "/lines/0/action_code"),
        ({"issue_date": "yesterday"}, "/issue_date"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"number": ""}, "/number"),
    ],
)
def test_json_that_does_not_fit_is_told_where(change: dict[str, object], pointer: str) -> None:
    body = json.loads(catalogue([line("1")]).model_dump_json()) | change

    with pytest.raises(BodyNotValid) as refused:
        receive(json.dumps(body).encode(), "application/json", Catalogue, "Catalogue")

    assert pointer in [fault.pointer for fault in refused.value.faults]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'"text"'])
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(BodyNotValid):
        receive(content, "application/json", Catalogue, "Catalogue")


@pytest.mark.parametrize("character", ["\0", "\x1b", "\ufffe"])
def test_json_with_a_character_that_xml_cannot_carry_is_refused_where_it_stands(character: str) -> None:
    body = json.loads(catalogue([line("1")]).model_dump_json())
    body["lines"][0]["item"]["name"] = f"a{character}b"

    with pytest.raises(BodyNotValid) as refused:
        receive(json.dumps(body).encode(), "application/json", Catalogue, "Catalogue")

    (fault,) = refused.value.faults
    assert fault.pointer == "/lines/0/item/name"
    assert f"U+{ord(character):04X}, which XML cannot carry; take it out" in fault.message


@pytest.mark.parametrize("scheme_id", ["GLN\x01", "\x1fGLN"])
def test_such_a_character_in_an_attribute_is_refused_as_well(scheme_id: str) -> None:
    body = json.loads(catalogue([line("1")]).model_dump_json())
    body["receiver"]["endpoint_id"]["scheme_id"] = scheme_id

    with pytest.raises(UnwritableDocument) as refused:
        receive(json.dumps(body).encode(), "application/json", Catalogue, "Catalogue")

    (fault,) = refused.value.faults
    assert fault.xpath == "/Catalogue/cac:ReceiverParty/cbc:EndpointID"
    assert "which XML cannot carry" in fault.message


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/xmlish", "multipart/form-data"])
def test_a_foreign_media_type_is_refused(content_type: str) -> None:
    with pytest.raises(MediaTypeNotSupported):
        receive(b"<x/>", content_type, Catalogue, "Catalogue")


def test_a_door_for_any_document_takes_xml_alone() -> None:
    assert receive_any(catalogue_xml([line("1")]), XML).document == catalogue([line("1")])
    with pytest.raises(MediaTypeNotSupported):
        receive_any(b"{}", "application/json")


def test_another_root_is_refused_before_anything_is_tried() -> None:
    with pytest.raises(WrongDocument):
        receive(catalogue_xml([line("1")]), XML, Catalogue, "CatalogueDeletion")
    with pytest.raises(NotXml):
        receive(b"<Catalogue", XML, Catalogue, "Catalogue")


def test_a_broken_document_still_tells_who_sent_it() -> None:
    content = catalogue_xml([line("1")]).replace(b"<cbc:IssueDate>2026-03-01</cbc:IssueDate>", b"<cbc:Odd/>")

    received = receive(content, XML, Catalogue, "Catalogue")

    assert received.document is None
    assert {fault.rule_id for fault in received.faults} == {"XSD"}
    assert (received.envelope.sender_key, received.envelope.issue_date) == ("DK:CVR:DK30714008", None)


def test_a_sender_without_identifiers_or_a_missing_number_cannot_be_answered() -> None:
    anonymous = catalogue([line("1")]).provider.but(endpoint_id=None, identifications=(), legal_entity=None)
    nobody = catalogue_xml([line("1")], provider=anonymous, supplier=None)
    unnumbered = catalogue_xml([line("1")]).replace(b"<cbc:ID>KAT-1</cbc:ID>", b"<cbc:ID> </cbc:ID>")

    for content, missing in ((nobody, "ProviderParty"), (unnumbered, "cbc:ID")):
        with pytest.raises(EnvelopeUnreadable, match=missing):
            receive(content, XML, Catalogue, "Catalogue")


@pytest.mark.parametrize(
    ("name", "sender_key", "receiver_key"),
    [
        ("catalogue-deletion", SUPPLIER_KEY, BUYER_KEY),
        ("catalogue-item-specification-update", SUPPLIER_KEY, BUYER_KEY),
        ("catalogue-pricing-update", SUPPLIER_KEY, BUYER_KEY),
        ("catalogue-request", BUYER_KEY, SUPPLIER_KEY),
        ("order-cancellation", BUYER_KEY, "DK:CVR:DK38264001"),
        ("order-change", BUYER_KEY, SUPPLIER_KEY),
        ("reminder", SUPPLIER_KEY, BUYER_KEY),
    ],
)
def test_what_follows_upon_a_document_goes_from_its_sender_to_its_receiver(
    name: str, sender_key: str, receiver_key: str
) -> None:
    received = receive_any(sample(name), XML)

    assert received.document is not None
    assert received.envelope.number == received.document.number
    assert received.envelope.sender_key == sender_key
    assert received.envelope.receiver is not None
    assert received.envelope.receiver.keys[0] == receiver_key


def test_the_seller_speaks_for_a_provider_without_identifiers() -> None:
    anonymous = catalogue([line("1")]).provider.but(endpoint_id=None, identifications=(), legal_entity=None)

    envelope = read_envelope(ubl.parse(catalogue_xml([line("1")], provider=anonymous)))

    assert envelope.sender_key == "DK:CVR:DK30714008"


def test_an_identifier_longer_than_any_key_is_none() -> None:
    endless = Identifier(value="9" * 500, scheme_id="GLN")
    content = catalogue_xml([line("1")], receiver=catalogue([line("1")]).receiver.but(endpoint_id=endless))

    assert read_envelope(ubl.parse(content)).receiver is None
