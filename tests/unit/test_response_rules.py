"""What the rules say of the three answers of ours, each trap made by changing one good document in one place."""

import pytest

from app.oioubl.ubl import CAC, CBC, namespace_of
from app.oioubl.validation import fatal_rules, validate

SELLER = """<cac:Party>
      <cbc:EndpointID schemeID="DK:CVR">DK30112233</cbc:EndpointID>
      <cac:PartyIdentification><cbc:ID schemeID="DK:CVR">DK30112233</cbc:ID></cac:PartyIdentification>
      <cac:PartyName><cbc:Name>Nordlys Belysning ApS</cbc:Name></cac:PartyName>
      <cac:PartyLegalEntity><cbc:CompanyID schemeID="DK:CVR">DK30112233</cbc:CompanyID></cac:PartyLegalEntity>
    </cac:Party>"""
BUYER = """<cac:Party>
      <cbc:EndpointID schemeID="GLN">5790001330552</cbc:EndpointID>
      <cac:PartyIdentification><cbc:ID schemeID="GLN">5790001330552</cbc:ID></cac:PartyIdentification>
      <cac:PartyName><cbc:Name>Bibliotek Øst</cbc:Name></cac:PartyName>
      <cac:Contact><cbc:ID>BIB-12</cbc:ID></cac:Contact>
    </cac:Party>"""
SUBSTITUTE_LIST = 'listID="urn:oioubl:codelist:substitutionstatuscode-1.1" listAgencyID="320"'


