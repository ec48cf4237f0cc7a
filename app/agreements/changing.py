"""Changing an agreement: what may still be different depends on its state, and each change is a version."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from app.agreements import queries
from app.agreements.expiring import plan_warnings
from app.agreements.history import record
from app.agreements.limits import limits_fault
from app.agreements.messages import AgreementChange, AgreementOut
from app.agreements.models import Agreement, AgreementStatus, CatalogueApproval
from app.agreements.views import agreement_out
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.versions import require_version
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.permissions import Permission
from app.organisations.supplier_models import OrderChannel, Supplier
from app.organisations.supplier_standing import require_verified

_ANYTHING = frozenset(AgreementChange.model_fields)
_LIVE = _ANYTHING - {"supplier_id", "contract_number", "currency"}

CHANGEABLE: Final[Mapping[AgreementStatus, frozenset[str]]] = {
    AgreementStatus.DRAFT: _ANYTHING,
    AgreementStatus.ACTIVE: _LIVE,
    AgreementStatus.SUSPENDED: _LIVE,
    AgreementStatus.TERMINATED: frozenset({"replaced_by"}),
}
"""What may change in which state: catalogues and orders refer to supplier, contract number and currency for good."""


class FieldFixed(Conflict):
    """The agreement is in a state in which this field stands fast; `errors` names each."""


class EOrderNotPossible(Conflict):
    """The agreement demands orders as OIOUBL, and its supplier does not take them."""


class NoSuccessor(Conflict):
    """The agreement named as successor cannot follow this one."""


class LimitsNotFitting(Invalid):
    """Catalogues that go live by themselves have limits, and no others do."""


class DaysOutOfOrder(Invalid):
    """The agreement would end before it begins."""


def change_agreement(call: Call, agreement_id: UUID, body: AgreementChange, if_match: str | None) -> AgreementOut:
    """Change what may still change.

    :raises FieldFixed: naming each field that stands fast.
    :raises DaysOutOfOrder: when it would end before it begins.
    :raises LimitsNotFitting: for AUTO approval of catalogues without limits, and for limits without it.
    :raises EOrderNotPossible: for mandatory e-orders to a supplier that takes none.
    :raises SupplierNotVerified: for a supplier that is known from a document alone.
    :raises NoSuccessor: for a successor of another tree, or one that this agreement follows itself.
    """
    agreement = queries.agreement(call, agreement_id)
    require(call, Permission.AGREEMENT_MANAGE, agreement.owner_id)
    require_version(agreement, if_match)
    _refuse_fixed(agreement, body)
    if body.replaced_by is not None:
        _require_successor(call, agreement, body.replaced_by)
    _set(agreement, body)
    _check(call, agreement, body)
    if "valid_to" in body.model_fields_set:
        plan_warnings(call.session, agreement, call.now)
    record(call, agreement)
    facts = {"changed": sorted(body.model_fields_set)}
    call.audit("agreement.changed", chain=agreement.root_id, entity="agreement", entity_id=agreement.id, facts=facts)
    return agreement_out(call, agreement)


def _refuse_fixed(agreement: Agreement, body: AgreementChange) -> None:
    fixed = sorted(body.model_fields_set - CHANGEABLE[agreement.status])
    if fixed:
        faults = [Fault(f"{name} stands fast once it is {agreement.status}", pointer=f"/{name}") for name in fixed]
        raise FieldFixed(f"{', '.join(fixed)} cannot change while the agreement is {agreement.status}", faults=faults)


def _set(agreement: Agreement, body: AgreementChange) -> None:
    for name in body.model_fields_set - {"charges", "catalogue_limits"}:
        setattr(agreement, name, getattr(body, name))
    if body.charges is not None:
        agreement.charges = [charge.model_dump(mode="json") for charge in body.charges]
    if body.catalogue_approval == CatalogueApproval.MANUAL:
        agreement.catalogue_limits = None
    if body.catalogue_limits is not None:
        agreement.catalogue_limits = body.catalogue_limits.model_dump(mode="json")


def _check(call: Call, agreement: Agreement, body: AgreementChange) -> None:
    if agreement.valid_to < agreement.valid_from:
        message = f"valid_to {agreement.valid_to} is before valid_from {agreement.valid_from}"
        raise DaysOutOfOrder(message, faults=[Fault(message, pointer="/valid_to")])
    if fault := limits_fault(agreement.catalogue_approval, agreement.catalogue_limits):
        raise LimitsNotFitting(fault, faults=[Fault(fault, pointer="/catalogue_limits")])
    if body.model_fields_set & {"supplier_id", "mandatory_e_order"}:
        supplier = organisations.supplier(call, agreement.supplier_id)
        require_verified(supplier)
        require_e_orders(supplier, mandatory=agreement.mandatory_e_order)


def require_e_orders(supplier: Supplier, *, mandatory: bool) -> None:
    """Let an agreement with mandatory e-orders be only with a supplier that takes them.

    :raises EOrderNotPossible: otherwise.
    """
    if mandatory and supplier.order_channel != OrderChannel.OIOUBL:
        raise EOrderNotPossible(f"{supplier.name} takes orders by {supplier.order_channel} and not as OIOUBL")


def _require_successor(call: Call, agreement: Agreement, successor_id: UUID) -> None:
    """Walk from the successor along its own: none of them may be the agreement itself."""
    successor: Agreement | None = queries.agreement(call, successor_id)
    if successor is not None and successor.root_id != agreement.root_id:
        raise NoSuccessor("the successor belongs to another tree of organisations")
    while successor is not None:
        if successor.id == agreement.id:
            raise NoSuccessor("an agreement cannot follow itself, by way of others neither")
        successor = call.session.get(Agreement, successor.replaced_by) if successor.replaced_by else None
