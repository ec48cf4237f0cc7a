"""Policies are written by one administrator and published by another: nothing counts before, nobody does both."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.kit.audit import AuditEvent
from app.kit.ids import new_id
from app.organisations import publishing, queries
from app.organisations.access import Call
from app.organisations.people_models import Role
from app.organisations.policy_messages import PolicyIn
from app.organisations.policy_models import Policy, PolicyKind, PolicyStatus
from tests.integration.organisations.steps import below, every, made, person, told
from tests.policies import decide, propose, publish_policy, published
from tests.world import ADMINISTRATOR, SECOND_ADMINISTRATOR, World

TODAY = date(2026, 3, 2)


def percent(value: str) -> dict[str, str]:
    return {"kind": "OVER_DELIVERY", "percent": value}


def over_delivery(world: World, place: UUID, day: date = TODAY) -> str:
    held: Any = world.database.run(lambda session: queries.effective_policy(session, place, day)).over_delivery.rule
    return str(held.percent)


def shown(world: World, policy: dict[str, Any], who: str = ADMINISTRATOR) -> dict[str, Any]:
    answer = world.client(who).get(f"/policies/{policy['id']}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return dict(answer.json())


def test_a_proposal_counts_for_nothing_until_another_administrator_publishes_it(world: World) -> None:
    proposal = made(propose(world, world.ministry_id, percent("3")))
    assert proposal == {
        "id": proposal["id"],
        "organisation_id": str(world.ministry_id),
        "valid_from": "2026-03-02",
        "rule": percent("3"),
        "status": "PROPOSED",
        "set_by": str(proposal["set_by"]),
        "set_for": None,
        "set_at": "2026-03-02T11:00:00.001000Z",
        "published_by": None,
        "published_for": None,
        "published_at": None,
        "bundle_id": None,
        "template": None,
        "version": 1,
    }
    assert shown(world, proposal) == proposal
    assert over_delivery(world, world.institution_id) == "0"

    world.clock.advance(timedelta(hours=1))
    after = decide(world, proposal).json()

    assert over_delivery(world, world.institution_id) == "3"
    assert after == proposal | {
        "status": "PUBLISHED",
        "published_by": str(world.people[SECOND_ADMINISTRATOR]),
        "published_at": "2026-03-02T12:00:00.001000Z",
        "version": 2,
    }
    assert shown(world, proposal) == after


def test_every_step_is_recorded_with_the_rule_and_who_took_it(world: World) -> None:
    published(world, propose(world, world.ministry_id, percent("3")))
    decide(world, made(propose(world, world.ministry_id, percent("4"))), "withdraw")

    query = select(AuditEvent).where(AuditEvent.entity == "policy").order_by(AuditEvent.id)
    events = world.database.run(lambda session: session.exec(query).all())

    second = world.people[SECOND_ADMINISTRATOR]
    assert [(event.action, event.actor_id == second, event.facts["rule"]["percent"]) for event in events] == [
        ("policy.proposed", False, "3"),
        ("policy.published", True, "3"),
        ("policy.proposed", False, "4"),
        ("policy.withdrawn", True, "4"),
    ]
    assert events[0].facts == {
        "organisation_id": str(world.ministry_id),
        "valid_from": "2026-03-02",
        "rule": percent("3"),
    }


def test_nobody_publishes_what_they_wrote(world: World) -> None:
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    proposal = made(propose(world, world.institution_id, percent("3"), who="local"))

    refused = decide(world, proposal, who="local")

    assert told(refused) == (403, "second_administrator_needed")
    assert "another local administrator" in refused.json()["detail"]
    assert shown(world, proposal) == proposal
    assert decide(world, proposal, who=ADMINISTRATOR).status_code == 200


def standing_in(call: Call, principal_id: UUID) -> Call:
    return replace(call, actor=replace(call.actor, on_behalf_of=principal_id))


def test_neither_the_writer_nor_whom_the_writer_stood_in_for_publishes(world: World) -> None:
    person(world, "third", world.root_id, Role.LOCAL_ADMINISTRATOR)
    body = PolicyIn.model_validate({"valid_from": TODAY, "rule": percent("3")})
    proposal = world.step(
        "third",
        lambda call: publishing.propose_policy(
            standing_in(call, world.people[SECOND_ADMINISTRATOR]), world.institution_id, body
        ),
    ).model_dump()

    assert proposal["set_for"] == world.people[SECOND_ADMINISTRATOR]
    for who in ("third", SECOND_ADMINISTRATOR):
        assert told(decide(world, proposal, who=who)) == (403, "second_administrator_needed")
    assert decide(world, proposal, who=ADMINISTRATOR).status_code == 200


def test_a_substitute_of_the_writer_does_not_publish_either(world: World) -> None:
    proposal = made(propose(world, world.institution_id, percent("3"), who=SECOND_ADMINISTRATOR))
    person(world, "third", world.root_id, Role.LOCAL_ADMINISTRATOR)

    def publish_for(principal_id: UUID) -> Any:
        return world.step(
            "third",
            lambda call: publishing.publish_policy(standing_in(call, principal_id), UUID(proposal["id"]), '"1"'),
        )

    with pytest.raises(publishing.SecondAdministratorNeeded):
        publish_for(world.people[SECOND_ADMINISTRATOR])
    assert shown(world, proposal) == proposal
    after = publish_for(world.people["auditor"])
    assert (after.published_by is not None, after.published_for) == (True, world.people["auditor"])


def test_a_policy_is_published_once(world: World) -> None:
    proposal = made(propose(world, world.institution_id, percent("3")))
    after = decide(world, proposal).json()

    assert told(decide(world, proposal)) == (412, "version_mismatch")
    assert told(decide(world, after)) == (409, "wrong_state")
    path = f"/policies/{proposal['id']}/publish"
    assert told(world.client(SECOND_ADMINISTRATOR).post(path, headers={"If-Match": "*"})) == (409, "wrong_state")
    assert told(world.client(SECOND_ADMINISTRATOR).post(path)) == (428, "version_missing")
    assert shown(world, proposal) == after


@pytest.mark.parametrize("if_match", ['"1"', "*"])
def test_of_publishing_and_withdrawing_at_once_one_happens(world: World, if_match: str) -> None:
    proposal = made(propose(world, world.institution_id, percent("3")))
    client = world.client(SECOND_ADMINISTRATOR)

    def post(step: str) -> int:
        return client.post(f"/policies/{proposal['id']}/{step}", headers={"If-Match": if_match}).status_code

    with ThreadPoolExecutor(4) as threads:
        codes = sorted(threads.map(post, ["publish", "withdraw"] * 2))

    assert codes[0] == 200
    assert set(codes[1:]) <= {409, 412}
    assert shown(world, proposal)["version"] == 2


def test_of_two_proposals_at_once_both_stand_and_the_one_published_last_holds(world: World) -> None:
    client = world.client(ADMINISTRATOR)

    def post(value: str) -> Any:
        body = {"valid_from": str(TODAY), "rule": percent(value)}
        return client.post(f"/organisations/{world.institution_id}/policies", body)

    with ThreadPoolExecutor(2) as threads:
        first, second = (made(answer) for answer in threads.map(post, ["3", "4"]))

    for proposal in (second, first):
        world.clock.advance(timedelta(seconds=1))
        assert decide(world, proposal).status_code == 200
    assert over_delivery(world, world.institution_id) == "3"


def test_in_another_branch_a_policy_is_not_there(world: World) -> None:
    person(world, "neighbour", below(world, world.ministry_id, "Nabo"), Role.LOCAL_ADMINISTRATOR)
    proposal = made(propose(world, world.institution_id, percent("3")))
    client = world.client("neighbour")

    answers = [
        client.get(f"/policies/{proposal['id']}"),
        decide(world, proposal, "publish", "neighbour"),
        decide(world, proposal, "withdraw", "neighbour"),
    ]

    assert [told(answer) for answer in answers] == [(404, "policy_not_found")] * 3
    assert told(client.get(f"/organisations/{world.institution_id}/policies")) == (404, "organisation_not_found")
    assert shown(world, proposal) == proposal


def test_whom_a_policy_binds_reads_it_once_it_is_published_and_decides_nothing(world: World) -> None:
    person(world, "local", world.institution_id, Role.LOCAL_ADMINISTRATOR)
    proposal = made(propose(world, world.ministry_id, percent("3")))
    assert told(decide(world, proposal, who="local")) == (404, "policy_not_found")

    after = decide(world, proposal).json()

    for reader in ("local", "buyer", "disponent", "invoice-handler", "invoice-approver", "content-manager", "auditor"):
        assert shown(world, proposal, reader) == after
    for reader in ("receiver", "requisitioner", "supplier", "invoice-system"):
        assert told(world.client(reader).get(f"/policies/{proposal['id']}")) == (404, "policy_not_found")
    assert told(decide(world, after, "withdraw", "local")) == (403, "not_allowed")


@pytest.mark.parametrize("step", ["publish", "withdraw"])
def test_who_reads_and_does_not_administer_decides_nothing(world: World, step: str) -> None:
    proposal = made(propose(world, world.institution_id, percent("3")))

    for subject in ("buyer", "auditor", "content-manager"):
        assert told(decide(world, proposal, step, subject)) == (403, "not_allowed")
    assert shown(world, proposal) == proposal


def test_what_was_set_above_in_between_counts_at_publication(world: World) -> None:
    proposal = made(propose(world, world.institution_id, percent("10")))
    publish_policy(world, world.ministry_id, percent("2"))

    refused = decide(world, proposal)

    assert told(refused) == (409, "widens_policy")
    (fault,) = refused.json()["errors"]
    assert fault["rule_id"] == "OVER_DELIVERY"
    assert "Ministeriet for Prøver has set" in fault["message"]
    assert "Ministeriet for Prøver har fastsat" in fault["message_da"]
    assert shown(world, proposal) == proposal
    assert over_delivery(world, world.institution_id) == "2"


def test_a_proposal_above_widens_and_tightens_nothing(world: World) -> None:
    made(propose(world, world.ministry_id, percent("2")))

    publish_policy(world, world.institution_id, percent("10"))

    assert over_delivery(world, world.institution_id) == "10"


def test_a_proposal_whose_day_is_over_is_withdrawn_and_made_anew(world: World) -> None:
    proposal = made(propose(world, world.institution_id, percent("3")))
    world.clock.advance(timedelta(hours=12))

    refused = decide(world, proposal)

    assert told(refused) == (409, "begins_in_the_past")
    assert "2026-03-02" in refused.json()["detail"]
    assert "withdraw it and propose it anew" in refused.json()["detail"]
    assert shown(world, proposal) == proposal
    assert decide(world, proposal, "withdraw", ADMINISTRATOR).json()["status"] == "WITHDRAWN"
    publish_policy(world, world.institution_id, percent("3"))
    assert over_delivery(world, world.institution_id, TODAY) == "0"
    assert over_delivery(world, world.institution_id, TODAY + timedelta(days=1)) == "3"


def test_what_is_withdrawn_is_not_published_and_what_is_published_is_not_withdrawn(world: World) -> None:
    gone = decide(world, made(propose(world, world.institution_id, percent("3"))), "withdraw", ADMINISTRATOR).json()
    held = publish_policy(world, world.institution_id, percent("4"))

    assert told(decide(world, gone)) == (409, "wrong_state")
    assert told(decide(world, held, "withdraw")) == (409, "wrong_state")
    assert over_delivery(world, world.institution_id) == "4"


def test_the_policies_of_an_organisation_are_listed_in_every_state(world: World) -> None:
    published(world, propose(world, world.institution_id, percent("1")))
    decide(world, made(propose(world, world.institution_id, percent("2"))), "withdraw")
    propose(world, world.institution_id, percent("3"))
    propose(world, world.ministry_id, percent("4"))

    listed = every(world.client("disponent"), f"/organisations/{world.institution_id}/policies")

    assert [(row["rule"]["percent"], row["status"]) for row in listed] == [
        ("1", "PUBLISHED"),
        ("2", "WITHDRAWN"),
        ("3", "PROPOSED"),
    ]
    answer = world.client("receiver").get(f"/organisations/{world.institution_id}/policies")
    assert told(answer) == (403, "not_allowed")


def test_what_was_set_before_it_took_two_administrators_still_counts(world: World) -> None:
    def write(session: Session) -> None:
        old = Policy(
            id=new_id(world.clock.now()),
            organisation_id=world.institution_id,
            kind=PolicyKind.OVER_DELIVERY,
            value=percent("7"),
            valid_from=TODAY,
            set_by=world.people[SECOND_ADMINISTRATOR],
            set_at=world.clock.now(),
            status=PolicyStatus.PUBLISHED,
        )
        session.add(old)

    world.database.run(write)
    assert over_delivery(world, world.institution_id) == "7"

    publish_policy(world, world.institution_id, percent("8"))

    assert over_delivery(world, world.institution_id) == "8"


def test_a_request_sent_twice_is_one_proposal(world: World) -> None:
    body = {"valid_from": str(TODAY), "rule": percent("3")}
    path = f"/organisations/{world.institution_id}/policies"
    client = world.client(ADMINISTRATOR)

    first, second = (client.post(path, body, key="once") for _ in range(2))

    assert first.json() == second.json()
    assert len(client.get(path).json()["data"]) == 1
