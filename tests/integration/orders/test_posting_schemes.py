"""Posting by a scheme: dimensions and combinations of the nearest organisation, defaults, and lines that are split."""

from typing import Any

import httpx
import pytest

from app.kit.sheets import CSV, XLSX
from tests.catalogues import line, publish
from tests.integration.organisations.steps import every
from tests.purchases import act, done, etag, item, order, person, pointers, refused, sql
from tests.sheets import workbook
from tests.story import Story

DIMENSIONS: list[dict[str, Any]] = [
    {
        "name": "Account",
        "label": "Konto",
        "required": True,
        "pattern": {"min_length": 4, "max_length": 4, "digits": True},
    },
    {"name": "sted", "label": "Sted", "values": [{"code": "4711", "label": "Kantinen"}, {"code": "4712"}]},
]


def put(story: Story, place: str = "institution", who: str = "administrator", **fields: Any) -> httpx.Response:
    body = {"dimensions": DIMENSIONS, **fields}
    return story[who].send("PUT", f"{path(story, place)}/posting-scheme", json=body, headers={"If-Match": "*"})


def path(story: Story, place: str = "institution") -> str:
    return f"/organisations/{story.world.organisations[place]}"


def load(story: Story, content: bytes, media_type: str = CSV, who: str = "administrator") -> httpx.Response:
    return story[who].upload(f"{path(story)}/posting-combinations", content, media_type)


def wanted(story: Story, number: str = "NR-1", **fields: Any) -> dict[str, Any]:
    return {"catalogue_line_id": item(story, number), "quantity": "1", **fields}


def test_the_nearest_scheme_upwards_holds(story: Story) -> None:
    assert refused(story["buyer"].get(f"{path(story)}/posting-scheme")) == (404, "posting_scheme_not_found")
    above = done(put(story, "ministry"))
    assert (above["dimensions"][0]["name"], above["version"], above["combinations"]) == ("account", 1, 0)
    seen = done(story["buyer"].get(f"{path(story)}/posting-scheme"))
    assert (seen["organisation_id"], seen["set_at"]) == (str(story.world.institution_id), str(story.world.ministry_id))

    done(put(story, dimensions=DIMENSIONS[:1]))

    answer = story["buyer"].get(f"{path(story)}/posting-scheme")
    assert (answer.headers["etag"], answer.json()["set_at"]) == ('"1"', str(story.world.institution_id))
    assert len(answer.json()["dimensions"]) == 1
    assert refused(put(story, who="buyer")) == (403, "not_allowed")
    without = story["administrator"].send("PUT", f"{path(story)}/posting-scheme", json={"dimensions": DIMENSIONS})
    assert refused(without) == (428, "version_missing")


@pytest.mark.parametrize(
    "dimensions",
    [
        [],
        [{"name": "a;b", "label": "A"}],
        [{"name": "konto", "label": "A"}, {"name": "KONTO", "label": "B"}],
        [{"name": "konto", "label": "Sted"}, {"name": "sted", "label": "B"}],
        [{"name": "konto", "label": "A", "pattern": {"min_length": 5, "max_length": 4}}],
        [{"name": "konto", "label": "A", "values": [{"code": "1"}, {"code": "1"}]}],
        [{"name": "konto", "label": "A", "values": [{"code": "1;2"}]}],
        [{"name": "konto", "label": "A", "values": [{"code": "1"}], "pattern": {}}],
    ],
)
def test_a_scheme_that_means_nothing_is_refused(story: Story, dimensions: list[dict[str, Any]]) -> None:
    assert put(story, dimensions=dimensions).status_code == 422


def test_orders_are_posted_as_the_scheme_allows(story: Story) -> None:
    publish(story.world, [line("1")])
    done(put(story, "ministry"))

    lines = [
        wanted(story, accounting_cost="sted=9999; Account=2210"),
        wanted(story, accounting_cost="sted=4711;account=2210"),
        wanted(story),
    ]
    answer = order(story, lines)

    assert refused(answer) == (422, "posting_not_allowed")
    assert pointers(answer) == ["/lines/0/accounting_cost", "/lines/2/accounting_cost"]
    (first, last) = answer.json()["errors"]
    assert (first["rule_id"], first["message"]) == ("P-POSTING", "sted cannot be 9999; allowed are 4711, 4712")
    assert "(Konto) mangler" in last["message_da"]
    assert done(story["buyer"].get("/orders"))["data"] == []
    made = done(order(story, lines[1:], accounting_cost="2211"), 201)
    assert [row["accounting_cost"] for row in made["lines"]] == ["account=2210;sted=4711", "account=2211"]
    assert made["accounting_cost"] == "account=2211"
    assert pointers(order(story, lines[1:2], accounting_cost="22")) == ["/accounting_cost"]


