"""An order in the making: lines from the catalogue at the price of the day, and prices looked at again on approval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlmodel import select

from app.agreements.models import Agreement, OrderForm
from app.catalogs import queries as catalogs
from app.catalogs.alternatives import Offer
from app.catalogs.prices import price_on, quantity_faults
from app.catalogs.queries import OrderableLine
from app.documents.catalogue import CatalogueLine
from app.documents.item import Item
from app.documents.numbers import normalised_number
from app.documents.price import Price
from app.kit.errors import Conflict, Fault, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.money import Quantity
from app.oioubl.profiles import DEFAULT_PROFILE
from app.orders import queries
from app.orders.cascading import passed_over, reason_missing
from app.orders.messages import OrderIn, OrderLineIn
from app.orders.models import OrderType, PurchaseOrder, PurchaseOrderLine
from app.orders.numbering import next_number
from app.orders.totals import line_amount
from app.organisations import queries as organisations
from app.organisations.access import Call, actor_by_id
from app.organisations.models import Organisation
from app.organisations.policies import OverDeliveryPolicy
from app.organisations.supplier_models import Supplier
from app.organisations.supplier_standing import order_profile


class LinesNotOrderable(Invalid):
    """Some lines cannot be ordered as they are; each is named."""


class PriceHasRisen(Conflict):
    """A price rose after the order was submitted; return it, so that its buyer sees the new one."""


class AgreementNotVisible(Conflict):
    """The agreement is no longer shared with whoever made the order; the line cannot be sent."""


def draft(
    call: Call, body: OrderIn, organisation: Organisation, gln: str
) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
    """Make an order and its lines.

    :raises LinesNotOrderable: naming each line that is not visible, has no price, is in a wrong quantity, or stands on
        another agreement than the first.
    """
    found = _find_lines(call, body.lines)
    first = found[0].source
    supplier = organisations.supplier(call, first.supplier_id)
    order = PurchaseOrder(
        id=new_id(call.now),
        number=(number := next_number(call.session, organisation.id)),
        normalised_number=normalised_number(number),
        organisation_id=organisation.id,
        root_id=organisation.root_id,
        supplier_id=supplier.id,
        agreement_id=first.agreement.id,
        type=OrderType.CATALOGUE,
        buyer_gln=gln,
        currency=first.agreement.currency,
        profile_id=profile_for(supplier),
        total_amount=Decimal(0),
        created_by=call.actor.id,
        created_for=call.actor.on_behalf_of,
        created_at=call.now,
        **body.model_dump(include={"buyer_reference", "accounting_cost", "requested_delivery_on"}),
    )
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


def profile_for(supplier: Supplier) -> str:
    """Give the profile that an order to a supplier is in; suppliers that only bill have none that holds one."""
    return order_profile(supplier) or DEFAULT_PROFILE


def _find_lines(call: Call, wanted: Sequence[OrderLineIn]) -> list[Picked]:
    found: dict[int, OrderableLine] = {}
    faults: list[Fault] = []
    for index, line in enumerate(wanted):
        pointer = f"/lines/{index}/catalogue_line_id"
        try:
            source = catalogs.orderable_line(call, line.catalogue_line_id)
        except NotFound as reason:
            faults.append(Fault(reason.message, pointer=pointer))
            continue
        found[index] = source
        faults += _faults(call, line, source, next(iter(found.values())), index)
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
    if OrderForm.CATALOGUE not in source.agreement.order_types:
        message = f"agreement {source.agreement.contract_number} takes no catalogue orders"
        faults.append(Fault(message, pointer=pointer))
    return faults


def _line(call: Call, order: PurchaseOrder, position: int, picked: Picked, over: Decimal) -> PurchaseOrderLine:
    wanted, source, passed = picked.wanted, picked.source, picked.passed
    price = price_on(source.line, call.today, wanted.quantity)
    assert price is not None  # noqa: S101 - _find_lines refused lines without one
    unit = source.line.orderable_unit or "EA"
    amount = line_amount(price, Quantity(wanted.quantity, unit))
    row = price.model_dump(mode="json", exclude_none=True)
    return PurchaseOrderLine(
        id=new_id(call.now),
        order_id=order.id,
        position=position,
        line_id=str(position),
        catalogue_line_id=source.row.id,
        item=_item(source).model_dump(mode="json", exclude_none=True),
        unspsc=_unspsc(source),
        note=wanted.note,
        accounting_cost=wanted.accounting_cost or order.accounting_cost,
        cascade_reason=wanted.cascade_reason if passed is not None else None,
        passed_line_id=passed.row.id if passed is not None else None,
        passed_agreement_id=passed.agreement.id if passed is not None else None,
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


def refresh_prices(call: Call, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    """Look at today's prices for an order that is about to be approved: a lower one is taken.

    :raises AgreementNotVisible: when its maker sees a line no more.
    :raises PriceHasRisen: naming the first line whose price is above what was submitted.
    """
    maker = replace(call, actor=actor_by_id(call.session, order.maker_id, call.today))
    today = queries.todays_lines(maker, [line.catalogue_line_id for line in lines if line.catalogue_line_id])
    for line in lines:
        if line.catalogue_line_id is None:
            continue
        price = _todays_price(maker, line, today)
        amount = line_amount(price, Quantity(line.ordered_quantity, line.unit_code))
        if amount > line.ordered_amount:
            raise PriceHasRisen(
                f"line {line.line_id} now costs {amount} instead of {line.ordered_amount} {order.currency}; "
                "return the order so that its buyer decides anew"
            )
        if amount < line.ordered_amount:
            line.price = line.accepted_price = price.model_dump(mode="json", exclude_none=True)
            line.ordered_amount = line.accepted_amount = amount
    order.total_amount = sum((line.ordered_amount for line in lines), start=Decimal(0))


def lines_out_of_sight(call: Call, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> set[UUID]:
    """Give the lines of an order not sent yet that its maker may not order any more."""
    maker = replace(call, actor=actor_by_id(call.session, order.maker_id, call.today))
    wanted = {line.id: line.catalogue_line_id for line in lines if line.catalogue_line_id}
    today = queries.todays_lines(maker, list(wanted.values()))
    return {line_id for line_id, row_id in wanted.items() if row_id not in today}


def _todays_price(maker: Call, line: PurchaseOrderLine, today: Mapping[UUID, CatalogueLine]) -> Price:
    found = today.get(line.catalogue_line_id or UUID(int=0))
    if found is None:
        raise AgreementNotVisible(f"line {line.line_id} is nothing that the order's maker may order today")
    price = price_on(found, maker.today, line.ordered_quantity)
    if price is None:
        raise AgreementNotVisible(f"line {line.line_id} has no price today")
    return price


def over_delivery(call: Call, organisation_id: UUID) -> Decimal:
    """Give the percentage above an order that may be received, as it is today."""
    rule = organisations.effective_policy(call.session, organisation_id, call.today).over_delivery.rule
    assert isinstance(rule, OverDeliveryPolicy)  # noqa: S101 - what the field holds
    return rule.percent


def contract_number(call: Call, order: PurchaseOrder) -> str | None:
    """Give the number of the agreement that an order stands on."""
    return call.session.exec(select(Agreement.contract_number).where(Agreement.id == order.agreement_id)).first()
