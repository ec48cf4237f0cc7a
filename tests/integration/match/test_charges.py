"""Charges: what stands on the order is expected and uses no tolerance, once; what comes on top counts."""

from decimal import Decimal

from app import dialects
from app.demo import papers
from app.documents.amounts import MonetaryTotal, TaxSubtotal, TaxTotal
from app.documents.invoice import Invoice
from app.documents.item import Item
from app.documents.order import Order, OrderLine
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.money import Quantity
from tests.purchases import set_policy
from tests.story import Story, codes


def order_with_freight(amount: str) -> Order:
    """Give an order of ten boxes at 100.00, with freight on it."""
    freight, one = Decimal(amount), Quantity(Decimal(1), "EA")
    net, tax = Decimal(1000) + freight, (Decimal(1000) + freight) / 4
    return Order(
        profile_id=papers.PROFILE,
        number="P-77",
        issue_date=papers.date(2026, 3, 1),
        document_currency_code="DKK",
        buyer=papers.institution_party(),
        supplier=papers.supplier_party(),
        allowance_charges=(papers.freight(amount),),
        tax_totals=(
            TaxTotal(tax_amount=tax, subtotals=(TaxSubtotal(taxable_amount=net, tax_amount=tax, category=papers.VAT),)),
        ),
        anticipated_total=MonetaryTotal(
            line_extension_amount=Decimal(1000),
            tax_exclusive_amount=tax,
            tax_inclusive_amount=net + tax,
            charge_total_amount=freight,
            payable_amount=net + tax,
        ),
        lines=(
            OrderLine(
                line_id="1",
                quantity=Quantity(Decimal(10), "EA"),
                line_extension_amount=Decimal(1000),
                price=Price(price_amount=Decimal("100.00"), base_quantity=one, orderable_unit_factor_rate=Decimal(1)),
                item=Item(name="Kopipapir", sellers_item_id=Identifier(value="1001"), tax_category=papers.VAT),
            ),
        ),
    )


def placed(story: Story, order: Order) -> str:
    set_policy(story, "EXTERNAL_APPROVAL", external_approval="TRUSTED")
    answer = story["invoice-system"].upload("/documents", dialects.write(order))
    story.work()
    kept = story["invoice-system"].get(f"/documents/{answer.json()['id']}").json()
    assert kept["state"] == "PROCESSED", kept
    return str(kept["result_id"])


def billed(order: Order, quantity: str, number: str, freight: str) -> bytes:
    invoice: Invoice = papers.bill(order, {"1": quantity}, number=number, charges=[papers.freight(freight)])
    return papers.written(invoice)


def test_freight_that_stands_on_the_order_uses_no_tolerance(story: Story) -> None:
    order = order_with_freight("400.00")
    order_id = placed(story, order)
    story.receive(order_id, _1="10")

    case = story.match(billed(order, "10", "F-1", "400.00"))

    assert (case["outcome"], case["decision"]["orders"][0]["over"]) == ("AUTO_APPROVED", "0")
    assert "CHARGE_EXPECTED" in codes(case)


def test_freight_is_expected_once(story: Story) -> None:
    order = order_with_freight("400.00")
    order_id = placed(story, order)
    story.receive(order_id, _1="10")
    assert story.match(billed(order, "6", "F-1", "400.00"))["outcome"] == "AUTO_APPROVED"

    again = story.match(billed(order, "4", "F-2", "400.00"))

    assert again["outcome"] == "DEVIATION"
    assert "CHARGE_NOT_ALLOWED" in codes(again)


def test_freight_in_parts_is_expected_until_it_is_used_up(story: Story) -> None:
    order = order_with_freight("400.00")
    order_id = placed(story, order)
    story.receive(order_id, _1="10")

    outcomes = [story.match(billed(order, part, f"F-{part}", "200.00"))["outcome"] for part in ("6", "4")]

    assert outcomes == ["AUTO_APPROVED", "AUTO_APPROVED"]
