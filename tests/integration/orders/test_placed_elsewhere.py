"""Orders that another system placed: taken in once, by those who may, with price, amount and contract."""

from decimal import Decimal
from typing import Any

import pytest

from app.demo import papers
from app.documents.item import Item
from app.documents.order import Order, OrderLine
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.money import Quantity
from app.oioubl.validation import fatal_rules
from tests.purchases import act, done, draft, person, post_document, refused, response, set_policy, shown, sql
from tests.story import Story, codes

ONE = Quantity(Decimal(1), "EA")


def line(line_id: str, quantity: str = "10", price: str | None = "100.00", amount: str | None = None) -> OrderLine:
    wanted = Quantity(Decimal(quantity), "EA")
    cost = Price(price_amount=Decimal(price), base_quantity=ONE) if price is not None else None
    total = Decimal(amount) if amount is not None else Decimal(price or 0) * wanted.value
    item = Item(name=f"Vare {line_id}", sellers_item_id=Identifier(value=f"NR-{line_id}"))
    return OrderLine(line_id=line_id, quantity=wanted, line_extension_amount=total, price=cost, item=item)


def order(story: Story, *lines: OrderLine, **fields: Any) -> Order:
    values: dict[str, Any] = {
        "profile_id": papers.PROFILE,
        "number": "EX-4711",
        "issue_date": story.world.clock.now().date(),
        "document_currency_code": "DKK",
        "buyer": papers.institution_party(),
        "supplier": papers.supplier_party(),
        "lines": lines or (line("1"),),
    }
    return Order.model_validate(values | fields)


def taken(story: Story, document: Order) -> dict[str, Any]:
    content = papers.written(document)
    assert fatal_rules(content) == []
    kept = post_document(story, content, "invoice-system")
    assert (kept["state"], kept["result"]) == ("PROCESSED", "order"), kept
    return done(story["receiver"].get(f"/orders/{kept['result_id']}"))


def turned_away(story: Story, document: Order, who: str = "invoice-system") -> dict[str, Any]:
    kept = post_document(story, document, who)
    assert kept["state"] == "REFUSED", kept
    return kept


def test_it_is_a_sent_order_with_what_it_said(story: Story) -> None:
    made = taken(story, order(story, line("1"), line("2", "3", "9.99"), accounting_cost="1111"))
    assert (made["status"], made["origin"], made["type"]) == ("SENT", "ELSEWHERE", "CATALOGUE")
    assert (made["number"], made["total_amount"], made["external_approval"]) == ("EX-4711", "1029.97", "NONE")
    assert [row["accounting_cost"] for row in made["lines"]] == ["1111", "1111"]
    assert (made["buyer_reference"], made["agreement_id"]) == ("7778", None)


def test_a_contract_names_the_agreement(story: Story) -> None:
    assert taken(story, order(story, contract_id="K-2026-17"))["agreement_id"] == str(story.world.agreement_id)
    other = taken(story, order(story, contract_id="K-unknown", number="EX-2"))
    assert other["agreement_id"] is None


@pytest.mark.parametrize("external", ["NONE", "TRUSTED"])
def test_what_approval_elsewhere_is_worth_is_the_organisations(story: Story, external: str) -> None:
    set_policy(story, "EXTERNAL_APPROVAL", external_approval=external)
    assert taken(story, order(story))["external_approval"] == external


def test_a_buyer_that_nobody_knows_is_refused(story: Story) -> None:
    kept = turned_away(story, order(story, buyer=papers.institution_party("5798000433823")))
    assert kept["problem"] == "buyer_unknown"
    assert "5798000433823" in kept["detail"]
    assert kept["faults"][0]["xpath"].endswith("BuyerCustomerParty/cac:Party/cbc:EndpointID")


def test_a_supplier_places_no_orders_with_itself(story: Story) -> None:
    assert turned_away(story, order(story), "supplier")["problem"] == "buyer_unknown"
    assert done(story["buyer"].get("/orders"))["data"] == []


def test_a_number_is_taken_once(story: Story) -> None:
    first = taken(story, order(story))
    kept = turned_away(story, order(story, line("1", "11")))
    assert kept["problem"] == "order_number_taken"
    assert shown(story, first, "receiver") == first


def test_our_own_numbers_make_way_for_those_placed_elsewhere(story: Story) -> None:
    """Also where only the writing differs: an invoice that names the number must not mean two orders."""
    story.approved_catalogue()
    taken(story, order(story, number="100001"))
    taken(story, order(story, number="Ordre nr. 0100002"))
    assert [done(draft(story, kopipapir="1"), 201)["number"] for _ in range(2)] == ["100003", "100004"]
    assert turned_away(story, order(story, number="100003"))["problem"] == "order_number_taken"


