"""A decision as a row and as an event of the trail: the engine's, a person's and a netting's look alike."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.kit import audit
from app.kit.ids import new_id
from app.match.models import InvoiceCase, MatchDecision


def decided(text: bytes, now: datetime, **fields: Any) -> MatchDecision:
    """Make the row of a decision whose proof is `text`; the other fields as they are called there."""
    digest = hashlib.sha256(text).hexdigest()
    return MatchDecision(id=new_id(now), proof=text.decode(), proof_sha256=digest, decided_at=now, **fields)


def record(
    session: Session,
    case: InvoiceCase,
    row: MatchDecision,
    now: datetime,
    *,
    actor_id: UUID | None = None,
    on_behalf_of: UUID | None = None,
    request_id: str | None = None,
) -> None:
    """Add a decision to the trail; nobody made one that followed by itself."""
    audit.record(
        session,
        "invoice.decided",
        chain=case.root_id,
        entity="invoice",
        entity_id=case.id,
        now=now,
        actor_id=actor_id,
        on_behalf_of=on_behalf_of,
        facts={"outcome": row.outcome, "trigger": row.trigger, "proof_sha256": row.proof_sha256},
        request_id=request_id,
    )
