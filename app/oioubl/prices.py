"""Prices: the one place where another currency than the document's may stand."""

from app.documents.price import Price
from app.oioubl import names
from app.oioubl.amounts import read_allowance_charge, write_allowance_charge
from app.oioubl.reading import Node
from app.oioubl.references import read_period, write_period
from app.oioubl.writing import Attributes, Page


def read_price(node: Node) -> Price:
    document_currency, node.currency = node.currency, node.currency_of("PriceAmount")
    return Price(
        price_amount=node.needed_amount("PriceAmount"),
        currency=None if node.currency == document_currency else node.currency,
        base_quantity=node.quantity("BaseQuantity"),
        change_reason=node.prose("PriceChangeReason"),
        price_type_code=node.text("PriceTypeCode"),
        orderable_unit_factor_rate=node.number("OrderableUnitFactorRate"),
        validity_period=node.read("ValidityPeriod", read_period),
        allowance_charges=node.read_all("AllowanceCharge", read_allowance_charge),
    )


def write_price(page: Page, price: Price) -> None:
    _write_price(page, price, names.PRICE_TYPE)


def write_substitute_price(page: Page, price: Price) -> None:
    """Write the price of a substitute line, where alone the agency of the price type is the Danish one (F-ORE185)."""
    _write_price(page, price, names.SUBSTITUTE_PRICE_TYPE)


def _write_price(page: Page, price: Price, price_type: Attributes) -> None:
    page.currency = price.currency or page.currency
    page.line_amount("PriceAmount", price.price_amount)
    page.quantity("BaseQuantity", price.base_quantity)
    page.text("PriceChangeReason", price.change_reason)
    page.text("PriceTypeCode", price.price_type_code, price_type)
    page.number("OrderableUnitFactorRate", price.orderable_unit_factor_rate)
    page.write("ValidityPeriod", write_period, price.validity_period)
    page.write_all("AllowanceCharge", write_allowance_charge, price.allowance_charges)
