"""What callers get of set-up sheets."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from app.kit.problems import ProblemFault


class SetupFormat(StrEnum):
    """How set-up sheets are written: a workbook of all, or one of them as CSV."""

    XLSX = "xlsx"
    CSV = "csv"


class SetupCounts(BaseModel):
    """How many rows of a set-up sheet make something, change it, or say what is there already."""

    created: int
    changed: int
    unchanged: int


class SetupResult(BaseModel):
    """What an import of set-up sheets did, or would do; `id` is null when nothing was written.

    `faults` are at most a thousand of the `fault_count`.
    """

    id: UUID | None
    dry_run: bool
    sha256: str
    organisations: SetupCounts
    users: SetupCounts
    roles: SetupCounts
    prokura: SetupCounts
    fault_count: int
    faults: list[ProblemFault]
