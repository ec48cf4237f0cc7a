"""Tokens and key sets made by hand: a library that mints would refuse most of what must be tried."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
ISSUER = "https://login.example/realms/one"
AUDIENCE = "prokura"

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.generate_private_key(ec.SECP256R1())


def segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value: int) -> str:
    return segment(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def rsa_entry(key: rsa.RSAPrivateKey, key_id: str = "rsa") -> dict[str, Any]:
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": key_id, "use": "sig", "alg": "RS256", "n": number(public.n), "e": number(public.e)}


def ec_entry(key: ec.EllipticCurvePrivateKey, key_id: str = "ec", curve: str = "P-256") -> dict[str, Any]:
    public = key.public_key().public_numbers()
    size = (key.key_size + 7) // 8
    x, y = segment(public.x.to_bytes(size, "big")), segment(public.y.to_bytes(size, "big"))
    return {"kty": "EC", "kid": key_id, "crv": curve, "x": x, "y": y}


def rs256(content: bytes, key: rsa.RSAPrivateKey = RSA) -> bytes:
    return key.sign(content, padding.PKCS1v15(), hashes.SHA256())


def es256(content: bytes) -> bytes:
    r, s = decode_dss_signature(P256.sign(content, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims, changed; None leaves a claim out."""
    good = {"iss": ISSUER, "sub": "anna", "aud": AUDIENCE, "iat": SECOND, "exp": SECOND + 3600} | changes
    return {name: value for name, value in good.items() if value is not None}


def header(**changes: Any) -> dict[str, Any]:
    good = {"alg": "RS256", "typ": "JWT", "kid": "rsa"} | changes
    return {name: value for name, value in good.items() if value is not None}


def token(head: Any, body: Any, sign: Any = rs256) -> str:
    """Write a header and claims, and sign them."""
    signed = f"{segment(json.dumps(head).encode())}.{segment(json.dumps(body).encode())}"
    return f"{signed}.{segment(sign(signed.encode()))}"
