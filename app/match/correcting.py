"""Correcting an invoice: orders named, lines mapped or split, charges accepted, duplicates cleared; decided anew."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from app.documents.numbers import normalised_number
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.money import Quantity
from app.match import handling_queries
from app.match.corrections import Part, split_fault
from app.match.deciding import decide_again
from app.match.handling import InHand, case_out, take_in_hand
from app.match.handling_messages import Action, CaseOut, ChargesIn, LineIn, LinesIn, OrderNumbersIn, PartIn
from app.match.handling_models import CorrectionKind
from app.match.meanings import keep_correction, stated
from app.match.models import InvoiceCase, Trigger
from app.orders import queries as orders_queries
from app.orders.models import PurchaseOrder
from app.organisations.access import Call, may
from app.organisations.permissions import Permission


class CorrectionNotFitting(Invalid):
    """Orders or lines are named that are not there or cannot be billed by this invoice; each is named."""


class NothingToClear(Conflict):
    """The invoice looks like no earlier one."""


def set_order_numbers(call: Call, invoice_id: UUID, body: OrderNumbersIn, if_match: str | None) -> CaseOut:
    """Say which orders an invoice bills.

    :raises CorrectionNotFitting: naming orders that are not there, or another supplier's or branch's.
    """
    seen = take_in_hand(call, invoice_id, Action.SET_ORDER_NUMBERS, if_match)
    faults = []
    for index, number in enumerate(body.order_numbers):
        found = handling_queries.orders_numbered(call, normalised_number(number), seen.case.root_id)
        if not any(_refusal(call, seen.case, order) is None for order in found):
            message = _refusal(call, seen.case, found[0]) if found else f"you see no order {number}"
            faults.append(Fault(message or "", pointer=f"/order_numbers/{index}"))
    _refuse(faults)
    value = {"order_numbers": body.order_numbers}
    keep_correction(call, seen.case, CorrectionKind.ORDER_NUMBERS, value, body.reason)
    return _anew(call, seen.case, CorrectionKind.ORDER_NUMBERS)


def _refusal(call: Call, case: InvoiceCase, order: PurchaseOrder) -> str | None:
    """Say why an invoice cannot bill an order."""
    if order.supplier_id != case.supplier_id:
        return f"order {order.number} was placed with another supplier; let this one send the invoice of its own"
    if not may(call, Permission.INVOICE_HANDLE, order.organisation_id):
        return f"order {order.number} is another branch's; its invoice goes to the number that ordered"
    return None


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise CorrectionNotFitting("the correction does not fit; see `errors`", faults=faults)


def map_lines(call: Call, invoice_id: UUID, body: LinesIn, if_match: str | None) -> CaseOut:
    """Say which order lines invoice lines bill; one that bills several is split by quantity.

    :raises CorrectionNotFitting: naming lines that are not there, and parts that do not make their line.
    """
    seen = take_in_hand(call, invoice_id, Action.MAP_LINES, if_match)
    faults, kept = [], []
    for index, one in enumerate(body.lines):
        parts = [_part(call, seen.case, part, f"/lines/{index}/parts/{at}") for at, part in enumerate(one.parts)]
        faults += [part for part in parts if isinstance(part, Fault)]
        good = tuple(part for part in parts if isinstance(part, Part))
        faults += _line_faults(seen, one, good, f"/lines/{index}") if len(good) == len(parts) else []
        kept.append((one.invoice_line_id, good))
    _refuse(faults)
    for line_id, good in kept:
        value = {"parts": [stated(part) for part in good]}
        keep_correction(call, seen.case, CorrectionKind.LINE, value, body.reason, line_id)
    return _anew(call, seen.case, CorrectionKind.LINE)


def _part(call: Call, case: InvoiceCase, wanted: PartIn, pointer: str) -> Part | Fault:
    order = handling_queries.order_seen(call, wanted.order_id)
    if order is None:
        return Fault(f"you see no order {wanted.order_id}", pointer=f"{pointer}/order_id")
    if message := _refusal(call, case, order):
        return Fault(message, pointer=f"{pointer}/order_id")
    lines = {line.line_id: line for line in orders_queries.lines_of(call.session, order.id)}
    line = lines.get(wanted.line_id)
    if line is None:
        message = f"order {order.number} has no line {wanted.line_id}; it has {', '.join(lines)}"
        return Fault(message, pointer=f"{pointer}/line_id")
    quantity = None if wanted.quantity is None else Quantity(wanted.quantity, line.unit_code)
    return Part(order.number, line.line_id, quantity)


def _line_faults(seen: InHand, wanted: LineIn, parts: Sequence[Part], pointer: str) -> Iterator[Fault]:
    lines = {line.line_id: line for line in handling_queries.original(seen.case).lines}
    line = lines.get(wanted.invoice_line_id)
    if line is None:
        message = f"the invoice has no line {wanted.invoice_line_id}; it has {', '.join(lines)}"
        yield Fault(message, pointer=f"{pointer}/invoice_line_id")
    elif message := split_fault(line, parts) or "":
        yield Fault(message, pointer=f"{pointer}/parts")


def accept_charges(call: Call, invoice_id: UUID, body: ChargesIn, if_match: str | None) -> CaseOut:
    """Say that lines of an invoice are charges; they count as such, inside the freight cap or above it.

    :raises CorrectionNotFitting: naming lines that are not there.
    """
    seen = take_in_hand(call, invoice_id, Action.ACCEPT_CHARGES, if_match)
    lines = [line.line_id for line in handling_queries.original(seen.case).lines]
    missing = [index for index, line_id in enumerate(body.invoice_line_ids) if line_id not in lines]
    told = f"the invoice has no such line; it has {', '.join(lines)}"
    _refuse([Fault(told, pointer=f"/invoice_line_ids/{index}") for index in missing])
    for line_id in body.invoice_line_ids:
        value = {"charge": body.kind.value}
        keep_correction(call, seen.case, CorrectionKind.CHARGE, value, body.reason, line_id)
    return _anew(call, seen.case, CorrectionKind.CHARGE)


def clear_duplicate(call: Call, invoice_id: UUID, reason: str, if_match: str | None) -> CaseOut:
    """Say that an invoice is another than the earlier ones which it looks like.

    :raises NothingToClear: when it looks like none.
    """
    seen = take_in_hand(call, invoice_id, Action.CLEAR_DUPLICATE, if_match)
    if not any(finding["code"] == "POSSIBLE_DUPLICATE" for finding in seen.live.answer["findings"]):
        raise NothingToClear(f"invoice {seen.case.number} looks like no earlier one; nothing is to be cleared")
    value: dict[str, Any] = {"earlier": handling_queries.earlier_of(seen.live)}
    keep_correction(call, seen.case, CorrectionKind.NO_DUPLICATE, value, reason)
    return _anew(call, seen.case, CorrectionKind.NO_DUPLICATE)


def _anew(call: Call, case: InvoiceCase, kind: CorrectionKind) -> CaseOut:
    facts = {"kind": kind.value}
    call.audit("invoice.corrected", chain=case.root_id, entity="invoice", entity_id=case.id, facts=facts)
    decide_again(call.session, case, Trigger.CORRECTED, call.now)
    return case_out(call, case)
