"""Line items: the line of an order, and of the answer to it."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypedDict

from app.documents.amounts import AllowanceCharge
from app.documents.item import Item
from app.documents.order import Delivery, LineItem, OrderLine, ProposedLine
from app.documents.order_response import AnsweredLine
from app.documents.price import Price
from app.kit.money import Quantity
from app.oioubl import names
from app.oioubl.amounts import read_accounting_cost, read_allowance_charge, write_allowance_charge
from app.oioubl.deliveries import read_delivery, write_delivery
from app.oioubl.items import read_item, write_item
from app.oioubl.prices import read_price, write_price, write_substitute_price
from app.oioubl.reading import Node
from app.oioubl.writing import Page


class LineItemFields(TypedDict):
    """The fields of `documents.LineItem`, ready to be passed on."""

    line_id: str
    notes: tuple[str, ...]
    line_extension_amount: Decimal | None
    total_tax_amount: Decimal | None
    accounting_cost: str | None
    partial_delivery: bool | None
    back_order_allowed: bool | None
    line_status_code: str | None
    delivery: Delivery | None
    allowance_charges: tuple[AllowanceCharge, ...]
    price: Price | None
    item: Item


def order_line_reader(id_rule: str, quantity_rule: str) -> Callable[[Node], OrderLine]:
    return lambda node: _read_order_line(node, id_rule, quantity_rule)


def _read_order_line(node: Node, id_rule: str, quantity_rule: str) -> OrderLine:
    """An OrderLine; a note on the line and a note on its LineItem are the same to us."""
    item = node.needed_part("LineItem")
    fields = _read_fields(item, id_rule)
    fields["notes"] = (*node.texts("Note"), *fields["notes"])
    return OrderLine(
        quantity=item.needed_quantity("Quantity", quantity_rule),
        substitutes=node.read_all("BuyerProposedSubstituteLineItem", _read_proposed_line),
        **fields,
    )


def _read_proposed_line(node: Node) -> ProposedLine:
    return ProposedLine(quantity=node.quantity("Quantity"), **_read_fields(node, None))


def read_answered_line(node: Node) -> AnsweredLine:
    return AnsweredLine(
        quantity=node.quantity("Quantity"),
        back_order_quantity=node.quantity("MaximumBackorderQuantity"),
        **_read_fields(node, "F-ORE082"),
    )


def _read_fields(node: Node, id_rule: str | None) -> LineItemFields:
    return LineItemFields(
        line_id=node.needed_text("ID", id_rule),
        notes=node.texts("Note"),
        line_extension_amount=node.amount("LineExtensionAmount"),
        total_tax_amount=node.amount("TotalTaxAmount"),
        accounting_cost=read_accounting_cost(node),
        partial_delivery=node.flag("PartialDeliveryIndicator"),
        back_order_allowed=node.flag("BackOrderAllowedIndicator"),
        line_status_code=node.text("LineStatusCode"),
        delivery=node.read("Delivery", read_delivery),
        allowance_charges=node.read_all("AllowanceCharge", read_allowance_charge),
        price=node.read("Price", read_price),
        item=read_item(node.needed_part("Item")),
    )


def write_order_line(page: Page, line: OrderLine) -> None:
    _write_line_item(page.part("LineItem"), line, line.quantity, write_price)
    page.write_all("BuyerProposedSubstituteLineItem", write_answered_line, line.substitutes)


def write_answered_line(page: Page, line: AnsweredLine | ProposedLine) -> None:
    _write_line_item(page, line, line.quantity, write_price)


def write_substitute_line(page: Page, line: AnsweredLine) -> None:
    _write_line_item(page, line, line.quantity, write_substitute_price)


def _write_line_item(
    page: Page, line: LineItem, quantity: Quantity | None, price_writer: Callable[[Page, Price], None]
) -> None:
    page.text("ID", line.line_id)
    page.texts("Note", line.notes)
    page.text("LineStatusCode", line.line_status_code, names.LINE_STATUS)
    page.quantity("Quantity", quantity)
    page.line_amount("LineExtensionAmount", line.line_extension_amount)
    page.amount("TotalTaxAmount", line.total_tax_amount)
    if isinstance(line, AnsweredLine):
        page.quantity("MaximumBackorderQuantity", line.back_order_quantity)
    page.flag("PartialDeliveryIndicator", line.partial_delivery)
    page.flag("BackOrderAllowedIndicator", line.back_order_allowed)
    page.text("AccountingCost", line.accounting_cost)
    page.write("Delivery", write_delivery, line.delivery)
    page.write_all("AllowanceCharge", write_allowance_charge, line.allowance_charges)
    page.write("Price", price_writer, line.price)
    page.write("Item", write_item, line.item)
