"""Open orders of an earlier system, taken over as a sheet so that they are received and billed here to their end.

They are sent orders without a document. As with orders placed elsewhere, the organisation's `external_approval` says
what the approval that they name is worth; their postings are kept as the earlier system wrote them.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.documents.item import Classification, Item
from app.documents.numbers import normalised_number
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.calls import Raw
from app.kit.commented import commented, commented_workbook
from app.kit.errors import Invalid
from app.kit.ids import new_id
from app.kit.money import Quantity
from app.kit.problems import ProblemFault
from app.kit.sheets import Row, table_of
from app.kit.uploads import Upload
from app.orders.commitments import Commitment, commitment_of
from app.orders.headers import profile_for
from app.orders.models import OrderStatus, OrderType, Origin, PurchaseOrder, PurchaseOrderLine
from app.orders.open_order_columns import COLUMNS
from app.orders.open_order_messages import OpenOrderOut, OpenOrdersOut
from app.orders.open_order_rows import OpenOrder, lock_places, open_orders_of
from app.orders.totals import line_amount
from app.organisations.access import Call, NotAllowed
from app.organisations.permissions import Permission

MOST_FAULTS: Final = 1000
MOST_LINES: Final = 10_000
NAME_LENGTH: Final = 40
SHEET_NAME: Final = "Åbne ordrer"
PLANNED_DA, DONE_DA = "overtages", "overtaget"


class OpenOrdersNotFitting(Invalid):
    """Rows of a sheet of open orders do not fit; nothing was taken over."""


def import_open_orders(call: Call, upload: Upload, *, dry_run: bool, as_workbook: bool) -> OpenOrdersOut | Raw:
    """Take over the orders of a sheet, one row a line: all of them or none; a dry run tells what would be made, in
    figures or as the same sheet with comments. The first sheet of a workbook counts.

    :raises OpenOrdersNotFitting: when any row is at fault, unless it is a dry run.
    """
    if not call.actor.organisations(Permission.ORDER_IMPORT_OPEN):
        raise NotAllowed("taking over open orders takes the role local administrator or invoice system")
    table = table_of(upload.sheets[0], COLUMNS)
    if len(table.rows) > MOST_LINES:
        raise OpenOrdersNotFitting(f"the sheet has more than {MOST_LINES} order lines; split it between two orders")
    if not dry_run:
        lock_places(call, table)
    found = open_orders_of(call, table)
    faults = sorted(table.faults, key=lambda fault: fault.row or 0)
    if faults and not dry_run:
        message = (
            f"{len(faults)} cells or rows are at fault, and nothing was taken over; a dry run can give them as comments"
        )
        raise OpenOrdersNotFitting(message, faults=faults[:MOST_FAULTS])
    orders = [_taken_over(call, order, upload.sha256, dry_run=dry_run) for order in found]
    if as_workbook:
        word = PLANNED_DA if dry_run else DONE_DA
        becomes = {row.number: word for order in found for row in order.rows}
        return commented_workbook([commented(table, SHEET_NAME, becomes, faults)])
    return OpenOrdersOut(
        dry_run=dry_run,
        sha256=upload.sha256,
        orders=orders,
        fault_count=len(faults),
        faults=[ProblemFault(**fault.as_json()) for fault in faults[:MOST_FAULTS]],
    )


def _taken_over(call: Call, found: OpenOrder, sha256: str, *, dry_run: bool) -> OpenOrderOut:
    order = _order(call, found)
    lines = [_line(call, order, position, row, found) for position, row in enumerate(found.rows, start=1)]
    reserved = sum((commitment_of(line, is_open=True) for line in lines), start=Commitment())
    order.total_amount = sum((line.ordered_amount for line in lines), start=Decimal(0))
    order.matched_value = reserved.invoiced
    order.type = OrderType.TEXT if all(line.by_amount for line in lines) else OrderType.CATALOGUE
    if not dry_run:
        call.session.add(order)
        call.session.flush()
        call.session.add_all(lines)
        call.session.flush()
        facts = {"number": order.number, "external_approval": str(order.external_approval), "sha256": sha256}
        call.audit("order.taken_over", chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
    return OpenOrderOut(
        **order.model_dump(exclude={"id"}),
        id=None if dry_run else order.id,
        committed=reserved.committed,
        received_not_invoiced=reserved.received_not_invoiced,
        invoiced=reserved.invoiced,
        lines=len(lines),
    )


def _order(call: Call, found: OpenOrder) -> PurchaseOrder:
    place = found.organisation
    return PurchaseOrder(
        id=new_id(call.now),
        number=found.number,
        normalised_number=normalised_number(found.number),
        organisation_id=place.id,
        root_id=place.root_id,
        supplier_id=found.supplier.id,
        agreement_id=found.agreement.id if found.agreement else None,
        type=OrderType.CATALOGUE,
        status=OrderStatus.SENT,
        origin=Origin.EARLIER,
        external_approval=found.held.external,
        stated_approver=found.said("stated_approver"),
        buyer_gln=found.rows[0].cells["gln"],
        buyer_reference=found.said("buyer_reference") or "",
        currency=found.currency,
        profile_id=profile_for(found.supplier),
        total_amount=Decimal(0),
        issued_on=date.fromisoformat(found.rows[0].cells["issued_on"]),
        created_by=call.actor.id,
        created_for=call.actor.on_behalf_of,
        created_at=call.now,
        sent_at=call.now,
    )


def _line(call: Call, order: PurchaseOrder, position: int, row: Row, found: OpenOrder) -> PurchaseOrderLine:
    cells, by_amount = row.cells, "amount" in row.cells
    quantity = Quantity(Decimal(cells.get("quantity", "1")), cells.get("unit", "EA"))
    price = None if by_amount else Price(price_amount=Decimal(cells["price"]))
    amount = line_amount(price, quantity) if price is not None else Decimal(cells["amount"])
    agreed = price.model_dump(mode="json", exclude_none=True) if price is not None else None
    measure = "amount" if by_amount else "quantity"
    counted: dict[str, Any] = {f"{what}_{measure}": Decimal(cells.get(what, "0")) for what in ("received", "invoiced")}
    return PurchaseOrderLine(
        id=new_id(call.now),
        order_id=order.id,
        position=position,
        line_id=str(position),
        item=_item(row).model_dump(mode="json", exclude_none=True),
        unspsc=cells.get("unspsc", ""),
        accounting_cost=cells.get("accounting_cost"),
        by_amount=by_amount,
        unit_code=quantity.unit_code,
        ordered_quantity=quantity.value,
        price=agreed,
        ordered_amount=amount,
        accepted_quantity=quantity.value,
        accepted_price=agreed,
        accepted_amount=amount,
        most_quantity=Decimal(0) if by_amount else quantity.value * (1 + found.held.over / 100),
        most_amount=amount if by_amount else Decimal(0),
        **counted,
    )


def _item(row: Row) -> Item:
    cells = row.cells
    return Item(
        name=cells["text"][:NAME_LENGTH].strip(),
        descriptions=(cells["text"],),
        sellers_item_id=Identifier(value=cells["item_number"]) if "item_number" in cells else None,
        standard_item_id=Identifier(value=cells["gtin"], scheme_id="GTIN") if "gtin" in cells else None,
        classifications=(Classification(code=cells["unspsc"]),) if "unspsc" in cells else (),
    )
