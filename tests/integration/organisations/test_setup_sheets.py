"""Set-up sheets at the door: a branch comes in whole or not at all, and goes out as it came."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import SQLModel, col

from app.kit.audit import AuditEvent
from app.kit.demo_issuer import NAME as ISSUER
from app.kit.sheets import CSV, XLSX, read_sheets
from app.kit.uploads import upload_of
from app.organisations.models import OrganisationLink
from app.organisations.people_models import Prokura, Role, RoleGrant
from app.organisations.setup import take_in
from tests.databases import row_counts
from tests.integration.organisations.steps import below, grant, person, told
from tests.sheets import csv_file, workbook
from tests.world import ADMINISTRATOR, INSTITUTION_GLN, SUPPLIER_CVR, World

Rows = list[list[Any]]

PLACES = ["Nøgle", "Overordnet", "Navn", "GLN", "CVR"]
USERS = ["Udsteder", "Bruger-id", "Navn", "Type", "Organisation"]
ROLES = ["Udsteder", "Bruger-id", "Rolle", "Organisation", "Leverandør", "Gyldig fra", "Gyldig til"]
PROKURA = ["Udsteder", "Bruger-id", "Del", "Valuta", "Beløbsgrænse", "Organisation", "Leverandør", "Varegruppe"]
PROKURA += ["Gyldig fra", "Gyldig til"]
MINISTRY = "Ministeriet for Prøver"
GLN, OTHER_GLN = "5798000416604", "5798000433823"
DAY = date(2026, 3, 10)


def wave() -> dict[str, Rows]:
    """Give the sheets of a ministry area's wave: an institution with two offices, three people, roles and prokura."""
    return {
        "Organisationer": [
            PLACES,
            ["K1", "Styrelsen", "Kontor 1", "", ""],
            ["K2", "Styrelsen", "Kontor 2", f"{GLN} {OTHER_GLN}", ""],
            ["", MINISTRY, "Styrelsen", "", "30714008"],
        ],
        "Brugere": [
            USERS,
            [ISSUER, "anna", "Anna And", "", "Kontor 1"],
            [ISSUER, "bo", "Bo Bille", "Person", GLN],
            [ISSUER, "robot", "Fakturarobotten", "System", f"{MINISTRY} > Styrelsen"],
        ],
        "Roller": [
            ROLES,
            [ISSUER, "anna", "Indkøber", "K1", "", DAY, None],
            [ISSUER, "bo", "disponent", "Styrelsen", "", "10-03-2026", "31-12-2026"],
            [ISSUER, "robot", "INVOICE_SYSTEM", "Styrelsen", "", "2026-03-10", ""],
        ],
        "Prokura": [
            PROKURA,
            [ISSUER, "bo", "Ordre", "", 50000, "Styrelsen", "", "", DAY, None],
            [ISSUER, "bo", "Faktura", "EUR", "1.234,50", "K2", SUPPLIER_CVR, "4412", DAY, "31-12-2026"],
        ],
    }


def sent(
    world: World, sheets: Mapping[str, Sequence[Sequence[Any]]], subject: str = ADMINISTRATOR, **query: str
) -> httpx.Response:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return world.client(subject).upload(f"/setup-imports?{asked}", workbook(sheets), XLSX)


def imported(world: World, sheets: Mapping[str, Sequence[Sequence[Any]]], subject: str = ADMINISTRATOR) -> Any:
    answer = sent(world, sheets, subject)
    assert answer.status_code == 200, answer.text
    return answer.json()


def exported(world: World, subject: str = ADMINISTRATOR, top: UUID | None = None) -> bytes:
    answer = world.client(subject).get("/setup-exports", organisation_id=str(top or world.root_id))
    assert answer.status_code == 200, answer.text
    return answer.content


def faults(answer: httpx.Response) -> list[tuple[str, int, str | None, str | None]]:
    """Give where and by which rule a refused import is at fault."""
    assert answer.status_code == 422, answer.text
    return [
        (fault["sheet"], fault["row"], fault.get("column"), fault.get("rule_id")) for fault in answer.json()["errors"]
    ]


