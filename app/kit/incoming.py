"""Bodies of any size as they come in: small ones in memory, large ones in parts in the database (see parts)."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, TypeVar
from uuid import UUID

from fastapi import Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.kit import parts
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.parts import PART_BYTES

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A body that has come in whole, with its SHA-256: in memory, or as so many parts of an upload."""

    media_type: str
    sha256: str
    content: bytes = b""
    upload_id: UUID | None = None
    parts: int = 0

    @classmethod
    def of(cls, content: bytes, media_type: str) -> "Incoming":
        return cls(media_type, hashlib.sha256(content).hexdigest(), content)

    def opened(self, database: Database | None) -> BinaryIO:
        """Open it as a file, of which little is in memory at a time; without parts it takes no database."""
        if self.upload_id is None or database is None:
            return io.BytesIO(self.content)
        return parts.opened(database, self.upload_id, self.parts)


async def receive(request: Request, media_type: str, taker: "Taker") -> Incoming:
    """Take a body in as it arrives. One that breaks off, is refused or too large leaves its parts to the sweep."""
    try:
        async for chunk in request.stream():
            if taker.take(chunk):
                await run_in_threadpool(taker.keep)
        return await run_in_threadpool(taker.end, media_type)
    except Exception:
        await run_in_threadpool(taker.give_up)
        raise


class Taker:
    """Takes bytes as they come. More than `most` of them are kept in parts; `look` sees the beginning of such a body
    before any of it is kept, and may refuse it.
    """

    def __init__(self, database: Database, clock: Clock, most: int, look: Callable[[bytes], None]) -> None:
        self._database = database
        self._clock = clock
        self._most = most
        self._look = look
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._upload_id: UUID | None = None
        self._parts = 0

    def take(self, chunk: bytes) -> bool:
        """Take some bytes, and tell whether it is time to `keep` what has come."""
        self._digest.update(chunk)
        self._waiting += chunk
        return len(self._waiting) > self._most if self._upload_id is None else len(self._waiting) >= PART_BYTES

    def keep(self) -> None:
        """Keep the whole parts among what has come."""
        if self._upload_id is None:
            self._look(bytes(self._waiting[:PART_BYTES]))
            self._upload_id = self._run(lambda session: parts.begin(session, self._clock.now()))
        while len(self._waiting) >= PART_BYTES:
            self._keep_part(self._upload_id, bytes(self._waiting[:PART_BYTES]))
            del self._waiting[:PART_BYTES]

    def end(self, media_type: str) -> Incoming:
        """Give the whole."""
        digest = self._digest.hexdigest()
        if self._upload_id is None:
            return Incoming(media_type, digest, bytes(self._waiting))
        if self._waiting:
            self._keep_part(self._upload_id, bytes(self._waiting))
        return Incoming(media_type, digest, upload_id=self._upload_id, parts=self._parts)

    def give_up(self) -> None:
        """Leave what was kept to the sweep."""
        if (upload_id := self._upload_id) is not None:
            self._run(lambda session: parts.give_up(session, upload_id, self._clock.now()))

    def _keep_part(self, upload_id: UUID, content: bytes) -> None:
        position = self._parts
        self._run(lambda session: parts.add(session, upload_id, position, content, self._clock.now()))
        self._parts += 1

    def _run(self, step: Callable[[Session], Result]) -> Result:
        return self._database.run(step)
