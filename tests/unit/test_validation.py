"""What the three layers say of documents of our own, above all where OIOUBL is not what one expects."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from app.oioubl.ubl import CAC, CBC, document_type, namespace_of, parse, path_of
from app.oioubl.validation import fatal_rules, validate, validate_tree

SCHEME = 'schemeAgencyID="320" schemeID="urn:oioubl:id:taxschemeid-1.1"'
VAT = f"""<cac:TaxCategory>
        <cbc:ID schemeAgencyID="320" schemeID="urn:oioubl:id:taxcategoryid-1.1">StandardRated</cbc:ID>
        <cbc:Percent>25</cbc:Percent>
        <cac:TaxScheme><cbc:ID {SCHEME}>63</cbc:ID><cbc:Name>Moms</cbc:Name></cac:TaxScheme>
      </cac:TaxCategory>"""


def tax(taxable: str, amount: str) -> str:
    return f"""<cac:TaxTotal>
    <cbc:TaxAmount currencyID="DKK">{amount}</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="DKK">{taxable}</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="DKK">{amount}</cbc:TaxAmount>
      {VAT}
    </cac:TaxSubtotal>
  </cac:TaxTotal>"""


def line(number: int, quantity: str, price: str, amount: str, vat: str) -> str:
    return f"""<cac:InvoiceLine>
    <cbc:ID>{number}</cbc:ID>
    <cbc:InvoicedQuantity unitCode="EA">{quantity}</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="DKK">{amount}</cbc:LineExtensionAmount>
    <cac:OrderLineReference><cbc:LineID>{number}</cbc:LineID></cac:OrderLineReference>
    {tax(amount, vat)}
    <cac:Item><cbc:Name>Vare {number}</cbc:Name></cac:Item>
    <cac:Price>
      <cbc:PriceAmount currencyID="DKK">{price}</cbc:PriceAmount>
      <cbc:BaseQuantity unitCode="EA">1</cbc:BaseQuantity>
    </cac:Price>
  </cac:InvoiceLine>"""


ADDRESS = """<cac:PostalAddress>
        <cbc:AddressFormatCode listAgencyID="320"
            listID="urn:oioubl:codelist:addressformatcode-1.1">StructuredDK</cbc:AddressFormatCode>
        <cbc:StreetName>Havnegade</cbc:StreetName><cbc:BuildingNumber>3</cbc:BuildingNumber>
        <cbc:CityName>Esbjerg</cbc:CityName><cbc:PostalZone>6700</cbc:PostalZone>
        <cac:Country><cbc:IdentificationCode>DK</cbc:IdentificationCode></cac:Country>
      </cac:PostalAddress>"""

INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{namespace_of("Invoice")}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:CustomizationID>OIOUBL-2.1</cbc:CustomizationID>
  <cbc:ProfileID schemeAgencyID="320"
      schemeID="urn:oioubl:id:profileid-1.2">Procurement-OrdAdv-BilSim-1.0</cbc:ProfileID>
  <cbc:ID>F-1001</cbc:ID>
  <cbc:IssueDate>2026-11-02</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>DKK</cbc:DocumentCurrencyCode>
  <cac:OrderReference><cbc:ID>B-77</cbc:ID></cac:OrderReference>
  <cac:AccountingSupplierParty>
    <cac:Party>
      <cbc:EndpointID schemeID="DK:CVR">DK12345674</cbc:EndpointID>
      <cac:PartyName><cbc:Name>Skruer og Bolte ApS</cbc:Name></cac:PartyName>
      {ADDRESS}
      <cac:PartyLegalEntity>
        <cbc:RegistrationName>Skruer og Bolte ApS</cbc:RegistrationName>
        <cbc:CompanyID schemeID="DK:CVR">DK12345674</cbc:CompanyID>
      </cac:PartyLegalEntity>
    </cac:Party>
  </cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty>
    <cac:Party>
      <cbc:EndpointID schemeAgencyID="9" schemeID="GLN">5790000000005</cbc:EndpointID>
      <cac:PartyName><cbc:Name>Havnevæsenet</cbc:Name></cac:PartyName>
      <cac:Contact><cbc:ID>4711</cbc:ID><cbc:Name>Vagn</cbc:Name></cac:Contact>
    </cac:Party>
  </cac:AccountingCustomerParty>
  {tax("130.00", "32.50")}
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="DKK">130.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="DKK">32.50</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="DKK">162.50</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="DKK">162.50</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  {line(1, "10.00", "5.00", "50.00", "12.50")}
  {line(2, "4.00", "20.00", "80.00", "20.00")}
</Invoice>"""


def changed(*changes: tuple[str, str]) -> bytes:
    text = INVOICE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def line_of(document: bytes, text: bytes) -> int:
    return document[: document.index(text)].count(b"\n") + 1


def outcomes(document: bytes) -> list[str]:
    return [layer.outcome for layer in validate(document).layers]


def test_a_valid_document_passes_all_three_layers() -> None:
    report = validate(changed())
    assert [(layer.name, layer.outcome) for layer in report.layers] == [
        ("syntax", "passed"),
        ("xsd", "passed"),
        ("rules", "passed"),
    ]
    assert report.is_valid
    assert report.document_type == "Invoice"
    assert report.findings == ()


