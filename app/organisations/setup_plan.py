"""The plan of an import: what each row would make or change, and every fault; nothing is written while it is made.

A row passes the messages and the rules of the door that would make the same thing by itself. Rows are all taken or
none; a row that says what is there already is UNCHANGED, so that a sheet can be imported again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import ValidationError

from app.kit.audit import Happening
from app.kit.errors import Fault, Refusal
from app.kit.sheets import Row, Table
from app.organisations.access import NotAllowed
from app.organisations.messages import Message
from app.organisations.permissions import Permission, roles_with
from app.organisations.queries import OrganisationNotFound
from app.organisations.setup_columns import FIELD_OF, Kind
from app.organisations.setup_facts import Known, Tree, UnknownPlace, UserKey

MessageT = TypeVar("MessageT", bound=Message)
MODEL_FAULT: Final = "Value error, "
RowValues = dict[str, Any]


class Outcome(StrEnum):
    """What an import does with a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Faulty(Exception):  # noqa: N818 - told in the result
    """A row that cannot be taken."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


@dataclass
class Plan:
    """The rows to write by table, the events to record, what becomes of each row, and the faults.

    `powers` are the roles and limits that users have already, by kind and user; `own_hands` may be given nothing.
    """

    actor_id: UUID
    own_hands: frozenset[UUID]
    now: datetime
    today: date
    tree: Tree
    users: dict[UserKey, Known]
    suppliers: Mapping[str, UUID]
    powers: Mapping[Kind, Mapping[UUID, list[Any]]]
    inserts: dict[str, list[RowValues]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[str, list[RowValues]] = field(default_factory=lambda: defaultdict(list))
    happenings: list[Happening] = field(default_factory=list)
    roots: set[UUID] = field(default_factory=set)
    outcomes: dict[Kind, dict[int, Outcome]] = field(default_factory=lambda: defaultdict(dict))
    faults: list[Fault] = field(default_factory=list)

    def counts(self, kind: Kind) -> Counter[Outcome]:
        return Counter(self.outcomes[kind].values())


@dataclass(frozen=True, slots=True)
class Line:
    """A row at work: its sheet, its plan, and ways to read it that name the column when they fail."""

    plan: Plan
    table: Table
    row: Row

    def get(self, of: str) -> str | None:
        return self.row.cells.get(of)

    def fault(self, of: str | None, message: str, message_da: str, kind: type[Refusal] | None = None) -> Faulty:
        code = kind.code if kind is not None else None
        return Faulty(self.table.fault(self.row.number, of, message, message_da, code))

    def place(self, of: str) -> UUID:
        """Find the organisation that a cell names."""
        try:
            return self.plan.tree.find(self.row.cells[of])
        except UnknownPlace as reason:
            raise self.fault(of, reason.message, reason.message_da, OrganisationNotFound) from reason

    def require(self, permission: Permission, place_id: UUID | None, of: str) -> None:
        """Let the row pass only where the caller holds the permission."""
        if place_id is None or not self.plan.tree.may(permission, place_id):
            roles = " or ".join(sorted(role.replace("_", " ").lower() for role in roles_with(permission)))
            message = f"this takes the role {roles} ({permission}) at this organisation or one above it"
            message_da = f"Dette kræver rettigheden {permission} i organisationen eller en over den"
            raise self.fault(of, message, message_da, NotAllowed)

    def checked(self, message: type[MessageT], values: Mapping[str, Any]) -> MessageT:
        """Make the message that the door takes, or name every field that does not fit."""
        try:
            return message.model_validate(values)
        except ValidationError as reason:
            faults = [
                self.table.fault(self.row.number, _field_of(found["loc"]), found["msg"].removeprefix(MODEL_FAULT))
                for found in reason.errors(include_url=False)
            ]
            raise Faulty(*faults) from reason


def _field_of(location: tuple[int | str, ...]) -> str | None:
    name = str(location[0]) if location else None
    return FIELD_OF.get(name, name) if name is not None else None


def lines(plan: Plan, table: Table) -> Iterator[Line]:
    """Give the rows whose cells could be read."""
    broken = {fault.row for fault in table.faults}
    return (Line(plan, table, row) for row in table.rows if row.number not in broken)
