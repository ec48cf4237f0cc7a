"""Sheets as bodies and answers of requests: read before any transaction, and given back to whoever wants a workbook."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header, Request

from app.kit.calls import Body, Caller
from app.kit.sheets import CSV, XLSX, read_sheets
from app.kit.workbooks import Sheet


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of sheets: SHA-256 of its bytes, and what stands in it."""

    sha256: str
    sheets: Sequence[Sheet]


def upload_of(content: bytes, media_type: str) -> Upload:
    """Read a file of sheets.

    :raises MediaTypeNotSupported, UnreadableSheet, SheetTooLarge: as `read_sheets` does.
    """
    return Upload(hashlib.sha256(content).hexdigest(), read_sheets(content, media_type))


def uploaded(request: Request, caller: Caller, body: Body) -> Upload:
    """Give the dependency that reads a body of sheets; whoever is not signed in gets nothing read."""
    del caller
    return upload_of(body, request.headers.get("content-type", "").partition(";")[0].strip().lower())


def wants_workbook(accept: Annotated[str, Header(description=f"application/json or {XLSX}")] = "*/*") -> bool:
    """Tell whether the caller would rather have a workbook: it is named, and JSON is not named before it."""
    named = [part.split(";")[0].strip() for part in accept.split(",")]
    return next((name for name in named if name in ("application/json", XLSX)), "") == XLSX


SHEETS_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            CSV: {"schema": {"type": "string", "description": "UTF-8 or windows-1252; one kind of rows"}},
        },
    }
}
"""What a route tells of such a body in its `openapi_extra`."""
