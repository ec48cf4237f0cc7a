"""What a visit is for: a new cart, one that came back and is changed or looked at, or one product of the shop."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.agreements.models import Agreement
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.money import plain
from app.orders import punch_out_queries as queries
from app.orders import requisition_queries
from app.orders.cart_editing import AUXILIARY
from app.orders.punch_out.cxml import CartItem
from app.orders.punch_out_messages import VisitIn
from app.orders.punch_out_models import PunchOutOperation, PunchOutProtocol, PunchOutShop, ShopFunction
from app.orders.requisition_models import LineSource, Requisition, RequisitionLine
from app.orders.requisitions import to_edit
from app.organisations.access import Call

LETS: Final = {
    PunchOutOperation.EDIT: frozenset({PunchOutOperation.EDIT}),
    PunchOutOperation.INSPECT: frozenset({PunchOutOperation.EDIT, PunchOutOperation.INSPECT}),
}
"""What the shop must have said of a cart, to change it or to look at it."""


class VisitNotPossible(Conflict):
    """The shop, or the cart, is not of a kind that can be visited for this."""


class VisitNotFitting(Invalid):
    """What the visit is about belongs to another organisation, or did not come of this shop."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a visit is for. `known_as` is the visit by whose cookie the shop knows the cart, `items` are the cart."""

    operation: PunchOutOperation
    requisition_id: UUID | None = None
    product_id: str | None = None
    known_as: UUID | None = None
    items: tuple[CartItem, ...] = ()


def purpose_of(call: Call, agreement: Agreement, shop: PunchOutShop, body: VisitIn) -> Purpose:
    """Find what a visit is about.

    :raises RequisitionNotFound, RequisitionLineNotFound: when the caller does not see it.
    :raises NotTheMaker, RequisitionFixed: for a cart that the caller may not change.
    :raises VisitNotFitting: for what did not come of this shop, or is another organisation's.
    :raises VisitNotPossible: where the shop does not do it.
    """
    if body.operation == PunchOutOperation.CREATE:
        return Purpose(PunchOutOperation.CREATE)
    if body.operation == PunchOutOperation.DETAIL:
        return _detail(call, agreement, shop, body)
    return _of_cart(call, agreement, shop, body)


def _detail(call: Call, agreement: Agreement, shop: PunchOutShop, body: VisitIn) -> Purpose:
    if ShopFunction.DETAIL not in shop.functions:
        raise VisitNotPossible("the shop does not show a product by itself; its registration does not name DETAIL")
    if body.product_id is not None:
        return Purpose(PunchOutOperation.DETAIL, product_id=body.product_id)
    requisition = _requisition(call, body)
    assert body.line_id is not None  # noqa: S101 - it is named with the requisition
    line = requisition_queries.line(call.session, requisition, body.line_id)
    product_id = product_id_of(line)
    if line.agreement_id != agreement.id or product_id is None:
        message = "the line did not come of this shop"
        raise VisitNotFitting(message, faults=[Fault(message, pointer="/line_id")])
    return Purpose(PunchOutOperation.DETAIL, product_id=product_id)


def product_id_of(line: RequisitionLine) -> str | None:
    """Give by what an OCI shop knows the product of a cart's line: its own id, or else the supplier's number."""
    if line.source != LineSource.PUNCH_OUT:
        return None
    return (line.quote or {}).get("EXT_PRODUCT_ID") or _number(line)


def _number(line: RequisitionLine) -> str | None:
    known: dict[str, str] = line.item.get("sellers_item_id") or {}
    return known.get("value")


def _of_cart(call: Call, agreement: Agreement, shop: PunchOutShop, body: VisitIn) -> Purpose:
    requisition = _requisition(call, body)
    lines = queries.cart_lines(call.session, requisition.id, agreement.id)
    visits = queries.visits_about(call.session, requisition.id, agreement.id)
    if not lines or not visits:
        message = "the requisition holds no cart that came of this shop"
        raise VisitNotFitting(message, faults=[Fault(message, pointer="/requisition_id")])
    if shop.protocol != PunchOutProtocol.CXML or visits[0].protocol != PunchOutProtocol.CXML:
        raise VisitNotPossible("only a cXML shop takes its cart back; enter the shop again for another one")
    if visits[-1].allows not in LETS[body.operation]:
        raise VisitNotPossible(
            f"the shop lets its cart be {'changed' if body.operation == PunchOutOperation.EDIT else 'looked at'} no "
            f"more; when it came back, it allowed {visits[-1].allows or PunchOutOperation.CREATE}"
        )
    if body.operation == PunchOutOperation.EDIT:
        to_edit(call, requisition.id, lock=False)
    items = tuple(CartItem(_number(line) or "", _auxiliary(line), plain(line.quantity.normalize())) for line in lines)
    return Purpose(body.operation, requisition.id, known_as=visits[0].id, items=items)


def _auxiliary(line: RequisitionLine) -> str:
    return str((line.quote or {}).get(AUXILIARY, ""))


def _requisition(call: Call, body: VisitIn) -> Requisition:
    assert body.requisition_id is not None  # noqa: S101 - no such visit is asked for without
    requisition = requisition_queries.requisition(call, body.requisition_id)
    if requisition.organisation_id != body.organisation_id:
        message = "the requisition is another organisation's; name that one"
        raise VisitNotFitting(message, faults=[Fault(message, pointer="/organisation_id")])
    return requisition
