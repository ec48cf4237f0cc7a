"""Where catalogues, their updates, deletions and requests surprise: a good document with one thing changed."""

import pytest

from app.oioubl.ubl import CAC, CBC, namespace_of
from app.oioubl.validation import fatal_rules, validate

FORMAT = '<cbc:AddressFormatCode listID="urn:oioubl:codelist:addressformatcode-1.1" listAgencyID="320">'
LEGAL = '<cac:PartyLegalEntity><cbc:CompanyID schemeID="DK:CVR">DK20304050</cbc:CompanyID></cac:PartyLegalEntity>'
PROVIDER = f"""<cac:ProviderParty><cbc:EndpointID schemeID="DK:CVR">DK20304050</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID schemeID="ZZZ">bageriet</cbc:ID></cac:PartyIdentification>{LEGAL}
</cac:ProviderParty>"""
RECEIVER = """<cac:ReceiverParty><cbc:EndpointID schemeID="GLN">5790001112223</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID schemeID="ZZZ">kantinen</cbc:ID></cac:PartyIdentification></cac:ReceiverParty>"""
SELLER = """<cac:SellerSupplierParty><cac:Party><cac:PartyIdentification><cbc:ID schemeID="ZZZ">grossisten</cbc:ID>
  </cac:PartyIdentification></cac:Party></cac:SellerSupplierParty>"""
CONTRACTOR = """<cac:ContractorCustomerParty><cac:Party><cac:PartyIdentification>
  <cbc:ID schemeID="ZZZ">regionen</cbc:ID></cac:PartyIdentification></cac:Party></cac:ContractorCustomerParty>"""
CONTRACT = """<cac:ReferencedContract><cbc:ID>AFT-9</cbc:ID><cac:ContractDocumentReference><cbc:ID>AFT-9.1</cbc:ID>
  <cac:Attachment><cac:ExternalReference><cbc:URI>https://aftale.example/9</cbc:URI></cac:ExternalReference></cac:Attachment>
  </cac:ContractDocumentReference></cac:ReferencedContract>"""
RELATED = "<cac:RelatedCatalogueReference><cbc:ID>BRØD</cbc:ID></cac:RelatedCatalogueReference>"
VALIDITY = "<cac:ValidityPeriod><cbc:StartDate>2026-01-01</cbc:StartDate></cac:ValidityPeriod>"
CODE = '<cbc:ItemClassificationCode listID="UNSPSC" listAgencyID="113">50181900</cbc:ItemClassificationCode>'
CLASSIFICATION = f"<cac:CommodityClassification>{CODE}</cac:CommodityClassification>"
SELLERS_ID = "<cac:SellersItemIdentification><cbc:ID>R-1</cbc:ID></cac:SellersItemIdentification>"
PROPERTY = "<cac:AdditionalItemProperty><cbc:Name>Mel</cbc:Name><cbc:Value>Rug</cbc:Value></cac:AdditionalItemProperty>"
ITEM = f"<cac:Item><cbc:Name>Rugbrød</cbc:Name>{SELLERS_ID}{CLASSIFICATION}{PROPERTY}</cac:Item>"
VAT = """<cbc:ID schemeID="urn:oioubl:id:taxcategoryid-1.1" schemeAgencyID="320">StandardRated</cbc:ID>
  <cbc:Percent>25</cbc:Percent><cac:TaxScheme><cbc:ID schemeID="urn:oioubl:id:taxschemeid-1.1">63</cbc:ID>
  <cbc:Name>Moms</cbc:Name></cac:TaxScheme>"""
ALLOWANCE = f"""<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
  <cbc:MultiplierFactorNumeric>0.10</cbc:MultiplierFactorNumeric><cbc:Amount currencyID="DKK">2.00</cbc:Amount>
  <cbc:BaseAmount currencyID="DKK">20.00</cbc:BaseAmount><cac:TaxCategory>{VAT}</cac:TaxCategory>
</cac:AllowanceCharge>"""
PRICE = f"""<cac:Price><cbc:PriceAmount currencyID="DKK">18.00</cbc:PriceAmount>
  <cbc:BaseQuantity unitCode="EA">1</cbc:BaseQuantity><cbc:OrderableUnitFactorRate>1</cbc:OrderableUnitFactorRate>
  {ALLOWANCE}</cac:Price>"""
