"""An OpenID Connect issuer over real HTTP: found, cached, rotated, down, and lying."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk

from app.kit.clock import FixedClock
from app.kit.config import Settings
from app.kit.fetch import Outbound
from app.kit.issuers import IssuerUnreachable, OidcIssuer
from app.kit.tokens import TokenInvalid, verifier_from
from tests.tokens import NOW, claims, header, token

MINUTE = timedelta(minutes=1)
CONFIGURATION, KEYS = "/realms/one/.well-known/openid-configuration", "/keys"


def entry(key_id: str) -> dict[str, Any]:
    public = jwk.construct(ec.generate_private_key(ec.SECP256R1()).public_key(), "ES256").to_dict()
    return public | {"kid": key_id}


class Provider(ThreadingHTTPServer):
    """Answers as an OpenID provider; a test turns its answers as it likes."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.before_answer = lambda: None
        provider = self

        class Handler(BaseHTTPRequestHandler):
            """Answers with what the provider has for the path."""

            def do_GET(self) -> None:
                provider.asked.append(self.path)
                provider.before_answer()
                content = provider.answers.get(self.path, b"{}")
                self.send_response(provider.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_request(self, *_: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.issuer = f"{self.url}/realms/one"
        self.answers: dict[str, bytes] = {}
        self.configure(issuer=self.issuer, jwks_uri=f"{self.url}{KEYS}")
        self.publish("a")

    def configure(self, **configuration: Any) -> None:
        self.answers[CONFIGURATION] = json.dumps(configuration).encode()

    def publish(self, *key_ids: str) -> None:
        self.answers[KEYS] = json.dumps({"keys": [entry(key_id) for key_id in key_ids]}).encode()


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield provider
    provider.shutdown()
    provider.server_close()
    thread.join()


@pytest.fixture
def issuer(provider: Provider) -> OidcIssuer:
    return OidcIssuer(provider.issuer, Outbound(["127.0.0.0/8"]).fetch)


def test_keys_are_found_by_discovery(provider: Provider, issuer: OidcIssuer) -> None:
    key = issuer.key("a", NOW)

    assert key is not None
    assert (key.key_id, key.algorithm) == ("a", "ES256")
    assert provider.asked == [CONFIGURATION, KEYS]


def test_a_slash_at_the_end_of_the_name_is_left_out_of_the_address_only(provider: Provider) -> None:
    name = f"{provider.issuer}/"
    provider.configure(issuer=name, jwks_uri=f"{provider.url}{KEYS}")

    assert OidcIssuer(name, Outbound(["127.0.0.1"]).fetch).key("a", NOW) is not None


def test_keys_are_read_once_in_ten_minutes(provider: Provider, issuer: OidcIssuer) -> None:
    for minutes in range(11):
        assert issuer.key("a", NOW + minutes * MINUTE) is not None
    assert len(provider.asked) == 2

    assert issuer.key("a", NOW + 11 * MINUTE) is not None
    assert len(provider.asked) == 4


def test_keys_rotate_from_one_over_both_to_the_other(provider: Provider, issuer: OidcIssuer) -> None:
    assert issuer.key("a", NOW) is not None
    assert issuer.key("b", NOW) is None

    provider.publish("a", "b")
    assert issuer.key("b", NOW + MINUTE) is not None
    assert issuer.key("a", NOW + MINUTE) is not None

    provider.publish("b")
    later = NOW + 12 * MINUTE
    assert issuer.key("a", later) is None
    assert issuer.key("b", later) is not None


def test_unknown_keys_are_asked_for_once_a_minute_at_most(provider: Provider, issuer: OidcIssuer) -> None:
    for seconds in range(60):
        assert issuer.key(f"made up {seconds}", NOW + timedelta(seconds=seconds)) is None
    assert len(provider.asked) == 2

    assert issuer.key("made up", NOW + MINUTE) is None
    assert len(provider.asked) == 4


def test_many_at_once_ask_once(provider: Provider, issuer: OidcIssuer) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: issuer.key("a", NOW), range(32)))

    assert all(key is not None for key in found)
    assert provider.asked == [CONFIGURATION, KEYS]


