"""The places where OIOUBL surprises whoever reads it, one test each."""

from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from app import dialects
from app.documents.invoice import Invoice
from app.documents.order import Order
from app.documents.values import Identifier
from app.kit.errors import Fault
from app.kit.money import Quantity
from app.oioubl.application_response import read_application_response
from app.oioubl.catalogue import read_catalogue, read_catalogue_head, read_catalogue_line
from app.oioubl.invoice import read_invoice, write_invoice
from app.oioubl.order import read_order, write_order
from app.oioubl.order_response import read_order_response
from app.oioubl.profiles import PROFILES, profile_allows
from app.oioubl.reading import UnreadableDocument
from app.oioubl.ubl import CAC, SCHEMAS, parse
from tests.golden import documents
from tests.samples import sample


def faults_in(document: bytes) -> tuple[Fault, ...]:
    with pytest.raises(UnreadableDocument) as caught:
        dialects.read(parse(document))
    return caught.value.faults


def rules_broken(document: bytes) -> set[str | None]:
    return {fault.rule_id for fault in faults_in(document)}


def an_order(*changes: tuple[str, str]) -> Order:
    return read_order(parse(sample("order", *changes)))


def an_invoice(*changes: tuple[str, str]) -> Invoice:
    return read_invoice(parse(sample("invoice", *changes)))


def test_tax_exclusive_amount_is_the_tax_and_the_net_is_computed() -> None:
    total = an_invoice().total

    assert total.tax_exclusive_amount == Decimal("623.75")
    assert total.net_amount == Decimal("2495.00")


def test_the_net_as_tax_exclusive_amount_is_refused() -> None:
    broken = rules_broken(
        sample(
            "invoice",
            ('<cbc:TaxExclusiveAmount currencyID="DKK">623.75', '<cbc:TaxExclusiveAmount currencyID="DKK">2495.00'),
        )
    )

    assert broken == {"F-INV127"}


def test_header_sums_hold_to_the_oere() -> None:
    faults = faults_in(sample("invoice", (">3118.75</cbc:PayableAmount>", ">3118.76</cbc:PayableAmount>")))

    assert [(fault.rule_id, fault.xpath) for fault in faults] == [
        ("F-INV133", "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount")
    ]
    assert "3118.76" in faults[0].message
    assert "3118.75" in faults[0].message


@pytest.mark.parametrize(("stated", "broken"), [("1426.00", False), ("1424.00", False), ("1426.01", True)])
def test_a_line_may_be_one_krone_from_price_times_quantity_and_no_more(*, stated: str, broken: bool) -> None:
    document = sample(
        "invoice",
        ('<cbc:LineExtensionAmount currencyID="DKK">1425.00', f'<cbc:LineExtensionAmount currencyID="DKK">{stated}'),
    )

    assert ("F-INV340" in rules_broken(document)) is broken


def test_an_order_whose_lines_do_not_make_its_sum_is_refused_though_the_official_rules_let_it_pass() -> None:
    more = (
        ('LineExtensionAmount currencyID="DKK">2495.00', 'LineExtensionAmount currencyID="DKK">3495.00'),
        (">3118.75<", ">4118.75<"),
    )

    faults = faults_in(sample("order", *more))

    assert [fault.rule_id for fault in faults] == ["F-ORD116"]
    assert faults[0].xpath == "/Order/cac:AnticipatedMonetaryTotal/cbc:LineExtensionAmount"


def test_the_factor_counts_where_the_units_differ_and_the_base_quantity_does_not() -> None:
    line = an_order().lines[1]

    assert line.price is not None
    assert line.price.base_quantity == Quantity(Decimal(1), "EA")
    assert line.quantity.unit_code == "BX"
    assert line.line_extension_amount == Decimal("640.00")  # 4 boxes x 3.20 a piece x 50


def test_an_order_response_leaves_the_base_quantity_out_of_account() -> None:
    per_ten = ((">21.50</cbc:PriceAmount>", ">215.00</cbc:PriceAmount>"), ('unitCode="EA">1.00', 'unitCode="EA">10.00'))

    faults = faults_in(sample("order-response", *per_ten))

    assert [(fault.rule_id, fault.xpath) for fault in faults] == [
        ("F-ORE090", "/OrderResponse/cac:OrderLine[3]/cac:LineItem/cbc:LineExtensionAmount")
    ]


def test_a_line_free_of_charge_stays_out_of_an_invoices_sum() -> None:
    free = documents.INVOICE_LINE.but(line_id="2", free_of_charge=True)
    invoice = documents.INVOICE.but(lines=(documents.INVOICE_LINE, free))

    assert read_invoice(parse(write_invoice(invoice))) == invoice


def test_an_empty_element_is_as_if_it_were_missing() -> None:
    changes = [
        ("<cbc:VersionID>1</cbc:VersionID>", "<cbc:VersionID>1</cbc:VersionID><cbc:PreviousVersionID/>"),
        ("<cac:ReferencedContract>\n    <cbc:ID>KONTOR-2026-01</cbc:ID>", "<cac:ReferencedContract>\n    "),
    ]

    catalogue = read_catalogue(parse(sample("catalogue", *changes)))

    assert catalogue.previous_version_id is None
    assert catalogue.contract_id is None


