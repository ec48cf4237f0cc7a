"""The archive: every document that came or went, byte for byte, with its hash; large ones in parts (see parts)."""

import base64
import hashlib
import io
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import UniqueConstraint, bindparam, insert
from sqlmodel import Field, Session, SQLModel, select

from app.kit import parts
from app.kit.columns import bytes_column, enum_column, moment_column
from app.kit.db import Database, write
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.kit.incoming import Incoming


class Direction(StrEnum):
    """Which way the document crossed the border."""

    IN = "IN"
    OUT = "OUT"


class DocumentNotFound(NotFound):
    """No such document, or not for this caller."""


class ArchivedDocument(SQLModel, table=True):
    """A document as it was on the wire. `sender` is the key of who sent it, such as `DK:CVR:DK16356706`.

    One that came in parts has their number in `parts`, and no `content` of its own.
    """

    __tablename__ = "archived_document"
    __table_args__ = (UniqueConstraint("direction", "sender", "sha256"),)

    id: UUID = Field(primary_key=True)
    direction: Direction = Field(sa_column=enum_column(Direction))
    sender: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    media_type: str = Field(max_length=80)
    document_type: str = Field(max_length=60)
    number: str = Field(max_length=300, index=True)
    content: bytes = Field(sa_column=bytes_column())
    parts: int = 0
    archived_at: datetime = Field(sa_column=moment_column())


_SEEN = select(ArchivedDocument).where(
    ArchivedDocument.direction == bindparam("direction"),
    ArchivedDocument.sender == bindparam("sender"),
    ArchivedDocument.sha256 == bindparam("sha256"),
)
_KEEP = insert(SQLModel.metadata.tables[ArchivedDocument.__tablename__])


def sha256(content: bytes) -> str:
    """Give the lower-case hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def content_digest(digest: str) -> str:
    """Give the Content-Digest (RFC 9530) of a hexadecimal SHA-256."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"


def seen_before(
    session: Session, sender: str, content: bytes, direction: Direction = Direction.IN
) -> ArchivedDocument | None:
    """Find the received (or sent) document with these very bytes from this sender."""
    return known(session, sender, sha256(content), direction)


def known(session: Session, sender: str, digest: str, direction: Direction = Direction.IN) -> ArchivedDocument | None:
    """Find the received (or sent) document of this sender whose bytes have this SHA-256."""
    return session.exec(_SEEN, params={"direction": direction, "sender": sender, "sha256": digest}).first()


def store(
    session: Session,
    content: bytes,
    *,
    direction: Direction,
    sender: str,
    document_type: str,
    number: str,
    now: datetime,
    media_type: str = "application/xml",
) -> ArchivedDocument:
    """Keep a document. The same bytes from the same sender are kept once: ask `seen_before` first."""
    document = ArchivedDocument(
        id=new_id(now),
        direction=direction,
        sender=sender,
        sha256=sha256(content),
        media_type=media_type,
        document_type=document_type,
        number=number,
        content=content,
        archived_at=now,
    )
    return _kept(session, document)


def store_incoming(
    session: Session, incoming: Incoming, *, sender: str, document_type: str, number: str, now: datetime
) -> ArchivedDocument:
    """Keep a body that has come in, once: ask `known` first. The id of an upload becomes the document's.

    :raises UploadLapsed: when parts of it have been swept.
    """
    if incoming.upload_id is not None:
        parts.end(session, incoming.upload_id)
    document = ArchivedDocument(
        id=incoming.upload_id or new_id(now),
        direction=Direction.IN,
        sender=sender,
        sha256=incoming.sha256,
        media_type=incoming.media_type,
        document_type=document_type,
        number=number,
        content=incoming.content,
        parts=incoming.parts,
        archived_at=now,
    )
    return _kept(session, document)


def _kept(session: Session, document: ArchivedDocument) -> ArchivedDocument:
    write(session, _KEEP, {name: getattr(document, name) for name in ArchivedDocument.model_fields})
    return document


def content_of(session: Session, document_id: UUID) -> bytes:
    """Give a document's bytes.

    :raises DocumentNotFound: when there is none with that id.
    """
    content, count = _found(session, document_id)
    return parts.joined(session, document_id) if count else content


def opened(database: Database, document_id: UUID) -> BinaryIO:
    """Open a document as a file, of which little is in memory at a time.

    :raises DocumentNotFound: when there is none with that id.
    """
    content, count = database.run(lambda session: _found(session, document_id), write=False)
    return parts.opened(database, document_id, count) if count else io.BytesIO(content)


def _found(session: Session, document_id: UUID) -> tuple[bytes, int]:
    query = select(ArchivedDocument.content, ArchivedDocument.parts).where(ArchivedDocument.id == document_id)
    found = session.exec(query).first()
    if found is None:
        raise DocumentNotFound(f"there is no document {document_id}")
    return found
