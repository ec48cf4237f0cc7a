"""Netting: a credit note that takes all of an invoice back before it is approved closes both, and nothing is paid."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from app.kit.audit import canonical_json
from app.kit.money import plain
from app.match import handling_queries, queries, watching
from app.match.booking import give_back
from app.match.cases import credited_numbers
from app.match.decided import decided, record
from app.match.engine.codes import Outcome
from app.match.meanings import understood
from app.match.models import InvoiceCase, MatchDecision, Trigger
from app.match.outcomes import APPROVED, OPEN
from app.match.tasks import ALL
from app.orders.allocations import lock_orders
from app.orders.models import PurchaseOrder
from app.organisations.tasks import close_tasks

FORMAT: Final = "prokura-netting-proof/1"
DOUBTFUL: Final = frozenset({"POSSIBLE_DUPLICATE", "TOTALS_DISAGREE", "TAX_IMPLAUSIBLE", "ROUNDING_TOO_LARGE"})
"""Of a credit note with one of these a person must know first what it is."""

CREDIT_NOTE: Final = "CreditNote"


def net(session: Session, credit_id: UUID, now: datetime) -> InvoiceCase | None:
    """Close an open credit note together with the open invoice that it takes back as a whole; gives the credit note
    when it did.
    """
    credit = session.get_one(InvoiceCase, credit_id)
    invoice = _taken_back(session, credit)
    if invoice is None:
        return None
    ids = {*handling_queries.orders_of(session, credit.id), *handling_queries.orders_of(session, invoice.id)}
    orders = lock_orders(session, ids)
    for case in sorted((credit, invoice), key=lambda one: one.id):
        session.refresh(case, with_for_update=True)
    if credit.outcome not in OPEN or invoice.outcome not in OPEN:
        return None
    for case, other in ((invoice, credit), (credit, invoice)):
        _close(session, case, other, orders, now)
    return credit


def _taken_back(session: Session, credit: InvoiceCase) -> InvoiceCase | None:
    """Give the one open invoice that a credit note takes back as a whole."""
    if credit.document_type != CREDIT_NOTE or credit.outcome not in OPEN or credit.supplier_id is None:
        return None
    live = queries.decision(session, credit.decision_id)
    numbers = credited_numbers(understood(session, credit))
    if len(numbers) != 1 or any(finding["code"] in DOUBTFUL for finding in live.answer["findings"]):
        return None
    found = queries.invoices_numbered(session, credit.supplier_id, numbers)
    open_ones = [one for one in found if one.outcome in OPEN]
    if len(open_ones) != 1 or any(one.outcome in APPROVED for one in found):
        return None
    wanted = (credit.organisation_id, credit.currency, credit.payable_amount)
    invoice = open_ones[0]
    return invoice if (invoice.organisation_id, invoice.currency, invoice.payable_amount) == wanted else None


def _close(
    session: Session, case: InvoiceCase, other: InvoiceCase, orders: Sequence[PurchaseOrder], now: datetime
) -> None:
    live = queries.decision(session, case.decision_id)
    give_back(session, case, live, orders, now)
    text = canonical_json(_proof(case, other, live))
    row = decided(
        text,
        now,
        invoice_id=case.id,
        sequence=queries.last_sequence(session, case.id) + 1,
        trigger=Trigger.NETTED,
        outcome=Outcome.NETTED,
        answer={name: value for name, value in live.answer.items() if name != "person"},
    )
    session.add(row)
    case.outcome, case.decision_id, case.version = Outcome.NETTED, row.id, case.version + 1
    close_tasks(session, case.id, ALL, now=now, by=None)
    watching.watch(session, case, now, is_new=False)
    session.flush()
    record(session, case, row, now)


def _proof(case: InvoiceCase, other: InvoiceCase, live: MatchDecision) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "invoice": str(case.id),
        "against": str(other.id),
        "outcome": Outcome.NETTED.value,
        "overrides": {"decision": str(live.id), "proof_sha256": live.proof_sha256},
        "amount": plain(case.payable_amount or Decimal(0)),
        "currency": case.currency,
    }