def test_white_space_around_values_is_no_part_of_them() -> None:
    order = an_order(
        (">SG-2026-00117<", ">\n   SG-2026-00117\u00a0 <"), (">10.00</cbc:Quantity>", "> 10.00\n</cbc:Quantity>")
    )

    assert order.number == "SG-2026-00117"
    assert order.lines[0].quantity.value == 10


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_order(parse(b"\xef\xbb\xbf" + sample("order"))) == an_order()


def test_a_date_with_a_time_zone_is_that_day() -> None:
    assert an_order(("<cbc:IssueDate>2026-11-02", "<cbc:IssueDate>2026-11-02+01:00")).issue_date == date(2026, 11, 2)


@pytest.mark.parametrize("customization", ["OIOUBL-2.01", "OIOUBL-2.02"])
def test_older_oioubl_is_read_and_written_as_the_current(customization: str) -> None:
    order = an_order((">OIOUBL-2.1<", f">{customization}<"))

    assert order.customization_id == customization
    assert "<cbc:CustomizationID>OIOUBL-2.1</cbc:CustomizationID>" in write_order(order).decode()


def test_what_is_valid_and_unknown_to_us_is_passed_over() -> None:
    invoice = an_invoice(
        ("<cbc:DocumentCurrencyCode>", "<cbc:LineCountNumeric>3</cbc:LineCountNumeric><cbc:DocumentCurrencyCode>")
    )

    assert invoice == an_invoice()


def test_an_order_without_a_currency_code_is_in_the_currency_of_its_amounts() -> None:
    order = an_order(("<cbc:DocumentCurrencyCode>DKK</cbc:DocumentCurrencyCode>", ""))

    assert order.document_currency_code == "DKK"


def test_an_order_line_without_a_price_is_a_pool_of_money() -> None:
    line = documents.ORDER.lines[0].but(price=None)
    order = documents.ORDER.but(lines=(line,))

    assert read_order(parse(write_order(order))).lines[0].price is None


def test_a_text_orders_item_number_is_none_at_all() -> None:
    order = read_order(parse(sample("order-text")))

    assert order.lines[0].item.sellers_item_id == Identifier(value="n/a", scheme_id="n/a")
    assert order.lines[0].item.sellers_number is None


def test_a_catalogue_line_without_a_price_is_read() -> None:
    line = read_catalogue(parse(sample("catalogue"))).lines[5]

    assert [bracket.price for bracket in line.brackets] == [None]


def test_a_catalogue_price_says_its_own_currency() -> None:
    line = read_catalogue(parse(sample("catalogue"))).lines[0]

    assert line.brackets[0].price is not None
    assert line.brackets[0].price.currency == "DKK"


def test_head_and_lines_of_a_catalogue_read_apart_make_the_whole() -> None:
    root = parse(sample("catalogue"))
    lines = tuple(read_catalogue_line(element) for element in root.iter(f"{{{CAC}}}CatalogueLine"))

    assert read_catalogue_head(root).model_copy(update={"lines": lines}) == read_catalogue(root)


def test_the_accounting_code_stands_in_for_the_accounting_text() -> None:
    text = "<cbc:AccountingCost>2110-44-0300</cbc:AccountingCost>"

    assert an_order((text, "<cbc:AccountingCostCode>2110</cbc:AccountingCostCode>")).accounting_cost == "2110"


def test_a_note_on_an_order_line_and_on_its_item_are_read_alike() -> None:
    order = an_order(
        ("<cac:OrderLine>\n    <cac:LineItem>", "<cac:OrderLine><cbc:Note>Haster</cbc:Note><cac:LineItem>")
    )

    assert order.lines[0].notes == ("Haster",)


def test_an_answer_about_a_catalogue_names_its_version() -> None:
    answer = read_application_response(parse(sample("application-response")))

    assert (answer.document.document_type_code, answer.document.version_id) == ("Catalogue", "1")


def test_a_rejected_line_of_an_answer_needs_no_quantity() -> None:
    document = sample("order-response", ('        <cbc:Quantity unitCode="BX">10.00</cbc:Quantity>\n'.strip(), ""))

    assert read_order_response(parse(document)).lines[0].line.quantity is None


@pytest.mark.parametrize(
    ("profile_id", "document_type", "allowed"),
    [
        ("Procurement-OrdSim-BilSim-1.0", "Order", True),
        ("Procurement-OrdSim-BilSim-1.0", "OrderChange", False),
        ("Procurement-OrdSim-BilSim-1.0", "OrderResponseSimple", False),
        ("Procurement-OrdSimR-BilSim-1.0", "OrderResponseSimple", True),
        ("Procurement-OrdAdv-BilSim-1.0", "OrderCancellation", True),
        ("Procurement-OrdSel-BilSim-1.0", "Order", False),
        ("Catalogue-CatExt-1.0", "CataloguePricingUpdate", True),
        ("Catalogue-CatBas-1.0", "CataloguePricingUpdate", False),
        ("Procurement-BilSim-1.0", "Invoice", True),
        ("no such profile", "Invoice", False),
    ],
)
def test_a_profile_has_the_documents_of_its_process(*, profile_id: str, document_type: str, allowed: bool) -> None:
    assert profile_allows(profile_id, document_type) is allowed


def test_the_profiles_are_those_of_the_code_list_that_the_rules_use() -> None:
    codes = etree.parse(SCHEMAS / "codes" / "profile-1-6.xml").getroot().text or ""

    assert set(PROFILES) == set(codes.split())