DELIVERY_UNIT = '<cac:DeliveryUnit><cbc:BatchQuantity unitCode="palle">1</cbc:BatchQuantity></cac:DeliveryUnit>'
BRACKET = f"""<cac:RequiredItemLocationQuantity><cbc:MinimumQuantity unitCode="rist">1</cbc:MinimumQuantity>{PRICE}
  {DELIVERY_UNIT}<cac:ApplicableTaxCategory>{VAT}</cac:ApplicableTaxCategory></cac:RequiredItemLocationQuantity>"""
ACTION = '<cbc:ActionCode listID="urn:oioubl:codelist:catalogueactioncode-1.1" listAgencyID="320">Add</cbc:ActionCode>'
LINE = f"""<cac:CatalogueLine><cbc:ID>1</cbc:ID>{ACTION}<cbc:OrderableIndicator>true</cbc:OrderableIndicator>
  <cbc:OrderableUnit>EA</cbc:OrderableUnit><cbc:ContentUnitQuantity unitCode="EA">1</cbc:ContentUnitQuantity>
  <cbc:MinimumOrderQuantity>2</cbc:MinimumOrderQuantity>{BRACKET}{ITEM}</cac:CatalogueLine>"""
OTHER_LINE = LINE.replace("<cbc:ID>1<", "<cbc:ID>2<")


def document(kind: str, *parts: str) -> str:
    return f"""<{kind} xmlns="{namespace_of(kind)}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:CustomizationID>OIOUBL-2.1</cbc:CustomizationID>
  <cbc:ProfileID schemeID="urn:oioubl:id:profileid-1.1" schemeAgencyID="320">Catalogue-CatAdv-1.0</cbc:ProfileID>
  <cbc:ID>BRØD</cbc:ID><cbc:IssueDate>2026-01-01</cbc:IssueDate>{"".join(parts)}</{kind}>"""


VERSION = "<cbc:VersionID>3</cbc:VersionID>"
PARTIES = (PROVIDER, RECEIVER, SELLER, CONTRACTOR)
REQUESTED = """<cac:RequestedClassificationScheme><cbc:ID>UNSPSC</cbc:ID><cac:ClassificationCategory>
  <cbc:CodeValue>50181900</cbc:CodeValue></cac:ClassificationCategory></cac:RequestedClassificationScheme>"""
WANTED = "<cac:Item><cbc:Name>Rugbrød</cbc:Name></cac:Item>"
CATALOGUE = document("Catalogue", VERSION, VALIDITY, CONTRACT, *PARTIES, LINE, OTHER_LINE)
SPECIFICATIONS = document(
    "CatalogueItemSpecificationUpdate", VERSION, VALIDITY, RELATED, CONTRACT, *PARTIES,
    *(f"<cac:CatalogueItemSpecificationUpdateLine><cbc:ID>{number}</cbc:ID>{ITEM}"
      "</cac:CatalogueItemSpecificationUpdateLine>" for number in (1, 2)),
)  # fmt: skip
PRICES = document(
    "CataloguePricingUpdate", VERSION, VALIDITY, RELATED, CONTRACT, *PARTIES,
    *(f"<cac:CataloguePricingUpdateLine><cbc:ID>{number}</cbc:ID>{BRACKET}</cac:CataloguePricingUpdateLine>"
      for number in (1, 2)),
)  # fmt: skip
DELETION = document(
    "CatalogueDeletion", RELATED.replace("Related", "Deleted"), CONTRACT, RECEIVER, PROVIDER, SELLER, CONTRACTOR
)
REQUEST = document(
    "CatalogueRequest", RECEIVER, PROVIDER, SELLER, CONTRACTOR, RELATED.replace("Related", "Requested"), CONTRACT,
    REQUESTED, f"<cac:CatalogueRequestLine><cbc:ID>1</cbc:ID>{WANTED}</cac:CatalogueRequestLine>",
)  # fmt: skip
GOOD = {
    "catalogue": CATALOGUE,
    "specifications": SPECIFICATIONS,
    "prices": PRICES,
    "deletion": DELETION,
    "request": REQUEST,
}


def fatal(text: str) -> list[str]:
    return fatal_rules(text.encode())


def with_one(good: str, old: str, new: str) -> str:
    assert old in good
    return good.replace(old, new, 1)


