"""API keys: their form, their check, and that nothing of the secret is readable where a key is shown."""

import pytest

from app.kit import keys


def test_a_drawn_key_reads_as_itself() -> None:
    key = keys.draw()

    again = keys.read(key.text)

    assert again == key
    assert again is not None
    assert again.is_of(key.digest)
    assert keys.is_key(key.text)
    assert key.text.startswith(f"prk_{key.hint}_")
    assert len(key.text) == len("prk_") + keys.HINT_LENGTH + 1 + keys.SECRET_LENGTH + keys.CHECK_LENGTH


def test_no_two_keys_are_alike() -> None:
    assert len({keys.draw().text for _ in range(100)}) == 100


def test_the_secret_has_256_bits() -> None:
    assert len(keys.ALPHABET) ** keys.SECRET_LENGTH >= 2**256


def test_a_key_is_not_told_by_its_repr() -> None:
    assert repr(keys.draw()) == "Key()"


@pytest.mark.parametrize("place", range(4, 66))
def test_one_wrong_character_anywhere_breaks_the_check(place: int) -> None:
    text = keys.draw().text
    other = "B" if text[place] != "B" else "C"

    assert keys.read(text[:place] + other + text[place + 1 :]) is None


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text[:-1], lambda text: text + "0", lambda text: text + "\n"]
)
def test_what_has_another_form_is_no_key(change: object) -> None:
    assert callable(change)
    assert keys.read(change(keys.draw().text)) is None


def test_another_key_has_another_digest() -> None:
    assert not keys.draw().is_of(keys.draw().digest)
