"""Who may issue tokens, and the public keys by which their tokens are known."""

import base64
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError

from app.kit.errors import Invalid, Unauthenticated
from app.kit.fetch import Fetched, FetchFailed

log = logging.getLogger("prokura")

ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}
"""The one algorithm of each kind of key; whatever else a token asks for is refused."""

PUBLIC_PARTS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}
SHORTEST_RSA_KEY = 2048

LARGEST_ANSWER = 256 * 1024
FRESH = timedelta(minutes=10)
USABLE = timedelta(hours=24)
PAUSE = timedelta(seconds=60)


class IssuerUnreachable(Unauthenticated):
    """The issuer's keys cannot be read now, so that its tokens cannot be checked."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies tokens, tied to its algorithm: an RSA key can never serve as an HMAC secret."""

    key_id: str
    algorithm: str
    key: Key


class Issuer(Protocol):
    """Issues tokens under a name, their `iss`."""

    @property
    def name(self) -> str: ...

    def key(self, key_id: str, now: datetime) -> PublicKey | None:
        """Give the key with that id, or none.

        :raises IssuerUnreachable: when its keys cannot be read.
        """


class Fetch(Protocol):
    """Reads an address; `Outbound.fetch` is one."""

    def __call__(self, target: str, *, limit: int) -> Fetched: ...


@dataclass(frozen=True, slots=True)
class _KeySet:
    keys: Mapping[str, PublicKey]
    read_at: datetime

    def is_within(self, age: timedelta, now: datetime) -> bool:
        return now - self.read_at <= age


class OidcIssuer:
    """An issuer found by OpenID Connect Discovery 1.0: its keys are read from where its own configuration says.

    Keys are used for ten minutes, and up to a day while the issuer does not answer. It is asked at most once a minute,
    by one thread at a time, so that made-up key ids cannot be used to flood it. A token's `jku` and `x5u` mean nothing.
    """

    def __init__(self, name: str, fetch: Fetch) -> None:
        self.name = name
        self._fetch = fetch
        self._known: _KeySet | None = None
        self._asked_at: datetime | None = None
        self._lock = threading.Lock()

    def key(self, key_id: str, now: datetime) -> PublicKey | None:
        """Give the key with that id, or none; asks the issuer when the keys are old or the id is not among them.

        :raises IssuerUnreachable: when there are no keys, or none younger than a day.
        """
        known = self._known
        has_key = known is not None and key_id in known.keys
        if known is None or not (has_key and known.is_within(FRESH, now)):
            # Whoever has an old but usable key does not wait for the thread that is asking.
            if self._lock.acquire(blocking=not (known is not None and has_key and known.is_within(USABLE, now))):
                try:
                    self._ask(now)
                finally:
                    self._lock.release()
            known = self._known
        if known is None or not known.is_within(USABLE, now):
            raise IssuerUnreachable(f"the keys of the issuer {self.name} cannot be read now; try again in a minute")
        return known.keys.get(key_id)

    def _ask(self, now: datetime) -> None:
        if self._asked_at is not None and now - self._asked_at < PAUSE:
            return
        self._asked_at = now
        try:
            self._known = _KeySet(self._read(), now)
        except (FetchFailed, Invalid, ValueError) as reason:
            log.warning("the keys of the issuer %s could not be read: %s", self.name, reason)

    def _read(self) -> dict[str, PublicKey]:
        configuration = self._read_json(f"{self.name.rstrip('/')}/.well-known/openid-configuration")
        if configuration.get("issuer") != self.name:
            raise ValueError("its configuration names another issuer")
        keys = read_keys(self._read_json(str(configuration.get("jwks_uri"))))
        if not keys:
            raise ValueError("it publishes no key of a kind that is accepted")
        return keys

    def _read_json(self, target: str) -> dict[str, Any]:
        answer = self._fetch(target, limit=LARGEST_ANSWER)
        if answer.status != 200:
            raise FetchFailed(f"{target} answered {answer.status}")
        return _json_object(answer.content)


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except RecursionError as reason:
        raise ValueError("JSON nested too deep") from reason
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def read_keys(key_set: Mapping[str, Any]) -> dict[str, PublicKey]:
    """Read the usable keys of a JSON Web Key Set (RFC 7517): RSA from 2048 bits and P-256, for signatures, with an id.

    Secret keys (`oct`), keys for encryption, other curves and broken keys are left out: a set may hold more than what
    we use, and one bad key must not shut everybody out.
    """
    found = key_set.get("keys")
    keys = [_read_key(entry) for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return {key.key_id: key for key in keys if key is not None}


def _read_key(entry: Mapping[str, Any]) -> PublicKey | None:
    kind, key_id = entry.get("kty"), entry.get("kid")
    if not isinstance(kind, str) or kind not in ALGORITHMS or not isinstance(key_id, str):
        return None
    algorithm = ALGORITHMS[kind]
    if entry.get("use", "sig") != "sig" or entry.get("alg", algorithm) != algorithm:
        return None
    try:
        public = {part: entry[part] for part in PUBLIC_PARTS[kind]}
        if not _is_strong(public):
            return None
        return PublicKey(key_id, algorithm, jwk.construct(public, algorithm))
    except (JOSEError, LookupError, TypeError, ValueError) as reason:
        log.warning("the key %r of a key set is broken: %s", key_id[:80], type(reason).__name__)
        return None


def _is_strong(public: Mapping[str, Any]) -> bool:
    if public["kty"] == "EC":
        return bool(public["crv"] == "P-256")
    modulus = base64.urlsafe_b64decode(public["n"] + "==")
    return int.from_bytes(modulus, "big").bit_length() >= SHORTEST_RSA_KEY
