"""Secrets that the service must be able to say again, kept encrypted; and tokens that only the key's holder makes."""

import base64
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kit.errors import Conflict

KEY_BYTES, NONCE_BYTES = 32, 12


class SecretKeyMissing(Conflict):
    """The service has no key to keep secrets with; its operator sets PROKURA_SECRET_KEY."""


class SecretNotReadable(Conflict):
    """The secret was kept with another key than the service has now; give it again."""


class Vault:
    """Keeps secrets with the key of the installation; without one it refuses whatever takes it."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def seal(self, secret: str, about: UUID) -> bytes:
        """Encrypt a secret (AES-256-GCM); it opens only as the secret of the same thing.

        :raises SecretKeyMissing: without a key.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._derived("secrets")).encrypt(nonce, secret.encode(), about.bytes)

    def opened(self, sealed: bytes, about: UUID) -> str:
        """Give a secret back.

        :raises SecretKeyMissing: without a key.
        :raises SecretNotReadable: when it was sealed with another key, or about something else.
        """
        nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self._derived("secrets")).decrypt(nonce, content, about.bytes).decode()
        except InvalidTag as reason:
            raise SecretNotReadable("the secret was kept with another PROKURA_SECRET_KEY; give it again") from reason

    def token(self, use: str, about: UUID) -> str:
        """Give the token of a thing for a use: 32 bytes in base64url, the same each time, so that it need not be kept.

        :raises SecretKeyMissing: without a key.
        """
        signing = HMAC(self._derived(use), SHA256())
        signing.update(about.bytes)
        return base64.urlsafe_b64encode(signing.finalize()).decode().rstrip("=")

    def _derived(self, use: str) -> bytes:
        if not self._key:
            raise SecretKeyMissing("this takes a key to keep secrets with; an operator sets PROKURA_SECRET_KEY")
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"prokura {use}".encode()).derive(self._key)
