"""Changing a supplier: a person takes one in that only a document has named, or states what is different now."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from app.kit.states import advance
from app.kit.versions import require_version
from app.organisations import queries
from app.organisations.access import Call
from app.organisations.supplier_messages import SupplierChange, SupplierIn, SupplierOut
from app.organisations.supplier_models import VERIFYING, OrderChannel, Supplier, SupplierIdentifier, SupplierStatus
from app.organisations.supplier_standing import (
    order_profile,
    put_back,
    require_registrar,
    require_root_registrar,
    supplier_out,
)
from app.organisations.suppliers import addresses_of, keys_of, name_by, strict_facts

EVERYBODYS = frozenset({SupplierStatus.ACTIVE, SupplierStatus.BLOCKED})
"""A supplier that gets orders, or was stopped, is everybody's: only a content manager of a root changes it."""


def verify_supplier(call: Call, supplier_id: UUID, body: SupplierIn, if_match: str | None) -> SupplierOut:
    """Take in a supplier as REGISTERED that was known from a document alone, as a person states it. It keeps the keys
    by which documents have named it.

    :raises WrongState: for one that is not UNVERIFIED.
    :raises SupplierAlreadyRegistered: when an identifier is another supplier's, naming it.
    """
    supplier = queries.supplier(call, supplier_id, lock=True)
    chain = require_registrar(call)
    require_version(supplier, if_match)
    advance(supplier, SupplierStatus.REGISTERED, VERIFYING)
    _set(supplier, strict_facts(body) | {"warnings": []})
    name_by(call.session, supplier, keys_of(supplier))
    call.audit("supplier.verified", chain=chain, entity="supplier", entity_id=supplier.id)
    return supplier_out(call, supplier)


def change_supplier(call: Call, supplier_id: UUID, body: SupplierChange, if_match: str | None) -> SupplierOut:
    """Change a supplier; its keys follow. An active one is put back to REGISTERED when orders would go a way that is
    not tried: by another channel, and as OIOUBL to another endpoint or in another profile.

    :raises SupplierAlreadyRegistered: when an identifier is another supplier's, naming it.
    """
    supplier = queries.supplier(call, supplier_id, lock=True)
    chain = require_root_registrar(call) if supplier.status in EVERYBODYS else require_registrar(call)
    require_version(supplier, if_match)
    way, addresses = _way(supplier), addresses_of(supplier)
    _set(supplier, _changed(body))
    _follow(call, supplier, addresses)
    if _way(supplier) != way:
        put_back(supplier)
    facts = {"changed": sorted(body.model_fields_set)}
    call.audit("supplier.changed", chain=chain, entity="supplier", entity_id=supplier.id, facts=facts)
    return supplier_out(call, supplier)


def _changed(body: SupplierChange) -> dict[str, Any]:
    columns = {name: getattr(body, name) for name in body.model_fields_set - {"endpoint"}}
    if body.endpoint is not None:
        columns |= {"endpoint_scheme_id": body.endpoint.scheme_id or "", "endpoint_id": body.endpoint.value}
    return columns


def _set(supplier: Supplier, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(supplier, name, value)


def _way(supplier: Supplier) -> tuple[str | None, ...]:
    """Give what a test order has tried: for e-mail, which nothing tries, no more than that a profile holds orders."""
    profile = order_profile(supplier)
    if supplier.order_channel == OrderChannel.EMAIL:
        return (OrderChannel.EMAIL, "" if profile is not None else None)
    return (OrderChannel.OIOUBL, supplier.endpoint_scheme_id, supplier.endpoint_id, profile)


def _follow(call: Call, supplier: Supplier, addresses: list[str]) -> None:
    """Let documents name a supplier by its present addresses, and no more by those that it had."""
    name_by(call.session, supplier, addresses_of(supplier))
    gone = set(addresses) - set(keys_of(supplier))
    call.session.connection().execute(
        delete(SupplierIdentifier).where(
            col(SupplierIdentifier.supplier_id) == supplier.id, col(SupplierIdentifier.key).in_(gone)
        )
    )