def test_a_document_that_breaks_the_syntax_skips_the_rest() -> None:
    document = changed()[:900]
    assert outcomes(document) == ["failed", "skipped", "skipped"]
    (finding,) = validate(document).findings
    assert finding.line == document.count(b"\n") + 1
    assert fatal_rules(document) == ["SYNTAX"]


def test_a_document_that_breaks_the_xsd_skips_the_rules() -> None:
    document = changed(("<cbc:IssueDate>2026-11-02</cbc:IssueDate>", ""), ("4711", ""))
    assert outcomes(document) == ["passed", "failed", "skipped"]
    (finding,) = validate(document).findings
    assert (finding.rule_id, finding.xpath, finding.line) == (
        "XSD",
        "/Invoice/cbc:DocumentCurrencyCode",
        line_of(document, b"<cbc:DocumentCurrencyCode>"),
    )
    assert "cbc:DocumentCurrencyCode" in finding.message_en
    assert "cbc:IssueDate" in finding.message_en


def test_a_rule_names_its_element_line_and_value_in_both_languages() -> None:
    document = changed(("<cbc:ID>4711</cbc:ID>", ""))
    report = validate(document)
    (finding,) = report.findings
    assert (finding.layer, finding.rule_id, finding.severity) == ("rules", "F-INV051", "F")
    assert finding.xpath == "/Invoice/cac:AccountingCustomerParty/cac:Party/cac:Contact"
    assert finding.line == line_of(document, b"<cac:Contact>")
    assert finding.message_en.startswith("The customer's Contact needs ID")
    assert finding.message_da.startswith("Kundens Contact skal have ID")
    assert not report.is_valid


def test_a_warning_does_not_make_a_document_invalid() -> None:
    document = changed(("Vare 1", "En vare med et navn på langt mere end fyrre tegn"))
    report = validate(document)
    assert [(finding.rule_id, finding.severity) for finding in report.findings] == [("W-INV226", "W")]
    assert report.is_valid
    assert fatal_rules(document) == []


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        pytest.param(
            [('TaxExclusiveAmount currencyID="DKK">32.50', 'TaxExclusiveAmount currencyID="DKK">130.00')],
            ["F-INV127"],
            id="TaxExclusiveAmount is the tax, not the net amount",
        ),
        pytest.param([('unitCode="EA">4.00', 'unitCode="H87">4.00')], ["F-LIB318"], id="unit H87 is refused"),
        pytest.param([('unitCode="EA">4.00', 'unitCode="PCE">4.00')], ["F-LIB318"], id="unit PCE is refused"),
        pytest.param([(' unitCode="EA">4.00', ">4.00")], ["F-LIB007", "F-LIB318"], id="a quantity needs a unit"),
        pytest.param([("DK12345674", "12345674")], ["F-LIB180", "F-LIB190"], id="a CVR number begins with DK"),
        pytest.param([("5790000000005", "579000000000")], ["F-LIB181"], id="a GLN has 13 digits"),
        pytest.param(
            [(ADDRESS[ADDRESS.index("<cbc:AddressF") : ADDRESS.index("<cbc:StreetName>")], "")],
            ["F-LIB025", "F-LIB026"],
            id="an address needs AddressFormatCode",
        ),
        pytest.param([("<cbc:PostalZone>6700</cbc:PostalZone>", "")], ["F-LIB033"], id="StructuredDK needs PostalZone"),
        pytest.param(
            [("<cac:OrderReference><cbc:ID>B-77</cbc:ID></cac:OrderReference>", "")],
            ["F-INV002", "F-INV142"],
            id="an order profile and order lines need OrderReference",
        ),
        pytest.param([("Procurement-OrdAdv-BilSim-1.0", "Procurement-BilSim-2.0")], ["F-LIB302"], id="unknown profile"),
        pytest.param([("Moms", "VAT")], ["F-LIB198"], id="tax 63 is called Moms"),
        pytest.param([("StandardRated", "S")], ["F-LIB309"], id="tax categories are not those of EN 16931"),
        pytest.param(
            [('PayableAmount currencyID="DKK">162.50', 'PayableAmount currencyID="DKK">162.51')],
            ["F-INV133"],
            id="a payable amount off by 0.01",
        ),
        pytest.param([('DKK">5.00', 'DKK">5.10')], [], id="a line off by exactly 1.00"),
        pytest.param([('DKK">5.00', 'DKK">5.11')], ["F-INV340"], id="a line off by more than 1.00"),
        pytest.param([('DKK">130.00', 'DKK">130.0')], ["F-LIB014", "F-LIB261"], id="totals have two decimals"),
        pytest.param([('currencyID="DKK">12.50', 'currencyID="DKR">12.50')], ["F-LIB403"], id="unknown currency"),
        pytest.param([("<cbc:Name>Vare 2</cbc:Name>", "")], ["F-INV163"], id="an item needs a name"),
        pytest.param([("<cbc:UBLVersionID>2.1", "<cbc:UBLVersionID>2.3")], ["F-LIB001"], id="UBL 2.3"),
    ],
)
def test_a_trap_of_oioubl(changes: list[tuple[str, str]], rules: list[str]) -> None:
    assert fatal_rules(changed(*changes)) == rules


