"""Carts by Peppol BIS Punch Out 3: a catalogue of what is in the cart."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.errors import Fault
from app.kit.money import Quantity
from app.orders.punch_out.cart import MOST_LINES, CartNotReadable
from app.orders.punch_out.peppol import read_cart

TODAY = date(2026, 3, 2)
LINE = """<cac:CatalogueLine><cbc:ID>1</cbc:ID>
<cac:RequiredItemLocationQuantity><cbc:LeadTimeMeasure unitCode="DAY">2</cbc:LeadTimeMeasure>
<cac:Price><cbc:PriceAmount currencyID="DKK">250.00</cbc:PriceAmount>
<cbc:BaseQuantity unitCode="C62">100</cbc:BaseQuantity></cac:Price>
<cac:DeliveryUnit><cbc:BatchQuantity unitCode="C62">500</cbc:BatchQuantity></cac:DeliveryUnit>
</cac:RequiredItemLocationQuantity>
<cac:Item><cbc:Description>Hæfteklammer i æske</cbc:Description><cbc:Name>Hæfteklammer</cbc:Name>
<cac:SellersItemIdentification><cbc:ID>HK-1</cbc:ID></cac:SellersItemIdentification>
<cac:StandardItemIdentification><cbc:ID schemeID="0160">5790000000012</cbc:ID></cac:StandardItemIdentification>
<cac:CommodityClassification><cbc:ItemClassificationCode listID="TST">44122107</cbc:ItemClassificationCode>
</cac:CommodityClassification>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item></cac:CatalogueLine>"""
CONTRACTED = "<cac:TransactionConditions><cbc:ActionCode>CT</cbc:ActionCode></cac:TransactionConditions>"
END = "<cbc:EndDate>2026-03-09</cbc:EndDate><cbc:EndTime>18:00:00</cbc:EndTime>"


def cart_xml(*lines: str, end: str = END, issued: str = "2026-03-02", head: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
<Catalogue xmlns="urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:punch_out:3</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:punch_out:3</cbc:ProfileID>
<cbc:ID>KURV-1</cbc:ID><cbc:ActionCode>true</cbc:ActionCode><cbc:IssueDate>{issued}</cbc:IssueDate>
<cac:ValidityPeriod>{end}</cac:ValidityPeriod>
<cac:ReceiverParty><cac:Contact><cbc:ID>token</cbc:ID></cac:Contact></cac:ReceiverParty>
{"".join(lines)}</Catalogue>""".encode()


def faults(content: bytes) -> list[Fault]:
    with pytest.raises(CartNotReadable) as refused:
        read_cart(content, TODAY)
    return list(refused.value.faults)


def rules(content: bytes) -> set[str | None]:
    return {fault.rule_id for fault in faults(content)}


def test_a_line_is_read_and_binds_until_its_validity_ends() -> None:
    cart = read_cart(cart_xml(LINE), TODAY)
    (line,) = cart.lines
    assert cart.buyer_key == "token"
    assert (line.item.name, line.item.sellers_number, line.item.gtin) == ("Hæfteklammer", "HK-1", "5790000000012")
    assert line.quantity == Quantity(Decimal(500), "EA")
    assert line.price.base_quantity == Quantity(Decimal(100), "EA")
    assert (line.price.unit_price, line.currency, line.unspsc) == (Decimal("2.5"), "DKK", "44122107")
    assert line.quote == {"ID": "KURV-1", "LineID": "1", "LeadTimeMeasure": "2 DAY"}
    assert line.expires_at == datetime(2026, 3, 9, 17, tzinfo=UTC)
    assert (line.contracted, line.configuration) == (None, None)


