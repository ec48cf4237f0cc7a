"""Secrets are kept encrypted, each for one thing, and tokens are made by the key's holder alone."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from app.kit.config import Settings
from app.kit.vault import SecretKeyMissing, SecretNotReadable, Vault

KEY, OTHER_KEY = "k" * 32, "l" * 32
ONE, OTHER = UUID(int=1), UUID(int=2)


def test_a_secret_comes_back_as_it_was_and_is_sealed_anew_each_time() -> None:
    vault = Vault(KEY)
    sealed = vault.seal("hemmelig æøå", ONE)
    assert vault.opened(sealed, ONE) == "hemmelig æøå"
    assert b"hemmelig" not in sealed
    assert sealed != vault.seal("hemmelig æøå", ONE)


@pytest.mark.parametrize(("key", "about"), [(OTHER_KEY, ONE), (KEY, OTHER)])
def test_a_secret_opens_with_its_key_and_for_its_thing_alone(key: str, about: UUID) -> None:
    sealed = Vault(KEY).seal("hemmelig", ONE)
    with pytest.raises(SecretNotReadable, match="give it again"):
        Vault(key).opened(sealed, about)
    with pytest.raises(SecretNotReadable):
        Vault(KEY).opened(sealed[:-1], ONE)


def test_a_token_is_the_same_each_time_and_for_its_use_alone() -> None:
    token = Vault(KEY).token("return", ONE)
    assert len(token) == 43
    others = {Vault(KEY).token("return", OTHER), Vault(KEY).token("cookie", ONE), Vault(OTHER_KEY).token("return", ONE)}
    assert token == Vault(KEY).token("return", ONE)
    assert len(others | {token}) == 4


def test_nothing_is_kept_without_a_key() -> None:
    for use in (lambda: Vault("").seal("x", ONE), lambda: Vault("").token("return", ONE)):
        with pytest.raises(SecretKeyMissing, match="PROKURA_SECRET_KEY"):
            use()


def test_a_short_key_is_refused_and_none_is_shown() -> None:
    with pytest.raises(ValidationError, match="32 characters"):
        Settings(secret_key="kort")
    assert KEY not in repr(Settings(secret_key=KEY))
