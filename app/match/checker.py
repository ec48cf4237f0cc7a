"""Recomputes a decision's proof from nothing but its text: sums, limits, what had to be found of them, and the outcome.

With its `checked_` neighbours it shares no code with the engine and needs the standard library alone, so
that an auditor can read all of it and run it elsewhere. The seal at the end of the text catches a change of what has no
arithmetic; whoever seals a changed proof anew is caught by the arithmetic, and by the hash in the audit trail.
"""

import hashlib
import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, DecimalException, localcontext
from typing import Any

from app.match.checked_findings import findings
from app.match.checked_standing import periods
from app.match.checked_sums import Proof, allocations, budgets, charges

FORMAT = "prokura-match-proof/2"
SEAL = "whole_sha256"
WORST_FIRST = (
    *("REJECTED_TECHNICAL", "DUPLICATE", "DEVIATION", "NO_ORDER"),
    *("AWAITING_RECEIPT", "MATCHED_PENDING_APPROVAL", "AUTO_APPROVED"),
)
RULES = (allocations, charges, budgets, periods, findings)


class UnreadableError(Exception):
    """The text is no proof of this format."""


def verify(text: bytes) -> list[str]:
    """Name everything in a proof that does not hold.

    :raises UnreadableError: when the text is no proof.
    """
    try:
        stated = json.loads(text)
    except ValueError as reason:
        raise UnreadableError(f"not JSON: {reason}") from reason
    if not isinstance(stated, dict) or stated.get("format") != FORMAT:
        raise UnreadableError(f"not a {FORMAT}")
    try:
        with localcontext(Context(prec=400, rounding=ROUND_HALF_UP)):
            return list(_faults(stated))
    except (ArithmeticError, AttributeError, DecimalException, IndexError, KeyError, TypeError, ValueError) as reason:
        return [f"it does not fit together: {type(reason).__name__} {reason}"]


def _faults(stated: dict[str, Any]) -> Iterator[str]:
    whole = {name: value for name, value in stated.items() if name != SEAL}
    sealed = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if hashlib.sha256(sealed).hexdigest() != stated.get(SEAL):
        yield "the text was changed after it was sealed"
    yield from _outcome(stated)
    proof = Proof(stated)
    for rule in RULES:
        yield from rule(proof)


def _outcome(stated: dict[str, Any]) -> Iterator[str]:
    """The outcome is the worst finding's; without any finding worth telling all agrees."""
    decision, told = stated["decision"], stated["told"]
    if len(told) != len(decision["findings"]):
        yield f"{len(decision['findings'])} findings, and {len(told)} are told"
    worst = min((WORST_FIRST.index(one["outcome"]) for one in told), default=len(WORST_FIRST) - 1)
    if decision["outcome"] != WORST_FIRST[worst]:
        yield f"the outcome is {WORST_FIRST[worst]}, not {decision['outcome']}"
    policy = stated["case"]["policy"]
    if (decision["policy_version"], decision["policy_digest"]) != (policy["version"], policy["digest"]):
        yield "it was decided under another policy than the one stated"
