"""A supplier's standing: what it lacks to get orders, who may change that, and who stops it."""

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import col, select

from app.kit.errors import Conflict
from app.kit.states import advance
from app.kit.versions import require_version
from app.oioubl.profiles import profile_allows
from app.organisations import queries
from app.organisations.access import Call, NotAllowed
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.supplier_messages import SupplierOut, SupplierReasonIn
from app.organisations.supplier_models import (
    ACTIVATING,
    BLOCKING,
    PUTTING_BACK,
    UNBLOCKING,
    OrderChannel,
    Supplier,
    SupplierStatus,
)

NOT_VERIFIED = "somebody who has looked at it (POST /suppliers/{id}/verify)"
NO_ORDER_PROFILE = "a profile that holds an Order (PATCH /suppliers/{id})"
NO_ANSWERED_TEST = "a test order that it has accepted (POST /suppliers/{id}/test-orders)"
NO_ORDER_ADDRESS = "a mail address for orders (PATCH /suppliers/{id}: order_email)"
NOT_ACTIVATED = "a content manager who activates it (POST /suppliers/{id}/activate)"


class SupplierNotVerified(Conflict):
    """The supplier is known from a document alone, and nobody has looked at it yet."""


class SupplierNotReady(Conflict):
    """The supplier lacks what an active one has; the message names it."""


class SupplierNotActive(Conflict):
    """Orders go to active suppliers alone; the message says what this one lacks."""


class SupplierBlocked(Conflict):
    """A blocked supplier gets no orders and hands in no catalogues."""


def order_profile(supplier: Supplier) -> str | None:
    """Give the profile that orders to a supplier are in: its first that holds an Order, or nothing."""
    return next((name for name in supplier.profiles if profile_allows(name, "Order")), None)


def missing(supplier: Supplier) -> list[str]:
    """Name what a supplier that was never activated, or was put back, lacks before it gets orders."""
    known = (SupplierStatus.UNVERIFIED, SupplierStatus.REGISTERED)
    return list(_missing(supplier)) if supplier.status in known else []


def _missing(supplier: Supplier) -> Iterator[str]:
    if supplier.status == SupplierStatus.UNVERIFIED:
        yield NOT_VERIFIED
    if order_profile(supplier) is None:
        yield NO_ORDER_PROFILE
    if supplier.order_channel == OrderChannel.EMAIL and supplier.order_email is None:
        yield NO_ORDER_ADDRESS
    yield NO_ANSWERED_TEST if supplier.order_channel == OrderChannel.OIOUBL else NOT_ACTIVATED


def require_active(supplier: Supplier) -> None:
    """Let only a supplier pass that gets orders.

    :raises SupplierBlocked: for a blocked one.
    :raises SupplierNotActive: for one that is not active yet, or not any more, saying what it lacks.
    """
    require_unblocked(supplier)
    if supplier.status != SupplierStatus.ACTIVE:
        lacks = "; ".join(missing(supplier))
        raise SupplierNotActive(f"{supplier.name} is {supplier.status} and gets no orders; it lacks: {lacks}")


def require_unblocked(supplier: Supplier) -> None:
    """Let no blocked supplier pass.

    :raises SupplierBlocked: for one.
    """
    if supplier.status == SupplierStatus.BLOCKED:
        raise SupplierBlocked(f"{supplier.name} is blocked; a content manager of a root organisation can unblock it")


def require_verified(supplier: Supplier) -> None:
    """Let no supplier pass that is known from a document alone.

    :raises SupplierNotVerified: for one.
    """
    if supplier.status == SupplierStatus.UNVERIFIED:
        raise SupplierNotVerified(f"{supplier.name} is known from a document alone; it lacks {NOT_VERIFIED}")


def require_registrar(call: Call) -> UUID:
    """Let only somebody pass who registers suppliers anywhere; gives the root in whose chain of events it is told.

    :raises NotAllowed: for anybody else.
    """
    held = call.actor.organisations(Permission.SUPPLIER_REGISTER)
    if not held:
        raise NotAllowed("this takes the role content manager (supplier:register)")
    return queries.organisation(call, min(held)).root_id


