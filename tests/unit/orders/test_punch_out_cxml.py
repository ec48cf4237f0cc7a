"""cXML: the request to be let in, what the shop answers, and the cart."""

import base64
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.kit.errors import Fault
from app.kit.money import Quantity
from app.orders.punch_out.cart import MOST_LINES, CartNotReadable
from app.orders.punch_out.cxml import (
    SetupRequest,
    posted,
    read_answer,
    read_cart,
    setup_request,
    without_secrets,
)
from app.orders.totals import line_amount

DOCTYPE = '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.040/cXML.dtd">'
ITEM = """<ItemIn quantity="3">
<ItemID><SupplierPartID>B-77</SupplierPartID><SupplierPartAuxiliaryID>kurv-9/1</SupplierPartAuxiliaryID></ItemID>
<ItemDetail><UnitPrice><Money currency="DKK">12.50</Money></UnitPrice>
<Description xml:lang="da"><ShortName>Blok</ShortName>Blok, A4, linjeret</Description>
<UnitOfMeasure>EA</UnitOfMeasure><Classification domain="UNSPSC">14111514</Classification>
<ManufacturerPartID>M-9</ManufacturerPartID><ManufacturerName>Papir &amp; Co</ManufacturerName></ItemDetail>
</ItemIn>"""


def message(*items: str, cookie: str = "kage", head: str = DOCTYPE, before: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{head}
<cXML payloadID="1@butik" timestamp="2026-03-02T12:00:00+01:00"><Header>{before}</Header><Message>
<PunchOutOrderMessage><BuyerCookie>{cookie}</BuyerCookie>
<PunchOutOrderMessageHeader operationAllowed="create"><Total><Money currency="DKK">37.50</Money></Total>
</PunchOutOrderMessageHeader>{"".join(items)}</PunchOutOrderMessage></Message></cXML>""".encode()


def faults(content: bytes) -> list[Fault]:
    with pytest.raises(CartNotReadable) as refused:
        read_cart(content)
    return list(refused.value.faults)


def test_a_line_is_read_with_the_shops_own_key() -> None:
    cart = read_cart(message(ITEM))
    (line,) = cart.lines
    assert cart.buyer_key == "kage"
    assert (line.item.name, line.item.descriptions) == ("Blok", ("Blok, A4, linjeret",))
    assert (line.item.sellers_number, line.unspsc, line.currency) == ("B-77", "14111514", "DKK")
    assert (line.quantity, line.price.unit_price) == (Quantity(Decimal(3), "EA"), Decimal("12.50"))
    assert line.quote["SupplierPartAuxiliaryID"] == "kurv-9/1"
    assert line.item.manufacturer_name == "Papir & Co"


@pytest.mark.parametrize(
    ("basis", "base", "amount"),
    [
        ('<PriceBasisQuantity quantity="100" conversionFactor="1"/>', "100", "0.38"),
        ('<PriceBasisQuantity quantity="100"/>', "100", "0.38"),
        ('<PriceBasisQuantity quantity="1" conversionFactor="10"/>', "0.1", "375.00"),
    ],
)
def test_a_price_may_be_for_another_quantity(basis: str, base: str, amount: str) -> None:
    item = ITEM.replace("<Classification", f"{basis}<Classification")
    (line,) = read_cart(message(item)).lines
    assert line.price.base_quantity == Quantity(Decimal(base), "EA")
    assert line_amount(line.price, line.quantity) == Decimal(amount)


@pytest.mark.parametrize("basis", ['quantity="1" conversionFactor="3"', 'quantity="0"', 'quantity=""', 'quantity="x"'])
def test_a_basis_that_gives_no_price_is_refused(basis: str) -> None:
    item = ITEM.replace("<Classification", f"<PriceBasisQuantity {basis}/><Classification")
    assert all(fault.line == 1 and "PriceBasisQuantity" in (fault.pointer or "") for fault in faults(message(item)))


@pytest.mark.parametrize(
    ("gone", "pointer"),
    [
        ("<SupplierPartID>B-77</SupplierPartID>", "/ItemIn[1]/ItemID/SupplierPartID"),
        ("<UnitOfMeasure>EA</UnitOfMeasure>", "/ItemIn[1]/ItemDetail/UnitOfMeasure"),
        ('<UnitPrice><Money currency="DKK">12.50</Money></UnitPrice>', "/ItemIn[1]/ItemDetail/UnitPrice/Money"),
        ('quantity="3"', "/ItemIn[1]/@quantity"),
    ],
)
def test_what_a_line_cannot_do_without_is_named(gone: str, pointer: str) -> None:
    found = faults(message(ITEM.replace(gone, "")))
    assert (pointer, "P-CXML-REQUIRED") in [(fault.pointer, fault.rule_id) for fault in found]


def test_a_cart_without_lines_and_one_unchanged_are_empty() -> None:
    unchanged = message().replace(b"<Message>", b'<Message><Status code="204" text="unchanged"/>')
    assert read_cart(message()).lines == ()
    assert read_cart(unchanged).lines == ()
    assert [fault.rule_id for fault in faults(message(ITEM, cookie=""))] == ["P-CXML-REQUIRED"]
    assert [fault.pointer for fault in faults(b"<cXML><Message/></cXML>")] == ["/PunchOutOrderMessage"]


HOSTILE = {
    "another DTD": '<!DOCTYPE cXML SYSTEM "http://evil.example/cXML.dtd">',
    "a lookalike": '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org.evil.example/schemas/cXML/1.2.040/cXML.dtd">',
    "an entity beside it": f'{DOCTYPE[:-1]} [<!ENTITY x "y">]>',
    "an entity alone": '<!DOCTYPE cXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "a parameter entity": '<!DOCTYPE cXML [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>',
    "a local DTD": '<!DOCTYPE cXML SYSTEM "file:///etc/passwd">',
    "none of cXML 1.2": '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.1.010/cXML.dtd">',
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE)
def test_a_doctype_that_is_not_cxmls_own_is_refused(head: str) -> None:
    (fault,) = faults(message(ITEM, head=head))
    assert fault.rule_id in ("P-CXML-DOCTYPE", "P-CXML-XML")


def test_an_entity_is_refused_in_utf_16_too() -> None:
    text = message(ITEM.replace("Blok,", "&x;"), head=HOSTILE["an entity beside it"]).decode()
    content = text.replace("UTF-8", "UTF-16").encode("utf-16")
    assert [fault.rule_id for fault in faults(content)] == ["P-CXML-DOCTYPE"]


def test_cxml_without_a_doctype_is_taken() -> None:
    assert read_cart(message(ITEM, head="")).lines


def test_the_charset_is_what_the_xml_says() -> None:
    content = message(ITEM.replace("Blok, A4", "Blå blok")).decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert read_cart(posted({"cxml-urlencoded": content})).lines[0].item.descriptions == ("Blå blok, linjeret",)


def test_the_cart_comes_in_one_of_two_fields() -> None:
    content = message(ITEM)
    encoded = base64.encodebytes(content)
    assert posted({"cXML-urlencoded": content}) == content
    assert posted({"cxml-urlencoded": quote(content).encode()}) == content
    assert posted({"cxml-base64": encoded}) == content
    for fields in ({}, {"cxml-base64": b"!!"}):
        with pytest.raises(CartNotReadable, match="cxml-"):
            posted(fields)


def test_five_thousand_lines_are_read_and_one_more_is_refused() -> None:
    assert len(read_cart(message(*[ITEM] * MOST_LINES)).lines) == MOST_LINES
    assert [fault.rule_id for fault in faults(message(*[ITEM] * (MOST_LINES + 1)))] == ["P-CART-LINES"]


@given(st.binary(max_size=60), st.integers(0, 900))
def test_bytes_put_into_a_cart_are_read_or_refused(put: bytes, at: int) -> None:
    content = message(ITEM)
    with suppress(CartNotReadable):
        read_cart(content[:at] + put + content[at:])


def test_a_shared_secret_is_not_kept() -> None:
    secret = (
        "<Sender><Credential domain='x'><Identity>y</Identity><SharedSecret>hush</SharedSecret></Credential></Sender>"
    )
    kept = without_secrets(message(ITEM, before=secret))
    assert b"hush" not in kept
    assert read_cart(kept) == read_cart(message(ITEM))
    assert without_secrets(message(ITEM)) == message(ITEM)


def asked(**fields: object) -> SetupRequest:
    return SetupRequest(
        version="1.2.040",
        payload_id="1@prokura",
        identities={"from": "DUNS:123", "to": "NetworkId:butik:1"},
        secret="<hemmelig>",
        cookie="kage",
        return_url="https://prokura.example/punch-out/return/1?t=x&y",
        at=datetime(2026, 3, 2, 11, tzinfo=UTC),
        setup_url="https://butik.example/cxml",
        **fields,
    )


def test_the_request_has_its_elements_in_the_order_of_the_dtd() -> None:
    content = setup_request(asked(fields={"Sprog": "da"}, user_name="Bo"))
    root = etree.fromstring(content)
    setup = root.find("Request/PunchOutSetupRequest")
    assert setup is not None
    assert [child.tag for child in setup] == [
        "BuyerCookie",
        "Extrinsic",
        "Extrinsic",
        "BrowserFormPost",
        "SupplierSetup",
    ]
    assert [root.findtext(f"Header/{who}/Credential/Identity") for who in ("From", "To", "Sender")] == [
        "123",
        "butik:1",
        "123",
    ]
    assert root.findtext("Header/Sender/Credential/SharedSecret") == "<hemmelig>"
    assert setup.findtext("BrowserFormPost/URL") == "https://prokura.example/punch-out/return/1?t=x&y"
    assert content.startswith(b"<?xml")
    assert DOCTYPE.encode() in content


def test_the_user_is_told_only_where_the_shop_is_to_know() -> None:
    assert b"UserFullName" not in setup_request(asked())


def test_what_counts_is_the_status_in_the_body() -> None:
    ok = read_answer(
        f"{DOCTYPE}<cXML><Response><Status code='200' text='OK'/><PunchOutSetupResponse><StartPage>"
        "<URL> https://butik.example/s/1 </URL></StartPage></PunchOutSetupResponse></Response></cXML>".encode()
    )
    no = read_answer(b"<cXML><Response><Status code='401' text='Unauthorized'>no</Status></Response></cXML>")
    assert (ok.code, ok.start_url) == ("200", "https://butik.example/s/1")
    assert (no.code, no.text, no.start_url) == ("401", "Unauthorized", "")
    assert read_answer(b"<cXML/>").code == ""
