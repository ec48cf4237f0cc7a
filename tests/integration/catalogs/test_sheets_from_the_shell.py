"""A catalogue sheet is imported from the shell as at the door, small or large."""

from pathlib import Path

import pytest
from rich.console import Console

from app.assembly import long_handlers
from app.catalogs.receiving import Mode
from app.catalogs.shell import Importer, principal_of, show_import
from app.organisations.access import NotAllowed
from tests.catalogue_sheets import book, csv_of, item, sheet
from tests.world import World


def importer(world: World, who: str = "supplier", profile: str | None = None) -> Importer:
    principal = world.database.run(lambda session: principal_of(session, who, None), write=False)
    settings = world.app.state.settings
    return Importer(world.database, settings, world.clock, long_handlers(settings), principal, profile)


def imported(world: World, file: Path, mode: Mode = Mode.WHOLE, profile: str | None = None) -> tuple[bool, str]:
    """Import a file; gives whether it was taken, and what was told."""
    console = Console(width=200, force_terminal=False)
    with console.capture() as told:
        is_taken = show_import(importer(world, profile=profile), file, mode, console)
    return is_taken, told.get()


@pytest.mark.parametrize("count", [3, 2100])
def test_a_sheet_is_imported_from_a_file(world: World, tmp_path: Path, count: int) -> None:
    file = tmp_path / "varer.CSV"
    file.write_bytes(csv_of(sheet([item(f"A-{number}") for number in range(count)])))
    is_taken, told = imported(world, file)
    assert is_taken
    assert "PENDING_APPROVAL" in told
    assert f'"added": {count}' in told


def test_rows_at_fault_are_told_by_their_place(world: World, tmp_path: Path) -> None:
    file = tmp_path / "varer.xlsx"
    file.write_bytes(book(sheet([item("A-1"), item("A-2", "1.250")])))
    is_taken, told = imported(world, file)
    assert not is_taken
    assert "Varer, row 8, Pris: 1.250 may be 1250 or 1,250" in told


def test_a_sheet_is_read_by_a_profile(world: World, tmp_path: Path) -> None:
    file = tmp_path / "prisbog.xlsx"
    file.write_bytes(
        book(sheet([item("A-1")], ["Varenummer", "Varetekst", "UNSPSC", "Enhed", "Stykpris"]), name="Prisbog")
    )
    assert imported(world, file, profile="prisbog")[0]


def test_who_hands_in_no_catalogues_imports_none(world: World, tmp_path: Path) -> None:
    file = tmp_path / "varer.csv"
    file.write_bytes(csv_of(sheet([item("A-1")])))
    with pytest.raises(NotAllowed):
        importer(world, "buyer").run(file, Mode.WHOLE, lambda *_: None)
