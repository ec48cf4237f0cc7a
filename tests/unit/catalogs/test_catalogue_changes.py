"""What a new version changes in a line."""

from datetime import date
from decimal import Decimal

from app.catalogs.changes import ChangeKind, change_of, summary_of
from app.documents.catalogue import PriceBracket
from app.documents.price import Price
from app.kit.money import Quantity
from tests.catalogues import bracket, line

DAY = date(2026, 3, 2)


def test_a_line_is_added_or_removed_when_one_side_is_missing() -> None:
    assert change_of(None, line("1"), DAY).kind == ChangeKind.ADDED
    assert change_of(line("1"), None, DAY).kind == ChangeKind.REMOVED


def test_prices_are_compared_by_base_unit() -> None:
    by_the_hundred = Price(price_amount=Decimal("100.00"), currency="DKK", base_quantity=Quantity(Decimal(100), "EA"))

    change = change_of(line("1", "1.25"), line("1", brackets=(PriceBracket(price=by_the_hundred),)), DAY)

    assert (change.price_difference, change.price_percent) == (Decimal("-0.2500"), Decimal("-20.00"))


def test_prices_are_compared_at_the_least_quantity_that_can_be_ordered() -> None:
    brackets = (bracket("10.00", to_quantity="9"), bracket("8.00", from_quantity="10"))
    before = line("1", brackets=brackets)
    after = line("1", brackets=brackets, minimum_order_quantity=Decimal(10))

    assert change_of(before, after, DAY).price_difference == Decimal("-2.0000")


def test_two_currencies_have_no_difference() -> None:
    euro = PriceBracket(price=Price(price_amount=Decimal("9.00"), currency="EUR"))

    change = change_of(line("1", "10.00"), line("1", brackets=(euro,)), DAY)

    assert (change.price_difference, change.price_percent) == (None, None)
    assert change.changed_fields == ("brackets",)


def test_a_price_that_was_nothing_has_no_percentage() -> None:
    change = change_of(line("1", "0.00"), line("1", "5.00"), DAY)

    assert (change.price_difference, change.price_percent) == (Decimal("5.0000"), None)


def test_the_action_code_is_no_change_of_the_line() -> None:
    assert change_of(line("1"), line("1", action="Update"), DAY).changed_fields == ()


def test_the_summary_counts_each_change_once_a_kind() -> None:
    changes = [
        change_of(None, line("1"), DAY),
        change_of(line("2"), None, DAY),
        change_of(line("3"), line("3", "11.00"), DAY),
        change_of(line("4"), line("4", "9.00", name="Nyt navn"), DAY),
        change_of(line("5"), line("5", None), DAY),
    ]

    assert summary_of(changes) == {
        "added": 1,
        "removed": 1,
        "updated": 3,
        "price_up": 1,
        "price_down": 1,
        "price_gone": 1,
        "text_changed": 1,
    }
