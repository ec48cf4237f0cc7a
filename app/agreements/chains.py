"""Chains of shares as they stood on a day, with the names of who gave and who received."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.agreements.groups import Narrowing
from app.agreements.models import Share, ShareRevocation, ShareStep, ShareTarget, UserGroup
from app.agreements.reaching import Day
from app.agreements.why import Path, Step
from app.kit.clock import business_day
from app.kit.db import rows
from app.organisations.models import Organisation
from app.organisations.people_models import User

STEP: Final = ("id", "target", "include_groups", "exclude_groups", "valid_from", "valid_to")


def paths_of(session: Session, shares: Iterable[Share], day: Day) -> dict[UUID, Path]:
    """Give the chain of each share, from the owner down, with what was revoked on the day."""
    giver, receiver = aliased(Organisation), aliased(Organisation)
    revoked = and_(
        col(ShareRevocation.share_id) == col(Share.id),
        col(ShareRevocation.revoked_at) < day.end,
        day.until(ShareRevocation.restored_at),
    )
    query = (
        select(
            col(ShareStep.share_id),
            *(col(getattr(Share, name)) for name in STEP),
            col(giver.name).label("giver"),
            col(receiver.name).label("place"),
            func.coalesce(col(User.name), col(UserGroup.name)).label("name"),
            col(ShareRevocation.revoked_at),
            col(ShareRevocation.reorganisation_id),
        )
        .join_from(ShareStep, Share, col(Share.id) == col(ShareStep.step_id))
        .join(giver, col(giver.id) == col(Share.from_organisation_id))
        .join(receiver, col(receiver.id) == col(Share.organisation_id))
        .outerjoin(User, col(User.id) == col(Share.user_id))
        .outerjoin(UserGroup, col(UserGroup.id) == col(Share.group_id))
        .outerjoin(ShareRevocation, revoked)
        .where(col(ShareStep.share_id).in_([share.id for share in shares]))
        .order_by(col(ShareStep.depth).desc())
    )
    found: dict[UUID, list[Step]] = defaultdict(list)
    for row in rows(session, query):
        found[row.share_id].append(_step(row))
    return {share_id: tuple(steps) for share_id, steps in found.items()}


def _step(row: Any) -> Step:
    receiver, receiver_da = _receiver(row.target, row.place, row.name)
    return Step(
        share_id=row.id,
        giver=row.giver,
        receiver=receiver,
        receiver_da=receiver_da,
        narrowing=Narrowing(tuple(row.include_groups), tuple(row.exclude_groups)),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        revoked_on=business_day(row.revoked_at) if row.revoked_at is not None else None,
        lapsed=row.reorganisation_id is not None,
    )


def _receiver(target: ShareTarget, place: str, name: str) -> tuple[str, str]:
    """Name whom a share is for, in English and Danish."""
    if target == ShareTarget.EVERYBODY:
        return f"everybody of {place}", f"alle i {place}"
    if target == ShareTarget.GROUP:
        return f"the user group {name}", f"brugergruppen {name}"
    return (name, name) if target == ShareTarget.USER else (place, place)
