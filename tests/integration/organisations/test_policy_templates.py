"""Templates: one or two persons over a purchase, chosen whole, and published or withdrawn together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from app.organisations import queries
from app.organisations.people_models import Role
from app.organisations.policies import Effective
from app.organisations.policy_models import PolicyKind
from app.organisations.policy_templates import Question, TemplateName
from tests.integration.organisations.steps import below, every, made, person, pointers, told
from tests.policies import apply_template, decide, propose, publish_policy, published
from tests.world import ADMINISTRATOR, SECOND_ADMINISTRATOR, World

TODAY = date(2026, 3, 2)
ONE, TWO, CENTRAL = (name.value for name in TemplateName)

UNDECIDED = {PolicyKind.SUBSTITUTES, PolicyKind.RECEIPT_FREE}
"""What every institution decides by itself."""


def templates(world: World, who: str = "auditor", **asked: str) -> dict[str, Any]:
    answer = world.client(who).get("/policy-templates", **asked)
    assert answer.status_code == 200, answer.text
    return {template["name"]: template for template in answer.json()["data"]}


def holds(world: World) -> Effective:
    return world.database.run(lambda session: queries.effective_policy(session, world.institution_id, TODAY))


def states(world: World, bundle: dict[str, Any]) -> set[str]:
    seen = world.client("auditor").get(f"/policy-bundles/{bundle['id']}").json()
    listed = every(world.client("auditor"), f"/organisations/{bundle['organisation_id']}/policies")
    mine = {row["status"] for row in listed if row["bundle_id"] == bundle["id"]}
    assert {seen["status"]} == mine
    return mine


def test_every_template_says_what_it_sets_whom_it_takes_and_what_it_means(world: World) -> None:
    found = templates(world)

    assert list(found) == [ONE, TWO, CENTRAL]
    for template in found.values():
        assert {rule["kind"] for rule in template["rules"]} == set(PolicyKind) - UNDECIDED
        assert [meaning["question"] for meaning in template["meaning"]] == list(Question)
        assert {"DISPONENT", "RECEIVER", "LOCAL_ADMINISTRATOR"} <= {needed["role"] for needed in template["roles"]}
    assert [template["takes_up_to"] for template in found.values()] == [True, False, False]
    assert "the limit without VAT" in found[ONE]["meaning"][1]["answer"]["en"]
    assert found[ONE]["rules"][0] == {"kind": "TWO_PERSON_RULE", "rule": "SINGLE_UP_TO", "up_to": None}


def test_an_amount_is_filled_in_where_a_template_takes_one(world: World) -> None:
    found = templates(world, who="requisitioner", up_to="12500.5")

    assert found[ONE]["rules"][0]["up_to"] == "12500.5"
    answer = found[ONE]["meaning"][1]["answer"]
    assert "Op til 12.500,50 kr. uden moms" in answer["da"]
    assert "Up to DKK 12,500.50 without VAT" in answer["en"]
    assert found[TWO]["rules"][0] == {"kind": "TWO_PERSON_RULE", "rule": "ORDER", "up_to": None}
    for wrong in ("0", "-1", "1e3", "much", "1.001"):
        assert pointers(world.client("auditor").get("/policy-templates", up_to=wrong)) == ["/up_to"]


def test_a_template_is_proposed_whole_and_holds_once_another_publishes_it(world: World) -> None:
    bundle = made(apply_template(world, world.institution_id, ONE, up_to="5000"))

    assert (bundle["status"], bundle["template"], bundle["valid_from"]) == ("PROPOSED", ONE, "2026-03-02")
    assert {policy["rule"]["kind"] for policy in bundle["policies"]} == set(PolicyKind) - UNDECIDED
    assert {policy["bundle_id"] for policy in bundle["policies"]} == {bundle["id"]}
    assert {policy["template"] for policy in bundle["policies"]} == {ONE}
    assert "5.000,00 kr." in bundle["meaning"][2]["answer"]["da"]
    assert holds(world).two_person.policy_id is None

    after = decide(world, bundle).json()

    assert (after["status"], after["version"], states(world, bundle)) == ("PUBLISHED", 2, {"PUBLISHED"})
    held = holds(world)
    assert held.two_person.rule.model_dump(mode="json")["up_to"] == "5000"
    sources = {held.two_person, held.external_approval, held.over_delivery, *held.tolerances}
    sources |= {held.reminders.task.source, held.reminders.receipt.source}
    assert {str(row.policy_id) for row in sources} == {policy["id"] for policy in after["policies"]}
    seen = world.client("buyer").get(f"/policy-bundles/{bundle['id']}")
    assert (seen.json(), seen.headers["etag"]) == (after, '"2"')


@pytest.mark.parametrize(("name", "amount"), [(ONE, {}), (TWO, {"up_to": "1"}), (CENTRAL, {"up_to": "1"})])
def test_an_amount_that_is_missing_or_one_too_many_is_refused(world: World, name: str, amount: dict[str, str]) -> None:
    answer = apply_template(world, world.institution_id, name, **amount)

    assert (told(answer), pointers(answer)) == ((422, "amount_of_template"), ["/up_to"])
    assert name in answer.json()["detail"]


def test_a_template_that_is_none_and_a_day_that_is_over_are_refused(world: World) -> None:
    assert pointers(apply_template(world, world.institution_id, "NOBODY_LOOKS")) == ["/name"]
    late = apply_template(world, world.institution_id, TWO, TODAY - timedelta(days=1))
    assert (told(late), pointers(late)) == ((422, "not_before"), ["/valid_from"])


def test_every_rule_that_would_widen_is_named_and_nothing_is_proposed(world: World) -> None:
    publish_policy(world, world.root_id, {"kind": "TWO_PERSON_RULE", "rule": "ORDER"})
    publish_policy(world, world.ministry_id, {"kind": "TOLERANCE", "absolute": "50"})
    publish_policy(world, world.ministry_id, {"kind": "REMINDERS", "receipt_days": 10})

    refused = apply_template(world, world.institution_id, CENTRAL)

    assert told(refused) == (409, "widens_policy")
    faults = {fault["rule_id"]: fault["message"] for fault in refused.json()["errors"]}
    assert set(faults) == {"TWO_PERSON_RULE", "TOLERANCE"}
    assert faults["TWO_PERSON_RULE"].startswith("Staten has set")
    assert faults["TOLERANCE"].startswith("Ministeriet for Prøver has set")
    assert every(world.client("auditor"), f"/organisations/{world.institution_id}/policies") == []


def test_what_was_set_above_in_between_stops_the_whole_bundle(world: World) -> None:
    bundle = made(apply_template(world, world.institution_id, TWO))
    publish_policy(world, world.ministry_id, {"kind": "REMINDERS", "task_days": 1, "response_days": 5})

    refused = decide(world, bundle)

    assert told(refused) == (409, "widens_policy")
    assert [fault["rule_id"] for fault in refused.json()["errors"]] == ["REMINDERS"]
    assert states(world, bundle) == {"PROPOSED"}
    assert holds(world).tolerances[0].policy_id is None
    assert decide(world, bundle, "withdraw").json()["status"] == "WITHDRAWN"
    assert states(world, bundle) == {"WITHDRAWN"}


@pytest.mark.parametrize("step", ["publish", "withdraw"])
def test_a_policy_of_a_bundle_stands_or_falls_with_it(world: World, step: str) -> None:
    bundle = made(apply_template(world, world.institution_id, TWO))

    refused = decide(world, bundle["policies"][1], step)

    assert told(refused) == (409, "part_of_bundle")
    assert f"/policy-bundles/{bundle['id']}" in refused.json()["detail"]
    assert states(world, bundle) == {"PROPOSED"}


def test_a_bundle_is_published_by_another_administrator_and_once(world: World) -> None:
    bundle = made(apply_template(world, world.institution_id, TWO))

    assert told(decide(world, bundle, who=ADMINISTRATOR)) == (403, "second_administrator_needed")
    assert told(decide(world, bundle, who="disponent")) == (403, "not_allowed")
    assert states(world, bundle) == {"PROPOSED"}
    after = decide(world, bundle).json()
    assert told(decide(world, bundle)) == (412, "version_mismatch")
    for step in ("publish", "withdraw"):
        assert told(decide(world, after, step)) == (409, "wrong_state")
    path = f"/policy-bundles/{bundle['id']}/publish"
    assert told(world.client(SECOND_ADMINISTRATOR).post(path)) == (428, "version_missing")
    assert states(world, bundle) == {"PUBLISHED"}


def test_of_publishing_and_withdrawing_a_bundle_at_once_one_happens(world: World) -> None:
    bundle = made(apply_template(world, world.institution_id, TWO))

    with ThreadPoolExecutor(4) as threads:
        codes = sorted(
            answer.status_code
            for answer in threads.map(lambda step: decide(world, bundle, step), ["publish", "withdraw"] * 2)
        )

    assert codes[0] == 200
    assert set(codes[1:]) <= {409, 412}
    assert len(states(world, bundle)) == 1


def test_a_bundle_whose_day_is_over_is_withdrawn_and_made_anew(world: World) -> None:
    bundle = made(apply_template(world, world.institution_id, TWO))
    world.clock.advance(timedelta(days=1))

    assert told(decide(world, bundle)) == (409, "begins_in_the_past")
    assert states(world, bundle) == {"PROPOSED"}
    assert decide(world, bundle, "withdraw").status_code == 200
    published(world, apply_template(world, world.institution_id, TWO))


def test_in_another_branch_a_bundle_is_not_there(world: World) -> None:
    person(world, "neighbour", below(world, world.ministry_id, "Nabo"), Role.LOCAL_ADMINISTRATOR)
    bundle = made(apply_template(world, world.institution_id, TWO))
    client = world.client("neighbour")

    answers = [
        client.get(f"/policy-bundles/{bundle['id']}"),
        decide(world, bundle, "publish", "neighbour"),
        decide(world, bundle, "withdraw", "neighbour"),
    ]

    assert [told(answer) for answer in answers] == [(404, "bundle_not_found")] * 3
    body = {"valid_from": "2026-03-02"}
    path = f"/organisations/{world.institution_id}/policy-templates/{TWO}"
    assert told(client.post(path, body)) == (404, "organisation_not_found")
    assert told(world.client("buyer").post(path, body)) == (403, "not_allowed")
    assert states(world, bundle) == {"PROPOSED"}


def test_a_single_policy_after_a_template_takes_over_its_kind_alone(world: World) -> None:
    published(world, apply_template(world, world.institution_id, TWO))
    published(world, propose(world, world.institution_id, {"kind": "TWO_PERSON_RULE", "rule": "ORDER_OR_RECEIPT"}))

    held = holds(world)

    assert held.two_person.rule.model_dump()["rule"] == "ORDER_OR_RECEIPT"
    assert held.tolerances[0].organisation_id == world.institution_id
