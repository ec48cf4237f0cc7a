"""Orders in OIOUBL terms: what the buyer's system sent to the supplier."""

from app.demo import papers
from app.documents.amounts import AllowanceCharge
from app.documents.item import Item
from app.documents.order import Order as Document
from app.documents.order import OrderLine as DocumentLine
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.money import Quantity, rounded
from bench.matchbench.world import ONE, Order, OrderLine


def written_order(order: Order) -> Document:
    """Write an order; who made and approved it is no part of the document."""
    return Document(
        profile_id=papers.PROFILE,
        number=order.number,
        issue_date=order.issued_on,
        document_currency_code=order.currency,
        buyer=papers.institution_party(order.buyer),
        supplier=papers.supplier_party(order.supplier),
        allowance_charges=tuple(
            AllowanceCharge(charge_indicator=True, amount=one.amount, reason=one.reason, tax_category=papers.VAT)
            for one in order.charges
        ),
        lines=tuple(_line(line) for line in order.lines),
    )


def _line(line: OrderLine) -> DocumentLine:
    return DocumentLine(
        line_id=line.line_id,
        quantity=Quantity(line.quantity, line.unit),
        line_extension_amount=rounded(line.quantity * line.price / line.base),
        price=Price(
            price_amount=line.price, base_quantity=Quantity(line.base, line.unit), orderable_unit_factor_rate=ONE
        ),
        item=Item(
            name=line.name,
            sellers_item_id=Identifier(value=line.seller_item),
            standard_item_id=Identifier(value=line.gtin, scheme_id="GTIN"),
        ),
    )
