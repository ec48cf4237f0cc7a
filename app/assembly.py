"""What the service is put together from: its routers with their body limits, and its job handlers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter

from app.agreements.expiring import warn_next
from app.agreements.routes import router as agreements
from app.catalogs.routes import router as catalogues
from app.exchange import inbox
from app.exchange.delivery import deliver_next
from app.exchange.routes import router as exchange
from app.exchange.transports import FolderTransport
from app.kit import audit, jobs
from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.mail import Postman, server_of
from app.kit.worker import Worker
from app.match.routes import router as match
from app.match.service import rematch
from app.orders import receiving
from app.orders.routes import router as orders
from app.organisations.noticing import notify_next
from app.organisations.people_routes import router as people
from app.organisations.routes import router as organisations
from app.organisations.routes import sheets_router as setup_sheets
from app.organisations.supplier_routes import router as suppliers


@dataclass(frozen=True, slots=True)
class Part:
    """A router, and whether its bodies are documents, which may be larger than other bodies."""

    router: APIRouter
    takes_documents: bool = False


PARTS = (
    Part(organisations),
    Part(people),
    Part(suppliers),
    Part(setup_sheets, takes_documents=True),
    Part(agreements),
    Part(catalogues, takes_documents=True),
    Part(orders),
    Part(match, takes_documents=True),
    Part(exchange, takes_documents=True),
)

HANDLERS: Mapping[str, jobs.Handler] = {
    receiving.REMATCH: rematch,
    inbox.PROCESS: inbox.process,
}


def worker_of(settings: Settings, database: Database, clock: Clock) -> Worker:
    """Give the worker with everything there is to do: jobs, deliveries, notices, the sealing of the audit trail."""
    return Worker(
        [
            partial(jobs.run_next, database, HANDLERS, clock.now),
            partial(deliver_next, database, FolderTransport(settings.outbox_folder), clock.now),
            partial(notify_next, database, _postman_of(settings), settings.public_url, clock.now),
            partial(warn_next, database, clock.now),
            partial(audit.seal_next, database),
        ]
    )


def _postman_of(settings: Settings) -> Postman | None:
    return Postman(server_of(settings.smtp_url), settings.mail_from) if settings.smtp_url else None
