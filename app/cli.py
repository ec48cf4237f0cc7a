"""The command `prokura`: set up, serve, work, look after."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.console import Console

from app.kit.clock import clock_from
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.errors import Fault, Refusal
from app.match.replay_command import replay_with
from app.match.shell import verify_decision

if TYPE_CHECKING:
    from app.organisations.access import Call

Result = TypeVar("Result")

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Prokura: purchasing on shared agreements.",
)
audit_cli = typer.Typer(no_args_is_help=True, help="The audit trail.")
cli.add_typer(audit_cli, name="audit")
setup_cli = typer.Typer(no_args_is_help=True, help="Set-up sheets: organisations, users, roles and prokura.")
cli.add_typer(setup_cli, name="setup")
cli.command("verify-decision")(verify_decision)

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
    clock = clock_from(settings.clock)
    with closing(Database(settings.database_url)) as database:
        upgrade(database)
        root, administrator = database.run(lambda session: found(session, name, issuer, subject, clock.now()))
    told = f"organisation {root.id}  {root.name}\nadministrator {administrator.id}  {subject} of {issuer}"
    out.print(told, markup=False)


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
        timeout_worker_healthcheck=60,  # importing takes longer than uvicorn's five seconds on a busy machine
        access_log=False,
    )


@cli.command()
def worker() -> None:
    """Do jobs, deliver documents and seal the audit trail until SIGTERM or SIGINT."""
    import gc
    import signal

    from app.assembly import worker_of

    settings = Settings()
    with closing(_current_database()) as database:
        works = worker_of(settings, database, clock_from(settings.clock))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: works.stop_soon())
        gc.freeze()  # what is there now stays, and need not be looked at each time that much comes and goes
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
        with closing(Database(Settings().database_url)) as database:
            migrations.upgrade(database)
        return
    with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/check.db")) as database:
        migrations.upgrade(database)
        migrations.write_new(database, new) if new else migrations.check(database)


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


@cli.command("import")
def import_catalogue(
    file: Annotated[
        Path,
        typer.Argument(help="Catalogue (.xml, .json, .xlsx, .csv), update or deletion.", exists=True, dir_okay=False),
    ],
    subject: Annotated[str, typer.Option("--as", help="Subject (`sub`) of the user who hands it in.")],
    issuer: Annotated[str | None, typer.Option(help="Issuer (`iss`), when several users have this subject.")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Take the lines that are sound.")] = False,  # noqa: FBT002
    profile: Annotated[str | None, typer.Option(help="Mapping profile that a sheet is read by.")] = None,
) -> None:
    """Import a document about a catalogue of any size. Exit status 1 when it is turned away; ^C gives it up."""
    from app.assembly import long_handlers
    from app.catalogs.receiving import Mode
    from app.catalogs.shell import Importer, principal_of, show_import

    settings = Settings()
    with closing(_current_database()) as database:
        who = database.run(lambda session: principal_of(session, subject, issuer), write=False)
        importer = Importer(database, settings, clock_from(settings.clock), long_handlers(settings), who, profile)
        if not show_import(importer, file, Mode.PARTIAL if partial else Mode.WHOLE, out):
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

    with closing(_current_database()) as database:
        checks = database.run(verify, write=False)
    for check in checks:
        state = "whole" if not check.faults else "BROKEN"
        out.print(f"{check.chain}  {state}: {check.sealed} sealed, {check.unsealed} waiting, head {check.head}")
        for fault in check.faults:
            errors.print(f"  {fault}")
    if any(check.faults for check in checks):
        raise typer.Exit(1)


Subject = Annotated[str, typer.Option(help="Subject (`sub`) of the administrator who does this.")]
Issuer = Annotated[str, typer.Option(help="Issuer (`iss`) of their tokens.")]


@setup_cli.command("import")
def setup_import(
    file: Annotated[Path, typer.Argument(help="Workbook (.xlsx), or one sheet (.csv).", exists=True, dir_okay=False)],
    subject: Subject,
    issuer: Issuer,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,  # noqa: FBT002
) -> None:
    """Import set-up sheets as an administrator: all rows or none. Exit status 1 when any row is at fault."""
    from app.kit.sheets import CSV, XLSX
    from app.kit.uploads import upload_of
    from app.organisations.setup import take_in

    upload = upload_of(file.read_bytes(), CSV if file.suffix.lower() == ".csv" else XLSX)
    done = _step(issuer, subject, lambda call: take_in(call, upload, dry_run=dry_run), write=not dry_run)
    out.print_json(done.as_result().model_dump_json(exclude={"faults"}))
    _tell(done.faults)
    if done.faults:
        raise typer.Exit(1)


@setup_cli.command("export")
def setup_export(
    file: Annotated[Path, typer.Argument(help="Workbook to write (.xlsx).", dir_okay=False)],
    organisation: Annotated[UUID, typer.Option(help="Id of the organisation whose branch is written.")],
    subject: Subject,
    issuer: Issuer,
) -> None:
    """Write a branch as set-up sheets."""
    from app.organisations.setup import export_setup
    from app.organisations.setup_columns import Kind
    from app.organisations.setup_messages import SetupFormat

    everything = (SetupFormat.XLSX, Kind.ORGANISATIONS)
    answer = _step(issuer, subject, lambda call: export_setup(call, organisation, *everything), write=False)
    file.write_bytes(answer.content)


def _step(issuer: str, subject: str, step: "Callable[[Call], Result]", *, write: bool) -> "Result":
    """Run a service step as somebody who is registered: the audit trail needs a hand."""
    from app.kit.calls import Call
    from app.kit.tokens import Principal
    from app.organisations.access import find_actor

    now, database = clock_from(Settings().clock).now(), _current_database()
    try:
        return database.run(
            lambda session: step(Call(session, find_actor(session, Principal(issuer, subject), now), now)), write=write
        )
    finally:
        database.close()


def _tell(faults: Sequence[Fault]) -> None:
    """Tell faults of sheets, each with its place."""
    for fault in faults:
        place = [fault.sheet, f"row {fault.row}" if fault.row else None, fault.column]
        errors.print(f"{', '.join(part for part in place if part)}: {fault.message}", markup=False)


def _current_database(address: str | None = None) -> Database:
    """Open the database, or end the command when its tables are not those of this version."""
    from app.migrations import is_current

    database = Database(address or Settings().database_url)
    if not is_current(database):
        database.close()
        errors.print("the database is not up to date: `prokura init` makes a new one, `prokura migrate` updates one")
        raise typer.Exit(1)
    return database


cli.command()(replay_with(lambda address: closing(_current_database(address)), out))


def main() -> None:
    """Run the command; a refusal or a setting that does not fit is a message and exit status 1, never a trace."""
    try:
        cli()
    except Refusal as refusal:
        errors.print(f"{refusal.code}: {refusal.message}", markup=False)
        _tell([fault for fault in refusal.faults if fault.row is not None])
        raise SystemExit(1) from refusal
    except ValidationError as reason:
        for fault in reason.errors():
            errors.print(f"PROKURA_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}", markup=False)
        raise SystemExit(1) from reason


if __name__ == "__main__":
    main()
