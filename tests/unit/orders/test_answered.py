"""What a supplier's answer changes to the buyer's disadvantage, and what becomes of the line when it is agreed on."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.documents.item import Classification, Item
from app.documents.order import Delivery
from app.documents.order_response import AnsweredLine, OrderResponseLine
from app.documents.price import Price
from app.documents.values import Identifier, Period
from app.kit.ids import new_id
from app.kit.money import Quantity
from app.orders.answered import Offer, accepted_amount, agree, changes, hindrance, is_as_good, offers
from app.orders.models import PurchaseOrderLine

ITEM = Item(name="Vare")
ONE = Quantity(Decimal(1), "EA")


def price(amount: str, base: str = "1", unit: str = "EA", factor: str | None = None) -> Price:
    rate = Decimal(factor) if factor is not None else None
    base_quantity = Quantity(Decimal(base), unit)
    return Price(price_amount=Decimal(amount), base_quantity=base_quantity, orderable_unit_factor_rate=rate)


def item(number: str | None, gtin: str | None = None) -> Item:
    return Item(
        name="Anden vare",
        sellers_item_id=Identifier(value=number) if number else None,
        standard_item_id=Identifier(value=gtin, scheme_id="GTIN") if gtin else None,
        classifications=(Classification(code="14111507"),),
    )


OTHER = AnsweredLine(line_id="1.1", quantity=Quantity(Decimal(10), "EA"), price=price("100"), item=item("2"))


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


def unusable(line: PurchaseOrderLine, given: OrderResponseLine, *, come: bool = False) -> str | None:
    return hindrance(line, given, offers(line, given)[0], come=come)


def offer(line: PurchaseOrderLine, given: OrderResponseLine) -> Offer:
    (found,) = offers(line, given)
    return found


def answer(**fields: Any) -> OrderResponseLine:
    said = {"item": fields.pop("item", ITEM)}
    outer = {name: fields.pop(name) for name in ("substitutes", "substitution_status_code") if name in fields}
    return OrderResponseLine(line=AnsweredLine(line_id="1", **said, **fields), **outer)


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
    agree(line, offer(line, answer(**fields)), Decimal(0))
    assert (line.accepted_price, accepted_amount(line)) == (None, Decimal(1000))


def test_an_order_cannot_carry_other_units() -> None:
    boxes = answer(quantity=Quantity(Decimal(1), "BX"))
    assert unusable(ordered(), boxes) == "line 1 would be in BX instead of EA"
    assert unusable(ordered(), answer(quantity=ONE)) is None
    mixed = answer(quantity=ONE, back_order_quantity=Quantity(Decimal(1), "BX"))
    assert unusable(ordered(), mixed) == "line 1 comes in EA, and later in BX"


def test_a_substitute_is_carried_where_nothing_has_come_and_it_has_a_price() -> None:
    given = answer(substitutes=(OTHER,))
    assert unusable(ordered(), given) is None
    assert unusable(ordered(), given, come=True) == (
        "a part of line 1 has come or been billed as what was ordered; it stays that item"
    )
    free = answer(substitutes=(OTHER.but(price=None),))
    assert unusable(ordered(), free) == "line 1 would be Anden vare [2], which is offered without a price"
    both = answer(quantity=Quantity(Decimal(6), "EA"), substitutes=(OTHER,))
    assert unusable(ordered(), both) == (
        "line 1 would be two items, 6 EA of what was ordered and another; a line is one item"
    )
    instead = answer(quantity=Quantity(Decimal(6), "EA"), line_status_code="Cancelled", substitutes=(OTHER,))
    assert unusable(ordered(), instead) is None


def test_a_substitute_is_named_beside_what_was_ordered() -> None:
    given = answer(substitution_status_code="Substitution", substitutes=(OTHER, OTHER.but(line_id="3")))
    assert changes(ordered(), given) == ["line 1: Substitution, Anden vare [2] or Anden vare [2] instead of Vare"]
    nameless = answer(substitutes=(OTHER.but(item=Item()),))
    assert changes(ordered(), nameless) == ["line 1: Substitution, an item without a name instead of Vare"]


@pytest.mark.parametrize(
    ("number", "gtin", "is_other"),
    [("2", None, True), ("1", None, False), (None, None, False), ("2", "5701234567899", False)],
)
def test_another_number_is_another_item(number: str | None, gtin: str | None, is_other: bool) -> None:
    line = ordered()
    line.item = item("1", "5701234567899").model_dump(mode="json", exclude_none=True)
    given = answer(item=item(number, gtin), line_status_code="Revised")
    assert bool(changes(line, given)) is is_other
    assert (offer(line, given).item is not None) is is_other


def test_what_is_agreed_on_is_what_counts() -> None:
    line = ordered()
    given = answer(quantity=Quantity(Decimal(8), "EA"), price=price("120"))
    agree(line, offer(line, given), Decimal(10))
    assert (line.accepted_quantity, line.most_quantity) == (Decimal(8), Decimal("8.8"))
    assert line.accepted_amount == Decimal("960.00")
    assert (line.ordered_quantity, line.ordered_amount) == (Decimal(10), Decimal(1000))
    assert (line.ordered_item, line.promised_on) == (None, None)


def test_a_substitute_takes_the_place_of_the_item_and_the_line_remembers_it() -> None:
    line = ordered()
    first = line.item
    boxes = OTHER.but(quantity=Quantity(Decimal(2), "BX"), price=price("400", "1", "BX"))
    agree(line, offer(line, answer(substitutes=(boxes,))), Decimal(0))
    assert (line.item["name"], line.unit_code, line.unspsc) == ("Anden vare", "BX", "14111507")
    assert (line.accepted_quantity, line.accepted_amount) == (Decimal(2), Decimal("800.00"))
    assert (line.ordered_item, line.ordered_unit_code) == (first, "EA")
    third = OTHER.but(item=Item(name="En tredje"))
    agree(line, offer(line, answer(substitutes=(third,))), Decimal(0))
    assert (line.item["name"], line.ordered_item, line.ordered_unit_code) == ("En tredje", first, "EA")
    assert line.unspsc == "14111507"


def test_a_back_order_is_part_of_what_is_accepted() -> None:
    line, later = ordered(), Quantity(Decimal(4), "EA")
    given = answer(quantity=Quantity(Decimal(6), "EA"), back_order_quantity=later)
    assert changes(line, given) == ["line 1: 4 EA come later"]
    agree(line, offer(line, given), Decimal(0))
    assert (line.accepted_quantity, line.back_ordered_quantity) == (Decimal(10), Decimal(4))
    assert (offer(line, given).without_rest.quantity, offer(line, given).without_rest.amount) == (
        Quantity(Decimal(6), "EA"),
        Decimal("600.00"),
    )
    whole = answer(back_order_quantity=Quantity(Decimal(10), "EA"))
    assert (offer(line, whole).quantity.value, offer(line, whole).later) == (Decimal(10), Decimal(10))


@pytest.mark.parametrize(
    ("delivery", "day"),
    [
        (Delivery(promised_period=Period(start_date=date(2026, 4, 1), end_date=date(2026, 4, 2))), date(2026, 4, 2)),
        (Delivery(estimated_period=Period(start_date=date(2026, 4, 1))), date(2026, 4, 1)),
        (Delivery(latest_delivery_date=date(2026, 4, 3)), date(2026, 4, 3)),
        (Delivery(), None),
    ],
)
def test_the_promised_day_is_kept(delivery: Delivery, day: date | None) -> None:
    for line in (ordered(), ordered(by_amount=True)):
        given = answer(delivery=delivery)
        assert changes(line, given) == []
        agree(line, offer(line, given), Decimal(0))
        assert line.promised_on == day


@pytest.mark.parametrize(
    ("fields", "as_good"),
    [
        ({"substitutes": (OTHER,)}, True),
        ({"substitutes": (OTHER.but(price=price("90")),)}, True),
        ({"substitutes": (OTHER.but(price=price("100.01")),)}, False),
        ({"substitutes": (OTHER.but(price=None),)}, False),
        ({"substitutes": (OTHER, OTHER.but(line_id="3"))}, False),
        ({"substitutes": (OTHER.but(quantity=ONE),)}, False),
        ({"substitutes": (OTHER.but(back_order_quantity=ONE, quantity=Quantity(Decimal(9), "EA")),)}, False),
        ({"substitutes": (OTHER,), "line_status_code": "Disputed"}, False),
        ({"price": price("90")}, False),
    ],
)
def test_only_one_substitute_in_the_same_quantity_and_no_dearer_is_as_good(fields: Any, as_good: bool) -> None:
    assert is_as_good(ordered(), answer(**fields)) is as_good


def test_a_cancelled_line_is_for_nothing_but_what_has_come() -> None:
    line = ordered(received="3")
    given = answer(line_status_code="Cancelled", quantity=Quantity(Decimal(10), "EA"))
    agree(line, offer(line, given), Decimal(0))
    assert (line.accepted_quantity, line.most_quantity, line.accepted_amount) == (0, 3, Decimal("0.00"))


def test_an_answer_that_says_nothing_of_a_line_leaves_it() -> None:
    line = ordered()
    agree(line, offer(line, answer()), Decimal(0))
    assert (line.accepted_quantity, line.accepted_amount) == (Decimal(10), Decimal("1000.00"))
