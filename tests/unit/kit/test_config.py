"""Settings come from the environment and from secret files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.kit.config import Settings, TransportName


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROKURA_SECRETS_DIR", *(f"PROKURA_{field.upper()}" for field in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)


def test_without_settings_the_embedded_service_runs_and_believes_nobody() -> None:
    settings = Settings()

    assert settings.database_url.startswith("sqlite:///")
    assert settings.embedded_worker
    assert settings.oidc_issuers == ()
    assert settings.demo_issuer is False
    assert settings.allowed_private_targets == ()
    assert settings.clock is None
    assert settings.outbox_folder == Path("var/out")


@pytest.mark.parametrize(
    "written", ["https://a.dk,https://b.dk", "https://a.dk, https://b.dk", "https://a.dk https://b.dk"]
)
def test_several_words_stand_between_commas_or_blanks(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("PROKURA_OIDC_ISSUERS", written)
    assert Settings().oidc_issuers == ("https://a.dk", "https://b.dk")


def test_secrets_are_read_from_files_and_the_environment_goes_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "prokura_database_url").write_text("postgresql://secret/prokura\n")
    (tmp_path / "prokura_audience").write_text("from-file")
    monkeypatch.setenv("PROKURA_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("PROKURA_AUDIENCE", "from-environment")

    settings = Settings()

    assert settings.database_url == "postgresql://secret/prokura"
    assert settings.audience == "from-environment"


def test_the_clock_can_be_started_at_a_moment_with_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROKURA_CLOCK", "2024-05-01T12:00:00+02:00")
    assert Settings().clock == datetime(2024, 5, 1, 10, tzinfo=UTC)

    monkeypatch.setenv("PROKURA_CLOCK", "2024-05-01T12:00:00")
    with pytest.raises(ValidationError, match="timezone"):
        Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().audience = "other"


def test_who_sends_by_http_says_where_to() -> None:
    with pytest.raises(ValidationError, match="say where the gateway is"):
        Settings(transport=TransportName.HTTP)
    with pytest.raises(ValidationError, match="begins with https"):
        Settings(transport=TransportName.HTTP, gateway_url="gateway.example")
    settings = Settings(transport=TransportName.HTTP, gateway_url="https://gateway.example/", gateway_token="sesam")
    assert settings.gateway_url == "https://gateway.example"
    assert "sesam" not in repr(settings)


def test_who_sends_to_itself_says_who_hands_the_documents_in() -> None:
    with pytest.raises(ValidationError, match="say who hands the documents in"):
        Settings(transport=TransportName.LOOPBACK)
