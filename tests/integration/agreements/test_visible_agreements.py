"""Who may order on what: the query against a slow twin in plain Python, over random trees, shares and revocations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlmodel import Session

from app.agreements import queries, service
from app.agreements.messages import AgreementIn, AgreementOut, ShareIn, ShareOut
from app.agreements.models import AgreementKind, AgreementStatus, ShareTarget
from app.kit.demo_issuer import NAME as ISSUER
from app.kit.errors import Conflict
from app.kit.pages import PageQuery
from app.organisations import people
from app.organisations import service as organisations
from app.organisations.access import Actor, Call
from app.organisations.messages import OrganisationIn
from app.organisations.people_messages import RoleGrantIn, UserIn
from app.organisations.people_models import Role
from tests.world import ADMINISTRATOR, World, call_of

MANAGER = "state-content-manager"
TODAY = date(2026, 3, 2)
DAYS = [TODAY + timedelta(days=offset) for offset in (0, 1, 14, 45, 120)]
CODES = ("44121704", "44111600", "44999999", "14111507", "56112102")
PREFIXES = ("44", "4412", "44121704", "14", "1411", "56")


@dataclass
class Twin:
    """What was done, in plain Python, and what should follow from it; every question is answered by walking."""

    parents: dict[UUID, UUID | None]
    places: dict[UUID, UUID] = field(default_factory=dict)
    managers: set[UUID] = field(default_factory=set)
    agreements: dict[UUID, AgreementOut] = field(default_factory=dict)
    shares: dict[UUID, ShareOut] = field(default_factory=dict)
    revoked: set[UUID] = field(default_factory=set)

    def upwards(self, place: UUID | None) -> Iterator[UUID]:
        while place is not None:
            yield place
            place = self.parents[place]

    def chain(self, share: ShareOut) -> list[ShareOut]:
        above = [] if share.parent_id is None else self.chain(self.shares[share.parent_id])
        return [*above, share]

    def is_whole(self, share: ShareOut, day: date) -> bool:
        return all(
            step.id not in self.revoked and step.valid_from <= day and (step.valid_to is None or day <= step.valid_to)
            for step in self.chain(share)
        )

    def lets_through(self, share: ShareOut, code: str) -> bool:
        steps = self.chain(share)
        return all(_under(code, step.include_groups) for step in steps) and not any(
            code.startswith(group) for step in steps for group in step.exclude_groups
        )

    def is_live(self, agreement: AgreementOut, day: date) -> bool:
        return agreement.status == AgreementStatus.ACTIVE and agreement.valid_from <= day <= agreement.valid_to

    def reaches(self, share: ShareOut, user: UUID) -> bool:
        if share.target == ShareTarget.USER:
            return share.user_id == user
        return share.target == ShareTarget.EVERYBODY and share.organisation_id in self.upwards(self.places[user])

    def visible(self, user: UUID, day: date) -> dict[UUID, set[str]]:
        """Give what a user may order on that day: agreements, and which of the codes are left of each."""
        found: dict[UUID, set[str]] = {}
        for share in self.shares.values():
            agreement = self.agreements[share.agreement_id]
            if self.is_live(agreement, day) and self.reaches(share, user) and self.is_whole(share, day):
                found.setdefault(agreement.id, set()).update(
                    code for code in CODES if _under(code, agreement.product_groups) and self.lets_through(share, code)
                )
        return found

    def readable(self, user: UUID) -> set[UUID]:
        """Give which agreements a user may look at today, as a content manager where they are or as a user."""
        found = set(self.visible(user, TODAY))
        if user in self.managers:
            own = self.places[user]
            found |= {one.id for one in self.agreements.values() if own in self.upwards(one.owner_id)}
            found |= {
                share.agreement_id
                for share in self.shares.values()
                if own in self.upwards(share.organisation_id) and self.is_whole(share, TODAY)
            }
        return found

    def holders(self, agreement: AgreementOut, giver: UUID) -> list[ShareOut]:
        return [
            share
            for share in self.shares.values()
            if share.agreement_id == agreement.id
            and share.target == ShareTarget.ORGANISATION
            and share.organisation_id == giver
            and self.is_whole(share, TODAY)
        ]

    def possible_parents(self, agreement: AgreementOut, body: ShareIn) -> Sequence[UUID | None]:
        """Give what a new share may hang on, the oldest first (None is the agreement itself); nothing when there is
        nothing to hand on, it goes nowhere it may, or it would widen.
        """
        giver = body.from_organisation_id
        receiver = self.places[body.user_id] if body.user_id is not None else body.organisation_id
        if giver not in self.upwards(receiver):
            return []
        if body.target == ShareTarget.ORGANISATION:
            skips = self.parents[receiver] != giver if receiver is not None else True
            if receiver == giver or (skips and not (self.parents[giver] is None and agreement.owner_id == giver)):
                return []
        if not all(_under(group, agreement.product_groups) for group in body.include_groups):
            return []
        if agreement.owner_id == giver:
            return [None]
        return [
            share.id
            for share in self.holders(agreement, giver)
            if all(self.lets_through(share, group) for group in body.include_groups)
        ]


def _under(code: str, groups: list[str]) -> bool:
    return not groups or any(code.startswith(group) for group in groups)


@dataclass
class Story:
    """Does random things through the service and tells the twin what was done."""

    random: Random
    session: Session
    world: World
    twin: Twin
    accepted: int = 0
    refused: int = 0

    def call(self, subject: str) -> Call:
        return call_of(self.session, subject, self.world.clock.now())

    def play(self) -> None:
        self.plant()
        for number in range(4):
            self.open_agreement(number)
        for _ in range(110):
            self.world.clock.advance(timedelta(seconds=1))
            self.share()
            if self.random.random() < 0.06:
                self.revoke()

    def plant(self) -> None:
        administrator = self.call(ADMINISTRATOR)
        for number in range(9):
            parent_id = self.random.choice(list(self.twin.parents)[-4:])
            made = organisations.create_organisation(
                administrator, OrganisationIn(parent_id=parent_id, name=f"Sted {number}")
            )
            self.twin.parents[made.id] = parent_id
        for number, place in enumerate([*self.twin.parents, *self.twin.parents]):
            subject = f"person-{number}"
            body = UserIn(issuer=ISSUER, subject=subject, name=subject, organisation_id=place)
            user_id = people.create_user(administrator, body).id
            self.twin.places[user_id] = place
            if self.random.random() < 0.4:
                grant = RoleGrantIn(user_id=user_id, role=Role.CONTENT_MANAGER, organisation_id=place, valid_from=TODAY)
                people.grant_role(administrator, grant)
                self.twin.managers.add(user_id)

    def days(self, most_before: int, most_after: int) -> tuple[date, date]:
        begins = TODAY - timedelta(days=self.random.randint(-3, most_before))
        return begins, max(begins, TODAY + timedelta(days=self.random.randint(-3, most_after)))

    def groups(self, chance: float) -> list[str]:
        if self.random.random() > chance:
            return []
        return self.random.sample(PREFIXES, self.random.randint(1, 3))

    def open_agreement(self, number: int) -> None:
        manager = self.call(MANAGER)
        owner = self.world.root_id if number < 2 else self.random.choice(list(self.twin.parents))
        begins, ends = self.days(60, 90)
        opened = service.open_agreement(
            manager,
            AgreementIn(
                owner_id=owner,
                supplier_id=self.world.supplier_id,
                kind=AgreementKind.LOCAL,
                title=f"Aftale {number}",
                contract_number=f"K-{number}",
                product_groups=self.groups(0.3),
                valid_from=begins,
                valid_to=ends,
            ),
        )
        status = self.random.choice([*["ACTIVE"] * 6, "DRAFT"])
        if number == 0 or status == "ACTIVE":
            opened = service.change_status(manager, opened.id, AgreementStatus.ACTIVE, "*")
        self.twin.agreements[opened.id] = opened

    def share(self) -> None:
        agreement = self.random.choice(list(self.twin.agreements.values()))
        holding = [place for place in self.twin.parents if self.twin.holders(agreement, place)] + [agreement.owner_id]
        giver = self.random.choice(holding if self.random.random() < 0.8 else list(self.twin.parents))
        target = self.random.choice([*[ShareTarget.ORGANISATION] * 3, ShareTarget.USER, ShareTarget.EVERYBODY])
        below = [place for place in self.twin.parents if giver in self.twin.upwards(place)]
        near = [place for place in below if target != ShareTarget.ORGANISATION or self.twin.parents[place] == giver]
        place = self.random.choice((near or below) if self.random.random() < 0.85 else list(self.twin.parents))
        there = [user for user, home in self.twin.places.items() if home == place]
        begins, ends = self.days(50, 120)
        body = ShareIn(
            from_organisation_id=giver,
            target=target,
            organisation_id=None if target == ShareTarget.USER else place,
            user_id=self.random.choice(there) if target == ShareTarget.USER else None,
            include_groups=self.groups(0.25),
            exclude_groups=self.groups(0.15),
            valid_from=begins,
            valid_to=None if self.random.random() < 0.6 else ends,
        )
        self.hand_on(agreement, body)

    def hand_on(self, agreement: AgreementOut, body: ShareIn) -> None:
        possible = self.twin.possible_parents(agreement, body)
        if not possible:
            with pytest.raises(Conflict):
                service.share_agreement(self.call(MANAGER), agreement.id, body)
            self.refused += 1
            return
        made = service.share_agreement(self.call(MANAGER), agreement.id, body)
        assert made.parent_id == possible[0], body
        self.twin.shares[made.id] = made
        self.accepted += 1

    def revoke(self) -> None:
        live = [share_id for share_id in self.twin.shares if share_id not in self.twin.revoked]
        if live:
            share_id = self.random.choice(live)
            service.revoke_share(self.call(MANAGER), share_id)
            self.twin.revoked.add(share_id)


def told(story: Story, actor: Actor, day: date) -> dict[UUID, set[str]]:
    """Ask the query, leaving out the agreement that the world came with."""
    found = queries.visible_agreements(story.session, actor, day)
    assert len({one.id for one in found}) == len(found)
    return {one.id: {code for code in CODES if one.allows(code)} for one in found if one.id != story.world.agreement_id}


@pytest.mark.parametrize("seed", range(6))
def test_what_is_visible_is_what_walking_every_chain_gives(world: World, seed: int) -> None:
    def compare(session: Session) -> None:
        parents = {world.root_id: None, world.ministry_id: world.root_id, world.institution_id: world.ministry_id}
        story = Story(Random(seed), session, world, Twin(dict(parents)))
        story.play()
        shown, left_out = 0, 0
        for number, user_id in enumerate(story.twin.places):
            call = story.call(f"person-{number}")
            for day in DAYS:
                expected = story.twin.visible(user_id, day)
                assert told(story, call.actor, day) == expected, (number, day)
                shown += len(expected)
                left_out += len(story.twin.agreements) - len(expected)
            page = service.list_agreements(call, PageQuery(limit=200))
            assert {row.id for row in page.data} - {world.agreement_id} == story.twin.readable(user_id), number
        assert min(story.accepted, story.refused, shown, left_out) > 20
        assert story.twin.revoked

    world.database.run(compare)
