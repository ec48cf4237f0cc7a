"""Searches as the tests make them: what they find, page by page, and shops to search in."""

from typing import Any
from uuid import UUID

from app.documents.catalogue import CatalogueLine
from tests.catalogues import publish
from tests.integration.agreements.sharing import agreement, shared
from tests.world import World

LOCAL, SKI = "K-LOKAL", "K-SKI"
FEW = 340


def answer(world: World, subject: str = "buyer", **query: Any) -> dict[str, Any]:
    """Give what a search answers."""
    found = world.client(subject).get("/catalogue-lines", **query)
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    return body


def found(world: World, subject: str = "buyer", **query: Any) -> list[str]:
    """Give the numbers of the lines on the first page."""
    return [row["line_id"] for row in answer(world, subject, **query)["data"]]


def walked(world: World, limit: int, **query: Any) -> list[str]:
    """Give the numbers of the lines on all pages."""
    lines: list[str] = []
    page = answer(world, limit=limit, **query)
    while True:
        assert len(page["data"]) <= limit
        lines += [row["line_id"] for row in page["data"]]
        if page["next_cursor"] is None:
            return lines
        page = answer(world, limit=limit, cursor=page["next_cursor"], **query)


def stocked(world: World, lines: list[CatalogueLine]) -> None:
    """Sell more lines on the world's agreement than are read at once: in a catalogue for each few hundred."""
    for first in range(0, len(lines), FEW):
        publish(world, lines[first : first + FEW], number=f"KAT-{first}")


def sold_locally(world: World, lines: list[CatalogueLine]) -> UUID:
    """Sell lines on an agreement of the institution's own, to everybody there."""
    local = agreement(world, world.institution_id, contract_number=LOCAL)
    shared(world, local, world.institution_id, "EVERYBODY", world.institution_id)
    return publish(world, lines, number="KAT-L", contract_id=LOCAL)


def sold_by_ski(world: World, lines: list[CatalogueLine]) -> UUID:
    """Sell lines on a SKI agreement that need not be used, to everybody of the institution."""
    ski = agreement(world, world.root_id, "SKI", contract_number=SKI)
    shared(world, ski, world.root_id, "ORGANISATION", world.institution_id)
    shared(world, ski, world.institution_id, "EVERYBODY", world.institution_id)
    return publish(world, lines, number="KAT-S", contract_id=SKI)
