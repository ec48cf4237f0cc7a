"""A desk to measure: a line of the catalogue with things to choose is ordered, received in two parts and billed."""

from decimal import Decimal
from typing import Any

from app.documents.item import ItemProperty
from tests.bills import bill, counters, every_proof_holds
from tests.catalogues import line, publish
from tests.purchases import act, done, item, order, pointers
from tests.story import Story

COLOUR = ItemProperty(name="Farve", value="grå", list_values=("grå", "hvid", "eg"))
DEPTH = ItemProperty(name="Dybde", value="80", minimum_value="60", maximum_value="100")
CHOSEN = [{"name": "Farve", "value": "eg"}, {"name": "Dybde", "value": "72,5"}]


def desk(story: Story, options: list[dict[str, str]], **fields: Any) -> list[dict[str, Any]]:
    """Give the lines of an order of ten desks."""
    found = {"catalogue_line_id": item(story, "skrivebord"), "quantity": "10", "options": options}
    return [found | fields]


def test_a_desk_is_ordered_as_it_was_chosen_and_paid_when_the_last_has_come(story: Story) -> None:
    goods = [
        line("1", "900.00", name="Skrivebord", item={"properties": (COLOUR, DEPTH)}),
        line("2", "40.00", name="Kopipapir"),
    ]
    publish(story.world, goods)

    assert pointers(order(story, desk(story, CHOSEN))) == ["/lines/0/options"]
    as_configured = {"type": "CONFIGURABLE"}
    assert pointers(order(story, desk(story, CHOSEN[:1]), **as_configured)) == ["/lines/0/options"]
    wrong = [{"name": "Farve", "value": "rød"}, {"name": "Dybde", "value": "101"}]
    assert pointers(order(story, desk(story, wrong), **as_configured)) == ["/lines/0/options"] * 2
    plain = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "1"}]
    assert pointers(order(story, plain, **as_configured)) == ["/lines/0/options"]

    made = done(order(story, desk(story, CHOSEN), **as_configured), 201)
    assert (made["type"], made["total_amount"]) == ("CONFIGURABLE", "9000.00")
    assert made["lines"][0]["configuration"] == {"options": {"Farve": "eg", "Dybde": "72,5"}}
    sent = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    document = story.document_of(sent["id"])
    assert [(found.name, found.value) for found in document.lines[0].item.properties] == [
        ("Farve", "eg"),
        ("Dybde", "72,5"),
    ]
    assert document.lines[0].line_extension_amount == Decimal(9000)

    path = f"/orders/{sent['id']}/receipts"
    first = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "4"}]}
    done(story["receiver"].post(path, first), 201)
    waiting = story.match(bill(document, "F-1", _1="10"))
    assert waiting["outcome"] == "AWAITING_RECEIPT"
    done(story["receiver"].post(path, {"received_on": "2026-03-02", "everything": True}), 201)
    story.work()
    assert done(story["invoice-handler"].get(f"/match/{waiting['id']}"))["outcome"] == "AUTO_APPROVED"
    counted = counters(story, sent["id"], "received_quantity", "invoiced_quantity")
    assert counted == [("10.00", "10.00")]
    assert every_proof_holds(story) == 2
