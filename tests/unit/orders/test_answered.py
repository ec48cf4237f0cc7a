"""What a supplier's answer changes to the buyer's disadvantage, and what becomes of the line when it is agreed on."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.documents.item import Item
from app.documents.order_response import AnsweredLine, OrderResponseLine
from app.documents.price import Price
from app.kit.ids import new_id
from app.kit.money import Quantity
from app.orders.answered import accepted_amount, agree, changes, unusable
from app.orders.models import PurchaseOrderLine

ITEM = Item(name="Vare")
ONE = Quantity(Decimal(1), "EA")


def price(amount: str, base: str = "1", unit: str = "EA", factor: str | None = None) -> Price:
    rate = Decimal(factor) if factor is not None else None
    base_quantity = Quantity(Decimal(base), unit)
    return Price(price_amount=Decimal(amount), base_quantity=base_quantity, orderable_unit_factor_rate=rate)


def ordered(*, by_amount: bool = False, received: str = "0") -> PurchaseOrderLine:
    some_id = new_id(datetime(2026, 3, 2, tzinfo=UTC))
    cost = None if by_amount else price("100").model_dump(mode="json", exclude_none=True)
    return PurchaseOrderLine(
        id=some_id,
        order_id=some_id,
        position=1,
        line_id="1",
        item=ITEM.model_dump(mode="json"),
        by_amount=by_amount,
        unit_code="EA",
        ordered_quantity=Decimal(10),
        price=cost,
        ordered_amount=Decimal(1000),
        accepted_quantity=Decimal(10),
        accepted_price=cost,
        accepted_amount=Decimal(1000),
        most_quantity=Decimal(10),
        most_amount=Decimal(0),
        received_quantity=Decimal(received),
    )


def answer(**fields: Any) -> OrderResponseLine:
    outer = {name: fields.pop(name) for name in ("substitutes", "substitution_status_code") if name in fields}
    return OrderResponseLine(line=AnsweredLine(line_id="1", item=ITEM, **fields), **outer)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"quantity": Quantity(Decimal("10.00"), "EA")},
        {"price": price("100.00")},
        {"price": price("99.99")},
        {"price": price("1000", "10")},
        {"line_status_code": "Revised", "substitution_status_code": "DeliveryDateChanged"},
    ],
)
def test_what_costs_the_buyer_nothing_is_no_change(fields: Any) -> None:
    assert changes(ordered(), answer(**fields)) == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"quantity": Quantity(Decimal(9), "EA")}, "9 EA instead of 10 EA"),
        ({"quantity": Quantity(Decimal(10), "BX")}, "10 BX instead of 10 EA"),
        ({"price": price("100.01")}, "price 100.01 instead of 100.00"),
        ({"price": price("1000.01", "10")}, "price 100.001 instead of 100.00"),
        ({"price": price("90", "1", "BX", "2")}, "price 90.00 instead of 100.00"),
        ({"line_status_code": "Cancelled"}, "Cancelled"),
        ({"line_status_code": "Disputed"}, "Disputed"),
        ({"substitution_status_code": "Substitution", "substitutes": (AnsweredLine(line_id="2", item=ITEM),)}, "Subst"),
    ],
)
def test_what_is_worse_is_named(fields: Any, told: str) -> None:
    (reason,) = changes(ordered(), answer(**fields))
    assert reason.startswith("line 1: ")
    assert told in reason


@pytest.mark.parametrize(
    "fields",
    [
        {"line_extension_amount": Decimal("1000.01")},
        {"line_extension_amount": Decimal("900.00")},
        {"quantity": Quantity(Decimal(10), "EA"), "price": price("101")},
    ],
)
def test_another_amount_is_a_change_of_a_line_by_amount_that_the_order_cannot_carry(fields: Any) -> None:
    line = ordered(by_amount=True)
    (reason,) = changes(line, answer(**fields))
    assert "amount" in reason
    assert unusable(line, answer(**fields)) == "line 1 is an amount of 1000"


@pytest.mark.parametrize("fields", [{}, {"price": price("100")}, {"line_extension_amount": Decimal("1000.00")}])
def test_the_same_amount_is_no_change_of_a_line_by_amount(fields: Any) -> None:
    line = ordered(by_amount=True)
    assert (changes(line, answer(**fields)), unusable(line, answer(**fields))) == ([], None)
    agree(line, answer(**fields).line, Decimal(0))
    assert (line.accepted_price, accepted_amount(line)) == (None, Decimal(1000))


def test_an_order_cannot_carry_other_items_or_units() -> None:
    other = AnsweredLine(line_id="2", item=ITEM)
    assert unusable(ordered(), answer(substitutes=(other,))) == "line 1 would be another item"
    boxes = answer(quantity=Quantity(Decimal(1), "BX"))
    assert unusable(ordered(), boxes) == "line 1 would be in BX instead of EA"
    assert unusable(ordered(), answer(quantity=ONE)) is None


def test_what_is_agreed_on_is_what_counts() -> None:
    line = ordered()
    agree(line, answer(quantity=Quantity(Decimal(8), "EA"), price=price("120")).line, Decimal(10))
    assert (line.accepted_quantity, line.most_quantity) == (Decimal(8), Decimal("8.8"))
    assert line.accepted_amount == Decimal("960.00")
    assert (line.ordered_quantity, line.ordered_amount) == (Decimal(10), Decimal(1000))


def test_a_cancelled_line_is_for_nothing_but_what_has_come() -> None:
    line = ordered(received="3")
    agree(line, answer(line_status_code="Cancelled", quantity=Quantity(Decimal(10), "EA")).line, Decimal(0))
    assert (line.accepted_quantity, line.most_quantity, line.accepted_amount) == (0, 3, Decimal("0.00"))


def test_an_answer_that_says_nothing_of_a_line_leaves_it() -> None:
    line = ordered()
    agree(line, answer().line, Decimal(0))
    assert (line.accepted_quantity, line.accepted_amount) == (Decimal(10), Decimal("1000.00"))
