"""The shadow: the worker decides each new decision again under the draft that stands beside the policy in force.

It looks for decisions that it has not seen, after they were committed, so no request waits for it or fails by it. What
it writes is read by people alone: it opens no task and takes nothing of any order.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, update
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_models

from app.kit.clock import business_day
from app.kit.db import Database, rows
from app.kit.ids import new_id
from app.match.drafts import Draft, rules_of
from app.match.models import InvoiceCase, MatchDecision
from app.match.redeciding import ENGINES, STORED, ZERO, Again, NotDecidable, Redecider
from app.match.shadow_models import ShadowDecision, ShadowPolicy
from app.organisations.access import below
from app.organisations.models import Organisation
from app.organisations.policy_models import Policy, PolicyStatus

MOST: Final = 100
LATE: Final = timedelta(minutes=10)
"""How long a transaction may take: a decision that is committed so late after its time is still found."""

UNREADABLE: Final = "UNREADABLE"
_ADD: Final = insert(SQLModel.metadata.tables[ShadowDecision.__tablename__])
log = logging.getLogger("prokura")


@dataclass(frozen=True, slots=True)
class _Shadow:
    """A shadow policy as it is now; `version` tells whether somebody has set another since."""

    organisation_id: UUID
    policy_id: UUID
    version: int
    set_at: datetime
    reached: datetime
    draft: Draft


def shadow_next(database: Database, clock_now: Callable[[], datetime]) -> bool:
    """Decide what is new in the shadow, of each shadow policy some; tells whether there was anything."""
    now = clock_now()
    shadows = database.run(_shadows, write=False)
    had_work = [_shadow_some(database, shadow, now) for shadow in shadows]
    return any(had_work)


def _shadows(session: Session) -> list[_Shadow]:
    """Give the shadow policies whose drafts are still proposed."""
    query = (
        select_models(ShadowPolicy, Policy)
        .join(Policy, col(Policy.id) == col(ShadowPolicy.policy_id))
        .where(Policy.status == PolicyStatus.PROPOSED)
    )
    return [_shadow(session, shadow, policy) for shadow, policy in session.exec(query)]


def _shadow(session: Session, shadow: ShadowPolicy, policy: Policy) -> _Shadow:
    place = session.get_one(Organisation, policy.organisation_id)
    draft = Draft(place.id, place.name, policy.valid_from, rules_of(session, policy), policy.id)
    return _Shadow(shadow.organisation_id, policy.id, shadow.version, shadow.set_at, shadow.reached, draft)


def _shadow_some(database: Database, shadow: _Shadow, now: datetime) -> bool:
    """Decide some decisions in the shadow. One that cannot be decided is noted as such, and keeps nothing else back."""
    found = database.run(partial(_unseen, shadow=shadow), write=False)
    if not found:
        return False
    redecider = Redecider(shadow.draft)
    step = partial(_decided, shadow=shadow, found=found, redecider=redecider, now=now)
    decided = database.run(step, write=False)
    return database.run(partial(_keep, shadow=shadow, decided=decided))


def _unseen(session: Session, shadow: _Shadow) -> Sequence[Row[Any]]:
    since = max(shadow.set_at, shadow.reached - LATE)
    seen = exists().where(
        col(ShadowDecision.decision_id) == col(MatchDecision.id),
        col(ShadowDecision.organisation_id) == shadow.organisation_id,
        col(ShadowDecision.policy_id) == shadow.policy_id,
    )
    query = (
        select(*STORED)
        .join_from(MatchDecision, InvoiceCase, col(InvoiceCase.id) == col(MatchDecision.invoice_id))
        .where(
            col(MatchDecision.id) >= _first_id(since),
            col(MatchDecision.decided_at) >= shadow.set_at,
            col(MatchDecision.outcome).in_(ENGINES),
            below(InvoiceCase.organisation_id, [shadow.organisation_id]),
            ~seen,
        )
        .order_by(col(MatchDecision.id))
        .limit(MOST)
    )
    return rows(session, query)


def _first_id(moment: datetime) -> UUID:
    """Give what no id that was made at a moment or later is below."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _decided(
    session: Session, shadow: _Shadow, found: Sequence[Row[Any]], redecider: Redecider, now: datetime
) -> list[dict[str, Any]]:
    return [_row(session, shadow, stored, redecider, now) for stored in found]


def _row(session: Session, shadow: _Shadow, stored: Row[Any], redecider: Redecider, now: datetime) -> dict[str, Any]:
    again, why = _tried(session, stored, redecider)
    return {
        "id": new_id(now),
        "organisation_id": shadow.organisation_id,
        "policy_id": shadow.policy_id,
        "invoice_id": stored.invoice_id,
        "decision_id": stored.decision_id,
        "live_outcome": stored.outcome,
        "shadow_outcome": None if why is not None else again.after,
        "left_out": why,
        "differs": why is not None or again.before != again.after or again.codes_before != again.codes_after,
        "codes_gone": sorted(again.codes_before - again.codes_after),
        "codes_new": sorted(again.codes_after - again.codes_before),
        "currency": stored.currency,
        "payable_amount": stored.payable_amount,
        "deviation": again.deviation,
        "decided_on": business_day(stored.decided_at),
        "decided_at": stored.decided_at,
    }


def _tried(session: Session, stored: Row[Any], redecider: Redecider) -> tuple[Again, str | None]:
    nothing = Again(stored.outcome, stored.outcome, frozenset(), frozenset(), ZERO)
    try:
        return redecider.again(session, stored), None
    except NotDecidable as why:
        return nothing, str(why)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        log.warning("decision %s cannot be decided in the shadow", stored.decision_id, exc_info=error)
        return nothing, UNREADABLE


def _keep(session: Session, shadow: _Shadow, decided: Sequence[dict[str, Any]]) -> bool:
    """Write down what was decided, unless another draft stands in the shadow by now."""
    reached = max(one["decided_at"] for one in decided)
    still = (
        update(ShadowPolicy)
        .where(
            col(ShadowPolicy.organisation_id) == shadow.organisation_id,
            col(ShadowPolicy.policy_id) == shadow.policy_id,
            col(ShadowPolicy.version) == shadow.version,
            col(ShadowPolicy.reached) <= max(reached, shadow.reached),
        )
        .values(reached=max(reached, shadow.reached))
    )
    if session.connection().execute(still).rowcount != 1:
        return False
    session.connection().execute(_ADD, list(decided))
    return True
