"""Sending a change of an order: its lines become what was agreed on, and the supplier gets the whole new picture."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from app.kit import jobs
from app.kit.errors import Conflict
from app.oioubl.profiles import profile_allows
from app.orders import pictures
from app.orders.change_models import VersionCause
from app.orders.composing import Marked, change_document
from app.orders.headers import over_delivery
from app.orders.models import PurchaseOrder, PurchaseOrderLine, ResponseStatus
from app.orders.order_versions import keep_version
from app.orders.pictures import Picture
from app.orders.posting_lines import share_anew
from app.orders.receipt_posting import REMATCH
from app.orders.sending import buyer_party, contract_number, deem_received, dispatch, plan_answer
from app.organisations.access import Call
from app.organisations.models import TaskType
from app.organisations.supplier_models import Supplier
from app.organisations.tasks import close_tasks


class ProfileLacks(Conflict):
    """The order's profile has no such document; the message says what can be done instead."""


def require_profile(order: PurchaseOrder, document_type: str) -> None:
    """Let a document be sent only where the order's profile has it.

    :raises ProfileLacks: otherwise.
    """
    if not profile_allows(order.profile_id, document_type):
        raise ProfileLacks(
            f"order {order.number} went out in profile {order.profile_id}, which has no {document_type}: agree with "
            "the supplier, close the order and make another"
        )


def send_change(
    call: Call,
    order: PurchaseOrder,
    lines: list[PurchaseOrderLine],
    wanted: Mapping[str, Picture],
    reasons: Sequence[str],
) -> UUID:
    """Make an order's lines what is wanted, and send the change; gives the document's id. The supplier is to answer
    anew, and invoices that wait are decided anew. The caller has locked the order.

    :raises ProfileLacks: when the order's profile has no OrderChange.
    """
    require_profile(order, "OrderChange")
    over = over_delivery(call, order.organisation_id)
    marked = [Marked(line, _status(line, wanted.get(line.line_id)), line.accepted_quantity) for line in lines]
    for line in lines:
        if line.line_id in wanted:
            pictures.draw(line, wanted[line.line_id], over)
    share_anew(call.session, lines)
    if not order.requires_receipt:
        deem_received(lines)
    order.total_amount = sum((line.accepted_amount for line in lines), start=Decimal(0))
    order.change_sequence += 1
    supplier = call.session.get_one(Supplier, order.supplier_id)
    document = change_document(
        order, marked, buyer_party(call, order), supplier, contract_number(call, order), call.today, reasons
    )
    item = dispatch(call, order, document, supplier, "OrderChange")
    order.response_status, order.pending_response = ResponseStatus.NONE, None
    order.version += 1
    close_tasks(call.session, order.id, [TaskType.ORDER_RESPONSE], now=call.now, by=call.actor.id)
    plan_answer(call, order)
    keep_version(call, order, lines, VersionCause.CHANGE, item.document_id)
    jobs.enqueue(call.session, REMATCH, str(order.id), {"order_id": str(order.id)}, call.now)
    return item.document_id


def _status(line: PurchaseOrderLine, picture: Picture | None) -> str:
    """Give what the change says of a line (LineStatusCode)."""
    if picture is None or picture == pictures.present(line):
        return "NoStatus"
    return "Cancelled" if not line.by_amount and not picture.quantity else "Revised"
