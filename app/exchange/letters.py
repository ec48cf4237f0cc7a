"""Documents by mail: what goes to a supplier without an endpoint leaves as a letter that people read."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.exchange.transports import NotDeliverable, Parcel, Transport
from app.kit.mail import AddressRefused, MailNotSent, NoLetter, Postman
from app.orders.order_letters import letter_of
from app.orders.sending import BY_MAIL
from app.organisations.notice_models import Language

NO_SERVER: Final = "no mail server is set up, so no order leaves by mail; set PROKURA_SMTP_URL and send it again"


class LetterTransport:
    """Hands documents in as letters. Without a mail server nothing leaves, and it is said so at once."""

    def __init__(self, postman: Postman | None, clock_now: Callable[[], datetime]) -> None:
        self._postman = postman
        self._now = clock_now

    def send(self, parcel: Parcel) -> None:
        """Send a letter.

        :raises NotDeliverable: without a mail server, or when the address is refused for good.
        :raises MailNotSent: when the server takes it not now.
        """
        if self._postman is None:
            raise NotDeliverable(NO_SERVER)
        now = self._now()
        if self._postman.rests(now):
            raise MailNotSent("the mail server failed a moment ago")
        address = parcel.receiver.removeprefix(BY_MAIL)
        language = Language(parcel.language or Language.DANISH)
        letter = letter_of(parcel.content, address, language, parcel.message_id)
        try:
            self._postman.send(letter, now)
        except (AddressRefused, NoLetter) as reason:
            raise NotDeliverable(f"{type(reason).__name__}: {reason}") from reason


class ByWay:
    """Sends letters one way and everything else the other."""

    def __init__(self, letters: Transport, others: Transport) -> None:
        self._letters = letters
        self._others = others

    def send(self, parcel: Parcel) -> None:
        """Send a document as its receiver takes it."""
        way = self._letters if parcel.receiver.startswith(BY_MAIL) else self._others
        way.send(parcel)
