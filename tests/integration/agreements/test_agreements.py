"""Agreements: who opens them where, the states they go through version by version, and who may look at them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from app.agreements import queries
from app.agreements.models import AgreementStatus
from app.documents.party import Party
from app.documents.values import Identifier
from app.kit.audit import AuditEvent
from app.organisations import suppliers
from app.organisations.people_models import Role
from tests.integration.organisations.steps import below, every, made, person, pointers, told
from tests.world import ADMINISTRATOR, World

STATE_MANAGER, MANAGER = "state-content-manager", "content-manager"


def body(world: World, owner_id: UUID, kind: str = "LOCAL", **fields: Any) -> dict[str, Any]:
    return {
        "owner_id": str(owner_id),
        "supplier_id": str(world.supplier_id),
        "kind": kind,
        "title": "Kaffe",
        "contract_number": "K-KAFFE",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        **fields,
    }


def opened(world: World, owner_id: UUID, kind: str = "LOCAL", **fields: Any) -> str:
    return str(made(world.client(STATE_MANAGER).post("/agreements", body(world, owner_id, kind, **fields)))["id"])


def moved(world: World, agreement_id: object, verb: str, if_match: str | None = "*") -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return world.client(STATE_MANAGER).post(f"/agreements/{agreement_id}/{verb}", headers=headers)


def test_an_agreement_is_opened_in_draft_and_recorded(world: World) -> None:
    sent = body(world, world.institution_id, product_groups=["50", "4412"], binding=True)

    answer = world.client(MANAGER).post("/agreements", sent)

    agreement = made(answer)
    assert agreement.items() >= {**sent, "currency": "DKK", "status": "DRAFT", "version": 1}.items()
    assert answer.headers["etag"] == '"1"'
    query = select(AuditEvent).where(AuditEvent.entity_id == UUID(agreement["id"]))
    (event,) = world.database.run(lambda session: session.exec(query).all())
    assert (event.action, event.chain, event.actor_id) == ("agreement.opened", world.root_id, world.people[MANAGER])


@pytest.mark.parametrize("kind", ["SI", "SKI"])
def test_agreements_for_the_state_are_owned_by_a_root(world: World, kind: str) -> None:
    for place in (world.ministry_id, world.institution_id):
        answer = world.client(STATE_MANAGER).post("/agreements", body(world, place, kind))
        assert told(answer) == (409, "not_at_root")

    opened(world, world.root_id, kind)


def test_local_agreements_are_owned_anywhere(world: World) -> None:
    for place in (world.root_id, world.ministry_id, world.institution_id):
        opened(world, place)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"valid_to": None}, "/valid_to"),
        ({"valid_to": "2025-12-31"}, ""),
        ({"contract_number": "  "}, "/contract_number"),
        ({"contract_number": "K\u0001"}, "/contract_number"),
        ({"contract_number": "K" * 101}, "/contract_number"),
        ({"title": ""}, "/title"),
        ({"kind": "OWN"}, "/kind"),
        ({"currency": "kr."}, "/currency"),
        ({"product_groups": ["441"]}, "/product_groups/0"),
        ({"product_groups": ["44"] * 201}, "/product_groups"),
        ({"status": "ACTIVE"}, "/status"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_by_its_field(
    world: World, fields: dict[str, Any], pointer: str
) -> None:
    answer = world.client(STATE_MANAGER).post("/agreements", body(world, world.root_id, **fields))

    assert pointers(answer) == [pointer]


@pytest.mark.parametrize(
    ("subject", "place", "supplier", "expected"),
    [
        (MANAGER, "ministry", None, (404, "organisation_not_found")),
        (MANAGER, "institution", UUID(int=5), (404, "supplier_not_found")),
        ("auditor", "root", None, (403, "not_allowed")),
        ("buyer", "institution", None, (403, "not_allowed")),
        (ADMINISTRATOR, "root", None, (403, "not_allowed")),
        ("supplier", "root", None, (404, "organisation_not_found")),
    ],
)
def test_opening_takes_a_content_manager_where_it_belongs(
    world: World, subject: str, place: str, supplier: UUID | None, expected: tuple[int, str]
) -> None:
    sent = body(world, world.organisations[place], supplier_id=str(supplier or world.supplier_id))

    assert told(world.client(subject).post("/agreements", sent)) == expected


WAYS = {
    "DRAFT": [],
    "ACTIVE": ["activate"],
    "SUSPENDED": ["activate", "suspend"],
    "TERMINATED": ["activate", "terminate"],
}
LEADS = {
    ("DRAFT", "activate"): "ACTIVE",
    ("ACTIVE", "suspend"): "SUSPENDED",
    ("ACTIVE", "terminate"): "TERMINATED",
    ("SUSPENDED", "activate"): "ACTIVE",
    ("SUSPENDED", "terminate"): "TERMINATED",
}


@pytest.mark.parametrize("verb", ["activate", "suspend", "terminate"])
@pytest.mark.parametrize("status", WAYS)
def test_states_lead_where_the_table_says_and_nowhere_else(world: World, status: str, verb: str) -> None:
    agreement_id = opened(world, world.institution_id)
    for step in WAYS[status]:
        assert moved(world, agreement_id, step).status_code == 200
    version = 1 + len(WAYS[status])

    answer = moved(world, agreement_id, verb, f'"{version}"')

    after = world.client(MANAGER).get(f"/agreements/{agreement_id}").json()
    if target := LEADS.get((status, verb)):
        assert answer.status_code == 200
        assert (answer.json()["status"], after["version"]) == (target, version + 1)
        assert answer.headers["etag"] == f'"{version + 1}"'
    else:
        assert told(answer) == (409, "wrong_state")
        assert (after["status"], after["version"]) == (status, version)


def test_a_change_names_the_version_it_was_made_from(world: World) -> None:
    agreement_id = opened(world, world.institution_id)

    assert told(moved(world, agreement_id, "activate", None)) == (428, "version_missing")
    assert told(moved(world, agreement_id, "activate", '"2"')) == (412, "version_mismatch")
    assert moved(world, agreement_id, "activate", 'W/"1"').status_code == 200
    stale = moved(world, agreement_id, "suspend", '"1"')
    assert told(stale) == (412, "version_mismatch")
    assert "version 2" in stale.json()["detail"]
    assert moved(world, agreement_id, "suspend", '"2"').json()["version"] == 3


def test_a_change_sent_again_with_its_key_gets_its_first_answer(world: World) -> None:
    agreement_id = opened(world, world.institution_id)
    client = world.client(MANAGER)

    def send() -> httpx.Response:
        return client.post(f"/agreements/{agreement_id}/activate", key="once", headers={"If-Match": '"1"'})

    first, again = send(), send()

    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert (again.headers["idempotent-replayed"], again.headers["etag"]) == ("true", '"2"')
    actions = select(AuditEvent.action).where(AuditEvent.entity_id == UUID(agreement_id))
    recorded = world.database.run(lambda session: session.exec(actions).all())
    assert sorted(recorded) == ["agreement.active", "agreement.opened"]


def test_an_agreement_opened_twice_with_one_key_is_one(world: World) -> None:
    client = world.client(MANAGER)
    sent = body(world, world.institution_id)

    first, again = (client.post("/agreements", sent, key="once") for _ in range(2))

    assert made(again) == made(first)
    assert (again.headers["idempotent-replayed"], again.headers["etag"]) == ("true", '"1"')
    assert len(every(client, "/agreements")) == 2


def test_of_two_changes_from_the_same_version_at_once_one_counts(world: World) -> None:
    agreement_id = opened(world, world.institution_id)
    moved(world, agreement_id, "activate")

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda verb: moved(world, agreement_id, verb, '"2"'), ["suspend", "terminate"]))

    assert sorted(answer.status_code for answer in answers) == [200, 412]


@pytest.mark.parametrize("verb", ["activate", "suspend", "terminate"])
def test_a_change_takes_a_content_manager_of_the_owner(world: World, verb: str) -> None:
    person(world, "stranger", below(world, world.root_id, "Et andet sted"), Role.CONTENT_MANAGER)

    def answered(subject: str) -> tuple[int, str]:
        path = f"/agreements/{world.agreement_id}/{verb}"
        return told(world.client(subject).post(path, headers={"If-Match": "*"}))

    assert answered(MANAGER) == (403, "not_allowed")
    assert answered("auditor") == (403, "not_allowed")
    assert answered("buyer") == (403, "not_allowed")
    assert answered("supplier") == (403, "not_allowed")
    assert answered("stranger") == (404, "agreement_not_found")


def readers(world: World, agreement_id: object) -> set[str]:
    """Give who of these may look at an agreement, by its own door and by the list alike."""
    found = set()
    for subject in (STATE_MANAGER, MANAGER, "auditor", "buyer", "supplier", ADMINISTRATOR, "stranger", "rival"):
        listed = str(agreement_id) in [row["id"] for row in every(world.client(subject), "/agreements", 3)]
        answer = world.client(subject).get(f"/agreements/{agreement_id}")
        assert (answer.status_code, listed) in [(200, True), (404, False)]
        found |= {subject} if listed else set()
    return found


def test_who_may_look_at_an_agreement(world: World) -> None:
    person(world, "stranger", below(world, world.root_id, "Et andet sted"), Role.CONTENT_MANAGER)
    rival = person(world, "rival", world.root_id)
    company = {"name": "Konkurrenten A/S", "cvr": "13585628"}
    rival_id = made(world.client(STATE_MANAGER).post("/suppliers", company))["id"]
    grant = {"user_id": str(rival), "role": "SUPPLIER", "supplier_id": rival_id, "valid_from": "2026-01-01"}
    made(world.client(ADMINISTRATOR).post("/role-grants", grant))

    everybody_inside = {STATE_MANAGER, MANAGER, "auditor", "buyer", "supplier"}
    assert readers(world, world.agreement_id) == everybody_inside
    local = opened(world, world.institution_id)
    assert readers(world, local) == {STATE_MANAGER, MANAGER, "auditor", "supplier"}
    assert readers(world, opened(world, world.ministry_id)) == {STATE_MANAGER, "auditor", "supplier"}
    assert readers(world, opened(world, world.institution_id, supplier_id=rival_id)) == {
        STATE_MANAGER,
        MANAGER,
        "auditor",
        "rival",
    }


def test_a_suppliers_people_see_its_agreements_and_none_of_their_neighbours(world: World) -> None:
    """Else a supplier whose user is registered at the institution would read its rivals' agreements there."""
    company = {"name": "Konkurrenten A/S", "cvr": "13585628"}
    rival_id = made(world.client(STATE_MANAGER).post("/suppliers", company))["id"]
    for subject, place in (("rival", world.institution_id), ("stranger", world.institution_id)):
        user = str(person(world, subject, place))
        grant = {"user_id": user, "role": "SUPPLIER", "supplier_id": rival_id, "valid_from": "2026-01-01"}
        made(world.client(ADMINISTRATOR).post("/role-grants", grant))
    assert readers(world, world.agreement_id) == {STATE_MANAGER, MANAGER, "auditor", "buyer", "supplier"}
    own = opened(world, world.institution_id, supplier_id=rival_id)
    assert readers(world, own) == {STATE_MANAGER, MANAGER, "auditor", "rival", "stranger"}
    shares = world.client("rival").get(f"/agreements/{own}/shares")
    reach = world.client("rival").get(f"/agreements/{own}/reach")
    assert (shares.json()["data"], reach.json()["data"]) == ([], [])
    assert told(world.client("rival").get("/catalogue-lines")) == (403, "not_allowed")


