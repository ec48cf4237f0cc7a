"""Decisions as they are told: from the engine's values to what is stored and answered, in both languages."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.kit.money import plain
from app.match.engine.codes import RANK
from app.match.engine.decision import Decision
from app.match.messages import AllocationOut, ChargeOut, DecisionOut, FindingOut, OrderUseOut, PairOut, PeriodUseOut
from app.match.models import MatchDecision


def answer_of(decision: Decision) -> dict[str, Any]:
    """Give a decision as JSON: findings worst first, each with its message and what would have passed."""
    findings = sorted(decision.findings, key=lambda finding: RANK[finding.outcome])
    return {
        "policy_version": decision.policy_version,
        "findings": _stated(findings, FindingOut),
        "pairs": _stated(decision.pairs, PairOut),
        "allocations": _stated(decision.allocations, AllocationOut),
        "charges": _stated(decision.charges, ChargeOut),
        "orders": _stated(decision.orders, OrderUseOut),
        "periods": _stated(decision.periods, PeriodUseOut),
    }


def _stated(values: Iterable[object], told: type[BaseModel]) -> list[dict[str, str]]:
    """Give the fields of values that a message tells, as the JSON that it reads; without the message itself, which
    would check a hundred and fifty findings that the engine has just made.
    """
    names = tuple(told.model_fields)
    return [{name: _text(field) for name in names if (field := getattr(value, name)) is not None} for value in values]


def _text(value: Decimal | date | str) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


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
