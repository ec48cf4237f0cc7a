"""What a standing order stands on: a supplier alone, or an agreement that allows it and is in force."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.agreements import queries as agreements
from app.agreements.models import Agreement, AgreementStatus, OrderForm
from app.kit.errors import Conflict, Fault, Invalid
from app.orders.models import PurchaseOrder
from app.orders.standing_messages import StandingOrderIn
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.supplier_models import Supplier

KRONER: Final = "DKK"


class StandingOrderNotPossible(Invalid):
    """The agreement takes no such order, or not for so long; each fault is named."""


class AgreementOver(Conflict):
    """The agreement that the standing order is on is not in force any more."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an order stands on: a supplier, maybe by an agreement, in a currency, and until when at most."""

    supplier: Supplier
    agreement: Agreement | None
    currency: str
    valid_to: date | None


def ground_of(call: Call, body: StandingOrderIn) -> Ground:
    """Find what a standing order would stand on, and lock its supplier's row.

    :raises AgreementNotFound: for an agreement that the caller may not order on.
    :raises StandingOrderNotPossible: naming what the agreement does not allow.
    """
    if body.agreement_id is None:
        assert body.supplier_id is not None  # noqa: S101 - the message wants one of the two
        supplier = organisations.supplier(call, body.supplier_id, lock=True)
        return Ground(supplier, None, body.currency or KRONER, body.valid_to)
    visible = agreements.visible_agreements(call.session, call.actor, call.today)
    seen = next((one for one in visible if one.id == body.agreement_id), None)
    if seen is None:
        raise agreements.AgreementNotFound(f"there is no agreement {body.agreement_id}")
    agreement = call.session.get_one(Agreement, body.agreement_id)
    if faults := _faults(body, agreement, is_allowed=seen.allows(body.unspsc)):
        raise StandingOrderNotPossible("the standing order cannot be made; see `errors`", faults=faults)
    supplier = organisations.supplier(call, agreement.supplier_id, lock=True)
    return Ground(supplier, agreement, agreement.currency, body.valid_to or agreement.valid_to)


def _faults(body: StandingOrderIn, agreement: Agreement, *, is_allowed: bool) -> list[Fault]:
    said = f"agreement {agreement.contract_number}"
    checks = (
        (OrderForm.STANDING in agreement.order_types, f"{said} takes no standing orders", "/agreement_id"),
        (is_allowed, f"product group {body.unspsc} is outside what is shared with you of {said}", "/unspsc"),
        (body.currency in (None, agreement.currency), f"{said} is in {agreement.currency}", "/currency"),
        (body.valid_from >= agreement.valid_from, f"{said} begins on {agreement.valid_from}", "/valid_from"),
        (
            (body.valid_to or body.first_day) <= agreement.valid_to,
            f"{said} ends on {agreement.valid_to}, and a standing order not later",
            "/valid_to" if body.valid_to is not None else "/anchor_on",
        ),
    )
    return [Fault(message, pointer=pointer) for holds, message, pointer in checks if not holds]


def require_agreement(call: Call, order: PurchaseOrder) -> None:
    """Let only an order pass whose agreement is in force today, or that has none.

    :raises AgreementOver: otherwise.
    """
    agreement = call.session.get(Agreement, order.agreement_id) if order.agreement_id is not None else None
    if agreement is None or (agreement.status == AgreementStatus.ACTIVE and call.today <= agreement.valid_to):
        return
    raise AgreementOver(
        f"agreement {agreement.contract_number} is {agreement.status} and ends on {agreement.valid_to}; "
        "nothing new begins on it"
    )
