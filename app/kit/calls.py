"""From an HTTP request to a service step and back: who asks, when, one transaction, one answer.

A route is one line: `return db.run(service.step, …)`. The door proves who is calling, takes the idempotency key, runs
the step in a transaction that is committed before the answer leaves, and writes the answer down.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Annotated, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlmodel import Session

from app.kit import audit
from app.kit.clock import business_day
from app.kit.db import Database
from app.kit.guarding import principal
from app.kit.idempotency import (
    Claim,
    IdempotencyKeyMissing,
    StoredAnswer,
    fingerprint,
    first_answer,
    keep_answer,
    read_key,
    was_answered,
)
from app.kit.tokens import Principal
from app.kit.versions import etag

Params = ParamSpec("Params")
READING = frozenset({"GET", "HEAD", "OPTIONS"})
CREATED = 201
PIECE = 256 * 1024


class Acting(Protocol):
    """Whoever acts: a user, possibly on behalf of another."""

    @property
    def id(self) -> UUID | None: ...

    @property
    def on_behalf_of(self) -> UUID | None: ...


ActorT = TypeVar("ActorT", bound=Acting)


@dataclass(frozen=True, slots=True)
class Call(Generic[ActorT]):
    """What every service step gets first: its transaction, who acts, and the time."""

    session: Session
    actor: ActorT
    now: datetime
    request_id: str | None = None

    @property
    def today(self) -> date:
        """The Danish calendar day."""
        return business_day(self.now)

    def audit(
        self, action: str, *, chain: UUID, entity: str, entity_id: UUID, facts: Mapping[str, Any] | None = None
    ) -> None:
        """Append an event of this call to the audit trail; `chain` is the root organisation."""
        audit.record(
            self.session,
            action,
            chain=chain,
            entity=entity,
            entity_id=entity_id,
            now=self.now,
            actor_id=self.actor.id,
            on_behalf_of=self.actor.on_behalf_of,
            facts=facts,
            request_id=self.request_id,
        )


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not JSON: bytes with their media type; its status is the route's unless it has its own."""

    content: bytes
    media_type: str = "application/xml"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """An answer that is too large to hold: it stands in a file from its beginning, and is sent in pieces. The file is
    closed when it has been sent, so a temporary one is gone then.
    """

    file: IO[bytes]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def pieces(self) -> Iterator[bytes]:
        with self.file:
            self.file.seek(0)
            while piece := self.file.read(PIECE):
                yield piece

    @property
    def size(self) -> int:
        return self.file.seek(0, io.SEEK_END)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with a status or headers of its own; `kept` is what a repeated request gets, if not the body itself."""

    body: BaseModel
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: BaseModel | None = None


Result = BaseModel | Raw | Filed | Answer | None


class Door(Generic[ActorT]):
    """The way from one request into the services: `db.run(step, …)`."""

    def __init__(
        self,
        request: Request,
        principal: Principal,
        body: bytes,
        idempotency_key: str | None,
        find_actor: Callable[[Session, Principal, datetime, UUID | None], ActorT],
        on_behalf_of: UUID | None = None,
    ) -> None:
        self._request = request
        self._principal = principal
        self._body = body
        self._find_actor = find_actor
        self._on_behalf_of = on_behalf_of
        self._key = self._key_of(idempotency_key)
        self._database: Database = request.app.state.database

    def run(
        self,
        step: Callable[Concatenate[Call[ActorT], Params], Result],
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> Response:
        """Run one service step in one transaction and answer what it gives.

        :raises IdempotencyKeyMissing: when a request that creates came without a key.
        :raises IdempotencyKeyReused: when the key belongs to another request.
        """
        now, claim = self._request.app.state.clock.now(), self._claim()

        def work(session: Session) -> Response:
            if claim is not None and (stored := first_answer(session, claim, now)) is not None:
                return _replayed(stored)
            actor = self._find_actor(session, self._principal, now, self._on_behalf_of)
            call = Call(session, actor, now, self._request.scope.get("request_id"))
            result = step(call, *args, **kwargs)
            response = self._answer(result)
            if claim is not None:
                media_type, body, headers = response.media_type or "", _kept(result, response), response.headers
                told = (headers.get("etag"), headers.get("location"))
                keep_answer(session, claim, response.status_code, media_type, body, *told)
            return response

        return self._database.run(work, write=not self._reads)

    def is_repeated(self) -> bool:
        """Tell whether the request's key was used before: what is done outside the transaction is not done again."""
        claim = self._claim()
        return claim is not None and self._database.run(lambda session: was_answered(session, claim), write=False)

    def _key_of(self, header: str | None) -> str | None:
        request = self._request
        if header is None:
            is_json = request.headers.get("content-type", "").startswith("application/json")
            if request.method == "POST" and self._status == CREATED and is_json:
                message = "send an `Idempotency-Key` of your own making, so that the request can be repeated safely"
                raise IdempotencyKeyMissing(message)
            return None
        return None if self._reads else read_key(header)

    def _claim(self) -> Claim | None:
        if self._key is None:
            return None
        request = self._request
        caller = f"{self._principal.issuer} {self._principal.subject}"
        operation = f"{request.method} {request.url.path}"
        content_type = request.headers.get("content-type", "")
        return Claim(caller, operation[:300], self._key, fingerprint(content_type, self._body, self._on_behalf_of))

    @property
    def _reads(self) -> bool:
        return self._request.method in READING

    @property
    def _status(self) -> int:
        return self._request.scope["route"].status_code or 200

    def _answer(self, result: Result) -> Response:
        if result is None:
            return Response(status_code=204)
        if isinstance(result, Raw):
            return Response(result.content, result.status or self._status, dict(result.headers), result.media_type)
        if isinstance(result, Filed):
            headers = {"Content-Length": str(result.size), **result.headers}
            return StreamingResponse(result.pieces(), self._status, headers, result.media_type)
        answer = result if isinstance(result, Answer) else Answer(result, self._status)
        body, status, headers = answer.body, answer.status, dict(answer.headers)
        version = getattr(body, "version", None)
        if isinstance(version, int):
            headers["ETag"] = etag(version)
        return Response(body.model_dump_json(), status, headers, "application/json")


class ReadingDoor(Door[ActorT]):
    """The way in of a POST that changes nothing: the database itself refuses it to write, so it keeps no key either."""

    @property
    def _reads(self) -> bool:
        return True


def _kept(result: Result, response: Response) -> bytes:
    """Give what a repeated request is answered: the same bytes, but for a secret that is told once."""
    if isinstance(result, Answer) and result.kept is not None:
        return result.kept.model_dump_json().encode()
    return bytes(response.body)


def _replayed(stored: StoredAnswer) -> Response:
    kept = {"ETag": stored.etag, "Location": stored.location}
    headers = {"Idempotent-Replayed": "true"} | {name: value for name, value in kept.items() if value}
    return Response(stored.body, stored.status, headers, stored.media_type or None)


async def body_bytes(request: Request) -> bytes:
    return await request.body()


Caller = Annotated[Principal, Depends(principal)]
Body = Annotated[bytes, Depends(body_bytes)]
IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", description="Makes the request safe to repeat; your own unique text.")
]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The ETag of the version that this change was made from.")
]


def wants_xml(accept: Annotated[str, Header(description="application/json or application/xml")] = "*/*") -> bool:
    """Tell whether the caller would rather have XML: it is named, and JSON is not named before it."""
    named = [part.split(";")[0].strip() for part in accept.split(",")]
    wanted = next((name for name in named if name in ("application/json", "application/xml", "text/xml")), "")
    return wanted.endswith("/xml")
