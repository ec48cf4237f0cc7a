"""The door for open orders of an earlier system."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.kit.problems import RESPONSES
from app.kit.uploads import SHEETS_BODY, Upload, uploaded
from app.orders import open_orders
from app.orders.open_order_messages import OpenOrdersOut
from app.organisations.access import Db

router = APIRouter(tags=["orders"], responses=RESPONSES)
"""Its bodies are files, which may be larger."""

SheetsBody = Annotated[Upload, Depends(uploaded)]
DryRun = Annotated[bool, Query(description="Only tell which orders would be made, with every fault.")]


@router.post("/open-orders", response_model=OpenOrdersOut, openapi_extra=SHEETS_BODY)
def import_open_orders(
    upload: SheetsBody,
    db: Db,
    dry_run: DryRun = False,  # noqa: FBT002 - FastAPI calls it by name
) -> Response:
    """Take over open orders of an earlier system from a sheet, one row an order line: all rows or none."""
    return db.run(open_orders.import_open_orders, upload, dry_run=dry_run)
