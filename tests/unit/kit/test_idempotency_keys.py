"""The `Idempotency-Key` header and what a request is known by."""

import pytest

from app.kit.idempotency import IdempotencyKeyMissing, fingerprint, read_key


@pytest.mark.parametrize("header", ["abc", '"abc"', '  "abc" '])
def test_a_key_is_read_quoted_or_bare(header: str) -> None:
    assert read_key(header) == "abc"


def test_a_key_has_up_to_255_characters() -> None:
    assert read_key("k" * 255) == "k" * 255


@pytest.mark.parametrize("header", ["", "  ", '""', "k" * 256])
def test_an_empty_or_overlong_key_is_refused(header: str) -> None:
    with pytest.raises(IdempotencyKeyMissing, match="1 to 255"):
        read_key(header)


def test_content_and_its_type_make_the_fingerprint() -> None:
    prints = {
        fingerprint("application/json", b"1"),
        fingerprint("application/xml", b"1"),
        fingerprint("application/json", b"2"),
    }

    assert len(prints) == 3
    assert fingerprint("application/json", b"1") in prints
