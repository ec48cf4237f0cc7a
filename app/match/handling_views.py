"""What may be done with an invoice: by its outcome, by what was found, and by whom."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.kit.errors import Conflict
from app.match.engine.codes import CODES, RANK, Outcome
from app.match.handling_messages import Action
from app.match.models import InvoiceCase, MatchDecision
from app.match.outcomes import OPEN
from app.organisations.access import Call, may
from app.organisations.permissions import Permission


class ActionNotPossible(Conflict):
    """The invoice's outcome does not allow this; the message says what can be done instead."""


class NotAcceptable(Conflict):
    """Something was found that no approver may accept; each is named with the way out."""


CORRECTABLE: Final = OPEN | {Outcome.REVERSED, Outcome.NON_ORDER}
WHEN: Final[Mapping[Action, frozenset[Outcome]]] = {
    Action.SET_ORDER_NUMBERS: CORRECTABLE,
    Action.MAP_LINES: CORRECTABLE,
    Action.ACCEPT_CHARGES: CORRECTABLE,
    Action.CLEAR_DUPLICATE: frozenset({Outcome.DEVIATION}),
    Action.ASK_BUYER: OPEN,
    Action.EXPLAIN: frozenset({Outcome.DEVIATION, Outcome.NO_ORDER}),
    Action.ASK_FOR_RECEIPT: frozenset({Outcome.AWAITING_RECEIPT, Outcome.DEVIATION}),
    Action.APPROVE: frozenset({Outcome.DEVIATION, Outcome.MATCHED_PENDING_APPROVAL, Outcome.NON_ORDER}),
    Action.DISPUTE: CORRECTABLE | {Outcome.DUPLICATE},
    Action.MAKE_NON_ORDER: frozenset({Outcome.DEVIATION, Outcome.NO_ORDER, Outcome.REVERSED}),
    Action.REVERSE: frozenset({Outcome.APPROVED, Outcome.AUTO_APPROVED}),
}

ACCEPTED: Final = frozenset(
    {
        *("PRICE_OVER", "AMOUNT_OVER_ORDER", "TOTAL_OVER", "CHARGE_NOT_ALLOWED", "ROUNDING_TOO_LARGE"),
        *("PAYEE_CHANGED", "FACTORING", "PAYMENT_ID_WRONG"),
        *("TAX_IMPLAUSIBLE", "LINE_ARITHMETIC", "CREDIT_PRICE", "CREDIT_REDUCED"),
        *("STANDING_AMOUNT_OVER", "STANDING_INVOICE_CAP", "STANDING_PERIOD_CAP", "STANDING_TOTAL_CAP"),
        *("STANDING_COMMITMENT", "STANDING_PERIOD_USED", "STANDING_EARLY", "STANDING_TOO_SOON"),
    }
)
"""Deviations of money, time and payee, which an approver may accept: what is billed is on the order, and is there."""

ENDED: Final = ("CLOSED", "CLOSED_SHORT")
WAYS: Final[Mapping[str, str]] = {
    "RECEIPT_MISSING": "let the goods be received",
    "QTY_OVER_ORDER": "change the order and receive what came, or dispute the invoice",
    "POSSIBLE_DUPLICATE": "clear the duplicate, or dispute the invoice",
    "ORDER_NOT_SENT": "let the order be approved and sent",
    "LINE_UNKNOWN": "map the line, accept it as a charge, or dispute the invoice",
    "LINE_AMBIGUOUS": "map the line",
    "PAIRED_BY_LIKENESS": "map the line",
    "REFERENCE_CONTRADICTS_ITEM": "map the line",
    "UNIT_MISMATCH": "map the line with its quantity in the order's unit",
    "ORDER_UNKNOWN": "set the order number",
    "TAX_LEFT_OUT": "dispute the invoice, so that it comes again with its tax",
}
OTHERWISE: Final = "correct it, dispute the invoice, or let it go the way of one without order"


def require_possible(case: InvoiceCase, action: Action) -> None:
    """Let an action pass only where the outcome allows it, and nobody has paid already.

    :raises ActionNotPossible: saying what can be done.
    """
    if case.outcome not in WHEN[action]:
        possible = ", ".join(sorted(one for one in Action if case.outcome in WHEN[one])) or "nothing"
        raise ActionNotPossible(f"invoice {case.number} is {case.outcome}; what can be done with it: {possible}")
    if action == Action.REVERSE and case.exported_at is not None:
        raise ActionNotPossible(
            f"the posting of invoice {case.number} was taken over on {case.exported_at:%Y-%m-%d}; correct it in the "
            "ERP, and ask the supplier for a credit note"
        )


def in_the_way(findings: Iterable[tuple[str, str | None]]) -> list[str]:
    """Name the findings, given by code and what was there, that no approver may accept."""
    worse = RANK[Outcome.MATCHED_PENDING_APPROVAL]
    return list(
        dict.fromkeys(
            code
            for code, actual in findings
            if RANK[CODES[code].outcome] < worse
            and code not in ACCEPTED
            and not (code == "ORDER_STATE" and actual in ENDED)
        )
    )


def require_acceptable(case: InvoiceCase, findings: Iterable[tuple[str, str | None]]) -> None:
    """Let an approval pass only where all that was found may be accepted.

    :raises NotAcceptable: naming what may not, and what to do about it.
    """
    found = in_the_way(findings)
    if found:
        told = "; ".join(f"{code}: {WAYS.get(code, OTHERWISE)}" for code in found)
        raise NotAcceptable(f"invoice {case.number} cannot be approved: {told}")


PERMISSIONS: Final[Mapping[Action, Permission]] = {
    Action.EXPLAIN: Permission.ORDER_CREATE,
    Action.APPROVE: Permission.INVOICE_APPROVE,
    Action.REVERSE: Permission.INVOICE_APPROVE,
}
"""What an action takes; everything else is a handler's."""


def permission_of(action: Action) -> Permission:
    return PERMISSIONS.get(action, Permission.INVOICE_HANDLE)


def allowed_actions(call: Call, case: InvoiceCase, live: MatchDecision) -> list[Action]:
    """Give what the actor may do with an invoice as it stands."""
    held = {one for one in set(map(permission_of, Action)) if may(call, one, case.organisation_id)}
    possible = [one for one in Action if case.outcome in WHEN[one] and permission_of(one) in held]
    return [one for one in possible if _fits(one, case, live.answer)]


def _fits(action: Action, case: InvoiceCase, answer: Mapping[str, Any]) -> bool:
    findings = [(one["code"], one.get("actual")) for one in answer["findings"]]
    if action == Action.REVERSE:
        return case.exported_at is None
    if action == Action.CLEAR_DUPLICATE:
        return any(code == "POSSIBLE_DUPLICATE" for code, _ in findings)
    if action == Action.APPROVE and case.outcome != Outcome.NON_ORDER:
        return not in_the_way(findings)
    return True
