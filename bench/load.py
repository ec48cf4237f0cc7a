"""The load: a process that posts prepared documents over a few connections and tells how long each answer took.

`python -m bench.load ADDRESS FOLDER FIRST COUNT CONNECTIONS`, the bearer token in $BENCH_TOKEN; prints JSON. Plain
streams with keep-alive: a full HTTP client would take more of the machine's processors than the server it measures.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

OUTCOME = b'"outcome":"AUTO_APPROVED"'
MOST_WRONG = 3


class WrongAnswerError(Exception):
    """An answer was not 200, or its invoice did not approve itself: what was measured is something else."""


@dataclass(frozen=True)
class Loaded:
    """How long the load took in seconds, and each answer in milliseconds."""

    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


def load(address: str, token: str, folder: Path, documents: range, connections: int) -> Loaded:
    """Post some of the folder's documents from a process of its own.

    :raises WrongAnswerError: showing what was answered instead.
    """
    numbers = [str(documents.start), str(len(documents)), str(connections)]
    command = [sys.executable, "-m", "bench.load", address, str(folder), *numbers]
    done = subprocess.run(command, env=os.environ | {"BENCH_TOKEN": token}, check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)
    if told["wrong"]:
        raise WrongAnswerError("\n".join(told["wrong"]))
    return Loaded(told["seconds"], told["latencies"])


def name_of(number: int) -> str:
    return f"{number:06}.xml"


class _Client:
    """Several connections that take the next request as soon as they have an answer."""

    def __init__(self, host: str, port: int, requests: list[bytes]) -> None:
        self._host, self._port = host, port
        self._requests: Iterator[bytes] = iter(requests)
        self.latencies: list[float] = []
        self.wrong: list[str] = []

    async def run(self, connections: int) -> float:
        started = time.perf_counter()
        await asyncio.gather(*(self._connection() for _ in range(connections)))
        return time.perf_counter() - started

    async def _connection(self) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        for request in self._requests:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            self.latencies.append((time.perf_counter() - started) * 1000)
            if not _is_right(head, body):
                self.wrong.append((head + body).decode(errors="replace")[:4000])
        writer.close()
        await writer.wait_closed()


def _length(head: bytes) -> int:
    behind = head.lower().partition(b"\r\ncontent-length:")[2]
    return int(behind.partition(b"\r\n")[0])


def _is_right(head: bytes, body: bytes) -> bool:
    return head.startswith(b"HTTP/1.1 200") and OUTCOME in body.partition(b'"decision":')[0]


def _request(host: str, token: str, content: bytes) -> bytes:
    head = (
        f"POST /match HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/xml\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def main(address: str, folder: str, *numbers: str) -> None:
    first, count, connections = map(int, numbers)
    target, token = urlsplit(address), os.environ["BENCH_TOKEN"]
    files = [Path(folder) / name_of(number) for number in range(first, first + count)]
    requests = [_request(target.netloc, token, file.read_bytes()) for file in files]
    client = _Client(target.hostname or "", target.port or 0, requests)
    seconds = asyncio.run(client.run(connections))
    told = {"seconds": seconds, "latencies": client.latencies, "wrong": client.wrong[:MOST_WRONG]}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
