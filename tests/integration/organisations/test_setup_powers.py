"""Power in set-up sheets: limits by a dimension of the posting, what was ended, and what nobody gives themselves."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.kit.demo_issuer import NAME as ISSUER
from app.kit.sheets import XLSX, read_sheets
from app.organisations.people_models import Role
from tests.databases import row_counts
from tests.integration.organisations.steps import every, made, person, stands_in
from tests.integration.organisations.test_setup_sheets import PROKURA, ROLES, counts, exported, faults, imported, sent
from tests.world import ADMINISTRATOR, INSTITUTION_GLN, SECOND_ADMINISTRATOR, World

DAY = date(2026, 3, 10)
DIMENSIONS = ["Udsteder", "Bruger-id", "Del", "Beløbsgrænse", "Organisation", "Gyldig fra"]
DIMENSIONS += ["Dimension", "Dimension fra", "Dimension til"]


def limit(*dimension: str, amount: str = "10", begins: date = DAY) -> list[Any]:
    return [ISSUER, "disponent", "ORDER", amount, INSTITUTION_GLN, begins, *dimension]


def limits(world: World) -> list[dict[str, Any]]:
    return every(world.client(ADMINISTRATOR), f"/users/{world.people['disponent']}/prokura", 50)


def ended(world: World, of: str, row: dict[str, Any]) -> None:
    assert world.client(ADMINISTRATOR).delete(f"/{of}/{row['id']}").status_code == 200


def test_limits_by_dimension_come_in_and_go_out(world: World) -> None:
    rows = [limit("Account", "2200", "2299"), limit("account", "2300", "2300"), limit("", "", "")]

    assert counts(imported(world, {"Prokura": [DIMENSIONS, *rows]}))["prokura"] == (3, 0, 0)
    assert counts(imported(world, {"Prokura": [DIMENSIONS, *rows]}))["prokura"] == (0, 0, 3)

    kept = {(row["dimension"], row["dimension_from"], row["dimension_to"]) for row in limits(world)}
    assert kept == {("account", "2200", "2299"), ("account", "2300", "2300"), (None, None, None)}
    before, content = row_counts(world.database), exported(world)
    again = world.client(ADMINISTRATOR).upload("/setup-imports", content, XLSX)
    assert counts(again.json())["prokura"] == (0, 0, 5)
    assert row_counts(world.database) == before


def test_sheets_without_the_columns_of_a_dimension_are_still_taken(world: World) -> None:
    row = [ISSUER, "disponent", "Ordre", "", 50000, INSTITUTION_GLN, "", "", DAY, None]

    assert counts(imported(world, {"Prokura": [PROKURA, row]}))["prokura"] == (1, 0, 0)


@pytest.mark.parametrize(
    "dimension", [("account", "2200", ""), ("", "2200", "2299"), ("account", "2299", "2200"), ("account", "1", "22")]
)
def test_a_range_that_is_none_is_a_fault_of_its_row(world: World, dimension: tuple[str, str, str]) -> None:
    assert faults(sent(world, {"Prokura": [DIMENSIONS, limit(*dimension)]})) == [("Prokura", 2, None, None)]


def test_what_was_ended_is_not_exported(world: World) -> None:
    ended(world, "prokura", limits(world)[0])

    (sheet,) = (one for one in read_sheets(exported(world), XLSX) if one.name == "Prokura")

    assert [row[2] for row in sheet.rows[1:]] == ["Faktura"]


def test_an_old_sheet_does_not_give_back_what_was_ended(world: World) -> None:
    """It may be given anew from the day on which it was ended, and nothing is given back for the days before."""
    sheets = {"Prokura": [DIMENSIONS, limit("", "", "", begins=date(2026, 3, 1))]}
    imported(world, sheets)
    (row,) = (one for one in limits(world) if one["max_amount"] == "10.00")
    ended(world, "prokura", row)
    before = row_counts(world.database)

    assert faults(sent(world, sheets)) == [("Prokura", 2, "Gyldig fra", "not_before")]
    assert row_counts(world.database) == before
    later = {"Prokura": [DIMENSIONS, limit("", "", "", begins=date(2026, 3, 2))]}
    assert counts(imported(world, later))["prokura"] == (1, 0, 0)


def test_what_was_ended_before_its_first_day_is_given_by_the_same_sheet(world: World) -> None:
    sheets = {"Roller": [ROLES, [ISSUER, "disponent", "Indkøber", INSTITUTION_GLN, "", DAY, None]]}
    imported(world, sheets)
    rows = every(world.client(ADMINISTRATOR), f"/users/{world.people['disponent']}/role-grants", 50)
    ended(world, "role-grants", next(row for row in rows if row["role"] == "BUYER"))

    assert counts(imported(world, sheets))["roles"] == (1, 0, 0)
    assert counts(imported(world, sheets))["roles"] == (0, 0, 1)


@pytest.mark.parametrize("recipient", ["local", "chief", "disponent"])
def test_no_sheet_gives_power_to_the_sender_the_principal_or_whom_either_acts_for(world: World, recipient: str) -> None:
    person(world, "local", world.ministry_id)
    person(world, "chief", world.ministry_id, Role.LOCAL_ADMINISTRATOR)
    made(stands_in(world, "chief", "local", ADMINISTRATOR))
    made(stands_in(world, "disponent", "chief", SECOND_ADMINISTRATOR))
    client = world.client("local", UUID(world.id_of("chief")))
    header = ";".join(DIMENSIONS[:6])
    row = f"{ISSUER};{{}};ORDER;10;{INSTITUTION_GLN};{DAY}"

    refused = client.upload("/setup-imports", f"{header}\n{row.format(recipient)}".encode(), "text/csv")

    assert faults(refused) == [("Prokura", 2, "Bruger-id", "own_hand")]
    assert client.upload("/setup-imports", f"{header}\n{row.format('buyer')}".encode(), "text/csv").status_code == 200
