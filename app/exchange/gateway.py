"""The gateway of an access point, by HTTP: documents are handed to it, and those that came for us fetched from it."""

import base64
import binascii
import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from uuid import UUID

from app.exchange.pulling import MESSAGE_ID, Arrival, Corrupted, NotGiven
from app.exchange.receipts import Receipt
from app.exchange.transports import NotDeliverable, NotNow, Parcel, facts_of
from app.kit.archive import content_digest, sha256
from app.kit.config import MEBIBYTE
from app.kit.fetch import Fetched, FetchFailed, Outbound

log = logging.getLogger("prokura.exchange")

AGAIN: Final = frozenset({401, 403, 407, 408, 425, 429})
"""Refusals that are not about the document: who we are, or when. Mended by an operator, or by waiting."""

KNOWN, NO_SUCH_DOOR = 409, 404
GONE: Final = (404, 410)
STATUSES: Final = {"delivered": True, "rejected": False}
LONGEST_WAIT: Final = timedelta(days=1)
LISTED: Final = 100
"""Documents that are fetched at one look."""


class Gateway:
    """Speaks to one gateway.

    `POST {url}/messages` hands a document over, `GET {url}/messages` lists what waits for us, `GET
    {url}/messages/{id}` gives it, and `POST {url}/messages/{id}/acknowledge` lets the gateway forget it. `GET
    {url}/receipts` tells what became of documents that were handed over.
    """

    name = "http"

    def __init__(
        self, url: str, token: str, outbound: Outbound, clock_now: Callable[[], datetime], limit: int = 32 * MEBIBYTE
    ) -> None:
        self._url = url.rstrip("/")
        self._always = {"Authorization": f"Bearer {token}"} if token else {}
        self._outbound = outbound
        self._now = clock_now
        self._limit = limit

    def send(self, parcel: Parcel) -> None:
        """Hand a document over; the gateway knows a message id again.

        :raises NotDeliverable: when the gateway refuses the document for good.
        :raises NotNow: when it says when to come again.
        :raises FetchFailed: when it gives no answer, or has a fault.
        """
        headers = {
            "Content-Type": "application/xml",
            "Content-Digest": content_digest(parcel.sha256),
            "Idempotency-Key": str(parcel.message_id),
            "Prokura-Envelope": json.dumps(facts_of(parcel)),
        }
        answer = self._ask("POST", "messages", content=parcel.content, headers=headers)
        if 200 <= answer.status < 300 or answer.status == KNOWN:
            return
        said = f"the gateway answered {answer.status}{_said(answer)}"
        if 400 <= answer.status < 500 and answer.status not in AGAIN:
            raise NotDeliverable(said)
        wait = self._wait(answer)
        if wait is not None:
            raise NotNow(said, wait)
        raise FetchFailed(said)

    def waiting(self) -> list[str]:
        """Give the message ids of documents that wait for us, each once, in the gateway's order.

        :raises FetchFailed: when the gateway gives no list.
        """
        answer = self._fine(self._ask("GET", "messages"))
        try:
            listed = [row["message_id"] for row in json.loads(answer.content)["data"]]
        except (ValueError, KeyError, TypeError) as reason:
            raise FetchFailed("the gateway's list of messages cannot be read") from reason
        named = [one for one in listed if isinstance(one, str) and MESSAGE_ID.fullmatch(one)]
        return list(dict.fromkeys(named))[:LISTED]

    def fetch(self, message_id: str) -> Arrival:
        """Give a document that waits, as it was sent.

        :raises Corrupted: when its bytes are not those of its Content-Digest.
        :raises NotGiven: when the gateway does not give it, or no digest with it.
        """
        answer = self._fine(self._ask("GET", f"messages/{message_id}", limit=self._limit))
        told = _digest(answer.headers)
        if told is None:
            raise NotGiven(f"the gateway gave message {message_id} without a Content-Digest of SHA-256")
        came = sha256(answer.content)
        if came != told:
            raise Corrupted(f"message {message_id} came with other bytes than were sent")
        return Arrival(message_id, came, answer.content)

    def acknowledge(self, message_id: str) -> None:
        """Let the gateway forget a document that is kept here; one that it has forgotten is fine.

        :raises FetchFailed: when it does not answer that it has.
        """
        self._forget(f"messages/{message_id}")

    def receipts(self) -> list[Receipt]:
        """Give what became of documents that were handed over; nothing, when the gateway has no such door.

        :raises FetchFailed: when the gateway gives no list.
        """
        answer = self._ask("GET", "receipts")
        if answer.status == NO_SUCH_DOOR:
            return []
        try:
            rows = list(json.loads(self._fine(answer).content)["data"])
        except (ValueError, KeyError, TypeError) as reason:
            raise FetchFailed("the gateway's list of receipts cannot be read") from reason
        return [receipt for receipt in map(_receipt, rows) if receipt is not None][:LISTED]

    def acknowledge_receipt(self, receipt_id: str) -> None:
        """Let the gateway forget a receipt.

        :raises FetchFailed: when it does not answer that it has.
        """
        self._forget(f"receipts/{receipt_id}")

    def _forget(self, path: str) -> None:
        answer = self._ask("POST", f"{path}/acknowledge")
        if answer.status not in GONE:
            self._fine(answer)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MEBIBYTE,
    ) -> Fetched:
        sent = {**self._always, **(headers or {})}
        return self._outbound.fetch(f"{self._url}/{path}", method=method, content=content, headers=sent, limit=limit)

    def _fine(self, answer: Fetched) -> Fetched:
        if not 200 <= answer.status < 300:
            raise NotGiven(f"the gateway answered {answer.status}{_said(answer)}")
        return answer

    def _wait(self, answer: Fetched) -> timedelta | None:
        """Read Retry-After, in seconds or as a moment."""
        written = answer.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"[0-9]{1,6}", written):
            return min(timedelta(seconds=int(written)), LONGEST_WAIT)
        try:
            until = parsedate_to_datetime(written)
        except ValueError:
            return None
        until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
        return min(max(until - self._now(), timedelta(0)), LONGEST_WAIT)


def _digest(headers: Mapping[str, str]) -> str | None:
    found = re.search(r"sha-256=:([A-Za-z0-9+/=]{44}):", headers.get("Content-Digest", ""))
    try:
        return base64.b64decode(found.group(1), validate=True).hex() if found else None
    except binascii.Error:
        return None


def _receipt(row: Any) -> Receipt | None:
    """Read a receipt; one that nobody understands stays with the gateway."""
    try:
        receipt_id, is_delivered = row["receipt_id"], STATUSES[row["status"]]
        message_id, detail = UUID(row["message_id"]), _plain(str(row.get("detail") or ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("the gateway lists a receipt that cannot be read")
        return None
    return Receipt(receipt_id, message_id, is_delivered, detail) if MESSAGE_ID.fullmatch(str(receipt_id)) else None


def _plain(text: str) -> str:
    """Give text that a database takes, cut short: no NUL, and no half of a character."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:300]


def _said(answer: Fetched) -> str:
    """Give the `detail` of a problem that a gateway tells, cut short; nothing else of its answer is repeated."""
    try:
        detail = json.loads(answer.content)["detail"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f": {_plain(detail)}" if isinstance(detail, str) else ""
