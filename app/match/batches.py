"""Batches of invoices: many documents in one request, each taken, refused or failed for itself.

Some are decided together in one transaction, each behind a savepoint. All suppliers that the transaction is about are
locked first, in one order, so that two batches never wait for each other in a ring; where another request still makes
one, PostgreSQL ends either transaction and all of it is done again.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Concatenate, Final, ParamSpec, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from app import dialects
from app.dialects import Received
from app.documents.invoice import Invoice
from app.kit.calls import Body, Caller
from app.kit.calls import Call as AnyCall
from app.kit.clock import Clock
from app.kit.db import MOST_TRIES, UNIQUE_VIOLATION, Database, is_postgresql, rows, share_reads
from app.kit.errors import Refusal
from app.kit.problems import ProblemFault, status_of
from app.kit.tokens import Principal
from app.match import service
from app.match.batch_messages import BatchOut, BatchProblem, BatchResult, Fate
from app.match.batch_reading import Paper, papers_in
from app.match.messages import MatchRow
from app.organisations.access import Call, NotAllowed, OnBehalfOf, find_actor
from app.organisations.permissions import Permission
from app.organisations.supplier_models import Supplier, SupplierIdentifier

Params = ParamSpec("Params")
Result = TypeVar("Result")

MOST_TOGETHER: Final = 50
MOST_ON_SQLITE: Final = 10
"""There a transaction keeps every other writer waiting."""

MOST_BYTES: Final = 16 * 1024 * 1024
"""Bytes of documents that are read at a time, but for one that is larger alone."""

OK, FAILED = 200, 500
_SUPPLIERS = (
    select(col(SupplierIdentifier.supplier_id))
    .where(col(SupplierIdentifier.key).in_(bindparam("keys", expanding=True)))
    .distinct()
)
_LOCK = (
    select(col(Supplier.id))
    .where(col(Supplier.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(Supplier.id))
    .with_for_update(key_share=True)
)
log = logging.getLogger("prokura")


@dataclass(frozen=True, slots=True)
class Batch:
    """The documents of a request."""

    papers: Sequence[Paper]


@dataclass(frozen=True, slots=True)
class Rounds:
    """Runs steps one after the other, each in a transaction of its own, as whoever calls."""

    database: Database
    clock: Clock
    who: Principal
    on_behalf_of: UUID | None
    request_id: str | None

    def run(self, step: Callable[[Call], Result], *, write: bool = True) -> Result:
        now = self.clock.now()

        def work(session: Session) -> Result:
            actor = find_actor(session, self.who, now, self.on_behalf_of)
            return step(AnyCall(session, actor, now, self.request_id))

        return self.database.run(work, write=write)


class BatchDoor:
    """The way in of a batch: it takes several transactions, and no key, since each document is known by its bytes."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds

    def run(
        self, step: Callable[Concatenate[Rounds, Params], BaseModel], *args: Params.args, **kwargs: Params.kwargs
    ) -> Response:
        answer = step(self._rounds, *args, **kwargs)
        return Response(answer.model_dump_json(), OK, media_type="application/json")


async def batch_door(request: Request, who: Caller, on_behalf_of: OnBehalfOf = None) -> BatchDoor:
    state, request_id = request.app.state, request.scope.get("request_id")
    return BatchDoor(Rounds(state.database, state.clock, who, on_behalf_of, request_id))


def batch_of(request: Request, caller: Caller, body: Body) -> Batch:
    """Give the dependency that opens a batch; whoever is not signed in gets nothing opened."""
    del caller
    settings = request.app.state.settings
    content_type = request.headers.get("content-type", "")
    return Batch(papers_in(body, content_type, settings.batch_limit, settings.document_limit))


BatchDb = Annotated[BatchDoor, Depends(batch_door)]
BatchBody = Annotated[Batch, Depends(batch_of)]


