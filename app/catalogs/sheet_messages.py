"""What callers get of a catalogue sheet that was only tried."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import BaseModel

from app.catalogs.messages import VersionFault
from app.catalogs.models import VersionState


class SheetTrial(BaseModel):
    """What handing a sheet in would do; nothing was kept. `status` is what its version would be, and `reasons` are why
    the whole would be turned away, or cannot be handed in now.

    `lines` are rows that are not blank, `taken` those that would be. `faults` are at most a thousand of `fault_count`,
    by sheet, row and column. `change_summary` counts sound lines by what changes in them.
    """

    supplier_id: UUID
    number: str
    version_id: str
    receiver: str
    contract: str | None
    status: VersionState
    reasons: Sequence[str]
    lines: int
    taken: int
    fault_count: int
    faults: Sequence[VersionFault]
    change_summary: Mapping[str, int]
