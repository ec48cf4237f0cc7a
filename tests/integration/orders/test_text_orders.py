"""Text orders: words for what no catalogue holds, inside an agreement or without one, up to a ceiling."""

from decimal import Decimal
from typing import Any

import pytest

from app.oioubl.validation import fatal_rules
from tests.integration.agreements.sharing import agreement, share, shared
from tests.purchases import act, done, order, pointers, refused
from tests.story import Story

CONSULTING = {"text": "Konsulentbistand, udbud af rengøring", "unspsc": "80101500", "amount": "50000.00"}
HOURS = {"text": "Ekstra timer", "unspsc": "80101500", "quantity": "10", "unit_code": "HUR", "price_amount": "950.00"}


@pytest.fixture
def on_agreement(story: Story) -> dict[str, Any]:
    """A local agreement on services, shared with everybody of the institution."""
    place = story.world.institution_id
    agreement_id = agreement(story.world, place, contract_number="K-TEXT", product_groups=["80"])
    shared(story.world, agreement_id, place, "EVERYBODY", place)
    return {"type": "TEXT", "agreement_id": str(agreement_id)}


def test_words_become_an_order_of_amounts_and_of_quantities(story: Story, on_agreement: dict[str, Any]) -> None:
    made = done(order(story, [CONSULTING, HOURS], **on_agreement, ends_on="2026-12-31"), 201)

    assert (made["type"], made["total_amount"], made["ends_on"]) == ("TEXT", "59500.00", "2026-12-31")
    pool, hours = made["lines"]
    assert (pool["by_amount"], pool["amount"], pool["price"]) == (True, "50000.00", None)
    assert (hours["by_amount"], hours["quantity"]) == (False, {"value": "10", "unit_code": "HUR"})
    sent = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    assert sent["status"] == "SENT"
    document = story.document_of(sent["id"])
    assert [line.line_extension_amount for line in document.lines] == [Decimal(50000), Decimal(9500)]
    content = story["buyer"].get(f"/orders/{sent['id']}", headers={"Accept": "application/xml"}).content
    assert fatal_rules(content) == []


def test_a_supplier_without_an_agreement_can_be_asked_too_in_euro(story: Story) -> None:
    euro = {"type": "TEXT", "supplier_id": str(story.world.supplier_id), "currency": "EUR"}
    made = done(order(story, [CONSULTING], **euro), 201)
    assert (made["agreement_id"], made["currency"]) == (None, "EUR")
    waiting = done(act(story, "buyer", made, "submit"))
    assert refused(act(story, "disponent", waiting, "approve")) == (403, "prokura_too_small")


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"lines": [{**CONSULTING, "unspsc": "44120000"}]}, "/lines/0/unspsc"),
        ({"lines": [{key: value for key, value in CONSULTING.items() if key != "unspsc"}]}, "/lines/0/unspsc"),
        ({"lines": [{**CONSULTING, "quantity": "1"}]}, "/lines/0"),
        ({"lines": [{"text": "Intet"}]}, "/lines/0"),
        ({"lines": [{**CONSULTING, "amount": "0"}]}, "/lines/0/amount"),
        ({"currency": "EUR"}, "/currency"),
        ({"ends_on": "2026-03-01"}, "/ends_on"),
        ({"supplier_id": "019cae34-7780-710b-bc47-373f6b48198a"}, ""),
        ({"lines": []}, "/lines"),
    ],
)
def test_what_does_not_fit_is_named(
    story: Story, on_agreement: dict[str, Any], changed: dict[str, Any], where: str
) -> None:
    body = {"lines": [CONSULTING], **on_agreement, **changed}
    assert pointers(order(story, body.pop("lines"), **body)) == [where]
    assert done(story["buyer"].get("/orders"))["data"] == []


def test_an_agreement_that_takes_no_text_orders_says_so(story: Story) -> None:
    place = story.world.institution_id
    only = agreement(story.world, place, order_types=["CATALOGUE"])
    shared(story.world, only, place, "EVERYBODY", place)
    answer = order(story, [CONSULTING], type="TEXT", agreement_id=str(only))
    assert pointers(answer) == ["/agreement_id"]


def test_an_agreement_that_is_not_shared_is_not_there(story: Story) -> None:
    unshared = agreement(story.world, story.world.institution_id)
    answer = order(story, [CONSULTING], type="TEXT", agreement_id=str(unshared))
    assert refused(answer) == (404, "agreement_not_found")


def test_words_on_an_agreement_that_demands_e_orders_take_a_reason_that_is_kept(story: Story) -> None:
    world = story.world
    place = world.institution_id
    demanding = agreement(world, place, contract_number="K-E", mandatory_e_order=True)
    shared(world, demanding, place, "EVERYBODY", place)
    body = {"type": "TEXT", "agreement_id": str(demanding)}
    answer = order(story, [CONSULTING], **body)
    assert pointers(answer) == ["/e_order_reason"]
    assert answer.json()["errors"][0]["rule_id"] == "P-E-ORDER"

    made = done(order(story, [CONSULTING], **body, e_order_reason="Varen er ikke i kataloget"), 201)
    sent = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    (kept,) = done(story["state-content-manager"].get("/e-order-exceptions"))["data"]
    assert (kept["order_id"], kept["e_order_reason"]) == (sent["id"], "Varen er ikke i kataloget")


def test_a_text_order_is_not_sent_once_its_agreement_is_shared_no_more(
    story: Story, on_agreement: dict[str, Any]
) -> None:
    place = story.world.institution_id
    other = agreement(story.world, place, contract_number="K-BACK")
    share_id = share(story.world, other, place, "EVERYBODY", place).json()["id"]
    made = done(order(story, [CONSULTING], type="TEXT", agreement_id=str(other)), 201)
    waiting = done(act(story, "buyer", made, "submit"))
    done(story["state-content-manager"].delete(f"/shares/{share_id}"))
    assert [line["flags"] for line in done(story["buyer"].get(f"/orders/{made['id']}"))["lines"]] == [
        ["AGREEMENT_NOT_VISIBLE"]
    ]
    assert refused(act(story, "disponent", waiting, "approve")) == (409, "agreement_not_visible")
