"""Orders made of requisitions: divided by supplier, agreement and kind, all or none, and linked to what was needed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from app.kit.audit import AuditEvent
from app.kit.ids import new_id
from app.orders.requisition_models import CartStanding, LineSource, RequisitionLine
from tests.catalogues import line, publish
from tests.purchases import act, done, etag, item, person, pointers, refused, set_policy, tasks
from tests.requisitions import claimed, edit, in_words, make, need, seen, step
from tests.selling import registered
from tests.story import Story


@pytest.fixture(autouse=True)
def _catalogue(story: Story) -> None:
    publish(story.world, [line("1", name="Papir"), line("2", "5.00", name="Pen", order_quantity_increment=Decimal(5))])


def messages(answer: Any) -> list[str]:
    return [fault["message"] for fault in answer.json()["errors"]]


def test_a_need_becomes_orders_that_know_which_line_they_came_of(story: Story) -> None:
    world = story.world
    working = claimed(
        story,
        need(story, "papir", "3", accounting_cost="2210", note="Hvidt"),
        in_words("Flytning", agreement_id=str(world.agreement_id), unspsc="78101804"),
        need(story, "pen", "5"),
        accounting_cost="1111",
        requested_delivery_on="2026-04-01",
        delivery_address={
            "street_name": "Nygade",
            "building_number": "1",
            "city_name": "Aarhus",
            "postal_zone": "8000",
        },
    )

    made = done(step(story, "buyer", working, "convert"), 201)

    assert [(order["type"], order["status"], order["total_amount"]) for order in made["orders"]] == [
        ("CATALOGUE", "DRAFT", "55.00"),
        ("TEXT", "DRAFT", "1000.00"),
    ]
    (goods, words) = made["orders"]
    needed = made["requisition"]["lines"]
    assert made["requisition"]["status"] == "CONVERTED"
    assert [row["requisition_line_id"] for row in goods["lines"]] == [needed[0]["id"], needed[2]["id"]]
    assert [row["order_number"] for row in needed] == [goods["number"], words["number"], goods["number"]]
    assert [row["accounting_cost"] for row in goods["lines"]] == ["2210", "1111"]
    assert goods["buyer_reference"] == "requisitioner"
    assert goods["created_by"] == words["created_by"] == world.id_of("buyer")
    assert (goods["requested_delivery_on"], goods["delivery_address"]["city_name"]) == ("2026-04-01", "Aarhus")
    assert tasks(story, "buyer", working["id"])[-1] == ("HANDLE_REQUISITION", "CLOSED")
    assert seen(story, working) == made["requisition"]
    assert done(story["requisitioner"].get(f"/orders/{goods['id']}"))["number"] == goods["number"]
    assert len(done(story["requisitioner"].get("/orders"))["data"]) == 2
    assert refused(step(story, "buyer", made["requisition"], "convert")) == (409, "wrong_state")
    assert refused(step(story, "buyer", working, "convert")) == (412, "version_mismatch")
    sent = done(act(story, "disponent", done(act(story, "buyer", goods, "submit")), "approve"))
    assert sent["status"] == "SENT"


def test_nothing_is_ordered_when_one_line_cannot_be(story: Story) -> None:
    working = claimed(story, need(story, "papir"), in_words("Flytning"), in_words("Møde", unspsc="80000000"))
    supplier_id, agreement_id = str(story.world.supplier_id), str(story.world.agreement_id)
    (_, moving, meeting) = (row["id"] for row in working["lines"])

    nobody = step(story, "buyer", working, "convert")
    assert refused(nobody) == (422, "requisition_not_convertible")
    assert [text.partition(":")[0] for text in messages(nobody)] == ["line 2", "line 3"]
    one = {"lines": [{"line_id": moving, "supplier_id": supplier_id}]}
    assert [text.partition(":")[0] for text in messages(step(story, "buyer", working, "convert", one))] == ["line 3"]
    wrong = {"lines": [{"line_id": working["lines"][0]["id"], "supplier_id": supplier_id}, {"line_id": agreement_id}]}
    assert pointers(step(story, "buyer", working, "convert", wrong)) == ["/lines/0", "/lines/1"]
    twice = {"lines": [{"line_id": moving}, {"line_id": moving}]}
    assert step(story, "buyer", working, "convert", twice).status_code == 422
    narrow = {"order_types": ["CATALOGUE"]}
    done(
        story["state-content-manager"].send(
            "PATCH", f"/agreements/{agreement_id}", json=narrow, headers={"If-Match": "*"}
        )
    )
    choices = [{"line_id": moving, "supplier_id": supplier_id}, {"line_id": meeting, "agreement_id": agreement_id}]
    refusal = step(story, "buyer", working, "convert", {"lines": choices})
    assert messages(refusal) == ["line 3: agreement K-2026-17 takes no text orders"]
    assert done(story["buyer"].get("/orders"))["data"] == []
    assert seen(story, working) == working
    choices[1] = {"line_id": meeting, "supplier_id": supplier_id}

    made = done(step(story, "buyer", working, "convert", {"lines": choices, "ends_on": "2026-12-31"}), 201)

    assert [order["type"] for order in made["orders"]] == ["CATALOGUE", "TEXT"]
    assert made["orders"][0]["number"] == "100001"
    assert [order["ends_on"] for order in made["orders"]] == [None, "2026-12-31"]
    assert [row["supplier_id"] for row in made["requisition"]["lines"]] == [supplier_id] * 3


def test_two_suppliers_get_an_order_each(story: Story) -> None:
    other = registered(story.world)
    supplier_id = str(story.world.supplier_id)
    lines = [in_words("Kaffe", supplier_id=other["id"]), in_words("Te", supplier_id=supplier_id)]
    working = claimed(story, *lines, in_words("Kakao", supplier_id=other["id"], currency="EUR"))

    made = done(step(story, "buyer", working, "convert"), 201)

    assert [(order["supplier_id"], order["currency"]) for order in made["orders"]] == [
        (other["id"], "DKK"),
        (supplier_id, "DKK"),
        (other["id"], "EUR"),
    ]


def test_a_buyer_orders_from_the_own_basket_and_nobody_from_anybody_elses(story: Story) -> None:
    person(story, "other-buyer", "BUYER")
    mine = done(make(story, need(story, "papir"), who="buyer"), 201)

    assert refused(step(story, "other-buyer", mine, "convert")) == (404, "requisition_not_found")
    basket = done(make(story, need(story, "papir")), 201)
    assert refused(step(story, "requisitioner", basket, "convert")) == (403, "not_allowed")
    empty = done(make(story, who="buyer"), 201)
    assert pointers(step(story, "buyer", empty, "convert")) == ["/lines"]
    made = done(step(story, "buyer", mine, "convert"), 201)
    assert len(made["orders"]) == 1
    assert done(story["disponent"].get(f"/requisitions/{mine['id']}"))["status"] == "CONVERTED"
    working = claimed(story, need(story, "papir"))
    assert refused(step(story, "other-buyer", working, "convert")) == (403, "not_yours_to_work_on")


def test_a_requisition_becomes_orders_once_even_when_asked_twice_at_once(story: Story) -> None:
    working = claimed(story, need(story, "papir"))
    both = threading.Barrier(2, timeout=20)

    def convert(_: int) -> int:
        both.wait()
        return step(story, "buyer", working, "convert").status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(convert, range(2))) == [201, 412]
    assert len(done(story["buyer"].get("/orders"))["data"]) == 1


def test_a_line_that_left_the_catalogue_or_changed_there_is_looked_at_anew(story: Story) -> None:
    working = claimed(story, need(story, "papir", "2", postings=_halves("10.00", "10.00")), need(story, "pen", "10"))
    dearer = line("1", "12.50", "Update", name="Papir")
    publish(story.world, [dearer, line("2", "5.00", "Update", name="Pen", order_quantity_increment=Decimal(20))], "2")

    answer = step(story, "buyer", working, "convert")

    assert refused(answer) == (422, "requisition_incomplete")
    assert pointers(answer) == ["/lines/1/quantity"]
    assert seen(story, working) == working
    returned = done(step(story, "buyer", working, "return", {"reason": "Kun i tyvere"}))
    pen = returned["lines"][1]["id"]
    fixed = done(edit(story, "PATCH", returned, f"/lines/{pen}", {"quantity": "20"}))
    again = done(step(story, "buyer", done(step(story, "requisitioner", fixed, "submit")), "claim"))
    (made,) = done(step(story, "buyer", again, "convert"), 201)["orders"]
    assert [row["amount"] for row in made["lines"]] == ["25.00", "100.00"]
    assert [share["amount"] for share in made["lines"][0]["postings"]] == ["12.50", "12.50"]


def test_what_is_shared_with_the_buyer_no_more_is_flagged_and_not_ordered(story: Story) -> None:
    working = claimed(story, need(story, "papir"), in_words("Møde", agreement_id=str(story.world.agreement_id)))
    manager, path = story["state-content-manager"], f"/agreements/{story.world.agreement_id}/shares"
    for share in done(manager.get(path))["data"]:
        manager.delete(f"/shares/{share['id']}")

    assert [row["flags"] for row in seen(story, working)["lines"]] == [["AGREEMENT_NOT_VISIBLE"]] * 2
    answer = step(story, "buyer", working, "convert")
    assert (refused(answer), pointers(answer)) == ((422, "requisition_incomplete"), ["/lines/0", "/lines/1"])
    assert done(story["buyer"].get("/orders"))["data"] == []
    events = [event.action for event in audited(story, working["id"])]
    assert events == ["requisition.made", "requisition.submitted", "requisition.claimed"]


def audited(story: Story, requisition_id: str) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.entity_id == UUID(requisition_id)).order_by(col(AuditEvent.id))
    return story.world.database.run(lambda session: list(session.exec(query).all()), write=False)


def _halves(*amounts: str) -> list[dict[str, str]]:
    return [{"accounting_cost": f"22{number}", "amount": amount} for number, amount in enumerate(amounts)]


def test_postings_that_are_not_allowed_name_the_requisitions_line(story: Story) -> None:
    working = claimed(story, in_words("Kaffe", supplier_id=str(story.world.supplier_id)), need(story, "papir"))
    path = f"/organisations/{story.world.institution_id}/posting-scheme"
    dimension = {"name": "account", "label": "Konto", "required": True}
    done(story["administrator"].send("PUT", path, json={"dimensions": [dimension]}))

    answer = step(story, "buyer", working, "convert")

    assert refused(answer) == (422, "requisition_not_convertible")
    assert pointers(answer) == ["/lines/0/accounting_cost", "/lines/1/accounting_cost"]
    assert messages(answer)[0] == "line 1: the dimension account is missing"
    assert done(story["buyer"].get("/orders"))["data"] == []


def put_cart(
    story: Story, requisition: dict[str, Any], name: str, expires_at: datetime | None = None, **fields: Any
) -> str:
    """Put a line of a shop's cart on a requisition; no door does but the one that carts come back by."""

    def write(session: Session) -> str:
        row = RequisitionLine(
            id=new_id(story.world.clock.now()),
            requisition_id=UUID(requisition["id"]),
            position=len(requisition["lines"]) + 100 + fields.pop("place", 0),
            source=LineSource.PUNCH_OUT,
            agreement_id=story.world.agreement_id,
            supplier_id=story.world.supplier_id,
            item={"name": name},
            unspsc="43211503",
            quantity=Decimal(2),
            unit_code="EA",
            price={"price_amount": "4999.50"},
            amount=Decimal("9999.00"),
            currency="DKK",
            expires_at=expires_at,
            **{"standing": CartStanding.ON_AGREEMENT, "quote": {"id": "Q-7"}, **fields},
        )
        session.add(row)
        return str(row.id)

    return story.world.database.run(write)


