"""People and systems: who they are, which roles they hold on which day, and that nobody gives themselves anything."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.kit.audit import AuditEvent
from app.kit.demo_issuer import NAME as ISSUER
from app.organisations import queries
from app.organisations.people_models import Prokura, ProkuraPart, Role
from tests.integration.organisations.steps import LONG_AGO, below, every, grant, made, person, pointers, told
from tests.world import ADMINISTRATOR, World


def user_body(world: World, **fields: Any) -> dict[str, Any]:
    return {
        "issuer": ISSUER,
        "subject": "newcomer",
        "name": "Nikoline",
        "organisation_id": str(world.institution_id),
        **fields,
    }


def grant_body(user_id: UUID, **fields: Any) -> dict[str, Any]:
    return {"user_id": str(user_id), "role": "BUYER", "valid_from": "2026-03-02", **fields}


def prokura_body(user_id: UUID, organisation_id: UUID, **fields: Any) -> dict[str, Any]:
    return {
        "user_id": str(user_id),
        "part": "ORDER",
        "max_amount": "5000.00",
        "organisation_id": str(organisation_id),
        "valid_from": "2026-03-02",
        **fields,
    }


def events(world: World, entity_id: UUID) -> list[tuple[str, Any]]:
    query = select(AuditEvent).where(AuditEvent.entity_id == entity_id).order_by(AuditEvent.action)
    found = world.database.run(lambda session: session.exec(query).all())
    return [(event.action, event.facts) for event in found]


def test_a_registered_person_signs_in_and_is_told_who_they_are(world: World) -> None:
    user = made(world.client(ADMINISTRATOR).post("/users", user_body(world)))

    me = world.client("newcomer").get("/me")

    assert (user["kind"], user["organisation_id"]) == ("PERSON", str(world.institution_id))
    assert me.json() == {
        "id": user["id"],
        "on_behalf_of": None,
        "organisation_id": str(world.institution_id),
        "grants": [],
        "may_act_for": [],
    }
    assert [action for action, _ in events(world, UUID(user["id"]))] == ["user.created"]


def test_a_stranger_with_a_good_token_is_not_signed_in(world: World) -> None:
    answer = world.client("stranger").get("/me")

    assert told(answer) == (401, "unknown_user")
    assert "local administrator" in answer.json()["detail"]


def test_an_issuer_and_subject_is_one_user(world: World) -> None:
    client = world.client(ADMINISTRATOR)
    made(client.post("/users", user_body(world)))

    assert told(client.post("/users", user_body(world, name="Igen"))) == (409, "user_already_registered")
    made(client.post("/users", user_body(world, issuer="https://another.example")))


@pytest.mark.parametrize(
    "fields", [{"issuer": ""}, {"subject": "x" * 201}, {"subject": "a\u0001"}, {"name": "a\u0001"}, {"kind": "ROBOT"}]
)
def test_a_user_that_cannot_be_is_refused_by_its_field(world: World, fields: dict[str, str]) -> None:
    answer = world.client(ADMINISTRATOR).post("/users", user_body(world, **fields))

    assert pointers(answer) == [f"/{next(iter(fields))}"]


def test_users_are_listed_to_those_above_them_and_to_themselves(world: World) -> None:
    office = below(world, world.institution_id, "Kontor")
    person(world, "clerk", office)
    person(world, "neighbour", below(world, world.ministry_id, "Nabo"))

    def names(subject: str) -> set[str]:
        return {row["name"] for row in every(world.client(subject), "/users", 5)}

    assert names("clerk") == {"clerk"}
    assert names("buyer") == {"buyer"}
    assert {"clerk", "buyer", "content-manager"} <= names("content-manager")
    assert not {"neighbour", "auditor", "supplier"} & names("content-manager")
    assert {"neighbour", "clerk", "Administrator", "supplier"} <= names("auditor")


def test_a_grant_is_told_and_recorded(world: World) -> None:
    newcomer = person(world, "newcomer", world.institution_id)
    body = grant_body(newcomer, organisation_id=str(world.institution_id), valid_to="2026-03-31")

    granted = made(world.client(ADMINISTRATOR).post("/role-grants", body))

    assert granted == {**body, "id": granted["id"], "supplier_id": None, "ended_at": None}
    assert world.client("newcomer").get("/me").json()["grants"] == [
        {"role": "BUYER", "organisation_id": str(world.institution_id), "supplier_id": None}
    ]
    recorded = dict(events(world, newcomer))
    assert recorded["role.granted"] == {"role": "BUYER", "grant_id": granted["id"]}


def test_nobody_grants_themselves_a_role(world: World) -> None:
    client = world.client(ADMINISTRATOR)
    body = grant_body(UUID(client.get("/me").json()["id"]), organisation_id=str(world.root_id))

    assert told(client.post("/role-grants", body)) == (403, "own_hand")
    assert [row["role"] for row in client.get("/me").json()["grants"]] == ["LOCAL_ADMINISTRATOR"]


def test_nobody_sets_their_own_prokura(world: World) -> None:
    client = world.client(ADMINISTRATOR)
    own_id = UUID(client.get("/me").json()["id"])

    assert told(client.post("/prokura", prokura_body(own_id, world.root_id))) == (403, "own_hand")


def test_two_administrators_give_each_other_what_neither_gives_themselves(world: World) -> None:
    second = person(world, "second", world.root_id, Role.LOCAL_ADMINISTRATOR)
    first_id = UUID(world.client(ADMINISTRATOR).get("/me").json()["id"])

    body = grant_body(first_id, organisation_id=str(world.root_id))

    made(world.client("second").post("/role-grants", body))
    assert second != first_id


def test_the_supplier_role_is_given_at_a_root_alone(world: World) -> None:
    seller = person(world, "seller", world.ministry_id)
    person(world, "ministry-administrator", world.ministry_id, Role.LOCAL_ADMINISTRATOR)
    body = grant_body(seller, role="SUPPLIER", supplier_id=str(world.supplier_id))

    refused = world.client("ministry-administrator").post("/role-grants", body)

    assert told(refused) == (403, "not_allowed")
    assert "root organisation" in refused.json()["detail"]
    assert told(world.client("content-manager").post("/role-grants", body)) == (404, "user_not_found")
    assert told(world.client("auditor").post("/role-grants", body)) == (403, "not_allowed")
    granted = made(world.client(ADMINISTRATOR).post("/role-grants", body))
    assert (granted["organisation_id"], granted["supplier_id"]) == (None, str(world.supplier_id))
    assert [row["id"] for row in every(world.client("seller"), "/suppliers")] == [str(world.supplier_id)]


@pytest.mark.parametrize(
    "scope",
    [
        {"role": "SUPPLIER", "organisation_id": "root"},
        {"role": "SUPPLIER"},
        {"role": "SUPPLIER", "organisation_id": "root", "supplier_id": "supplier"},
        {"role": "BUYER", "supplier_id": "supplier"},
        {"role": "BUYER"},
    ],
)
def test_a_role_has_the_one_scope_that_fits_it(world: World, scope: dict[str, str]) -> None:
    ids = {"root": str(world.root_id), "supplier": str(world.supplier_id)}
    body = grant_body(world.people["buyer"], **{name: ids.get(value, value) for name, value in scope.items()})

    answer = world.client(ADMINISTRATOR).post("/role-grants", body)

    assert "SUPPLIER takes a supplier_id alone" in answer.json()["errors"][0]["message"]
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/role-grants", "/prokura"])
def test_what_ends_before_it_begins_is_refused(world: World, path: str) -> None:
    bodies = {
        "/role-grants": grant_body(world.people["buyer"], organisation_id=str(world.root_id)),
        "/prokura": prokura_body(world.people["buyer"], world.root_id),
    }

    answer = world.client(ADMINISTRATOR).post(path, {**bodies[path], "valid_to": "2026-03-01"})

    assert answer.status_code == 422
    assert "valid_to 2026-03-01 is before valid_from 2026-03-02" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("begins", "ends", "first_moment", "last_moment"),
    [
        (
            date(2026, 3, 10),
            date(2026, 3, 12),
            datetime(2026, 3, 9, 23, 0, tzinfo=UTC),
            datetime(2026, 3, 12, 22, 59, 59, tzinfo=UTC),
        ),
        (
            date(2026, 3, 29),
            date(2026, 3, 29),
            datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
            datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC),
        ),
        (
            date(2026, 7, 1),
            date(2026, 7, 31),
            datetime(2026, 6, 30, 22, 0, tzinfo=UTC),
            datetime(2026, 7, 31, 21, 59, 59, tzinfo=UTC),
        ),
    ],
    ids=["winter", "the night of summer time", "summer"],
)
def test_a_role_begins_and_ends_at_danish_midnight(
    world: World, begins: date, ends: date, first_moment: datetime, last_moment: datetime
) -> None:
    newcomer = person(world, "newcomer", world.institution_id)
    grant(world, newcomer, Role.AUDITOR, world.institution_id, begins, ends)
    client = world.client("newcomer")

    def held_at(moment: datetime) -> bool:
        world.clock.at = moment
        seen = client.get(f"/organisations/{world.institution_id}").status_code
        grants = client.get("/me").json()["grants"]
        assert (seen == 200) is bool(grants)
        return bool(grants)

    second = timedelta(seconds=1)
    moments = (first_moment - second, first_moment, last_moment, last_moment + second)
    assert [held_at(moment) for moment in moments] == [False, True, True, False]


def test_a_prokura_is_told_and_recorded(world: World) -> None:
    body = prokura_body(
        world.people["disponent"],
        world.institution_id,
        supplier_id=str(world.supplier_id),
        agreement_id=str(world.agreement_id),
        unspsc_prefix="4412",
        dimension="account",
        dimension_from="2200",
        dimension_to="2299",
        currency="EUR",
        valid_to="2026-12-31",
    )

    prokura = made(world.client(ADMINISTRATOR).post("/prokura", body))

    assert prokura == {**body, "id": prokura["id"], "ended_at": None}
    facts = {"part": "ORDER", "currency": "EUR", "max_amount": "5000.00"}
    assert ("prokura.set", facts) in events(world, world.people["disponent"])


@pytest.mark.parametrize(
    "fields",
    [
        {"max_amount": "-0.01"},
        {"max_amount": "0.001"},
        {"max_amount": "1000000000000"},
        {"max_amount": 5000.5},
        {"currency": "kr."},
        {"unspsc_prefix": "441"},
        {"part": "RECEIPT"},
        {"dimension": " "},
        {"dimension": "cost centre=4711"},
        {"dimension": "x" * 41},
        {"dimension_from": "47;11"},
        {"dimension_to": "a\u0001"},
    ],
)
def test_a_prokura_that_cannot_be_is_refused_by_its_field(world: World, fields: dict[str, Any]) -> None:
    body = prokura_body(world.people["disponent"], world.institution_id, **fields)

    assert pointers(world.client(ADMINISTRATOR).post("/prokura", body)) == [f"/{next(iter(fields))}"]


@pytest.mark.parametrize(
    ("dimension", "first", "last", "why"),
    [
        ("account", "2200", None, "belong together"),
        ("account", None, None, "belong together"),
        (None, "2200", "2200", "belong together"),
        ("account", "2299", "2200", "before it begins"),
        ("account", "220", "2200", "as many digits"),
        ("account", "A1", "A9", "as many digits"),
        ("account", "٢٢٠٠", "٢٢٩٩", "as many digits"),
    ],
)
def test_a_range_that_is_none_is_refused_and_says_why(
    world: World, dimension: str | None, first: str | None, last: str | None, why: str
) -> None:
    fields = {"dimension": dimension, "dimension_from": first, "dimension_to": last}
    body = prokura_body(world.people["disponent"], world.institution_id, **fields)

    answer = world.client(ADMINISTRATOR).post("/prokura", body)

    assert pointers(answer) == [""]
    assert why in answer.json()["errors"][0]["message"]


def test_a_dimension_is_kept_in_small_letters(world: World) -> None:
    fields = {"dimension": " Cost Centre ", "dimension_from": "A1", "dimension_to": "A1"}
    body = prokura_body(world.people["disponent"], world.institution_id, **fields)

    assert made(world.client(ADMINISTRATOR).post("/prokura", body))["dimension"] == "cost centre"


@pytest.mark.parametrize("fields", [{"dimension": "account"}, {"dimension_to": "2299"}])
def test_the_database_keeps_no_half_of_a_range(world: World, fields: dict[str, str]) -> None:
    def halve(session: Session) -> None:
        session.exec(update(Prokura).values(**fields))

    with pytest.raises(IntegrityError, match="whole_dimension"):
        world.database.run(halve)


def test_a_prokura_for_an_unknown_supplier_is_refused(world: World) -> None:
    body = prokura_body(world.people["disponent"], world.institution_id, supplier_id=str(UUID(int=5)))

    assert told(world.client(ADMINISTRATOR).post("/prokura", body)) == (404, "supplier_not_found")


def test_limits_hold_at_and_below_their_organisation_by_part_currency_and_day(world: World) -> None:
    clerk = person(world, "clerk", world.institution_id)
    client = world.client(ADMINISTRATOR)
    for amount, place, fields in (
        ("1.00", world.root_id, {}),
        ("2.00", world.institution_id, {}),
        ("3.00", world.institution_id, {"part": "INVOICE"}),
        ("4.00", world.institution_id, {"currency": "EUR"}),
        ("5.00", world.institution_id, {"valid_from": "2026-03-03"}),
        ("6.00", world.institution_id, {"valid_from": "2026-02-01", "valid_to": "2026-03-01"}),
        ("7.00", below(world, world.institution_id, "Kontor"), {}),
    ):
        made(client.post("/prokura", prokura_body(clerk, place, max_amount=amount, **fields)))

    def amounts(place: UUID, day: date = date(2026, 3, 2), currency: str = "DKK") -> list[Decimal]:
        found = world.database.run(
            lambda session: queries.order_limits(session, clerk, place, currency, ProkuraPart.ORDER, day)
        )
        return sorted(row.max_amount for row in found)

    assert amounts(world.institution_id) == [Decimal(1), Decimal(2)]
    assert amounts(world.ministry_id) == [Decimal(1)]
    assert amounts(world.institution_id, date(2026, 3, 3)) == [Decimal(1), Decimal(2), Decimal(5)]
    assert amounts(world.institution_id, date(2026, 3, 1)) == [Decimal(6)]
    assert amounts(world.institution_id, currency="EUR") == [Decimal(4)]
    assert amounts(world.institution_id, LONG_AGO) == []
