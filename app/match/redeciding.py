"""Stored decisions decided again: a proof is read back, its policy exchanged for a draft's, the engine asked anew."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.kit.clock import business_day
from app.kit.db import rows
from app.match.drafts import Draft, PolicyHistory
from app.match.engine.codes import Outcome
from app.match.engine.decision import Decision
from app.match.engine.facts import Case, Hand, OrderFacts
from app.match.engine.matching import match
from app.match.engine.policy import Policy, TwoPersons
from app.match.engine.proof import FORMAT, case_of, holds
from app.match.engine_policies import engine_policy
from app.match.models import InvoiceCase, MatchDecision
from app.orders.receipt_models import Receipt, ReceiptKind, ReceiptLine
from app.organisations.policies import effective

ENGINES: Final = (
    Outcome.DUPLICATE,
    Outcome.DEVIATION,
    Outcome.NO_ORDER,
    Outcome.AWAITING_RECEIPT,
    Outcome.MATCHED_PENDING_APPROVAL,
    Outcome.AUTO_APPROVED,
)
"""Outcomes that the engine decides; a technical rejection has no case, and what persons decide is theirs."""

ZERO: Final = Decimal(0)

STORED: Final[tuple[Any, ...]] = (
    col(MatchDecision.id).label("decision_id"),
    col(MatchDecision.outcome),
    col(MatchDecision.proof),
    col(MatchDecision.decided_at),
    col(InvoiceCase.id).label("invoice_id"),
    col(InvoiceCase.number),
    col(InvoiceCase.document_type),
    col(InvoiceCase.organisation_id),
    col(InvoiceCase.currency),
    col(InvoiceCase.payable_amount),
    col(InvoiceCase.received_at),
)
"""The columns of a decision that is decided again; rows of them are what `Redecider` takes."""

_REVERSAL = aliased(Receipt)
_RECEIVERS = (
    select(col(Receipt.order_id), col(ReceiptLine.order_line_id), col(Receipt.received_by), col(Receipt.received_for))
    .join_from(ReceiptLine, Receipt, col(Receipt.id) == col(ReceiptLine.receipt_id))
    .where(
        col(Receipt.order_id).in_(bindparam("ids", expanding=True)),
        col(Receipt.kind) == ReceiptKind.RECEIPT,
        col(Receipt.posted_at) <= bindparam("at"),
        ~exists().where(col(_REVERSAL.reversal_of) == col(Receipt.id), col(_REVERSAL.posted_at) <= bindparam("at")),
    )
)


@dataclass(frozen=True, slots=True)
class Again:
    """What became of a stored decision: `after` with the codes that it rests on and what it lets pass above the order,
    and whether the policy was another one. Where it was not, `differs` tells that the engine decides otherwise now.
    """

    before: Outcome
    after: Outcome
    codes_before: frozenset[str]
    codes_after: frozenset[str]
    deviation: Decimal
    differs: bool = False


class NotDecidable(Exception):  # noqa: N818 - told in what a replay leaves out
    """A stored decision that is left as it is; says why in a word."""


class Redecider:
    """Decides stored decisions again, under a draft or without one by the policy that they were decided by.

    Policies are read once for each organisation, so it is made for many decisions of about the same time.
    """

    def __init__(self, draft: Draft | None) -> None:
        self._draft = draft
        self._history = PolicyHistory()
        self._policies: dict[tuple[UUID, date, int, str], Policy | None] = {}

    def again(self, session: Session, stored: Row[Any]) -> Again:
        """Decide one again.

        :raises NotDecidable: for a proof of another format, or decided by a policy that cannot be told any more.
        """
        stated = json.loads(stored.proof)
        if stated.get("format") != FORMAT:
            raise NotDecidable("OTHER_FORMAT")
        case = case_of(stated)
        policy = self._policy(session, case, stored)
        if policy is case.policy:
            return _verified(stated, case)
        decision = match(under(session, case, policy, stored.decided_at), explain=False)
        return _changed(stated["decision"], decision)

    def _policy(self, session: Session, case: Case, stored: Row[Any]) -> Policy:
        """Give the policy under the draft, or the case's own where the draft has no say in it or says the same."""
        if self._draft is None:
            return case.policy
        place, day = stored.organisation_id, business_day(stored.received_at)
        stage = self._history.stage(session, place, day, stored.decided_at)
        key = (place, day, stage, case.policy.digest)
        if key not in self._policies:
            self._policies[key] = self._exchanged(session, case.policy, self._draft, stored)
        found = self._policies[key]
        if found is None:
            raise NotDecidable("POLICY_UNKNOWN")
        return case.policy if found == case.policy else found

    def _exchanged(self, session: Session, own: Policy, draft: Draft, stored: Row[Any]) -> Policy | None:
        place = stored.organisation_id
        depth = self._history.depth(session, place, draft.organisation_id)
        if depth is None:
            return own
        in_force = self._history.rows(session, place, business_day(stored.received_at), stored.decided_at)
        if _limits(engine_policy(effective(in_force))) != _limits(own):
            return None
        drafted = engine_policy(effective(draft.over(in_force, depth)))
        return own if _limits(drafted) == _limits(own) else drafted


