"""The tree of organisations: any depth, seen branch by branch, and where a GLN routes to on a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from app.kit.audit import AuditEvent
from app.kit.db import Database
from app.kit.demo_issuer import NAME as ISSUER
from app.kit.tokens import Principal
from app.organisations import queries, service
from app.organisations.access import Call, find_actor
from app.organisations.messages import OrganisationIn
from app.organisations.models import LocationNumber, Organisation, OrganisationLink
from app.organisations.people_models import Role
from tests.integration.organisations.steps import below, every, grant, made, person, pointers, told
from tests.world import ADMINISTRATOR, INSTITUTION_GLN, World, call_of

FREE_GLN = "5798000416604"

CLOSURE = """
WITH RECURSIVE up (descendant_id, ancestor_id, depth) AS (
  SELECT id, id, 0 FROM organisation
  UNION ALL
  SELECT up.descendant_id, above.parent_id, up.depth + 1
  FROM up JOIN organisation above ON above.id = up.ancestor_id WHERE above.parent_id IS NOT NULL
)
SELECT descendant_id, ancestor_id, depth FROM up
"""


def closure(session: Session, query: str) -> list[tuple[str, str, int]]:
    rows = session.connection().execute(text(query)).all()
    return sorted((str(below_id), str(above_id), depth) for below_id, above_id, depth in rows)


@pytest.mark.parametrize("seed", range(4))
def test_the_closure_of_a_random_tree_is_what_walking_up_gives(world: World, seed: int) -> None:
    random = Random(seed)

    def grow(session: Session) -> None:
        call = call_of(session, ADMINISTRATOR, world.clock.now())
        places = [world.root_id]
        for number in range(25):
            body = OrganisationIn(parent_id=random.choice(places[-6:]), name=f"Kontor {number}")
            places.append(service.create_organisation(call, body).id)

    world.database.run(grow)

    walked = world.database.run(lambda session: closure(session, CLOSURE))
    kept = "SELECT descendant_id, ancestor_id, depth FROM organisation_link"
    assert world.database.run(lambda session: closure(session, kept)) == walked
    assert len(walked) > 28


def test_a_tree_is_as_deep_as_it_needs_to_be(world: World) -> None:
    place = world.institution_id
    for level in range(40):
        place = below(world, place, f"Niveau {level}")

    seen = world.client(ADMINISTRATOR).get(f"/organisations/{place}").json()
    chain = world.database.run(lambda session: [above.id for above in queries.upwards(session, place)])

    assert (seen["name"], seen["root_id"]) == ("Niveau 39", str(world.root_id))
    assert len(chain) == 43
    assert (chain[0], chain[-3:]) == (place, [world.institution_id, world.ministry_id, world.root_id])
    assert world.client("auditor").get(f"/organisations/{place}").status_code == 200


def test_a_new_organisation_is_told_with_its_version_and_recorded(world: World) -> None:
    body = {"parent_id": str(world.ministry_id), "name": " Nyt kontor ", "cvr": "DK13585628", "gln": FREE_GLN}

    answer = world.client(ADMINISTRATOR).post("/organisations", body)

    assert made(answer) == {
        "id": answer.json()["id"],
        "parent_id": str(world.ministry_id),
        "root_id": str(world.root_id),
        "name": "Nyt kontor",
        "cvr": "13585628",
        "glns": [FREE_GLN],
        "status": "ACTIVE",
        "version": 1,
    }
    assert answer.headers["etag"] == '"1"'
    query = select(AuditEvent).where(AuditEvent.entity_id == UUID(answer.json()["id"]))
    (event,) = world.database.run(lambda session: session.exec(query).all())
    assert (event.action, event.chain, event.actor_id) == (
        "organisation.created",
        world.root_id,
        UUID(world.client(ADMINISTRATOR).get("/me").json()["id"]),
    )


def test_a_cvr_number_with_blanks_is_kept_as_its_digits(world: World) -> None:
    body = {"parent_id": str(world.root_id), "name": "Kontor", "cvr": "13 58 56 28"}

    assert made(world.client(ADMINISTRATOR).post("/organisations", body))["cvr"] == "13585628"


@pytest.mark.parametrize("name", ["Kontor\u0001", "", "   ", "x" * 201])
def test_a_name_that_nothing_could_carry_is_refused(world: World, name: str) -> None:
    answer = world.client(ADMINISTRATOR).post("/organisations", {"parent_id": str(world.root_id), "name": name})

    assert pointers(answer) == ["/name"]


def test_a_request_sent_again_gets_its_first_answer_with_its_etag(world: World) -> None:
    client = world.client(ADMINISTRATOR)
    body = {"parent_id": str(world.root_id), "name": "Kontor", "gln": FREE_GLN}
    first = client.post("/organisations", body, key="the-same")

    again = client.post("/organisations", body, key="the-same")

    assert made(again) == made(first)
    assert (again.headers["idempotent-replayed"], again.headers["etag"]) == ("true", '"1"')
    assert "idempotent-replayed" not in first.headers
    query = select(Organisation).where(Organisation.name == "Kontor")
    assert len(world.database.run(lambda session: session.exec(query).all())) == 1
    other = client.post("/organisations", {**body, "name": "Andet kontor"}, key="the-same")
    assert told(other) == (422, "idempotency_key_reused")


def test_a_refused_request_does_not_use_its_key_up(world: World) -> None:
    client = world.client(ADMINISTRATOR)
    body = {"parent_id": str(world.root_id), "name": "Kontor", "gln": INSTITUTION_GLN}
    assert told(client.post("/organisations", body, key="again")) == (409, "gln_taken")

    made(client.post("/organisations", {**body, "gln": FREE_GLN}, key="again"))


def test_a_gln_routes_to_one_organisation(world: World) -> None:
    body = {"parent_id": str(world.root_id), "name": "Kontor", "gln": INSTITUTION_GLN}

    answer = world.client(ADMINISTRATOR).post("/organisations", body)

    assert told(answer) == (409, "gln_taken")
    assert INSTITUTION_GLN in answer.json()["detail"]


def test_of_two_that_take_a_gln_at_once_one_gets_it(world: World) -> None:
    client = world.client(ADMINISTRATOR)
    bodies = [{"parent_id": str(world.root_id), "name": f"Kontor {number}", "gln": FREE_GLN} for number in range(3)]

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda body: client.post("/organisations", body), bodies))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_a_gln_that_has_ended_is_free_and_routes_by_its_days(world: World) -> None:
    today = date(2026, 3, 2)

    def end(session: Session) -> None:
        row = session.exec(select(LocationNumber).where(LocationNumber.gln == INSTITUTION_GLN)).one()
        row.valid_from, row.valid_to = today - timedelta(days=30), today - timedelta(days=1)

    world.database.run(end)
    body = {"parent_id": str(world.root_id), "name": "Efterfølger", "gln": INSTITUTION_GLN}
    successor = UUID(made(world.client(ADMINISTRATOR).post("/organisations", body))["id"])

    def routed(day: date) -> UUID | None:
        found = world.database.run(lambda session: queries.organisation_by_gln(session, INSTITUTION_GLN, day))
        return found.id if found else None

    assert routed(today - timedelta(days=31)) is None
    assert routed(today - timedelta(days=30)) == world.institution_id
    assert routed(today - timedelta(days=1)) == world.institution_id
    assert routed(today) == successor
    assert world.client(ADMINISTRATOR).get(f"/organisations/{world.institution_id}").json()["glns"] == []


def test_a_role_reaches_down_and_neither_up_nor_sideways(world: World) -> None:
    office = below(world, world.institution_id, "Kontor")
    neighbour = below(world, world.ministry_id, "Nabo")
    client = world.client("buyer")

    statuses = [
        client.get(f"/organisations/{place}").status_code
        for place in (office, world.institution_id, world.ministry_id, neighbour, world.root_id, UUID(int=5))
    ]

    assert statuses == [200, 200, 404, 404, 404, 404]
    assert {row["id"] for row in every(client, "/organisations")} == {str(world.institution_id), str(office)}


def test_without_a_role_there_is_nothing_to_see(world: World) -> None:
    person(world, "newcomer", world.institution_id)

    assert every(world.client("newcomer"), "/organisations") == []
    assert every(world.client("supplier"), "/organisations") == []
    assert told(world.client("newcomer").get(f"/organisations/{world.institution_id}")) == (
        404,
        "organisation_not_found",
    )


def test_roles_in_two_branches_show_both_once(world: World) -> None:
    first, second = (below(world, world.root_id, name) for name in ("Første", "Andet"))
    newcomer = person(world, "newcomer", first, Role.BUYER)
    grant(world, newcomer, Role.RECEIVER, second)
    grant(world, newcomer, Role.DISPONENT, second)

    assert {row["name"] for row in every(world.client("newcomer"), "/organisations")} == {"Første", "Andet"}


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_pages_give_every_row_once_in_the_order_of_ids(world: World, limit: int) -> None:
    for number in range(4):
        below(world, world.ministry_id, f"Kontor {number}")

    rows = every(world.client(ADMINISTRATOR), "/organisations", limit)

    assert len(rows) == 7
    assert [row["id"] for row in rows] == sorted({row["id"] for row in rows})


@pytest.mark.parametrize("path", ["/organisations", "/suppliers", "/users", "/tasks", "/agreements"])
@pytest.mark.parametrize("wanted", [{"limit": 0}, {"limit": 201}, {"cursor": "none-of-ours"}, {"cursor": "x" * 101}])
def test_a_page_that_cannot_be_is_refused(world: World, path: str, wanted: dict[str, object]) -> None:
    assert pointers(world.client(ADMINISTRATOR).get(path, **wanted)) == [f"/{next(iter(wanted))}"]


def test_there_is_one_founding(world: World) -> None:
    with pytest.raises(service.AlreadyFounded):
        world.database.run(lambda session: service.found(session, "Anden stat", ISSUER, "usurper", world.clock.now()))


def test_the_founder_is_administrator_from_the_danish_day_of_the_founding(database: Database) -> None:
    before_midnight_in_london = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    def found(session: Session) -> None:
        service.found(session, "Staten", ISSUER, "founder", before_midnight_in_london)

    database.run(found)

    def roles(moment: datetime) -> list[Role]:
        who = Principal(ISSUER, "founder")
        return database.run(lambda session: [grant.role for grant in find_actor(session, who, moment).grants])

    assert roles(before_midnight_in_london) == [Role.LOCAL_ADMINISTRATOR]
    assert roles(before_midnight_in_london - timedelta(hours=1)) == []


def test_an_organisation_is_below_itself_and_what_is_above_it(world: World) -> None:
    def asked(call: Call) -> list[bool]:
        pairs = [
            (world.institution_id, world.institution_id),
            (world.institution_id, world.root_id),
            (world.root_id, world.institution_id),
        ]
        return [queries.is_below(call.session, lower, upper) for lower, upper in pairs]

    assert world.step(ADMINISTRATOR, asked) == [True, True, False]
    links = select(OrganisationLink.depth).where(col(OrganisationLink.descendant_id) == world.institution_id)
    assert sorted(world.database.run(lambda session: session.exec(links).all())) == [0, 1, 2]


def test_an_organisation_gets_another_name_and_number(world: World) -> None:
    administrator = world.client(ADMINISTRATOR)
    path = f"/organisations/{world.institution_id}"
    seen = administrator.get(path)

    def change(version: str, **fields: str | None) -> httpx.Response:
        return administrator.send("PATCH", path, headers={"If-Match": version}, json=fields)

    changed = change(seen.headers["etag"], name="Styrelsen", cvr="30714016")
    assert (changed.status_code, changed.json()["name"], changed.json()["cvr"]) == (200, "Styrelsen", "30714016")
    assert told(change(seen.headers["etag"], name="For sent")) == (412, "version_mismatch")
    assert told(change(changed.headers["etag"], name=None)) == (422, "body_not_valid")
    assert told(change(changed.headers["etag"], cvr="12345678")) == (422, "body_not_valid")
    assert change(changed.headers["etag"], cvr=None).json()["cvr"] is None
