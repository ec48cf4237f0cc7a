"""Traps in the rules of orders, order changes and cancellations: one change to a good document, one official id."""

import pytest

from app.oioubl.ubl import CAC, CBC, namespace_of
from app.oioubl.validation import fatal_rules, validate

ADDRESS = """<cac:PostalAddress>
        <cbc:AddressFormatCode listAgencyID="320"
            listID="urn:oioubl:codelist:addressformatcode-1.1">StructuredDK</cbc:AddressFormatCode>
        <cbc:StreetName>Klostergade</cbc:StreetName><cbc:BuildingNumber>8</cbc:BuildingNumber>
        <cbc:CityName>Viborg</cbc:CityName><cbc:PostalZone>8800</cbc:PostalZone>
        <cac:Country><cbc:IdentificationCode>DK</cbc:IdentificationCode></cac:Country>
      </cac:PostalAddress>"""
BUYERS_ENTITY = """<cac:PartyLegalEntity>
        <cbc:RegistrationName>Domstolen</cbc:RegistrationName>
        <cbc:CompanyID schemeID="DK:CVR">DK21659509</cbc:CompanyID>
      </cac:PartyLegalEntity>"""
BUYERS_NUMBER = """<cac:PartyIdentification>
        <cbc:ID schemeAgencyID="9" schemeID="GLN">5790001234560</cbc:ID>
      </cac:PartyIdentification>"""
BUYER = f"""<cac:BuyerCustomerParty>
    <cac:Party>
      <cbc:EndpointID schemeAgencyID="9" schemeID="GLN">5790001234560</cbc:EndpointID>
      {BUYERS_NUMBER}
      <cac:PartyName><cbc:Name>Domstolen i Viborg</cbc:Name></cac:PartyName>
      {ADDRESS}
      {BUYERS_ENTITY}
      <cac:Contact><cbc:ID>R-12</cbc:ID><cbc:Name>Birthe</cbc:Name></cac:Contact>
    </cac:Party>
  </cac:BuyerCustomerParty>"""
SELLER = """<cac:SellerSupplierParty>
    <cac:Party>
      <cbc:EndpointID schemeID="DK:CVR">DK30521884</cbc:EndpointID>
      <cac:PartyName><cbc:Name>Kontorgrossisten</cbc:Name></cac:PartyName>
    </cac:Party>
  </cac:SellerSupplierParty>"""
DELIVERY = """<cac:Delivery>
    <cac:RequestedDeliveryPeriod>
      <cbc:StartDate>2026-05-04</cbc:StartDate><cbc:EndDate>2026-05-08</cbc:EndDate>
    </cac:RequestedDeliveryPeriod>
  </cac:Delivery>"""
TAX = """<cac:TaxTotal>
    <cbc:TaxAmount currencyID="DKK">60.00</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="DKK">240.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="DKK">60.00</cbc:TaxAmount>
      <cac:TaxCategory>
        <cbc:ID schemeAgencyID="320" schemeID="urn:oioubl:id:taxcategoryid-1.1">StandardRated</cbc:ID>
        <cbc:Percent>25</cbc:Percent>
        <cac:TaxScheme>
          <cbc:ID schemeAgencyID="320" schemeID="urn:oioubl:id:taxschemeid-1.1">63</cbc:ID><cbc:Name>Moms</cbc:Name>
        </cac:TaxScheme>
      </cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>"""
TOTAL = """<cac:AnticipatedMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="DKK">240.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="DKK">60.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="DKK">300.00</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="DKK">300.00</cbc:PayableAmount>
  </cac:AnticipatedMonetaryTotal>"""
LINE = """<cac:OrderLine>
    <cac:LineItem>
      <cbc:ID>1</cbc:ID>
      <cbc:LineStatusCode listAgencyID="320"
          listID="urn:oioubl:codelist:linestatuscode-1.1">Revised</cbc:LineStatusCode>
      <cbc:Quantity unitCode="BX">4.00</cbc:Quantity>
      <cbc:LineExtensionAmount currencyID="DKK">240.00</cbc:LineExtensionAmount>
      <cac:Price>
        <cbc:PriceAmount currencyID="DKK">60.00</cbc:PriceAmount>
        <cbc:BaseQuantity unitCode="BX">1</cbc:BaseQuantity>
      </cac:Price>
      <cac:Item>
        <cbc:Name>Kuglepenne</cbc:Name>
        <cac:SellersItemIdentification><cbc:ID>KP-50</cbc:ID></cac:SellersItemIdentification>
      </cac:Item>
    </cac:LineItem>
  </cac:OrderLine>"""


