"""The loopback: what leaves to somebody who is served here comes in here, and everything else leaves another way."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from app.exchange.pulling import Arrival, keep
from app.exchange.transports import Parcel, Transport
from app.kit.clock import business_day
from app.kit.config import MEBIBYTE
from app.kit.db import Database
from app.organisations.queries import organisation_by_gln

GLN: Final = "GLN:"


class Loopback:
    """Hands documents in at the own inbox as a user's. Sent twice, a document comes in once."""

    def __init__(
        self,
        database: Database,
        user_id: UUID,
        others: Transport,
        clock_now: Callable[[], datetime],
        at_once: int = MEBIBYTE,
    ) -> None:
        self._database = database
        self._user_id = user_id
        self._others = others
        self._now = clock_now
        self._at_once = at_once

    def send(self, parcel: Parcel) -> None:
        """Take a document in, or send it the other way."""
        if not self._is_here(parcel.receiver):
            self._others.send(parcel)
            return
        arrival = Arrival(str(parcel.message_id), parcel.sha256, parcel.content)
        keep(self._database, "loopback", arrival, self._user_id, self._now(), self._at_once)

    def _is_here(self, receiver: str) -> bool:
        gln, day = receiver.removeprefix(GLN), business_day(self._now())
        return receiver.startswith(GLN) and self._database.run(
            lambda session: organisation_by_gln(session, gln, day) is not None, write=False
        )