def test_the_supplier_hears_its_shops_own_keys_again_in_the_order(story: Story) -> None:
    mine = done(make(story, need(story, "papir"), who="buyer"), 201)
    put_cart(story, mine, "Bærbar", None, quote={"EXT_QUOTE_ID": "Q-7", "EXT_QUOTE_ITEM": "2"}, note="Uden taske")
    cart = done(step(story, "buyer", mine, "convert"), 201)["orders"][1]
    sent = done(act(story, "disponent", done(act(story, "buyer", cart, "submit")), "approve"))
    (line,) = story.document_of(sent["id"]).lines
    assert line.notes == ("Uden taske", "EXT_QUOTE_ID=Q-7; EXT_QUOTE_ITEM=2")


def test_a_cart_is_ordered_at_the_shops_price_while_that_is_good(story: Story) -> None:
    now = story.world.clock.now()
    mine = done(make(story, need(story, "papir"), who="buyer"), 201)
    laptop = put_cart(
        story, mine, "Bærbar", now + timedelta(hours=2), configuration={"ram": "32 GB"}, note="Uden taske"
    )
    bag = put_cart(story, mine, "Taske", standing=CartStanding.NOT_ON_AGREEMENT, note="not on it", place=1)

    answer = step(story, "buyer", mine, "convert")
    assert (refused(answer), pointers(answer)) == ((422, "requisition_incomplete"), ["/lines/2/cascade_reason"])
    assert pointers(edit(story, "PATCH", mine, f"/lines/{laptop}", {"quantity": "3"}, "buyer")) == ["/quantity"]
    mine = done(edit(story, "PATCH", mine, f"/lines/{laptop}", {"accounting_cost": "2210"}, "buyer"))
    reason = {"lines": [{"line_id": bag, "cascade_reason": "Kun her"}]}

    made = done(step(story, "buyer", mine, "convert", reason), 201)

    assert [order["type"] for order in made["orders"]] == ["CATALOGUE", "CONFIGURABLE"]
    cart = made["orders"][1]
    assert cart["total_amount"] == "19998.00"
    assert [row["price"]["price_amount"] for row in cart["lines"]] == ["4999.50", "4999.50"]
    assert [row["configuration"] for row in cart["lines"]] == [{"ram": "32 GB"}, None]
    assert cart["lines"][0]["quote"] == {"id": "Q-7", "expires_at": (now + timedelta(hours=2)).isoformat()}
    assert [row["cascade_reason"] for row in cart["lines"]] == [None, "Kun her"]
    assert [row["accounting_cost"] for row in cart["lines"]] == ["2210", None]
    waiting = done(act(story, "buyer", cart, "submit"))
    story.world.clock.advance(timedelta(hours=3))
    assert refused(act(story, "disponent", waiting, "approve")) == (409, "quote_expired")
    story.world.clock.advance(timedelta(hours=-3))
    sent = done(act(story, "disponent", waiting, "approve"))
    assert [row.notes for row in story.document_of(sent["id"]).lines] == [("Uden taske", "id=Q-7"), ("id=Q-7",)]


