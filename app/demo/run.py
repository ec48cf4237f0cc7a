"""Runs the demo: a server in a folder, the set-up, the story; or the set-up alone, and stay."""

import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from rich.console import Console

from app.demo import ordering, sharing, story, trial
from app.demo.institution import ADMINISTRATOR, PEOPLE, STATE, set_up
from app.demo.server import found, serving
from app.demo.stage import Stage, StepError
from app.kit.clock import SystemClock, business_day
from app.kit.demo_issuer import DemoIssuer


def play(console: Console) -> bool:
    """Play the whole story in a folder that is thrown away; tells whether every step did what it should."""
    with tempfile.TemporaryDirectory(prefix="prokura-demo-") as name:
        folder = Path(name)
        found(folder, STATE, ADMINISTRATOR)
        with serving(folder, settings=_for_shops()) as address, _stage(folder, address, console) as stage:
            today = business_day(SystemClock().now())
            try:
                institution = set_up(stage, today)
                trial.play(stage, institution, folder / "out")
                story.play(stage, institution, folder / "out", today)
                ordering.play(stage, institution, today)
                sharing.play(stage, institution, today)
            except StepError as failure:
                console.print(f"✗ {failure}", style="bold red", markup=False)
                return False
    console.print("\n[bold green]Every step did what it should.[/]")
    return True


def _for_shops() -> dict[str, str]:
    """Give the settings by which a supplier's shop on loopback can be gone to."""
    return {"PROKURA_SECRET_KEY": secrets.token_urlsafe(32), "PROKURA_ALLOWED_PRIVATE_TARGETS": "127.0.0.0/8"}


def stay(console: Console, folder: Path, port: int) -> None:
    """Serve the set-up institution until interrupted; the folder keeps it for the next time."""
    is_new = not (folder / "prokura.db").exists()
    if is_new:
        found(folder, STATE, ADMINISTRATOR)
    with serving(folder, port) as address, _stage(folder, address, console) as stage:
        if is_new:
            trial.play(stage, set_up(stage, business_day(SystemClock().now())), folder / "out")
        _print_tokens(console, folder, address)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            console.print("stopping")


@contextmanager
def _stage(folder: Path, address: str, console: Console) -> Iterator[Stage]:
    issuer, clock = DemoIssuer(folder), SystemClock()
    with httpx.Client(base_url=address, timeout=30) as http:
        yield Stage(http, lambda who: issuer.mint(who, clock), console)


def _print_tokens(console: Console, folder: Path, address: str) -> None:
    issuer, clock = DemoIssuer(folder), SystemClock()
    console.rule("[bold]Ready")
    console.print(f"API and documentation: [link]{address}/docs[/]. Tokens, good for 12 hours (stop with Ctrl-C):\n")
    for subject in (ADMINISTRATOR, "leverandoer", *PEOPLE):
        role = PEOPLE.get(subject, ("", "LOCAL_ADMINISTRATOR" if subject == ADMINISTRATOR else "SUPPLIER"))[1]
        console.print(f"[bold]{subject}[/] ({role})", highlight=False)
        console.print(issuer.mint(subject, clock), soft_wrap=True, highlight=False, style="dim")
