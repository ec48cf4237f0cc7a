"""What punch-out's doors take beside the database: the means to go out and come back, and what shops send."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Depends, Query, Request

from app.kit.config import Settings
from app.kit.errors import Invalid, MediaTypeNotSupported
from app.kit.fetch import Outbound
from app.kit.vault import Vault

FORM = "application/x-www-form-urlencoded"
XML_TYPES = ("application/xml", "text/xml")
MOST_FIELDS = 200_000
"""Fields of a cart's form: forty for each of five thousand lines, where Starlette would take a thousand in all."""
TOKEN_FOR, COOKIE_FOR = "punch-out return", "punch-out cookie"


class TooManyFields(Invalid):
    """A form has more fields than the largest cart."""


@dataclass(frozen=True, slots=True)
class Means:
    """What punch-out takes beside the database: the key to secrets, where the service is reached, and the way out."""

    vault: Vault
    public_url: str
    outbound: Outbound

    def token(self, visit_id: UUID) -> str:
        """Give the token by which a visit comes back.

        :raises SecretKeyMissing: without a key.
        """
        return self.vault.token(TOKEN_FOR, visit_id)

    def cookie(self, visit_id: UUID) -> str:
        """Give the cookie by which a cXML shop knows a visit.

        :raises SecretKeyMissing: without a key.
        """
        return self.vault.token(COOKIE_FOR, visit_id)

    def return_url(self, visit_id: UUID) -> str:
        """Give where the shop sends the cart of a visit.

        :raises SecretKeyMissing: without a key.
        """
        return f"{self.public_url}/punch-out/return/{visit_id}?t={self.token(visit_id)}"


def means(request: Request) -> Means:
    settings: Settings = request.app.state.settings
    public_url = settings.public_url or str(request.base_url).rstrip("/")
    return Means(Vault(settings.secret_key), public_url, Outbound(settings.allowed_private_targets))


OfMeans = Annotated[Means, Depends(means)]
Token = Annotated[str, Query(alias="t", max_length=100, description="The token of the visit.")]


@dataclass(frozen=True, slots=True)
class Posted:
    """A body that a shop sent: a form's fields, in which each byte stands as one character, or the bytes of XML."""

    media_type: str
    content: bytes
    fields: tuple[tuple[str, str], ...] = ()


def posted(content_type: str, body: bytes) -> Posted:
    """Take a form or XML.

    :raises MediaTypeNotSupported: for anything else.
    :raises TooManyFields: for a form larger than any cart.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in XML_TYPES:
        return Posted(media_type, body)
    if media_type != FORM:
        raise MediaTypeNotSupported(f"send {FORM} or {XML_TYPES[0]}, not {media_type[:80] or 'nothing'}")
    text = body.decode("latin-1")
    try:
        found = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS)
    except ValueError as reason:
        raise TooManyFields(f"the form has more than {MOST_FIELDS} fields") from reason
    return Posted(media_type, body, tuple(found))
