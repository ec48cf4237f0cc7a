"""Invoice prokura: whether a person's limits cover an invoice with its tax, line by line, and the second hand."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from app.kit.errors import Forbidden
from app.match import handling_queries
from app.match.engine.decision import Decision
from app.match.handling import InHand
from app.match.messages import PostedOut, Prokura
from app.match.models import InvoiceCase
from app.orders.approving import SecondPersonNeeded
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.posting import posting_of
from app.orders.posting_lines import amounts_by_posting
from app.orders.postings import scaled
from app.orders.receipt_models import Receipt, ReceiptKind
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.people_models import ProkuraPart
from app.organisations.policies import TwoPerson, TwoPersonPolicy
from app.organisations.prokura import Coverage, LineAmount, applying, coverage

NOBODY: Final = UUID(int=0)


class InvoiceProkuraTooSmall(Forbidden):
    """The approver's invoice limits do not cover the invoice."""


def gross_by_line(case: InvoiceCase, net: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Lay the payable amount on lines in the proportion of what they bill, to the øre."""
    payable = abs(case.payable_amount or Decimal(0))
    if not sum(net.values()):
        return {next(iter(net), ""): payable}
    return dict(zip(net, scaled(payable, list(net.values())), strict=True))


def billed_amounts(call: Call, seen: InHand, verdict: Decision) -> list[LineAmount]:
    """Give what an approval is tested on: the invoice's lines with tax, posted as the order lines that they bill."""
    return amounts_of_lines(call, seen, {one.invoice_line_id: UUID(one.order_line_id) for one in verdict.allocations})


def amounts_of_lines(call: Call, seen: InHand, taken: Mapping[str, UUID]) -> list[LineAmount]:
    """Give the invoice's lines with tax, each posted as the order line that it takes of, where it takes of any."""
    gross = gross_by_line(seen.case, {line.line_id: line.line_extension_amount for line in seen.invoice.lines})
    query = select(PurchaseOrderLine).where(col(PurchaseOrderLine.id).in_(taken.values()))
    lines = {line.id: line for line in call.session.exec(query).all()}
    found: list[LineAmount] = []
    for line_id, amount in gross.items():
        line = lines.get(taken.get(line_id, NOBODY))
        found += [LineAmount(amount)] if line is None else amounts_by_posting([amount], [line])
    return found


def posted_amounts(postings: Sequence[PostedOut]) -> list[LineAmount]:
    """Give what an approval of an invoice without order is tested on."""
    return [LineAmount(one.amount, "", posting_of(one.accounting_cost)) for one in postings]


def covering(
    call: Call, user_id: UUID, case: InvoiceCase, amounts: Sequence[LineAmount], orders: Sequence[PurchaseOrder]
) -> tuple[Coverage, list[UUID]]:
    """Tell whether a person's invoice prokura covers an invoice, and by which rows."""
    rows = organisations.order_limits(
        call.session, user_id, case.organisation_id, case.currency or "", ProkuraPart.INVOICE, call.today
    )
    limits = [organisations.limit_of(row) for row in rows]
    supplier_id, agreements = case.supplier_id or NOBODY, {order.agreement_id for order in orders}
    agreement_id = next(iter(agreements)) if len(agreements) == 1 else None
    used = applying(limits, amounts, supplier_id, agreement_id)
    return coverage(limits, amounts, supplier_id, agreement_id), sorted({one.id for one in used if one is not None})


def require_invoice_prokura(
    call: Call, case: InvoiceCase, amounts: Sequence[LineAmount], orders: Sequence[PurchaseOrder]
) -> Prokura:
    """Let an approver pass only within invoice prokura, as it is today; a substitute has the principal's.

    :raises InvoiceProkuraTooSmall: saying what the limit is and what it would take.
    """
    found, rows = covering(call, call.actor.principal_id, case, amounts, orders)
    if not found.covered:
        raise InvoiceProkuraTooSmall(
            f"your invoice prokura in {case.currency} does not cover invoice {case.number} of {case.payable_amount}: "
            f"{found.reason}; somebody with a larger limit approves it"
        )
    return Prokura(limit=found.limit, currency=case.currency or "", rows=rows)


def require_second_hand(call: Call, case: InvoiceCase, orders: Sequence[PurchaseOrder]) -> None:
    """Let nobody approve what they have explained, nor whoever made an order alone where two persons are wanted; a
    substitute and the principal are one hand.

    :raises SecondPersonNeeded: saying why.
    """
    if not call.actor.persons.isdisjoint(handling_queries.explainers(call.session, case.id)):
        raise SecondPersonNeeded(f"you have explained invoice {case.number}, or whom you act for has; another approves")
    for order in orders:
        if rule := _lonely(call, order):
            raise SecondPersonNeeded(
                f"order {order.number} was made by or for you, or whom you act for; {rule} wants another person to "
                f"approve invoice {case.number}"
            )


def is_other_hand(call: Call, case: InvoiceCase, orders: Sequence[PurchaseOrder]) -> bool:
    """Tell whether the actor may be the second hand on an invoice."""
    try:
        require_second_hand(call, case, orders)
    except SecondPersonNeeded:
        return False
    return True


def _lonely(call: Call, order: PurchaseOrder) -> str | None:
    """Name the rule that wants another hand than the actor's on an order, if there is no other."""
    if call.actor.persons.isdisjoint(order.makers):
        return None
    source = organisations.effective_policy(call.session, order.organisation_id, call.today).two_person
    rule = source.rule
    assert isinstance(rule, TwoPersonPolicy)  # noqa: S101 - what the field holds
    is_small = rule.rule == TwoPerson.SINGLE_UP_TO and order.total_amount <= (rule.up_to or Decimal(0))
    by_receipt = rule.rule == TwoPerson.ORDER_OR_RECEIPT and _received_by_another(call, order)
    alone_is_enough = rule.rule == TwoPerson.NONE or is_small or by_receipt
    return None if alone_is_enough else f"the two-person rule {rule.rule} ({source.organisation_name})"


def _received_by_another(call: Call, order: PurchaseOrder) -> bool:
    query = select(Receipt).where(Receipt.order_id == order.id, Receipt.kind == ReceiptKind.RECEIPT)
    hands = [{one.received_by, one.received_for or one.received_by} for one in call.session.exec(query).all()]
    own = call.actor.persons | order.makers
    return bool(hands) and all(own.isdisjoint(one) for one in hands)
