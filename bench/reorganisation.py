"""What it costs to share, take back and give again at the root, and to move a branch of 2,500 organisations.

The state is that of `visibility`: 20,000 organisations, 50,000 shares, 100,000 users. The branch is an institution that
has agreements from its ministry area; other areas are hung below it until it is large enough. The floor writes the very
pairs of the closure table anew that a move writes, in raw SQL, and does nothing else: no shares, no roles, no audit.
"""

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from app.agreements import service as agreements
from app.agreements.messages import ShareIn
from app.agreements.models import Share, ShareTarget
from app.assembly import FOLLOWERS
from app.kit import calls
from app.kit.db import Database
from app.kit.ids import new_id
from app.organisations import reorganisations, reorganising
from app.organisations.access import Call, actor_by_id
from app.organisations.people_models import Role, RoleGrant
from app.organisations.reorganisation_messages import ReorganisationIn
from app.organisations.reorganisation_models import ReorganisationKind
from bench.databases import addresses, with_schema
from bench.figures import Figures, Plan, middle
from bench.shares import BEGUN, BEGUN_ON, NOW, TODAY, State
from bench.visibility import FULL, QUICK, fill

NAME = "reorganisation"
WANTED = "a share or revocation at the root within 1,000 ms, a move of 2,500 organisations within 1,000 ms"
MOVED = 2_500
FLOOR, SHARE, REVOKE, RESTORE, MOVE = (
    "the pairs written anew in raw SQL (floor)",
    "share at the root",
    "take back at the root",
    "give again at the root",
    "move of the branch",
)
REWRITE = (
    "CREATE TEMPORARY TABLE pair AS SELECT l.* FROM organisation_link l JOIN organisation_link t "
    "ON t.descendant_id = l.descendant_id AND t.ancestor_id = :top WHERE l.depth > t.depth",
    "DELETE FROM organisation_link WHERE (descendant_id, ancestor_id) IN (SELECT descendant_id, ancestor_id FROM pair)",
    "INSERT INTO organisation_link SELECT * FROM pair",
    "DROP TABLE pair",
)


def run(plan: Plan) -> Iterator[Figures]:
    """Move the same branch to and fro, and hand the same agreements to the ministries again."""
    state = State(QUICK if plan.quick else FULL).build()
    by = state.people[0].id
    root_id = next(iter(state.parents))
    for role in (Role.LOCAL_ADMINISTRATOR, Role.CONTENT_MANAGER):
        grant = {"id": UUID(int=len(state.rows)), "user_id": by, "role": role, "organisation_id": root_id}
        state.rows.append(RoleGrant(**grant, valid_from=BEGUN_ON))
    for actor in state.people:
        grant = {"user_id": actor.id, "role": Role.BUYER, "organisation_id": actor.organisation_id}
        state.rows.append(RoleGrant(id=new_id(BEGUN), **grant, valid_from=BEGUN_ON))
    for kind in plan.databases:
        with addresses(kind, NAME) as (_, found):
            database = with_schema(found[NAME])
            fill(database, state)
            yield _Bench(database, state, by).figures(kind, 1 if plan.quick else 5, 20 if plan.quick else MOVED)
            database.close()


class _Bench:
    """One database with the state in it, and whoever does everything."""

    def __init__(self, database: Database, state: State, by: UUID) -> None:
        self._database = database
        self._state = state
        self._by = by
        self._day = 0
        self._root_id, *places = state.parents
        self._ministries = places[: state.size.ministries]

    def figures(self, kind: str, runs: int, wanted: int) -> Figures:
        branch, moved, homes = self._branch(wanted)
        times: dict[str, list[float]] = {name: [] for name in (FLOOR, SHARE, REVOKE, RESTORE, MOVE)}
        central = next(share for share in self._state.shares if share.parent_id is None and share.revoked_at is None)
        hanging = sum(central in chain for chain in self._state.chains.values())
        again = {REVOKE: agreements.revoke_share, RESTORE: agreements.restore_share}
        for number in range(runs):
            times[FLOOR].append(self._timed(lambda session: self._rewrite(session, branch)))
            receiver = self._ministries[number % len(self._ministries)]
            times[SHARE].append(self._timed(lambda session, to=receiver: self._share(session, central, to)))
            for name, step in again.items():
                times[name].append(self._timed(lambda session, step=step: step(self._call(session), central.id)))
            times[MOVE].append(self._move(branch, homes[number % len(homes)]))
        counts = {MOVE: f"{moved} organisations", REVOKE: f"{hanging} shares hang on it"}
        return Figures(
            bench=NAME,
            database=kind,
            value=middle(times[MOVE]),
            unit="ms",
            floor=middle(times[FLOOR]),
            runs=runs,
            peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            columns=("median, ms", "slowest, ms", "of"),
            rows={
                name: (f"{middle(found):.1f}", f"{max(found):.1f}", counts.get(name, ""))
                for name, found in times.items()
            },
            wanted=WANTED,
        )

    def _branch(self, wanted: int) -> tuple[UUID, int, list[UUID]]:
        """Hang ministry areas below an institution of the first until it is as large as wanted; gives it, how many it
        then holds, and the areas that are left.
        """
        sizes = Counter(above for place in self._state.parents for above in (place, *self._above(place)))
        first, *others = self._ministries
        branch = next(place for place, parent in self._state.parents.items() if parent == first)
        held = sizes[branch]
        while held < wanted and len(others) > 1:
            area = others.pop()
            held += sizes[area]
            self._move(area, branch)
        return branch, held, others

    def _above(self, place: UUID) -> Iterator[UUID]:
        above = self._state.parents[place]
        while above is not None:
            yield above
            above = self._state.parents[above]

    def _call(self, session: Session) -> Call:
        now = NOW + timedelta(days=self._day)
        return calls.Call(session, actor_by_id(session, self._by, TODAY), now)

    def _timed(self, step: Callable[[Session], object]) -> float:
        started = time.perf_counter()
        self._database.run(step)
        return (time.perf_counter() - started) * 1000

    def _rewrite(self, session: Session, top: UUID) -> None:
        key = top.hex if session.get_bind().dialect.name == "sqlite" else top
        for number, statement in enumerate(REWRITE):
            session.connection().execute(text(statement), {} if number else {"top": key})

    def _share(self, session: Session, like: Share, receiver: UUID) -> None:
        body = ShareIn(
            from_organisation_id=self._root_id,
            target=ShareTarget.ORGANISATION,
            organisation_id=receiver,
            valid_from=TODAY,
        )
        agreements.share_agreement(self._call(session), like.agreement_id, body)

    def _move(self, top: UUID, target: UUID) -> float:
        """Move a branch on a day of its own, so that each move keeps what it ends."""
        self._day += 1
        day = TODAY + timedelta(days=self._day)
        body = ReorganisationIn(kind=ReorganisationKind.MOVE, organisation_id=top, target_id=target, effective_on=day)
        self._database.run(lambda session: reorganisations.plan(self._call(session), body))
        return self._timed(lambda session: reorganising.do_next(session, FOLLOWERS, NOW + timedelta(days=self._day)))
