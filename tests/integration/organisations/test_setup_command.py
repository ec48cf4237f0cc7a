"""`prokura setup`: the same sheets at the command line, in the name of an administrator who is registered."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli, main
from app.kit.demo_issuer import NAME as ISSUER
from app.organisations.access import NotAllowed, UnknownUser
from app.organisations.setup import SetupNotFitting
from tests.sheets import csv_file, workbook
from tests.world import ADMINISTRATOR, INSTITUTION_GLN, NOON, World

HEADER = ["Udsteder", "Bruger-id", "Navn", "Organisation"]
ANNA = [ISSUER, "anna", "Anna And", INSTITUTION_GLN]


@pytest.fixture
def _settings(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    address = world.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PROKURA_DATABASE_URL", address)
    monkeypatch.setenv("PROKURA_CLOCK", NOON.isoformat())


pytestmark = pytest.mark.usefixtures("_settings")


def ran(*arguments: str | Path, subject: str = ADMINISTRATOR) -> Result:
    command = ["setup", *(str(one) for one in arguments), "--subject", subject, "--issuer", ISSUER]
    return CliRunner().invoke(cli, command)


def users(world: World) -> set[str]:
    return {one["subject"] for one in world.client(ADMINISTRATOR).get("/users", limit=50).json()["data"]}


def test_an_export_can_be_imported_at_the_command_line(world: World, tmp_path: Path) -> None:
    file = tmp_path / "setup.xlsx"

    assert ran("export", file, "--organisation", str(world.root_id)).exit_code == 0
    done = ran("import", file)

    assert done.exit_code == 0, done.output
    assert '"unchanged": 13' in done.output


def test_a_sheet_is_imported_after_a_dry_run(world: World, tmp_path: Path) -> None:
    file = tmp_path / "brugere.csv"
    file.write_bytes(csv_file([HEADER, ANNA]))

    assert ran("import", file, "--dry-run").exit_code == 0
    assert "anna" not in users(world)
    assert ran("import", file).exit_code == 0
    assert "anna" in users(world)


def test_faults_are_told_with_their_places_and_end_in_status_1(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "setup.xlsx"
    file.write_bytes(workbook({"Brugere": [HEADER, [ISSUER, "anna", "", INSTITUTION_GLN]]}))

    dry, refused = ran("import", file, "--dry-run"), ran("import", file)
    assert (dry.exit_code, refused.exit_code) == (1, 1)
    assert "Brugere, row 2, Navn: Navn is missing" in dry.output
    assert isinstance(refused.exception, SetupNotFitting)

    command = ["prokura", "setup", "import", str(file), "--subject", ADMINISTRATOR, "--issuer", ISSUER]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit):
        main()
    assert "Brugere, row 2, Navn: Navn is missing" in capsys.readouterr().err
    assert "anna" not in users(world)


def test_whoever_is_no_administrator_imports_nothing_here_either(world: World, tmp_path: Path) -> None:
    file = tmp_path / "brugere.csv"
    file.write_bytes(csv_file([HEADER, ANNA]))

    assert isinstance(ran("import", file, subject="buyer").exception, NotAllowed)
    assert isinstance(ran("import", file, subject="nobody").exception, UnknownUser)
    assert "anna" not in users(world)
