"""Who could see what on a past day: the query, the explanation and the tree against the twin, with a history."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from app.agreements import changing, explaining, queries, service, user_groups
from app.agreements.messages import (
    AgreementChange,
    AgreementIn,
    AgreementOut,
    MemberIn,
    ShareIn,
    ShareOut,
    UserGroupIn,
)
from app.agreements.models import AgreementKind, AgreementStatus, ShareTarget
from app.agreements.service import NotBelow
from app.assembly import FOLLOWERS
from app.kit.clock import business_day
from app.kit.errors import Invalid
from app.kit.pages import PageQuery
from app.organisations import reorganisations, reorganising
from app.organisations.access import actor_by_id
from app.organisations.reorganisation_messages import ReorganisationIn
from app.organisations.reorganisation_models import ReorganisationKind
from app.organisations.reorganisations import TwoOnOneDay
from tests.integration.agreements.test_visible_agreements import CODES, MANAGER, TODAY, Story, Twin, _under
from tests.world import ADMINISTRATOR, World

Spell = list[Any]
"""From a day, and until one or none: `[began, ended]`; ended on the day it began, it was nothing at that day's end."""


def during(spells: list[Spell], day: date) -> bool:
    return any(began <= day and (ended is None or day < ended) for began, ended in spells)


@dataclass
class History(Twin):
    """The twin that remembers when: each question is about the end of a day, and of today about now."""

    today: date = TODAY
    granted: dict[UUID, date] = field(default_factory=dict)
    taken_back: dict[UUID, list[Spell]] = field(default_factory=dict)
    members: dict[UUID, dict[UUID, list[Spell]]] = field(default_factory=dict)
    group_places: dict[UUID, UUID] = field(default_factory=dict)
    versions: dict[UUID, list[tuple[date, AgreementOut]]] = field(default_factory=dict)
    trees: list[tuple[date, dict[UUID, UUID | None]]] = field(default_factory=list)

    def upwards_on(self, place: UUID, day: date) -> Iterator[UUID]:
        """Walk up the tree as it was at a day's end; before the first move it was as it is planted."""
        parents = next((parents for since, parents in reversed(self.trees) if since <= day), self.parents)
        above: UUID | None = place
        while above is not None:
            yield above
            above = parents[above]

    def is_whole(self, share: ShareOut, day: date) -> bool:
        return all(
            self.granted[step.id] <= day
            and not during(self.taken_back.get(step.id, []), day)
            and step.valid_from <= day <= (step.valid_to or date.max)
            for step in self.chain(share)
        )

    def reaches_on(self, share: ShareOut, user: UUID, day: date) -> bool:
        if share.group_id is not None:
            return during(self.members[share.group_id].get(user, []), day)
        if share.target == ShareTarget.EVERYBODY:
            return share.organisation_id in self.upwards_on(self.places[user], day)
        return self.reaches(share, user)

    def part(self, top: UUID, target: UUID) -> None:
        """Hang a branch elsewhere: what went over the new border is taken back, and who was in groups there is not."""
        left = set(self.upwards(top)) - {top} - set(self.upwards(target))
        inside = {place for place in self.parents if top in self.upwards(place)}
        for share in self.shares.values():
            spells = self.taken_back.setdefault(share.id, [])
            over = share.from_organisation_id in left and share.organisation_id in inside
            if over and not (spells and spells[-1][1] is None):
                spells.append([self.today, None])
        for group, members in self.members.items():
            for user, spells in members.items():
                if self.group_places[group] in left and self.places[user] in inside and spells[-1][1] is None:
                    spells[-1][1] = self.today
        if not self.trees:
            self.trees.append((date.min, dict(self.parents)))
        self.parents[top] = target
        self.trees.append((self.today, dict(self.parents)))

    def version(self, agreement_id: UUID, day: date) -> AgreementOut | None:
        return next((then for since, then in reversed(self.versions[agreement_id]) if since <= day), None)

    def holders(self, agreement: AgreementOut, giver: UUID) -> list[ShareOut]:
        return [
            share
            for share in self.shares.values()
            if (share.agreement_id, share.target, share.organisation_id)
            == (agreement.id, ShareTarget.ORGANISATION, giver)
            and self.is_whole(share, self.today)
        ]

    def visible(self, user: UUID, day: date) -> dict[UUID, set[str]]:
        found: dict[UUID, set[str]] = {}
        for share in self.shares.values():
            then = self.version(share.agreement_id, day)
            if then is None or not self.is_live(then, day) or not self.is_whole(share, day):
                continue
            if self.reaches_on(share, user, day):
                left = {code for code in CODES if _under(code, then.product_groups) and self.lets_through(share, code)}
                found.setdefault(then.id, set()).update(left)
        return found