def test_an_order_without_prices_is_received_and_billed_by_amount(story: Story) -> None:
    set_policy(story, "EXTERNAL_APPROVAL", external_approval="TRUSTED")
    document = order(story, line("1", "1", None, "50000.00"))
    made = taken(story, document)
    assert (made["type"], made["total_amount"], made["lines"][0]["by_amount"]) == ("TEXT", "50000.00", True)

    receipts = f"/orders/{made['id']}/receipts"
    by_quantity = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "1"}]}
    assert refused(story["receiver"].post(receipts, by_quantity)) == (422, "receipt_does_not_fit")
    by_amount = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "amount": "25000.00"}]}
    done(story["receiver"].post(receipts, by_amount), 201)
    too_much = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "amount": "25000.01"}]}
    assert refused(story["receiver"].post(receipts, too_much)) == (422, "receipt_does_not_fit")

    billed = _billed(document, "25000.00", "F-1")
    assert story.match(billed)["outcome"] == "AUTO_APPROVED"
    row = shown(story, made, "receiver")["lines"][0]
    assert (row["received_amount"], row["invoiced_amount"], row["invoiced_quantity"]) == (
        "25000.00",
        "25000.00",
        "0.00",
    )
    waiting = story.match(_billed(document, "5000.00", "F-2"))
    assert (waiting["outcome"], "RECEIPT_MISSING" in codes(waiting)) == ("AWAITING_RECEIPT", True)


def _billed(document: Order, amount: str, number: str) -> bytes:
    priced = document.but(lines=(document.lines[0].but(price=Price(price_amount=Decimal(amount), base_quantity=ONE)),))
    return papers.written(papers.bill(priced, {"1": "1"}, number=number))


def test_a_mixed_order_is_a_catalogue_order_with_a_line_by_amount(story: Story) -> None:
    made = taken(story, order(story, line("1"), line("2", "1", None, "500.00")))
    assert (made["type"], [row["by_amount"] for row in made["lines"]]) == ("CATALOGUE", [False, True])


def test_an_answer_with_another_amount_waits_and_cannot_be_carried(story: Story) -> None:
    document = order(story, line("1", "1", None, "500.00"))
    made = taken(story, document)
    assert post_document(story, response(document))["state"] == "PROCESSED"
    assert shown(story, made, "receiver")["response_status"] == "ACCEPTED"
    dearer = response(document, {"1": {"amount": Decimal("600.00"), "status": "Revised"}}, number="BEK-2")
    assert post_document(story, dearer)["state"] == "PROCESSED"
    now = shown(story, made, "receiver")
    assert now["response_status"] == "CHANGED"
    assert refused(act(story, "buyer", now, "accept-changes")) == (409, "answer_not_usable")


def test_an_unknown_supplier_is_taken_in_as_unverified(story: Story) -> None:
    made = taken(story, order(story, supplier=papers.supplier_party("16356719")))
    supplier = done(story["buyer"].get(f"/suppliers/{made['supplier_id']}"))
    assert (supplier["status"], supplier["cvr"]) == ("UNVERIFIED", "16356719")


def test_what_no_column_holds_is_refused_and_told(story: Story) -> None:
    kept = turned_away(story, order(story, line("1", "1", "99999999999999.00")))
    assert kept["problem"] == "number_not_kept"
    assert done(story["buyer"].get("/orders"))["data"] == []


@pytest.mark.parametrize("words", ["Å" * 201, "x" * 3999])
def test_long_words_are_no_reason_to_lose_an_order(story: Story, words: str) -> None:
    contact = papers.institution_party().contact
    assert contact is not None
    buyer = papers.institution_party().but(contact=contact.but(id=words, name=words))
    kept = post_document(story, order(story, buyer=buyer, accounting_cost=words), "invoice-system")
    assert kept["state"] == "PROCESSED", kept
    made = shown(story, {"id": kept["result_id"]}, "receiver")
    assert made["buyer_reference"] == words[:200]


def test_a_moved_number_routes_to_where_it_belongs_on_the_day(story: Story) -> None:
    ended = "valid_from = '2025-01-01', valid_to = '2025-06-30', routable_to = '2025-12-27'"
    sql(story, f"UPDATE location_number SET {ended}")
    assert turned_away(story, order(story))["problem"] == "buyer_unknown"


def test_systems_of_other_organisations_hand_in_nothing_for_this_one(story: Story) -> None:
    body = {"parent_id": str(story.world.root_id), "name": "Nabo"}
    neighbour = done(story["administrator"].post("/organisations", body), 201)["id"]
    person(story, "neighbours-system", "INVOICE_SYSTEM", organisation_id=neighbour)
    assert turned_away(story, order(story), "neighbours-system")["problem"] == "buyer_unknown"
    assert done(story["neighbours-system"].get("/orders"))["data"] == []


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_an_order_for_nothing_is_told_so(story: Story, quantity: str) -> None:
    kept = post_document(story, order(story, line("1", quantity)), "invoice-system")
    assert kept["state"] in ("REJECTED_TECHNICAL", "REFUSED"), kept
