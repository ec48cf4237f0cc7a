"""The transport that the settings name, and the worker's step that pulls by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.exchange.folder_inlet import FolderInlet
from app.exchange.gateway import Gateway
from app.exchange.loopback import Loopback
from app.exchange.pulling import Inlet, Puller
from app.exchange.receipts import ReceiptPuller
from app.exchange.transports import FolderTransport, Transport
from app.kit.config import Settings, TransportName
from app.kit.db import Database
from app.kit.fetch import Outbound
from app.kit.worker import Step


@dataclass(frozen=True, slots=True)
class Carriers:
    """What takes documents away, and the steps by which they come in: none, unless a user hands them in."""

    transport: Transport
    steps: Sequence[Step] = ()


def carriers_of(settings: Settings, database: Database, clock_now: Callable[[], datetime]) -> Carriers:
    """Put together how documents leave and come in."""
    folder, user_id = FolderTransport(settings.outbox_folder), settings.inbox_user

    def pulled(inlet: Inlet) -> Sequence[Step]:
        if user_id is None:
            return ()
        return (Puller(database, inlet, user_id, clock_now, settings.catalogue_at_once).pull_next,)

    if settings.transport == TransportName.HTTP:
        outbound = Outbound(settings.allowed_private_targets)
        gateway = Gateway(settings.gateway_url, settings.gateway_token, outbound, clock_now, settings.document_limit)
        return Carriers(gateway, (*pulled(gateway), ReceiptPuller(database, gateway, clock_now).pull_next))
    if settings.transport == TransportName.LOOPBACK and user_id is not None:
        return Carriers(Loopback(database, user_id, folder, clock_now, settings.catalogue_at_once))
    return Carriers(folder, pulled(FolderInlet(settings.inbox_folder)))
