"""Requisitions as people make them at the doors: needs with their lines, handed in and claimed."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.purchases import done, item
from tests.story import Story


def need(story: Story, words: str, quantity: str = "1", **fields: Any) -> dict[str, Any]:
    """Give a line from the catalogue, found by some words."""
    found = {"catalogue_line_id": item(story, words), "quantity": quantity}
    return {"source": "CATALOGUE", **found, **fields}


def in_words(text: str, amount: str = "1000.00", **fields: Any) -> dict[str, Any]:
    return {"source": "TEXT", "text": text, "amount": amount, **fields}


def make(story: Story, *lines: Mapping[str, Any], who: str = "requisitioner", **fields: Any) -> httpx.Response:
    body = {"organisation_id": str(story.world.institution_id), "title": "Til kontoret", "lines": lines}
    return story[who].post("/requisitions", body | fields)


def seen(story: Story, requisition: Mapping[str, Any], who: str = "requisitioner") -> dict[str, Any]:
    return done(story[who].get(f"/requisitions/{requisition['id']}"))


def step(
    story: Story, who: str, requisition: Mapping[str, Any], action: str, body: Any = None, *, version: Any = None
) -> httpx.Response:
    """Do something to a requisition as it was last seen, or as it was at a version."""
    headers = {"If-Match": f'"{version or requisition["version"]}"'}
    return story[who].post(f"/requisitions/{requisition['id']}/{action}", body, headers=headers)


def edit(
    story: Story,
    method: str,
    requisition: Mapping[str, Any],
    path: str = "",
    body: Any = None,
    who: str = "requisitioner",
) -> httpx.Response:
    """Change a requisition as it was last seen."""
    headers = {"If-Match": f'"{requisition["version"]}"'}
    content = {"json": body} if body is not None else {}
    return story[who].send(method, f"/requisitions/{requisition['id']}{path}", headers=headers, **content)


def submitted(story: Story, *lines: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return done(step(story, "requisitioner", done(make(story, *lines, **fields), 201), "submit"))


def claimed(story: Story, *lines: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return done(step(story, "buyer", submitted(story, *lines, **fields), "claim"))
