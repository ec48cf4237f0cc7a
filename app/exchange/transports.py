"""Transports: how a document leaves. One small protocol; sending twice with one message id must be harmless."""

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a transport needs to know: `message_id` is the same at every attempt."""

    message_id: UUID
    sender: str
    receiver: str
    document_type: str
    profile_id: str
    sha256: str
    content: bytes
    language: str | None = None


class NotDeliverable(Exception):  # noqa: N818 - named like the refusals: it is what happened
    """The document will not leave this way, however often it is tried; the message holds no address."""


class NotNow(Exception):  # noqa: N818 - named like the refusals: it is what happened
    """The document is to be tried again, but not before `wait` is over: the other side asked for that."""

    def __init__(self, message: str, wait: timedelta) -> None:
        super().__init__(message)
        self.wait = wait


class Transport(Protocol):
    """Takes a document away, or raises: `NotDeliverable` when trying again is of no use, `NotNow` when it is known
    from when on it is.
    """

    def send(self, parcel: Parcel) -> None: ...


def facts_of(parcel: Parcel) -> dict[str, str]:
    """Give what stands on the envelope of a document."""
    return {
        "message_id": str(parcel.message_id),
        "sender": parcel.sender,
        "receiver": parcel.receiver,
        "document_type": parcel.document_type,
        "profile_id": parcel.profile_id,
        "sha256": parcel.sha256,
    }


class FolderTransport:
    """Puts `{message_id}.xml` and its envelope `{message_id}.json` into a folder. This is no NemHandel connection: some
    other program has to carry the files to an access point.

    Files appear whole or not at all (written aside, flushed, renamed, folder flushed), the envelope last: whoever sees
    the `.json` finds the `.xml` complete.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, parcel: Parcel) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._put(f"{parcel.message_id}.xml", parcel.content)
        self._put(f"{parcel.message_id}.json", json.dumps(facts_of(parcel), indent=2).encode())

    def _put(self, name: str, content: bytes) -> None:
        aside = self._folder / f".{name}.part"
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
