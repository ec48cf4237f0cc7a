"""Orders made of a requisition: one a supplier, agreement and kind of order, all of them or none.

Whoever makes the orders is their maker, and so the one hand of the two-person rule: it counts who created or sent an
order and who approved it. Whoever only needed the goods is neither, and may still approve or receive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from app.kit.errors import Fault, Invalid, NotFound
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import queries as orders
from app.orders import requisition_queries as queries
from app.orders import service
from app.orders.cart_orders import order_cart
from app.orders.messages import CatalogueOrderIn, OrderOut, TextOrderIn
from app.orders.models import OrderType, PurchaseOrder
from app.orders.requisition_checks import in_proportion, require_complete
from app.orders.requisition_lines import options_of
from app.orders.requisition_messages import ConversionIn, ConversionOut, LineChoice
from app.orders.requisition_models import (
    REQUISITION_TRANSITIONS,
    LineSource,
    Requisition,
    RequisitionLine,
    RequisitionStatus,
)
from app.orders.requisition_views import requisition_out
from app.orders.requisition_work import require_claimed
from app.orders.requisitions import NotTheMaker
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.people_models import User
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks

LONGEST_TEXT: Final = 1000
"""Characters that a line in words may have; a shop may call its items longer."""


class RequisitionNotConvertible(Invalid):
    """Some lines cannot be ordered; each is named, and no order was made."""


@dataclass(frozen=True, slots=True)
class Portion:
    """The lines that become one order, each with its place in the requisition."""

    source: LineSource
    type: OrderType
    agreement_id: UUID | None
    supplier_id: UUID | None
    currency: str
    places: Sequence[int]
    lines: Sequence[RequisitionLine]


def convert(call: Call, requisition_id: UUID, body: ConversionIn, if_match: str | None) -> ConversionOut:
    """Make orders in DRAFT, at today's prices: of a requisition that the buyer has claimed, or of their own draft. What
    the buyer chooses about lines is kept on them.

    :raises NotYoursToWorkOn, NotTheMaker: when it is another buyer's work, or somebody else's basket.
    :raises RequisitionIncomplete: naming what is missing, and each line that the buyer may not order today.
    :raises RequisitionNotConvertible: naming each line that an order refuses, or that names nobody to order from.
    """
    requisition = queries.requisition(call, requisition_id, lock=True)
    require(call, Permission.ORDER_CREATE, requisition.organisation_id)
    _require_hand(call, requisition)
    require_version(requisition, if_match)
    advance(requisition, RequisitionStatus.CONVERTED, REQUISITION_TRANSITIONS)
    lines = queries.lines_of(call.session, requisition.id)
    _choose(lines, body.lines)
    require_complete(call, requisition, call)
    made = _make(call, requisition, body, _portions(lines))
    close_tasks(call.session, requisition.id, [TaskType.HANDLE_REQUISITION], now=call.now, by=call.actor.id)
    facts = {"order_ids": [str(order.id) for order in made]}
    call.audit(
        "requisition.converted",
        chain=requisition.root_id,
        entity="requisition",
        entity_id=requisition.id,
        facts=facts,
    )
    return ConversionOut(requisition=requisition_out(call, requisition), orders=made)


def _require_hand(call: Call, requisition: Requisition) -> None:
    if requisition.status == RequisitionStatus.IN_WORK:
        require_claimed(call, requisition)
    elif requisition.status == RequisitionStatus.DRAFT and call.actor.principal_id != requisition.maker_id:
        raise NotTheMaker("it is somebody else's draft")


def _choose(lines: Sequence[RequisitionLine], choices: Sequence[LineChoice]) -> None:
    by_id = {line.id: (index, line) for index, line in enumerate(lines)}
    faults: list[Fault] = []
    for index, choice in enumerate(choices):
        place, line = by_id.get(choice.line_id, (None, None))
        names_source = choice.supplier_id is not None or choice.agreement_id is not None
        if line is None:
            faults.append(Fault(f"there is no line {choice.line_id} of this requisition", pointer=f"/lines/{index}"))
        elif names_source and line.source != LineSource.TEXT:
            message = f"line {(place or 0) + 1} is bought where it comes from; a supplier is chosen for lines in words"
            faults.append(Fault(message, pointer=f"/lines/{index}"))
        else:
            line.cascade_reason = choice.cascade_reason or line.cascade_reason
            if names_source:
                line.agreement_id, line.supplier_id = choice.agreement_id, choice.supplier_id
    if faults:
        raise RequisitionNotConvertible("some choices do not fit; see `errors`", faults=faults)


def _portions(lines: Sequence[RequisitionLine]) -> list[Portion]:
    """Divide lines among orders, in the order of their first lines.

    :raises RequisitionNotConvertible: naming the lines in words that name nobody to order from.
    """
    divided: dict[tuple[LineSource, OrderType, UUID | None, UUID | None, str], list[int]] = {}
    faults: list[Fault] = []
    for index, line in enumerate(lines):
        supplier_id = line.supplier_id if line.agreement_id is None else None
        if line.agreement_id is None and supplier_id is None:
            said = "say from whom it is ordered: a supplier_id or an agreement_id for the line in `lines`"
            said_da = "angiv, hvem linjen bestilles hos: supplier_id eller agreement_id i `lines`"
            faults.append(_of_line(index, Fault(said, said_da)))
        key = (line.source, _type_of(line), line.agreement_id, supplier_id, line.currency)
        divided.setdefault(key, []).append(index)
    if faults:
        raise RequisitionNotConvertible("some lines name nobody to order from; see `errors`", faults=faults)
    return [Portion(*key, places, [lines[place] for place in places]) for key, places in divided.items()]


def _type_of(line: RequisitionLine) -> OrderType:
    """Tell which kind of order a line becomes: what is in a cart, or has options chosen, a CONFIGURABLE one."""
    if line.source == LineSource.TEXT:
        return OrderType.TEXT
    is_plain = line.source == LineSource.CATALOGUE and not line.configuration
    return OrderType.CATALOGUE if is_plain else OrderType.CONFIGURABLE


def _of_line(index: int, fault: Fault) -> Fault:
    """Let a fault name the line by its number."""
    message_da = f"linje {index + 1}: {fault.message_da}" if fault.message_da else None
    return replace(fault, message=f"line {index + 1}: {fault.message}", message_da=message_da)


def _make(call: Call, requisition: Requisition, body: ConversionIn, portions: Sequence[Portion]) -> list[OrderOut]:
    made: list[UUID] = []
    faults: list[Fault] = []
    for portion in portions:
        try:
            order_id = _order(call, requisition, body, portion)
        except (Invalid, NotFound) as refusal:
            told = refusal.faults or [Fault(refusal.message)]
            faults += [_in_requisition(portion, fault) for fault in told]
            continue
        _link(call, requisition, order_id, portion)
        made.append(order_id)
    if faults:
        raise RequisitionNotConvertible("some lines cannot be ordered; see `errors`", faults=faults)
    return [service.order_out(call, call.session.get_one(PurchaseOrder, order_id)) for order_id in made]


def _in_requisition(portion: Portion, fault: Fault) -> Fault:
    """Let what is wrong with a line of an order name the requisition's line; the rest names the order's first line."""
    parts = (fault.pointer or "").split("/")
    if parts[1:2] != ["lines"] or len(parts) < 3:
        return _of_line(portion.places[0], fault)
    place = portion.places[int(parts[2])]
    return _of_line(place, replace(fault, pointer="/".join(["", "lines", str(place), *parts[3:]])))


def _link(call: Call, requisition: Requisition, order_id: UUID, portion: Portion) -> None:
    order = call.session.get_one(PurchaseOrder, order_id)
    if requisition.delivery_address is not None:
        order.delivery_address = requisition.delivery_address
    for made, line in zip(orders.lines_of(call.session, order_id), portion.lines, strict=True):
        made.requisition_line_id = line.id
    call.session.flush()


def _order(call: Call, requisition: Requisition, body: ConversionIn, portion: Portion) -> UUID:
    """Make the order as its buyer would have sent it."""
    said: dict[str, Any] = {
        "organisation_id": requisition.organisation_id,
        "buyer_reference": requisition.buyer_reference or call.session.get_one(User, requisition.maker_id).name,
        "accounting_cost": requisition.accounting_cost,
        "requested_delivery_on": requisition.requested_delivery_on,
    }
    if portion.source == LineSource.CATALOGUE:
        lines = [_from_catalogue(line) for line in portion.lines]
        from_catalogue = CatalogueOrderIn.model_validate(said | {"type": portion.type, "lines": lines})
        return service.create_order(call, from_catalogue).id
    source = {"agreement_id": portion.agreement_id, "supplier_id": portion.supplier_id, "currency": portion.currency}
    in_words = said | source | {"type": "TEXT", "lines": [_in_words(line) for line in portion.lines]}
    if portion.source == LineSource.PUNCH_OUT:
        return order_cart(call, TextOrderIn.model_validate(in_words), portion.lines)
    terms = {"ends_on": body.ends_on, "e_order_reason": body.e_order_reason}
    return service.create_order(call, TextOrderIn.model_validate(in_words | terms)).id


def _from_catalogue(line: RequisitionLine) -> dict[str, Any]:
    own = {"catalogue_line_id": line.catalogue_line_id, "quantity": line.quantity, "options": options_of(line)}
    return _alike(line) | own | {"cascade_reason": line.cascade_reason}


def _in_words(line: RequisitionLine) -> dict[str, Any]:
    said = _alike(line) | {"text": line.item["name"][:LONGEST_TEXT], "unspsc": line.unspsc or None}
    if line.by_amount:
        return said | {"amount": line.amount}
    price_amount = (line.price or {}).get("price_amount")
    return said | {"quantity": line.quantity, "unit_code": line.unit_code, "price_amount": price_amount}


def _alike(line: RequisitionLine) -> dict[str, Any]:
    posted = {"postings": in_proportion(line.postings, line.amount)} if line.postings else {}
    return {"note": line.note, "accounting_cost": line.accounting_cost, **posted}
