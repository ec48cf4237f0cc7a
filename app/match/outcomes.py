"""Which outcomes are open, and which are settled in one way or another."""

from typing import Final

from app.match.engine.codes import Outcome

OPEN: Final = frozenset(
    {Outcome.DEVIATION, Outcome.NO_ORDER, Outcome.AWAITING_RECEIPT, Outcome.MATCHED_PENDING_APPROVAL}
)
"""Outcomes that wait for something: what happens to the orders may change them."""

APPROVED: Final = frozenset({Outcome.AUTO_APPROVED, Outcome.APPROVED})
"""Outcomes with which an invoice is paid, or a credit note counted."""

TAKES: Final = APPROVED | {Outcome.MATCHED_PENDING_APPROVAL}
"""Outcomes that take what they bill; a credit note that waits for approval gives nothing back yet."""
