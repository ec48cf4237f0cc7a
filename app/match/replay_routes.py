"""Doors to replays: what a draft would have made of a period's invoices."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.kit.pages import Page, PageQuery, page_query
from app.kit.problems import RESPONSES
from app.match import replays
from app.match.replay_messages import ReplayIn, ReplayOut
from app.organisations.access import Db

router = APIRouter(tags=["replays"], responses=RESPONSES)
Wanted = Annotated[PageQuery, Depends(page_query)]


@router.post("/replays", status_code=202, response_model=ReplayOut)
def start_replay(body: ReplayIn, db: Db) -> Response:
    """Decide a period's invoices again under a draft, from what was known when they were decided; nothing is changed.

    What persons decided stays; without a draft every decision must come out as it was.
    """
    return db.run(replays.start_replay, body)


@router.get("/replays", response_model=Page[ReplayOut])
def list_replays(wanted: Wanted, db: Db) -> Response:
    """The replays of the branches whose policies you try."""
    return db.run(replays.list_replays, wanted)


@router.get("/replays/{replay_id}", response_model=ReplayOut)
def get_replay(replay_id: UUID, db: Db) -> Response:
    """How far a replay is, and at last who would pass more or less, what is exposed, and which rules decide it."""
    return db.run(replays.get_replay, replay_id)
