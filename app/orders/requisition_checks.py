"""What a requisition has to say before it is handed in or ordered: fields, lines that may be ordered, prices."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.kit.errors import Fault, Invalid
from app.orders import requisition_queries as queries
from app.orders.cart_checks import cart_faults
from app.orders.drafting import LinesNotOrderable
from app.orders.order_settings import settled
from app.orders.posting_messages import PostingIn
from app.orders.postings import scaled
from app.orders.quote_renewing import renewable
from app.orders.requisition_lines import Draft, need_of
from app.orders.requisition_messages import CatalogueNeed
from app.orders.requisition_models import LineSource, Requisition, RequisitionLine
from app.orders.requisition_views import out_of_sight
from app.organisations.access import Call


class RequisitionIncomplete(Invalid):
    """Something is missing that the organisation wants, or a line cannot be ordered today; each is named."""


def require_complete(call: Call, requisition: Requisition, orderer: Call) -> None:
    """Let only a requisition pass that somebody can order today, and take the prices that they see.

    :raises RequisitionIncomplete: naming the fields that are missing, and each line that cannot be ordered.
    """
    lines = queries.lines_of(call.session, requisition.id)
    wanted = settled(call.session, requisition.organisation_id).required_fields
    faults = [*_missing(requisition, lines, wanted), *cart_faults(lines, call.now, renewable(call.session, lines))]
    lost = out_of_sight(orderer, lines)
    for index, line in enumerate(lines):
        if line.id in lost:
            faults.append(_not_visible(line, index))
        elif line.source == LineSource.CATALOGUE:
            faults += _priced_anew(orderer, requisition, line, index)
    if faults:
        raise RequisitionIncomplete("the requisition cannot be ordered like this; see `errors`", faults=faults)


def _missing(requisition: Requisition, lines: Sequence[RequisitionLine], wanted: Sequence[str]) -> list[Fault]:
    said: dict[str, Any] = {
        "accounting_cost": requisition.accounting_cost or all(line.accounting_cost or line.postings for line in lines),
        "buyer_reference": requisition.buyer_reference,
        "delivery_address": requisition.delivery_address,
        "reason": requisition.reason,
        "requested_delivery_on": requisition.requested_delivery_on,
    }
    faults = [
        Fault(f"the organisation wants {name}", f"organisationen kræver {name}", f"/{name}", rule_id="P-FIELDS")
        for name in wanted
        if not said.get(name, True)
    ]
    if not lines:
        faults.append(Fault("there is no line to order", "der er ingen linje at bestille", pointer="/lines"))
    return faults


def _not_visible(line: RequisitionLine, index: int) -> Fault:
    name = line.item.get("name") or f"line {line.position}"
    return Fault(
        f"{name} may not be ordered any more; take it off, or find it elsewhere",
        f"{name} kan ikke bestilles i dag; fjern linjen, eller find varen et andet sted",
        pointer=f"/lines/{index}",
    )


def _priced_anew(orderer: Call, requisition: Requisition, line: RequisitionLine, index: int) -> list[Fault]:
    """Let a line from the catalogue stand on today's row at today's price; its shares keep their proportion."""
    need = CatalogueNeed.model_validate(need_of(line) | {"accounting_cost": None, "postings": ()})
    try:
        (drawn,) = Draft(orderer, requisition, lambda _: f"/lines/{index}").lines([need], line.position)
    except LinesNotOrderable as refusal:
        return list(refusal.faults)
    for name, value in drawn.model_dump(exclude={"id", "accounting_cost", "postings"}).items():
        setattr(line, name, value)
    line.postings = in_proportion(line.postings, line.amount)
    return []


def in_proportion(postings: Sequence[dict[str, str]], amount: Decimal) -> list[dict[str, str]]:
    """Give shares by amount so that they add up to another amount; those in per cent do so anyhow."""
    rows = [PostingIn.model_validate(posting) for posting in postings]
    if not rows or rows[0].amount is None:
        return list(postings)
    parts = scaled(amount, [row.amount or Decimal(0) for row in rows])
    return [{**posting, "amount": str(part)} for posting, part in zip(postings, parts, strict=True)]
