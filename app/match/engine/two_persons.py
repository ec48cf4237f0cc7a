"""The two-person rule: have as many people seen the purchase as the policy asks?"""

from collections.abc import Iterable

from app.match.engine.facts import Approvals, ExternalApproval, Hand, OrderFacts, OrderLineFacts
from app.match.engine.policy import EVERYWHERE, Policy, TwoPersonRule, TwoPersons

DEFAULT = TwoPersonRule(EVERYWHERE, "SERVICE_DEFAULT")


def _second_approver(approvals: Approvals) -> bool:
    return any(approver.apart_from(approvals.creator) for approver in approvals.approvers)


def _second_receiver(approvals: Approvals, lines: Iterable[OrderLineFacts]) -> bool:
    """Tell whether each line was received by somebody apart from one who ordered, however many lines there are."""
    hands = (approvals.creator, *approvals.approvers)
    return all(any(receiver.apart_from(hand) for receiver in line.receivers for hand in hands) for line in lines)


def holds(rule: TwoPersonRule, order: OrderFacts, lines: tuple[OrderLineFacts, ...]) -> bool:
    """Tell whether one row holds for what is billed of an order. Nothing holds without an approval within prokura."""
    approvals = order.approvals
    if not approvals.approvers:
        return False
    if rule.kind is TwoPersons.NONE or _second_approver(approvals):
        return True
    if rule.kind is TwoPersons.SINGLE_UP_TO:
        return order.amount <= rule.up_to
    return rule.kind is TwoPersons.ORDER_OR_RECEIPT and bool(lines) and _second_receiver(approvals, lines)


def failing(policy: Policy, order: OrderFacts, lines: tuple[OrderLineFacts, ...]) -> TwoPersonRule | None:
    """Give the first row that applies and does not hold: all of them must."""
    return next((rule for rule in applying(policy, order) if not holds(rule, order, lines)), None)


def applying(policy: Policy, order: OrderFacts) -> tuple[TwoPersonRule, ...]:
    """Give the rows whose scope is one of the order's; without any, an order must be approved by a second person."""
    rows = (rule for rule in policy.two_person_rules if rule.scope == EVERYWHERE or rule.scope in order.scopes)
    return tuple(rows) or (DEFAULT,)


def untrusted(approvals: Approvals) -> bool:
    """Tell whether the order was placed elsewhere and its approval is not attested by a system that is trusted."""
    return approvals.external is ExternalApproval.NONE


def persons(hands: Iterable[Hand]) -> str:
    """Name people, each once, in order."""
    return ", ".join(sorted({person for hand in hands for person in hand.persons})) or "nobody"
