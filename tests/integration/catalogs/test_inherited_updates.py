"""A newly approved version is live at once for all who have the share: nothing of theirs is touched."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from app.organisations.people_models import Role
from tests.catalogues import PENS, decide, line, publish, upload
from tests.databases import row_counts
from tests.integration.organisations.steps import below, person
from tests.world import World

SHARING = (
    "share",
    "share_step",
    "share_revocation",
    "user_group",
    "user_group_member",
    "agreement",
    "agreement_version",
)
BUYERS = 5


def institutions(world: World) -> list[str]:
    """Let institutions below the ministry have the agreement, each with a buyer; every other one without pens."""
    buyers = []
    client = world.client("state-content-manager")
    for number in range(BUYERS):
        place = below(world, world.ministry_id, f"Institution {number}")
        person(world, f"buyer-{number}", place, Role.BUYER)
        narrowed = {"exclude_groups": ["44"]} if number % 2 else {}
        for giver, target in ((world.ministry_id, "ORGANISATION"), (place, "EVERYBODY")):
            body = {"from_organisation_id": str(giver), "target": target, "organisation_id": str(place),
                    "valid_from": "2026-01-01", **narrowed}  # fmt: skip
            answer = client.post(f"/agreements/{world.agreement_id}/shares", body)
            assert answer.status_code == 201, answer.text
            narrowed = {}
        buyers.append(f"buyer-{number}")
    return buyers


def sharing(world: World) -> dict[str, Any]:
    """Give every row that says who has what."""

    def read(session: Session) -> dict[str, Any]:
        tables = SQLModel.metadata.tables
        return {name: sorted(map(repr, session.connection().execute(select(tables[name])))) for name in SHARING}

    return world.database.run(read, write=False)


def prices(world: World, subject: str) -> dict[str, str]:
    rows = world.client(subject).get("/catalogue-lines").json()["data"]
    return {row["line_id"]: row["price"]["price_amount"] for row in rows}


def test_an_approved_version_reaches_everybody_at_once_and_touches_no_share(world: World) -> None:
    buyers = institutions(world)
    catalogue_id = publish(world, [line("paper", "10.00"), line("pen", "3.00", unspsc=PENS), line("gone", "1.00")])
    upload(
        world,
        line("paper", "11.00", "Update"),
        line("pen", "2.00", "Update", unspsc=PENS),
        line("gone", action="Delete"),
        line("new", "7.00"),
    )
    before, counted = sharing(world), row_counts(world.database)

    assert decide(world, catalogue_id, "approve").status_code == 200

    for place, subject in enumerate(buyers):
        pens = {} if place % 2 else {"pen": "2.00"}
        assert prices(world, subject) == {"paper": "11.00", "new": "7.00"} | pens
    assert sharing(world) == before
    counts = row_counts(world.database)
    grown = {name for name, rows in counts.items() if rows != counted[name]}
    assert grown == {"archived_document", "audit_event", "outbox_item", "job", "stored_answer"} & grown
    assert counts["catalogue_line"] == counted["catalogue_line"]