@dataclass
class Chronicle(Story):
    """Does random things on random days."""

    history: History = field(kw_only=True)
    moved: set[tuple[UUID, date]] = field(default_factory=set)

    def play(self) -> None:
        self.plant()
        for number in range(3):
            self.gather(number)
        for number in range(4):
            self.open_agreement(number)
        acts = [*[self.share] * 5, self.share_with_group, self.share_with_group]
        acts += [self.revoke, self.restore, self.change, self.reorganise]
        for _ in range(110):
            self.random.choice([*acts, self.move_member])()
            self.pass_time()

    def pass_time(self) -> None:
        self.world.clock.advance(timedelta(hours=self.random.choice([0, 0, 1, 7, 26])))
        self.history.today = business_day(self.world.clock.now())

    def gather(self, number: int) -> None:
        place = self.random.choice(list(self.twin.parents))
        made = user_groups.make_group(self.call(MANAGER), UserGroupIn(organisation_id=place, name=f"Gruppe {number}"))
        self.history.members[made.id], self.history.group_places[made.id] = {}, place

    def move_member(self) -> None:
        group = self.random.choice(list(self.history.members))
        inside = self.history.members[group]
        at = self.history.group_places[group]
        user = self.random.choice([user for user, home in self.twin.places.items() if at in self.twin.upwards(home)])
        spells = inside.setdefault(user, [])
        if spells and spells[-1][1] is None:
            user_groups.remove_member(self.call(MANAGER), group, user)
            spells[-1][1] = self.history.today
        else:
            user_groups.add_member(self.call(MANAGER), group, MemberIn(user_id=user))
            spells.append([self.history.today, None])

    def open_agreement(self, number: int) -> None:
        manager = self.call(MANAGER)
        owner = self.world.root_id if number < 2 else self.random.choice(list(self.twin.parents))
        body = AgreementIn(
            owner_id=owner,
            supplier_id=self.world.supplier_id,
            kind=AgreementKind.LOCAL,
            title=f"Aftale {number}",
            contract_number=f"K-{number}",
            product_groups=self.groups(0.3),
            valid_from=TODAY - timedelta(days=5),
            valid_to=TODAY + timedelta(days=60),
        )
        opened = service.open_agreement(manager, body)
        self.twin.agreements[opened.id] = opened
        self.history.versions[opened.id] = []
        self.happened(opened)
        self.happened(service.change_status(manager, opened.id, AgreementStatus.ACTIVE, "*"))

    def happened(self, agreement: AgreementOut) -> None:
        self.history.versions[agreement.id].append((self.history.today, agreement))
        self.twin.agreements[agreement.id] = agreement

    def change(self) -> None:
        agreement = self.random.choice(list(self.twin.agreements.values()))
        manager, status = self.call(MANAGER), agreement.status
        if self.random.random() < 0.5:
            other = {"ACTIVE": AgreementStatus.SUSPENDED, "SUSPENDED": AgreementStatus.ACTIVE}[status]
            self.happened(service.change_status(manager, agreement.id, other, "*"))
            return
        ends = self.history.today + timedelta(days=self.random.randint(-3, 40))
        body = AgreementChange(valid_to=ends, product_groups=self.groups(0.4))
        self.happened(changing.change_agreement(manager, agreement.id, body, "*"))

    def share_with_group(self) -> None:
        agreement = self.random.choice(list(self.twin.agreements.values()))
        group, at = self.random.choice(list(self.history.group_places.items()))
        giver = self.random.choice([*self.twin.upwards(at)])
        body = ShareIn(
            from_organisation_id=giver,
            target=ShareTarget.GROUP,
            group_id=group,
            include_groups=self.groups(0.3),
            valid_from=TODAY,
        )
        self.hand_on(agreement, body)

    def hand_on(self, agreement: AgreementOut, body: ShareIn) -> None:
        known = set(self.twin.shares)
        if body.group_id is None:
            super().hand_on(agreement, body)
        else:
            place = self.history.group_places[body.group_id]
            as_everybody = body.model_copy(
                update={"target": ShareTarget.EVERYBODY, "organisation_id": place, "group_id": None}
            )
            self.try_to(agreement, body, self.twin.possible_parents(agreement, as_everybody))
        for share_id in set(self.twin.shares) - known:
            self.history.granted[share_id] = self.history.today

    def try_to(self, agreement: AgreementOut, body: ShareIn, possible: set[UUID | None]) -> None:
        if possible:
            made = service.share_agreement(self.call(MANAGER), agreement.id, body)
            assert made.parent_id in possible
            self.twin.shares[made.id] = made

    def revoke(self) -> None:
        live = [one for one in self.twin.shares if not self.is_taken_back(one)]
        if live:
            share_id = self.random.choice(live)
            service.revoke_share(self.call(MANAGER), share_id)
            self.history.taken_back.setdefault(share_id, []).append([self.history.today, None])

    def restore(self) -> None:
        gone = [one for one in self.twin.shares if self.is_taken_back(one)]
        if not gone:
            return
        share = self.twin.shares[self.random.choice(gone)]
        if share.from_organisation_id not in self.twin.upwards(share.organisation_id):
            with pytest.raises(NotBelow):
                service.restore_share(self.call(MANAGER), share.id)
            return
        service.restore_share(self.call(MANAGER), share.id)
        self.history.taken_back[share.id][-1][1] = self.history.today

    def reorganise(self) -> None:
        """Move a branch today; what cannot be moved there is refused."""
        top = self.random.choice([place for place, parent in self.twin.parents.items() if parent is not None])
        target = self.random.choice(list(self.twin.parents))
        body = ReorganisationIn(
            kind=ReorganisationKind.MOVE, organisation_id=top, target_id=target, effective_on=self.history.today
        )
        administrator = self.call(ADMINISTRATOR)
        if top in self.twin.upwards(target) or self.twin.parents[top] == target:
            with pytest.raises(Invalid):
                reorganisations.plan(administrator, body)
            return
        if (top, self.history.today) in self.moved:
            with pytest.raises(TwoOnOneDay):
                reorganisations.plan(administrator, body)
            return
        planned = reorganisations.plan(administrator, body)
        assert reorganising.do_next(self.session, FOLLOWERS, self.world.clock.now())
        assert reorganisations.get_reorganisation(administrator, planned.id).failure is None
        self.moved.add((top, self.history.today))
        self.history.part(top, target)

    def is_taken_back(self, share_id: UUID) -> bool:
        spells = self.history.taken_back.get(share_id, [])
        return bool(spells) and spells[-1][1] is None