@pytest.mark.parametrize("name", GOOD)
def test_the_documents_the_tests_begin_with_break_no_rule_at_all(name: str) -> None:
    assert validate(GOOD[name].encode()).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "rule_id"),
    [
        ("<cbc:ID>BRØD<", "<cbc:ID><", "F-CAT002"),
        (VERSION, "", "F-CAT003"),
        (VERSION, f"{VERSION}<cbc:LineCountNumeric>2</cbc:LineCountNumeric>", "F-CAT004"),
        (VALIDITY, "", "F-CAT005"),
        (VALIDITY, VALIDITY * 2, "F-CAT005"),
        (SELLER, "", "F-CAT006"),
        ("regionen", "kantinen", "F-CAT007"),
        (CONTRACT, CONTRACT * 2, "F-CAT008"),
        ("<cbc:ID>AFT-9<", "<cbc:ID><", "F-CAT020"),
        ("<cbc:URI>https://aftale.example/9</cbc:URI>", "", "F-LIB096"),
        (LEGAL, "", "F-CAT041"),
        ("5790001112223", "", "F-CAT050"),
    ],
)
def test_a_catalogue_header(old: str, new: str, rule_id: str) -> None:
    assert rule_id in fatal(with_one(CATALOGUE, old, new))


@pytest.mark.parametrize(
    ("old", "new", "rule_id"),
    [
        ("<cbc:ID>2<", "<cbc:ID>1<", "F-CAT248"),
        (">Add<", ">Replace<", "F-CAT111"),
        ("<cbc:OrderableUnit>EA</cbc:OrderableUnit>", "", "F-CAT115"),
        (">EA</cbc:OrderableUnit>", ">E</cbc:OrderableUnit>", "F-CAT107"),
        ('<cbc:ContentUnitQuantity unitCode="EA">1</cbc:ContentUnitQuantity>', "", "F-CAT108"),
        ('<cbc:ContentUnitQuantity unitCode="EA">', '<cbc:ContentUnitQuantity unitCode="H87">', "F-LIB318"),
        ("<cbc:MinimumOrderQuantity>2<", "<cbc:MinimumOrderQuantity>0<", "F-LIB019"),
        (SELLERS_ID, "", "F-CAT223"),
        (CLASSIFICATION, "", "F-CAT230"),
        ('listID="UNSPSC"', 'listID="CPV"', "F-CAT232"),
        ('listAgencyID="113"', 'listAgencyID="9"', "F-CAT233"),
        (CLASSIFICATION, f"{CLASSIFICATION}<cac:ClassifiedTaxCategory>{VAT}</cac:ClassifiedTaxCategory>", "F-CAT234"),
        ("<cbc:Value>Rug</cbc:Value>", "<cbc:Value/>", "F-CAT236"),
    ],
)
def test_a_catalogue_line(old: str, new: str, rule_id: str) -> None:
    assert fatal(with_one(CATALOGUE, old, new)) == [rule_id]


@pytest.mark.parametrize(
    ("old", "new", "rule_id"),
    [
        ("18.00", "18.0", "F-CAT202"),
        ("18.00", "18", "F-CAT202"),
        ("18.00", "-18.00", "F-CAT203"),
        (ALLOWANCE, VALIDITY * 2 + ALLOWANCE, "F-CAT207"),
        ('<cbc:Amount currencyID="DKK">2.00', '<cbc:Amount currencyID="DKK">3.01', "F-LIB228"),
        (f"<cac:TaxCategory>{VAT}</cac:TaxCategory>", "", "F-LIB226"),
        ("<cbc:OrderableUnitFactorRate>1<", "<cbc:OrderableUnitFactorRate>0<", "F-LIB019"),
        ('currencyID="DKK"', 'currencyID="DKR"', "F-LIB403"),
    ],
)
def test_a_price_in_a_catalogue(old: str, new: str, rule_id: str) -> None:
    assert fatal(with_one(CATALOGUE, old, new)) == [rule_id]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PRICE, ""),
        (BRACKET, ""),
        ("18.00", "18.0050"),
        ("18.00", "0.00"),
        ("grossisten", "bageriet"),
        (CONTRACTOR, ""),
        (CLASSIFICATION, CLASSIFICATION * 2),
        (CLASSIFICATION, "<cac:OriginCountry><cbc:Name>Danmark</cbc:Name></cac:OriginCountry>" + CLASSIFICATION),
        ("<cbc:OrderableIndicator>true</cbc:OrderableIndicator>\n  <cbc:OrderableUnit>EA</cbc:OrderableUnit>",
         "<cbc:OrderableIndicator>false</cbc:OrderableIndicator>"),
    ],
    ids=["line-without-price", "line-without-bracket", "four-decimals", "free-of-charge", "seller-is-provider",
         "no-contractor", "two-classifications", "origin-country", "not-orderable"],
)  # fmt: skip
def test_what_a_catalogue_may_do(old: str, new: str) -> None:
    assert fatal(with_one(CATALOGUE, old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "rule_ids"),
    [
        (SELLER, "", ["F-CPU005"]),
        ("<cbc:ID>BRØD</cbc:ID></cac:Rel", "<cbc:ID/></cac:Rel", []),
        ("<cbc:ID>2<", "<cbc:ID>1<", ["F-CPU111"]),
        (BRACKET, "", ["F-CPU208"]),
        ('<cbc:BaseQuantity unitCode="EA">', "<cbc:BaseQuantity>", ["F-LIB007", "F-LIB318"]),
        (PRICE, "", ["F-CPU209"]),
        ('<cbc:BaseQuantity unitCode="EA">1</cbc:BaseQuantity>', "", ["F-CPU210"]),
        ("<cbc:OrderableUnitFactorRate>1</cbc:OrderableUnitFactorRate>", "", ["F-CPU211"]),
        ("18.00", "18.0", ["F-CPU202"]),
        (VALIDITY, "", []),
    ],
)
def test_an_update_of_prices(old: str, new: str, rule_ids: list[str]) -> None:
    assert fatal(with_one(PRICES, old, new)) == rule_ids