@pytest.mark.parametrize(
    ("end", "moment"),
    [
        ("<cbc:EndDate>2026-03-09</cbc:EndDate>", datetime(2026, 3, 9, 22, 59, 59, tzinfo=UTC)),
        (END.replace("18:00:00", "18:00:00Z"), datetime(2026, 3, 9, 18, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_validity_ends_by_danish_time_unless_it_says_another(end: str, moment: datetime | None) -> None:
    assert read_cart(cart_xml(LINE, end=end), TODAY).lines[0].expires_at == moment


def test_a_line_may_bind_for_less_than_the_cart() -> None:
    own = f"<cac:LineValidityPeriod>{END.replace('03-09', '03-03')}</cac:LineValidityPeriod><cac:Required"
    line = LINE.replace("<cac:Required", own, 1)
    assert read_cart(cart_xml(line), TODAY).lines[0].expires_at == datetime(2026, 3, 3, 17, tzinfo=UTC)


def test_what_a_shop_does_not_mark_as_contracted_is_not_when_it_marks_anything() -> None:
    marked = LINE.replace("<cac:ClassifiedTax", f"{CONTRACTED}<cac:ClassifiedTax")
    cart = read_cart(cart_xml(marked, LINE.replace("<cbc:ID>1<", "<cbc:ID>2<", 1)), TODAY)
    assert [line.contracted for line in cart.lines] == [True, False]


def test_lines_of_one_configured_product_are_known() -> None:
    put = "".join(
        f"<cac:AdditionalItemProperty><cbc:Name>{name}</cbc:Name><cbc:Value>{value}</cbc:Value></cac:AdditionalItemProperty>"
        for name, value in (("ConfiguredProductIdentifier", "K-1"), ("Farve", "blå"))
    )
    (line,) = read_cart(cart_xml(LINE.replace("</cac:Item>", f"{put}</cac:Item>")), TODAY).lines
    assert line.configuration is not None
    assert line.configuration["configured_product"] == "K-1"
    assert line.configuration["properties"]["Farve"] == "blå"


@pytest.mark.parametrize("listed", ["UNSPSC", "TST", "MP"])
def test_a_unspsc_code_goes_by_several_names(listed: str) -> None:
    assert read_cart(cart_xml(LINE.replace("TST", listed)), TODAY).lines[0].unspsc == "44122107"
    assert read_cart(cart_xml(LINE.replace("TST", "STI")), TODAY).lines[0].unspsc == ""


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('BatchQuantity unitCode="C62"', 'BatchQuantity unitCode="KGM"', "P-PEPPOL-UNIT"),
        (">500<", ">0<", "P-CART-NUMBER"),
        (">250.00<", ">-1<", "P-CART-NUMBER"),
        (">250.00<", ">1,5<", None),
        ("<cbc:Name>Hæfteklammer</cbc:Name>", "", "P-PEPPOL-REQUIRED"),
        (LINE[LINE.index("<cac:Price>") : LINE.index("<cac:DeliveryUnit>")], "", "P-PEPPOL-REQUIRED"),
        (LINE[LINE.index("<cac:DeliveryUnit>") : LINE.index("</cac:RequiredItem")], "", "P-PEPPOL-REQUIRED"),
        (LINE[LINE.index("<cac:Sellers") : LINE.index("<cac:Commodity")], "", "P-PEPPOL-REQUIRED"),
        (LINE[LINE.index("<cac:Item>") : LINE.index("</cac:CatalogueLine>")], "", "P-PEPPOL-REQUIRED"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_it(old: str, new: str, rule: str | None) -> None:
    assert old in LINE
    assert rule in rules(cart_xml(LINE.replace(old, new)))


def test_every_line_at_fault_is_named() -> None:
    broken = [LINE.replace(">500<", ">0<").replace("<cbc:ID>1<", f"<cbc:ID>{n}<", 1) for n in (1, 2)]
    assert [fault.pointer for fault in faults(cart_xml(*broken))] == [
        "/CatalogueLine[1]/BatchQuantity",
        "/CatalogueLine[2]/BatchQuantity",
    ]


def test_a_cart_of_tomorrow_or_of_another_profile_is_refused() -> None:
    assert rules(cart_xml(LINE, issued="2026-03-03")) == {"P-PEPPOL-ISSUED"}
    assert rules(cart_xml(LINE).replace(b"trns:punch_out:3", b"trns:catalogue:3")) == {"P-PEPPOL-PROFILE"}
    assert rules(b"<Catalogue/>") == {"P-PEPPOL-XML"}
    assert rules(b"kurv") == {"P-PEPPOL-XML"}


def test_a_doctype_is_refused() -> None:
    head = '<!DOCTYPE Catalogue [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert rules(cart_xml(LINE, head=head)) == {"P-PEPPOL-XML"}


def test_a_cart_without_lines_is_empty() -> None:
    assert read_cart(cart_xml(), TODAY).lines == ()


def test_five_thousand_lines_are_read_and_one_more_is_refused() -> None:
    lines = [LINE.replace("<cbc:ID>1<", f"<cbc:ID>{number}<", 1) for number in range(MOST_LINES + 1)]
    assert len(read_cart(cart_xml(*lines[1:]), TODAY).lines) == MOST_LINES
    assert rules(cart_xml(*lines)) == {"P-CART-LINES"}


@given(st.binary(max_size=40), st.integers(0, 2500))
def test_bytes_put_into_a_cart_are_read_or_refused(put: bytes, at: int) -> None:
    content = cart_xml(LINE)
    with suppress(CartNotReadable):
        read_cart(content[:at] + put + content[at:], TODAY)
