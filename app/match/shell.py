"""The command that recomputes a decision's proof."""

from pathlib import Path
from typing import Annotated

import typer

from app.match.checker import UnreadableError, verify


def verify_decision(
    file: Annotated[Path, typer.Argument(help="A decision's proof, as `GET /match/{invoice_id}/proof` gives it.")],
) -> None:
    """Recompute a decision from its proof alone. Exit status 1 when anything does not hold, 2 when it is no proof."""
    try:
        faults = verify(file.read_bytes())
    except (OSError, UnreadableError) as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(2) from reason
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{file.name}: every sum and comparison holds")
