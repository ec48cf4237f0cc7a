"""An order in the making: lines from the catalogue at the price of the day."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.agreements.models import OrderForm
from app.catalogs import queries as catalogs
from app.catalogs.alternatives import Offer
from app.catalogs.prices import brackets_on, price_on, quantity_faults
from app.catalogs.queries import OrderableLine
from app.documents.item import Item
from app.kit.errors import Fault, Invalid
from app.kit.ids import new_id
from app.kit.money import Quantity
from app.kit.rows import made
from app.orders.cascading import passed_over, reason_missing
from app.orders.headers import Source, header, over_delivery
from app.orders.messages import CatalogueOrderIn, OrderLineIn, TextOrderIn
from app.orders.models import OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.options import choice_faults, chosen, configuration
from app.orders.text_orders import draft_text
from app.orders.totals import line_amount
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.models import Organisation


class LinesNotOrderable(Invalid):
    """Some lines cannot be ordered as they are; each is named."""


def draft(
    call: Call, body: CatalogueOrderIn | TextOrderIn, organisation: Organisation, gln: str
) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
    """Make an order of any kind and its lines.

    :raises LinesNotOrderable: naming each line that is not visible, has no price, is in a wrong quantity, or stands on
        another agreement than the first.
    """
    if isinstance(body, TextOrderIn):
        return draft_text(call, body, organisation, gln)
    return _draft_from_catalogue(call, body, organisation, gln)


def _draft_from_catalogue(
    call: Call, body: CatalogueOrderIn, organisation: Organisation, gln: str
) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
    found = _find_lines(call, body)
    first = found[0].source
    supplier = organisations.supplier(call, first.supplier_id)
    source = Source(supplier, first.agreement.id, first.agreement.currency, OrderType(body.type))
    order = header(call, body, organisation, gln, source)
    order.requires_receipt = first.agreement.receipt_required
    over = over_delivery(call, organisation.id)
    lines = [_line(call, order, position, picked, over) for position, picked in enumerate(found, start=1)]
    order.total_amount = sum((line.ordered_amount for line in lines), start=Decimal(0))
    return order, lines


@dataclass(frozen=True, slots=True)
class Picked:
    """A line as it is wanted, what it is ordered from, and the binding offer of the same item that it passes over."""

    wanted: OrderLineIn
    source: OrderableLine
    passed: Offer | None


def _find_lines(call: Call, body: CatalogueOrderIn) -> list[Picked]:
    wanted, form = body.lines, OrderForm(body.type)
    known = catalogs.orderable_lines(call, [line.catalogue_line_id for line in wanted])
    found: dict[int, OrderableLine] = {}
    faults: list[Fault] = []
    for index, line in enumerate(wanted):
        pointer = f"/lines/{index}/catalogue_line_id"
        source = known.get(line.catalogue_line_id)
        if source is None:
            faults.append(Fault(catalogs.line_not_found(line.catalogue_line_id).message, pointer=pointer))
            continue
        found[index] = source
        faults += _faults(call, line, source, next(iter(found.values())), index)
        faults += choice_faults(source.line.item, line.options, form, f"/lines/{index}/options")
        faults += _form_faults(source, form, pointer)
    passed = passed_over(call, [(wanted[index], source) for index, source in found.items()])
    picked = [Picked(wanted[index], found[index], offer) for index, offer in zip(found, passed, strict=True)]
    faults += [
        reason_missing(index, one.passed)
        for index, one in zip(found, picked, strict=True)
        if one.passed is not None and one.wanted.cascade_reason is None
    ]
    if faults:
        raise LinesNotOrderable("some lines cannot be ordered; see `errors`", faults=faults)
    return picked


def _faults(call: Call, line: OrderLineIn, source: OrderableLine, first: OrderableLine, index: int) -> list[Fault]:
    pointer = f"/lines/{index}/catalogue_line_id"
    faults = [
        replace(fault, pointer=f"/lines/{index}/quantity") for fault in quantity_faults(source.line, line.quantity)
    ]
    if price_on(source.line, call.today, line.quantity) is None:
        faults.append(Fault(f"{source.line.item.name} has no price today and cannot be ordered", pointer=pointer))
    if source.agreement.id != first.agreement.id:
        message = f"{source.line.item.name} is on another agreement; make one order for each agreement"
        faults.append(Fault(message, pointer=pointer))
    return faults


def _form_faults(source: OrderableLine, form: OrderForm, pointer: str) -> list[Fault]:
    if form in source.agreement.order_types:
        return []
    message = f"agreement {source.agreement.contract_number} takes no orders of type {form}"
    return [Fault(message, pointer=pointer)]


def _line(call: Call, order: PurchaseOrder, position: int, picked: Picked, over: Decimal) -> PurchaseOrderLine:
    wanted, source, passed = picked.wanted, picked.source, picked.passed
    price = price_on(source.line, call.today, wanted.quantity)
    assert price is not None  # noqa: S101 - _find_lines refused lines without one
    unit = source.line.orderable_unit or "EA"
    amount = line_amount(price, Quantity(wanted.quantity, unit))
    row = price.model_dump(mode="json", exclude_none=True)
    return made(
        PurchaseOrderLine,
        id=new_id(call.now),
        order_id=order.id,
        position=position,
        line_id=str(position),
        catalogue_line_id=source.row.id,
        item=chosen(_item(source), wanted.options).model_dump(mode="json", exclude_none=True),
        unspsc=_unspsc(source),
        note=wanted.note,
        accounting_cost=wanted.accounting_cost or order.accounting_cost,
        cascade_reason=wanted.cascade_reason if passed is not None else None,
        passed_line_id=passed.row.id if passed is not None else None,
        passed_agreement_id=passed.agreement.id if passed is not None else None,
        configuration=configuration(wanted.options),
        brackets=brackets_on(source.line, call.today),
        unit_code=unit,
        ordered_quantity=wanted.quantity,
        price=row,
        ordered_amount=amount,
        accepted_quantity=wanted.quantity,
        accepted_price=row,
        accepted_amount=amount,
        most_quantity=wanted.quantity * (1 + over / 100),
        most_amount=Decimal(0),
    )


def _item(source: OrderableLine) -> Item:
    """Give the item as ordered; in a catalogue its tax stands beside the price, in an order on the item."""
    item = source.line.item
    categories = [category for bracket in source.line.brackets for category in bracket.tax_categories]
    if item.tax_category is not None or not categories:
        return item
    taxed: Item = item.but(tax_category=categories[0])
    return taxed


def _unspsc(source: OrderableLine) -> str:
    return next((found.code for found in source.line.item.classifications if found.list_id == "UNSPSC"), "")
