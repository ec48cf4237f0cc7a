"""The command `prokura`: set up, serve, work, look after."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from app.kit.clock import clock_from
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.errors import Refusal

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Prokura: purchasing on shared agreements.",
)
audit_cli = typer.Typer(no_args_is_help=True, help="The audit trail.")
cli.add_typer(audit_cli, name="audit")

out = Console()
errors = Console(stderr=True)


@cli.command()
def init(
    name: Annotated[str, typer.Option(help="Name of the first root organisation.")],
    subject: Annotated[str, typer.Option(help="Subject (`sub`) of its first administrator's tokens.")],
    issuer: Annotated[str, typer.Option(help="Issuer (`iss`) of those tokens.")],
) -> None:
    """Bring the database up to date and make the first root organisation and its first administrator."""
    from app.migrations import upgrade
    from app.organisations.service import found

    settings = Settings()
    database, clock = Database(settings.database_url), clock_from(settings.clock)
    upgrade(database)
    root, administrator = database.run(lambda session: found(session, name, issuer, subject, clock.now()))
    out.print(f"organisation {root.id}  {root.name}\nadministrator {administrator.id}  {subject} of {issuer}")


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 lets the system choose.")] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.")] = 1,
) -> None:
    """Serve the API, with the worker as a thread unless PROKURA_EMBEDDED_WORKER is false."""
    import uvicorn

    _current_database().close()
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        server_header=False,
        timeout_graceful_shutdown=30,
        access_log=False,
    )


@cli.command()
def worker() -> None:
    """Do jobs, deliver documents and seal the audit trail until SIGTERM or SIGINT."""
    import signal

    from app.assembly import worker_of

    settings = Settings()
    works = worker_of(settings, _current_database(), clock_from(settings.clock))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: works.stop_soon())
    works.run()


@cli.command()
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only compare a new database with the models.")] = False,  # noqa: FBT002
    new: Annotated[str, typer.Option(help="Write a new step with this name.")] = "",
) -> None:
    """Bring the database up to date."""
    from tempfile import TemporaryDirectory

    from app import migrations

    if not check and not new:
        migrations.upgrade(Database(Settings().database_url))
        return
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/check.db")
        migrations.upgrade(database)
        if new:
            migrations.write_new(database, new)
        else:
            migrations.check(database)
        database.close()


@cli.command()
def token(
    subject: Annotated[str, typer.Argument(help="Subject of the token.")],
    hours: Annotated[int, typer.Option(help="How long it is good.")] = 12,
) -> None:
    """Mint a token of the local demo issuer; refused unless PROKURA_DEMO_ISSUER is true."""
    from app.kit.demo_issuer import DemoIssuer

    settings = Settings()
    if not settings.demo_issuer:
        errors.print("the demo issuer is off; PROKURA_DEMO_ISSUER=true believes its tokens, and is not for production")
        raise typer.Exit(1)
    issuer = DemoIssuer(settings.data_folder, settings.audience)
    typer.echo(issuer.mint(subject, clock_from(settings.clock), hours=hours))


@cli.command()
def validate(
    files: Annotated[list[Path], typer.Argument(help="Documents to validate.", exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print findings as JSON.")] = False,  # noqa: FBT002
    strict: Annotated[bool, typer.Option("--strict", help="Tell what our own rules (P-) find as well.")] = False,  # noqa: FBT002
) -> None:
    """Validate OIOUBL documents: syntax, XSD, rules. Exit status 1 when any is invalid; our own rules do not count."""
    from app.oioubl.telling import print_reports
    from app.oioubl.validation import validate as validate_document

    reports = {str(file): validate_document(file.read_bytes(), strict=strict) for file in files}
    print_reports(out, reports, as_json=as_json)
    if not all(report.is_valid for report in reports.values()):
        raise typer.Exit(1)


@cli.command()
def demo(
    stay: Annotated[bool, typer.Option("--stay", help="Set up, print tokens, and go on serving.")] = False,  # noqa: FBT002
    port: Annotated[int, typer.Option(help="Port to stay on.")] = 8000,
) -> None:
    """Play the whole story over HTTP against a real server. Exit status 1 when any step does not do what it should."""
    from app.demo import run

    if stay:
        run.stay(out, Settings().data_folder / "demo", port)
    elif not run.play(out):
        raise typer.Exit(1)


@audit_cli.command("verify")
def audit_verify() -> None:
    """Walk every chain of the audit trail. Exit status 1 when anything does not fit."""
    from app.kit.audit import verify

    checks = _current_database().run(verify, write=False)
    for check in checks:
        state = "whole" if not check.faults else "BROKEN"
        out.print(f"{check.chain}  {state}: {check.sealed} sealed, {check.unsealed} waiting, head {check.head}")
        for fault in check.faults:
            errors.print(f"  {fault}")
    if any(check.faults for check in checks):
        raise typer.Exit(1)


def _current_database() -> Database:
    """Open the database, or end the command when its tables are not those of this version."""
    from app.migrations import is_current

    database = Database(Settings().database_url)
    if not is_current(database):
        errors.print("the database is not up to date: `prokura init` makes a new one, `prokura migrate` updates one")
        raise typer.Exit(1)
    return database


def main() -> None:
    """Run the command; a refusal or a setting that does not fit is a message and exit status 1, never a trace."""
    try:
        cli()
    except Refusal as refusal:
        errors.print(f"{refusal.code}: {refusal.message}")
        raise SystemExit(1) from refusal
    except ValidationError as reason:
        for fault in reason.errors():
            errors.print(f"PROKURA_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}", markup=False)
        raise SystemExit(1) from reason


if __name__ == "__main__":
    main()
