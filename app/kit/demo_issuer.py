"""An issuer on this machine for the demo: mints tokens for whom it is told to, so it is believed only when set."""

import base64
import hashlib
import json
import os
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jose import jwk, jwt
from jose.backends.base import Key

from app.kit.clock import Clock
from app.kit.issuers import PublicKey

NAME = "urn:prokura:demo"
FILE = "demo-issuer.pem"
ALGORITHM = "RS256"


class DemoIssuer:
    """Issues tokens with a key that is made once and kept in the data folder, readable by its owner alone."""

    name = NAME

    def __init__(self, folder: Path, audience: str = "prokura") -> None:
        self._audience = audience
        self._private = _key_of(_kept_pem(folder / FILE))
        self._public = self._private.public_key()
        self._key_id = _thumbprint(self._public)

    def key(self, key_id: str, now: datetime) -> PublicKey | None:
        del now  # its key never changes
        return PublicKey(key_id, ALGORITHM, self._public) if key_id == self._key_id else None

    def mint(self, subject: str, clock: Clock, hours: int = 12) -> str:
        """Make a token for a subject that holds for some hours from now, 24 at most."""
        now = clock.now()
        claims = {
            "iss": self.name,
            "sub": subject,
            "aud": self._audience,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(hours=hours)).timestamp()),
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode(claims, self._private, algorithm=ALGORITHM, headers={"kid": self._key_id})


@lru_cache(maxsize=4)
def _key_of(pem: bytes) -> Key:
    """Load a key, which takes thirty milliseconds of checking, once a process."""
    return jwk.construct(pem, ALGORITHM)


def _kept_pem(file: Path) -> bytes:
    """Read the key, made first if there is none; when two processes make one at once, both get the first."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(_new_pem())
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes()


def _new_pem() -> bytes:
    return generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _thumbprint(public: Key) -> str:
    """Give the key's id: its SHA-256 thumbprint (RFC 7638)."""
    parts = public.to_dict()
    members = json.dumps({name: parts[name] for name in ("e", "kty", "n")}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()
