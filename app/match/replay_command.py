"""The command `prokura replay`, apart from the others since its figures take a screen."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from app.kit.db import Database

Day = ["%Y-%m-%d"]
Open = Callable[[str | None], AbstractContextManager[Database]]


def replay_with(opened: Open, out: Console) -> Callable[..., None]:
    """Give the command; `opened` opens the database at an address, or that of the settings."""

    def replay(
        first_on: Annotated[datetime, typer.Option("--from", formats=Day, help="First day on which they came.")],
        last_on: Annotated[datetime, typer.Option("--to", formats=Day, help="Last day on which they came.")],
        organisation: Annotated[
            UUID | None, typer.Option("--organisation", "--root", help="Whose branch; the only root if left out.")
        ] = None,
        policy: Annotated[UUID | None, typer.Option(help="Id of the proposed policy to try.")] = None,
        policy_file: Annotated[
            Path | None, typer.Option(help="Rules to try, as a JSON list.", exists=True, dir_okay=False)
        ] = None,
        database: Annotated[str | None, typer.Option(help="Address of another database than the settings say.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,  # noqa: FBT002
    ) -> None:
        """Decide past invoices again under a draft; nothing is written. Exit status 1 when a decision does not follow
        from its own proof.
        """
        from app.match.replay_shell import Wish, show_replay

        wish = Wish(first_on.date(), last_on.date(), organisation, policy, policy_file)
        with opened(database) as found:
            if not show_replay(found, wish, out, as_json=as_json):
                raise typer.Exit(1)

    return replay
