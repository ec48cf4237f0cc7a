"""Decisions as they are told: from the engine's values to what is stored and answered, in both languages."""

from typing import Any

from app.kit.money import plain
from app.match.engine.codes import RANK
from app.match.engine.decision import Decision, Finding, Stated
from app.match.messages import AllocationOut, ChargeOut, DecisionOut, FindingOut, OrderUseOut, PairOut
from app.match.models import MatchDecision


def answer_of(decision: Decision) -> dict[str, Any]:
    """Give a decision as JSON: findings worst first, each with its message and what would have passed."""
    findings = sorted(decision.findings, key=lambda finding: RANK[finding.outcome])
    pairs = [
        PairOut.model_validate(
            {
                "invoice_line_id": pair.invoice_line_id,
                "order_id": pair.order_id,
                "order_line_id": pair.order_line_id,
                "how": pair.how,
            }
        )
        for pair in decision.pairs
    ]
    parts = {
        "policy_version": decision.policy_version,
        "findings": [_finding(finding) for finding in findings],
        "pairs": pairs,
        "allocations": [AllocationOut.model_validate(row, from_attributes=True) for row in decision.allocations],
        "charges": [ChargeOut.model_validate(row, from_attributes=True) for row in decision.charges],
        "orders": [OrderUseOut.model_validate(row, from_attributes=True) for row in decision.orders],
    }
    return {
        name: [row.model_dump(mode="json", exclude_none=True) for row in part] if isinstance(part, list) else part
        for name, part in parts.items()
    }


def _finding(finding: Finding) -> FindingOut:
    return FindingOut(
        code=finding.code,
        outcome=finding.outcome,
        invoice_line_id=finding.invoice_line_id,
        order_number=finding.order_number,
        order_line_id=finding.order_line_id,
        expected=_stated(finding.expected),
        actual=_stated(finding.actual),
        limit=finding.limit,
        limit_source=finding.limit_source,
        message_en=finding.message_en,
        message_da=finding.message_da,
        counterfactual_en=finding.counterfactual_en,
        counterfactual_da=finding.counterfactual_da,
    )


def _stated(value: Stated) -> str | None:
    return value if value is None or isinstance(value, str) else plain(value)


def decision_out(row: MatchDecision) -> DecisionOut:
    """Give a stored decision as it is answered."""
    return DecisionOut.model_validate(
        {
            "id": row.id,
            "sequence": row.sequence,
            "trigger": row.trigger,
            "outcome": row.outcome,
            "decided_at": row.decided_at,
            "proof_sha256": row.proof_sha256,
            **row.answer,
        }
    )
