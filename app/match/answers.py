"""Decisions as they are told: from the engine's values to what is stored and answered, in both languages.

Of the findings that plainly agree, which are most by far, the values alone are stored: they are put into words when
somebody asks for them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from pydantic import BaseModel

from app.kit.money import plain
from app.match.engine.codes import CODES, RANK
from app.match.engine.decision import Decision, Finding
from app.match.messages import AllocationOut, ChargeOut, DecisionOut, FindingOut, OrderUseOut, PairOut, PeriodUseOut
from app.match.models import MatchDecision

AGREEING: Final = "agreeing"
VALUES: Final = (
    *("invoice_line_id", "order_number", "order_line_id", "expected", "actual", "unit"),
    *("limit", "limit_source", "amount", "passes_at"),
)
"""What is stored of a finding that agrees, in this order, under its code; what is missing at the end is None."""

_values = attrgetter(*VALUES)


def _rank(finding: Finding) -> int:
    return RANK[finding.outcome]


def answer_of(decision: Decision) -> dict[str, Any]:
    """Give a decision as JSON to store: findings worst first, each with its message and what would have passed; those
    that agree as bare values, by code.
    """
    findings = sorted((one for one in decision.findings if not CODES[one.code].agrees), key=_rank)
    agreeing: dict[str, list[list[Any]]] = {}
    for finding in decision.findings:
        if CODES[finding.code].agrees:
            agreeing.setdefault(finding.code, []).append(_bare(finding))
    return {
        "policy_version": decision.policy_version,
        "findings": _stated(findings, FindingOut),
        AGREEING: agreeing,
        "pairs": _stated(decision.pairs, PairOut),
        "allocations": _stated(decision.allocations, AllocationOut),
        "charges": _stated(decision.charges, ChargeOut),
        "orders": _stated(decision.orders, OrderUseOut),
        "periods": _stated(decision.periods, PeriodUseOut),
    }


def _bare(finding: Finding) -> list[Any]:
    """Give a finding's values; a number stands in a list of its own, since Danish writes it otherwise than a text."""
    values = [[plain(value)] if isinstance(value, Decimal) else value for value in _values(finding)]
    while values and values[-1] is None:
        values.pop()
    return values


def _read(code: str, values: Sequence[Any]) -> Finding:
    read: Iterable[Any] = (Decimal(value[0]) if isinstance(value, list) else value for value in values)
    return Finding(code, **dict(zip(VALUES, read, strict=False)))


def _stated(values: Iterable[object], told: type[BaseModel]) -> list[dict[str, str]]:
    """Give the fields of values that a message tells, as the JSON that it reads; without the message itself, which
    would check what the engine has just made.
    """
    names = tuple(told.model_fields)
    return [{name: _text(field) for name in names if (field := getattr(value, name)) is not None} for value in values]


def _text(value: Decimal | date | str) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def whole(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give a stored answer with every finding in words, the agreeing ones last; one from before they were stored bare
    has them already.
    """
    bare = answer.get(AGREEING, {})
    # PostgreSQL's JSON keeps keys in an order of its own.
    agreeing = [_read(code, values) for code in CODES if code in bare for values in bare[code]]
    return {**answer, "findings": [*answer["findings"], *_stated(agreeing, FindingOut)], AGREEING: _counted(answer)}


def brief(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give a stored answer with the findings that do not plainly agree, and those that do counted by code."""
    told = [one for one in answer["findings"] if not _agrees(one["code"])]
    return {**answer, "findings": told, AGREEING: _counted(answer)}


def _counted(answer: Mapping[str, Any]) -> dict[str, int]:
    counts = {code: len(rows) for code, rows in answer.get(AGREEING, {}).items()}
    for code in (one["code"] for one in answer["findings"] if _agrees(one["code"])):
        counts[code] = counts.get(code, 0) + 1
    return counts


def _agrees(code: str) -> bool:
    """Tell whether a code says that all is well; the faults of a rejected document have codes of their own."""
    return code in CODES and CODES[code].agrees


def decision_out(row: MatchDecision) -> DecisionOut:
    """Give a stored decision as it is read."""
    return _told(row, whole(row.answer))


def decided_out(row: MatchDecision) -> DecisionOut:
    """Give a decision as it is answered when it is made: briefly."""
    return _told(row, brief(row.answer))


def _told(row: MatchDecision, answer: Mapping[str, Any]) -> DecisionOut:
    return DecisionOut.model_validate(
        {
            "id": row.id,
            "sequence": row.sequence,
            "trigger": row.trigger,
            "outcome": row.outcome,
            "decided_at": row.decided_at,
            "proof_sha256": row.proof_sha256,
            **answer,
        }
    )