def counts(result: Mapping[str, Any]) -> dict[str, tuple[int, int, int]]:
    kinds = ("organisations", "users", "roles", "prokura")
    return {kind: (result[kind]["created"], result[kind]["changed"], result[kind]["unchanged"]) for kind in kinds}


def recorded(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Give the events of imports and what they changed, in the order of their actions."""
    wanted = ("setup.imported", "role.changed", "prokura.changed", "organisation.changed", "user.changed")
    query = select(col(AuditEvent.action), col(AuditEvent.facts)).where(col(AuditEvent.action).in_(wanted))
    rows = world.database.run(lambda session: session.connection().execute(query.order_by(AuditEvent.action)).all())
    return [(row.action, row.facts) for row in rows]


@pytest.fixture
def unchanged(world: World) -> Iterator[None]:
    """Let the test run, and then see that no table has gained or lost a row, and the export is the same."""
    before = row_counts(world.database), exported(world)
    yield
    assert (row_counts(world.database), exported(world)) == before


def test_a_wave_comes_in_and_its_people_can_work(world: World) -> None:
    result = imported(world, wave())

    assert counts(result) == {"organisations": (3, 0, 0), "users": (3, 0, 0), "roles": (3, 0, 0), "prokura": (2, 0, 0)}
    assert (result["fault_count"], result["faults"], result["dry_run"]) == (0, [], False)
    world.clock.at = world.clock.at.replace(day=10)
    me = world.client("anna").get("/me").json()
    (office,) = [one for one in world.client("anna").get("/organisations").json()["data"] if one["name"] == "Kontor 1"]
    assert me["grants"] == [{"role": "BUYER", "organisation_id": office["id"], "supplier_id": None}]
    places = {one["name"]: one for one in world.client("bo").get("/organisations").json()["data"]}
    assert {name: one["glns"] for name, one in places.items()} == {
        "Styrelsen": [],
        "Kontor 1": [],
        "Kontor 2": [GLN, OTHER_GLN],
    }
    assert (places["Styrelsen"]["cvr"], places["Styrelsen"]["parent_id"]) == ("30714008", str(world.ministry_id))
    limits = world.database.run(
        lambda session: session.connection().execute(select(Prokura).where(col(Prokura.valid_from) == DAY)).all()
    )
    assert sorted((row.part, row.currency, str(row.max_amount), row.unspsc_prefix) for row in limits) == [
        ("INVOICE", "EUR", "1234.50", "4412"),
        ("ORDER", "DKK", "50000.00", None),
    ]
    assert {row.supplier_id for row in limits} == {None, world.supplier_id}


def test_the_tree_below_an_imported_organisation_is_closed(world: World) -> None:
    imported(world, wave())

    places = world.client(ADMINISTRATOR).get("/organisations", limit=50).json()["data"]
    ids = {one["name"]: UUID(one["id"]) for one in places}
    query = select(col(OrganisationLink.ancestor_id), col(OrganisationLink.depth))
    found = world.database.run(
        lambda session: (
            session.connection()
            .execute(
                query.where(col(OrganisationLink.descendant_id) == ids["Kontor 1"]).order_by(OrganisationLink.depth)
            )
            .all()
        )
    )
    chain = [ids["Kontor 1"], ids["Styrelsen"], world.ministry_id, world.root_id]
    assert [tuple(row) for row in found] == [(one, depth) for depth, one in enumerate(chain)]
    child = below(world, ids["Kontor 1"], "Hjørnet")
    assert {str(child)} <= {one["id"] for one in world.client(ADMINISTRATOR).get("/organisations").json()["data"]}


@pytest.mark.usefixtures("unchanged")
def test_a_dry_run_tells_everything_and_changes_nothing(world: World) -> None:
    answer = sent(world, wave(), dry_run="true")

    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert counts(result)["organisations"] == (3, 0, 0)
    assert (result["id"], result["dry_run"], result["fault_count"]) == (None, True, 0)


@pytest.mark.usefixtures("unchanged")
def test_a_dry_run_tells_faults_without_refusing(world: World) -> None:
    sheets = wave()
    sheets["Brugere"][2][2] = ""

    result = sent(world, sheets, dry_run="true").json()

    assert (result["fault_count"], counts(result)["users"]) == (4, (2, 0, 0))
    assert result["faults"][0] == {
        **dict.fromkeys(("pointer", "xpath", "line", "rule_id")),
        "message": "Navn is missing",
        "message_da": "Navn mangler",
        "sheet": "Brugere",
        "row": 3,
        "column": "Navn",
    }


def test_a_second_import_of_the_same_sheets_changes_nothing_and_says_so(world: World) -> None:
    first = imported(world, wave())
    before = row_counts(world.database), exported(world)

    again = imported(world, wave())

    assert counts(again) == {"organisations": (0, 0, 3), "users": (0, 0, 3), "roles": (0, 0, 3), "prokura": (0, 0, 2)}
    assert (again["id"], again["sha256"]) == (None, first["sha256"])
    assert (row_counts(world.database), exported(world)) == before


@pytest.mark.parametrize("top", ["root", "ministry", "institution"])
def test_an_export_imported_again_changes_nothing(world: World, top: str) -> None:
    imported(world, wave())
    person(world, "=formula", world.institution_id, Role.AUDITOR)
    below(world, below(world, world.institution_id, "Kontor 1"), "Kontor 1")
    for _ in range(2):
        below(world, world.institution_id, "Tvilling")
        grant(world, world.people["buyer"], Role.RECEIVER, world.institution_id)
    before = row_counts(world.database)

    content = exported(world, top=world.organisations[top])
    answer = world.client(ADMINISTRATOR).upload("/setup-imports", content, XLSX)

    assert answer.status_code == 200, answer.text
    assert {made + changed for made, changed, _ in counts(answer.json()).values()} == {0}
    assert all(kept for _, _, kept in counts(answer.json()).values())
    assert row_counts(world.database) == before


@pytest.mark.parametrize("kind", ["organisations", "users", "roles", "prokura"])
def test_a_csv_export_imported_again_changes_nothing(world: World, kind: str) -> None:
    imported(world, wave())
    person(world, "-minus", world.institution_id, Role.AUDITOR)
    before = row_counts(world.database)

    export = world.client(ADMINISTRATOR).get(
        "/setup-exports", organisation_id=str(world.root_id), format="csv", sheet=kind
    )
    assert export.headers["content-type"] == "text/csv; charset=utf-8"
    answer = world.client(ADMINISTRATOR).upload("/setup-imports", export.content, "text/csv; charset=utf-8")

    assert answer.status_code == 200, answer.text
    created, changed, kept = counts(answer.json())[kind]
    assert (created, changed) == (0, 0)
    assert kept == len(export.content.splitlines()) - 1
    assert row_counts(world.database) == before


def test_csv_of_one_kind_is_known_by_its_header_whatever_its_encoding(world: World) -> None:
    rows = [["Issuer", "Subject", "Name", "Organization"], [ISSUER, "søren", "Søren Ål", INSTITUTION_GLN]]

    answer = world.client(ADMINISTRATOR).upload("/setup-imports", csv_file(rows, "cp1252", ","), CSV)

    assert (answer.status_code, counts(answer.json())["users"]) == (200, (1, 0, 0)), answer.text
    assert "Søren Ål" in {one["name"] for one in world.client(ADMINISTRATOR).get("/users").json()["data"]}


@pytest.mark.usefixtures("unchanged")
def test_one_fault_keeps_everything_out_and_names_row_and_column(world: World) -> None:
    sheets = wave()
    sheets["Organisationer"] += [["", MINISTRY, "Kontor 3", "5798009882883", ""], ["", "Ingen", "Kontor 4", "", ""]]
    sheets["Brugere"].append([ISSUER, "carl", "x" * 201, "Robot", "Kontor 1"])
    sheets["Roller"].append([ISSUER, "nobody", "Indkøber", "K1", "", DAY, None])
    sheets["Prokura"].append([ISSUER, "bo", "Ordre", "kr.", "1.000", "K1", "99999999", "441", DAY, date(2026, 3, 1)])

    answer = sent(world, sheets)

    assert told(answer) == (422, "setup_not_fitting")
    assert faults(answer) == [
        ("Organisationer", 5, "GLN", None),
        ("Organisationer", 6, "Overordnet", "organisation_not_found"),
        ("Brugere", 5, "Type", None),
        ("Roller", 5, "Bruger-id", "user_not_found"),
        ("Prokura", 4, "Beløbsgrænse", None),
    ]
    assert "P-GLN" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("sheet", "column", "value", "fault"),
    [
        ("Organisationer", "CVR", "16356706", ("CVR", None)),
        ("Organisationer", "GLN", INSTITUTION_GLN, ("GLN", "gln_taken")),
        ("Organisationer", "GLN", "5.79801E+12", ("GLN", None)),
        ("Organisationer", "Navn", "x" * 201, ("Navn", None)),
        ("Brugere", "Navn", "a\u0007", ("Navn", None)),
        ("Brugere", "Organisation", "Kontor 9", ("Organisation", "organisation_not_found")),
        ("Brugere", "Bruger-id", "anna", ("Bruger-id", None)),
        ("Roller", "Rolle", "Konge", ("Rolle", None)),
        ("Roller", "Rolle", "Leverandør", (None, None)),
        ("Roller", "Gyldig til", "01-03-2026", (None, None)),
        ("Roller", "Gyldig fra", "31-02-2026", ("Gyldig fra", None)),
        ("Roller", "Leverandør", "99999999", ("Leverandør", "supplier_not_found")),
        ("Prokura", "Beløbsgrænse", "-1", ("Beløbsgrænse", None)),
        ("Prokura", "Beløbsgrænse", "0,001", ("Beløbsgrænse", None)),
        ("Prokura", "Valuta", "kr.", ("Valuta", None)),
        ("Prokura", "Varegruppe", "441", ("Varegruppe", None)),
        ("Prokura", "Del", "Modtagelse", ("Del", None)),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_a_row_passes_the_rules_of_its_door(
    world: World, sheet: str, column: str, value: str, fault: tuple[str | None, str | None]
) -> None:
    sheets = wave()
    row = 2
    sheets[sheet][row][sheets[sheet][0].index(column)] = value

    found = faults(sent(world, sheets))

    assert (sheet, row + 1, *fault) in found


@pytest.mark.usefixtures("unchanged")
def test_prokura_and_roles_for_oneself_are_refused(world: World) -> None:
    sheets = {
        "Roller": [ROLES, [ISSUER, ADMINISTRATOR, "Indkøber", "Staten", "", DAY, None]],
        "Prokura": [PROKURA, [ISSUER, ADMINISTRATOR, "Ordre", "DKK", "5", "Staten", "", "", DAY, None]],
    }

    assert faults(sent(world, sheets)) == [
        ("Roller", 2, "Bruger-id", "own_hand"),
        ("Prokura", 2, "Bruger-id", "own_hand"),
    ]


def local_administrator(world: World) -> str:
    person(world, "local", world.ministry_id, Role.LOCAL_ADMINISTRATOR)
    return "local"


def test_an_administrator_imports_below_their_own_branch(world: World) -> None:
    result = imported(world, wave(), local_administrator(world))

    assert counts(result)["organisations"] == (3, 0, 0)
    assert counts(result)["prokura"] == (2, 0, 0)


def test_the_branch_of_somebody_else_is_refused(world: World) -> None:
    neighbour = below(world, world.root_id, "Naboministeriet")
    person(world, "next-door", neighbour)
    local_administrator(world)
    before = row_counts(world.database)
    sheets = {
        "Organisationer": [PLACES, ["", "Naboministeriet", "Kontoret", "", ""], ["", "Staten", "Kontoret", "", ""]],
        "Brugere": [
            USERS,
            [ISSUER, "ny", "Ny", "", str(neighbour)],
            [ISSUER, "next-door", "Stjålet", "", MINISTRY],
        ],
        "Roller": [
            ROLES,
            [ISSUER, "next-door", "Indkøber", MINISTRY, "", DAY, None],
            [ISSUER, "supplier", "Leverandør", "", SUPPLIER_CVR, DAY, None],
        ],
    }

    answer = sent(world, sheets, "local")

    assert faults(answer) == [
        ("Organisationer", 2, "Overordnet", "organisation_not_found"),
        ("Organisationer", 3, "Overordnet", "organisation_not_found"),
        ("Brugere", 2, "Organisation", "organisation_not_found"),
        ("Brugere", 3, "Bruger-id", "user_already_registered"),
        ("Roller", 2, "Bruger-id", "user_not_found"),
        ("Roller", 3, "Rolle", "not_allowed"),
    ]
    assert row_counts(world.database) == before


def test_what_one_sees_but_does_not_administer_is_not_allowed(world: World) -> None:
    both = person(world, "both", world.ministry_id, Role.LOCAL_ADMINISTRATOR)
    grant(world, both, Role.AUDITOR, world.root_id)
    sheets = {
        "Organisationer": [PLACES, ["", "Staten", "Kontoret", "", ""]],
        "Prokura": [PROKURA, [ISSUER, "auditor", "Ordre", "DKK", "5", "Staten", "", "", DAY, None]],
    }

    assert faults(sent(world, sheets, "both")) == [
        ("Organisationer", 2, "Overordnet", "not_allowed"),
        ("Prokura", 2, "Organisation", "not_allowed"),
    ]


@pytest.mark.parametrize(
    ("subject", "status", "export_status"),
    [("buyer", 403, 404), ("content-manager", 403, 404), ("auditor", 403, 200), ("supplier", 403, 404)],
)
@pytest.mark.usefixtures("unchanged")
def test_importing_takes_a_local_administrator(world: World, subject: str, status: int, export_status: int) -> None:
    assert sent(world, wave(), subject).status_code == status
    answer = world.client(subject).get("/setup-exports", organisation_id=str(world.root_id))
    assert answer.status_code == export_status


def test_a_buyer_may_not_export_the_organisation_that_they_see(world: World) -> None:
    answer = world.client("buyer").get("/setup-exports", organisation_id=str(world.institution_id))

    assert told(answer) == (403, "not_allowed")


def test_an_import_is_one_event_and_each_role_and_prokura_another(world: World) -> None:
    result = imported(world, wave())

    (event,) = recorded(world)
    assert event == (
        "setup.imported",
        {
            "sha256": result["sha256"],
            "organisations_created": 3,
            "users_created": 3,
            "roles_created": 3,
            "prokura_created": 2,
        },
    )
    people = {one["subject"]: one["id"] for one in world.client(ADMINISTRATOR).get("/users").json()["data"]}
    query = select(col(AuditEvent.action), col(AuditEvent.facts), col(AuditEvent.actor_id))
    rows = world.database.run(
        lambda session: (
            session.connection()
            .execute(query.where(col(AuditEvent.entity_id) == UUID(people["bo"])).order_by(AuditEvent.action))
            .all()
        )
    )
    assert [row.action for row in rows] == ["prokura.set", "prokura.set", "role.granted"]
    assert {"part": "ORDER", "currency": "DKK", "max_amount": "50000"} in [row.facts for row in rows]
    assert {row.actor_id for row in rows} == {world.database.run(lambda session: _administrator(session))}
    grants = world.database.run(
        lambda session: (
            session.connection()
            .execute(select(col(RoleGrant.granted_by)).where(col(RoleGrant.valid_from) == DAY))
            .scalars()
            .all()
        )
    )
    assert set(grants) == {rows[0].actor_id}


def _administrator(session: Any) -> UUID:
    table = SQLModel.metadata.tables["app_user"]
    found: UUID = session.connection().execute(select(table.c.id).where(table.c.subject == ADMINISTRATOR)).scalar_one()
    return found


def test_names_places_and_last_days_change_with_an_event_each(world: World) -> None:
    imported(world, wave())
    ids = {one["name"]: one["id"] for one in world.client(ADMINISTRATOR).get("/organisations").json()["data"]}
    changes = {
        "Organisationer": [
            ["Id", "Navn", "GLN", "Overordnet"],
            [ids["Kontor 1"], "Kontoret for Køb", "", "Styrelsen"],
        ],
        "Brugere": [USERS, [ISSUER, "anna", "Anna Gås", "", "Kontor 2"]],
        "Roller": [ROLES, [ISSUER, "bo", "Disponent", "Styrelsen", "", DAY, date(2026, 6, 30)]],
        "Prokura": [PROKURA, [ISSUER, "bo", "Ordre", "", "50.000,00", "Styrelsen", "", "", DAY, date(2026, 6, 30)]],
    }

    result = imported(world, changes)

    assert counts(result) == {"organisations": (0, 1, 0), "users": (0, 1, 0), "roles": (0, 1, 0), "prokura": (0, 1, 0)}
    facts = dict(recorded(world))
    assert facts["organisation.changed"] == {"fields": ["name"]}
    assert facts["user.changed"] == {"fields": ["name", "organisation_id"]}
    assert facts["role.changed"]["valid_to"] == facts["prokura.changed"]["valid_to"] == "2026-06-30"
    office = world.client(ADMINISTRATOR).get(f"/organisations/{ids['Kontor 1']}").json()
    assert (office["name"], office["version"]) == ("Kontoret for Køb", 2)
    assert {made + changed for made, changed, _ in counts(imported(world, changes)).values()} == {0}


def test_a_blank_cell_leaves_what_is_there(world: World) -> None:
    imported(world, wave())

    sheets = {"Organisationer": [PLACES, ["", MINISTRY, "Styrelsen", "", ""], ["", "Styrelsen", "Kontor 2", "", ""]]}

    assert counts(imported(world, sheets))["organisations"] == (0, 0, 2)


@pytest.mark.parametrize(
    ("amount", "begins", "ends", "fault"),
    [
        ("60000", DAY, None, ("Beløbsgrænse", None)),
        ("50000", DAY, date(2026, 3, 11), ("Gyldig til", "not_before")),
    ],
)
def test_a_limit_is_never_changed_and_nothing_ends_in_the_past(
    world: World, amount: str, begins: date, ends: date | None, fault: tuple[str, str | None]
) -> None:
    imported(world, wave())
    world.clock.at = world.clock.at.replace(day=20)
    before = row_counts(world.database)

    row = [ISSUER, "bo", "Ordre", "DKK", amount, "Styrelsen", "", "", begins, ends]

    assert faults(sent(world, {"Prokura": [PROKURA, row]})) == [("Prokura", 2, *fault)]
    assert row_counts(world.database) == before


def test_what_has_ended_stays_ended(world: World) -> None:
    grant(world, world.people["buyer"], Role.RECEIVER, world.institution_id, date(2026, 1, 1), date(2026, 2, 1))

    row = [ISSUER, "buyer", "Varemodtager", INSTITUTION_GLN, "", "01-01-2026", ""]

    assert faults(sent(world, {"Roller": [ROLES, row]})) == [("Roller", 2, "Gyldig til", "not_before")]


@pytest.mark.usefixtures("unchanged")
def test_rows_that_say_the_same_are_told_apart_from_nothing(world: World) -> None:
    sheets = wave()
    sheets["Organisationer"].append(["K1", MINISTRY, "Anden", "", ""])
    sheets["Organisationer"].append(["", MINISTRY, "Styrelsen", "", ""])
    sheets["Roller"].append([ISSUER, "anna", "Indkøber", "K1", "", DAY, date(2026, 12, 1)])
    sheets["Prokura"].append([ISSUER, "bo", "Ordre", "DKK", "7", "Styrelsen", "", "", DAY, None])

    assert faults(sent(world, sheets)) == [
        ("Organisationer", 5, "Nøgle", None),
        ("Organisationer", 6, "Navn", None),
        ("Roller", 5, "Gyldig fra", None),
        ("Prokura", 4, "Gyldig fra", None),
    ]


@pytest.mark.usefixtures("unchanged")
def test_organisations_in_a_circle_are_refused(world: World) -> None:
    rows = [PLACES, ["A", "B", "Ene", "", ""], ["B", "A", "Anden", "", ""]]

    found = faults(sent(world, {"Organisationer": rows}))

    assert found == [("Organisationer", row, "Overordnet", "organisation_not_found") for row in (2, 3)]


def test_a_name_that_several_organisations_have_is_not_guessed(world: World) -> None:
    imported(world, wave())
    below(world, world.institution_id, "Kontor 1")
    users = [[ISSUER, "ny", "Ny", "", "Kontor 1"], [ISSUER, "ny", "Ny", "", "Styrelsen > Kontor 1"]]

    answer = sent(world, {"Brugere": [USERS, users[0]]})

    assert faults(answer) == [("Brugere", 2, "Organisation", "organisation_not_found")]
    assert "2 organisations are called Kontor 1" in answer.json()["errors"][0]["message"]
    assert counts(imported(world, {"Brugere": [USERS, users[1]]}))["users"] == (1, 0, 0)


def test_of_twins_a_gln_or_an_id_tells_which(world: World) -> None:
    twins = [below(world, world.institution_id, "Tvilling", **gln) for gln in ({}, {"gln": GLN})]
    row = ["", INSTITUTION_GLN, "Tvilling", "", ""]

    assert faults(sent(world, {"Organisationer": [PLACES, row]})) == [("Organisationer", 2, "Navn", None)]
    by_gln = imported(world, {"Organisationer": [PLACES, [*row[:3], GLN, ""]]})
    by_id = imported(world, {"Organisationer": [["Id", "Navn"], *([str(one), "Tvilling"] for one in twins)]})
    assert (counts(by_gln)["organisations"], counts(by_id)["organisations"]) == ((0, 0, 1), (0, 0, 2))


@pytest.mark.parametrize(
    ("name", "gln", "known"),
    [
        ("Prøveinstitutionen", INSTITUTION_GLN, True),
        (MINISTRY, "", True),
        ("Prøveinstitutionen", GLN, None),
        ("Ny", "", False),
    ],
)
def test_a_row_without_an_organisation_above_it_names_what_is_there(
    world: World, name: str, gln: str, known: bool | None
) -> None:
    answer = sent(world, {"Organisationer": [PLACES, ["", "", name, gln, ""]]})

    if known is False:
        assert faults(answer) == [("Organisationer", 2, "Overordnet", "organisation_not_found")]
    else:
        assert counts(answer.json())["organisations"] == ((0, 0, 1) if known else (0, 1, 0))


def test_a_new_gln_routes_to_its_organisation_from_today(world: World) -> None:
    imported(world, {"Organisationer": [PLACES, ["", MINISTRY, "Prøveinstitutionen", GLN, ""]]})

    place = world.client(ADMINISTRATOR).get(f"/organisations/{world.institution_id}").json()
    assert (place["glns"], place["version"]) == ([GLN, INSTITUTION_GLN], 2)
    assert recorded(world)[0] == ("organisation.changed", {"fields": ["glns"]})


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.usefixtures("unchanged")
def test_organisations_deeper_than_can_be_are_refused(world: World, step: int) -> None:
    chain = [
        ["0", "Staten", "Led 0", "", ""],
        *([str(one), str(one - 1), f"Led {one}", "", ""] for one in range(1, 40)),
    ]

    found = faults(sent(world, {"Organisationer": [PLACES, *chain[::step]]}))

    assert {(sheet, column) for sheet, _, column, _ in found} == {("Organisationer", "Overordnet")}
    assert len(found) == 11


@pytest.mark.usefixtures("unchanged")
def test_a_person_does_not_become_a_system(world: World) -> None:
    row = [ISSUER, "buyer", "buyer", "System", INSTITUTION_GLN]

    assert faults(sent(world, {"Brugere": [USERS, row]})) == [("Brugere", 2, "Type", None)]


def test_a_user_of_another_branch_is_given_nothing_here(world: World) -> None:
    row = [ISSUER, "auditor", "Indkøber", MINISTRY, "", DAY, None]

    answer = sent(world, {"Roller": [ROLES, row]}, local_administrator(world))

    assert faults(answer) == [("Roller", 2, "Bruger-id", "user_not_found")]


def test_the_administrator_of_the_root_gives_the_supplier_role(world: World) -> None:
    rows = [
        [ISSUER, "supplier", "Leverandør", "", number, DAY, None] for number in (SUPPLIER_CVR, str(world.supplier_id))
    ]

    assert counts(imported(world, {"Roller": [ROLES, rows[0]]}))["roles"] == (1, 0, 0)
    assert counts(imported(world, {"Roller": [ROLES, rows[1]]}))["roles"] == (0, 0, 1)


def test_a_limit_may_hold_for_one_agreement(world: World) -> None:
    header = ["Udsteder", "Bruger-id", "Del", "Beløbsgrænse", "Organisation", "Aftale-id", "Gyldig fra"]
    row = [ISSUER, "disponent", "ORDER", "10", INSTITUTION_GLN, str(world.agreement_id), DAY]

    assert counts(imported(world, {"Prokura": [header, row]}))["prokura"] == (1, 0, 0)
    assert counts(imported(world, {"Prokura": [header, row]}))["prokura"] == (0, 0, 1)
    assert faults(sent(world, {"Prokura": [header, [*row[:5], "K-2026-17", DAY]]})) == [
        ("Prokura", 2, "Aftale-id", None)
    ]


@pytest.mark.usefixtures("unchanged")
def test_an_import_moves_no_organisation(world: World) -> None:
    rows = [["Id", "Navn", "Overordnet"], [str(world.institution_id), "Prøveinstitutionen", "Staten"]]

    assert faults(sent(world, {"Organisationer": rows})) == [("Organisationer", 2, "Overordnet", None)]


def test_faults_come_back_in_the_workbook_beside_their_rows(world: World) -> None:
    sheets = wave()
    sheets["Brugere"][2][4] = "Kontor 9"

    answer = world.client(ADMINISTRATOR).upload(
        "/setup-imports?dry_run=true", workbook(sheets), XLSX, headers={"Accept": XLSX}
    )

    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    told_sheets = {sheet.name: sheet.rows for sheet in read_sheets(answer.content, XLSX)}
    assert [row[-1] for row in told_sheets["Brugere"]] == [
        "Kommentar",
        "oprettes",
        "Organisation: Kontor 9 er ingen organisation, som du ser, eller som oprettes her",
        "oprettes",
    ]
    assert [row[:5] for row in told_sheets["Brugere"]] == [[str(cell) for cell in row] for row in sheets["Brugere"]]
    again = world.client(ADMINISTRATOR).upload("/setup-imports", answer.content, XLSX)
    assert [fault[1] for fault in faults(again)] == [3, 3, 2, 3]


def test_a_repaired_workbook_goes_in_with_its_comments(world: World) -> None:
    dry = world.client(ADMINISTRATOR).upload(
        "/setup-imports?dry_run=true", workbook(wave()), XLSX, headers={"Accept": XLSX}
    )

    answer = world.client(ADMINISTRATOR).upload("/setup-imports", dry.content, XLSX, headers={"Accept": XLSX})

    comments = {sheet.name: [row[-1] for row in sheet.rows[1:]] for sheet in read_sheets(answer.content, XLSX)}
    assert comments["Roller"] == ["oprettet"] * 3
    assert counts(imported(world, wave()))["roles"] == (0, 0, 3)


def test_two_imports_at_once_make_everything_once(world: World) -> None:
    sheets = wave()
    del sheets["Organisationer"][2][3:]  # no GLN, whose key alone would keep the second out
    sheets["Brugere"][2][4] = "K2"
    upload = upload_of(workbook(sheets), XLSX)

    with ThreadPoolExecutor(2) as pool:
        steps = [pool.submit(world.step, ADMINISTRATOR, take_in, upload, dry_run=False) for _ in range(2)]
        done = [counts(step.result().as_result().model_dump()) for step in steps]

    assert sorted(one["organisations"] for one in done) == [(0, 0, 3), (3, 0, 0)]
    assert sorted(one["prokura"] for one in done) == [(0, 0, 2), (2, 0, 0)]


def test_a_repeated_request_gets_its_first_answer(world: World) -> None:
    client, content = world.client(ADMINISTRATOR), workbook(wave())
    first = client.upload("/setup-imports", content, XLSX, headers={"Idempotency-Key": "wave-1"})

    again = client.upload("/setup-imports", content, XLSX, headers={"Idempotency-Key": "wave-1"})

    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