def test_a_cart_that_has_expired_is_fetched_anew(story: Story) -> None:
    made = done(make(story), 201)
    put_cart(story, made, "Bærbar", story.world.clock.now() + timedelta(hours=1))
    story.world.clock.advance(timedelta(hours=1))

    answer = step(story, "requisitioner", made, "submit")

    assert (refused(answer), pointers(answer)) == ((422, "requisition_incomplete"), ["/lines/0"])
    assert "enter the shop again" in messages(answer)[0]
    line_id = seen(story, made)["lines"][0]["id"]
    assert done(edit(story, "DELETE", made, f"/lines/{line_id}"))["lines"] == []


def test_who_only_needs_it_may_be_the_second_person(story: Story) -> None:
    set_policy(story, "TWO_PERSON_RULE", rule="ORDER")
    person(story, "head", "REQUISITIONER", "DISPONENT", prokura="5000.00")
    made = done(make(story, need(story, "papir"), who="head"), 201)
    working = done(step(story, "buyer", done(step(story, "head", made, "submit")), "claim"))
    (order,) = done(step(story, "buyer", working, "convert"), 201)["orders"]
    waiting = done(act(story, "buyer", order, "submit"))

    assert done(story["head"].post(f"/orders/{order['id']}/approve", headers=etag(waiting)))["status"] == "SENT"


def test_options_that_were_chosen_make_a_configurable_order(story: Story) -> None:
    colours = {"properties": [{"name": "Farve", "value": "Rød", "list_values": ["Rød", "Blå"]}]}
    publish(story.world, [line("C", "100.00", name="Kontorstol", item=colours)], "2")
    chair = {"source": "CATALOGUE", "catalogue_line_id": item(story, "kontorstol"), "quantity": "1"}

    green = make(story, chair | {"options": [{"name": "Farve", "value": "Grøn"}]})
    assert pointers(green) == ["/lines/0/options"]
    working = claimed(story, need(story, "papir"), chair | {"options": [{"name": "Farve", "value": "Blå"}]})
    made = done(step(story, "buyer", working, "convert"), 201)["orders"]

    assert [order["type"] for order in made] == ["CATALOGUE", "CONFIGURABLE"]
    assert made[1]["lines"][0]["configuration"] == {"options": {"Farve": "Blå"}}