def document(kind: str, profile: str, body: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns="{namespace_of(kind)}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:CustomizationID>OIOUBL-2.1</cbc:CustomizationID>
  <cbc:ProfileID schemeAgencyID="320" schemeID="urn:oioubl:id:profileid-1.4">{profile}</cbc:ProfileID>
  <cbc:ID>SVAR-7</cbc:ID>
  <cbc:IssueDate>2026-11-05</cbc:IssueDate>
  {body}
</{kind}>"""


def parts(item: str, amount: str) -> str:
    """A line item whose price of 40.00 stands for two pieces, which officially makes no difference."""
    return f"""<cac:{item}>
      <cbc:ID>1</cbc:ID>
      <cbc:Quantity unitCode="EA">3.00</cbc:Quantity>
      <cbc:LineExtensionAmount currencyID="DKK">{amount}</cbc:LineExtensionAmount>
      <cac:Price>
        <cbc:PriceAmount currencyID="DKK">40.00</cbc:PriceAmount>
        <cbc:BaseQuantity unitCode="EA">2</cbc:BaseQuantity>
      </cac:Price>
      <cac:Item><cbc:Description>Med pære</cbc:Description><cbc:Name>Læselampe</cbc:Name></cac:Item>
    </cac:{item}>"""


SIMPLE = document(
    "OrderResponseSimple",
    "Procurement-OrdAdv-BilSim-1.0",
    f"""<cbc:AcceptedIndicator>false</cbc:AcceptedIndicator>
  <cbc:RejectionNote>Udgået af sortimentet</cbc:RejectionNote>
  <cac:OrderReference><cbc:ID>BIB-2026-88</cbc:ID></cac:OrderReference>
  <cac:SellerSupplierParty>{SELLER}</cac:SellerSupplierParty>
  <cac:BuyerCustomerParty>{BUYER}</cac:BuyerCustomerParty>""",
)
RESPONSE = document(
    "OrderResponse",
    "Procurement-OrdAdv-BilSim-1.0",
    f"""<cac:OrderReference><cbc:ID>BIB-2026-88</cbc:ID></cac:OrderReference>
  <cac:SellerSupplierParty>{SELLER}</cac:SellerSupplierParty>
  <cac:BuyerCustomerParty>{BUYER}</cac:BuyerCustomerParty>
  <cac:Delivery>
    <cbc:LatestDeliveryDate>2026-12-01</cbc:LatestDeliveryDate>
    <cac:DeliveryParty><cac:PartyName><cbc:Name>Varemodtagelsen</cbc:Name></cac:PartyName></cac:DeliveryParty>
  </cac:Delivery>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="DKK">120.00</cbc:LineExtensionAmount>
    <cbc:PayableAmount currencyID="DKK">120.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:OrderLine>
    <cbc:SubstitutionStatusCode {SUBSTITUTE_LIST}>Original</cbc:SubstitutionStatusCode>
    {parts("LineItem", "120.00")}
    {parts("SellerProposedSubstituteLineItem", "99.00")}
  </cac:OrderLine>""",
)
RECEIPT = document(
    "ApplicationResponse",
    "Procurement-BilSim-1.0",
    """<cac:SenderParty>
    <cbc:EndpointID schemeID="GLN">5790001330552</cbc:EndpointID>
    <cac:PartyName><cbc:Name>Bibliotek Øst</cbc:Name></cac:PartyName>
    <cac:PartyLegalEntity><cbc:CompanyID schemeID="DK:CVR">DK30112299</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:SenderParty>
  <cac:ReceiverParty>
    <cbc:EndpointID schemeID="DK:CVR">DK30112233</cbc:EndpointID>
    <cac:PartyName><cbc:Name>Nordlys Belysning ApS</cbc:Name></cac:PartyName>
  </cac:ReceiverParty>
  <cac:DocumentResponse>
    <cac:Response>
      <cbc:ReferenceID>1</cbc:ReferenceID>
      <cbc:ResponseCode listID="urn:oioubl:codelist:responsecode-1.1">BusinessReject</cbc:ResponseCode>
    </cac:Response>
    <cac:DocumentReference>
      <cbc:ID>FAK-301</cbc:ID>
      <cbc:DocumentTypeCode listAgencyID="320"
          listID="urn:oioubl:codelist:responsedocumenttypecode-1.1">Invoice</cbc:DocumentTypeCode>
    </cac:DocumentReference>
    <cac:LineResponse>
      <cac:LineReference><cbc:LineID>2</cbc:LineID></cac:LineReference>
      <cac:Response>
        <cbc:ReferenceID>1</cbc:ReferenceID>
        <cbc:ResponseCode listAgencyID="320"
            listID="urn:oioubl:codelist:lineresponsecode-1.1">BusinessReject</cbc:ResponseCode>
      </cac:Response>
    </cac:LineResponse>
  </cac:DocumentResponse>""",
)
DOCUMENT_TYPES_1_1 = "responsedocumenttypecode-1.1"
LINE, SUBSTITUTE = "<cac:LineItem>", "<cac:SellerProposedSubstituteLineItem>"


def changed(text: str, *changes: tuple[str, str], after: str = "") -> bytes:
    """The document with each change made once, at the first place that follows `after`."""
    for old, new in changes:
        before, mark, rest = text.partition(after) if after else ("", "", text)
        assert old in rest, f"{old!r} is not there"
        text = before + mark + rest.replace(old, new, 1)
    return text.encode()


@pytest.mark.parametrize("good", [SIMPLE, RESPONSE, RECEIPT], ids=["simple", "response", "receipt"])
def test_the_good_document_breaks_no_rule_at_all(good: str) -> None:
    assert validate(good.encode()).findings == ()


def test_a_rejection_needs_its_note() -> None:
    note = "<cbc:RejectionNote>Udgået af sortimentet</cbc:RejectionNote>"
    assert fatal_rules(changed(SIMPLE, (note, ""))) == ["F-ORS007"]
    assert fatal_rules(changed(SIMPLE, (note, ""), (">false<", ">true<"))) == []


def test_an_empty_note_is_officially_a_note_and_a_note_to_an_acceptance_only_a_warning() -> None:
    assert fatal_rules(changed(SIMPLE, ("Udgået af sortimentet", ""))) == []
    report = validate(changed(SIMPLE, (">false<", ">true<")))
    assert [finding.rule_id for finding in report.findings] == ["W-ORS005"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("SVAR-7", "", "F-ORS008"),
        ("BIB-2026-88", "", "F-ORS011"),
        (SELLER, "", "F-ORS014"),
        ('<cbc:EndpointID schemeID="DK:CVR">DK30112233</cbc:EndpointID>', "", "F-ORS015"),
        (BUYER, "", "F-ORS024"),
        ('<cbc:EndpointID schemeID="GLN">5790001330552</cbc:EndpointID>', "", "F-ORS025"),
        ("<cac:OrderReference>", "<cbc:CustomerReference>x</cbc:CustomerReference><cac:OrderReference>", "F-ORS002"),
        ("<cac:OrderReference>", "<cbc:AccountingCostCode>7</cbc:AccountingCostCode><cac:OrderReference>", "F-ORS003"),
    ],
)
def test_what_a_simple_answer_must_and_must_not_hold(old: str, new: str, rule: str) -> None:
    assert fatal_rules(changed(SIMPLE, (old, new))) == [rule]


@pytest.mark.parametrize("code", ["BusinessAccept", "BusinessReject"])
def test_a_receipt_cannot_accept_or_reject_an_order(code: str) -> None:
    business = (">BusinessReject<", f">{code}<")
    assert fatal_rules(changed(RECEIPT, business, (">Invoice<", ">Order<"))) == ["F-APR053"]
    assert fatal_rules(changed(RECEIPT, business, (">Invoice<", ">OrderChange<"))) == []
    assert fatal_rules(changed(RECEIPT, (">BusinessReject<", ">ProfileReject<"), (">Invoice<", ">Order<"))) == []


@pytest.mark.parametrize(
    ("profile", "code", "rules"),
    [
        ("NONE", "TechnicalReject", []),
        ("NONE", "ProfileReject", []),
        ("NONE", "BusinessReject", ["F-APR004"]),
        ("Procurement-TecRes-1.0", "TechnicalAccept", []),
        ("Procurement-TecRes-1.0", "TechnicalReject", ["F-APR057"]),
        ("Procurement-BilSim-1.0", "TechnicalAccept", ["F-APR058"]),
        ("Procurement-BilSim-1.0", "ProfileAccept", ["F-APR018"]),
    ],
)
def test_profile_and_response_code_belong_together(profile: str, code: str, rules: list[str]) -> None:
    receipt = changed(RECEIPT, ("Procurement-BilSim-1.0", profile), (">BusinessReject<", f">{code}<"))
    assert fatal_rules(receipt) == rules


def test_a_response_code_counts_only_with_its_list() -> None:
    codes = ' listID="urn:oioubl:codelist:responsecode-1.1"'
    assert fatal_rules(changed(RECEIPT, (codes, ""))) == ["F-APR017", "F-APR018"]


def test_the_document_type_is_looked_up_in_the_list_it_names() -> None:
    utility = (">Invoice<", ">UtilityStatement<")
    later = (DOCUMENT_TYPES_1_1, "responsedocumenttypecode-1.2")
    assert fatal_rules(changed(RECEIPT, utility)) == ["F-APR028"]
    assert fatal_rules(changed(RECEIPT, utility, later)) == []
    assert fatal_rules(changed(RECEIPT, (">Invoice<", ">Faktura<"), later)) == ["F-APR055"]


def test_with_an_unknown_list_the_document_type_passes_with_a_warning() -> None:
    report = validate(changed(RECEIPT, (DOCUMENT_TYPES_1_1, "anything"), (">Invoice<", ">Faktura<")))
    assert [finding.rule_id for finding in report.findings] == ["W-APR027"]


def test_a_receipt_answers_one_document_and_a_line_with_business_codes_only() -> None:
    start = RECEIPT.index("<cac:DocumentResponse>")
    answer = RECEIPT[start : RECEIPT.index("</ApplicationResponse>")]
    assert fatal_rules(changed(RECEIPT, (answer, answer + answer))) == ["F-APR054"]
    line = changed(RECEIPT, (">BusinessReject<", ">TechnicalReject<"), after="<cac:LineReference>")
    assert fatal_rules(line) == ["F-APR035"]


def test_a_registration_address_is_not_looked_at() -> None:
    address = "<cac:RegistrationAddress><cbc:StreetName>Havnen</cbc:StreetName></cac:RegistrationAddress>"
    where = "</cac:PartyLegalEntity>"
    assert fatal_rules(changed(RECEIPT, (where, address + where))) == []


@pytest.mark.parametrize(("amount", "rules"), [("121.00", []), ("121.01", ["F-ORE090"]), ("60.00", ["F-ORE090"])])
def test_a_line_is_price_times_quantity_whatever_the_base(amount: str, rules: list[str]) -> None:
    """BaseQuantity is 2, so 60.00 would be right in an order; here it is not."""
    response = changed(RESPONSE, (">120.00<", f">{amount}<"), after=LINE).decode()
    total, payable = (f"<cbc:{name} currencyID" for name in ("LineExtensionAmount", "PayableAmount"))
    for mark in (total, payable):
        response = changed(response, (">120.00<", f">{amount}<"), after=mark).decode()
    assert fatal_rules(response.encode()) == rules


def test_with_a_factor_the_factor_counts() -> None:
    base = '<cbc:BaseQuantity unitCode="EA">2</cbc:BaseQuantity>'
    factor = "<cbc:OrderableUnitFactorRate>{}</cbc:OrderableUnitFactorRate>"
    assert fatal_rules(changed(RESPONSE, (base, base + factor.format("1")), after=LINE)) == []
    assert fatal_rules(changed(RESPONSE, (base, base + factor.format("0.5")), after=LINE)) == ["F-ORE143"]


@pytest.mark.parametrize(("net", "rules"), [("120.0055", []), ("119.9945", []), ("120.0056", ["F-ORE069"])])
def test_the_lines_add_up_within_half_an_oere(net: str, rules: list[str]) -> None:
    """Totals have two decimals (F-LIB014), so it is the line that is odd here."""
    line = changed(RESPONSE, (">120.00<", f">{net}<"), after=LINE)
    assert fatal_rules(line) == rules


def test_a_substitute_is_neither_computed_nor_added() -> None:
    assert fatal_rules(changed(RESPONSE, (">99.00<", ">5.00<"))) == []


@pytest.mark.parametrize(
    ("after", "old", "new", "rule"),
    [
        (LINE, "<cbc:ID>1</cbc:ID>", "<cbc:ID></cbc:ID>", "F-ORE082"),
        (SUBSTITUTE, "<cbc:ID>1</cbc:ID>", "<cbc:ID></cbc:ID>", "F-ORE146"),
        (LINE, ">3.00<", ">3.0<", "F-ORE085"),
        (SUBSTITUTE, ">3.00<", ">3.0<", "F-ORE150"),
        (SUBSTITUTE, ">3.00<", ">3.00001<", "F-ORE151"),
        (LINE, ">40.00<", ">40.00000<", "F-ORE104"),
        (SUBSTITUTE, ">40.00<", ">40.00000<", "F-ORE180"),
        (SUBSTITUTE, ">40.00<", ">-40.00<", "F-ORE181"),
        (LINE, "Læselampe", "", "F-ORE111"),
        (SUBSTITUTE, "Læselampe", "", "F-ORE187"),
        (LINE, "<cbc:Description>Med pære</cbc:Description>", "", "F-ORE114"),
        (SUBSTITUTE, "<cbc:Description>Med pære</cbc:Description>", "", "F-ORE190"),
        ("", ">Original<", ">Accepted<", "F-ORE207"),
        ("", "<cac:Contact><cbc:ID>BIB-12</cbc:ID></cac:Contact>", "", "F-ORE034"),
        ("", "<cbc:Name>Varemodtagelsen<", "<cbc:Name>Bibliotek Øst<", "F-ORE053"),
    ],
)
def test_a_line_and_its_substitute_have_the_same_tests_and_other_ids(after: str, old: str, new: str, rule: str) -> None:
    assert fatal_rules(changed(RESPONSE, (old, new), after=after)) == [rule]


def test_five_decimals_pass_in_the_quantity_of_the_line_itself() -> None:
    assert fatal_rules(changed(RESPONSE, (">3.00<", ">3.00001<"), after=LINE)) == []


def test_the_price_type_of_a_substitute_names_another_agency_than_elsewhere() -> None:
    code = '<cbc:PriceTypeCode listID="UN/ECE 5387" listAgencyID="{}">CON</cbc:PriceTypeCode>'
    base = '<cbc:BaseQuantity unitCode="EA">2</cbc:BaseQuantity>'
    assert fatal_rules(changed(RESPONSE, (base, base + code.format("6")), after=LINE)) == []
    assert fatal_rules(changed(RESPONSE, (base, base + code.format("6")), after=SUBSTITUTE)) == ["F-ORE185"]
    assert fatal_rules(changed(RESPONSE, (base, base + code.format("320")), after=SUBSTITUTE)) == []


def test_the_simple_order_profiles_need_the_sellers_item_number() -> None:
    simple = ("Procurement-OrdAdv-BilSim-1.0", "Procurement-OrdSimR-BilSim-1.0")
    assert fatal_rules(changed(RESPONSE, simple)) == ["F-ORE112", "F-ORE188"]


def test_the_date_of_delivery_stands_in_the_header_or_on_the_lines() -> None:
    delivery = "<cac:Delivery><cbc:LatestDeliveryDate>2026-12-02</cbc:LatestDeliveryDate></cac:Delivery><cac:Price>"
    assert fatal_rules(changed(RESPONSE, ("<cac:Price>", delivery), after=LINE)) == ["F-ORE210"]
    header = "<cbc:LatestDeliveryDate>2026-12-01</cbc:LatestDeliveryDate>"
    moved = changed(RESPONSE, (header, ""), ("<cac:Price>", delivery))
    assert fatal_rules(moved) == []


def test_the_profile_of_the_answered_order_alone_is_for_the_full_answer() -> None:
    lone = ("Procurement-OrdAdv-BilSim-1.0", "Procurement-OrdRes-1.0")
    listed = ("profileid-1.4", "profileid-1.5")
    assert fatal_rules(changed(RESPONSE, lone, listed)) == []
    assert fatal_rules(changed(SIMPLE, lone, listed)) == ["F-LIB328"]
