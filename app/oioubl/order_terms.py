"""What an order and a change of it have in common, in the order that UBL has it in."""

from collections.abc import Callable
from dataclasses import dataclass

from app.documents.amounts import AllowanceCharge, ExchangeRate, MonetaryTotal, TaxTotal
from app.documents.order import Delivery, OrderLine, OrderTerms
from app.documents.party import Party
from app.documents.values import Period
from app.oioubl.amounts import (
    read_accounting_cost,
    read_allowance_charge,
    read_exchange_rate,
    read_monetary_total,
    read_tax_total,
    write_allowance_charge,
    write_exchange_rate,
    write_monetary_total,
    write_tax_total,
)
from app.oioubl.deliveries import read_delivery
from app.oioubl.header import HeaderFields, read_header
from app.oioubl.line_items import order_line_reader, write_order_line
from app.oioubl.parties import read_party, read_wrapped_party, write_wrapped_party
from app.oioubl.reading import Node
from app.oioubl.references import read_contract_id, read_period, write_period
from app.oioubl.writing import Page


@dataclass(frozen=True, slots=True)
class OrderRules:
    """The official rules that say the same of an order and of a change."""

    number: str
    contract_id: str
    buyer: str
    supplier: str
    net_amount: str
    line_id: str
    quantity: str


class OrderTermsFields(HeaderFields):
    """The fields of `documents.OrderTerms`, ready to be passed on."""

    document_currency_code: str
    pricing_currency_code: str | None
    accounting_cost: str | None
    customer_reference: str | None
    validity_period: Period | None
    contract_id: str | None
    buyer: Party
    supplier: Party
    originator: Party | None
    accounting_customer: Party | None
    delivery: Delivery | None
    allowance_charges: tuple[AllowanceCharge, ...]
    pricing_exchange_rate: ExchangeRate | None
    tax_totals: tuple[TaxTotal, ...]
    anticipated_total: MonetaryTotal | None
    lines: tuple[OrderLine, ...]


def read_terms(node: Node, rules: OrderRules) -> OrderTermsFields:
    return OrderTermsFields(
        **read_header(node, rules.number),
        document_currency_code=node.currency or node.needed_currency("DocumentCurrencyCode"),
        pricing_currency_code=node.currency_code("PricingCurrencyCode"),
        accounting_cost=read_accounting_cost(node),
        customer_reference=node.text("CustomerReference"),
        validity_period=node.read("ValidityPeriod", read_period),
        contract_id=read_contract_id(node, rules.contract_id),
        buyer=read_party(node.needed_part("BuyerCustomerParty").needed_part("Party", rules.buyer)),
        supplier=read_party(node.needed_part("SellerSupplierParty").needed_part("Party", rules.supplier)),
        originator=node.read("OriginatorCustomerParty", read_wrapped_party),
        accounting_customer=node.read("AccountingCustomerParty", read_wrapped_party),
        delivery=node.read("Delivery", read_delivery),
        allowance_charges=node.read_all("AllowanceCharge", read_allowance_charge),
        pricing_exchange_rate=node.read("PricingExchangeRate", read_exchange_rate),
        tax_totals=node.read_all("TaxTotal", read_tax_total),
        anticipated_total=node.read(
            "AnticipatedMonetaryTotal", lambda total: read_monetary_total(total, (rules.net_amount, None, None))
        ),
        lines=node.needed_parts("OrderLine", order_line_reader(rules.line_id, rules.quantity)),
    )


def write_terms_head(page: Page, terms: OrderTerms) -> None:
    """Write what comes before the references to other documents."""
    page.text("DocumentCurrencyCode", terms.document_currency_code)
    page.text("PricingCurrencyCode", terms.pricing_currency_code)
    page.text("CustomerReference", terms.customer_reference)
    page.text("AccountingCost", terms.accounting_cost)
    page.write("ValidityPeriod", write_period, terms.validity_period)


def write_terms(page: Page, terms: OrderTerms, delivery_writer: Callable[[Page, Delivery], None]) -> None:
    """Write what comes after them, buyer before seller."""
    page.part("Contract").text("ID", terms.contract_id)
    page.write("BuyerCustomerParty", write_wrapped_party, terms.buyer)
    page.write("SellerSupplierParty", write_wrapped_party, terms.supplier)
    page.write("OriginatorCustomerParty", write_wrapped_party, terms.originator)
    page.write("AccountingCustomerParty", write_wrapped_party, terms.accounting_customer)
    page.write("Delivery", delivery_writer, terms.delivery)
    page.write_all("AllowanceCharge", write_allowance_charge, terms.allowance_charges)
    page.write("PricingExchangeRate", write_exchange_rate, terms.pricing_exchange_rate)
    page.write_all("TaxTotal", write_tax_total, terms.tax_totals)
    page.write("AnticipatedMonetaryTotal", write_monetary_total, terms.anticipated_total)
    page.write_all("OrderLine", write_order_line, terms.lines)