def test_combinations_are_imported_all_or_none_and_are_what_is_allowed(story: Story) -> None:
    publish(story.world, [line("1")])
    assert refused(load(story, b"sted;account\n")) == (404, "posting_scheme_not_found")
    done(put(story))
    assert refused(put(story, combinations_only=True)) == (409, "no_combinations")
    assert refused(load(story, b"Konto\n2210\n", who="buyer")) == (403, "not_allowed")

    wrong = load(story, b"Konto;Sted\n2210;4711\n22;4712\n2210;4711\n;4712\n")

    assert refused(wrong) == (422, "combinations_not_fitting")
    assert [(fault["row"], fault.get("column")) for fault in wrong.json()["errors"]] == [
        (3, "Konto"),
        (5, "Konto"),
        (4, None),
    ]
    assert every(story["buyer"], f"{path(story)}/posting-combinations") == []
    rows = [["Sted", "account"], ["4711", 2210], ["4712", 2210], [None, 2211]]
    assert done(load(story, workbook({"Ark1": rows}), XLSX))["combinations"] == 3
    listed = every(story["buyer"], f"{path(story)}/posting-combinations")
    assert [row["accounting_cost"] for row in listed] == [
        "account=2210;sted=4711",
        "account=2210;sted=4712",
        "account=2211",
    ]
    done(put(story, combinations_only=True))
    made = done(order(story, [wanted(story, accounting_cost="2211")], accounting_cost="sted=4712;account=2210"), 201)
    assert [row["accounting_cost"] for row in made["lines"]] == ["account=2211"]
    (fault,) = order(story, [wanted(story, accounting_cost="2210")]).json()["errors"]
    assert fault["message"].endswith("allowed are account=2210;sted=4711 | account=2210;sted=4712")
    assert refused(load(story, b"Konto;Sted\n")) == (409, "no_combinations")
    assert refused(put(story, dimensions=DIMENSIONS[::-1])) == (409, "combinations_in_the_way")
    done(put(story))
    assert done(load(story, b"Konto;Sted\n"))["combinations"] == 0
    done(put(story, dimensions=DIMENSIONS[::-1]))


def test_what_nobody_posts_is_posted_by_the_nearest_and_most_specific_default(story: Story) -> None:
    publish(story.world, [line("1")])
    done(put(story, "ministry"))
    defaults = f"{path(story)}/posting-defaults"
    administrator, buyer = story["administrator"], str(story.world.people["buyer"])

    def add(cost: str, where: str = defaults, **of: str) -> httpx.Response:
        return administrator.post(where, {"accounting_cost": cost, **of})

    def posted(**header: str) -> Any:
        return done(order(story, [wanted(story)], **header), 201)["lines"][0]["accounting_cost"]

    assert pointers(add("22", unspsc_prefix="14")) == ["/accounting_cost"]
    assert add("2210").status_code == 422
    assert refused(add("2210", user_id=str(story.world.root_id))) == (404, "user_not_found")
    assert refused(add("2210", agreement_id=str(story.world.root_id))) == (404, "agreement_not_found")
    assert refused(story["buyer"].post(defaults, {"accounting_cost": "2210", "user_id": buyer}))[0] == 403
    done(add("2210", f"{path(story, 'ministry')}/posting-defaults", user_id=buyer), 201)
    assert posted() == "account=2210"
    of_agreement = done(add("2211", agreement_id=str(story.world.agreement_id)), 201)
    assert refused(add("2299", agreement_id=str(story.world.agreement_id))) == (409, "posting_default_taken")
    assert posted() == "account=2211"
    assert posted(accounting_cost="3000") == "account=3000"
    assert [row["id"] for row in every(story["buyer"], defaults)] == [of_agreement["id"]]
    elsewhere = f"{path(story, 'ministry')}/posting-defaults/{of_agreement['id']}"
    assert refused(administrator.delete(elsewhere)) == (404, "posting_default_not_found")
    assert administrator.delete(f"{defaults}/{of_agreement['id']}").status_code == 204
    assert posted() == "account=2210"


def test_a_split_line_is_posted_in_several_places_and_prokura_looks_at_each(story: Story) -> None:
    publish(story.world, [line("1")])
    done(put(story))
    halves = [
        {"accounting_cost": "2210", "percent": "50"},
        {"accounting_cost": "sted=4711;account=3310", "percent": "50"},
    ]

    uneven = [{"accounting_cost": "2210", "amount": "5.00"}, {"accounting_cost": "99", "amount": "4.99"}]
    answer = order(story, [wanted(story, postings=uneven)])
    assert pointers(answer) == ["/lines/0/postings", "/lines/0/postings/1/accounting_cost"]
    for postings in (halves[:1], [halves[0], uneven[0]], [{"accounting_cost": "2210"}] * 2):
        assert order(story, [wanted(story, postings=postings)]).status_code == 422
    assert order(story, [wanted(story, postings=halves, accounting_cost="2210")]).status_code == 422

    made = done(order(story, [wanted(story, postings=halves)]), 201)

    (told,) = made["lines"]
    assert told["accounting_cost"] == "account=2210"
    assert told["postings"] == [
        {"accounting_cost": "account=2210", "amount": "5.00"},
        {"accounting_cost": "account=3310;sted=4711", "amount": "5.00"},
    ]
    waiting = done(act(story, "buyer", made, "submit"))
    person(story, "account-holder", "DISPONENT", prokura="10")
    sql(
        story,
        "UPDATE prokura SET dimension = 'account', dimension_from = '2000', dimension_to = '2999' "
        "WHERE user_id IN (SELECT id FROM app_user WHERE subject = 'account-holder')",
    )
    assert refused(act(story, "account-holder", waiting, "approve")) == (403, "prokura_too_small")
    publish(story.world, [line("1", "8.01", "Update")], "2")

    sent = done(story["disponent"].post(f"/orders/{made['id']}/approve", headers=etag(waiting)))

    assert [share["amount"] for share in sent["lines"][0]["postings"]] == ["4.01", "4.00"]
    assert [row.accounting_cost for row in story.document_of(sent["id"]).lines] == ["account=2210"]
