"""What a new version changes in a line."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.catalogs.changes import ChangeKind, change_of, summary_of
from app.catalogs.price_changes import MOST_COMPARED, Incomparable, PriceStep, price_steps
from app.documents.catalogue import PriceBracket
from app.documents.item import Certificate
from app.documents.party import Party
from app.documents.price import Price
from app.documents.values import Identifier, Period
from app.kit.money import Quantity
from tests.catalogues import bracket, line

DAY = date(2026, 3, 2)
JULY = date(2026, 7, 1)
K = ChangeKind


def from_day(amount: str, first: date | None, last: date | None = None, **told: Any) -> PriceBracket:
    price = bracket(amount, **told).price
    assert price is not None
    return bracket(amount, **told).but(price=price.but(validity_period=Period(start_date=first, end_date=last)))


def steps(before: tuple[PriceBracket, ...], after: tuple[PriceBracket, ...], **told: Any) -> tuple[PriceStep, ...]:
    return price_steps(line("1", brackets=before, **told), line("1", brackets=after, **told), DAY)


def sizes(found: tuple[PriceStep, ...]) -> list[tuple[str, str, str | None]]:
    return [(str(step.quantity), str(step.day), str(step.percent) if step.percent else None) for step in found]


def test_a_line_is_added_or_removed_when_one_side_is_missing() -> None:
    assert change_of(None, line("1"), DAY).kinds == {K.ADDED}
    assert change_of(line("1"), None, DAY).kinds == {K.REMOVED}
    assert change_of(None, line("1"), DAY).currencies == {"DKK"}


def test_prices_are_compared_by_base_unit() -> None:
    by_the_hundred = Price(price_amount=Decimal("100.00"), currency="DKK", base_quantity=Quantity(Decimal(100), "EA"))

    change = change_of(line("1", "1.25"), line("1", brackets=(PriceBracket(price=by_the_hundred),)), DAY)

    assert change.kinds == {K.UPDATED, K.PRICE_DOWN, K.UNIT}
    assert change.worst is not None
    assert (change.worst.difference, change.worst.percent) == (Decimal("-0.2500"), Decimal("-20.00"))


def test_prices_are_compared_for_the_same_quantity() -> None:
    brackets = (bracket("10.00", to_quantity="9"), bracket("8.00", from_quantity="10"))

    change = change_of(line("1", brackets=brackets), line("1", brackets=brackets, minimum_order_quantity=10), DAY)

    assert (change.kinds, change.steps) == ({K.UPDATED, K.TERMS}, ())


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"price": {"currency": "EUR"}}, Incomparable.CURRENCY),
        ({"price": {"base_quantity": Quantity(Decimal(1), "BX")}}, Incomparable.UNIT),
        ({"orderable_unit": "BX"}, Incomparable.UNIT),
        ({"content_unit_quantity": Quantity(Decimal(5), "EA")}, Incomparable.CONTENT),
        ({"price": {"orderable_unit_factor_rate": Decimal(2)}}, Incomparable.FACTOR),
    ],
)
def test_prices_for_something_else_are_not_compared(fields: dict[str, Any], because: Incomparable) -> None:
    old = bracket("10.00").price
    assert old is not None
    price = old.but(**fields.pop("price", {}))

    change = change_of(line("1", "10.00"), line("1", brackets=(PriceBracket(price=price),), **fields), DAY)

    assert [step.because for step in change.steps] == [because]
    assert {K.PRICE_NOT_COMPARABLE, K.CURRENCY if because == Incomparable.CURRENCY else K.UNIT} <= change.kinds
    assert change.worst is None


def test_a_price_that_was_nothing_has_no_percentage_and_is_the_worst() -> None:
    before = (bracket("0.00", to_quantity="9"), bracket("1.00", from_quantity="10"))
    after = (bracket("5.00", to_quantity="9"), bracket("100.00", from_quantity="10"))

    change = change_of(line("1", brackets=before), line("1", brackets=after), DAY)

    assert change.worst is not None
    assert (change.worst.difference, change.worst.percent) == (Decimal("5.0000"), None)


def test_without_a_rise_the_largest_fall_is_told() -> None:
    before = (bracket("10.00", to_quantity="9"), bracket("10.00", from_quantity="10"))
    after = (bracket("9.00", to_quantity="9"), bracket("5.00", from_quantity="10"))

    worst = change_of(line("1", brackets=before), line("1", brackets=after), DAY).worst

    assert worst is not None
    assert worst.percent == Decimal("-50.00")


def test_one_rise_outweighs_every_fall() -> None:
    before = (bracket("10.00", to_quantity="9"), bracket("10.00", from_quantity="10"))
    after = (bracket("1.00", to_quantity="9"), bracket("10.10", from_quantity="10"))

    change = change_of(line("1", brackets=before), line("1", brackets=after), DAY)

    assert {K.PRICE_UP, K.PRICE_DOWN} <= change.kinds
    assert change.worst is not None
    assert change.worst.percent == Decimal("1.00")


def test_a_bracket_that_is_taken_away_raises_what_it_made_cheaper() -> None:
    before = (bracket("10.00"), bracket("8.00", from_quantity="10"))

    assert sizes(steps(before, (bracket("10.00"),))) == [("10", str(DAY), "25.00")]


def test_a_bracket_that_now_ends_raises_the_price_above_it() -> None:
    before = (bracket("10.00"), bracket("8.00", from_quantity="10"))
    after = (bracket("10.00"), bracket("8.00", from_quantity="10", to_quantity="20"))

    assert sizes(steps(before, after)) == [("21", str(DAY), "25.00")]


def test_brackets_that_follow_each_other_leave_nothing_between() -> None:
    one_price = (bracket("10.00"),)
    split = (bracket("10.00", to_quantity="9"), bracket("10.00", from_quantity="10"))

    assert steps(one_price, split) == ()


def test_quantities_below_the_least_that_can_be_ordered_do_not_count() -> None:
    before = (bracket("20.00", to_quantity="4"), bracket("10.00", from_quantity="5"))
    after = (bracket("99.00", to_quantity="4"), bracket("10.00", from_quantity="5"))

    assert steps(before, after, minimum_order_quantity=Decimal(5)) == ()


def test_a_price_that_begins_later_is_compared_with_the_one_of_that_day() -> None:
    before = (from_day("10.00", None, JULY.replace(month=6, day=30)), from_day("11.00", JULY))
    after = (from_day("10.00", None, JULY.replace(month=6, day=30)), from_day("12.10", JULY))

    assert sizes(steps(before, after)) == [("1", str(JULY), "10.00")]


def test_next_years_price_beside_this_years_is_a_rise() -> None:
    """The line before names no price for that day; the one that it has today is what the new one follows."""
    june = JULY.replace(month=6, day=30)

    found = steps((from_day("10.00", None, june),), (from_day("10.00", None, june), from_day("15.00", JULY)))

    assert sizes(found) == [("1", str(JULY), "50.00")]


def test_what_goes_on_is_told_once() -> None:
    june = JULY.replace(month=6, day=30)

    found = steps((bracket("10.00"),), (from_day("11.00", None, june), from_day("11.00", JULY)))

    assert [size[0::2] for size in sizes(found)][:1] == [("1", "10.00")]
    assert {size[2] for size in sizes(found)} == {"10.00"}


def test_a_price_comes_or_goes() -> None:
    assert change_of(line("1", None), line("1", "5.00"), DAY).kinds == {K.UPDATED, K.PRICE_NEW}
    assert change_of(line("1", "5.00"), line("1", None), DAY).kinds == {K.UPDATED, K.PRICE_GONE}


def test_a_price_that_ends_some_day_as_it_did_before_is_no_change() -> None:
    june = JULY.replace(month=6, day=30)
    before, after = (from_day("10.00", None, june),), (from_day("10.00", None, june, to_quantity="999999"),)

    assert [step.after for step in steps(before, after)] == [None]
    assert steps(before, (*before,)) == ()


def test_a_price_for_another_country_is_nobodys_here() -> None:
    assert change_of(line("1"), line("1"), DAY).kinds == {K.UPDATED}


def test_a_line_with_more_prices_than_are_compared_says_so() -> None:
    many = tuple(bracket("10.00", from_quantity=str(number)) for number in range(1, MOST_COMPARED + 20))
    dear = tuple(bracket("11.00", from_quantity=str(number)) for number in range(1, MOST_COMPARED + 20))

    found = steps(many, dear)

    assert len(found) == MOST_COMPARED + 1
    assert found[-1].because == Incomparable.TOO_MANY


@pytest.mark.parametrize(
    ("fields", "kind", "names"),
    [
        ({"name": "Andet"}, K.TEXT, ("item.name",)),
        ({"notes": ("ny",)}, K.TEXT, ("notes",)),
        ({"item": {"certificates": (Certificate(id="1", type_code="M", type="FSC", issuer=Party()),)}}, K.TEXT,
         ("item.certificates",)),
        ({"sellers_number": "NR-2"}, K.IDENTITY, ("item.sellers_item_id",)),
        ({"unspsc": "44121704"}, K.IDENTITY, ("item.classifications",)),
        ({"item": {"standard_item_id": Identifier(value="1", scheme_id="GTIN")}}, K.IDENTITY,
         ("item.standard_item_id",)),
        ({"minimum_order_quantity": Decimal(2)}, K.TERMS, ("minimum_order_quantity",)),
        ({"validity_period": Period(end_date=JULY)}, K.VALIDITY, ("validity_period",)),
        ({"life_cycle_status_code": "DeletedAnnouncement"}, K.LIFE_CYCLE, ("life_cycle_status_code",)),
        ({"orderable": False}, K.NOT_ORDERABLE, ("orderable",)),
        ({"brackets": (bracket("10.00").but(lead_time=Quantity(Decimal(3), "DAY")),)}, K.TERMS, ("brackets",)),
    ],
)  # fmt: skip
def test_fields_are_named_and_are_of_a_kind(fields: dict[str, Any], kind: ChangeKind, names: tuple[str, ...]) -> None:
    change = change_of(line("1"), line("1", **fields), DAY)

    assert (change.kinds, change.fields) == ({K.UPDATED, kind}, names)


def test_a_line_that_can_be_ordered_again_says_so() -> None:
    assert change_of(line("1", orderable=False), line("1"), DAY).kinds == {K.UPDATED, K.ORDERABLE}


def test_the_action_code_is_no_change_of_the_line() -> None:
    change = change_of(line("1"), line("1", action="Update"), DAY)

    assert (change.kinds, change.fields) == ({K.UPDATED}, ())


def test_prices_that_no_decimal_holds_are_compared_all_the_same() -> None:
    by_three = Price(price_amount=Decimal("0.01"), currency="DKK", base_quantity=Quantity(Decimal(3), "EA"))
    before = line("1", brackets=(PriceBracket(price=by_three),))
    after = line("1", brackets=(PriceBracket(price=by_three.but(price_amount=Decimal("0.0100001"))),))

    (step,) = change_of(before, after, DAY).steps

    assert (step.difference, step.percent, step.is_rise, step.is_fall) == (Decimal("0.0000"), Decimal(0), True, False)


def test_a_number_written_otherwise_is_the_same_number() -> None:
    assert change_of(line("1", "10.0"), line("1", "10.000"), DAY).steps == ()


def test_the_summary_counts_each_change_once_a_kind() -> None:
    changes = [
        change_of(None, line("1"), DAY),
        change_of(line("2"), None, DAY),
        change_of(line("3"), line("3", "11.00"), DAY),
        change_of(line("4"), line("4", "9.00", name="Nyt navn"), DAY),
        change_of(line("5"), line("5", None), DAY),
    ]

    counted = summary_of(changes)

    assert {name: lines for name, lines in counted.items() if lines} == {
        "added": 1,
        "removed": 1,
        "updated": 3,
        "price_up": 1,
        "price_down": 1,
        "price_gone": 1,
        "text": 1,
    }
    assert len(counted) == len(ChangeKind) - 1


def test_a_kind_is_one_bit_and_no_two_are_the_same() -> None:
    assert sum(kind.bit for kind in ChangeKind) == 2 ** len(ChangeKind) - 1
