"""Reorganisations as they are done: by the worker, when the day comes, whole or not at all.

What follows in other chapters is done by their followers in the same transaction, in the name of whoever planned it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.kit import calls
from app.kit.clock import business_day
from app.kit.db import Database
from app.kit.errors import Refusal
from app.kit.states import advance
from app.organisations import tree
from app.organisations.access import Call, actor_by_id
from app.organisations.departures import Change, Follower, change_of
from app.organisations.lapsing import tasks_without_hands
from app.organisations.models import ORGANISATION_TRANSITIONS, Organisation, OrganisationStatus, TaskType
from app.organisations.people_models import Role
from app.organisations.reorganisation_models import (
    TRANSITIONS,
    Reorganisation,
    ReorganisationKind,
    ReorganisationStatus,
)
from app.organisations.reorganisations import check_places, note
from app.organisations.tasks import open_task


def reorganise_next(database: Database, followers: Sequence[Follower], clock_now: Callable[[], datetime]) -> bool:
    """Do the next reorganisation whose day has come; tells whether there was one. Looks without the write lock."""
    if database.run(lambda session: _due(session, business_day(clock_now())), write=False) is None:
        return False
    return database.run(lambda session: do_next(session, followers, clock_now()))


def _due(session: Session, today: date, *, lock: bool = False) -> Reorganisation | None:
    query = (
        select(Reorganisation)
        .where(Reorganisation.status == ReorganisationStatus.PLANNED, Reorganisation.effective_on <= today)
        .order_by(col(Reorganisation.effective_on), col(Reorganisation.id))
        .limit(1)
    )
    return session.exec(query.with_for_update(skip_locked=True) if lock else query).first()


def do_next(session: Session, followers: Sequence[Follower], now: datetime) -> bool:
    """Do it whole, or nothing of it: one that has become impossible is FAILED, and its planner is told."""
    planned = _due(session, business_day(now), lock=True)
    if planned is None:
        return False
    call = calls.Call(session, actor_by_id(session, planned.planned_by, business_day(now)), now)
    tree.lock_root(session, planned.root_id)
    try:
        with session.begin_nested():
            _do(call, planned, followers)
    except Refusal as refusal:
        _give_up(call, planned, refusal)
    return True


def _do(call: Call, planned: Reorganisation, followers: Sequence[Follower]) -> None:
    session = call.session
    organisation = session.get_one(Organisation, planned.organisation_id, populate_existing=True)
    target = session.get_one(Organisation, planned.target_id) if planned.target_id is not None else None
    check_places(session, planned.kind, organisation, target)
    tree.lock_branch(session, organisation.id)
    change = change_of(session, planned.id, planned.kind, organisation.id, planned.target_id)
    counted: Counter[str] = Counter()
    for follow in followers:
        counted.update(follow(call, change))
    for departure in change.departures:
        top = session.get_one(Organisation, departure.top_id)
        if top.parent_id != departure.parent_id:
            tree.move_branch(session, top, departure.parent_id, call.today)
    counted["organisations_moved"] = sum(bool(departure.left) for departure in change.departures)
    counted["organisations_closed"] = _close(call, change)
    counted["tasks_without_hands"] = tasks_without_hands(call, organisation.id)
    planned.done_at, planned.outcome = call.now, dict(sorted(counted.items()))
    advance(planned, ReorganisationStatus.DONE, TRANSITIONS)
    note(call, planned, "reorganisation.done", planned.outcome)
    _tell(call, planned, organisation)


def _close(call: Call, change: Change) -> int:
    """Close the organisation that goes up in another, or a branch that ends; gives how many."""
    if change.kind == ReorganisationKind.MOVE:
        return 0
    closing = select(Organisation).where(
        col(Organisation.id).in_(tree.within(change.organisation_id)), Organisation.status == OrganisationStatus.ACTIVE
    )
    if change.merged_into is not None:
        closing = closing.where(Organisation.id == change.organisation_id)
    found = call.session.exec(closing).all()
    for organisation in found:
        advance(organisation, OrganisationStatus.CLOSED, ORGANISATION_TRANSITIONS)
    return len(found)


def _tell(call: Call, planned: Reorganisation, organisation: Organisation) -> None:
    """Let the administrators of the branch know that roles, limits and shares are to be set anew."""
    reasons = [f"{name}: {count}" for name, count in planned.outcome.items() if count]
    _open(call, planned, organisation, (f"{planned.kind} on {planned.effective_on} is done", *reasons))


def _give_up(call: Call, planned: Reorganisation, refusal: Refusal) -> None:
    call.session.refresh(planned)
    planned.failure = refusal.message[:1000]
    advance(planned, ReorganisationStatus.FAILED, TRANSITIONS)
    organisation = call.session.get_one(Organisation, planned.organisation_id)
    note(call, planned, "reorganisation.failed")
    _open(call, planned, organisation, (f"{planned.kind} on {planned.effective_on} could not be done", planned.failure))


def _open(call: Call, planned: Reorganisation, organisation: Organisation, reasons: tuple[str, ...]) -> None:
    open_task(
        call.session,
        TaskType.REORGANISED,
        organisation_id=organisation.id,
        role=Role.LOCAL_ADMINISTRATOR,
        subject="reorganisation",
        subject_id=planned.id,
        now=call.now,
        reasons=reasons,
    )