def submit_batch(rounds: Rounds, batch: Batch) -> BatchOut:
    """Take the documents of a batch in, in their order, and decide each; the same batch again gets the same answers.

    :raises NotAllowed: for whoever hands invoices in for no organisation.
    """
    rounds.run(_admit, write=False)
    most = MOST_ON_SQLITE if rounds.database.is_sqlite else MOST_TOGETHER
    results: list[BatchResult] = []
    for some in _read(batch.papers, most):
        results += rounds.run(partial(_decided, some=some, first=len(results) + 1))
    taken = sum(one.status == OK for one in results)
    return BatchOut(taken=taken, refused=len(results) - taken, data=results)


def _admit(call: Call) -> None:
    if not call.actor.organisations(Permission.INVOICE_SUBMIT):
        raise NotAllowed(f"you hand in invoices for no organisation ({Permission.INVOICE_SUBMIT})")


@dataclass(frozen=True, slots=True)
class _Read:
    """A document as it was read, or what became of it instead."""

    name: str
    size: int
    found: Received[Invoice] | Fate


def _read(papers: Sequence[Paper], most: int) -> Iterator[list[_Read]]:
    """Read documents, outside of any transaction, as many as are decided together."""
    some: list[_Read] = []
    for paper in papers:
        some.append(_one(paper))
        if len(some) == most or sum(one.size for one in some) > MOST_BYTES:
            yield some
            some = []
    if some:
        yield some


def _one(paper: Paper) -> _Read:
    try:
        content = paper.read()
        received = dialects.receive(content, paper.media_type, Invoice, "Invoice", "CreditNote")
    except Refusal as refusal:
        return _Read(paper.name, 0, _refused(refusal))
    except Exception as error:  # one document must not take the others with it
        return _Read(paper.name, 0, _failed(error))
    return _Read(paper.name, len(content), received)


def _decided(call: Call, some: Sequence[_Read], first: int) -> list[BatchResult]:
    _lock_suppliers(call, [one.found for one in some if not isinstance(one.found, Fate)])
    share_reads(call.session)
    fates = [_fate(call, one) for one in some]
    return [
        BatchResult(position=position, file_name=one.name, **dict(fate))
        for position, (one, fate) in enumerate(zip(some, fates, strict=True), start=first)
    ]


def _fate(call: Call, read: _Read) -> Fate:
    return read.found if isinstance(read.found, Fate) else _taken(call, read.found)


def _lock_suppliers(call: Call, received: Sequence[Received[Invoice]]) -> None:
    """Let one transaction at a time pass with any supplier; each invoice's own lock then waits for nobody."""
    keys = sorted({key for one in received for key in one.envelope.sender.keys})
    if keys and is_postgresql(call.session):
        ids = [row.supplier_id for row in rows(call.session, _SUPPLIERS, keys=keys)]
        rows(call.session, _LOCK, ids=ids)


def _taken(call: Call, received: Received[Invoice], tries: int = 2) -> Fate:
    """Take one document in behind a savepoint. What PostgreSQL wants the whole transaction done again for is raised; a
    key that somebody took in between is looked up once more.
    """
    try:
        with call.session.begin_nested():
            taken, _ = service.submit(call, received)
    except Refusal as refusal:
        return _refused(refusal)
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", "")
        if state == UNIQUE_VIOLATION and tries > 1:
            return _taken(call, received, tries - 1)
        if state in MOST_TRIES and state != UNIQUE_VIOLATION:
            raise
        return _failed(error)
    except Exception as error:  # one document must not take the others with it
        return _failed(error)
    row = MatchRow.model_validate(taken, from_attributes=True)
    return Fate(status=OK, invoice=row)


def _refused(refusal: Refusal) -> Fate:
    faults = [ProblemFault.model_validate(fault, from_attributes=True) for fault in refusal.faults]
    problem = BatchProblem(code=refusal.code, title=refusal.title, detail=refusal.message, errors=faults)
    return Fate(status=status_of(type(refusal)), problem=problem)


def _failed(error: Exception) -> Fate:
    log.error("a document of a batch failed", exc_info=error)
    detail = "the service failed on this document; nothing of it was kept, so send it again"
    problem = BatchProblem(code="internal_error", title="Internal error", detail=detail)
    return Fate(status=FAILED, problem=problem)
