"""Tokens: who is believed, and each known way to be fooled by python-jose or by a key set."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from jose import jwt

from app.kit.clock import FixedClock
from app.kit.issuers import PublicKey, read_keys
from app.kit.tokens import LONGEST_TOKEN, Principal, TokenExpired, TokenInvalid, TokenVerifier
from tests.tokens import (
    AUDIENCE,
    ISSUER,
    NOW,
    OTHER_RSA,
    P256,
    RSA,
    SECOND,
    claims,
    ec_entry,
    es256,
    header,
    rs256,
    rsa_entry,
    segment,
    token,
)


class FixedIssuer:
    """An issuer with the keys of a key set."""

    def __init__(self, name: str, *entries: Mapping[str, Any]) -> None:
        self.name = name
        self._keys = read_keys({"keys": list(entries)})

    def key(self, key_id: str, now: datetime) -> PublicKey | None:
        del now
        return self._keys.get(key_id)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def verifier(clock: FixedClock) -> TokenVerifier:
    issuers = [
        FixedIssuer(ISSUER, rsa_entry(RSA), ec_entry(P256)),
        FixedIssuer("https://other.example", rsa_entry(OTHER_RSA, "other")),
    ]
    return TokenVerifier(issuers, AUDIENCE, clock)


@pytest.mark.parametrize(
    "made",
    [
        token(header(), claims()),
        token(header(typ=None), claims()),
        token(header(typ="at+JWT"), claims()),
        token(header(), claims(aud=["somebody", AUDIENCE])),
        token(header(), claims(at_hash="of an access token we do not have")),
        token(header(), claims(iat=SECOND + 0.5, exp=SECOND + 86400.5)),
        token(header(alg="ES256", kid="ec"), claims(), es256),
    ],
    ids=["rs256", "no-typ", "at+jwt", "audiences", "at_hash", "fractions", "es256"],
)
def test_a_good_token_tells_whom_it_speaks_for(verifier: TokenVerifier, made: str) -> None:
    assert verifier.verify(made) == Principal(ISSUER, "anna")


@pytest.mark.parametrize("name", ["azp", "client_id"])
def test_a_token_of_a_client_speaks_for_its_subject(verifier: TokenVerifier, name: str) -> None:
    made = token(header(typ="at+JWT"), claims(sub="invoice-system", **{name: "somebody-else"}))

    assert verifier.verify(made) == Principal(ISSUER, "invoice-system")


def test_the_same_subject_of_another_issuer_is_somebody_else(verifier: TokenVerifier) -> None:
    made = token(header(kid="other"), claims(iss="https://other.example"), lambda content: rs256(content, OTHER_RSA))

    assert verifier.verify(made) == Principal("https://other.example", "anna")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"iss": None}, "iss"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": ISSUER + "/"}, "iss"),
        ({"iss": [ISSUER]}, "iss"),
        ({"aud": None}, "aud"),
        ({"aud": "somebody"}, "audience"),
        ({"aud": ["somebody"]}, "audience"),
        ({"aud": []}, "audience"),
        ({"aud": {"prokura": 1}}, "claim format"),
        ({"aud": [AUDIENCE, 1]}, "claim format"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "Subject"),
        ({"sub": "a\0b"}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": str(SECOND + 60)}, "exp"),
        ({"exp": float("inf")}, "exp"),
        ({"exp": float("nan")}, "exp"),
        ({"exp": 10**400}, "exp"),
        ({"exp": SECOND}, "exp"),
        ({"exp": SECOND - 10}, "exp"),
        ({"exp": SECOND + 24 * 3600 + 1}, "24 hours"),
        ({"iat": None}, "iat"),
        ({"iat": -1}, "iat"),
        ({"iat": SECOND + 31}, "future"),
        ({"nbf": SECOND + 31}, "nbf"),
        ({"nbf": "now"}, "nbf"),
        ({"jti": 7}, "JWT ID"),
    ],
)
def test_a_claim_that_is_missing_or_wrong_is_named(verifier: TokenVerifier, change: dict[str, Any], names: str) -> None:
    with pytest.raises(TokenInvalid, match=names):
        verifier.verify(token(header(), claims(**change)))


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"kid": None}, "kid"),
        ({"kid": "unknown"}, "kid"),
        ({"kid": 7}, "kid"),
        ({"kid": "other"}, "kid"),
        ({"alg": None}, "alg"),
        ({"alg": "none"}, "alg"),
        ({"alg": "None"}, "alg"),
        ({"alg": "RS384"}, "alg"),
        ({"alg": "PS256"}, "alg"),
        ({"alg": ["RS256"]}, "alg"),
        ({"alg": "ES256"}, "does not fit its key, which is for RS256"),
        ({"kid": "ec"}, "does not fit its key, which is for ES256"),
        ({"crit": ["b64"], "b64": False}, "crit"),
        ({"crit": []}, "crit"),
        ({"typ": "id+jwt"}, "typ"),
        ({"typ": "JWE"}, "typ"),
        ({"typ": 7}, "typ"),
    ],
)
def test_a_header_that_is_missing_or_wrong_is_named(
    verifier: TokenVerifier, change: dict[str, Any], names: str
) -> None:
    with pytest.raises(TokenInvalid, match=names):
        verifier.verify(token(header(**change), claims()))


@pytest.mark.parametrize(
    "encoding",
    [
        (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
        (serialization.Encoding.DER, serialization.PublicFormat.PKCS1),
        (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH),
    ],
    ids=["der", "der-pkcs1", "pem", "openssh"],
)
@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_secret_to_sign_with(verifier: TokenVerifier, encoding: Any, algorithm: str) -> None:
    """CVE-2026-85394 (DER) and CVE-2024-33663 (PEM, OpenSSH): everybody knows the public key."""
    secret = RSA.public_key().public_bytes(*encoding)
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]

    def forge(content: bytes) -> bytes:
        return hmac.new(secret, content, digest).digest()

    with pytest.raises(TokenInvalid, match="alg"):
        verifier.verify(token(header(alg=algorithm), claims(), forge))


def test_the_hole_that_this_guards_against_is_still_there() -> None:
    """When this fails, python-jose has been mended: tell SECURITY.md."""
    secret = RSA.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    forged = token(
        header(alg="HS256"),
        {"sub": "anna"},
        lambda content: hmac.new(secret, content, hashlib.sha256).digest(),
    )
    assert jwt.decode(forged, secret, algorithms=["RS256", "HS256"]) == {"sub": "anna"}


def test_a_token_without_a_signature_is_refused(verifier: TokenVerifier) -> None:
    for head in (header(alg="none"), header()):
        with pytest.raises(TokenInvalid):
            verifier.verify(token(head, claims(), lambda _: b""))


def test_a_signature_of_another_key_is_refused(verifier: TokenVerifier) -> None:
    with pytest.raises(TokenInvalid, match="Signature verification failed"):
        verifier.verify(token(header(), claims(), lambda content: rs256(content, OTHER_RSA)))


def test_an_issuer_cannot_speak_for_another(verifier: TokenVerifier) -> None:
    """Its key is good and known, but not for the issuer that the token names."""
    with pytest.raises(TokenInvalid, match="kid"):
        verifier.verify(token(header(kid="other"), claims(), lambda content: rs256(content, OTHER_RSA)))


def test_a_changed_claim_breaks_the_signature(verifier: TokenVerifier) -> None:
    head, _, signature = token(header(), claims()).split(".")

    with pytest.raises(TokenInvalid, match="Signature verification failed"):
        verifier.verify(f"{head}.{segment(json.dumps(claims(sub='boss')).encode())}.{signature}")


def test_keys_that_the_token_brings_along_mean_nothing(verifier: TokenVerifier) -> None:
    brought = {"jku": "https://evil.example/keys", "x5u": "https://evil.example/x", "jwk": rsa_entry(OTHER_RSA)}

    with pytest.raises(TokenInvalid, match="Signature verification failed"):
        verifier.verify(token(header(**brought), claims(), lambda content: rs256(content, OTHER_RSA)))


def test_a_token_has_at_most_8192_characters(verifier: TokenVerifier) -> None:
    with pytest.raises(TokenInvalid, match="longer than 8192"):
        verifier.verify(token(header(), claims(padding="x" * LONGEST_TOKEN)))


NESTED = "[" * 4000


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "a",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        "..",
        "....",
        "æ.ø.å",
        "a b.c.d",
        "a\n.b.c",
        "\ud800.a.b",
        f"{segment(b'{}')}.{segment(b'{}')}.{segment(b'{}')}",
        f"{segment(b'[]')}.{segment(b'{}')}.eHh4",
        f"{segment(b'null')}.{segment(b'{}')}.eHh4",
        f"{segment(b'{')}.{segment(b'{}')}.eHh4",
        f"{segment(bytes([0xFF, 0xFE]))}.{segment(b'{}')}.eHh4",
        f"{segment(json.dumps(header()).encode())}.{segment(b'[]')}.eHh4",
        f"{segment(json.dumps(header()).encode())}.{segment(b'7')}.eHh4",
        f"{segment(json.dumps(header()).encode())}.{segment(bytes([0xFF]))}.eHh4",
        f"{segment(json.dumps(header()).encode())}.a.x",
        f"{segment(NESTED.encode())}.{segment(b'{}')}.eHh4",
        f"{segment(json.dumps(header()).encode())}.{segment(NESTED.encode())}.eHh4",
        f"{segment(json.dumps(header()).encode())}.{segment(b'9' * 5000)}.eHh4",
    ],
)
def test_garbage_is_refused(verifier: TokenVerifier, garbage: str) -> None:
    with pytest.raises(TokenInvalid):
        verifier.verify(garbage)


def test_a_refusal_shows_nothing_of_the_token(verifier: TokenVerifier) -> None:
    made = token(header(kid="secret-kid"), claims(sub="secret-sub", iss="secret-iss", aud="secret-aud"))

    with pytest.raises(TokenInvalid) as refused:
        verifier.verify(made)

    assert "secret" not in refused.value.message


def test_a_token_expires(verifier: TokenVerifier, clock: FixedClock) -> None:
    made = token(header(), claims(exp=SECOND + 60))

    clock.at = NOW + timedelta(seconds=60 + 29)
    assert verifier.verify(made).subject == "anna"
    clock.at = NOW + timedelta(seconds=60 + 30)
    with pytest.raises(TokenExpired, match="exp"):
        verifier.verify(made)


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_clocks_may_differ_by_half_a_minute(verifier: TokenVerifier, claim: str) -> None:
    made = token(header(), claims(**{claim: SECOND + 30}))

    assert verifier.verify(made).subject == "anna"


@pytest.mark.parametrize("year", [1990, 2024, 2090])
def test_the_services_clock_decides_and_not_the_machines(verifier: TokenVerifier, clock: FixedClock, year: int) -> None:
    """Of these moments at least two are far from the machine's, whatever that is."""
    clock.at = datetime(year, 1, 1, tzinfo=UTC)
    second = int(clock.at.timestamp())
    good = claims(iat=second, nbf=second, exp=second + 3600)

    assert verifier.verify(token(header(), good)).subject == "anna"
    clock.advance(timedelta(hours=2))
    with pytest.raises(TokenExpired):
        verifier.verify(token(header(), good))
    clock.advance(timedelta(hours=-4))
    with pytest.raises(TokenInvalid, match="future"):
        verifier.verify(token(header(), good))