def proven(decision: MatchDecision) -> Case | None:
    """Give the case that the engine decided, or nothing for what others decided."""
    if decision.outcome not in ENGINES:
        return None
    stated = json.loads(decision.proof)
    return case_of(stated) if stated.get("format") == FORMAT else None


def under(session: Session, case: Case, policy: Policy, at: datetime) -> Case:
    """Put a case under another policy; who had received by a moment is read where only the new policy asks for it."""
    moved = replace(case, policy=policy)
    if not _asks_receivers(policy) or _asks_receivers(case.policy):
        return moved
    ids = [UUID(order.id) for order in case.orders]
    receivers: dict[str, set[Hand]] = {}
    for _, line_id, person, principal in rows(session, _RECEIVERS, ids=ids, at=at) if ids else ():
        hand = Hand(str(person), None if principal is None else str(principal))
        receivers.setdefault(str(line_id), set()).add(hand)
    return replace(moved, orders=tuple(_received(order, receivers) for order in case.orders))


def _received(order: OrderFacts, receivers: Mapping[str, Iterable[Hand]]) -> OrderFacts:
    lines = (replace(one, receivers=tuple(sorted(receivers.get(one.id, ()), key=str))) for one in order.lines)
    return replace(order, lines=tuple(lines))


def _asks_receivers(policy: Policy) -> bool:
    return any(rule.kind is TwoPersons.ORDER_OR_RECEIPT for rule in policy.two_person_rules)


def _limits(policy: Policy) -> tuple[object, ...]:
    """Give what a policy decides by, and not who set it when."""
    tolerances = Counter(replace(row, source="") for row in policy.tolerances)
    persons = [(rule.scope, rule.kind, rule.up_to) for rule in policy.two_person_rules]
    return tolerances, persons, policy.over_delivery


def _verified(stated: Mapping[str, Any], case: Case) -> Again:
    """Decide by the same policy: the verdict must be the same to the last figure."""
    if holds(stated, case):
        decided = stated["decision"]
        codes = _codes(decided)
        outcome = Outcome(decided["outcome"])
        return Again(outcome, outcome, codes, codes, _over(Decimal(use["over"]) for use in decided["orders"]))
    return replace(_changed(stated["decision"], match(case, explain=False)), differs=True)


def _changed(decided: Mapping[str, Any], decision: Decision) -> Again:
    after = frozenset(finding.code for finding in decision.findings if not finding.agrees)
    deviation = _over(use.over for use in decision.orders)
    return Again(Outcome(decided["outcome"]), decision.outcome, _codes(decided), after, deviation)


def _codes(decided: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(finding["code"] for finding in decided["findings"])


def _over(excesses: Iterable[Decimal]) -> Decimal:
    return sum((max(ZERO, one) for one in excesses), ZERO)
