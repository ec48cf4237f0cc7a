"""Which documents count as earlier ones when an invoice is decided again: those that did the first time, but for those
that somebody has said it is no duplicate of.
"""

import json

from sqlmodel import Session, select

from app.match.meanings import corrections_of, no_duplicates_of
from app.match.models import InvoiceCase, MatchDecision


def like(session: Session, case: InvoiceCase) -> frozenset[str]:
    """Give the ids of earlier documents that count; what came later is no earlier invoice."""
    first = select(MatchDecision.proof).where(MatchDecision.invoice_id == case.id, MatchDecision.sequence == 1)
    earlier = json.loads(session.exec(first).one())["case"].get("earlier", ())
    return frozenset(one["id"] for one in earlier) - no_duplicates_of(corrections_of(session, case.id))