@pytest.mark.parametrize(
    ("old", "new", "rule_ids"),
    [
        (VERSION, "", ["F-CIU003"]),
        (VALIDITY, VALIDITY * 2, ["F-CIU007"]),
        ("<cbc:ID>BRØD</cbc:ID></cac:Rel", "<cbc:ID/></cac:Rel", ["F-CIU242"]),
        ("<cbc:ID>2<", "<cbc:ID>1<", ["F-CIU111"]),
        ("<cbc:Name>Rugbrød</cbc:Name>", "", ["F-CIU221"]),
        (CODE, "", ["F-CIU231", "F-CIU232", "F-CIU233"]),
        ("regionen", "kantinen", ["F-CIU006"]),
    ],
)
def test_an_update_of_specifications(old: str, new: str, rule_ids: list[str]) -> None:
    assert fatal(with_one(SPECIFICATIONS, old, new)) == rule_ids


@pytest.mark.parametrize(
    ("good", "old", "new", "rule_ids"),
    [
        (DELETION, "grossisten", "bageriet", ["F-CDE003"]),
        (DELETION, "regionen", "kantinen", ["F-CDE004"]),
        (DELETION, CONTRACT, CONTRACT * 2, ["F-CDE005"]),
        (DELETION, "<cbc:ID>BRØD</cbc:ID></cac:Del", "<cbc:ID/></cac:Del", []),
        (DELETION, LEGAL, "", ["F-CDE041"]),
        (REQUEST, LEGAL, "", []),
        (REQUEST, "grossisten", "bageriet", ["F-CRQ006"]),
        (REQUEST, "<cbc:ID>BRØD</cbc:ID></cac:Req", "<cbc:ID/></cac:Req", ["F-CRQ025"]),
        (REQUEST, REQUESTED, REQUESTED * 2, ["F-CRQ010"]),
        (REQUEST, "<cbc:ID>UNSPSC</cbc:ID>", "<cbc:ID/>", ["F-CRQ026"]),
        (REQUEST, WANTED, f"{BRACKET}{WANTED}", ["F-CRQ029"]),
        (REQUEST, WANTED, ITEM, ["F-CRQ043", "F-CRQ047"]),
        (REQUEST, "<cbc:Name>Rugbrød<", "<cbc:PackSizeNumeric>2</cbc:PackSizeNumeric><cbc:Name>Rugbrød<", ["F-CRQ033"]),
    ],
)  # fmt: skip
def test_a_deletion_and_a_request(good: str, old: str, new: str, rule_ids: list[str]) -> None:
    assert fatal(with_one(good, old, new)) == rule_ids


def test_a_line_id_used_twice_is_told_for_both_lines() -> None:
    findings = validate(with_one(CATALOGUE, "<cbc:ID>2<", "<cbc:ID>1<").encode()).findings

    assert [(finding.rule_id, finding.xpath) for finding in findings] == [
        ("F-CAT248", "/Catalogue/cac:CatalogueLine[1]"),
        ("F-CAT248", "/Catalogue/cac:CatalogueLine[2]"),
    ]
    assert findings[0].message_da == "To linjer har samme ID. (1)"
