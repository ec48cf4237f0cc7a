"""How agreements come to those who buy on them: central ones in five steps, local ones in five, and what ends them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.demo import papers
from app.kit.clock import business_day
from tests.catalogues import PAPER, PENS, bracket, catalogue_xml, line, publish
from tests.integration.agreements.sharing import agreement, share, shared
from tests.integration.organisations.steps import every, made
from tests.purchases import act, done, draft, etag, item, order, refused, shown, submitted
from tests.story import Story

CENTRAL, LOCAL = "K-SKI", "K-LOKAL"


def lines_found(story: Story, words: str, who: str = "buyer") -> list[str]:
    return [row["line_id"] for row in done(story[who].get("/catalogue-lines", q=words))["data"]]


def agreements_of(story: Story, who: str) -> list[str]:
    return [row["contract_number"] for row in done(story[who].get("/agreements"))["data"]]


def why(story: Story, agreement_id: object, who: str = "content-manager", **query: str) -> dict[str, Any]:
    buyer = story.world.people["buyer"]
    return done(story[who].get(f"/agreements/{agreement_id}/why", user_id=str(buyer), **query))


def causes(answer: dict[str, Any]) -> list[str]:
    return [found["code"] for found in answer["findings"]]


def end_share_from(story: Story, giver: UUID) -> str:
    """Take back what an organisation gave of the world's agreement; gives the share's id."""
    manager, path = story["state-content-manager"], f"/agreements/{story.world.agreement_id}/shares"
    (share_id,) = (row["id"] for row in done(manager.get(path))["data"] if row["from_organisation_id"] == str(giver))
    done(manager.delete(f"/shares/{share_id}"))
    return str(share_id)


def test_a_central_agreement_reaches_its_buyers_in_five_steps(story: Story) -> None:
    world = story.world
    central = agreement(world, world.root_id, "SKI", contract_number=CENTRAL)
    publish(world, [line("B", name="Blok"), line("P", name="Pen", unspsc=PENS)], number="KAT-2", contract_id=CENTRAL)
    assert agreements_of(story, "content-manager") == ["K-2026-17"]
    assert causes(why(story, central)) == ["NOT_HANDED_DOWN"]

    shared(world, central, world.root_id, "ORGANISATION", world.ministry_id)
    shared(world, central, world.ministry_id, "ORGANISATION", world.institution_id)
    assert CENTRAL in agreements_of(story, "content-manager")
    assert lines_found(story, "blok") == []
    assert causes(why(story, central)) == ["NOT_SHARED_WITH_USER"]

    shared(
        world,
        central,
        world.institution_id,
        "EVERYBODY",
        world.institution_id,
        include_groups=["14"],
        subject="content-manager",
    )
    assert (lines_found(story, "blok"), lines_found(story, "pen")) == (["B"], [])
    assert causes(why(story, central)) == ["VISIBLE"]
    assert causes(why(story, central, group=PENS)) == ["GROUP_LEFT_OUT"]

    publish(world, [line("N", name="Blok ny")], "2", number="KAT-2", contract_id=CENTRAL)
    assert set(lines_found(story, "blok")) == {"B", "N"}


def test_a_local_agreement_reaches_its_users_in_five_steps(story: Story) -> None:
    world, manager = story.world, story["content-manager"]
    body = {
        "owner_id": str(world.institution_id),
        "supplier_id": str(world.supplier_id),
        "kind": "LOCAL",
        "title": "Lokal aftale",
        "contract_number": LOCAL,
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    opened = made(manager.post("/agreements", body))
    done(manager.post(f"/agreements/{opened['id']}/activate", headers=etag(opened)))

    sent = catalogue_xml([line("L", name="Lup", unspsc=PAPER)], number="KAT-3", contract_id=LOCAL)
    catalogue = done(story["supplier"].upload("/catalogues", sent), 201)
    assert lines_found(story, "lup") == []
    seen = manager.get(f"/catalogues/{catalogue['catalogue_id']}")
    done(manager.post(f"/catalogues/{seen.json()['id']}/approve", headers={"If-Match": seen.headers["etag"]}))
    assert lines_found(story, "lup") == []

    answer = share(
        world, UUID(opened["id"]), world.institution_id, "EVERYBODY", world.institution_id, subject="content-manager"
    )
    made(answer)
    assert lines_found(story, "lup") == ["L"]
    assert [row["to_name"] for row in reach(story, opened["id"])] == ["everybody of Prøveinstitutionen"]


def reach(story: Story, agreement_id: object, who: str = "content-manager") -> list[dict[str, Any]]:
    return list(done(story[who].get(f"/agreements/{agreement_id}/reach"))["data"])


def test_what_was_shared_to_a_branch_is_told_to_the_branch_alone(story: Story) -> None:
    world = story.world

    seen = [(row["from_name"], row["to_name"], row["depth"]) for row in reach(story, world.agreement_id)]
    everything = [row["depth"] for row in reach(story, world.agreement_id, "auditor")]

    assert seen == [
        ("Ministeriet for Prøver", "Prøveinstitutionen", 1),
        ("Prøveinstitutionen", "everybody of Prøveinstitutionen", 2),
    ]
    assert everything == [0, 1, 2]
    end_share_from(story, world.root_id)
    below = reach(story, world.agreement_id, "auditor")
    assert [row["state"] for row in below] == ["REVOKED", "BROKEN", "BROKEN"]
    assert "revoked on 2 March 2026" in below[2]["because"]["message"]


def test_a_basket_on_an_agreement_that_is_taken_away_waits_until_it_comes_back(story: Story) -> None:
    publish(story.world, [line("1")])
    basket = done(draft(story, **{"NR-1": "2"}), 201)
    asked = submitted(story, **{"NR-1": "1"})
    assert [row["flags"] for row in shown(story, basket)["lines"]] == [[]]

    share_id = end_share_from(story, story.world.root_id)

    for one in (basket, asked):
        assert [row["flags"] for row in shown(story, one)["lines"]] == [["AGREEMENT_NOT_VISIBLE"]]
    assert refused(act(story, "disponent", asked, "approve")) == (409, "agreement_not_visible")
    assert [found["code"] for found in why(story, story.world.agreement_id)["findings"]] == ["STEP_REVOKED"]

    done(story["state-content-manager"].post(f"/shares/{share_id}/restore"))
    assert [row["flags"] for row in shown(story, asked)["lines"]] == [[]]
    assert done(act(story, "disponent", asked, "approve"))["status"] == "SENT"


def invoice_passes(story: Story, order_id: str) -> bool:
    document = story.document_of(order_id)
    story.receive(order_id, _1="10", _2="5")
    bill = papers.bill(document, {"1": "10", "2": "5"}, issue_date=business_day(story.world.clock.now()))
    return bool(story.match(papers.written(bill))["outcome"] == "AUTO_APPROVED")


def test_a_sent_order_is_not_touched_when_its_agreement_is_taken_away(story: Story) -> None:
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10", ringbind="5")

    end_share_from(story, story.world.root_id)

    assert lines_found(story, "kopipapir") == []
    assert [row["flags"] for row in shown(story, sent)["lines"]] == [[], []]
    assert invoice_passes(story, sent["id"])


def test_a_sent_order_outlives_its_agreement(story: Story) -> None:
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="10", ringbind="5")
    waiting = submitted(story, kopipapir="1")
    ends = date(2026, 3, 5)
    change(story, {"valid_to": str(ends)})

    story.world.clock.advance(timedelta(days=4))

    seen = done(story["state-content-manager"].get(f"/agreements/{story.world.agreement_id}"))
    assert (seen["status"], seen["in_force"]) == ("ACTIVE", "EXPIRED")
    assert causes(why(story, story.world.agreement_id)) == ["NOT_VALID"]
    assert refused(act(story, "disponent", waiting, "approve")) == (409, "agreement_not_visible")
    assert invoice_passes(story, sent["id"])


def change(story: Story, body: dict[str, Any]) -> dict[str, Any]:
    path = f"/agreements/{story.world.agreement_id}"
    return done(story["state-content-manager"].send("PATCH", path, headers={"If-Match": "*"}, json=body))


def test_whoever_buys_past_a_binding_agreement_says_why(story: Story) -> None:
    world = story.world
    same = {"manufacturer_name": "Bantex A/S", "manufacturers_item_id": {"value": "100-200"}}
    publish(world, [line("1", "30.00", name="Ringbind bred", item=same)])
    local = agreement(world, world.institution_id, contract_number=LOCAL, title="Lokal")
    shared(world, local, world.institution_id, "EVERYBODY", world.institution_id)
    alike = {"manufacturer_name": "BANTEX  a/s", "manufacturers_item_id": {"value": "100-200"}}
    publish(world, [line("9", "12.00", name="Ringbind bred", item=alike)], number="KAT-9", contract_id=LOCAL)

    dear, cheap = done(story["buyer"].get("/catalogue-lines", q="ringbind"))["data"]
    assert [(row["line_id"], row["cascade_rank"]) for row in (dear, cheap)] == [("1", "BINDING"), ("9", "LOCAL")]
    assert (dear["better"], [row["id"] for row in cheap["better"]]) == ([], [dear["id"]])

    def buy(*, confidential: bool = False, **fields: str) -> httpx.Response:
        lines = [{"catalogue_line_id": cheap["id"], "quantity": "3", **fields}]
        return order(story, lines, confidential=confidential)

    answer = buy()
    assert refused(answer) == (422, "lines_not_orderable")
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["rule_id"]) == ("/lines/0/cascade_reason", "P-CASCADE")
    assert dear["id"] in fault["message"]
    assert "Kontorvarer" in fault["message"]

    bought = done(buy(cascade_reason="Leveres samme dag"), 201)
    assert bought["lines"][0]["cascade_reason"] == "Leveres samme dag"
    assert exceptions(story) == []
    asked = done(act(story, "buyer", bought, "submit"))
    done(act(story, "disponent", asked, "approve"))
    (told,) = exceptions(story)
    assert (told["ordered_by"], told["order_number"]) == (str(world.people["buyer"]), bought["number"])
    assert (told["item_name"], told["amount"]) == ("Ringbind bred", "36.00")
    assert (told["cascade_reason"], told["passed_line_id"]) == ("Leveres samme dag", dear["id"])
    assert (told["agreement_id"], told["passed_agreement_id"]) == (str(local), str(world.agreement_id))
    assert exceptions(story, "requisitioner") == []

    secret = done(buy(cascade_reason="Til en kilde", confidential=True), 201)
    done(act(story, "disponent", done(act(story, "buyer", secret, "submit")), "approve"))
    assert exceptions(story) == [told]


def exceptions(story: Story, who: str = "content-manager") -> list[dict[str, Any]]:
    return list(done(story[who].get("/cascade-exceptions"))["data"])


def test_a_binding_line_that_cannot_be_ordered_binds_nobody(story: Story) -> None:
    world = story.world
    gtin = {"standard_item_id": {"value": "5701234567899", "scheme_id": "GTIN"}}
    padded = {"standard_item_id": {"value": "05701234567899", "scheme_id": "GTIN"}}
    large = line("1", brackets=(bracket("8.00", from_quantity="10"),), item=gtin)
    publish(world, [large])
    local = agreement(world, world.institution_id, contract_number=LOCAL)
    shared(world, local, world.institution_id, "EVERYBODY", world.institution_id)
    publish(world, [line("9", "12.00", item=padded)], number="KAT-9", contract_id=LOCAL)

    wanted = {"catalogue_line_id": item(story, "NR-9")}

    done(order(story, [{**wanted, "quantity": "9"}]), 201)
    assert refused(order(story, [{**wanted, "quantity": "10"}])) == (422, "lines_not_orderable")


def test_the_tree_is_told_page_by_page_from_the_top(story: Story) -> None:
    path = f"/agreements/{story.world.agreement_id}/reach"

    for limit in (1, 2, 3):
        assert [row["depth"] for row in every(story["auditor"], path, limit)] == [0, 1, 2]
    answer = story["auditor"].get(path, cursor="AAAAAAAAAAAAAAAAAAAAAA")
    assert refused(answer) == (422, "invalid_cursor")
