"""Large bodies: kept in parts while they arrive, read part by part, and swept away when they never arrive whole.

Parts stand in the database like everything else, so one backup is whole and every replica has them. Each is written in
a short transaction of its own: nobody holds a large body in memory, and nobody waits for one.
"""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlmodel import Field, Session, SQLModel, col, select

from app.kit.columns import bytes_column, moment_column
from app.kit.config import MEBIBYTE
from app.kit.db import Database, rows, write
from app.kit.errors import Conflict
from app.kit.ids import new_id

PART_BYTES: Final = MEBIBYTE
IDLE: Final = timedelta(hours=1)
"""After so long without a new part an upload counts as broken off."""

SWEPT_TOGETHER: Final = 20
_READ_BYTES: Final = 64 * 1024


class UploadLapsed(Conflict):
    """Too long passed between two parts of the body, and those that were there are gone; send it again."""


class ArchivedPart(SQLModel, table=True):
    """A mebibyte of a document, counted from 0, under the id that the document has as soon as all of it is in."""

    __tablename__ = "archived_part"

    document_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    content: bytes = Field(sa_column=bytes_column())


class Upload(SQLModel, table=True):
    """A body that is arriving: it ends as a document, or is swept when nothing more comes."""

    __tablename__ = "upload"

    id: UUID = Field(primary_key=True)
    touched_at: datetime = Field(sa_column=moment_column(index=True))


_KEEP = insert(SQLModel.metadata.tables[ArchivedPart.__tablename__])
_PART = SQLModel.metadata.tables[ArchivedPart.__tablename__].c


def begin(session: Session, now: datetime) -> UUID:
    """Begin an upload; its id becomes the document's."""
    upload = Upload(id=new_id(now), touched_at=now)
    session.add(upload)
    return upload.id


def add(session: Session, upload_id: UUID, position: int, content: bytes, now: datetime) -> None:
    """Keep the next part.

    :raises UploadLapsed: when the upload has been swept.
    """
    if not _touch(session, upload_id, now):
        raise UploadLapsed("nothing came for too long, and what had come is gone; send it again")
    write(session, _KEEP, {"document_id": upload_id, "position": position, "content": content})


def _touch(session: Session, upload_id: UUID, now: datetime) -> bool:
    changed = update(Upload).where(col(Upload.id) == upload_id).values(touched_at=now)
    return session.connection().execute(changed).rowcount == 1


def end(session: Session, upload_id: UUID) -> None:
    """Let the parts be those of a document from now on.

    :raises UploadLapsed: when the upload has been swept, or was given up.
    """
    if session.connection().execute(delete(Upload).where(col(Upload.id) == upload_id)).rowcount != 1:
        raise UploadLapsed("nothing came for too long, and what had come is gone; send it again")


def give_up(session: Session, upload_id: UUID, now: datetime) -> None:
    """Leave the parts of an upload to the sweep, unless they are a document's by now."""
    _touch(session, upload_id, now - IDLE)


def sweep_next(database: Database, clock_now: Callable[[], datetime]) -> bool:
    """Remove some parts of an upload that broke off or was given up; tells whether there was one."""
    lapsed = select(Upload.id).where(col(Upload.touched_at) <= clock_now() - IDLE).limit(1)
    upload_id = database.run(lambda session: session.exec(lapsed).first(), write=False)
    if upload_id is None:
        return False
    database.run(lambda session: _sweep(session, upload_id, clock_now()))
    return True


def _sweep(session: Session, upload_id: UUID, now: datetime) -> None:
    still = select(Upload).where(Upload.id == upload_id, col(Upload.touched_at) <= now - IDLE)
    upload = session.exec(still.with_for_update(skip_locked=True)).first()
    if upload is None:
        return
    parts = select(col(ArchivedPart.position)).where(ArchivedPart.document_id == upload_id)
    positions = session.exec(parts.order_by(col(ArchivedPart.position)).limit(SWEPT_TOGETHER)).all()
    gone = delete(ArchivedPart).where(_PART.document_id == upload_id, _PART.position.in_(positions))
    session.connection().execute(gone)
    if len(positions) < SWEPT_TOGETHER:
        session.delete(upload)


def joined(session: Session, document_id: UUID) -> bytes:
    """Give all parts as one."""
    query = select(col(ArchivedPart.content)).where(ArchivedPart.document_id == document_id)
    return b"".join(session.exec(query.order_by(col(ArchivedPart.position))).all())


def opened(database: Database, document_id: UUID, parts: int) -> BinaryIO:
    """Open so many parts as one file, to be read from the beginning."""
    return io.BufferedReader(_Parts(database, document_id, parts), _READ_BYTES)


class _Parts(io.RawIOBase):
    """One part in memory at a time, each read in a transaction of its own: a long reader holds up nothing."""

    def __init__(self, database: Database, document_id: UUID, parts: int) -> None:
        super().__init__()
        self._database = database
        self._document_id = document_id
        self._parts = parts
        self._next = 0
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]  # the stubs want any buffer
        if not self._left and self._next < self._parts:
            self._left = memoryview(self._read_next())
        given = min(len(buffer), len(self._left))
        buffer[:given] = self._left[:given]
        self._left = self._left[given:]
        return given

    def _read_next(self) -> bytes:
        query = select(col(ArchivedPart.content)).where(
            ArchivedPart.document_id == self._document_id, ArchivedPart.position == self._next
        )
        found = self._database.run(lambda session: rows(session, query), write=False)
        if not found:
            raise RuntimeError(f"part {self._next} of document {self._document_id} is missing")
        self._next += 1
        content: bytes = found[0].content
        return content
