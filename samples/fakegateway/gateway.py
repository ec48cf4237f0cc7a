"""The gateway: takes documents, keeps those that came in until they are acknowledged, and goes wrong as it is told."""

import base64
import hashlib
import json
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import compare_digest
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

KEYWORD = "sesam"


class Fault(StrEnum):
    """What goes wrong with one request; each is used up by it."""

    NO_ANSWER = "NO_ANSWER"
    """It is done, but the line goes dead before the answer."""
    ERROR_AFTERWARDS = "ERROR_AFTERWARDS"
    """It is done, and answered 500."""
    ERROR = "ERROR"
    BUSY = "BUSY"
    """429, with Retry-After of two minutes."""
    REFUSED = "REFUSED"
    """422: the document is refused for good."""
    FORBIDDEN = "FORBIDDEN"
    CORRUPT = "CORRUPT"
    """The bytes are others than were sent."""


class Stopped(Exception):  # noqa: N818 - it is what happened
    """A request is answered so, and nothing else happens."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.answer = JSONResponse({"detail": detail}, status, headers)


@dataclass
class Gateway:
    """What it took, by message id, and every message id that was handed to it; what came in, in the order in which it
    is listed; what has been acknowledged; the receipts; and what goes wrong next, at which door.
    """

    taken: dict[str, tuple[dict[str, Any], bytes]] = field(default_factory=dict)
    handed: list[str] = field(default_factory=list)
    waiting: dict[str, bytes] = field(default_factory=dict)
    listed: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    receipts: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)

    def comes_in(self, message_id: str, content: bytes) -> None:
        """Let a document come in; a repeated one is listed twice."""
        self.waiting[message_id] = content
        self.listed.append(message_id)

    def tells(self, receipt_id: str, message_id: str, status: str, detail: str = "") -> None:
        """Make a receipt: `delivered` or `rejected`."""
        told = {"receipt_id": receipt_id, "message_id": message_id, "status": status, "detail": detail}
        self.receipts[receipt_id] = told

    def fails(self, door: str, *faults: Fault) -> None:
        """Say what goes wrong at a door, such as `GET /messages/1`, the next times."""
        self.faults.setdefault(door, deque()).extend(faults)

    def next_fault(self, request: Request) -> Fault | None:
        waiting = self.faults.get(f"{request.method} {request.url.path}")
        return waiting.popleft() if waiting else None


router = APIRouter()


def stopped(_: Request, reason: Exception) -> Response:
    assert isinstance(reason, Stopped)  # noqa: S101 - nothing else is led here
    return reason.answer


def create_gateway(token: str = KEYWORD) -> FastAPI:
    """Put a gateway together."""
    app = FastAPI(openapi_url=None)
    app.state.gateway, app.state.token = Gateway(), token
    app.include_router(router)
    app.add_exception_handler(Stopped, stopped)
    return app


def opened(request: Request) -> Gateway:
    """Give the dependency that lets in whoever has the token."""
    if not compare_digest(request.headers.get("authorization", ""), f"Bearer {request.app.state.token}"):
        raise Stopped(401, "unknown token")
    gateway: Gateway = request.app.state.gateway
    return gateway


def digest_of(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def _went_wrong_before(fault: Fault | None) -> None:
    if fault == Fault.ERROR:
        raise Stopped(500, "out of order")
    if fault == Fault.BUSY:
        raise Stopped(429, "too many documents", {"Retry-After": "120"})
    if fault == Fault.REFUSED:
        raise Stopped(422, "nobody has this endpoint")
    if fault == Fault.FORBIDDEN:
        raise Stopped(403, "not now")


def _answer(fault: Fault | None, answer: Response) -> Response:
    """Give an answer, or what is left of it when it goes wrong only now."""
    if fault == Fault.ERROR_AFTERWARDS:
        return Response(status_code=500)
    if fault == Fault.NO_ANSWER:
        return Response(headers={"Content-Length": "1"})
    return answer


@router.post("/messages")
async def take(request: Request) -> Response:
    """Take a document; one that was taken before is told by 409."""
    gateway, content = opened(request), await request.body()
    fault, message_id = gateway.next_fault(request), request.headers["idempotency-key"]
    gateway.handed.append(message_id)
    _went_wrong_before(fault)
    if request.headers.get("content-digest") != digest_of(content):
        raise Stopped(400, "the bytes are not those of the digest")
    if message_id in gateway.taken:
        return _answer(fault, Response(status_code=409))
    gateway.taken[message_id] = (json.loads(request.headers["prokura-envelope"]), content)
    return _answer(fault, Response(status_code=202))


@router.get("/messages")
def list_waiting(request: Request) -> Response:
    gateway = opened(request)
    fault = gateway.next_fault(request)
    _went_wrong_before(fault)
    return _answer(fault, JSONResponse({"data": [{"message_id": one} for one in gateway.listed]}))


@router.get("/messages/{message_id}")
def give(request: Request, message_id: str) -> Response:
    gateway = opened(request)
    fault = gateway.next_fault(request)
    _went_wrong_before(fault)
    if message_id not in gateway.waiting:
        raise Stopped(404, "no such message")
    content = gateway.waiting[message_id]
    gateway.fetched.append(message_id)
    sent = content + b" " if fault == Fault.CORRUPT else content
    return _answer(fault, Response(sent, 200, {"Content-Digest": digest_of(content)}, "application/xml"))


@router.post("/messages/{message_id}/acknowledge")
def forget(request: Request, message_id: str) -> Response:
    gateway = opened(request)
    fault = gateway.next_fault(request)
    _went_wrong_before(fault)
    gateway.acknowledged.append(message_id)
    gateway.listed = [one for one in gateway.listed if one != message_id]
    return _answer(fault, Response(status_code=204))


@router.get("/receipts")
def list_receipts(request: Request) -> Response:
    gateway = opened(request)
    fault = gateway.next_fault(request)
    _went_wrong_before(fault)
    return _answer(fault, Response(json.dumps({"data": list(gateway.receipts.values())})))


@router.post("/receipts/{receipt_id}/acknowledge")
def forget_receipt(request: Request, receipt_id: str) -> Response:
    gateway = opened(request)
    fault = gateway.next_fault(request)
    _went_wrong_before(fault)
    gateway.receipts.pop(receipt_id, None)
    return _answer(fault, Response(status_code=204))


@router.post("/arrivals/{message_id}")
async def let_in(request: Request, message_id: str) -> Response:
    """Put in a document as if it came from the network."""
    opened(request).comes_in(message_id, await request.body())
    return Response(status_code=201)
