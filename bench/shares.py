"""The state that visibility is measured on: a tree, people and groups, agreements, and their shares step by step."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import SQLModel

from app.agreements import models
from app.agreements.groups import Narrowing, narrowed, read_chain, written
from app.agreements.models import Agreement, Share, ShareTarget
from app.kit.clock import business_day
from app.kit.ids import new_id
from app.organisations.access import Actor
from app.organisations.models import Organisation, OrganisationLink
from app.organisations.people_models import User
from app.organisations.supplier_models import Supplier

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
BEGUN = NOW - timedelta(days=300)
TODAY, BEGUN_ON = business_day(NOW), business_day(BEGUN)
GROUPS = ("14", "44", "4412", "56")
FEW = 0.03
"""So many of the shares narrow, and so many are revoked."""


@dataclass(frozen=True)
class Size:
    """How much of everything; organisations are counted from the root down, level by level."""

    ministries: int
    institutions: int
    organisations: int
    users: int
    agreements: int
    central: int
    shares: int


@dataclass
class State:
    """Rows to insert in their order, and what is remembered of them while they are made."""

    size: Size
    chance: random.Random = field(default_factory=lambda: random.Random(20260302))
    rows: list[SQLModel] = field(default_factory=list)
    parents: dict[UUID, UUID | None] = field(default_factory=dict)
    people: list[Actor] = field(default_factory=list)
    groups: list[models.UserGroup] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    chains: dict[UUID, tuple[Share, ...]] = field(default_factory=dict)

    def build(self) -> "State":
        places = self._tree()
        self._people(places)
        supplier_id = self._supplier()
        central = [self._agreement(number, places[0], supplier_id) for number in range(self.size.central)]
        for number, agreement in enumerate(central):
            self._hand_down(agreement, places, far=number % 8 < 3)
        numbers = range(self.size.central, self.size.agreements)
        local = [self._agreement(number, self.chance.choice(places), supplier_id) for number in numbers]
        while len(self.shares) < self.size.shares:
            self._share_around(local[len(self.shares) % len(local)])
        self._revoke()
        return self

    def _tree(self) -> list[UUID]:
        places: list[UUID] = []
        for number in range(self.size.organisations):
            place, parent = new_id(BEGUN), places[self._parent(number)] if number else None
            root_id = places[0] if places else place
            fields = {"id": place, "parent_id": parent, "root_id": root_id, "name": f"Sted {number}"}
            self.rows.append(Organisation(**fields, created_at=BEGUN))
            self.parents[place] = parent
            places.append(place)
        for place in places:
            links = enumerate(self._upwards(place))
            pair = {"descendant_id": place, "since_on": BEGUN_ON}
            self.rows += [OrganisationLink(**pair, ancestor_id=up, depth=depth) for depth, up in links]
        return places

    def _parent(self, number: int) -> int:
        if number <= self.size.ministries:
            return 0
        if number <= self.size.institutions:
            return 1 + number % self.size.ministries
        return self.chance.randrange(self.size.ministries + 1, number)

    def _upwards(self, place: UUID | None) -> Iterator[UUID]:
        while place is not None:
            yield place
            place = self.parents[place]

    def _people(self, places: list[UUID]) -> None:
        self.people = [Actor(new_id(BEGUN), self.chance.choice(places), ()) for _ in range(self.size.users)]
        for number, actor in enumerate(self.people):
            fields = {"id": actor.id, "issuer": "bench", "subject": str(number), "name": f"Bruger {number}"}
            self.rows.append(User(**fields, organisation_id=actor.organisation_id, created_at=BEGUN))
        by = self.people[0].id
        for number in range(self.size.users // 100):
            fields = {"id": new_id(BEGUN), "organisation_id": self.chance.choice(places), "name": f"Gruppe {number}"}
            group = models.UserGroup(**fields, created_by=by, created_at=BEGUN)
            self.groups.append(group)
            for member in self.chance.sample(self.people, 20):
                inside = {"id": new_id(BEGUN), "group_id": group.id, "user_id": member.id}
                self.rows.append(models.UserGroupMember(**inside, added_at=BEGUN, added_by=by))
        self.rows += self.groups

    def _supplier(self) -> UUID:
        fields = {"id": new_id(BEGUN), "name": "Grossist A/S", "endpoint_scheme_id": "GLN", "endpoint_id": "579"}
        supplier = Supplier(**fields, profiles=[], warnings=[], registered_at=BEGUN)
        self.rows.append(supplier)
        return supplier.id

    def _agreement(self, number: int, owner: UUID, supplier_id: UUID) -> Agreement:
        agreement = Agreement(
            id=new_id(BEGUN),
            owner_id=owner,
            root_id=next(iter(self.parents)),
            supplier_id=supplier_id,
            kind=models.AgreementKind.LOCAL,
            title=f"Aftale {number}",
            contract_number=f"K-{number}",
            currency="DKK",
            product_groups=[],
            valid_from=BEGUN_ON,
            valid_to=BEGUN_ON + timedelta(days=1000),
            status=models.AgreementStatus.ACTIVE,
            created_at=BEGUN,
            changed_on=BEGUN_ON,
        )
        then = agreement.model_dump(include={"version", "status", "valid_from", "valid_to", "product_groups"})
        by = {"changed_at": BEGUN, "changed_by": self.people[0].id}
        self.rows += [agreement, models.AgreementVersion(agreement_id=agreement.id, **then, terms={}, **by)]
        return agreement

    def _hand_down(self, agreement: Agreement, places: list[UUID], *, far: bool) -> None:
        """Share to every ministry area; there with everybody, or further to two of three institutions and everybody
        of those.
        """
        first = self.size.ministries + 1
        held = {place: self._share(agreement, places[0], place, None) for place in places[1:first]}
        for place, share in held.items():
            if not far:
                self._share(agreement, place, place, share, ShareTarget.EVERYBODY)
        for place in places[first : self.size.institutions + 1] if far else ():
            above = self.parents[place]
            if above is not None and self.chance.random() < 2 / 3:
                share = self._share(agreement, above, place, held[above])
                self._share(agreement, place, place, share, ShareTarget.EVERYBODY)

    def _share_around(self, agreement: Agreement) -> None:
        """Share where an agreement is owned: with everybody, a group, or a user."""
        target = self.chance.choice((ShareTarget.EVERYBODY, ShareTarget.GROUP, ShareTarget.USER, ShareTarget.USER))
        user = self.chance.choice(self.people)
        group = self.chance.choice(self.groups)
        to = {ShareTarget.USER: {"user_id": user.id}, ShareTarget.GROUP: {"group_id": group.id}}.get(target, {})
        self._share(agreement, agreement.owner_id, agreement.owner_id, None, target, **to)

    def _share(
        self,
        agreement: Agreement,
        giver: UUID,
        receiver: UUID,
        parent: Share | None,
        target: ShareTarget = ShareTarget.ORGANISATION,
        **to: UUID,
    ) -> Share:
        own = Narrowing((self.chance.choice(GROUPS),)) if self.chance.random() < FEW else Narrowing()
        share = Share(
            id=new_id(BEGUN),
            agreement_id=agreement.id,
            parent_id=parent.id if parent else None,
            from_organisation_id=giver,
            target=target,
            organisation_id=receiver,
            include_groups=list(own.include),
            exclude_groups=[],
            valid_from=BEGUN_ON,
            granted_by=self.people[0].id,
            granted_at=BEGUN,
            effective_from=BEGUN_ON,
            narrowings=written(narrowed((*(read_chain(parent.narrowings) if parent else ()), own))),
            settled_on=BEGUN_ON,
            **to,
        )
        self.chains[share.id] = (share, *(self.chains[parent.id] if parent else ()))
        self.shares.append(share)
        return share

    def _revoke(self) -> None:
        """Take some shares back today, and write the shares down with their chains."""
        revoked = {share.id for share in self.chance.sample(self.shares, int(len(self.shares) * FEW))}
        for share in self.shares:
            share.broken_steps = sum(step.id in revoked for step in self.chains[share.id])
            if share.id in revoked:
                share.revoked_at = NOW
            if share.broken_steps:
                share.settled_on = TODAY
        self.rows += self.shares
        for share in self.shares:
            chain = enumerate(self.chains[share.id])
            self.rows += [models.ShareStep(share_id=share.id, step_id=step.id, depth=depth) for depth, step in chain]
            if share.id in revoked:
                by = {"revoked_at": NOW, "revoked_by": self.people[0].id}
                self.rows.append(models.ShareRevocation(id=new_id(NOW), share_id=share.id, **by))
