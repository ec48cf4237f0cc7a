"""Identifiers: UUID version 7 (RFC 9562 section 5.7), so that ids sort by the time they were made."""

import secrets
import threading
from datetime import datetime
from uuid import UUID

_RANDOM_BITS = 74
_STEP_BITS = 32


class _Sequence:
    """Random bits that rise within a millisecond (RFC 9562 section 6.2, method 2), so that ids sort there, too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = -1
        self._bits = 0

    def next(self, milliseconds: int) -> int:
        with self._lock:
            if milliseconds == self._milliseconds:
                self._bits = (self._bits + 1 + secrets.randbits(_STEP_BITS)) % (1 << _RANDOM_BITS)
            else:
                self._milliseconds = milliseconds
                self._bits = secrets.randbits(_RANDOM_BITS - 1)  # room to rise
            return self._bits


_sequence = _Sequence()


def new_id(now: datetime) -> UUID:
    """Make a UUIDv7: 48 bits of milliseconds since 1970, then 74 random bits that rise within the millisecond."""
    milliseconds = _milliseconds(now)
    bits = _sequence.next(milliseconds)
    high, low = bits >> 62, bits & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0x2 << 62) | low)


def first_id(at: datetime) -> UUID:
    """Give the id before all that are made in a millisecond or later: what was made since is found by its key."""
    return UUID(int=max(_milliseconds(at), 0) << 80)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
