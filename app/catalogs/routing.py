"""Which organisation and agreement a catalogue is for, as its document says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from app.agreements import queries as agreements
from app.agreements.models import Agreement, AgreementStatus
from app.catalogs.intents import Intent
from app.catalogs.models import Catalogue
from app.organisations.models import Organisation, OrganisationStatus

VERSION_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Destination:
    """The agreements that a catalogue may be for, and why it cannot be taken: one agreement and no reason is plain."""

    agreements: Sequence[Agreement]
    reasons: Sequence[str]

    @property
    def agreement(self) -> Agreement | None:
        return self.agreements[0] if len(self.agreements) == 1 else None


def destination(
    session: Session, contract_id: str | None, supplier_id: UUID, organisation: Organisation | None, day: date
) -> Destination:
    """Find the agreement by the contract number that the document names, else the only live one with its supplier.

    Agreements of the receiver and of every organisation above it count.
    """
    if organisation is None:
        return Destination((), ("the receiver's GLN is not that of an organisation here",))
    if organisation.status == OrganisationStatus.CLOSED:
        return Destination((), (f"{organisation.name} is closed and takes no catalogues",))
    known = agreements.agreements_of_supplier(session, supplier_id, organisation.id)
    if contract_id is not None:
        named = [found for found in known if found.contract_number == contract_id and _is_open(found, day)]
        unknown = f"contract {contract_id} is no agreement of yours with {organisation.name} or one above it"
        return Destination(named, () if named else (unknown,))
    live = [found for found in known if _is_live(found, day)]
    return Destination(live, () if live else (f"you have no agreement with {organisation.name} or one above it",))


def _is_open(agreement: Agreement, day: date) -> bool:
    """Catalogues may come before an agreement begins, not after it has ended."""
    return agreement.status != AgreementStatus.TERMINATED and agreement.valid_to >= day


def _is_live(agreement: Agreement, day: date) -> bool:
    return agreement.status == AgreementStatus.ACTIVE and agreement.valid_from <= day <= agreement.valid_to


def strays(intent: Intent, known: Catalogue, found: Destination, *, is_taken: bool) -> Iterator[str]:
    """Say what keeps a document from its catalogue: the version id, which `is_taken` or not to be kept, or another
    agreement. A deletion needs no version id.
    """
    version_id = intent.version_id
    if (version_id is None and not intent.ends_all) or len(version_id or "") > VERSION_LENGTH:
        yield f"VersionID is missing or longer than {VERSION_LENGTH} characters"
    elif is_taken:
        yield f"version {version_id} of catalogue {intent.number} was sent before; raise VersionID"
    candidates = [agreement.id for agreement in found.agreements]
    if known.agreement_id is not None and candidates and known.agreement_id not in candidates:
        yield f"catalogue {intent.number} belongs to another agreement; give the new one a number of its own"