@pytest.mark.parametrize(
    ("operator", "prices", "rule"),
    [("multiply", ("0.625", "2.50"), "F-INV343"), ("divide", ("40.00", "160.00"), "F-INV345")],
)
def test_a_line_in_another_currency_is_priced_through_the_exchange_rate(
    operator: str, prices: tuple[str, str], rule: str
) -> None:
    rate = f"""<cac:PricingExchangeRate>
    <cbc:SourceCurrencyCode>EUR</cbc:SourceCurrencyCode><cbc:TargetCurrencyCode>DKK</cbc:TargetCurrencyCode>
    <cbc:CalculationRate>8.0000</cbc:CalculationRate>
    <cbc:MathematicOperatorCode>{operator}</cbc:MathematicOperatorCode>
  </cac:PricingExchangeRate>
  """
    total = '<cac:TaxTotal>\n    <cbc:TaxAmount currencyID="DKK">32.50'
    before = 'PriceAmount currencyID="DKK">'
    priced = [(f"{before}5.00", before + prices[0]), (f"{before}20.00", before + prices[1])]
    assert fatal_rules(changed((total, rate + total), *priced)) == []
    assert fatal_rules(changed((total, rate + total))) == [rule]


def test_a_line_free_of_charge_is_left_out_of_the_sum() -> None:
    free = "<cac:OrderLineReference><cbc:LineID>2</cbc:LineID>"
    indicator = "<cbc:FreeOfChargeIndicator>true</cbc:FreeOfChargeIndicator>"
    assert fatal_rules(changed((free, indicator + free))) == ["F-INV126"]


def test_a_factor_converts_between_units() -> None:
    crate = [('unitCode="EA">10.00', 'unitCode="BX">10.00')]
    assert fatal_rules(changed(*crate)) == []
    base = '<cbc:BaseQuantity unitCode="EA">1</cbc:BaseQuantity>\n    </cac:Price>\n  </cac:InvoiceLine>'
    factor = base.replace(
        "</cbc:BaseQuantity>", "</cbc:BaseQuantity><cbc:OrderableUnitFactorRate>12</cbc:OrderableUnitFactorRate>"
    )
    first = INVOICE.index(base)
    text = INVOICE[:first] + factor + INVOICE[first + len(base) :]
    assert fatal_rules(text.replace(*crate[0]).encode()) == ["F-INV323"]
    assert fatal_rules(text.replace(*crate[0]).replace('DKK">5.00', 'DKK">0.4167').encode()) == []


@pytest.mark.parametrize("document", [b"", b"   ", b"{}", b"<Invoice", b"\x1f\x8b\x08\x00", b"%PDF-1.7"])
def test_what_is_not_xml_is_a_syntax_fault(document: bytes) -> None:
    assert outcomes(document) == ["failed", "skipped", "skipped"]


def test_a_document_above_the_limit_is_refused_unread() -> None:
    report = validate(changed(), max_bytes=1000)
    assert report.fatal_rules == ["SYNTAX"]
    assert "1000" in report.findings[0].message_en


@pytest.mark.parametrize(
    "root",
    [
        f'<Statement xmlns="{namespace_of("Statement")}"/>',
        f'<UtilityStatement xmlns="{namespace_of("UtilityStatement")}"/>',
        f'<Invoice xmlns="{namespace_of("Order")}"/>',
        "<Invoice/>",
        f'<cac:Party xmlns:cac="{CAC}"/>',
    ],
)
def test_a_root_we_do_not_exchange_fails_the_xsd_layer(root: str) -> None:
    report = validate(root.encode())
    assert [layer.outcome for layer in report.layers] == ["passed", "failed", "skipped"]
    assert report.fatal_rules == ["XSD"]
    assert report.document_type is None
    assert "OrderResponseSimple" in report.findings[0].message_en


def test_a_parsed_tree_is_validated_without_parsing_again_and_left_alone() -> None:
    root = parse(changed(("4711", "")))
    before = etree.tostring(root)
    assert validate_tree(root).fatal_rules == ["F-INV051"]
    assert etree.tostring(root) == before


def test_every_thread_may_validate() -> None:
    document = changed(("4711", ""))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fatal_rules, [document] * 16)) == [["F-INV051"]] * 16


def test_comments_do_not_move_what_a_finding_points_at() -> None:
    report = validate(changed(("<cac:Contact>", "<!-- hej --><cac:Contact><!-- <cbc:ID>1</cbc:ID> -->"), ("4711", "")))
    assert report.findings[0].xpath == "/Invoice/cac:AccountingCustomerParty/cac:Party/cac:Contact"


def test_a_path_counts_only_where_there_are_several() -> None:
    root = parse(changed())
    assert document_type(root) == "Invoice"
    assert path_of(root[-1][0]) == "/Invoice/cac:InvoiceLine[2]/cbc:ID"
    assert path_of(root) == "/Invoice"
