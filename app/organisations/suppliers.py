"""Suppliers: registered strictly by a person, or taken in as a document names them, with what is odd flagged."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.documents.identifiers import identifier_fault
from app.documents.party import Party
from app.documents.values import Identifier
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.oioubl.profiles import DEFAULT_PROFILE
from app.organisations import queries
from app.organisations.access import Call
from app.organisations.supplier_messages import COMPANY_SCHEMES, IDENTIFIER_LENGTH, SupplierIn, SupplierOut
from app.organisations.supplier_models import Supplier, SupplierIdentifier, SupplierStatus
from app.organisations.supplier_standing import require_registrar, supplier_out

NAME_LENGTH = 200
SCHEME_LENGTH = 20
CVR_LENGTH = 20
ORDER_WAY = ("order_channel", "order_email", "order_language")


class SupplierAlreadyRegistered(Conflict):
    """A supplier is already known by one of these identifiers."""


def register_supplier(call: Call, body: SupplierIn) -> SupplierOut:
    """Register a supplier; check digits are strict here.

    :raises SupplierAlreadyRegistered: when one of its identifiers is known.
    """
    chain = require_registrar(call)
    facts = strict_facts(body)
    supplier = Supplier(id=new_id(call.now), warnings=[], registered_at=call.now, **facts)
    call.session.add(supplier)
    name_by(call.session, supplier, keys_of(supplier))
    call.audit("supplier.registered", chain=chain, entity="supplier", entity_id=supplier.id)
    return supplier_out(call, supplier)


def strict_facts(body: SupplierIn) -> dict[str, Any]:
    """Give the columns of a supplier that a person states."""
    endpoint = _endpoint_of(body)
    return {
        **body.model_dump(include={"name", "cvr", "gln", "profiles", *ORDER_WAY}),
        "endpoint_scheme_id": endpoint.scheme_id or "",
        "endpoint_id": endpoint.value,
    }


def _endpoint_of(body: SupplierIn) -> Identifier:
    """Give where documents go: the endpoint, else the GLN, else the CVR number."""
    if body.endpoint is not None:
        return body.endpoint
    if body.gln is not None:
        return Identifier(value=body.gln, scheme_id="GLN")
    return Identifier(value=f"DK{body.cvr}", scheme_id="DK:CVR")


def keys_of(supplier: Supplier) -> list[str]:
    """Give the keys under which documents name a supplier that a person has stated."""
    company = [f"{scheme}:DK{supplier.cvr}" for scheme in COMPANY_SCHEMES] if supplier.cvr is not None else []
    return [*addresses_of(supplier), *company]


def addresses_of(supplier: Supplier) -> list[str]:
    """Give the keys of a supplier that may change: its endpoint's and its GLN's."""
    gln = [f"GLN:{supplier.gln}"] if supplier.gln is not None else []
    return [f"{supplier.endpoint_scheme_id}:{supplier.endpoint_id}", *gln]


def name_by(session: Session, supplier: Supplier, keys: Iterable[str]) -> None:
    """Let documents name a supplier by these keys, too.

    :raises SupplierAlreadyRegistered: when one of them is another supplier's, naming it.
    """
    wanted = list(dict.fromkeys(keys))
    query = select(SupplierIdentifier.key, Supplier).join(
        Supplier, col(Supplier.id) == col(SupplierIdentifier.supplier_id)
    )
    known = dict(session.exec(query.where(col(SupplierIdentifier.key).in_(wanted))).all())
    for key, owner in known.items():
        if owner.id != supplier.id:
            raise SupplierAlreadyRegistered(f"{key} is the supplier {owner.name} ({owner.id}) already")
    _add_keys(session, supplier, [key for key in wanted if key not in known])


def _add_keys(session: Session, supplier: Supplier, keys: Iterable[str]) -> None:
    session.flush()
    session.add_all(SupplierIdentifier(key=key, supplier_id=supplier.id) for key in keys)
    session.flush()


def supplier_of(call: Call, party: Party) -> Supplier:
    """Find the supplier that a document's party is, or take it in as UNVERIFIED with what is odd about it flagged.

    :raises Invalid: when the party carries no identifier that could be kept.
    """
    known = queries.supplier_by_keys(call.session, party.keys)
    if known is not None:
        return known
    kept = [identifier for identifier in party.identifiers if _fits(identifier)]
    if not kept:
        message = (
            "the supplier's party carries no endpoint, company number or other identification "
            f"of at most {IDENTIFIER_LENGTH} characters"
        )
        raise Invalid(message, faults=[Fault(message)])
    supplier = _from_party(party, kept, call.now)
    call.session.add(supplier)
    _add_keys(call.session, supplier, dict.fromkeys(identifier.key for identifier in kept))
    return supplier


def _fits(identifier: Identifier) -> bool:
    return len(identifier.value) <= IDENTIFIER_LENGTH and len(identifier.scheme_id or "") <= SCHEME_LENGTH


def get_supplier(call: Call, supplier_id: UUID) -> SupplierOut:
    return supplier_out(call, queries.supplier(call, supplier_id))


def list_suppliers(call: Call, wanted: PageQuery) -> Page[SupplierOut]:
    query = queries.visible_suppliers(call)
    return page(call.session, query, Supplier, wanted, lambda row: supplier_out(call, row))


def _from_party(party: Party, kept: Sequence[Identifier], now: datetime) -> Supplier:
    """Take a supplier in as a received document names it: UNVERIFIED, with what is odd as warnings."""
    endpoint = kept[0]
    company = next((one.value for one in kept if one.scheme_id == "DK:CVR"), None)
    return Supplier(
        id=new_id(now),
        name=(party.name or endpoint.value)[:NAME_LENGTH],
        cvr=company.removeprefix("DK")[:CVR_LENGTH] if company else None,
        endpoint_scheme_id=endpoint.scheme_id or "",
        endpoint_id=endpoint.value,
        profiles=[DEFAULT_PROFILE],
        status=SupplierStatus.UNVERIFIED,
        warnings=list(dict.fromkeys(_oddities(party))),
        registered_at=now,
    )


def _oddities(party: Party) -> Iterator[str]:
    """Say what is odd about a received party: wrong check digits, and what was too long to keep."""
    if len(party.name or "") > NAME_LENGTH:
        yield f"the name is longer than {NAME_LENGTH} characters and was cut"
    for identifier in party.identifiers:
        if not _fits(identifier):
            yield f"an identifier is longer than {IDENTIFIER_LENGTH} characters and was left out"
        elif fault := identifier_fault(identifier):
            yield fault
