"""What leaves as an order is valid OIOUBL and says what was approved; before that there is no document."""

from decimal import Decimal

import pytest

from app.documents.order import Order
from app.documents.price import Price
from app.kit.money import Quantity
from app.oioubl.validation import fatal_rules
from tests.catalogues import PriceBracket, line, publish
from tests.purchases import act, done, item, order, refused, submitted
from tests.story import Story

XML = {"Accept": "application/xml"}


def sent(story: Story, lines: list[dict[str, object]], **fields: object) -> Order:
    waiting = done(act(story, "buyer", done(order(story, lines, **fields), 201), "submit"))
    made = done(act(story, "disponent", waiting, "approve"))
    answer = story["buyer"].get(f"/orders/{made['id']}", headers=XML)
    assert fatal_rules(answer.content) == []
    return story.document_of(made["id"])


def test_an_order_is_no_document_until_it_is_sent(story: Story) -> None:
    story.approved_catalogue()
    waiting = submitted(story, kopipapir="1")
    answer = story["buyer"].get(f"/orders/{waiting['id']}", headers=XML)
    assert refused(answer) == (404, "order_not_sent")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/xml", "application/xml"),
        ("text/xml", "application/xml"),
        ("text/html, application/xml;q=0.9, */*", "application/xml"),
        ("application/json, application/xml", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
    ],
)
def test_the_caller_says_in_which_form_it_wants_the_order(story: Story, accept: str, media_type: str) -> None:
    story.approved_catalogue()
    made = story.sent_order(kopipapir="1")
    answer = story["buyer"].get(f"/orders/{made['id']}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


def test_the_document_says_what_was_approved(story: Story) -> None:
    story.approved_catalogue()
    lines = [
        {"catalogue_line_id": item(story, "kopipapir"), "quantity": "10", "note": "Til 3. sal"},
        {"catalogue_line_id": item(story, "ringbind"), "quantity": "2.5"},
    ]
    document = sent(story, lines, accounting_cost="2240-1010", requested_delivery_on="2026-03-09")

    assert (document.number, str(document.issue_date), document.contract_id) == ("100001", "2026-03-02", "K-2026-17")
    assert document.accounting_cost == "2240-1010"
    assert document.buyer.contact is not None
    assert document.buyer.contact.id == "7778"
    assert document.buyer.keys[0] == "GLN:5798009882882"
    assert document.supplier.keys[0] == "DK:CVR:DK30714008"
    assert document.delivery is not None
    assert document.delivery.requested_period is not None
    assert str(document.delivery.requested_period.end_date) == "2026-03-09"
    paper, binder = document.lines
    assert (paper.notes, str(paper.quantity), str(binder.quantity)) == (("Til 3. sal",), "10.00 EA", "2.50 EA")
    total = document.anticipated_total
    assert total is not None
    figures = (total.line_extension_amount, total.tax_exclusive_amount, total.payable_amount)
    assert [str(figure) for figure in figures] == ["1500.00", "375.00", "1875.00"]


def test_without_a_known_tax_the_document_states_none(story: Story) -> None:
    publish(story.world, [line("1")])
    document = sent(story, [{"catalogue_line_id": item(story, "NR-1"), "quantity": "1"}])
    assert document.tax_totals == ()
    assert document.anticipated_total is not None
    assert document.anticipated_total.tax_inclusive_amount is None


@pytest.mark.parametrize(
    ("base", "unit", "factor", "quantity", "amount"),
    [("100", "EA", "1", "250", "31.25"), ("1", "BX", "12", "3", "450.00"), ("7", "EA", "1", "1", "1.79")],
)
def test_prices_for_other_units_and_base_quantities_leave_as_valid_amounts(
    story: Story, base: str, unit: str, factor: str, quantity: str, amount: str
) -> None:
    price = Price(
        price_amount=Decimal("12.50"),
        currency="DKK",
        base_quantity=Quantity(Decimal(base), unit),
        orderable_unit_factor_rate=Decimal(factor),
    )
    publish(story.world, [line("1", brackets=(PriceBracket(price=price),))])
    document = sent(story, [{"catalogue_line_id": item(story, "NR-1"), "quantity": quantity}])
    assert str(document.lines[0].line_extension_amount) == amount


def test_somebody_elses_order_has_no_document_either(story: Story) -> None:
    story.approved_catalogue()
    made = story.sent_order(kopipapir="1")
    assert story["requisitioner"].get(f"/orders/{made['id']}", headers=XML).status_code == 404
    assert story["supplier"].get(f"/orders/{made['id']}", headers=XML).status_code == 200