def test_an_agreement_is_not_opened_with_a_supplier_that_nobody_has_looked_at(world: World) -> None:
    party = Party(endpoint_id=Identifier(value="5798000416604", scheme_id="GLN"), name="Fundet A/S")
    met = str(world.step("invoice-system", suppliers.supplier_of, party).id)
    answer = world.client(STATE_MANAGER).post("/agreements", body(world, world.root_id, supplier_id=met))

    assert told(answer) == (409, "supplier_not_verified")
    assert "/verify" in answer.json()["detail"]
    draft = opened(world, world.root_id)
    changed = world.client(STATE_MANAGER).send(
        "PATCH", f"/agreements/{draft}", headers={"If-Match": "*"}, json={"supplier_id": met}
    )
    assert told(changed) == (409, "supplier_not_verified")


def test_a_suspended_agreement_is_hidden_from_users_and_shown_to_managers(world: World) -> None:
    moved(world, world.agreement_id, "suspend")
    person(world, "stranger", world.ministry_id)
    person(world, "rival", world.ministry_id)

    assert readers(world, world.agreement_id) == {STATE_MANAGER, MANAGER, "auditor", "supplier"}
    moved(world, world.agreement_id, "activate")
    assert "buyer" in readers(world, world.agreement_id)


def test_an_agreement_ends_for_users_at_danish_midnight(world: World) -> None:
    (row,) = every(world.client("buyer"), "/agreements")
    last = datetime.fromisoformat(row["valid_to"]).replace(hour=22, minute=59, second=59, tzinfo=UTC)

    def seen(moment: datetime) -> bool:
        world.clock.at = moment
        return bool(every(world.client("buyer"), "/agreements"))

    assert [seen(last), seen(last + timedelta(seconds=1))] == [True, False]


