"""What callers get of accruals: what had come by a day, and was not invoiced by it."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from app.kit.money import Exact


class AccrualFormat(StrEnum):
    """What accruals go out as."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class AccrualRow(BaseModel):
    """What is accrued of an order line in one place, net and at accepted prices; less than nothing where a credit is
    expected. What confidential orders come to is told together, without their numbers.
    """

    order_id: UUID | None
    order_number: str | None
    line_id: str | None
    supplier_id: UUID | None
    supplier_name: str | None
    accounting_cost: str | None
    currency: str
    received: Exact
    invoiced: Exact
    accrued: Exact


class AccrualTotal(BaseModel):
    """What is accrued in a currency."""

    currency: str
    received: Exact
    invoiced: Exact
    accrued: Exact


class AccrualsOut(BaseModel):
    """The accruals of a branch at the end of a day; `totals` are those of the rows, not of all that ever came."""

    organisation_id: UUID
    on: date
    rows: list[AccrualRow]
    totals: list[AccrualTotal]
