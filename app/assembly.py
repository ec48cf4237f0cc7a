"""What the service is put together from: its routers with their body limits, and its job handlers."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter

from app.agreements import reorganised as agreements_reorganised
from app.agreements.expiring import warn_next
from app.agreements.routes import router as agreements
from app.catalogs import clearing, importing, reindexing
from app.catalogs.announcing import CONCLUDED
from app.catalogs.change_routes import router as catalogue_changes
from app.catalogs.routes import router as catalogues
from app.catalogs.sheet_routes import router as catalogue_sheets
from app.catalogs.shopping_routes import router as shopping_lists
from app.catalogs.upload_routes import router as catalogue_uploads
from app.exchange import inbox, turns
from app.exchange.carriers import carriers_of
from app.exchange.delivery import deliver_next
from app.exchange.letters import ByWay, LetterTransport
from app.exchange.routes import router as exchange
from app.kit import audit, jobs, parts, shifts
from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.mail import Postman, server_of
from app.kit.shifts import LongHandler
from app.kit.worker import Worker
from app.match import replaying, shadowing
from app.match.accrual_routes import router as accruals
from app.match.batch_routes import router as batches
from app.match.escalating import escalate_next
from app.match.handling_routes import router as invoice_handling
from app.match.posting_export_routes import router as posting_export
from app.match.replay_routes import router as replays
from app.match.rewatching import look_next
from app.match.routes import router as match
from app.match.service import rematch
from app.match.shadow_routes import router as shadow_policies
from app.match.simulate_routes import router as simulations
from app.orders import order_reminders, receipt_posting
from app.orders.attachment_routes import router as attachments
from app.orders.change_routes import router as order_changes
from app.orders.funds_routes import router as funds
from app.orders.letter_routes import router as order_letters
from app.orders.missing_invoices import notice_next
from app.orders.open_order_routes import router as open_orders
from app.orders.posting_routes import router as posting
from app.orders.posting_routes import sheets_router as posting_sheets
from app.orders.punch_out_routes import return_router as punch_out_return
from app.orders.punch_out_routes import router as punch_out
from app.orders.receipt_routes import router as receipts
from app.orders.remark_routes import router as remarks
from app.orders.requisition_routes import router as requisitions
from app.orders.routes import router as orders
from app.orders.settings_routes import router as order_settings
from app.orders.shop_routes import router as shops
from app.orders.standing_closing import close_next
from app.orders.standing_routes import router as standing_orders
from app.organisations import lapsing
from app.organisations.departures import Follower
from app.organisations.job_routes import router as people_jobs
from app.organisations.key_routes import router as api_keys
from app.organisations.noticing import notify_next
from app.organisations.people_routes import router as people
from app.organisations.policy_routes import router as policies
from app.organisations.reminding import remind_next
from app.organisations.reorganising import reorganise_next
from app.organisations.routes import router as organisations
from app.organisations.routes import sheets_router as setup_sheets
from app.organisations.supplier_routes import router as suppliers
from app.reports.routes import router as reports


@dataclass(frozen=True, slots=True)
class Part:
    """A router, and whether its bodies are documents, which may be larger than other bodies, or batches of them or
    catalogues, which may be larger still.
    """

    router: APIRouter
    takes_documents: bool = False
    takes_batches: bool = False
    takes_catalogues: bool = False

    def limit(self, settings: Settings) -> int:
        """Give how many bytes a body may have."""
        if self.takes_catalogues:
            return settings.catalogue_limit
        if self.takes_batches:
            return settings.batch_limit
        return settings.document_limit if self.takes_documents else settings.body_limit


PARTS = (
    # First what is asked most: a request is held against one route after the other.
    Part(batches, takes_batches=True),
    Part(simulations, takes_documents=True),
    Part(match, takes_documents=True),
    Part(organisations),
    Part(policies),
    Part(people),
    Part(suppliers),
    Part(people_jobs),
    Part(api_keys),
    Part(setup_sheets, takes_documents=True),
    Part(agreements),
    Part(catalogue_uploads, takes_catalogues=True),
    Part(catalogues),
    Part(catalogue_changes),
    Part(catalogue_sheets),
    Part(shopping_lists),
    Part(posting),
    Part(posting_sheets, takes_documents=True),
    Part(funds),
    Part(requisitions),
    Part(orders),
    Part(order_changes),
    Part(order_letters),
    Part(open_orders, takes_documents=True),
    Part(receipts),
    Part(order_settings),
    Part(remarks),
    Part(attachments, takes_documents=True),
    Part(punch_out),
    Part(shops),
    Part(punch_out_return, takes_documents=True),
    Part(standing_orders),
    Part(replays),
    Part(shadow_policies),
    Part(posting_export),
    Part(accruals),
    Part(invoice_handling),
    Part(exchange, takes_documents=True),
    Part(reports),
)

COSTS: Mapping[str, int] = {"upload_catalogue": 10, "submit_batch": 10, "search_lines": 2}
"""What an operation takes of its caller's limit, where that is not 1."""

FOLLOWERS: Sequence[Follower] = (lapsing.follow, agreements_reorganised.follow)
"""What each chapter does when a reorganisation comes into force."""

HANDLERS: Mapping[str, jobs.Handler] = {
    receipt_posting.REMATCH: rematch,
    turns.PROCESS: inbox.process,
    CONCLUDED: turns.follow,
    reindexing.FORGET: reindexing.forget,
    reindexing.INDEX: reindexing.index,
}


def long_handlers(settings: Settings) -> Mapping[str, LongHandler]:
    """Give the handlers of jobs that take many transactions."""
    return {
        importing.IMPORT: importing.handler(settings.catalogue_chunk),
        clearing.CLEAR: clearing.handler(settings.catalogue_chunk),
        replaying.REPLAY: replaying.handler(),
    }


def worker_of(settings: Settings, database: Database, clock: Clock) -> Worker:
    """Give the worker with everything there is to do: jobs, deliveries, notices, the sealing of the audit trail."""
    stopping, long = threading.Event(), long_handlers(settings)
    postman = _postman_of(settings)
    carriers = carriers_of(settings, database, clock.now)
    ways = ByWay(LetterTransport(postman, clock.now), carriers.transport)
    process = partial(inbox.process, at_once=settings.catalogue_at_once)
    handlers: dict[str, jobs.Handler] = {**HANDLERS, turns.PROCESS: process}
    return Worker(
        [
            partial(jobs.run_next, database, handlers, clock.now, but_not=list(long)),
            partial(deliver_next, database, ways, clock.now),
            *carriers.steps,
            partial(reorganise_next, database, FOLLOWERS, clock.now),
            partial(remind_next, database, clock.now, has_mail=bool(settings.smtp_url)),
            partial(notify_next, database, postman, settings.public_url, clock.now),
            partial(warn_next, database, clock.now),
            partial(notice_next, database, clock.now),
            partial(close_next, database, clock.now),
            partial(order_reminders.remind_next, database, clock.now),
            partial(shadowing.shadow_next, database, clock.now),
            partial(escalate_next, database, clock.now, has_mail=bool(settings.smtp_url)),
            partial(look_next, database, clock.now),
            partial(audit.seal_next, database),
            partial(parts.sweep_next, database, clock.now),
        ],
        [partial(shifts.run_next_long, database, long, clock.now, stopping=stopping)],
        stopping,
    )


def _postman_of(settings: Settings) -> Postman | None:
    return Postman(server_of(settings.smtp_url), settings.mail_from) if settings.smtp_url else None