def document(kind: str, *, after_date: str, body: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns="{namespace_of(kind)}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:CustomizationID>OIOUBL-2.1</cbc:CustomizationID>
  <cbc:ProfileID schemeAgencyID="320"
      schemeID="urn:oioubl:id:profileid-1.2">Procurement-OrdAdv-BilSim-1.0</cbc:ProfileID>
  <cbc:ID>D-31</cbc:ID>
  <cbc:IssueDate>2026-04-20</cbc:IssueDate>
  {after_date}
  {body}
</{kind}>"""


REFERENCE = "<cac:OrderReference><cbc:ID>B-9</cbc:ID></cac:OrderReference>"
CURRENCY = "<cbc:DocumentCurrencyCode>DKK</cbc:DocumentCurrencyCode>"
ORDERED = f"{BUYER}\n  {SELLER}\n  {DELIVERY}\n  {TAX}\n  {TOTAL}\n  {LINE}"
GOOD = {
    "Order": document("Order", after_date=CURRENCY, body=ORDERED),
    "OrderChange": document(
        "OrderChange",
        after_date=f"<cbc:SequenceNumberID>1</cbc:SequenceNumberID>{CURRENCY}{REFERENCE}",
        body=ORDERED,
    ),
    "OrderCancellation": document(
        "OrderCancellation",
        after_date=f"<cbc:CancellationNote>Sagen er udsat.</cbc:CancellationNote>{REFERENCE}",
        body=f"{BUYER}\n  {SELLER}",
    ),
}
SELLERS_ITEM = "<cac:SellersItemIdentification><cbc:ID>KP-50</cbc:ID></cac:SellersItemIdentification>"
QUANTITY = '<cbc:Quantity unitCode="BX">4.00</cbc:Quantity>'
BASE = '<cbc:BaseQuantity unitCode="BX">1</cbc:BaseQuantity>'
NET = ">240.00</cbc:LineExtensionAmount>"
HEADER_NET = f"{NET}\n    <cbc:TaxExclusiveAmount"
LINE_NET = f"{NET}\n      <cac:Price"
CONTACT = "<cac:Contact><cbc:ID>R-12</cbc:ID><cbc:Name>Birthe</cbc:Name></cac:Contact>"
SELLERS_ENDPOINT = '<cbc:EndpointID schemeID="DK:CVR">DK30521884</cbc:EndpointID>'
FORMAT_CODE = ADDRESS[ADDRESS.index("<cbc:AddressFormatCode") : ADDRESS.index("<cbc:StreetName")]
SIMPLE = ("Procurement-OrdAdv-BilSim-1.0", "Procurement-OrdSim-BilSim-1.0")
DATED_CONTRACT = "<cac:Contract><cbc:ID>K-1</cbc:ID><cbc:IssueDate>2026-01-01</cbc:IssueDate></cac:Contract>"
PROPOSED = """<cac:SellerProposedSubstituteLineItem>
      <cbc:ID>1</cbc:ID><cac:Item><cbc:Name>Blyant</cbc:Name></cac:Item>
    </cac:SellerProposedSubstituteLineItem>"""
NEGATIVE = """<cac:AllowanceCharge>
        <cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID="DKK">-1.00</cbc:Amount>
      </cac:AllowanceCharge>"""
FACTOR = "<cbc:OrderableUnitFactorRate>12</cbc:OrderableUnitFactorRate>"
Change = tuple[str, str]


def delivery_to(party: str) -> str:
    return f"<cac:Delivery><cac:DeliveryParty>{party}</cac:DeliveryParty></cac:Delivery>"


def changed(kind: str, *changes: Change) -> bytes:
    text = GOOD[kind]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


@pytest.mark.parametrize("kind", GOOD)
def test_the_good_document_breaks_nothing(kind: str) -> None:
    assert validate(changed(kind)).findings == ()


@pytest.mark.parametrize("kind", ["Order", "OrderChange"])
@pytest.mark.parametrize(
    ("changes", "in_order", "in_change"),
    [
        pytest.param([(">4.00<", ">4<")], "F-ORD133", "F-OCH135", id="a-quantity-needs-two-decimals"),
        pytest.param([(QUANTITY, "")], "F-ORD227", "F-OCH131", id="a-line-needs-a-quantity"),
        pytest.param(
            [(LINE_NET, LINE_NET.replace("240.00", "240.0"))],
            "F-ORD136",
            "F-OCH138",
            id="a-line-amount-has-two-decimals",
        ),
        pytest.param(
            [(">60.00</cbc:P", ">60.00001</cbc:P")], "F-ORD170", "F-OCH153", id="a-price-has-four-decimals-at-most"
        ),
        pytest.param(
            [(">60.00</cbc:TaxExclusive", ">240.00</cbc:TaxExclusive")],
            "F-ORD117",
            "F-OCH067",
            id="tax-exclusive-is-the-tax",
        ),
        pytest.param([(">300.00</cbc:Pay", ">300.01</cbc:Pay")], "F-ORD123", "F-OCH073", id="payable-has-no-tolerance"),
        pytest.param(
            [SIMPLE, (SELLERS_ITEM, ""), ("<cbc:Name>Kug", "<cbc:Description>Blå</cbc:Description><cbc:Name>Kug")],
            "F-ORD185",
            "F-OCH161",
            id="a-simple-order-needs-the-sellers-item-number",
        ),
        pytest.param([(SELLERS_ITEM, "")], "F-ORD239", "F-OCH163", id="an-item-without-number-needs-a-description"),
        pytest.param([("<cbc:Name>Kuglepenne</cbc:Name>", "")], "F-ORD184", "F-OCH160", id="an-item-needs-a-name"),
        pytest.param([("<cbc:ID>R-12</cbc:ID>", "")], "F-ORD041", "F-OCH029", id="the-buyers-contact-needs-an-id"),
        pytest.param([(CONTACT, "")], "F-ORD035", "F-OCH028", id="the-buyer-needs-a-contact"),
        pytest.param([(BUYERS_ENTITY, "")], "F-ORD034", "F-OCH027", id="the-buyer-needs-a-legal-entity"),
        pytest.param([(SELLERS_ENDPOINT, "")], "F-ORD044", "F-OCH032", id="the-seller-needs-an-endpoint"),
        pytest.param([(DELIVERY, DELIVERY + DELIVERY)], "F-ORD215", "F-OCH011", id="there-is-one-delivery"),
        pytest.param(
            [(DELIVERY, f"<cac:Delivery>{ADDRESS.replace('PostalA', 'DeliveryA')}</cac:Delivery>")],
            "F-ORD208",
            "F-OCH046",
            id="the-address-of-a-delivery-is-in-its-location",
        ),
        pytest.param(
            [("<cac:Price>", DELIVERY + "<cac:Price>")], "F-ORD250", "F-OCH185", id="a-period-stands-in-header-or-lines"
        ),
        pytest.param(
            [("linestatuscode-1.1", "linestatuscode-1.0")], "F-ORD132", "F-OCH133", id="a-line-status-names-its-list"
        ),
        pytest.param([(BUYER, DATED_CONTRACT + BUYER)], "F-ORD022", "F-OCH015", id="a-contract-has-no-date"),
        pytest.param(
            [("</cac:LineItem>", "</cac:LineItem>" + PROPOSED)],
            "F-ORD125",
            "F-OCH125",
            id="only-an-answer-proposes-substitutes",
        ),
        pytest.param(
            [("<cac:Price>", NEGATIVE + "<cac:Price>")], "F-ORD253", "F-OCH188", id="an-allowance-is-not-negative"
        ),
        pytest.param([('unitCode="BX">4', 'unitCode="H87">4')], "F-LIB318", "F-LIB318", id="h87-is-no-unit"),
        pytest.param([('unitCode="BX">4', 'unitCode="PCE">4')], "F-LIB318", "F-LIB318", id="pce-is-no-unit"),
    ],
)
def test_a_trap_of_orders_and_their_changes(kind: str, changes: list[Change], in_order: str, in_change: str) -> None:
    assert fatal_rules(changed(kind, *changes)) == [in_order if kind == "Order" else in_change]


@pytest.mark.parametrize("kind", GOOD)
def test_every_address_needs_its_format_code(kind: str) -> None:
    assert fatal_rules(changed(kind, (FORMAT_CODE, ""))) == ["F-LIB025", "F-LIB026"]


def test_only_a_change_adds_up_its_lines() -> None:
    dearer = [
        (HEADER_NET, HEADER_NET.replace("240", "1240")),
        (">300.00</cbc:TaxInclusive", ">1300.00</cbc:TaxInclusive"),
        (">300.00</cbc:Payable", ">1300.00</cbc:Payable"),
    ]
    assert fatal_rules(changed("Order", *dearer)) == []
    assert fatal_rules(changed("OrderChange", *dearer)) == ["F-OCH066"]


def test_only_an_order_divides_by_the_base_quantity() -> None:
    pairs = (BASE, BASE.replace(">1<", ">2<"))
    assert fatal_rules(changed("Order", pairs)) == ["F-ORD255"]
    assert fatal_rules(changed("OrderChange", pairs)) == []


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        pytest.param([("4.00<", "4.01<")], [], id="0.60-off"),
        pytest.param([("4.00<", "4.02<")], ["F-ORD255"], id="1.20-off"),
        pytest.param([(BASE, ""), ("4.00<", "5.00<")], ["F-ORD245"], id="no-base"),
        pytest.param([(BASE, BASE.replace("BX", "EA") + FACTOR)], ["F-ORD246"], id="other-units-and-a-factor"),
        pytest.param([(BASE, BASE.replace("BX", "EA")), ("4.00<", "9.00<")], [], id="other-units-without-factor"),
        pytest.param(
            [("4.00<", "0.00<"), (LINE_NET, LINE_NET.replace("240", "0"))], ["F-ORD135"], id="nothing-ordered"
        ),
        pytest.param([(LINE[LINE.index("<cac:Price>") : LINE.index("<cac:Item>")], "")], [], id="no-price"),
    ],
)
def test_the_line_of_an_order_is_price_times_quantity_within_one_crown(changes: list[Change], rules: list[str]) -> None:
    assert fatal_rules(changed("Order", *changes)) == rules


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        pytest.param([("4.00<", "4.02<")], ["F-OCH140"], id="price-times-quantity"),
        pytest.param([(BASE, BASE + FACTOR)], ["F-OCH179"], id="times-the-factor"),
        pytest.param([("D>1</cbc:Seq", "D></cbc:Seq")], ["F-OCH005"], id="a-sequence-number"),
        pytest.param(
            [(TAX, "<cac:PaymentMeans><cbc:PaymentMeansCode>1</cbc:PaymentMeansCode></cac:PaymentMeans>" + TAX)],
            ["F-OCH003"],
            id="no-payment-means",
        ),
        pytest.param([(DELIVERY, delivery_to(BUYERS_NUMBER))], ["F-OCH049"], id="a-delivery-party-is-not-the-buyer"),
        pytest.param([(">Revised<", ">Changed<")], ["F-OCH181"], id="a-known-line-status"),
    ],
)
def test_a_trap_of_order_changes(changes: list[Change], rules: list[str]) -> None:
    assert fatal_rules(changed("OrderChange", *changes)) == rules


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        pytest.param([(">Sagen er udsat.<", "><")], ["F-OCA003"], id="a-reason"),
        pytest.param([(REFERENCE, REFERENCE + REFERENCE)], ["F-OCA004"], id="one-order"),
        pytest.param([(">B-9<", "><")], ["F-OCA007"], id="the-number-of-the-order"),
        pytest.param([("<cbc:ID>R-12</cbc:ID>", "")], ["F-OCA021"], id="the-contacts-id"),
        pytest.param([(BUYERS_ENTITY, "")], ["F-OCA019"], id="the-buyers-legal-entity"),
    ],
)
def test_a_cancellation_needs(changes: list[Change], rules: list[str]) -> None:
    assert fatal_rules(changed("OrderCancellation", *changes)) == rules


def test_two_lines_with_one_number_are_only_a_warning() -> None:
    report = validate(changed("Order", (LINE, LINE + LINE)))
    assert report.is_valid
    assert [(finding.rule_id, finding.severity) for finding in report.findings] == [("W-ORD244", "W")] * 2
