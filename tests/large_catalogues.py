"""Catalogues that a job reads, in chunks of a few lines; and workers that are watched, or die, between any two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import Session, col, select

from app.assembly import long_handlers
from app.catalogs.models import Catalogue, CatalogueLine, CatalogueVersion, LineChange
from app.catalogs.search_models import SearchedCatalogue, SearchedLine
from app.kit.db import Database
from app.kit.shifts import run_next_long
from tests.purchases import done
from tests.world import World

CHUNK = 3


class KilledError(BaseException):
    """The worker's process ends here: nothing of it runs any more."""


def read_by_jobs(world: World, chunk: int = CHUNK) -> World:
    """Let every document about a catalogue be read by a job, so many lines at a time."""
    small = {"catalogue_at_once": 0, "catalogue_chunk": chunk}
    world.app.state.settings = world.app.state.settings.model_copy(update=small)
    return world


@dataclass
class Watched:
    """A database that calls `after` after each transaction that writes, with their number."""

    database: Database
    after: Callable[[int], None]
    written: int = field(default=0)

    @property
    def is_sqlite(self) -> bool:
        return self.database.is_sqlite

    def run(self, step: Callable[[Session], Any], *, write: bool = True) -> Any:
        result = self.database.run(step, write=write)
        if write:
            self.written += 1
            self.after(self.written)
        return result


def work(world: World, after: Callable[[int], None] = lambda _: None) -> int:
    """Do one long job; gives the number of transactions that wrote, the claim and the end of the job with them."""
    watched = Watched(world.database, after)
    database: Any = watched
    assert run_next_long(database, long_handlers(world.app.state.settings), world.clock.now)
    return watched.written


def dies_after(transactions: int) -> Callable[[int], None]:
    def after(written: int) -> None:
        if written == transactions:
            raise KilledError

    return after


def hand_in(
    world: World, content: bytes, who: str = "supplier", *, mode: str = "whole", media_type: str = "application/xml"
) -> dict[str, Any]:
    """Upload a large document and give its job."""
    answer = world.client(who).upload(f"/catalogues?mode={mode}", content, media_type)
    job = done(answer, 202)
    assert answer.headers["location"] == f"/jobs/{job['id']}"
    return job


def job_of(world: World, job: Mapping[str, Any], who: str = "supplier") -> dict[str, Any]:
    return done(world.client(who).get(f"/jobs/{job['id']}"))


def cancel(world: World, job: Mapping[str, Any], who: str = "supplier") -> httpx.Response:
    return world.client(who).send("POST", f"/jobs/{job['id']}/cancel")


def version_of(world: World, job: Mapping[str, Any]) -> CatalogueVersion:
    """Give the version that a job has read, or is reading."""
    query = select(CatalogueVersion).where(CatalogueVersion.job_id == UUID(str(job["id"])))
    return world.database.run(lambda session: session.exec(query).one(), write=False)


def rows_of(world: World, number: str) -> list[Any]:
    """Give everything in the tables of a catalogue's lines, without the ids that are another's each time."""

    def found(session: Session) -> list[Any]:
        catalogue = session.exec(select(Catalogue).where(Catalogue.number == number)).one()
        lines = session.exec(
            select(CatalogueLine).where(CatalogueLine.catalogue_id == catalogue.id).order_by(col(CatalogueLine.id))
        ).all()
        names = {line.id: (line.line_id, line.from_version) for line in lines}
        searched = session.exec(
            select(SearchedLine)
            .join(SearchedCatalogue, col(SearchedCatalogue.number) == col(SearchedLine.catalogue))
            .where(SearchedCatalogue.catalogue_id == catalogue.id)
            .order_by(col(SearchedLine.number))
        ).all()
        changes = session.exec(select(LineChange).where(LineChange.catalogue_id == catalogue.id)).all()
        own = {"id", "catalogue_id", "number", "catalogue", "row_id"}
        return [
            [line.model_dump(exclude=own) for line in lines],
            [row.model_dump(exclude={*own, "line_id"}) | {"line": names[row.line_id]} for row in searched],
            sorted((str(names[row.row_id]), str(row.model_dump(exclude=own))) for row in changes),
        ]

    return world.database.run(found, write=False)


def offered(world: World) -> list[str]:
    """Give the lines that a buyer finds."""
    return [row["line_id"] for row in done(world.client("buyer").get("/catalogue-lines", limit=200))["data"]]
