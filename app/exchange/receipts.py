"""Receipts: what an access point tells later of a document that it took, and the answer of whom it was for."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from sqlmodel import Session, col, select

from app.exchange.pulling import BETWEEN_LOOKS
from app.kit.db import Database
from app.kit.errors import Refusal
from app.kit.fetch import FetchFailed
from app.kit.outbox import OutboxItem, OutboxState
from app.orders import undelivered
from app.organisations.answers import TECHNICAL_ACCEPT, TECHNICAL_REJECT

log = logging.getLogger("prokura.exchange")

DELIVERABLE: Final = frozenset({OutboxState.QUEUED, OutboxState.SENT})
"""A document that waits to be tried again may have been taken all the same: its answer was lost."""

REJECTABLE: Final = DELIVERABLE | {OutboxState.DELIVERED}
ANSWERABLE: Final = frozenset({OutboxState.SENT, OutboxState.DELIVERED})


@dataclass(frozen=True, slots=True)
class Receipt:
    """A document with this message id reached its receiver's access point, or was rejected there, and why."""

    receipt_id: str
    message_id: UUID
    is_delivered: bool
    detail: str = ""


class ReceiptSource(Protocol):
    """Where an access point keeps receipts until they are acknowledged. Both raise `FetchFailed` when they cannot."""

    def receipts(self) -> Sequence[Receipt]: ...

    def acknowledge_receipt(self, receipt_id: str) -> None: ...


class ReceiptPuller:
    """Looks for receipts every half minute."""

    def __init__(self, database: Database, source: ReceiptSource, clock_now: Callable[[], datetime]) -> None:
        self._database = database
        self._source = source
        self._now = clock_now
        self._next_look: datetime | None = None

    def pull_next(self) -> bool:
        """Take in what is there; each receipt is acknowledged when what it tells is kept."""
        now = self._now()
        if self._next_look is not None and now < self._next_look:
            return False
        self._next_look = now + BETWEEN_LOOKS
        try:
            for receipt in self._source.receipts():
                self._take(receipt, now)
        except (FetchFailed, Refusal) as reason:
            log.warning("no receipts: %s", reason)
        return False

    def _take(self, receipt: Receipt, now: datetime) -> None:
        self._database.run(lambda session: take_receipt(session, receipt, now))
        self._source.acknowledge_receipt(receipt.receipt_id)


def take_receipt(session: Session, receipt: Receipt, now: datetime) -> None:
    """Note what became of a document. A rejection is told like a document that was given up; what is answered, or was
    told already, stays.
    """
    query = select(OutboxItem).where(OutboxItem.id == receipt.message_id)
    item = session.exec(query.with_for_update()).first()
    if item is None:
        return
    if receipt.is_delivered:
        _deliver(item, now)
    else:
        detail = receipt.detail or "no reason was given"
        _reject(session, item, f"rejected by the receiver's access point: {detail}", now)


def take_verdict(session: Session, item: OutboxItem, response_code: str, detail: str, now: datetime) -> None:
    """Note the code of an ApplicationResponse: that it was taken or turned away for its format, or answered."""
    if response_code == TECHNICAL_REJECT:
        _reject(session, item, f"rejected by the receiver: {detail or 'no reason was given'}", now)
    elif response_code == TECHNICAL_ACCEPT:
        _deliver(item, now)
    elif item.state in ANSWERABLE:
        item.state = OutboxState.ANSWERED


def _deliver(item: OutboxItem, now: datetime) -> None:
    if item.state in DELIVERABLE:
        item.sent_at = item.sent_at or now
        item.state, item.last_error = OutboxState.DELIVERED, None


def _reject(session: Session, item: OutboxItem, reason: str, now: datetime) -> None:
    if item.state not in REJECTABLE:
        return
    item.sent_at = item.sent_at or now
    item.state, item.last_error = OutboxState.REJECTED, reason[:1000]
    undelivered.fail(session, item, item.last_error, now)


def note_answer(session: Session, order_id: UUID) -> None:
    """Note that an order, with what was sent to change it, was answered."""
    query = select(OutboxItem).where(
        OutboxItem.about_id == order_id,
        col(OutboxItem.document_type).in_(("Order", "OrderChange")),
        col(OutboxItem.state).in_(ANSWERABLE),
    )
    for item in session.exec(query.with_for_update()).all():
        item.state = OutboxState.ANSWERED
