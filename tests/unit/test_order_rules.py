"""Traps in the rules of orders, order changes and order cancellations: one change to a good document, one official id."""

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
BUYER = f"""<cac:BuyerCustomerParty>
    <cac:Party>
      <cbc:EndpointID schemeAgencyID="9" schemeID="GLN">5790001234560</cbc:EndpointID>
      <cac:PartyIdentification><cbc:ID schemeAgencyID="9" schemeID="GLN">5790001234560</cbc:ID></cac:PartyIdentification>
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
ORDERS = ("Order", "OrderChange")
HEADER_NET = '<cbc:LineExtensionAmount currencyID="DKK">240.00</cbc:LineExtensionAmount>\n    <cbc:TaxExcl'
SELLERS_ITEM = "<cac:SellersItemIdentification><cbc:ID>KP-50</cbc:ID></cac:SellersItemIdentification>"
ADVANCED, SIMPLE = "Procurement-OrdAdv-BilSim-1.0", "Procurement-OrdSim-BilSim-1.0"


def changed(kind: str, *changes: tuple[str, str]) -> bytes:
    text = GOOD[kind]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


@pytest.mark.parametrize("kind", GOOD)
def test_the_good_document_breaks_nothing(kind: str) -> None:
    assert validate(changed(kind)).findings == ()


BOTH = {
    "a quantity needs two decimals": ((">4.00<", ">4<"), "F-ORD133", "F-OCH135"),
    "a line amount needs two decimals": ((">240.00</cbc:LineExtensionAmount>\n      <cac:Price", ">240.0</cbc:LineExtensionAmount>\n      <cac:Price"), "F-ORD136", "F-OCH138"),
    "a price has at most four decimals": ((">60.00</cbc:PriceAmount>", ">60.00001</cbc:PriceAmount>"), "F-ORD170", "F-OCH153"),
    "a line needs a quantity": (('<cbc:Quantity unitCode="BX">4.00</cbc:Quantity>', ""), "F-ORD227", "F-OCH131"),
    "TaxExclusiveAmount is the tax and not the net": ((">60.00</cbc:TaxExclusiveAmount>", ">240.00</cbc:TaxExclusiveAmount>"), "F-ORD117", "F-OCH067"),
    "PayableAmount has no tolerance": ((">300.00</cbc:PayableAmount>", ">300.01</cbc:PayableAmount>"), "F-ORD123", "F-OCH073"),
    "the simple profile wants the seller's number": ((ADVANCED, SIMPLE), (SELLERS_ITEM, ""), "F-ORD185", "F-OCH161"),
    "an item without any number needs a description": ((SELLERS_ITEM, ""), "F-ORD239", "F-OCH163"),
    "an item needs a name": (("<cbc:Name>Kuglepenne</cbc:Name>", ""), "F-ORD184", "F-OCH160"),
    "the buyer's contact needs an id": (("<cbc:ID>R-12</cbc:ID>", ""), "F-ORD041", "F-OCH029"),
    "the buyer needs a contact": (("<cac:Contact><cbc:ID>R-12</cbc:ID><cbc:Name>Birthe</cbc:Name></cac:Contact>", ""), "F-ORD035", "F-OCH028"),
    "the buyer needs a legal entity": ((BUYERS_ENTITY, ""), "F-ORD034", "F-OCH027"),
    "the seller needs an endpoint": (('<cbc:EndpointID schemeID="DK:CVR">DK30521884</cbc:EndpointID>', ""), "F-ORD044", "F-OCH032"),
    "there is one delivery": ((DELIVERY, DELIVERY + DELIVERY), "F-ORD215", "F-OCH011"),
    "a delivery address is a location": ((DELIVERY, f"<cac:Delivery>{ADDRESS.replace('PostalAddress', 'DeliveryAddress')}</cac:Delivery>"), "F-ORD208", "F-OCH046"),
    "the delivery period stands in one place": (("<cac:Price>", DELIVERY + "<cac:Price>"), "F-ORD250", "F-OCH185"),
    "a line status names its list": (("linestatuscode-1.1", "linestatuscode-1.0"), "F-ORD132", "F-OCH133"),
    "a contract has no date": ((BUYER, "<cac:Contract><cbc:ID>K-1</cbc:ID><cbc:IssueDate>2026-01-01</cbc:IssueDate></cac:Contract>" + BUYER), "F-ORD022", "F-OCH015"),
    "a seller's proposal belongs to the answer": (("</cac:LineItem>", "</cac:LineItem><cac:SellerProposedSubstituteLineItem><cbc:ID>1</cbc:ID><cac:Item/></cac:SellerProposedSubstituteLineItem>"), "F-ORD125", "F-OCH125"),
}  # fmt: skip


@pytest.mark.parametrize("trap", BOTH)
@pytest.mark.parametrize("kind", ORDERS)
def test_a_trap_of_orders_and_their_changes(kind: str, trap: str) -> None:
    *changes, in_order, in_change = BOTH[trap]
    assert fatal_rules(changed(kind, *changes)) == [in_order if kind == "Order" else in_change]
