"""What an API key is made of, and how it is drawn, recognised and compared: `prk_<hint>_<secret><check>`.

The secret is drawn from 2^256 and more, so nobody finds it by trying, however fast they try: SHA-256 keeps it as well
as a slow hash would, which is for what people choose themselves. The check (CRC-32 of what stands before it) lets a
copying mistake be told from a wrong key without the database, and lets secret scanners be sure of what they found.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass, field

PREFIX = "prk_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
HINT_LENGTH = 12
SECRET_LENGTH = 43
CHECK_LENGTH = 6

_FORM = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{HINT_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH + CHECK_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Key:
    """A whole key; only `hint` and `digest` of it are ever kept."""

    text: str = field(repr=False)

    @property
    def hint(self) -> str:
        """The part that may be read by anybody, and by which it is found."""
        return self.text.removeprefix(PREFIX)[:HINT_LENGTH]

    @property
    def digest(self) -> str:
        """SHA-256 of the whole key, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def is_of(self, digest: str) -> bool:
        """Tell whether a kept digest is this key's, in the same time whether it is or not."""
        return hmac.compare_digest(self.digest, digest)


def draw() -> Key:
    """Draw a new key."""
    body = f"{PREFIX}{_some(HINT_LENGTH)}_{_some(SECRET_LENGTH)}"
    return Key(body + _check(body))


def is_key(token: str) -> bool:
    """Tell whether a bearer token is meant to be an API key."""
    return token.startswith(PREFIX)


def read(token: str) -> Key | None:
    """Read a key, if it has the form of one and its check holds."""
    if not _FORM.fullmatch(token) or token[-CHECK_LENGTH:] != _check(token[:-CHECK_LENGTH]):
        return None
    return Key(token)


def _some(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _check(text: str) -> str:
    rest, digits = zlib.crc32(text.encode()), []
    for _ in range(CHECK_LENGTH):
        rest, digit = divmod(rest, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
