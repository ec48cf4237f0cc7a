"""What the shop sells, and a cart of it written down as OCI, cXML and Peppol write one."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from uuid import uuid4


@dataclass(frozen=True)
class Good:
    """An article: its price is for `price_unit` pieces, its product group a UNSPSC code."""

    number: str
    name: str
    price: str
    price_unit: str = "1"
    unspsc: str = "14111507"


@dataclass(frozen=True)
class Picked:
    """So many pieces of an article; `key` is what the shop called the line before, when it knows it again."""

    good: Good
    quantity: str
    key: str = ""


GOODS = (
    Good("PAPIR-A4", "Kopipapir A4 80 g", "29.50"),
    Good("CLIPS-100", "Papirclips", "12.00", "100", "44122104"),
    Good("GAVE-1", "Gavekurv, stor", "495.00", unspsc="50161815"),
)


def oci_fields(cart: Sequence[Picked]) -> dict[str, str]:
    """Give the form fields of a cart, with a quotation that the order must repeat."""
    fields = {}
    quotation = f"T{uuid4().hex[:8]}"
    for index, picked in enumerate(cart, start=1):
        values = {
            "DESCRIPTION": picked.good.name,
            "VENDORMAT": picked.good.number,
            "QUANTITY": f"{picked.quantity}.000",
            "UNIT": "PCE",
            "PRICE": picked.good.price,
            "PRICEUNIT": picked.good.price_unit,
            "CURRENCY": "DKK",
            "MATGROUP": picked.good.unspsc,
            "EXT_PRODUCT_ID": picked.good.number,
            "EXT_QUOTE_ID": quotation,
            "EXT_QUOTE_ITEM": str(index),
        }
        fields |= {f"NEW_ITEM-{name}[{index}]": value for name, value in values.items()}
        fields[f"NEW_ITEM-LONGTEXT_{index}:132[]"] = f"{picked.good.name}, fra butikken"
    return fields


def cxml_message(cart: Sequence[Picked], cookie: str) -> str:
    """Give a PunchOutOrderMessage, whose cart may be changed later; each line has the shop's own key."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.040/cXML.dtd">
<cXML payloadID="{uuid4()}@butik" timestamp="2026-03-02T12:00:00+01:00" xml:lang="da"><Header>
<From><Credential domain="NetworkId"><Identity>butik</Identity></Credential></From>
<To><Credential domain="NetworkId"><Identity>institution</Identity></Credential></To>
<Sender><Credential domain="NetworkId"><Identity>butik</Identity></Credential><UserAgent>Butik</UserAgent></Sender>
</Header><Message><PunchOutOrderMessage><BuyerCookie>{escape(cookie)}</BuyerCookie>
<PunchOutOrderMessageHeader operationAllowed="edit"><Total><Money currency="DKK">0.00</Money></Total>
</PunchOutOrderMessageHeader>{"".join(_item_in(picked) for picked in cart)}</PunchOutOrderMessage></Message></cXML>"""


def cxml_unchanged(cookie: str) -> str:
    """Give the message that nothing came of a visit: the cart stays as it was."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<cXML payloadID="{uuid4()}@butik" timestamp="2026-03-02T12:00:00+01:00"><Header/><Message>
<Status code="204" text="No Content"/><PunchOutOrderMessage><BuyerCookie>{escape(cookie)}</BuyerCookie>
<PunchOutOrderMessageHeader operationAllowed="edit"><Total><Money currency="DKK">0.00</Money></Total>
</PunchOutOrderMessageHeader></PunchOutOrderMessage></Message></cXML>"""


def _item_in(picked: Picked) -> str:
    good = picked.good
    return f"""<ItemIn quantity="{picked.quantity}"><ItemID><SupplierPartID>{escape(good.number)}</SupplierPartID>
<SupplierPartAuxiliaryID>{escape(picked.key or str(uuid4()))}</SupplierPartAuxiliaryID></ItemID><ItemDetail>
<UnitPrice><Money currency="DKK">{good.price}</Money></UnitPrice>
<Description xml:lang="da">{escape(good.name)}</Description><UnitOfMeasure>EA</UnitOfMeasure>
<PriceBasisQuantity quantity="{good.price_unit}" conversionFactor="1"><UnitOfMeasure>EA</UnitOfMeasure>
<Description xml:lang="da">stk.</Description></PriceBasisQuantity>
<Classification domain="UNSPSC">{good.unspsc}</Classification></ItemDetail></ItemIn>"""


def peppol_catalogue(cart: Sequence[Picked], buyer_reference: str) -> str:
    """Give a cart as a UBL Catalogue, which binds the shop for a week."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Catalogue xmlns="urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:punch_out:3</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:punch_out:3</cbc:ProfileID>
<cbc:ID>{uuid4().hex[:12]}</cbc:ID><cbc:ActionCode>true</cbc:ActionCode><cbc:IssueDate>2026-03-02</cbc:IssueDate>
<cac:ValidityPeriod><cbc:EndDate>2026-03-09</cbc:EndDate><cbc:EndTime>18:00:00</cbc:EndTime></cac:ValidityPeriod>
<cac:ReceiverParty><cac:Contact><cbc:ID>{escape(buyer_reference)}</cbc:ID></cac:Contact></cac:ReceiverParty>
{"".join(_catalogue_line(number, picked) for number, picked in enumerate(cart, start=1))}</Catalogue>"""


def _catalogue_line(number: int, picked: Picked) -> str:
    good = picked.good
    return f"""<cac:CatalogueLine><cbc:ID>{number}</cbc:ID><cac:RequiredItemLocationQuantity>
<cac:Price><cbc:PriceAmount currencyID="DKK">{good.price}</cbc:PriceAmount>
<cbc:BaseQuantity unitCode="EA">{good.price_unit}</cbc:BaseQuantity></cac:Price>
<cac:DeliveryUnit><cbc:BatchQuantity unitCode="EA">{picked.quantity}</cbc:BatchQuantity></cac:DeliveryUnit>
</cac:RequiredItemLocationQuantity><cac:Item><cbc:Name>{escape(good.name)}</cbc:Name>
<cac:SellersItemIdentification><cbc:ID>{escape(good.number)}</cbc:ID></cac:SellersItemIdentification>
<cac:CommodityClassification><cbc:ItemClassificationCode listID="TST">{good.unspsc}</cbc:ItemClassificationCode>
</cac:CommodityClassification><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item></cac:CatalogueLine>"""
