"""Today's prices of an order that is about to be approved, and whether its lines may still be ordered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.agreements import queries as agreements
from app.agreements.queries import VisibleAgreement
from app.catalogs.lines import Prices
from app.catalogs.prices import brackets_on, price_on
from app.documents.price import Price
from app.kit.errors import Conflict
from app.kit.money import Quantity
from app.orders import queries
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.posting_lines import share_anew
from app.orders.totals import line_amount
from app.organisations.access import Call, as_user


class PriceHasRisen(Conflict):
    """A price rose after the order was submitted; return it, so that its buyer sees the new one."""


class QuoteExpired(Conflict):
    """What a supplier's shop offered is good no more."""


class AgreementNotVisible(Conflict):
    """The agreement is no longer shared with whoever made the order; the line cannot be sent."""


def refresh_prices(call: Call, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    """Look at today's prices for an order that is about to be approved: a lower one is taken.

    :raises AgreementNotVisible: when its maker sees a line, or the agreement, no more.
    :raises PriceHasRisen: naming the first line whose price is above what was submitted.
    :raises QuoteExpired: when what a supplier's shop offered is good no more.
    """
    maker = as_user(call, order.maker_id)
    visible = _seen(maker)
    today = queries.todays_prices(maker, visible, [line.catalogue_line_id for line in lines if line.catalogue_line_id])
    if not _is_on_one(order, visible):
        raise AgreementNotVisible("the agreement is not shared with the order's maker today")
    has_fallen = False
    for line in lines:
        if line.catalogue_line_id is None:
            _require_good_quote(call, line)
            continue
        price = _todays_price(maker, line, today)
        line.brackets = brackets_on(today[line.catalogue_line_id], maker.today)
        amount = line_amount(price, Quantity(line.ordered_quantity, line.unit_code))
        if amount > line.ordered_amount:
            raise PriceHasRisen(
                f"line {line.line_id} now costs {amount} instead of {line.ordered_amount} {order.currency}; "
                "return the order so that its buyer decides anew"
            )
        if amount < line.ordered_amount:
            line.price = line.accepted_price = price.model_dump(mode="json", exclude_none=True)
            line.ordered_amount = line.accepted_amount = amount
            has_fallen = True
    if has_fallen:
        share_anew(call.session, lines)
    order.total_amount = sum((line.ordered_amount for line in lines), start=Decimal(0))


def lines_out_of_sight(call: Call, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> set[UUID]:
    """Give the lines of an order not sent yet that its maker may not order any more."""
    maker = as_user(call, order.maker_id)
    visible = _seen(maker)
    if not _is_on_one(order, visible):
        return {line.id for line in lines}
    wanted = {line.id: line.catalogue_line_id for line in lines if line.catalogue_line_id}
    today = queries.todays_prices(maker, visible, list(wanted.values()))
    return {line_id for line_id, row_id in wanted.items() if row_id not in today}


def _seen(maker: Call) -> list[VisibleAgreement]:
    return agreements.visible_agreements(maker.session, maker.actor, maker.today)


def _is_on_one(order: PurchaseOrder, visible: Sequence[VisibleAgreement]) -> bool:
    return order.agreement_id is None or any(found.id == order.agreement_id for found in visible)


def _require_good_quote(call: Call, line: PurchaseOrderLine) -> None:
    until = (line.quote or {}).get("expires_at")
    if until is not None and datetime.fromisoformat(until) < call.now:
        raise QuoteExpired(
            f"the shop's offer of line {line.line_id} ended at {until}; return the order so that its buyer asks anew"
        )


def _todays_price(maker: Call, line: PurchaseOrderLine, today: Mapping[UUID, Prices]) -> Price:
    found = today.get(line.catalogue_line_id or UUID(int=0))
    if found is None:
        raise AgreementNotVisible(f"line {line.line_id} is nothing that the order's maker may order today")
    price = price_on(found, maker.today, line.ordered_quantity)
    if price is None:
        raise AgreementNotVisible(f"line {line.line_id} has no price today")
    return price
