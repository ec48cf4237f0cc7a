"""The database: one engine, one way to run a transaction, on SQLite and PostgreSQL alike."""

import random
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, ExceptionContext, Executable, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.kit.errors import Refusal

Result = TypeVar("Result")

SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION = "40001", "40P01", "23505"
MOST_TRIES = {SERIALIZATION_FAILURE: 6, DEADLOCK: 6, UNIQUE_VIOLATION: 2}
"""How often a step is run when PostgreSQL ends it with one of these (SQLSTATE); every other error stands at once."""

POOL = 20
OVERFLOW = 20  # together as many as threads of the server's pool, or a request could wait for itself

_SHARED = "shared reads"


class Database:
    """Runs steps in transactions. Writers on SQLite begin IMMEDIATE and queue at a lock of the process.

    The lock is for speed alone (without it SQLite's busy handler starves some writers for a second); what keeps two
    processes apart is BEGIN IMMEDIATE.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._readers = self.engine.execution_options(prokura_reads=True, postgresql_readonly=True)
        self._lock = threading.Lock()

    def run(self, step: Callable[[Session], Result], *, write: bool = True) -> Result:
        """Run a step in one transaction and commit before giving its result back; one that only reads cannot write.

        A serialization failure or a deadlock runs the whole step again, up to six times, and a unique key that
        somebody else took in between once more: a step that looks before it inserts then finds what was inserted. So
        a step has no effect but on its session.
        """
        for tries in count(1):
            try:
                return self._once(step, write)
            except DBAPIError as error:
                if tries >= MOST_TRIES.get(getattr(error.orig, "sqlstate", ""), 1):
                    raise
            time.sleep(random.uniform(0, 0.02 * tries))  # noqa: S311 - jitter, no secret
        raise AssertionError("counting never ends")

    def _once(self, step: Callable[[Session], Result], write: bool) -> Result:  # noqa: FBT001
        engine = self.engine if write else self._readers
        with self._turn(write), Session(engine, expire_on_commit=False) as session:
            result = step(session)
            session.commit()
        return result

    @contextmanager
    def _turn(self, write: bool) -> Iterator[None]:  # noqa: FBT001
        with self._lock if self.is_sqlite and write else nullcontext():
            yield

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    engine = _engine_of(url)
    event.listen(engine, "handle_error", _let_refusals_through)
    return engine


def _let_refusals_through(context: ExceptionContext) -> None:
    """Keep a refusal that a column raises what it is: SQLAlchemy would wrap it as a failure of the statement."""
    if isinstance(context.original_exception, Refusal):
        raise context.original_exception


def _engine_of(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database in (None, "", ":memory:"):
            raise ValueError("a database in memory belongs to one connection; name a file: sqlite:///var/prokura.db")
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, pool_size=POOL, max_overflow=OVERFLOW)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(address.set(drivername="postgresql+psycopg"), pool_size=POOL, max_overflow=OVERFLOW)


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late and is never IMMEDIATE
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin; a reader that writes fails, as on PostgreSQL, where it would else slip past the writers' queue."""
    reads = connection.get_execution_options().get("prokura_reads", False)
    if connection.info.get("reads") is not reads:
        connection.exec_driver_sql(f"PRAGMA query_only={int(reads)}")
        connection.info["reads"] = reads
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def rows(session: Session, statement: Executable, **values: Any) -> Sequence[Any]:
    """Run a prepared query in Core and give its rows: no objects are made, and what waits to be written is written
    first, as before any query. For hot paths: a statement that is made once is compiled and keyed once.
    """
    session.flush()
    return session.connection().execute(statement, values).all()


def write(session: Session, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Run a prepared insert or update in Core, once or with many values, after what waits to be written."""
    session.flush()
    session.connection().execute(statement, values)


def share_reads(session: Session) -> None:
    """Let the open transaction remember what it reads by `shared`: for many documents that are taken in one. Whoever
    changes what is shared does so elsewhere, or after the last of them.
    """
    session.info[_SHARED] = {}


def shared(session: Session, key: Hashable, read: Callable[[], Result]) -> Result:
    """Read something, or give what the transaction has read by this key where it shares its reads. What is not there
    is looked for again.
    """
    known: dict[Hashable, Result] | None = session.info.get(_SHARED)
    if known is not None and key in known:
        return known[key]
    found = read()
    if known is not None and found is not None:
        known[key] = found
    return found
