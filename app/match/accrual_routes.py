"""The door of accruals."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.kit.problems import RESPONSES
from app.kit.sheets import CSV, XLSX
from app.match import accruals
from app.match.accrual_messages import AccrualFormat, AccrualsOut
from app.organisations.access import Db

router = APIRouter(tags=["posting"], responses=RESPONSES)
BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}


@router.get("/accruals", response_model=AccrualsOut, responses={200: {"content": {CSV: BINARY, XLSX: BINARY}}})
def get_accruals(
    on: Annotated[date, Query(description="The last day that counts, such as that of a month.")],
    organisation_id: UUID,
    db: Db,
    form: Annotated[AccrualFormat, Query(alias="format")] = AccrualFormat.JSON,
) -> Response:
    """What it and all below it had received by a day and not been invoiced, by order, line, posting and currency."""
    return db.run(accruals.get_accruals, on, organisation_id, form)
