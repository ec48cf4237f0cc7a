"""Who leaves whom in a reorganisation: branches, and the organisations that were above them and are no longer.

Everything that follows from a reorganisation, and the list of it that is shown before anyone decides, starts from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.organisations.access import Call, below
from app.organisations.models import Organisation, Task, TaskState
from app.organisations.people_models import Prokura, RoleGrant, User
from app.organisations.reorganisation_models import ReorganisationKind
from app.organisations.tree import ancestors, within


@dataclass(frozen=True, slots=True)
class Departure:
    """A branch, the organisation that it goes below, and those above it now that will be above it no longer."""

    top_id: UUID
    parent_id: UUID
    left: frozenset[UUID]

    @property
    def inside(self) -> Any:
        """The query for the ids of the branch, as the tree is before it goes."""
        return within(self.top_id)


@dataclass(frozen=True, slots=True)
class Change:
    """A reorganisation about to be done: which branches leave what, and which organisation goes up in which."""

    id: UUID
    kind: ReorganisationKind
    organisation_id: UUID
    departures: tuple[Departure, ...]
    merged_into: UUID | None = None


Follower = Callable[[Call, Change], Mapping[str, int]]
"""What a chapter does when a reorganisation comes into force, before the tree changes; gives what it has to count."""


def change_of(
    session: Session, change_id: UUID, kind: ReorganisationKind, organisation_id: UUID, target_id: UUID | None
) -> Change:
    """Work out who leaves whom. A merged organisation goes, closed, below the one that it goes up in, and all that was
    below it goes there, too.
    """
    if target_id is None:
        return Change(change_id, kind, organisation_id, ())
    after, before = set(ancestors(session, target_id)), ancestors(session, organisation_id)
    own = Departure(organisation_id, target_id, frozenset(before[1:]) - after)
    if kind == ReorganisationKind.MOVE:
        return Change(change_id, kind, organisation_id, (own,))
    children = select(Organisation.id).where(Organisation.parent_id == organisation_id, Organisation.id != target_id)
    departures = [
        Departure(child, target_id, frozenset(before) - after)
        for child in session.exec(children.order_by(col(Organisation.id))).all()
    ]
    return Change(change_id, kind, organisation_id, (*departures, own), merged_into=target_id)


def lapsing(model: type[RoleGrant | Prokura], departure: Departure, today: date) -> ColumnElement[bool]:
    """Give the condition that a role or a limit lapses: of the branch's people on what they leave, and on the branch of
    people of what it leaves. What the branch's people hold inside it goes with them.
    """
    left, inside = list(departure.left), departure.inside
    person = aliased(User)
    holder = exists().where(col(person.id) == col(model.user_id))
    own = holder.where(col(person.organisation_id).in_(inside))
    others = holder.where(below(person.organisation_id, left), col(person.organisation_id).not_in(inside))
    return and_(
        col(model.ended_at).is_(None),
        or_(col(model.valid_to).is_(None), col(model.valid_to) >= today),
        or_(
            and_(col(model.organisation_id).in_(left), own),
            and_(col(model.organisation_id).in_(inside), others),
        ),
    )


def named_tasks(departure: Departure) -> ColumnElement[bool]:
    """Give the condition that an open task of the branch waits for somebody by name."""
    return and_(
        col(Task.state) == TaskState.OPEN,
        col(Task.user_id).is_not(None),
        col(Task.organisation_id).in_(departure.inside),
    )
