"""Databases as in production: SQLite with synchronous=FULL, and a PostgreSQL server of our own that does sync."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine

from app.kit.db import Database
from tests.databases import KINDS, NO_POSTGRESQL, Databases, NoPostgreSQL, Server, make_schema, postgresql_binaries

DURABLE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=200"

__all__ = ["KINDS", "addresses", "with_schema"]


@contextmanager
def addresses(kind: str, *names: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a folder for a benchmark's files and the address of an empty database for each name."""
    folder = Databases.new_folder()
    try:
        if kind == "sqlite":
            yield folder, {name: f"sqlite:///{folder / name}.db" for name in names}
        else:
            with _server(folder) as server:
                yield folder, {name: _created(server, name) for name in names}
    finally:
        shutil.rmtree(folder)


@contextmanager
def _server(folder: Path) -> Iterator[URL]:
    binaries = postgresql_binaries()
    if binaries is None:
        raise NoPostgreSQL(NO_POSTGRESQL)
    Server(folder, binaries, DURABLE).start(folder / "server")
    try:
        yield URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
    finally:
        Server(folder, Path((folder / "server").read_text())).stop()


def _created(server: URL, name: str) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


def with_schema(address: str) -> Database:
    database = Database(address)
    make_schema(database)
    return database