def test_pages_of_agreements_give_each_one_once(world: World) -> None:
    expected = {opened(world, world.institution_id) for _ in range(4)} | {str(world.agreement_id)}

    for limit in (1, 2, 5):
        rows = every(world.client(MANAGER), "/agreements", limit)
        assert len(rows) == len(expected)
        assert {row["id"] for row in rows} == expected


def test_agreements_with_a_supplier_are_found_at_and_above_a_place(world: World) -> None:
    local, beside = opened(world, world.institution_id), opened(world, below(world, world.root_id, "Andet sted"))

    def owned(place: UUID) -> set[str]:
        found = world.database.run(lambda session: queries.agreements_of_supplier(session, world.supplier_id, place))
        return {str(agreement.id) for agreement in found}

    assert owned(world.institution_id) == {local, str(world.agreement_id)}
    assert owned(world.ministry_id) == {str(world.agreement_id)}
    assert beside not in owned(world.institution_id)


def test_a_new_agreement_is_seen_by_nobody_below_until_it_is_shared(world: World) -> None:
    agreement_id = opened(world, world.root_id, "SKI")
    moved(world, agreement_id, "activate")

    assert world.client(STATE_MANAGER).get(f"/agreements/{agreement_id}").json()["status"] == AgreementStatus.ACTIVE
    for subject in (MANAGER, "buyer"):
        assert told(world.client(subject).get(f"/agreements/{agreement_id}")) == (404, "agreement_not_found")
