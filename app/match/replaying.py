"""Replaying a period: the latest decision of the engine about each invoice is decided again, some at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.kit.clock import midnight_after
from app.kit.db import Database, rows
from app.kit.shifts import LongHandler, Shift
from app.match.drafts import Draft
from app.match.models import InvoiceCase, MatchDecision
from app.match.redeciding import ENGINES, STORED, NotDecidable, Redecider
from app.match.replay_messages import Tally
from app.match.replay_models import Replay
from app.match.tallies import count, diverge, leave_out
from app.organisations import queries as organisations
from app.organisations.access import below
from app.organisations.models import Organisation

REPLAY: Final = "match.replay"
RESULT: Final = "replay"
CHUNK: Final = 200
NOWHERE: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Span:
    """The invoices of an organisation and all below it that came on some days, the first and the last included."""

    organisation_id: UUID
    first_on: date
    last_on: date

    def stored(self) -> Select[Any]:
        """Give the query for the latest decision of the engine about each invoice; a person's after it stays."""
        later = aliased(MatchDecision)
        superseded = exists().where(
            col(later.invoice_id) == col(MatchDecision.invoice_id),
            col(later.sequence) > col(MatchDecision.sequence),
            col(later.outcome).in_(ENGINES),
        )
        return (
            select(*STORED)
            .join_from(InvoiceCase, MatchDecision, col(MatchDecision.invoice_id) == col(InvoiceCase.id))
            .where(
                below(InvoiceCase.organisation_id, [self.organisation_id]),
                col(InvoiceCase.received_at) >= midnight_after(self.first_on - timedelta(days=1)),
                col(InvoiceCase.received_at) < midnight_after(self.last_on),
                col(MatchDecision.outcome).in_(ENGINES),
                ~superseded,
            )
            .order_by(col(InvoiceCase.id))
        )

    def size(self, session: Session) -> int:
        """Count the decisions that there are to decide again."""
        return int(rows(session, select(func.count()).select_from(self.stored().order_by(None).subquery()))[0][0])


def some(session: Session, span: Span, redecider: Redecider, tally: Tally, after: UUID) -> UUID | None:
    """Decide the next ones again and count them; gives the last one's invoice, or nothing when there was none."""
    found = rows(session, span.stored().where(col(InvoiceCase.id) > after).limit(CHUNK))
    for stored in found:
        _one(session, stored, redecider, tally)
    return found[-1].invoice_id if found else None


def _one(session: Session, stored: Row[Any], redecider: Redecider, tally: Tally) -> None:
    try:
        again = redecider.again(session, stored)
    except NotDecidable as why:
        leave_out(tally, str(why))
    except (KeyError, TypeError, ValueError, ArithmeticError):  # a proof that does not read back is no proof
        diverge(tally, stored, stored.outcome, None)
    else:
        count(tally, stored, again)


def replayed(database: Database, span: Span, draft: Draft | None) -> Iterator[Tally]:
    """Decide all of a span again, in this process and without writing; gives the same tally after every some."""
    redecider, tally, reached = Redecider(draft), Tally(), NOWHERE
    while True:
        step = partial(some, span=span, redecider=redecider, tally=tally, after=reached)
        came_to = database.run(step, write=False)
        if came_to is None:
            return
        reached = came_to
        yield tally


def draft_in(session: Session, replay: Replay) -> Draft | None:
    """Give the draft that a replay is under."""
    if not replay.rules:
        return None
    place = session.get_one(Organisation, replay.policy_organisation_id)
    rules = tuple(map(organisations.RULE.validate_python, replay.rules))
    return Draft(place.id, place.name, replay.valid_from, rules, replay.policy_id)


def span_of(replay: Replay) -> Span:
    return Span(replay.organisation_id, replay.received_from, replay.received_to)


def run(shift: Shift) -> None:
    """Decide a replay's invoices again, from where an earlier shift came. Deciding only reads; what was counted is
    written after every some.
    """
    replay_id = UUID(shift.payload["replay_id"])
    replay, draft, total = shift.database.run(partial(_begin, replay_id=replay_id), write=False)
    redecider, tally = Redecider(draft), Tally.model_validate(replay.tally or {})
    reached: UUID | None = replay.reached or NOWHERE
    while reached is not None:
        step = partial(some, span=span_of(replay), redecider=redecider, tally=tally, after=reached)
        reached = shift.database.run(step, write=False)
        if reached is not None:
            keep = partial(_keep, replay_id=replay_id, reached=reached, tally=tally)
            shift.step(keep, progress=_dealt_with(tally), total=total)
    shift.step(partial(_end, shift=shift, replay_id=replay_id, tally=tally), progress=_dealt_with(tally), total=total)


def _begin(session: Session, replay_id: UUID) -> tuple[Replay, Draft | None, int]:
    replay = session.get_one(Replay, replay_id)
    return replay, draft_in(session, replay), span_of(replay).size(session)


def _keep(session: Session, replay_id: UUID, reached: UUID, tally: Tally) -> None:
    replay = session.get_one(Replay, replay_id)
    replay.reached, replay.tally = reached, tally.model_dump(mode="json")


def _end(session: Session, shift: Shift, replay_id: UUID, tally: Tally) -> None:
    session.get_one(Replay, replay_id).tally = tally.model_dump(mode="json")
    shift.tell(session, RESULT, replay_id)


def _dealt_with(tally: Tally) -> int:
    unread = sum(1 for one in tally.divergences if one.after is None)
    return tally.decided + sum(tally.left_out.values()) + unread


def clear(shift: Shift) -> None:
    """Forget what was counted."""
    replay_id = UUID(shift.payload["replay_id"])

    def step(session: Session) -> None:
        replay = session.get_one(Replay, replay_id)
        replay.reached, replay.tally = None, None

    shift.step(step)


def handler() -> LongHandler:
    """Give what does the job."""
    return LongHandler(run=run, clear=clear)


def codes_of(tally: Tally) -> Sequence[tuple[str, int, int]]:
    """Give each code with how many invoices have it before and after, those that change most first."""
    rows_of = [(code, one.before, one.after) for code, one in tally.codes.items()]
    return sorted(rows_of, key=lambda row: (-abs(row[2] - row[1]), row[0]))
