"""A cart that was changed in its shop takes the place of the one that came before, on the same requisition."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import SQLModel, col, delete, insert

from app.kit.db import write
from app.orders import punch_out_queries as queries
from app.orders import requisition_queries
from app.orders.cart_rows import Shelf
from app.orders.cart_standing import judgements
from app.orders.punch_out.cart import Cart
from app.orders.requisition_checks import in_proportion
from app.orders.requisition_models import Requisition, RequisitionLine
from app.orders.requisitions import to_edit
from app.organisations.access import Call

LINES: Final = insert(SQLModel.metadata.tables[RequisitionLine.__tablename__])
AUXILIARY: Final = "SupplierPartAuxiliaryID"


def replace_cart(call: Call, requisition_id: UUID, shelf: Shelf, cart: Cart) -> Requisition:
    """Let the lines of a cart stand where an agreement's earlier ones stood; one that is still there keeps where it is
    posted, and why it is bought.

    :raises RequisitionNotFound, NotTheMaker, RequisitionFixed: when its maker may change it no more.
    """
    requisition = to_edit(call, requisition_id)
    before = queries.cart_lines(call.session, requisition.id, shelf.agreement.id)
    settled = _settled(before)
    call.session.exec(delete(RequisitionLine).where(col(RequisitionLine.id).in_([line.id for line in before])))
    first = requisition_queries.next_position(call.session, requisition.id)
    rows = [
        _settle(shelf.row(requisition.id, position, line, judgement), settled)
        for position, (line, judgement) in enumerate(judgements(call, shelf.agreement, cart.lines), start=first)
    ]
    write(call.session, LINES, rows)
    requisition.version += 1
    facts = {"lines": len(rows)}
    call.audit(
        "requisition.cart_replaced",
        chain=requisition.root_id,
        entity="requisition",
        entity_id=requisition.id,
        facts=facts,
    )
    return requisition


def _settled(lines: Sequence[RequisitionLine]) -> dict[str, RequisitionLine]:
    return {_key(line.item, line.quote): line for line in reversed(lines)}


def _key(item: Mapping[str, Any], quote: Mapping[str, Any] | None) -> str:
    """Give by what a line is known again: the shop's own key, or else the supplier's number."""
    return str((quote or {}).get(AUXILIARY) or item.get("sellers_item_id", {}).get("value", ""))


def _settle(row: dict[str, Any], settled: Mapping[str, RequisitionLine]) -> dict[str, Any]:
    before = settled.get(_key(row["item"], row["quote"]))
    return {
        **row,
        "accounting_cost": before and before.accounting_cost,
        "postings": in_proportion(before.postings, row["amount"]) if before is not None else [],
        "cascade_reason": before and before.cascade_reason,
    }