def questions(chronicle: Chronicle) -> Iterator[tuple[UUID, date]]:
    """Give every user with some days: past ones, today, and one to come."""
    history = chronicle.history
    past = [TODAY + timedelta(days=n) for n in range(-2, (history.today - TODAY).days)]
    for user in history.places:
        for day in [*chronicle.random.sample(past, 6), history.today, history.today + timedelta(days=5)]:
            yield user, day


@pytest.mark.parametrize("seed", range(5))
def test_every_day_is_told_as_it_was(world: World, seed: int) -> None:
    def compare(session: Session) -> None:
        parents = {world.root_id: None, world.ministry_id: world.root_id, world.institution_id: world.ministry_id}
        history = History(dict(parents))
        chronicle = Chronicle(Random(seed), session, world, history, history=history)
        chronicle.play()
        shown = 0
        for user, day in questions(chronicle):
            actor = actor_by_id(session, user, history.today)
            found = queries.visible_agreements(session, actor, day)
            told = {one.id: {code for code in CODES if one.allows(code)} for one in found}
            expected = history.visible(user, day)
            assert {key: told[key] for key in told if key != world.agreement_id} == expected, (user, day)
            shown += len(expected)
            explained(chronicle, user, day, expected)
        assert shown > 20
        assert history.taken_back
        assert len(history.trees) > 2
        assert any(ended for spells in history.taken_back.values() for _, ended in spells)
        assert_the_tree_tells_what_works(chronicle)

    world.database.run(compare)


def explained(chronicle: Chronicle, user: UUID, day: date, expected: dict[UUID, set[str]]) -> None:
    """Ask why of one agreement, with a product group and without."""
    administrator = chronicle.call(MANAGER)
    agreement_id = chronicle.random.choice(list(chronicle.twin.agreements))
    code = chronicle.random.choice(CODES)
    plain = explaining.explain_why(administrator, agreement_id, user, day, None)
    narrow = explaining.explain_why(administrator, agreement_id, user, day, code)
    assert plain.visible == (agreement_id in expected), plain
    assert narrow.visible == (code in expected.get(agreement_id, ())), narrow
    assert all(found.message and found.message_da for found in (*plain.findings, *narrow.findings))
    assert plain.findings
    assert narrow.findings


def assert_the_tree_tells_what_works(chronicle: Chronicle) -> None:
    history = chronicle.history
    for agreement_id, agreement in history.agreements.items():
        page = explaining.list_reach(chronicle.call(MANAGER), agreement_id, PageQuery(limit=200))
        of_it = {share.id: share for share in history.shares.values() if share.agreement_id == agreement_id}
        level = {share_id: len(history.chain(share)) - 1 for share_id, share in of_it.items()}
        assert [row.id for row in page.data] == sorted(of_it, key=lambda share_id: (level[share_id], share_id))
        for row in page.data:
            share = of_it[row.id]
            assert (row.state == "EFFECTIVE") == history.is_whole(share, history.today), (row, agreement)
            assert (row.because is None) == (row.state == "EFFECTIVE")
            assert row.depth == level[row.id]
            for code in CODES:
                included = row.groups_left.include is None or any(code.startswith(g) for g in row.groups_left.include)
                left = included and not code.startswith(tuple(row.groups_left.exclude))
                assert left == history.lets_through(share, code), (row, code)


def test_the_administrator_of_a_branch_may_ask_too(world: World) -> None:
    def ask(session: Session) -> None:
        chronicle = Chronicle(Random(1), session, world, twin := History({}), history=twin)
        told = explaining.explain_why(
            chronicle.call(ADMINISTRATOR), world.agreement_id, world.people["buyer"], None, None
        )
        assert told.visible
        assert told.findings[0].code == "VISIBLE"

    world.database.run(ask)
