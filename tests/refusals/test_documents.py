"""What is no document of ours is turned away, with the element at fault, the rule and what to do about it."""

import pytest

from app import dialects
from app.kit.errors import Fault, Invalid
from app.oioubl.header import ForeignCustomization
from app.oioubl.limits import NotXml
from app.oioubl.reading import UnreadableDocument
from app.oioubl.ubl import parse
from tests.samples import sample

PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"


def refusal(document: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        dialects.read(parse(document))
    return caught.value


def only_fault(document: bytes) -> Fault:
    refused = refusal(document)
    assert len(refused.faults) == 1, refused.faults
    return refused.faults[0]


@pytest.mark.parametrize("document", [b"", b"   ", b"{}", b"Faktura", b"\x00\x01\x02", b"\x1f\x8b\x08\x00gzip"])
def test_a_body_that_is_no_xml_is_refused(document: bytes) -> None:
    assert isinstance(refusal(document), NotXml)


def test_a_truncated_document_is_refused_with_the_line_it_breaks_off_at() -> None:
    whole = sample("order")

    refused = refusal(whole[: len(whole) // 2])

    assert isinstance(refused, NotXml)
    assert refused.line is not None


def test_a_nul_character_is_refused() -> None:
    assert isinstance(refusal(sample("order", ("indgang B", "indgang \x00"))), NotXml)


def test_a_reference_to_a_control_character_is_refused() -> None:
    assert isinstance(refusal(sample("order", ("indgang B", "indgang &#1;"))), NotXml)


def test_a_doctype_is_refused() -> None:
    refused = refusal(sample("order", ("<Order ", "<!DOCTYPE Order><Order ")))

    assert isinstance(refused, NotXml)
    assert "DOCTYPE" in refused.message


def test_an_external_entity_is_refused_and_not_read() -> None:
    doctype = '<!DOCTYPE Order [<!ENTITY secret SYSTEM "file:///etc/passwd">]><Order '

    refused = refusal(sample("order", ("<Order ", doctype), ("indgang B", "&secret;")))

    assert isinstance(refused, NotXml)
    assert "root:" not in refused.message


def test_another_root_is_refused_and_the_known_ones_are_named() -> None:
    refused = refusal(b"<Basket/>")

    assert "Basket" in refused.message
    assert "OrderResponseSimple" in refused.message
    assert refused.faults[0].xpath == "/Basket"


def test_the_right_root_in_another_namespace_is_refused() -> None:
    refused = refusal(sample("order", ("schema:xsd:Order-2", "schema:xsd:Order-1")))

    assert refused.code == "unknown_dialect"
    assert "Order-1" in refused.message


def test_a_document_type_that_is_not_exchanged_is_refused() -> None:
    statement = b'<Statement xmlns="urn:oasis:names:specification:ubl:schema:xsd:Statement-2"/>'

    assert refusal(statement).code == "unknown_dialect"


@pytest.mark.parametrize("customization", [PEPPOL, "OIOUBL-3.0", "oioubl-2.1", ""])
def test_a_foreign_customization_is_refused_by_name(customization: str) -> None:
    refused = refusal(sample("invoice", (">OIOUBL-2.1<", f">{customization}<")))

    assert isinstance(refused, ForeignCustomization)
    assert (customization or "missing") in refused.message
    assert refused.faults[0].rule_id == "F-LIB002"
    assert refused.faults[0].xpath == "/Invoice/cbc:CustomizationID"
    assert "OIOUBL-2.02" in refused.message


def test_a_document_without_customization_is_refused_at_its_root() -> None:
    refused = refusal(sample("invoice", ("<cbc:CustomizationID>OIOUBL-2.1</cbc:CustomizationID>", "")))

    assert isinstance(refused, ForeignCustomization)
    assert refused.faults[0].xpath == "/Invoice"


def test_a_foreign_profile_is_refused_by_name() -> None:
    fault = only_fault(sample("order", ("Procurement-OrdAdv-BilSim-1.0", "urn:fdc:peppol.eu:poacc:bis:ordering:3")))

    assert fault.xpath == "/Order/cbc:ProfileID"
    assert fault.rule_id == "F-LIB004"
    assert "peppol" in fault.message
    assert "Procurement-OrdAdv-BilSim-1.0" in fault.message


@pytest.mark.parametrize(
    ("name", "old", "new", "xpath", "rule_id"),
    [
        (
            "invoice",
            '<cbc:PayableAmount currencyID="DKK"',
            '<cbc:PayableAmount currencyID="EUR"',
            "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount",
            "F-INV014",
        ),
        (
            "invoice",
            '<cbc:LineExtensionAmount currencyID="DKK">640.00',
            '<cbc:LineExtensionAmount currencyID="EUR">640.00',
            "/Invoice/cac:InvoiceLine[2]/cbc:LineExtensionAmount",
            "F-INV012",
        ),
        (
            "credit-note",
            '<cbc:PayableAmount currencyID="DKK"',
            '<cbc:PayableAmount currencyID="SEK"',
            "/CreditNote/cac:LegalMonetaryTotal/cbc:PayableAmount",
            "F-CRN009",
        ),
        (
            "order",
            '<cbc:TaxExclusiveAmount currencyID="DKK"',
            '<cbc:TaxExclusiveAmount currencyID="EUR"',
            "/Order/cac:AnticipatedMonetaryTotal/cbc:TaxExclusiveAmount",
            None,
        ),
    ],
)
def test_a_second_currency_is_refused(name: str, old: str, new: str, xpath: str, rule_id: str | None) -> None:
    fault = only_fault(sample(name, (old, new)))

    assert (fault.xpath, fault.rule_id) == (xpath, rule_id)
    assert "DKK" in fault.message


def test_an_amount_without_currency_is_refused() -> None:
    fault = only_fault(sample("order", ('<cbc:PayableAmount currencyID="DKK"', "<cbc:PayableAmount")))

    assert fault.rule_id == "F-LIB403"


@pytest.mark.parametrize("text", ["ti", "10,00", "1e3", "1.000.00", "NaN", "INF", "+-5", "٣", "0x10", "1 000"])
def test_text_in_a_number_is_refused(text: str) -> None:
    fault = only_fault(sample("order", (">10.00</cbc:Quantity>", f">{text}</cbc:Quantity>")))

    assert fault.xpath == "/Order/cac:OrderLine[1]/cac:LineItem/cbc:Quantity"
    assert "decimal number" in fault.message
    assert fault.message_da is not None
    assert "decimaltal" in fault.message_da


def test_a_number_of_more_digits_than_can_be_exact_is_refused() -> None:
    fault = only_fault(sample("order", (">10.00</cbc:Quantity>", f">{'9' * 29}</cbc:Quantity>")))

    assert "28 digits" in fault.message


@pytest.mark.parametrize(
    ("name", "quantity", "rule_id"),
    [
        ("order", '<cbc:Quantity unitCode="BX">10.00', "F-ORD135"),
        ("order-response", '<cbc:Quantity unitCode="BX">10.00', "F-ORE087"),
        ("invoice", '<cbc:InvoicedQuantity unitCode="BX">10.00', "F-INV147"),
        ("credit-note", '<cbc:CreditedQuantity unitCode="BX">2.00', "F-CRN088"),
    ],
)
def test_a_quantity_of_zero_is_refused(name: str, quantity: str, rule_id: str) -> None:
    refused = refusal(sample(name, (quantity, quantity.rpartition(">")[0] + ">0.00")))

    fault = refused.faults[0]
    assert fault.rule_id == rule_id
    assert fault.xpath is not None
    assert fault.xpath.endswith("Quantity")


@pytest.mark.parametrize("base", ["0", "-1"])
def test_a_base_quantity_that_is_not_above_zero_is_refused(base: str) -> None:
    refused = refusal(
        sample("order", ('<cbc:BaseQuantity unitCode="BX">1.00', f'<cbc:BaseQuantity unitCode="BX">{base}'))
    )

    assert refused.faults[0].rule_id == "F-LIB019"
    assert refused.faults[0].xpath == "/Order/cac:OrderLine[1]/cac:LineItem/cac:Price/cbc:BaseQuantity"


def test_a_quantity_without_unit_is_refused() -> None:
    fault = only_fault(sample("order", ('<cbc:Quantity unitCode="BX">10.00', "<cbc:Quantity>10.00")))

    assert fault.rule_id == "F-LIB007"


@pytest.mark.parametrize(
    ("name", "element", "xpath", "rule_id"),
    [
        ("order", "<cbc:ID>SG-2026-00117</cbc:ID>", "/Order", "F-ORD007"),
        ("order", "<cbc:IssueDate>2026-11-02</cbc:IssueDate>", "/Order", None),
        ("invoice", "<cbc:DocumentCurrencyCode>DKK</cbc:DocumentCurrencyCode>", "/Invoice", "F-INV007"),
        ("order-response-simple", "<cbc:AcceptedIndicator>true</cbc:AcceptedIndicator>", "/OrderResponseSimple", None),
        (
            "catalogue",
            "<cbc:ID>3</cbc:ID>",
            "/Catalogue/cac:CatalogueLine[3]",
            "F-CAT100",
        ),
        (
            "application-response",
            "<cbc:ReferenceID>1</cbc:ReferenceID>",
            "/ApplicationResponse/cac:DocumentResponse/cac:Response",
            "F-APR016",
        ),
    ],
)
def test_a_missing_element_is_refused_where_it_is_missing(
    name: str, element: str, xpath: str, rule_id: str | None
) -> None:
    fault = only_fault(sample(name, (element, "")))

    assert (fault.xpath, fault.rule_id) == (xpath, rule_id)
    assert fault.line is not None


def test_a_no_without_a_reason_is_refused() -> None:
    fault = only_fault(sample("order-response-simple", (">true<", ">false<")))

    assert fault.rule_id == "F-ORS007"
    assert "RejectionNote" in fault.message


def test_all_faults_are_told_at_once_and_each_once() -> None:
    document = sample(
        "invoice",
        (">10.00</cbc:InvoicedQuantity>", ">ti</cbc:InvoicedQuantity>"),
        ("<cbc:DocumentCurrencyCode>DKK", "<cbc:DocumentCurrencyCode>kroner"),
        ("<cbc:IssueDate>2026-11-18", "<cbc:IssueDate>18-11-2026"),
    )

    refused = refusal(document)

    assert isinstance(refused, UnreadableDocument)
    assert [fault.xpath for fault in refused.faults] == [
        "/Invoice/cbc:DocumentCurrencyCode",
        "/Invoice/cbc:IssueDate",
        "/Invoice/cac:InvoiceLine[1]/cbc:InvoicedQuantity",
    ]
    assert "3 faults" in refused.message


def test_a_uuid_of_another_length_is_refused() -> None:
    fault = only_fault(sample("order", ("0c6d0c7e-5a59-4c0f-9a6e-3f3f7f4f1a02", "0c6d0c7e")))

    assert (fault.xpath, fault.rule_id) == ("/Order/cbc:UUID", "F-LIB006")


def test_a_text_longer_than_is_kept_is_refused_and_not_cut() -> None:
    fault = only_fault(sample("order", ("Kontorlager efterår", "x" * 4001)))

    assert fault.xpath == "/Order/cbc:CustomerReference"
    assert "4000" in fault.message
