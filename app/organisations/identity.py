"""Under which name and numbers an organisation or a supplier stands in documents."""

from datetime import date
from typing import Final

from sqlmodel import Session

from app.documents.party import LegalEntity, Party
from app.documents.values import Identifier
from app.kit.errors import Conflict
from app.organisations import queries
from app.organisations.models import Organisation
from app.organisations.supplier_models import Supplier

COMPANY: Final = "DK:CVR"


class NoLocationNumber(Conflict):
    """Documents are sent under a GLN, and the organisation has none that is valid today."""


def organisation_party(session: Session, organisation: Organisation, day: date, gln: str | None = None) -> Party:
    """Give an organisation as a party: its GLN of the day (or the given one), its name, and the CVR number that it or
    the nearest organisation above it has; without any, the GLN in the scheme ZZZ.

    :raises NoLocationNumber: when it has no GLN.
    """
    endpoint = Identifier(value=gln or location_number(session, organisation, day), scheme_id="GLN")
    return party_at(session, organisation, endpoint)


def party_at(session: Session, organisation: Organisation, endpoint: Identifier) -> Party:
    """Give an organisation as the party at an endpoint, with the nearest CVR number of it and those above it."""
    chain = queries.upwards(session, organisation.id)
    cvr = next((above.cvr for above in chain if above.cvr), None)
    return named_party(endpoint, organisation.name, cvr)


def named_party(endpoint: Identifier, name: str, cvr: str | None = None) -> Party:
    """Give the least that a sender is told by: endpoint, name and legal entity (F-APR008), whose number is the CVR
    number; without one, the endpoint itself when that is a CVR number, else the endpoint's value in the scheme ZZZ.
    """
    entity = LegalEntity(registration_name=name, company_id=company_id(cvr) if cvr else _free(endpoint))
    return Party(endpoint_id=endpoint, identifications=(endpoint,), name=name, legal_entity=entity)


def _free(endpoint: Identifier) -> Identifier:
    return endpoint if endpoint.scheme_id == COMPANY else Identifier(value=endpoint.value, scheme_id="ZZZ")


def location_number(session: Session, organisation: Organisation, day: date) -> str:
    """Give the GLN that an organisation sends under.

    :raises NoLocationNumber: when it has none that is valid on the day.
    """
    numbers = queries.glns(session, organisation.id, day)
    if not numbers:
        raise NoLocationNumber(f"{organisation.name} has no GLN that is valid on {day}")
    return numbers[0]


def supplier_party(supplier: Supplier) -> Party:
    """Give a supplier as a party: its endpoint, name, and CVR number where it is known."""
    endpoint = Identifier(value=supplier.endpoint_id, scheme_id=supplier.endpoint_scheme_id)
    entity = LegalEntity(registration_name=supplier.name, company_id=company_id(supplier.cvr)) if supplier.cvr else None
    return Party(endpoint_id=endpoint, identifications=(endpoint,), name=supplier.name, legal_entity=entity)


def company_id(cvr: str) -> Identifier:
    """Give a CVR number as OIOUBL wants it: DK in front (F-LIB180)."""
    return Identifier(value=f"DK{cvr.removeprefix('DK')}", scheme_id=COMPANY)
