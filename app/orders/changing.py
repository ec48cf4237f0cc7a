"""Changes of a sent order: proposed by its buyer, approved where the total rises, and sent as OrderChange."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from app.documents.price import Price
from app.kit.errors import Conflict, Fault, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import pictures, queries
from app.orders.allocations import lock_orders
from app.orders.approval_models import ApprovalAction
from app.orders.approval_steps import keep_step
from app.orders.approving import SecondPersonNeeded, require_prokura, require_second_person, second_person_rule
from app.orders.change_messages import ChangedLineIn, OrderChangeIn, OrderChangeOut
from app.orders.change_models import CHANGE_TRANSITIONS, ChangeStatus, OrderChangeRequest
from app.orders.change_sending import require_profile, send_change
from app.orders.models import OrderStatus, OrderType, Origin, PurchaseOrder, PurchaseOrderLine, ResponseStatus
from app.orders.order_settings import settled
from app.orders.pictures import Picture
from app.orders.receipt_free import require_receipt_free
from app.orders.receiving import locked_lines
from app.orders.routing import Question, ask, stop_asking
from app.organisations.access import Call, NotAllowed, require
from app.organisations.models import TaskType
from app.organisations.permissions import Permission


class ChangeNotFound(NotFound):
    """No such change of an order, or not for this caller."""


class OrderNotChangeable(Conflict):
    """The order is not open here, or waits for something else; the message says for what."""


class ChangeDoesNotFit(Invalid):
    """A change names lines that are not there, or takes away what has come or is billed; each is named."""


def propose_change(call: Call, order_id: UUID, body: OrderChangeIn, if_match: str | None) -> OrderChangeOut:
    """Change a sent order: at once where its total does not rise, else when a disponent has approved the new total.

    :raises OrderNotChangeable: when the order is not open, was placed elsewhere, or another change or answer waits.
    :raises ProfileLacks: when the supplier's profile has no OrderChange; the order is cancelled and made anew then.
    :raises ChangeDoesNotFit: naming each line that cannot become what is wanted.
    :raises ReceiptNeeded: for a text order that may not go without receipt at its new amount.
    """
    order = queries.order(call, order_id)
    require(call, Permission.ORDER_CREATE, order.organisation_id)
    (order,) = lock_orders(call.session, [order.id])
    require_version(order, if_match)
    require_changeable(call, order)
    lines = locked_lines(call, order)
    wanted = _pictures(order, lines, body.lines)
    before = sum((line.accepted_amount for line in lines.values()), start=Decimal(0))
    change = OrderChangeRequest(
        id=new_id(call.now),
        order_id=order.id,
        status=ChangeStatus.PENDING_APPROVAL,
        lines=[line.model_dump(mode="json", exclude_none=True) for line in body.lines],
        total_before=before,
        total_amount=sum(_amounts(lines, wanted), start=Decimal(0)),
        made_by=call.actor.id,
        made_for=call.actor.on_behalf_of,
        made_at=call.now,
        **body.model_dump(include={"requested_delivery_on", "ends_on", "reason"}),
    )
    call.session.add(change)
    call.session.flush()
    _note(call, order, change, "proposed")
    if change.total_amount > before:
        require_receipt_free(call, order, change.total_amount)
        question = _question(order, list(lines.values()), _amounts(lines, wanted), change)
        asked, warned = ask(call, question, settled(call.session, order.organisation_id))
        keep_step(call, question, ApprovalAction.SUBMITTED, reason=body.reason, asked=asked.why, warnings=warned)
    else:
        _send(call, order, lines, wanted, change)
    return change_out(call, change)


def require_changeable(call: Call, order: PurchaseOrder) -> None:
    """Let only an open order of ours be changed, by one change at a time.

    :raises OrderNotChangeable: otherwise, saying what is in the way.
    :raises ProfileLacks: when the order's profile has no OrderChange.
    """
    waits = select(OrderChangeRequest.id).where(
        OrderChangeRequest.order_id == order.id, OrderChangeRequest.status == ChangeStatus.PENDING_APPROVAL
    )
    why = None
    if order.status != OrderStatus.SENT:
        why = f"it is {order.status}"
    elif order.origin != Origin.HERE:
        why = "it was not sent from here; the system that sent it changes it"
    elif order.type == OrderType.STANDING:
        why = "it is a standing order; propose new terms (POST /standing-orders/{id}/terms)"
    elif order.response_status == ResponseStatus.CHANGED:
        why = "the supplier's answer waits; accept or decline it first"
    elif call.session.exec(waits).first() is not None:
        why = "another change of it waits for approval"
    if why is not None:
        raise OrderNotChangeable(f"order {order.number} cannot be changed: {why}")
    require_profile(order, "OrderChange")


def _pictures(
    order: PurchaseOrder, lines: Mapping[str, PurchaseOrderLine], wanted: Sequence[ChangedLineIn]
) -> dict[str, Picture]:
    found: dict[str, Picture] = {}
    faults: list[Fault] = []
    for index, one in enumerate(wanted):
        line = lines.get(one.line_id)
        message = _fault(line, one) if one.line_id not in found else f"line {one.line_id} is there twice"
        if message is None and line is not None:
            found[one.line_id] = _picture(line, one)
            message = pictures.misfit(line, found[one.line_id], requires_receipt=order.requires_receipt)
        if message is not None:
            faults.append(Fault(message, pointer=f"/lines/{index}"))
    if faults:
        raise ChangeDoesNotFit("the change does not fit the order; see `errors`", faults=faults)
    return found


def _fault(line: PurchaseOrderLine | None, one: ChangedLineIn) -> str | None:
    if line is None:
        return f"the order has no line {one.line_id}"
    if line.by_amount != (one.amount is not None) or (line.by_amount and one.quantity is not None):
        return f"line {line.line_id} is ordered by {'amount' if line.by_amount else 'quantity'}"
    return None


def _picture(line: PurchaseOrderLine, one: ChangedLineIn) -> Picture:
    if one.amount is not None:
        return pictures.of_amount(line, one.amount)
    now = pictures.present(line)
    price = now.price
    if one.price_amount is not None:
        price = price.but(price_amount=one.price_amount) if price is not None else Price(price_amount=one.price_amount)
    return pictures.at(line, now.quantity if one.quantity is None else one.quantity, price)


def _amounts(lines: Mapping[str, PurchaseOrderLine], wanted: Mapping[str, Picture]) -> list[Decimal]:
    return [wanted[line_id].amount if line_id in wanted else line.accepted_amount for line_id, line in lines.items()]


def _question(
    order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], amounts: Sequence[Decimal], change: OrderChangeRequest
) -> Question:
    return Question(order, lines, amounts, "order", change.id, TaskType.APPROVE_CHANGE)


def approve_change(call: Call, change_id: UUID, if_match: str | None) -> OrderChangeOut:
    """Approve a change within prokura on the order's new total and by the two-person rule, and send it.

    :raises OrderNotChangeable: when the order has ended meanwhile.
    :raises ProkuraTooSmall, SecondPersonNeeded: as with the order itself; whoever proposed it is behind it, too.
    :raises ChangeDoesNotFit: when more has come or been billed meanwhile than the change leaves.
    """
    change, order = _waiting(call, change_id, if_match, ChangeStatus.SENT)
    if order.status != OrderStatus.SENT:
        raise OrderNotChangeable(f"order {order.number} cannot be changed: it is {order.status}")
    lines = locked_lines(call, order)
    wanted = _pictures(order, lines, [ChangedLineIn.model_validate(line) for line in change.lines])
    amounts = _amounts(lines, wanted)
    rows = list(lines.values())
    require_prokura(call, order, amounts, rows)
    require_second_person(call, order, sum(amounts, start=Decimal(0)))
    require_receipt_free(call, order, sum(amounts, start=Decimal(0)))
    _require_other_than_proposer(call, order, change)
    keep_step(call, _question(order, rows, amounts, change), ApprovalAction.APPROVED)
    _send(call, order, lines, wanted, change)
    return change_out(call, change)


def _require_other_than_proposer(call: Call, order: PurchaseOrder, change: OrderChangeRequest) -> None:
    if call.actor.persons.isdisjoint({change.made_by, change.made_for}):
        return
    if rule := second_person_rule(call, order.makers, order, change.total_amount):
        raise SecondPersonNeeded(
            f"the change of order {order.number} was proposed by or for you; {rule} wants another person to approve it"
        )


def reject_change(call: Call, change_id: UUID, reason: str, if_match: str | None) -> OrderChangeOut:
    """Say no to a change, saying why; the order stays as it is."""
    change, order = _waiting(call, change_id, if_match, ChangeStatus.REJECTED)
    rows = queries.lines_of(call.session, order.id)
    question = _question(order, rows, [line.accepted_amount for line in rows], change)
    keep_step(call, question, ApprovalAction.REJECTED, reason=reason)
    change.decision_reason = reason
    _note(call, order, change, "rejected")
    return change_out(call, change)


def withdraw_change(call: Call, change_id: UUID, if_match: str | None) -> OrderChangeOut:
    """Take back a change that waits."""
    change, order = _waiting(call, change_id, if_match, ChangeStatus.WITHDRAWN, Permission.ORDER_CREATE)
    _note(call, order, change, "withdrawn")
    return change_out(call, change)


def _waiting(
    call: Call,
    change_id: UUID,
    if_match: str | None,
    target: ChangeStatus,
    permission: Permission = Permission.ORDER_APPROVE,
) -> tuple[OrderChangeRequest, PurchaseOrder]:
    """Find a change that waits, decide it, and close what waited for that; its order is locked."""
    change = _find(call, change_id)
    order = queries.order(call, change.order_id)
    require(call, permission, order.organisation_id)
    (order,) = lock_orders(call.session, [order.id])
    require_version(change, if_match)
    advance(change, target, CHANGE_TRANSITIONS)
    change.decided_by, change.decided_for, change.decided_at = call.actor.id, call.actor.on_behalf_of, call.now
    stop_asking(call, _question(order, [], [], change))
    return change, order


def _find(call: Call, change_id: UUID) -> OrderChangeRequest:
    seen = queries.visible_orders(call).with_only_columns(col(PurchaseOrder.id))
    query = select(OrderChangeRequest).where(
        OrderChangeRequest.id == change_id, col(OrderChangeRequest.order_id).in_(seen)
    )
    found = call.session.exec(query).first()
    if found is None or not queries.is_seen_inside(call, queries.order(call, found.order_id)):
        raise ChangeNotFound(f"there is no change {change_id}")
    return found


def _send(
    call: Call,
    order: PurchaseOrder,
    lines: Mapping[str, PurchaseOrderLine],
    wanted: Mapping[str, Picture],
    change: OrderChangeRequest,
) -> None:
    if change.status == ChangeStatus.PENDING_APPROVAL:
        advance(change, ChangeStatus.SENT, CHANGE_TRANSITIONS)
    order.requested_delivery_on = change.requested_delivery_on or order.requested_delivery_on
    order.ends_on = change.ends_on or order.ends_on
    change.document_id = send_change(call, order, list(lines.values()), wanted, [change.reason])
    change.sequence_number = order.change_sequence
    _note(call, order, change, "sent")


def list_changes(call: Call, order_id: UUID, wanted: PageQuery) -> Page[OrderChangeOut]:
    """Give the changes of an order.

    :raises NotAllowed: for the supplier, who gets those that are sent as documents.
    """
    order = queries.order(call, order_id)
    if not queries.is_seen_inside(call, order):
        raise NotAllowed("changes in the making are for the buyer's people, not for the supplier")
    query = select(OrderChangeRequest).where(OrderChangeRequest.order_id == order.id)
    return page(call.session, query, OrderChangeRequest, wanted, lambda row: change_out(call, row))


def get_change(call: Call, change_id: UUID) -> OrderChangeOut:
    return change_out(call, _find(call, change_id))


def change_out(call: Call, change: OrderChangeRequest) -> OrderChangeOut:
    call.session.flush()
    return OrderChangeOut.model_validate(change, from_attributes=True)


def _note(call: Call, order: PurchaseOrder, change: OrderChangeRequest, action: str) -> None:
    facts = {"change_id": str(change.id), "total_amount": str(change.total_amount)}
    call.audit(f"order_change.{action}", chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
