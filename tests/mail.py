"""A mail server on this machine that keeps what it gets, or refuses as a test tells it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Keeps letters. `to_address` and `to_content` are what it answers instead of taking one; `closed` hangs up."""

    def __init__(self, port: int = 0, **options: Any) -> None:
        self.letters: list[EmailMessage] = []
        self.to_address = self.to_content = ""
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._do(self._loop.create_server(lambda: self._protocol(options), "127.0.0.1", port))
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def receivers(self) -> list[str]:
        return sorted(str(letter["To"]) for letter in self.letters)

    def emptied(self) -> list[EmailMessage]:
        """Take the letters out."""
        taken, self.letters = self.letters, []
        return taken

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not self.to_address:
            envelope.rcpt_tos.append(address)
        return self.to_address or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.to_content:
            return self.to_content
        letter = message_from_bytes(envelope.original_content or b"", EmailMessage, policy=default)
        assert [letter["To"]] == envelope.rcpt_tos
        self.letters.append(letter)
        return "250 OK"

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _protocol(self, options: dict[str, Any]) -> SMTP:
        return SMTP(self, hostname="mail.test", loop=self._loop, **options)

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _end(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def receiving(port: int = 0, **options: Any) -> Iterator[MailServer]:
    server = MailServer(port, **options)
    try:
        yield server
    finally:
        server.close()


def unused_port() -> int:
    """Give a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
