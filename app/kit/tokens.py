"""Bearer tokens: proves who a caller is from a signed JSON Web Token (RFC 7519, 8725), by python-jose and nobody else.

python-jose lets much pass that must not; what this module does about each is told in SECURITY.md.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jose import jwt
from jose.exceptions import JOSEError

from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.demo_issuer import DemoIssuer
from app.kit.errors import Unauthenticated
from app.kit.fetch import Outbound
from app.kit.issuers import ALGORITHMS, Issuer, OidcIssuer, PublicKey

LONGEST_TOKEN = 8192
LONGEST_SUBJECT = 255
TYPES = ("jwt", "at+jwt")
LEEWAY_SECONDS = 30
LONGEST_LIFE_SECONDS = 24 * 60 * 60
LAST_SECOND = 2**40
"""Far behind any date; keeps arithmetic with a claim that is some enormous number from failing."""

THREE_SEGMENTS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")

OPTIONS = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_at_hash": False}
"""Times are ours to check: python-jose reads the machine's clock, also for a claim that is merely required."""


class TokenMissing(Unauthenticated):
    """The request carries no bearer token."""


class TokenInvalid(Unauthenticated):
    """The token does not prove who the caller is."""


class TokenExpired(Unauthenticated):
    """The token was good once; get a new one."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a token speaks for: a subject is unique with its issuer, and only with it.

    `scope` holds the only permissions that it may use; of somebody who signed in it is None, for all they have.
    """

    issuer: str
    subject: str
    scope: frozenset[str] | None = None


class TokenVerifier:
    """Verifies tokens of some issuers for one audience, at the time its clock tells."""

    def __init__(self, issuers: Iterable[Issuer], audience: str, clock: Clock) -> None:
        self._issuers = {issuer.name: issuer for issuer in issuers}
        self._audience = audience
        self._clock = clock

    def verify(self, token: str) -> Principal:
        """Tell whom a token speaks for.

        :raises TokenInvalid: naming the claim or header that is wrong.
        :raises TokenExpired: when all but its time is right.
        :raises IssuerUnreachable: when its issuer's keys cannot be read.
        """
        header, unproven = _read_unproven(token)
        now = self._clock.now()
        issuer = self._issuer(unproven.get("iss"))
        key = _key(issuer, header, now)
        claims = self._proven_claims(token, key, issuer.name)
        _require_times(claims, now)
        return Principal(issuer.name, _subject(claims))

    def _issuer(self, name: object) -> Issuer:
        """Choose the issuer whose key must prove that the token is its own; so far the token only claims it."""
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise TokenInvalid("its issuer (`iss`) is missing, or none that this service believes")
        return issuer

    def _proven_claims(self, token: str, key: PublicKey, issuer: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token, key.key, algorithms=[key.algorithm], audience=self._audience, issuer=issuer, options=OPTIONS
            )
        except (JOSEError, RecursionError) as reason:
            raise TokenInvalid(f"its signature or content does not hold: {reason}") from reason
        if "aud" not in claims:  # python-jose lets a token for nobody in particular pass
            raise TokenInvalid("it does not say whom it is for (`aud`)")
        return claims


def _read_unproven(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the header and claims as they stand, after refusing what no token of ours looks like."""
    if len(token) > LONGEST_TOKEN:
        raise TokenInvalid(f"it is longer than {LONGEST_TOKEN} characters")
    if not THREE_SEGMENTS.fullmatch(token):
        raise TokenInvalid("it is not a JSON Web Token (three segments in base64url)")
    try:
        header, claims = jwt.get_unverified_header(token), jwt.get_unverified_claims(token)
    except (JOSEError, RecursionError) as reason:
        raise TokenInvalid("it is not a JSON Web Token (header and claims in JSON)") from reason
    if header.get("alg") not in ALGORITHMS.values():
        raise TokenInvalid(f"its algorithm (`alg`) is not one of {', '.join(ALGORITHMS.values())}")
    if "crit" in header:
        raise TokenInvalid("its header asks for an extension (`crit`) that this service does not know")
    if str(header.get("typ", "JWT")).lower() not in TYPES:
        raise TokenInvalid("its type (`typ`) is not that of an access token")
    return header, claims


def _key(issuer: Issuer, header: Mapping[str, Any], now: datetime) -> PublicKey:
    key_id = header.get("kid")
    if not isinstance(key_id, str):
        raise TokenInvalid("its header does not name a key (`kid`)")
    key = issuer.key(key_id, now)
    if key is None:
        raise TokenInvalid("its key (`kid`) is none that its issuer publishes")
    if header["alg"] != key.algorithm:
        raise TokenInvalid(f"its algorithm (`alg`) does not fit its key, which is for {key.algorithm}")
    return key


def _require_times(claims: Mapping[str, Any], now: datetime) -> None:
    """Check `exp`, `iat` and `nbf` (RFC 7519 section 4.1) with half a minute's leeway between clocks."""
    present = now.timestamp()
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    if not 0 < expires - issued <= LONGEST_LIFE_SECONDS:
        raise TokenInvalid("it must hold for more than no time and at most 24 hours (`exp` less `iat`)")
    if issued > present + LEEWAY_SECONDS:
        raise TokenInvalid("it was issued in the future (`iat`)")
    if "nbf" in claims and _seconds(claims, "nbf") > present + LEEWAY_SECONDS:
        raise TokenInvalid("it does not hold yet (`nbf`)")
    if expires + LEEWAY_SECONDS <= present:
        raise TokenExpired("it has expired (`exp`); get a new one")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LAST_SECOND:
        raise TokenInvalid(f"`{name}` is missing, or not a number of seconds since 1970")
    return value


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise TokenInvalid(f"its subject (`sub`) is missing, or not a text of 1 to {LONGEST_SUBJECT} characters")
    return subject


def verifier_from(settings: Settings, clock: Clock) -> TokenVerifier:
    """Make the verifier that the settings describe; without an issuer in them it believes nobody."""
    outbound = Outbound(settings.allowed_private_targets)
    issuers: list[Issuer] = [OidcIssuer(name, outbound.fetch) for name in settings.oidc_issuers]
    if settings.demo_issuer:
        issuers.append(DemoIssuer(settings.data_folder, settings.audience))
    return TokenVerifier(issuers, settings.audience, clock)
