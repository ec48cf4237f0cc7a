"""The places where OIOUBL surprises whoever writes it, one test each."""

from decimal import Decimal

import pytest

from app import dialects
from app.documents.amounts import TaxCategory
from app.documents.order import Order
from app.documents.values import Identifier
from app.kit.money import Quantity
from app.oioubl.invoice import read_invoice, write_invoice
from app.oioubl.order import read_order, write_order
from app.oioubl.profiles import list_of
from app.oioubl.ubl import parse
from app.oioubl.writing import UnwritableDocument
from tests.golden import documents


def written(order: Order) -> str:
    return write_order(order).decode()


def test_a_price_may_be_in_another_currency_when_the_rate_makes_it_the_documents() -> None:
    credit = read_invoice(parse(write_invoice(documents.CREDIT_NOTE)))

    assert credit.document_currency_code == "DKK"
    assert credit.lines[0].price is not None
    assert credit.lines[0].price.currency == "EUR"


def test_quantities_have_two_decimals_at_least_and_no_exponent() -> None:
    line = documents.ORDER.lines[0].but(price=None, quantity=Quantity(Decimal("1E+3"), "EA"))

    assert '<cbc:Quantity unitCode="EA">1000.00</cbc:Quantity>' in written(documents.ORDER.but(lines=(line,)))


def test_a_price_in_an_order_has_two_to_four_decimals() -> None:
    line = documents.ORDER.lines[0]
    short, long = line.price.but(price_amount=Decimal("2.5")), line.price.but(price_amount=Decimal("2.50001"))

    assert ">2.50</cbc:PriceAmount>" in written(documents.ORDER.but(lines=(line.but(price=short),)))
    with pytest.raises(UnwritableDocument) as caught:
        write_order(documents.ORDER.but(lines=(line.but(price=long),)))
    assert caught.value.faults[0].rule_id == "F-ORD170"


def test_a_price_in_an_invoice_keeps_all_its_decimals() -> None:
    price = documents.PRICE.but(price_amount=Decimal("2.500012"))
    invoice = documents.INVOICE.but(lines=(documents.INVOICE_LINE.but(price=price),))

    assert ">2.500012</cbc:PriceAmount>" in write_invoice(invoice).decode()


def test_a_total_with_more_than_two_decimals_is_refused_and_not_rounded() -> None:
    total = documents.TOTAL.but(payable_amount=Decimal("192.505"))

    with pytest.raises(UnwritableDocument) as caught:
        write_order(documents.ORDER.but(anticipated_total=total))

    fault = caught.value.faults[0]
    assert (fault.rule_id, fault.xpath) == ("F-LIB014", "/Order/cac:AnticipatedMonetaryTotal/cbc:PayableAmount")
    assert "192.505" in fault.message


def test_nothing_is_written_as_minus_zero() -> None:
    total = documents.TOTAL.but(tax_exclusive_amount=Decimal("-0.00"))

    assert 'TaxExclusiveAmount currencyID="DKK">0.00<' in written(documents.ORDER.but(anticipated_total=total))


def test_a_cvr_number_is_written_with_its_country() -> None:
    bare = documents.SUPPLIER.but(endpoint_id=Identifier(value="41873000", scheme_id="DK:CVR"))

    assert ">DK41873000</cbc:EndpointID>" in written(documents.ORDER.but(supplier=bare))


@pytest.mark.parametrize("name", ["ACK\x06", "ESC\x1b", "\ufffe", "half \ud800"])
def test_a_character_xml_cannot_carry_is_refused_by_its_number(name: str) -> None:
    item = documents.ITEM.model_copy(update={"name": name})
    line = documents.ORDER.lines[0].model_copy(update={"item": item})

    with pytest.raises(UnwritableDocument) as caught:
        write_order(documents.ORDER.but(lines=(line,)))

    fault = caught.value.faults[0]
    assert fault.xpath == "/Order/cac:OrderLine/cac:LineItem/cac:Item/cbc:Name"
    assert f"U+{ord(name[-1]):04X}" in fault.message


def test_line_breaks_inside_a_note_survive() -> None:
    order = documents.ORDER.but(notes=("Første linje\nAnden\tlinje",))

    assert read_order(parse(write_order(order))).notes == order.notes


def test_an_order_names_the_buyer_first_and_an_answer_the_seller() -> None:
    order, answer = written(documents.ORDER), dialects.write(documents.ORDER_RESPONSE_SIMPLE).decode()

    assert order.index("<cac:BuyerCustomerParty>") < order.index("<cac:SellerSupplierParty>")
    assert answer.index("<cac:SellerSupplierParty>") < answer.index("<cac:BuyerCustomerParty>")


def test_a_credit_line_has_its_taxes_before_its_charges_and_an_invoice_line_after() -> None:
    line = documents.INVOICE_LINE.but(allowance_charges=(documents.FREIGHT,))
    invoice = write_invoice(documents.INVOICE.but(lines=(line,))).decode().partition("<cac:InvoiceLine>")[2]
    credit_lines = (line.but(price=documents.CREDIT_NOTE.lines[0].price),)
    credit = write_invoice(documents.CREDIT_NOTE.but(lines=credit_lines)).decode().partition("<cac:CreditNoteLine>")[2]

    assert invoice.index("<cac:AllowanceCharge>") < invoice.index("<cac:TaxTotal>")
    assert credit.index("<cac:TaxTotal>") < credit.index("<cac:AllowanceCharge>")


def test_a_known_reference_is_written_without_a_document_type() -> None:
    reference = documents.REFERENCE.but(document_type_code="Order")

    assert "DocumentTypeCode" not in write_invoice(documents.INVOICE.but(contract_references=(reference,))).decode()


def test_payment_terms_name_the_whole_payable_amount() -> None:
    terms = write_invoice(documents.INVOICE).decode().partition("<cac:PaymentTerms>")[2]

    assert '<cbc:Amount currencyID="DKK">192.50</cbc:Amount>' in terms.partition("</cac:PaymentTerms>")[0]


@pytest.mark.parametrize(("category", "list_id"), [("StandardRated", "taxcategoryid-1.1"), ("K", "taxcategoryid-1.4")])
def test_a_tax_category_is_written_with_a_list_that_holds_it(category: str, list_id: str) -> None:
    item = documents.ITEM.but(tax_category=TaxCategory(id=category, percent=Decimal(0)))
    order = documents.ORDER.but(lines=(documents.ORDER.lines[0].but(item=item),))

    assert f'schemeID="urn:oioubl:id:{list_id}" schemeAgencyID="320">{category}<' in written(order)


@pytest.mark.parametrize(
    ("profile_id", "list_id"),
    [
        ("Procurement-OrdAdv-BilSim-1.0", "profileid-1.1"),
        ("urn:www.nesubl.eu:profiles:profile5:ver2.0", "profileid-1.2"),
        ("Reference-Utility-1.0", "profileid-1.3"),
        ("Procurement-OrdSim-1.0", "profileid-1.4"),
        ("Procurement-OrdRes-1.0", "profileid-1.5"),
        ("Procurement-BilSimReminderOnly-1.0", "profileid-1.6"),
    ],
)
def test_a_profile_is_written_with_the_oldest_list_that_names_it(profile_id: str, list_id: str) -> None:
    assert list_of(profile_id) == list_id
