"""What a document about a catalogue wants: which catalogue it is for, what it does to the whole, and from when on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.documents.catalogue import Catalogue
from app.documents.catalogue_reading import CatalogueDocument
from app.documents.catalogue_requests import CatalogueDeletion
from app.documents.catalogue_updates import CatalogueUpdate
from app.documents.values import Period

ADD, UPDATE, DELETE = "Add", "Update", "Delete"
ACTIONS: Final = (ADD, UPDATE, DELETE)


@dataclass(frozen=True, slots=True)
class Intent:
    """What a document says of a catalogue as a whole.

    `previous` is the version that it says it follows. `begins` and `ends` are the days on which the version is valid;
    with `keeps_period` they are those of the version before. `ends_all` takes every line out, `needs_one` changes what
    must be there, `needs_none` begins what must not.
    """

    number: str
    version_id: str | None
    previous: str | None
    contract_id: str | None
    name: str | None = None
    begins: date | None = None
    ends: date | None = None
    keeps_period: bool = False
    ends_all: bool = False
    needs_one: bool = False
    needs_none: bool = False
    fault: str | None = None

    def compared_on(self, today: date) -> date:
        """Give the day on which prices before and after are compared."""
        return max(today, self.begins) if self.begins is not None else today


def intent_of(document: CatalogueDocument) -> Intent:
    """Read what a catalogue, an update or a deletion wants."""
    match document:
        case CatalogueDeletion():
            return _of_deletion(document)
        case CatalogueUpdate():
            return _of_update(document)
        case Catalogue():
            return _of_catalogue(document)
        case _:
            raise TypeError(f"a {type(document).__name__} wants nothing of a catalogue")


def _of_catalogue(document: Catalogue) -> Intent:
    period, action = document.validity_period or Period(), document.action_code
    is_foreign = action is not None and action not in ACTIONS
    return Intent(
        number=document.number,
        version_id=document.version_id,
        previous=document.previous_version_id,
        contract_id=document.contract_id,
        name=document.name,
        begins=period.start_date,
        ends=None if action == DELETE else period.end_date,
        ends_all=action == DELETE,
        needs_one=action in (UPDATE, DELETE),
        needs_none=action == ADD,
        fault=f"the catalogue's ActionCode is none of {', '.join(ACTIONS)}" if is_foreign else None,
    )


def _of_update(document: CatalogueUpdate) -> Intent:
    period = document.validity_period
    return Intent(
        number=document.related_catalogue.number,
        version_id=document.version_id,
        previous=document.related_catalogue.version_id,
        contract_id=document.contract_id,
        begins=period.start_date if period is not None else None,
        ends=period.end_date if period is not None else None,
        keeps_period=period is None,
        needs_one=True,
    )


def _of_deletion(document: CatalogueDeletion) -> Intent:
    return Intent(
        number=document.deleted_catalogue.number,
        version_id=document.version_id,
        previous=document.deleted_catalogue.version_id,
        contract_id=document.contract_id,
        begins=document.effective_date,
        ends_all=True,
        needs_one=True,
    )


def misfits(intent: Intent, versions: Sequence[str | None]) -> Iterator[str]:
    """Say why a document cannot be the next of a catalogue; `versions` are the ids of those that were accepted, the
    newest first.
    """
    if intent.fault is not None:
        yield intent.fault
    if intent.needs_none and versions:
        yield f"catalogue {intent.number} is here already; its ActionCode is Update, or is left out"
    if intent.needs_one and not versions:
        yield f"there is no catalogue {intent.number} of yours for this receiver that could be changed; send it first"
        return
    newest = next((version for version in versions if version is not None), None)
    if intent.previous is not None and intent.previous != newest:
        expected = f"the version before this one is {newest}" if newest is not None else "there is none before this one"
        yield f"it follows version {intent.previous} of catalogue {intent.number}, but {expected}"
    if newest is not None and intent.version_id is not None and _is_older(intent.version_id, newest):
        yield f"version {intent.version_id} of catalogue {intent.number} is older than {newest}, which came before it"


def _is_older(version: str, newest: str) -> bool:
    """Compare two versions of numbers between points; of others nobody knows which is the older one."""
    one, other = _numbers(version), _numbers(newest)
    return one is not None and other is not None and one < other


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = version.split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()  # 1.0 is 1
    return tuple(numbers)
