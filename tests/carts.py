"""Carts in XML, as shops write them: a cXML message and a Peppol catalogue, each with a line to put into it."""

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
