"""The fake gateway on loopback, and the transport that speaks to it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import uvicorn

from app.assembly import worker_of
from app.exchange.gateway import Gateway
from app.exchange.pulling import BETWEEN_LOOKS
from app.kit.config import Settings
from app.kit.fetch import Outbound
from samples.fakegateway.gateway import KEYWORD, create_gateway
from samples.fakegateway.gateway import Gateway as Other
from tests.servers import LOOPBACK
from tests.story import Story


@dataclass(frozen=True)
class Line:
    """A running gateway: where it is, and what it knows."""

    url: str
    other: Other

    def transport(self, clock_now: Callable[[], datetime], token: str = KEYWORD) -> Gateway:
        return Gateway(self.url, token, Outbound(LOOPBACK), clock_now)


@contextmanager
def open_gateway() -> Iterator[Line]:
    """Let the fake gateway run at a port that the system chooses."""
    app = create_gateway()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Line(f"http://127.0.0.1:{listening.getsockname()[1]}", app.state.gateway)
        finally:
            server.should_exit = True
            thread.join()


def worked(story: Story, settings: Settings) -> None:
    """Let the next look at the gateway come, and the worker of these settings do everything that waits."""
    story.world.clock.advance(BETWEEN_LOOKS)
    worker_of(settings, story.world.database, story.world.clock).work_until_idle()
