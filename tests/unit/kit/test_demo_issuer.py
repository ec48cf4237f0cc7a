"""The demo issuer: a key made once, tokens that are believed only when set."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.kit.clock import FixedClock
from app.kit.config import Settings
from app.kit.demo_issuer import DemoIssuer
from app.kit.errors import Unauthenticated
from app.kit.tokens import Principal, TokenExpired, TokenInvalid, TokenVerifier, verifier_from
from tests.tokens import AUDIENCE, NOW


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def test_the_demo_issuer_mints_tokens_that_are_believed(tmp_path: Path, clock: FixedClock) -> None:
    issuer = DemoIssuer(tmp_path / "var")
    verifier = TokenVerifier([issuer], AUDIENCE, clock)

    made = issuer.mint("anna", clock)

    assert verifier.verify(made) == Principal("urn:prokura:demo", "anna")
    clock.advance(timedelta(hours=12, minutes=1))
    with pytest.raises(TokenExpired):
        verifier.verify(made)


def test_the_demo_issuers_key_is_made_once_and_for_its_owners_eyes(tmp_path: Path, clock: FixedClock) -> None:
    made = DemoIssuer(tmp_path).mint("anna", clock)
    file = tmp_path / "demo-issuer.pem"

    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert TokenVerifier([DemoIssuer(tmp_path)], AUDIENCE, clock).verify(made).subject == "anna"
    with pytest.raises(TokenInvalid, match="kid"):
        TokenVerifier([DemoIssuer(tmp_path / "other")], AUDIENCE, clock).verify(made)


def test_of_two_processes_that_make_the_key_at_once_both_get_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    """The second one looks, finds nothing, and is overtaken."""
    first = DemoIssuer(tmp_path)
    monkeypatch.setattr(Path, "exists", lambda _: False)

    assert TokenVerifier([DemoIssuer(tmp_path)], AUDIENCE, clock).verify(first.mint("anna", clock)).subject == "anna"
    assert [file.name for file in tmp_path.iterdir()] == ["demo-issuer.pem"]


def test_the_demo_issuer_is_believed_only_when_set(tmp_path: Path, clock: FixedClock) -> None:
    made = DemoIssuer(tmp_path, AUDIENCE).mint("anna", clock)
    believing = Settings(data_folder=tmp_path, audience=AUDIENCE, demo_issuer=True, oidc_issuers=())
    strict = Settings(data_folder=tmp_path, audience=AUDIENCE, demo_issuer=False, oidc_issuers=())

    assert verifier_from(believing, clock).verify(made).subject == "anna"
    with pytest.raises(Unauthenticated, match="iss"):
        verifier_from(strict, clock).verify(made)


def test_without_the_demo_no_key_is_made(tmp_path: Path, clock: FixedClock) -> None:
    verifier_from(Settings(data_folder=tmp_path, demo_issuer=False, oidc_issuers=()), clock)

    assert list(tmp_path.iterdir()) == []
