"""Versions of an order: a picture of its lines each time that what is agreed on becomes another."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from app.kit.db import rows
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.orders import queries
from app.orders.change_messages import OrderVersionOut
from app.orders.change_models import OrderVersion, VersionCause
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.organisations.access import Call

PICTURE: Final = {
    "line_id",
    "item",
    "by_amount",
    "unit_code",
    "accepted_quantity",
    "accepted_price",
    "accepted_amount",
    "accounting_cost",
    "back_ordered_quantity",
    "promised_on",
}
"""What a version keeps of a line."""

_LAST = select(func.max(col(OrderVersion.ordinal))).where(OrderVersion.order_id == bindparam("order_id"))


def keep_version(
    call: Call,
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    cause: VersionCause,
    document_id: UUID | None,
) -> None:
    """Keep how an order stands from now on."""
    last: int | None = rows(call.session, _LAST, order_id=order.id)[0][0]
    version = OrderVersion(
        id=new_id(call.now),
        order_id=order.id,
        ordinal=(last or 0) + 1,
        cause=cause,
        lines=[line.model_dump(mode="json", include=PICTURE) for line in lines],
        total_amount=sum((line.accepted_amount for line in lines), start=Decimal(0)),
        document_id=document_id,
        made_at=call.now,
    )
    call.session.add(version)


def pictures_of(lines: Iterable[PurchaseOrderLine]) -> list[dict[str, Any]]:
    """Give what a version keeps of lines, to be compared."""
    return [line.model_dump(include=PICTURE) for line in lines]


def list_versions(call: Call, order_id: UUID, wanted: PageQuery) -> Page[OrderVersionOut]:
    """Give how an order stood from each moment on."""
    order = queries.order(call, order_id)
    query = select(OrderVersion).where(OrderVersion.order_id == order.id)
    return page(
        call.session, query, OrderVersion, wanted, lambda row: OrderVersionOut.model_validate(row, from_attributes=True)
    )
