"""Health: whether the process lives, and whether it can work."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    """`ok`, or what is missing."""

    status: str = "ok"


@router.get("/live")
def live() -> Health:
    """The process answers."""
    return Health()


@router.get("/ready")
def ready(request: Request, response: Response) -> Health:
    """The database answers, or 503; documents wait in the outbox while a gateway is down, so it is not asked."""
    try:
        request.app.state.database.run(lambda session: session.connection().execute(text("SELECT 1")), write=False)
    except DBAPIError:
        response.status_code = 503
        return Health(status="the database does not answer")
    return Health()
