"""What an approval takes: prokura that covers the whole order, and a second person where the policy wants one."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from uuid import UUID

from app.kit.errors import Forbidden
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.posting_lines import amounts_by_posting
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
    """Let an approver pass only within prokura, on the net total of the lines' amounts and by line. A substitute has
    the principal's.

    :raises ProkuraTooSmall: saying what the limit is and what it would take.
    """
    limits = limits_on(call, call.actor.principal_id, order)
    found = coverage(limits, amounts_of(amounts, lines), order.supplier_id, order.agreement_id)
    if not found.covered:
        raise ProkuraTooSmall(
            f"your order prokura in {order.currency} does not cover order {order.number} "
            f"of {sum(amounts, start=Decimal(0))}: {found.reason}"
        )


def limits_on(call: Call, user_id: UUID, order: PurchaseOrder) -> list[Limit]:
    """Give the order prokura that a person has where an order stands, in its currency."""
    rows = organisations.order_limits(
        call.session, user_id, order.organisation_id, order.currency, ProkuraPart.ORDER, call.today
    )
    return [organisations.limit_of(row) for row in rows]


def amounts_of(amounts: Sequence[Decimal], lines: Sequence[PurchaseOrderLine]) -> list[LineAmount]:
    """Give what prokura is tested on: the lines with these amounts."""
    return amounts_by_posting(amounts, lines)


def require_second_person(call: Call, order: PurchaseOrder, total: Decimal) -> None:
    """Let whoever is behind the making of an order, also as a substitute or the principal of one, approve a net total
    only where the two-person rule allows it.

    :raises SecondPersonNeeded: otherwise, naming the rule and who set it.
    """
    if rule := second_person_rule(call, call.actor.persons, order, total):
        raise SecondPersonNeeded(
            f"order {order.number} was made by or for you, or whom you act for; {rule} wants another person "
            "to approve it"
        )


def second_person_rule(call: Call, persons: AbstractSet[UUID], order: PurchaseOrder, total: Decimal) -> str | None:
    """Name the rule that keeps some persons from being the only hands of an order of a net total, if one does."""
    if persons.isdisjoint(order.makers):
        return None
    source = organisations.effective_policy(call.session, order.organisation_id, call.today).two_person
    rule = source.rule
    assert isinstance(rule, TwoPersonPolicy)  # noqa: S101 - what the field holds
    alone_is_enough = rule.rule in (TwoPerson.NONE, TwoPerson.ORDER_OR_RECEIPT) or (
        rule.rule == TwoPerson.SINGLE_UP_TO and total <= (rule.up_to or Decimal(0))
    )
    return None if alone_is_enough else f"the two-person rule {rule.rule} ({source.organisation_name})"
