"""What the world's supplier sends about its catalogue beside the catalogue itself, and the request for one."""

from datetime import date
from typing import Any

from app import dialects
from app.documents.catalogue_requests import CatalogueDeletion, CatalogueRequest
from app.documents.catalogue_updates import (
    CatalogueItemSpecificationUpdate,
    CataloguePricingUpdate,
    ItemSpecificationUpdateLine,
    PricingUpdateLine,
    UpdatedBracket,
)
from app.documents.values import DocumentReference
from tests.catalogues import bracket, catalogue, line

DAY = date(2026, 3, 1)
PROFILE = "Catalogue-CatAdv-1.0"


def _header(number: str, **fields: Any) -> dict[str, Any]:
    head = catalogue([line("1")])
    parties = {"provider": head.provider, "receiver": head.receiver, "supplier": head.supplier}
    own = {"profile_id": PROFILE, "number": number, "issue_date": DAY, "contract_id": head.contract_id}
    return own | parties | fields


def _about(version_id: str | None, number: str = "KAT-1") -> DocumentReference:
    return DocumentReference(number=number, issue_date=DAY, version_id=version_id)


def prices(version_id: str, *, of: str | None = None, about: str = "KAT-1", **amounts: str) -> bytes:
    """Write new prices of lines: `L1="12.00"`."""
    lines = tuple(
        PricingUpdateLine(
            line_id=line_id,
            brackets=(UpdatedBracket.model_validate(bracket(amount).model_dump()),),
        )
        for line_id, amount in amounts.items()
    )
    fields = _header(f"KP-{version_id}", version_id=version_id, related_catalogue=_about(of, about), lines=lines)
    return dialects.write(CataloguePricingUpdate(**fields))


def items(version_id: str, *, of: str | None = None, **names: str) -> bytes:
    """Write new descriptions of lines' items: `L1="Nyt navn"`."""
    lines = tuple(
        ItemSpecificationUpdateLine(line_id=line_id, item=line(line_id, name=name).item)
        for line_id, name in names.items()
    )
    fields = _header(f"KV-{version_id}", version_id=version_id, related_catalogue=_about(of), lines=lines)
    return dialects.write(CatalogueItemSpecificationUpdate(**fields))


def deletion(on: date | None, version_id: str | None = None, *, of: str | None = None, about: str = "KAT-1") -> bytes:
    """Write that a catalogue ends on a day."""
    fields = _header(
        "KS-1", effective_date=on, version_id=version_id, deleted_catalogue=_about(of, about), supplier=None
    )
    return dialects.write(CatalogueDeletion(**fields))


def request(number: str | None = None, **fields: Any) -> bytes:
    """Write that the institution asks the supplier for a catalogue."""
    wanted = _about(None, number) if number is not None else None
    return dialects.write(
        CatalogueRequest(**_header("KF-1", requested_catalogue=wanted, supplier=None, contract_id=None, **fields))
    )
