"""Key sets: only strong public keys for signatures are used, whatever else is published."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.kit.issuers import read_keys
from tests.tokens import OTHER_RSA, P256, RSA, ec_entry, number, rsa_entry, segment


def test_a_key_set_may_hold_what_is_of_no_use() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - too short, which is the point
    p384 = ec.generate_private_key(ec.SECP384R1())
    entries = [
        rsa_entry(RSA),
        ec_entry(P256),
        {"kty": "oct", "kid": "secret", "k": segment(b"secret"), "alg": "HS256"},
        {"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": segment(b"x" * 32)},
        {"kid": "no-kind"},
        {"kty": ["RSA"], "kid": "list"},
        "not an object",
        rsa_entry(OTHER_RSA, "rsa-for-encryption") | {"use": "enc"},
        rsa_entry(OTHER_RSA, "rsa-for-hmac") | {"alg": "HS256"},
        rsa_entry(OTHER_RSA, "rsa-512") | {"alg": "RS512"},
        rsa_entry(weak, "weak"),
        {name: value for name, value in rsa_entry(OTHER_RSA).items() if name != "kid"},
        rsa_entry(OTHER_RSA, "no-modulus") | {"n": None},
        {"kty": "RSA", "kid": "incomplete"},
        rsa_entry(OTHER_RSA, "even") | {"e": number(2)},
        ec_entry(p384, "p384", "P-384"),
        ec_entry(P256, "not-on-curve") | {"y": segment(b"\1" * 32)},
        ec_entry(P256, "bad-text") | {"x": "æ"},
        ec_entry(P256, "no-curve") | {"crv": None},
    ]

    assert set(read_keys({"keys": entries})) == {"rsa", "ec"}


@pytest.mark.parametrize("key_set", [{}, {"keys": None}, {"keys": {}}, {"keys": "rsa"}, {"keys": []}])
def test_a_key_set_without_keys_has_none(key_set: dict[str, Any]) -> None:
    assert read_keys(key_set) == {}


def test_of_a_key_that_is_published_with_its_private_part_only_the_public_is_kept() -> None:
    private = RSA.private_numbers()
    entry = rsa_entry(RSA) | {"d": number(private.d), "keys": ["x"]}

    assert read_keys({"keys": [entry]})["rsa"].key.is_public()
