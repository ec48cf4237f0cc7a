"""What a reorganisation does to agreements: shares over the new border lapse, local agreements follow their owner."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, update
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, select

from app.agreements.history import record
from app.agreements.models import (
    Agreement,
    AgreementStatus,
    Share,
    ShareRevocation,
    ShareStep,
    UserGroup,
    UserGroupMember,
)
from app.kit import audit
from app.kit.audit import Happening
from app.kit.db import write
from app.kit.ids import new_id
from app.organisations.access import Call
from app.organisations.departures import Change, Departure
from app.organisations.people_models import User

_REVOKE = insert(SQLModel.metadata.tables[str(ShareRevocation.__tablename__)])


def lapsing_shares(departure: Departure, share: type[Share] = Share) -> ColumnElement[bool]:
    """Give the condition that a share goes from an organisation that is left into the branch that leaves it."""
    return and_(
        col(share.revoked_at).is_(None),
        col(share.from_organisation_id).in_(list(departure.left)),
        col(share.organisation_id).in_(departure.inside),
    )


def lapsing_members(departure: Departure) -> ColumnElement[bool]:
    """Give the condition that somebody of the branch is in a group of an organisation that is left."""
    groups = core_select(col(UserGroup.id)).where(col(UserGroup.organisation_id).in_(list(departure.left)))
    people = core_select(col(User.id)).where(col(User.organisation_id).in_(departure.inside))
    return and_(
        col(UserGroupMember.removed_at).is_(None),
        col(UserGroupMember.group_id).in_(groups),
        col(UserGroupMember.user_id).in_(people),
    )


def passing_on(change: Change) -> ColumnElement[bool]:
    """Give the condition that an agreement is the merged organisation's, and so goes to the one that it goes up in."""
    return and_(col(Agreement.owner_id) == change.organisation_id, col(Agreement.status) != AgreementStatus.TERMINATED)


def follow(call: Call, change: Change) -> Mapping[str, int]:
    """Let shares and memberships over the new border lapse, and agreements of a merged organisation pass on."""
    counted: Counter[str] = Counter()
    for departure in change.departures:
        if departure.left:
            counted["shares_lapsed"] += _lapse(call, change, departure)
            counted["group_members_removed"] += _remove_members(call, departure)
    if change.merged_into is not None:
        counted["agreements_passed_on"] = _pass_on(call, change, change.merged_into)
    return counted


def _lapse(call: Call, change: Change, departure: Departure) -> int:
    """Take shares back in the name of the reorganisation; what hangs on them counts one broken step more for each."""
    _lock(call, departure)
    found = call.session.exec(
        select(Share.id, Agreement.root_id)
        .join(Agreement, col(Agreement.id) == col(Share.agreement_id))
        .where(lapsing_shares(departure))
    ).all()
    if not found:
        return 0
    values = {"revoked_at": call.now, "revoked_by": call.actor.id, "reorganisation_id": change.id}
    write(call.session, _REVOKE, [{"id": new_id(call.now), "share_id": one, **values} for one, _ in found])
    _break(call, departure)
    facts = {"reorganisation_id": str(change.id)}
    happenings = [Happening("share.lapsed", root_id, "share", share_id, facts) for share_id, root_id in found]
    audit.record_all(call.session, happenings, now=call.now, actor_id=call.actor.id)
    return len(found)


def _lock(call: Call, departure: Departure) -> None:
    """Let no share be hung on a chain of these agreements while it is being broken."""
    ids = core_select(col(Share.agreement_id)).where(lapsing_shares(departure))
    query = core_select(col(Agreement.id)).where(col(Agreement.id).in_(ids)).order_by(col(Agreement.id))
    call.session.connection().execute(query.with_for_update(key_share=True)).all()


def _break(call: Call, departure: Departure) -> None:
    """Mark the lapsing shares as taken back, and count their breaks in all that hangs on them."""
    step = aliased(Share)
    lapsing = core_select(col(step.id)).where(lapsing_shares(departure, step))
    on_lapsing = col(ShareStep.step_id).in_(lapsing)
    breaks = core_select(func.count()).where(col(ShareStep.share_id) == col(Share.id), on_lapsing).scalar_subquery()
    hanging = core_select(col(ShareStep.share_id)).where(on_lapsing)
    for condition, values in (
        (col(Share.id).in_(hanging), {"broken_steps": col(Share.broken_steps) + breaks, "settled_on": call.today}),
        (col(Share.id).in_(lapsing), {"revoked_at": call.now}),
    ):
        call.session.connection().execute(update(Share).where(condition).values(values))
    call.session.expire_all()


def _remove_members(call: Call, departure: Departure) -> int:
    values = {"removed_at": call.now, "removed_by": call.actor.id}
    removing = update(UserGroupMember).where(lapsing_members(departure)).values(values)
    return call.session.connection().execute(removing).rowcount


def _pass_on(call: Call, change: Change, owner_id: UUID) -> int:
    found = call.session.exec(select(Agreement).where(passing_on(change)).order_by(col(Agreement.id))).all()
    for agreement in found:
        agreement.owner_id, agreement.version = owner_id, agreement.version + 1
        record(call, agreement)
        facts = {"owner_id": str(owner_id), "reorganisation_id": str(change.id)}
        call.audit(
            "agreement.passed_on", chain=agreement.root_id, entity="agreement", entity_id=agreement.id, facts=facts
        )
    return len(found)
