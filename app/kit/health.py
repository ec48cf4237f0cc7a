"""Health: whether the process lives, and whether it can work."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text

router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    """`ok`, or the answer is a problem."""

    status: str = "ok"


@router.get("/live")
def live() -> Health:
    """The process answers."""
    return Health()


@router.get("/ready")
def ready(request: Request) -> Health:
    """The database answers; documents wait in the outbox while a gateway is down, so it is not asked."""
    request.app.state.database.run(lambda session: session.connection().execute(text("SELECT 1")), write=False)
    return Health()
