"""How often somebody may ask: a token bucket for each, in the memory of this process and for it alone.

A bucket is kept as the moment at which it is full again, so asking moves that moment on and waiting needs no clock of
its own. Answers tell it as draft-ietf-httpapi-ratelimit-headers has it: `q` the size, `w` the seconds in which an empty
one fills, `r` what is left, `t` the seconds until it is full.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from app.kit.config import Settings
from app.kit.errors import Forbidden

WINDOW = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
MOST_REMEMBERED = 50_000


class TooManyRequests(Forbidden):
    """The caller asked too often; `Retry-After` says in how many seconds to ask again."""

    title = "Too many requests"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of somebody's bucket after a request, or in how many seconds there is enough for it."""

    left: int
    full_in: int
    wait: int = 0


class Buckets:
    """A bucket of `size` requests for each caller, which fills within a minute."""

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self._each = WINDOW / size
        self._full_at: dict[str, datetime] = {}
        self._lock = Lock()

    def take(self, who: str, now: datetime, cost: int = 1) -> Standing:
        """Take what a request costs, at most a whole bucket; nothing is taken when there is not enough."""
        with self._lock:
            empty_for = max(self._full_at.get(who, now) - now, timedelta(0))
            if empty_for > WINDOW:  # the clock has been set back
                empty_for = timedelta(0)
            wanted = empty_for + self._each * min(cost, self.size)
            if wanted > WINDOW:
                return Standing(self._left(empty_for), _ceiling(empty_for), max(_ceiling(wanted - WINDOW), 1))
            self._forget(now)
            self._full_at[who] = now + wanted
            return Standing(self._left(wanted), _ceiling(wanted))

    def _left(self, empty_for: timedelta) -> int:
        return (WINDOW - empty_for) // self._each

    def _forget(self, now: datetime) -> None:
        """Forget full buckets when there are many, and the oldest where that is not enough."""
        if len(self._full_at) < MOST_REMEMBERED:
            return
        self._full_at = {who: full_at for who, full_at in self._full_at.items() if full_at > now}
        while len(self._full_at) >= MOST_REMEMBERED:
            del self._full_at[next(iter(self._full_at))]

    def told(self, standing: Standing) -> dict[str, str]:
        """Give the headers that tell a standing."""
        headers = {
            "RateLimit-Policy": f'"{self.name}";q={self.size};w={WINDOW // SECOND}',
            "RateLimit": f'"{self.name}";r={standing.left};t={standing.full_in}',
        }
        return headers | ({"Retry-After": str(standing.wait)} if standing.wait else {})


class Limits:
    """The limits of a process: of callers who proved who they are, and of addresses that prove nothing.

    `costs` are of the operations, by name, that cost more than one request.
    """

    def __init__(self, callers: int, strangers: int, costs: Mapping[str, int] | None = None) -> None:
        self.callers = Buckets("caller", callers)
        self.strangers = Buckets("stranger", strangers)
        self._costs = costs or {}

    def cost(self, operation: str) -> int:
        return self._costs.get(operation, 1)


def limits_from(settings: Settings, costs: Mapping[str, int]) -> Limits:
    return Limits(settings.rate_limit, settings.stranger_rate_limit, costs)


def _ceiling(time: timedelta) -> int:
    return -(-time // SECOND)
