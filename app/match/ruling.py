"""A person's decision about an invoice: written down like the engine's, with who made it, why, and on which prokura."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.kit.audit import canonical_json
from app.kit.money import plain
from app.match import queries, watching
from app.match.answers import answer_of
from app.match.decided import decided, record
from app.match.engine.codes import Outcome
from app.match.engine.decision import Decision
from app.match.engine.facts import Case
from app.match.engine.proof import proof
from app.match.handling import InHand
from app.match.messages import PersonOut, PostedOut, Prokura
from app.match.models import MatchDecision, Trigger
from app.match.tasks import ALL
from app.organisations.access import Call
from app.organisations.tasks import close_tasks

FORMAT: Final = "prokura-person-proof/1"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decides. An approval within prokura has its limit; one of an invoice without order its postings."""

    outcome: Outcome
    reason: str
    prokura: Prokura | None = None
    postings: Sequence[PostedOut] = ()
    assignee_id: UUID | None = None


def rule(call: Call, seen: InHand, ruling: Ruling, match: tuple[Case, Decision] | None = None) -> MatchDecision:
    """Write a person's decision down as the live one, and close what waited; `match` is what the engine finds now."""
    case = seen.case
    person = PersonOut(
        id=call.actor.id,
        on_behalf_of=call.actor.on_behalf_of,
        reason=ruling.reason,
        amount=case.payable_amount or Decimal(0),
        prokura=ruling.prokura,
        overrides=seen.live.proof_sha256,
        assignee_id=ruling.assignee_id,
        postings=list(ruling.postings),
    )
    text = canonical_json(_proof(seen, ruling, person, match))
    told = {name: value for name, value in seen.live.answer.items() if name != "person"}
    answer = told if match is None else answer_of(match[1])
    row = decided(
        text,
        call.now,
        invoice_id=case.id,
        sequence=queries.last_sequence(call.session, case.id) + 1,
        trigger=Trigger.PERSON,
        outcome=ruling.outcome,
        answer=answer | {"person": person.model_dump(mode="json")},
    )
    call.session.add(row)
    case.outcome, case.decision_id = ruling.outcome, row.id
    close_tasks(call.session, case.id, ALL, now=call.now, by=call.actor.id)
    watching.watch(call.session, case, call.now, is_new=False)
    call.session.flush()
    record(
        call.session,
        case,
        row,
        call.now,
        actor_id=call.actor.id,
        on_behalf_of=call.actor.on_behalf_of,
        request_id=call.request_id,
    )
    return row


def _proof(seen: InHand, ruling: Ruling, person: PersonOut, match: tuple[Case, Decision] | None) -> dict[str, Any]:
    """State the decision: which one it overrides, who made it, and everything that the engine found at that moment."""
    stated: dict[str, Any] = {
        "format": FORMAT,
        "invoice": str(seen.case.id),
        "document": str(seen.case.document_id),
        "outcome": ruling.outcome.value,
        "overrides": {"decision": str(seen.live.id), "proof_sha256": seen.live.proof_sha256},
        "person": person.model_dump(mode="json", exclude_none=True),
        "amount": plain(person.amount),
        "currency": seen.case.currency,
    }
    return stated if match is None else stated | {"match": proof(*match)}
