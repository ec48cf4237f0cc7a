"""Changes and cancellations of orders that were placed elsewhere: OrderChange and OrderCancellation of the system that
placed them. The changes of an order are taken in the order of their sequence numbers.
"""

from decimal import Decimal

from app.documents.order import OrderLine
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.party import Party
from app.kit import jobs
from app.kit.errors import Conflict, Fault, Invalid, NotFound
from app.orders import pictures, queries
from app.orders.allocations import lock_orders
from app.orders.cancelling import end, require_untouched
from app.orders.change_models import VersionCause
from app.orders.headers import over_delivery
from app.orders.models import OrderStatus, Origin, PurchaseOrder, PurchaseOrderLine
from app.orders.order_versions import keep_version
from app.orders.pictures import Picture
from app.orders.placed_elsewhere import amount_of, line_of
from app.orders.receipt_posting import REMATCH
from app.orders.receiving import locked_lines
from app.organisations import queries as organisations
from app.organisations.access import Call, may
from app.organisations.permissions import Permission

CANCELLED, ADDED = "Cancelled", "Added"


class NoSuchOrder(NotFound):
    """The document changes or cancels an order that is not here, or was not placed by the caller's organisations."""


class OutOfSequence(Conflict):
    """A change of the order with this number, or a later one, has been taken in."""


class NotOpen(Conflict):
    """The order that a document changes or cancels is not open any more."""


class ChangeNotPossible(Invalid):
    """A change takes away what has come or is billed, or names lines that are not there; each is named."""


def take_change(call: Call, change: OrderChange) -> PurchaseOrder:
    """Take in a change: each of its lines is the whole new picture of one of the order's.

    :raises NoSuchOrder: when the order is none that the caller hands in documents for.
    :raises NotOpen: when the order has ended.
    :raises OutOfSequence: when its sequence number is not above the last one.
    :raises ChangeNotPossible: naming each line that cannot become what it says.
    """
    order = _find(call, change.buyer, change.order_reference.number)
    sequence = _sequence(order, change)
    lines = locked_lines(call, order)
    _refuse_misfits(order, lines, change)
    over = over_delivery(call, order.organisation_id)
    for position, wanted in enumerate(change.lines, start=len(lines) + 1):
        known = lines.get(wanted.line_id)
        if known is None:
            lines[wanted.line_id] = line_of(call, order, position, wanted, over)
            call.session.add(lines[wanted.line_id])
        else:
            pictures.draw(known, _picture(known, wanted), over)
    order.change_sequence = sequence
    order.total_amount = sum((line.accepted_amount for line in lines.values()), start=Decimal(0))
    order.version += 1
    call.session.flush()
    keep_version(call, order, list(lines.values()), VersionCause.CHANGE, None)
    jobs.enqueue(call.session, REMATCH, str(order.id), {"order_id": str(order.id)}, call.now)
    facts = {"sequence_number": str(sequence)}
    call.audit("order.changed_elsewhere", chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
    return order


def take_cancellation(call: Call, cancellation: OrderCancellation) -> PurchaseOrder:
    """Take in the end of an order of which nothing has come.

    :raises NoSuchOrder: when the order is none that the caller hands in documents for.
    :raises NotOpen: when the order has ended.
    :raises TooLateToCancel: when a part has come or been billed.
    """
    order = _find(call, cancellation.buyer, cancellation.order_reference.number)
    require_untouched(order, list(locked_lines(call, order).values()))
    order.decision_reason = "; ".join(cancellation.cancellation_notes)[:1000]
    order.version += 1
    end(call, order, OrderStatus.CANCELLED, "order.cancelled_elsewhere")
    return order


def _find(call: Call, buyer: Party, number: str) -> PurchaseOrder:
    organisation = organisations.organisation_of(call.session, buyer, call.today)
    found = None
    if organisation is not None and may(call, Permission.ORDER_IMPORT, organisation.id):
        found = queries.order_by_number(call.session, [organisation.id], number)
    if found is None or found.origin != Origin.ELSEWHERE:
        raise NoSuchOrder(f"there is no order {number} of this buyer that was placed elsewhere")
    (order,) = lock_orders(call.session, [found.id])
    if order.status != OrderStatus.SENT:
        raise NotOpen(f"order {number} is {order.status}")
    return order


def _sequence(order: PurchaseOrder, change: OrderChange) -> int:
    text = change.sequence_number_id.strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number <= order.change_sequence:
        message = (
            f"change {text} of order {order.number} comes after change {order.change_sequence}; "
            "the changes of one order are numbered upwards from 1"
        )
        raise OutOfSequence(message, faults=[Fault(message, xpath="/OrderChange/cbc:SequenceNumberID")])
    return number


def _refuse_misfits(order: PurchaseOrder, lines: dict[str, PurchaseOrderLine], change: OrderChange) -> None:
    faults = []
    for position, wanted in enumerate(change.lines, start=1):
        message = _fault(order, lines.get(wanted.line_id), wanted)
        if message is not None:
            faults.append(Fault(message, xpath=f"/OrderChange/cac:OrderLine[{position}]/cac:LineItem"))
    if faults:
        raise ChangeNotPossible("the change does not fit the order; see `errors`", faults=faults)


def _fault(order: PurchaseOrder, line: PurchaseOrderLine | None, wanted: OrderLine) -> str | None:
    if wanted.quantity.value < 0 or amount_of(wanted) < 0:
        return f"line {wanted.line_id} orders less than nothing"
    if line is None:
        is_new = wanted.line_status_code == ADDED
        return None if is_new else f"the order has no line {wanted.line_id}; a new one is {ADDED}"
    if wanted.quantity.unit_code != line.unit_code:
        return f"line {line.line_id} is ordered in {line.unit_code}, not in {wanted.quantity.unit_code}"
    if line.by_amount != (wanted.price is None):
        return f"line {line.line_id} is ordered by {'amount' if line.by_amount else 'quantity'}"
    return pictures.misfit(line, _picture(line, wanted), requires_receipt=order.requires_receipt)


def _picture(line: PurchaseOrderLine, wanted: OrderLine) -> Picture:
    if line.by_amount:
        is_off = wanted.line_status_code == CANCELLED
        return pictures.of_amount(line, Decimal(0) if is_off else amount_of(wanted))
    quantity = Decimal(0) if wanted.line_status_code == CANCELLED else wanted.quantity.value
    return pictures.at(line, quantity, wanted.price)
