"""What somebody may approve of an order, and why not more: role, limits by line, the sum, and the second person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from app.orders import queries as orders
from app.orders.approving import amounts_of, limits_on, second_person_rule
from app.orders.models import OrderStatus, PurchaseOrder, PurchaseOrderLine
from app.organisations import queries as organisations
from app.organisations.access import Call, as_user, may
from app.organisations.models import Organisation
from app.organisations.people_models import Prokura
from app.organisations.permissions import Permission, roles_with
from app.organisations.prokura import Limit, LineAmount, applying, coverage
from app.reports.messages import AuthorityCode, AuthorityFinding, AuthorityOut


@dataclass(frozen=True, slots=True)
class Facts:
    """An order and the limits of somebody where it stands, with the words that name each."""

    number: str
    currency: str
    supplier_id: UUID
    agreement_id: UUID | None
    lines: Mapping[str, LineAmount]
    limits: Mapping[Limit, str]


def authority(call: Call, user_id: UUID, order_id: UUID) -> AuthorityOut:
    """Tell whether a user may approve an order now, with every reason for and against.

    :raises UserNotFound: for a user whom the caller does not see.
    :raises OrderNotFound: for an order that the caller does not see.
    """
    user = organisations.user(call, user_id)
    order = orders.order(call, order_id)
    lines = orders.lines_of(call.session, order.id)
    facts = _facts(call, user.id, order, {line.line_id: line for line in lines})
    findings = [*_standing(call, user.id, order), *limit_findings(facts)]
    rule = second_person_rule(call, frozenset({user.id}), order, order.total_amount)
    if rule is not None:
        findings.append(_finding(AuthorityCode.SECOND_PERSON, f"{rule} wants another person", passed=False))
    return AuthorityOut(
        user_id=user.id,
        order_id=order.id,
        currency=order.currency,
        total_amount=order.total_amount,
        may_approve=all(found.passed for found in findings),
        findings=findings,
    )


def _facts(call: Call, user_id: UUID, order: PurchaseOrder, lines: Mapping[str, PurchaseOrderLine]) -> Facts:
    amounts = amounts_of([line.ordered_amount for line in lines.values()], list(lines.values()))
    limits = limits_on(call, user_id, order)
    return Facts(
        number=order.number,
        currency=order.currency,
        supplier_id=order.supplier_id,
        agreement_id=order.agreement_id,
        lines=dict(zip(lines, amounts, strict=True)),
        limits={limit: _named(call, limit) for limit in limits},
    )


def _named(call: Call, limit: Limit) -> str:
    """Name a limit by where it holds and what narrows it."""
    row = call.session.get_one(Prokura, limit.id)
    place = call.session.get_one(Organisation, row.organisation_id).name
    scopes = {
        "supplier": row.supplier_id,
        "agreement": row.agreement_id,
        "product group": row.unspsc_prefix,
        row.dimension or "dimension": row.dimension_from,
    }
    narrowed = ", ".join(f"{name} {value}" for name, value in scopes.items() if value is not None)
    return f"{limit.max_amount} at {place}" + (f" for {narrowed}" if narrowed else "")


def _standing(call: Call, user_id: UUID, order: PurchaseOrder) -> Iterator[AuthorityFinding]:
    """Look at the order's state and at the user's roles where it stands."""
    waits = order.status == OrderStatus.PENDING_APPROVAL
    yield _finding(AuthorityCode.ORDER_STATE, f"order {order.number} is {order.status}", passed=waits)
    held = may(as_user(call, user_id), Permission.ORDER_APPROVE, order.organisation_id)
    roles = " or ".join(sorted(role.lower() for role in roles_with(Permission.ORDER_APPROVE)))
    message = f"approving takes the role {roles} where the order stands or above it"
    yield _finding(AuthorityCode.ROLE, message, passed=held)


def limit_findings(facts: Facts) -> Iterator[AuthorityFinding]:
    """Hold each line against the row that applies to it, each row against its lines, and the largest against all."""
    limits, amounts = list(facts.limits), list(facts.lines.values())
    used: dict[Limit, Decimal] = {}
    rows = applying(limits, amounts, facts.supplier_id, facts.agreement_id)
    for (line_id, line), limit in zip(facts.lines.items(), rows, strict=True):
        if limit is None:
            message = f"no limit in {facts.currency} covers line {line_id} of {line.amount}; without a row it is zero"
            yield _finding(AuthorityCode.LINE, message, passed=False, line_id=line_id)
            continue
        used[limit] = used.get(limit, Decimal(0)) + line.amount
        message = f"line {line_id} of {line.amount} falls under the limit of {facts.limits[limit]}"
        yield _finding(AuthorityCode.LINE, message, passed=True, line_id=line_id, prokura_id=limit.id)
    for limit, amount in used.items():
        message = f"its lines are {amount} of the limit of {facts.limits[limit]}"
        yield _finding(AuthorityCode.LIMIT, message, passed=amount <= limit.max_amount, prokura_id=limit.id)
    whole = coverage(limits, amounts, facts.supplier_id, facts.agreement_id)
    message = whole.reason or f"the whole order is within the largest limit used, {whole.limit}"
    yield _finding(AuthorityCode.TOTAL, message, passed=whole.covered)


def _finding(
    code: AuthorityCode, message: str, *, passed: bool, line_id: str | None = None, prokura_id: UUID | None = None
) -> AuthorityFinding:
    return AuthorityFinding(code=code, passed=passed, message=message, line_id=line_id, prokura_id=prokura_id)
