"""Suppliers: registered strictly by a person, or taken in as a document names them, with what is odd flagged."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
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
from app.organisations.access import Call, NotAllowed
from app.organisations.permissions import Permission
from app.organisations.supplier_messages import IDENTIFIER_LENGTH, SupplierIn, SupplierOut
from app.organisations.supplier_models import Supplier, SupplierIdentifier, SupplierStatus

NAME_LENGTH = 200
SCHEME_LENGTH = 20
CVR_LENGTH = 20


class SupplierAlreadyRegistered(Conflict):
    """A supplier is already known by one of these identifiers."""


def register_supplier(call: Call, body: SupplierIn) -> SupplierOut:
    """Register a supplier; check digits are strict here.

    :raises SupplierAlreadyRegistered: when one of its identifiers is known.
    """
    held = call.actor.organisations(Permission.SUPPLIER_REGISTER)
    if not held:
        raise NotAllowed("registering suppliers takes the role content manager (supplier:register)")
    endpoint = _endpoint_of(body)
    keys = _identifier_keys(body, endpoint)
    _refuse_known(call.session, keys)
    supplier = Supplier(
        id=new_id(call.now),
        name=body.name,
        cvr=body.cvr,
        endpoint_scheme_id=endpoint.scheme_id or "",
        endpoint_id=endpoint.value,
        profiles=body.profiles,
        order_channel=body.order_channel,
        warnings=[],
        registered_at=call.now,
    )
    _add_supplier(call.session, supplier, keys)
    root_id = queries.organisation(call, min(held)).root_id
    call.audit("supplier.registered", chain=root_id, entity="supplier", entity_id=supplier.id)
    return supplier_out(supplier)


def _refuse_known(session: Session, keys: Iterable[str]) -> None:
    known = session.exec(select(SupplierIdentifier).where(col(SupplierIdentifier.key).in_(list(keys)))).first()
    if known is not None:
        raise SupplierAlreadyRegistered(f"{known.key} is the supplier {known.supplier_id} already")


def _add_supplier(session: Session, supplier: Supplier, keys: Iterable[str]) -> None:
    session.add(supplier)
    session.flush()
    session.add_all(SupplierIdentifier(key=key, supplier_id=supplier.id) for key in dict.fromkeys(keys))
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
    _add_supplier(call.session, supplier, [identifier.key for identifier in kept])
    return supplier


def _fits(identifier: Identifier) -> bool:
    return len(identifier.value) <= IDENTIFIER_LENGTH and len(identifier.scheme_id or "") <= SCHEME_LENGTH


def supplier_out(supplier: Supplier) -> SupplierOut:
    endpoint = {"value": supplier.endpoint_id, "scheme_id": supplier.endpoint_scheme_id}
    return SupplierOut(**supplier.model_dump(), endpoint=endpoint)


def get_supplier(call: Call, supplier_id: UUID) -> SupplierOut:
    return supplier_out(queries.supplier(call, supplier_id))


def list_suppliers(call: Call, wanted: PageQuery) -> Page[SupplierOut]:
    return page(call.session, queries.visible_suppliers(call), Supplier, wanted, supplier_out)


def _endpoint_of(body: SupplierIn) -> Identifier:
    """Give where documents go: the endpoint, else the GLN, else the CVR number."""
    if body.endpoint is not None:
        return body.endpoint
    if body.gln is not None:
        return Identifier(value=body.gln, scheme_id="GLN")
    return Identifier(value=f"DK{body.cvr}", scheme_id="DK:CVR")


def _identifier_keys(body: SupplierIn, endpoint: Identifier) -> list[str]:
    """Give every key under which documents will name the supplier."""
    company = f"DK{body.cvr}"
    own = [Identifier(value=company, scheme_id=scheme) for scheme in ("DK:CVR", "DK:SE")]
    numbers = [Identifier(value=body.gln, scheme_id="GLN")] if body.gln is not None else []
    return [identifier.key for identifier in (endpoint, *own, *numbers)]


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