def test_who_has_an_old_key_does_not_wait_for_a_slow_issuer(provider: Provider, issuer: OidcIssuer) -> None:
    issuer.key("a", NOW)
    is_asked, let_go = threading.Event(), threading.Event()

    def slow() -> None:
        is_asked.set()
        let_go.wait(10)

    provider.before_answer = slow
    later = NOW + 11 * MINUTE
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(issuer.key, "a", later)
        assert is_asked.wait(10)
        assert issuer.key("a", later) is not None
        assert not waiting.done()
        let_go.set()
        assert waiting.result(timeout=10) is not None


def test_keys_are_used_for_a_day_while_the_issuer_is_down(provider: Provider, issuer: OidcIssuer) -> None:
    issuer.key("a", NOW)
    provider.status = 503

    assert issuer.key("a", NOW + timedelta(hours=24)) is not None
    assert issuer.key("b", NOW + timedelta(hours=24)) is None
    with pytest.raises(IssuerUnreachable, match="cannot be read now"):
        issuer.key("a", NOW + timedelta(hours=24, minutes=2))

    provider.status = 200
    assert issuer.key("a", NOW + timedelta(hours=24, minutes=3)) is not None


def test_an_issuer_that_is_down_is_asked_once_a_minute_at_most(provider: Provider, issuer: OidcIssuer) -> None:
    provider.status = 503
    for seconds in (0, 1, 59):
        with pytest.raises(IssuerUnreachable):
            issuer.key("a", NOW + timedelta(seconds=seconds))
    assert provider.asked == [CONFIGURATION]

    provider.status = 200
    assert issuer.key("a", NOW + MINUTE) is not None


@pytest.mark.parametrize("claimed", ["https://evil.example", "http://127.0.0.1/realms/one", None])
def test_a_configuration_of_another_issuer_is_not_believed(
    provider: Provider, issuer: OidcIssuer, claimed: str | None
) -> None:
    provider.configure(issuer=claimed, jwks_uri=f"{provider.url}{KEYS}")

    with pytest.raises(IssuerUnreachable):
        issuer.key("a", NOW)
    assert provider.asked == [CONFIGURATION]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (CONFIGURATION, b"not json"),
        (CONFIGURATION, b"[]"),
        (CONFIGURATION, b"[" * 100_000),
        (CONFIGURATION, b"\xff\xfe\x00"),
        (CONFIGURATION, b" " * (256 * 1024 + 1)),
        (KEYS, b"[]"),
        (KEYS, b"{}"),
        (KEYS, b'{"keys": [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}]}'),
        (KEYS, b" " * (256 * 1024) + b"{}"),
    ],
    ids=["text", "list", "nested", "bytes", "large", "keys-list", "no-keys", "secret-key", "large-keys"],
)
def test_an_answer_that_is_not_as_it_should_be_is_no_key(
    provider: Provider, issuer: OidcIssuer, path: str, content: bytes
) -> None:
    provider.answers[path] = content

    with pytest.raises(IssuerUnreachable):
        issuer.key("a", NOW)


@pytest.mark.parametrize("elsewhere", ["http://169.254.169.254/keys", "file:///etc/passwd", "", None, 7])
def test_keys_are_not_fetched_from_where_the_service_must_not_go(
    provider: Provider, issuer: OidcIssuer, elsewhere: Any
) -> None:
    provider.configure(issuer=provider.issuer, jwks_uri=elsewhere)

    with pytest.raises(IssuerUnreachable):
        issuer.key("a", NOW)


def test_an_issuer_on_a_private_address_must_be_listed(provider: Provider) -> None:
    with pytest.raises(IssuerUnreachable):
        OidcIssuer(provider.issuer, Outbound().fetch).key("a", NOW)
    assert provider.asked == []


def test_the_verifier_asks_the_issuers_of_the_settings(provider: Provider) -> None:
    settings = Settings(oidc_issuers=(provider.issuer,), allowed_private_targets=("127.0.0.1",), demo_issuer=False)

    with pytest.raises(TokenInvalid, match="kid"):
        verifier_from(settings, FixedClock(NOW)).verify(token(header(kid="unknown"), claims(iss=provider.issuer)))
    assert provider.asked == [CONFIGURATION, KEYS]
