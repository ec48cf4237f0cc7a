"""Mail: letters to one address each, by the operator's SMTP server; what cannot be a header is refused."""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cached_property
from urllib.parse import unquote, urlsplit
from uuid import UUID

from app.kit.ids import new_id

PORTS = {"smtp": 25, "smtps": 465}
TIMEOUT_SECONDS = 10
PERMANENT = 500
ADDRESS_LENGTH, LOCAL_LENGTH = 254, 64
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=15)

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})*")


class MailNotSent(Exception):  # noqa: N818 - named like the refusals: it is what happened
    """The letter did not leave; it may another time. The message holds no address and nothing that the server said."""


class ServerFailed(MailNotSent):
    """The server is not there or works for nobody, so that other letters need not try now."""


class AddressRefused(Exception):  # noqa: N818 - named like the refusals: it is what happened
    """The server takes no mail for this address, now or later."""


class NoLetter(ValueError):  # noqa: N818 - named like the refusals: it is what happened
    """A subject or an address that cannot be a header, such as one with a line break."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in; `tls` from the first byte, else by STARTTLS when the server offers it."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter; its name is ASCII, its media type one such as `application/xml`."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A text for one address, in the language of a tag such as `da`; `page` says the same in HTML. A letter with an
    `id` has the same Message-ID however often it is handed in.
    """

    address: str
    subject: str
    text: str
    language: str
    page: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    id: UUID | None = None


def server_of(url: str) -> Server:
    """Read where mail is handed in: `smtp://host:25` or `smtps://user:password@host`.

    :raises ValueError: when it is not of that form; the message does not repeat it, for it may hold a password.
    """
    form = "the mail server is smtp://host:port or smtps://user:password@host:port, nothing behind it"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as reason:
        raise ValueError(form) from reason
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(form)
    return Server(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def address_fault(value: str) -> str | None:
    """Say what is wrong with a mail address. Taken are the plain ones of RFC 5321: no quotes, comments or brackets, and
    none but ASCII, which every server understands.
    """
    match = _ADDRESS.fullmatch(value)
    if match is None or len(match[1]) > LOCAL_LENGTH or len(value) > ADDRESS_LENGTH:
        return f"a mail address is of the form name@example.dk, in ASCII, with at most {ADDRESS_LENGTH} characters"
    return None


class Postman:
    """Hands letters in at a server, one connection each, and rests for a while when the server fails."""

    def __init__(self, server: Server, sender: str, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._sender = sender
        self._given_tls = tls
        self._pause = FIRST_REST
        self._rests_until: datetime | None = None

    def rests(self, now: datetime) -> bool:
        """Tell whether the server failed a moment ago: a worker that tried for each letter would do nothing else."""
        return self._rests_until is not None and now < self._rests_until

    def send(self, letter: Letter, now: datetime) -> None:
        """Hand a letter in.

        :raises NoLetter: when it cannot be written.
        :raises AddressRefused: when the server will never take it.
        :raises MailNotSent: when it did not take it now.
        """
        message = self._written(letter, now)
        try:
            self._hand_in(message, letter.address)
        except ServerFailed:
            self._rests_until = now + self._pause
            self._pause = min(self._pause * 2, LONGEST_REST)
            raise
        self._pause = FIRST_REST

    def _written(self, letter: Letter, now: datetime) -> EmailMessage:
        """Write the message. The policy refuses line breaks in headers, and addresses are checked."""
        if fault := address_fault(letter.address):
            raise NoLetter(fault)
        message = EmailMessage(policy=SMTP)
        name, _, domain = self._sender.partition("@")
        try:
            message["Subject"] = letter.subject
            message["From"] = Address("Prokura", name, domain)
            message["To"] = letter.address
        except ValueError as reason:
            raise NoLetter(str(reason)) from reason
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{letter.id or new_id(now)}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message.set_content(letter.text, cte="quoted-printable")
        message["Content-Language"] = letter.language  # after the content, which takes such headers away
        if letter.page:
            message.add_alternative(letter.page, subtype="html", cte="quoted-printable")
        for enclosure in letter.enclosures:
            kind, _, subtype = enclosure.media_type.partition("/")
            message.add_attachment(enclosure.content, kind, subtype, filename=enclosure.name)
        return message

    def _hand_in(self, message: EmailMessage, address: str) -> None:
        try:
            smtp = self._connected()
        except (OSError, UnicodeError) as reason:  # a host name of ours that cannot be one is a UnicodeError
            raise ServerFailed(_told(reason)) from reason
        try:
            smtp.send_message(message, self._sender, [address])
        except smtplib.SMTPRecipientsRefused as reason:
            code, _ = reason.recipients[address]
            kind = AddressRefused if code >= PERMANENT else MailNotSent
            raise kind(f"the server answered {code} to the address") from reason
        except smtplib.SMTPDataError as reason:
            raise MailNotSent(_told(reason)) from reason
        except OSError as reason:
            raise ServerFailed(_told(reason)) from reason
        finally:
            # Taken is taken: a server that stumbles over the goodbye would else get the letter again.
            with suppress(OSError):
                smtp.quit()
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=self._tls)
        else:
            smtp = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        try:
            self._sign_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        encrypted = self._server.tls
        if not encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=self._tls)
            encrypted = True
        if not self._server.user:
            return
        if not encrypted:
            raise ServerFailed("the server offers no STARTTLS, and a password is not sent in the clear")
        smtp.login(self._server.user, self._server.password)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()


def _told(reason: Exception) -> str:
    """Put into words what went wrong, without what the server said: that may name the receiver."""
    kind = type(reason).__name__
    if isinstance(reason, smtplib.SMTPResponseException):
        return f"{kind}: the server answered {reason.smtp_code}"
    return f"{kind}: {reason}"
