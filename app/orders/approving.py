"""What an approval takes: prokura that covers the whole order, and a second person where the policy wants one."""

from collections.abc import Sequence
from decimal import Decimal

from app.kit.errors import Forbidden
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.people_models import ProkuraPart
from app.organisations.policies import TwoPerson, TwoPersonPolicy
from app.organisations.prokura import Limit, LineAmount, coverage


class ProkuraTooSmall(Forbidden):
    """The approver's limits do not cover the order."""


class SecondPersonNeeded(Forbidden):
    """Whoever made the order may not be its only hand."""


def require_prokura(
    call: Call, order: PurchaseOrder, amounts: Sequence[Decimal], lines: Sequence[PurchaseOrderLine]
) -> None:
    """Let an approver pass only within prokura, on the net total of the lines' amounts and by line.

    :raises ProkuraTooSmall: saying what the limit is and what it would take.
    """
    rows = organisations.order_limits(
        call.session, call.actor.id, order.organisation_id, order.currency, ProkuraPart.ORDER, call.today
    )
    limits = [Limit(row.id, row.max_amount, row.supplier_id, row.agreement_id, row.unspsc_prefix) for row in rows]
    parts = [LineAmount(amount, line.unspsc) for amount, line in zip(amounts, lines, strict=True)]
    found = coverage(limits, parts, order.supplier_id, order.agreement_id)
    if not found.covered:
        raise ProkuraTooSmall(
            f"your order prokura in {order.currency} does not cover order {order.number} "
            f"of {sum(amounts, start=Decimal(0))}: {found.reason}"
        )


def require_second_person(call: Call, order: PurchaseOrder, total: Decimal) -> None:
    """Let the creator approve a net total alone only where the two-person rule allows it.

    :raises SecondPersonNeeded: otherwise, naming the rule and who set it.
    """
    if call.actor.id != order.created_by:
        return
    source = organisations.effective_policy(call.session, order.organisation_id, call.today).two_person
    rule = source.rule
    assert isinstance(rule, TwoPersonPolicy)  # noqa: S101 - what the field holds
    alone_is_enough = rule.rule in (TwoPerson.NONE, TwoPerson.ORDER_OR_RECEIPT) or (
        rule.rule == TwoPerson.SINGLE_UP_TO and total <= (rule.up_to or Decimal(0))
    )
    if not alone_is_enough:
        raise SecondPersonNeeded(
            f"you made order {order.number}; the two-person rule {rule.rule} ({source.organisation_name}) "
            "wants another person to approve it"
        )
