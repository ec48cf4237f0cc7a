"""The door for open orders of an earlier system."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response

from app.kit.problems import RESPONSES
from app.kit.sheets import XLSX
from app.kit.uploads import SHEETS_BODY, Upload, uploaded, wants_workbook
from app.orders import open_orders
from app.orders.open_order_messages import OpenOrdersOut
from app.organisations.access import Db

router = APIRouter(tags=["orders"], responses=RESPONSES)
"""Its bodies are files, which may be larger."""

SheetsBody = Annotated[Upload, Depends(uploaded)]
AsWorkbook = Annotated[bool, Depends(wants_workbook)]
BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
DryRun = Annotated[bool, Query(description="Only tell which orders would be made, with every fault.")]


@router.post(
    "/open-orders",
    response_model=OpenOrdersOut,
    responses={200: {"content": {XLSX: BINARY}}},
    openapi_extra=SHEETS_BODY,
)
def import_open_orders(
    upload: SheetsBody,
    db: Db,
    as_workbook: AsWorkbook,
    dry_run: DryRun = False,  # noqa: FBT002 - FastAPI calls it by name
) -> Response:
    """Take over open orders of an earlier system from a sheet, one row an order line: all rows or none. Asked for a
    workbook, it answers the same sheet with a comment at each row.
    """
    return db.run(open_orders.import_open_orders, upload, dry_run=dry_run, as_workbook=as_workbook)
