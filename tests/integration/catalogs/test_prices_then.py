"""What did this cost on that day? Told by the catalogue and by a twin that keeps a calendar, after versions that
supersede each other, are for later days, follow back to back, are turned away and are taken out.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import pytest

from app.documents.values import Period
from tests.catalogues import catalogue_xml, decide, line
from tests.world import NOON, World

FIRST = date(2026, 3, 2)
HORIZON = 30
Offer = dict[str, str]
"""Prices by the names of lines."""


@dataclass
class Version:
    """What the twin knows of a version: which it was made from, the days of its document, and what became of it."""

    ordinal: int
    base: "Version | None"
    valid: range
    first: int | None = None
    taken_out: int | None = None

    @property
    def offer(self) -> Offer:
        """Line 1 costs what the version makes it cost, and each version adds a line of its own."""
        before = self.base.offer if self.base is not None else {}
        return before | {"Vare 1": f"{10 + self.ordinal},00", f"Vare v{self.ordinal}": "5,00"}


@dataclass
class Twin:
    """Keeps for each day of the horizon which version is live then; each decision is played anew."""

    approved: list[Version] = field(default_factory=list)

    def plan(self) -> list[Version | None]:
        planned: list[Version | None] = [None] * HORIZON
        for version in self.approved:
            assert version.first is not None
            planned[version.first :] = [version] * (HORIZON - version.first)
        return [
            None if version is None or (version.taken_out is not None and day >= version.taken_out) else version
            for day, version in enumerate(planned)
        ]

    def offers(self) -> list[Offer]:
        return [
            version.offer if version is not None and day in version.valid else {}
            for day, version in enumerate(self.plan())
        ]


@dataclass
class Chronicle:
    """Plays decisions at the doors and on the twin."""

    world: World
    chance: Random
    twin: Twin = field(default_factory=Twin)
    versions: list[Version] = field(default_factory=list)
    told: list[Offer] = field(default_factory=list)
    today: int = 0
    catalogue_id: str = ""

    def play(self) -> None:
        for _ in range(12):
            self.pass_days(self.chance.choice((0, 0, 1, 1, 2)))
            if self.chance.random() < 0.25:
                self.withdraw()
            else:
                self.send()

    def pass_days(self, days: int) -> None:
        for _ in range(days):
            self.told.append(self.shown())
            self.today += 1
            self.world.clock.at = NOON + timedelta(days=self.today)

    def send(self) -> None:
        """Upload a version, and let it go live today, on a later day, or not at all."""
        ordinal = len(self.versions) + 1
        base = next((one for one in reversed(self.versions) if one.first is not None), None)
        begins = self.today + self.chance.choice((-5, -5, 0, 3))
        valid = range(begins, self.chance.choice((begins + 12, 400)))
        own, one = line(f"v{ordinal}", "5.00"), line("1", f"{10 + ordinal}.00", "Update" if base else "Add")
        period = Period(start_date=FIRST + timedelta(days=begins), end_date=FIRST + timedelta(days=valid[-1]))
        content = catalogue_xml([own, one], str(ordinal), validity_period=period)
        answer = self.world.client("supplier").upload("/catalogues", content)
        assert answer.json()["status"] == "PENDING_APPROVAL", answer.text
        self.catalogue_id = answer.json()["catalogue_id"]
        self.versions.append(Version(ordinal, base, valid))
        self.decide(self.versions[-1])

    def decide(self, version: Version) -> None:
        if self.chance.random() < 0.2:
            assert decide(self.world, self.catalogue_id, "reject", {"reason": "nej"}).status_code == 200
            return
        version.first = max(self.today, version.valid[0]) + self.chance.choice((0, 0, 1, 4))
        live_from = {"live_from": str(FIRST + timedelta(days=version.first))}
        answer = decide(self.world, self.catalogue_id, "approve", live_from)
        assert answer.status_code == 200, answer.text
        self.twin.approved.append(version)

    def withdraw(self) -> None:
        """Take out the newest version that is live or to come; one to come goes as if it had never been."""
        planned = [version for version in self.twin.plan()[self.today :] if version is not None]
        newest = self.twin.approved[-1] if self.twin.approved else None
        if newest is None or newest not in planned:
            return
        body = {"ordinal": newest.ordinal, "reason": "forkert"}
        answer = decide(self.world, self.catalogue_id, "withdraw", body)
        assert answer.status_code == 200, answer.text
        if newest.first is not None and newest.first > self.today:
            self.twin.approved.remove(newest)
            newest.first = None
        else:
            newest.taken_out = self.today

    def shown(self) -> Offer:
        """Give what a buyer finds today."""
        rows = self.world.client("buyer").get("/catalogue-lines", limit=200).json()["data"]
        return {row["name"]: row["price"]["price_amount"].replace(".", ",") for row in rows}

    def exported(self, day: int) -> Offer:
        """Give what the catalogue says of a day."""
        on = str(FIRST + timedelta(days=day))
        answer = self.world.client("buyer").get(f"/catalogues/{self.catalogue_id}/export", format="csv", on=on)
        if answer.status_code == 409:
            return {}
        rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        return {row["Varenavn"]: row["Pris"] for row in rows}


@pytest.mark.parametrize("seed", range(5))
def test_every_day_is_told_as_it_was_and_as_it_is_to_be(world: World, seed: int) -> None:
    chronicle = Chronicle(world, Random(seed))

    chronicle.play()

    offers = chronicle.twin.offers()
    assert [chronicle.exported(day) for day in range(HORIZON)] == offers
    assert chronicle.told == offers[: chronicle.today]
    assert any(offers)
