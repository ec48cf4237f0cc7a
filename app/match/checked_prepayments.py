"""What had to be found of an invoice on account, recomputed from the proof's text alone."""

from collections.abc import Iterator
from typing import Any

from app.match.checked_sums import Proof

Found = tuple[Any, ...]
ON_ACCOUNT = "386"


def due(proof: Proof) -> Iterator[Found]:
    """An invoice on account is for orders that all say so."""
    code = proof.invoice.get("invoice_type_code")
    unsaid = [order["number"] for order in proof.case["orders"] if not order.get("prepayment")]
    if code == ON_ACCOUNT and not proof.is_credit and (unsaid or not proof.case["orders"]):
        yield "PREPAYMENT_NOT_AGREED", None, None, None, ", ".join(unsaid) or None, code, None, None, None, "PREPAYMENT"
