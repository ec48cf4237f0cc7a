"""Rules on an order the document names: is it from this supplier, to this buyer, open, and seen by enough people?"""

from collections.abc import Callable, Iterable, Iterator

from app.match.engine import two_persons
from app.match.engine.bills import Draw
from app.match.engine.decision import Finding
from app.match.engine.facts import Case, OrderFacts, OrderStatus

NOT_YET_SENT = (OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL, OrderStatus.APPROVED, OrderStatus.SEND_FAILED)
CREDITABLE = (OrderStatus.SENT, OrderStatus.CLOSED, OrderStatus.CLOSED_SHORT)


def found(_: Case, order: OrderFacts) -> Finding:
    """The order is among those the document names; the caller looked it up."""
    return Finding("ORDER_FOUND", order_number=order.number)


def supplier(case: Case, order: OrderFacts) -> Finding:
    """The order was placed with the supplier that bills it, under whichever of its keys."""
    keys = case.supplier_keys or case.invoice.supplier.keys
    if not set(order.supplier_keys).isdisjoint(keys):
        return Finding("SUPPLIER_AGREES", order_number=order.number)
    wanted = ", ".join(order.supplier_keys)
    return Finding(
        "SUPPLIER_MISMATCH", order_number=order.number, expected=wanted, actual=", ".join(keys), passes_at=wanted
    )


def buyer(case: Case, order: OrderFacts) -> Finding:
    """The bill goes to the buyer that ordered, under a number it has or had."""
    keys = case.invoice.customer.keys
    if not set(order.buyer_keys).isdisjoint(keys):
        return Finding("BUYER_AGREES", order_number=order.number)
    wanted = ", ".join(order.buyer_keys)
    return Finding(
        "BUYER_MISMATCH", order_number=order.number, expected=wanted, actual=", ".join(keys), passes_at=wanted
    )


def currency(case: Case, order: OrderFacts) -> Finding:
    """Nothing is converted."""
    actual = case.invoice.document_currency_code
    if actual == order.currency:
        return Finding("CURRENCY_AGREES", order_number=order.number, actual=actual)
    return Finding(
        "CURRENCY", order_number=order.number, expected=order.currency, actual=actual, passes_at=order.currency
    )


def state(case: Case, order: OrderFacts) -> Finding:
    """An invoice needs a sent order, or a standing one that has run out; a credit note may come after it was closed."""
    ran_out = order.standing is not None and order.standing.expired
    if order.status in NOT_YET_SENT:
        code = "ORDER_NOT_SENT"
    elif order.status is OrderStatus.SENT or ((case.invoice.is_credit or ran_out) and order.status in CREDITABLE):
        return Finding("ORDER_OPEN", order_number=order.number, actual=order.status)
    else:
        code = "ORDER_STATE"
    return Finding(code, order_number=order.number, actual=order.status, passes_at=OrderStatus.SENT)


ORDER_RULES: tuple[Callable[[Case, OrderFacts], Finding], ...] = (found, supplier, buyer, currency, state)


def order_findings(case: Case, orders: Iterable[OrderFacts]) -> Iterator[Finding]:
    """Run the rules on each order that is in play."""
    yield from (rule(case, order) for order in orders for rule in ORDER_RULES)


def persons(case: Case, order: OrderFacts, drawn: list[Draw]) -> Finding:
    """The two-person rule, on the order and on the receipts of what is billed. Credit notes need no second person."""
    if two_persons.untrusted(order.approvals):
        return Finding("EXTERNAL_APPROVAL_MISSING", order_number=order.number, passes_at="TRUSTED")
    lines = tuple(draw.line for draw in drawn)
    rule = two_persons.failing(case.policy, order, lines)
    if rule is not None:
        hands = (order.approvals.creator, *order.approvals.approvers)
        return Finding(
            "ONE_PERSON",
            order_number=order.number,
            expected=rule.kind,
            actual=two_persons.persons(hands),
            limit=rule.up_to or None,
            limit_source=rule.source,
            passes_at="ANOTHER_PERSON",
        )
    held = two_persons.applying(case.policy, order)[0]
    return Finding("TWO_PERSONS", order_number=order.number, expected=held.kind, limit_source=held.source)
