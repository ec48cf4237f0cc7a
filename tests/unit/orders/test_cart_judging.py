"""What the agreement says to a line of a cart."""

from decimal import Decimal

import pytest

from app.documents.price import Price
from app.kit.money import Quantity
from app.orders.punch_out.cart import CartLine
from app.orders.punch_out.judging import Listed, Terms, judged
from app.orders.requisition_models import CartStanding

PAPER = Terms("DKK", lambda code: code.startswith("14"))
ON, DIFFERS, OFF = CartStanding.ON_AGREEMENT, CartStanding.PRICE_DIFFERS, CartStanding.NOT_ON_AGREEMENT


def price(amount: str, base: str = "1", unit: str = "EA", factor: str | None = None) -> Price:
    return Price(
        price_amount=Decimal(amount),
        base_quantity=Quantity(Decimal(base), unit),
        orderable_unit_factor_rate=None if factor is None else Decimal(factor),
    )


def line(**fields: object) -> CartLine:
    made = {
        "line_id": "1",
        "item": {"name": "Papir"},
        "unspsc": "14111507",
        "quantity": Quantity(Decimal(2), "EA"),
        "price": price("10.00"),
        "currency": "DKK",
        "quote": {},
    }
    return CartLine.model_validate(made | fields)


def test_a_line_in_the_product_groups_and_currency_is_on_the_agreement() -> None:
    assert judged(line(), PAPER, None).standing == ON
    assert judged(line(contracted=True), PAPER, None).note is None


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"currency": "EUR"}, "EUR"),
        ({"unspsc": ""}, "no UNSPSC code"),
        ({"unspsc": "44121704"}, "44121704"),
        ({"contracted": False}, "contracted"),
    ],
)
def test_a_line_off_the_agreement_says_why(changed: dict[str, object], word: str) -> None:
    judgement = judged(line(**changed), PAPER, Listed(price("10.00"), "DKK", "EA"))
    assert judgement.standing == OFF
    assert word in (judgement.note or "")


def test_an_agreement_that_was_taken_away_has_nothing_on_it() -> None:
    assert judged(line(), Terms("DKK", None), None).standing == OFF


@pytest.mark.parametrize(
    ("listed", "standing"),
    [
        (Listed(price("10"), "DKK", "EA"), ON),
        (Listed(price("1000", "100"), "DKK", "EA"), ON),
        (Listed(price("12.50"), "DKK", "EA"), DIFFERS),
        (Listed(price("9.99"), "DKK", "EA"), DIFFERS),
        (Listed(price("10"), "EUR", "EA"), DIFFERS),
        (Listed(price("10", "1", "BX"), "DKK", "BX"), DIFFERS),
        (Listed(price("2.50", "1", "KGM", factor="4"), "DKK", "EA"), ON),
        (Listed(price("2.50", "1", "KGM", factor="5"), "DKK", "EA"), DIFFERS),
    ],
)
def test_the_live_catalogue_tells_whether_the_price_is_the_agreements(listed: Listed, standing: CartStanding) -> None:
    assert judged(line(), PAPER, listed).standing == standing


def test_a_price_that_differs_is_told() -> None:
    judgement = judged(line(), PAPER, Listed(price("1250", "100"), "DKK", "EA"))
    assert judgement.note == "the catalogue has it at 1250.00 DKK for 100 EA"
