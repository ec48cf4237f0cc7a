"""From a need to orders: somebody fills a basket over two agreements and in words, a buyer makes three orders of it."""

from tests.catalogues import line, publish
from tests.integration.agreements.sharing import agreement, held, shared
from tests.purchases import act, done, tasks
from tests.requisitions import claimed, in_words, make, need, seen, step
from tests.story import Story


def test_a_need_over_two_agreements_and_in_words_becomes_three_orders(story: Story) -> None:
    world = story.world
    publish(world, [line("1", "40.00", name="Kopipapir")])
    furniture = agreement(world, world.root_id, "SKI", contract_number="K-MØBLER", binding=False)
    held(world, furniture)
    shared(world, furniture, world.institution_id, "EVERYBODY", world.institution_id)
    publish(world, [line("S", "900.00", name="Skrivebord")], number="KAT-2", contract_id="K-MØBLER")

    working = claimed(
        story,
        need(story, "kopipapir", "10"),
        need(story, "skrivebord", "2", note="Hæve-sænke"),
        in_words("Montering på stedet", "1500.00", unspsc="72153613"),
        need(story, "kopipapir", "5", accounting_cost="2210"),
        reason="Nye medarbejdere",
    )
    choice = {"line_id": working["lines"][2]["id"], "supplier_id": str(world.supplier_id)}
    made = done(step(story, "buyer", working, "convert", {"lines": [choice], "ends_on": "2026-06-30"}), 201)

    assert [(order["type"], order["total_amount"]) for order in made["orders"]] == [
        ("CATALOGUE", "600.00"),
        ("CATALOGUE", "1800.00"),
        ("TEXT", "1500.00"),
    ]
    numbers = [row["order_number"] for row in seen(story, working)["lines"]]
    assert numbers == ["100001", "100002", "100003", "100001"]
    for order in made["orders"]:
        waiting = done(act(story, "buyer", order, "submit"))
        sent = done(act(story, "disponent", waiting, "approve"))
        assert story.document_of(sent["id"]).buyer.contact.id == "requisitioner"  # type: ignore[union-attr]  # it is set
    mine = done(story["requisitioner"].get("/orders"))["data"]
    assert {row["status"] for row in mine} == {"SENT"}
    assert len(mine) == 3


def test_a_need_that_comes_back_is_handed_in_again(story: Story) -> None:
    publish(story.world, [line("1", "40.00", name="Kopipapir")])
    working = claimed(story, need(story, "kopipapir", "10"))

    returned = done(step(story, "buyer", working, "return", {"reason": "Hvilken konto?"}))

    assert tasks(story, "requisitioner", working["id"]) == [("REQUISITION_RETURNED", "OPEN")]
    headers = {"If-Match": f'"{returned["version"]}"'}
    told = {"accounting_cost": "2210"}
    fixed = done(story["requisitioner"].send("PATCH", f"/requisitions/{working['id']}", json=told, headers=headers))
    again = done(step(story, "buyer", done(step(story, "requisitioner", fixed, "submit")), "claim"))
    (order,) = done(step(story, "buyer", again, "convert"), 201)["orders"]
    assert order["lines"][0]["accounting_cost"] == "2210"
    assert done(make(story), 201)["status"] == "DRAFT"