def require_root_registrar(call: Call) -> UUID:
    """Let only somebody pass who registers suppliers at a root, since it concerns everybody; gives the root.

    :raises NotAllowed: for anybody else.
    """
    held = call.actor.organisations(Permission.SUPPLIER_REGISTER)
    roots = select(Organisation.id).where(col(Organisation.id).in_(held), col(Organisation.parent_id).is_(None))
    root_id = call.session.exec(roots.order_by(col(Organisation.id))).first()
    if root_id is None:
        raise NotAllowed(
            "this concerns everybody who buys from the supplier, so it takes the role content manager at a root "
            "organisation (supplier:register)"
        )
    return root_id


def supplier_out(call: Call, supplier: Supplier) -> SupplierOut:
    """Give a supplier as the caller sees it: why it was activated or blocked is not for itself."""
    endpoint = {"value": supplier.endpoint_id, "scheme_id": supplier.endpoint_scheme_id}
    shown = SupplierOut(**supplier.model_dump(), endpoint=endpoint, missing=missing(supplier))
    if not call.actor.organisations(Permission.SUPPLIER_READ):
        shown.activation_reason = shown.block_reason = None
    return shown


def activate_supplier(call: Call, supplier_id: UUID, body: SupplierReasonIn, if_match: str | None) -> SupplierOut:
    """Let a supplier get orders that takes them by e-mail, saying why; OIOUBL is tried with a test order instead.

    :raises WrongState: for one that is not registered, or active already.
    :raises SupplierNotReady: without a profile or a mail address for orders, and for OIOUBL without an accepted test
        order.
    """
    supplier = queries.supplier(call, supplier_id, lock=True)
    chain = require_registrar(call)
    require_version(supplier, if_match)
    lacks = [lack for lack in missing(supplier) if lack != NOT_ACTIVATED]
    advance(supplier, SupplierStatus.ACTIVE, ACTIVATING)
    if lacks:
        way = f"takes orders by {supplier.order_channel}"
        raise SupplierNotReady(f"{supplier.name} {way} and is not active; it lacks: {'; '.join(lacks)}")
    supplier.activation_reason = body.reason
    call.audit("supplier.activated", chain=chain, entity="supplier", entity_id=supplier.id)
    return supplier_out(call, supplier)


def activate_tested(call: Call, supplier: Supplier, test_order_id: UUID, chain: UUID) -> None:
    """Let a supplier get orders that has accepted a test order; the caller has locked its row.

    :raises WrongState: for one that is not registered, or active already.
    """
    advance(supplier, SupplierStatus.ACTIVE, ACTIVATING)
    supplier.version += 1
    facts = {"test_order_id": str(test_order_id)}
    call.audit("supplier.activated", chain=chain, entity="supplier", entity_id=supplier.id, facts=facts)


def put_back(supplier: Supplier) -> None:
    """Let a supplier be REGISTERED again, because orders would go a way that is not tried; a blocked one becomes so
    once it is unblocked.
    """
    if supplier.status == SupplierStatus.ACTIVE:
        advance(supplier, SupplierStatus.REGISTERED, PUTTING_BACK)
    elif supplier.status_before == SupplierStatus.ACTIVE:
        supplier.status_before = SupplierStatus.REGISTERED
    supplier.activation_reason = None


def block_supplier(call: Call, supplier_id: UUID, body: SupplierReasonIn, if_match: str | None) -> SupplierOut:
    """Stop a supplier for everybody: no orders, no catalogues; what was sent goes on.

    :raises WrongState: for one that is blocked already.
    """
    supplier = queries.supplier(call, supplier_id, lock=True)
    chain = require_root_registrar(call)
    require_version(supplier, if_match)
    before = supplier.status
    advance(supplier, SupplierStatus.BLOCKED, BLOCKING)
    supplier.status_before, supplier.block_reason = before, body.reason
    call.audit("supplier.blocked", chain=chain, entity="supplier", entity_id=supplier.id, facts={"was": before})
    return supplier_out(call, supplier)


def unblock_supplier(call: Call, supplier_id: UUID, if_match: str | None) -> SupplierOut:
    """Give a supplier back the state that it was blocked in.

    :raises WrongState: for one that is not blocked.
    """
    supplier = queries.supplier(call, supplier_id, lock=True)
    chain = require_root_registrar(call)
    require_version(supplier, if_match)
    again = supplier.status_before or SupplierStatus.REGISTERED
    advance(supplier, again, UNBLOCKING)
    supplier.status_before = supplier.block_reason = None
    call.audit("supplier.unblocked", chain=chain, entity="supplier", entity_id=supplier.id, facts={"is": again})
    return supplier_out(call, supplier)
