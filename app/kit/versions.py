"""Versions and ETags: what a person edits carries a version, and a change names the one it was made from (RFC 9110)."""

from typing import Protocol

from sqlalchemy.orm import object_session

from app.kit.errors import Conflict


class VersionMissing(Conflict):
    """A change must say in `If-Match` which version it was made from."""


class VersionMismatch(Conflict):
    """Somebody else changed it in between; read it anew."""


class Versioned(Protocol):
    """A row with a version, raised by every change."""

    version: int


def etag(version: int) -> str:
    return f'"{version}"'


def require_version(row: Versioned, if_match: str | None) -> None:
    """Let a change pass only when it was made from the row's present version, and raise that version.

    The row is locked first: of two changes made from the same version at once, the second must find the raised one.

    :raises VersionMissing: without `If-Match`.
    :raises VersionMismatch: when the row has moved on.
    """
    if if_match is None:
        raise VersionMissing(f"send `If-Match: {etag(row.version)}`, the ETag that reading it gave")
    session = object_session(row)
    if session is not None:
        session.refresh(row, ["version"], with_for_update=True)
    if if_match.strip().removeprefix("W/") not in (etag(row.version), "*"):
        raise VersionMismatch(f"it is now version {row.version}; read it again and decide anew")
    row.version += 1
