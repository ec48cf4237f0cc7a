"""Conditions on shares: which reach a user, and which are whole, on a day.

A day is told as it stood when it ended: what was taken back in the morning and restored at noon was not gone that day.
Of today that is what holds now, for nothing after now is known yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, exists, or_
from sqlalchemy import select as core_select
from sqlmodel import col

from app.agreements.models import (
    Agreement,
    AgreementStatus,
    AgreementVersion,
    Share,
    ShareRevocation,
    ShareStep,
    ShareTarget,
    UserGroupMember,
)
from app.kit.clock import midnight_after
from app.kit.columns import UtcDateTime
from app.organisations.access import valid_on
from app.organisations.tree import above_on


@dataclass(frozen=True, slots=True)
class Day:
    """A Danish calendar day and the moment at which it is over; both may be parameters of a prepared query."""

    on: Any
    end: Any

    @classmethod
    def of(cls, day: date) -> "Day":
        return cls(day, midnight_after(day))

    def until(self, ended_at: datetime | None) -> ColumnElement[bool]:
        """Give the condition that what ended at a moment had not ended when the day did."""
        return or_(col(ended_at).is_(None), col(ended_at) >= self.end)


DAY: Final = Day(bindparam("day", type_=Date), bindparam("end", type_=UtcDateTime))


def whole(day: Day) -> ColumnElement[bool]:
    """Give the condition that every step of a share's chain was valid on a day, granted by then, and not revoked.

    A day since which nothing has changed is told by the share itself; of an older one the revocations are asked.
    """
    effective = and_(
        col(Share.effective_from) <= day.on,
        or_(col(Share.effective_to).is_(None), col(Share.effective_to) >= day.on),
    )
    as_it_is = and_(col(Share.settled_on) <= day.on, col(Share.broken_steps) == 0)
    as_it_was = and_(col(Share.settled_on) > day.on, col(Share.granted_at) < day.end, ~_was_broken(day))
    return and_(effective, or_(as_it_is, as_it_was))


def _was_broken(day: Day) -> ColumnElement[bool]:
    return exists().where(
        col(ShareStep.share_id) == col(Share.id),
        col(ShareRevocation.share_id) == col(ShareStep.step_id),
        col(ShareRevocation.revoked_at) < day.end,
        day.until(ShareRevocation.restored_at),
    )


def in_force(day: Day) -> ColumnElement[bool]:
    """Give the condition that an agreement was ACTIVE and valid on a day."""
    as_it_is = and_(
        col(Agreement.changed_on) <= day.on,
        col(Agreement.status) == AgreementStatus.ACTIVE,
        valid_on(Agreement, day.on),
    )
    was = exists().where(
        version_of(day), col(AgreementVersion.status) == AgreementStatus.ACTIVE, valid_on(AgreementVersion, day.on)
    )
    return or_(as_it_is, and_(col(Agreement.changed_on) > day.on, was))


def version_of(day: Day) -> ColumnElement[bool]:
    """Give the condition that a version is how the agreement stood on a day."""
    return and_(
        col(AgreementVersion.agreement_id) == col(Agreement.id),
        col(AgreementVersion.changed_at) < day.end,
        day.until(AgreementVersion.followed_at),
    )


def reaches(user_id: Any, organisation_id: Any, day: Day) -> Sequence[ColumnElement[bool]]:
    """Give the conditions of which one says that a share reaches a user: by name, by group, with everybody around."""
    around = above_on(organisation_id, day.on)
    groups: Select[UUID] = core_select(col(UserGroupMember.group_id)).where(
        col(UserGroupMember.user_id) == user_id,
        col(UserGroupMember.added_at) < day.end,
        day.until(UserGroupMember.removed_at),
    )
    return (
        and_(col(Share.target) == ShareTarget.USER, col(Share.user_id) == user_id),
        and_(col(Share.target) == ShareTarget.GROUP, col(Share.group_id).in_(groups)),
        and_(
            col(Share.target) == ShareTarget.EVERYBODY,
            col(Share.organisation_id).in_(around),
        ),
    )
