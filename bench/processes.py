"""Servers as processes of their own on loopback, and what /proc tells of their processor time and memory."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.demo.server import ADDRESS, ServerStartError

TICKS = os.sysconf("SC_CLK_TCK")
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 60
UTIME, STIME = 11, 12
"""Fields of /proc/<pid>/stat behind the name, which may itself hold blanks: proc(5) counts them as 14 and 15."""


@dataclass(frozen=True)
class Serving:
    """A server that listens; its worker processes count as it."""

    address: str
    pid: int

    def cpu_seconds(self) -> float:
        return sum(_cpu_seconds(pid) for pid in _family(self.pid))

    def peak_rss_mb(self) -> float:
        """Give the most memory that the processes had, added up, in MiB."""
        return sum(_peak_kib(pid) for pid in _family(self.pid)) / 1024


@contextmanager
def serving(command: Sequence[str], settings: Mapping[str, str], log: Path) -> Iterator[Serving]:
    """Start a server that says where it listens, as uvicorn does, and stop it in the end.

    :raises ServerStartError: when it ends before it listens, or does not listen within a minute.
    """
    with log.open("wb") as written:
        process = subprocess.Popen([*command], env=os.environ | settings, stderr=written, stdout=written)
    try:
        yield Serving(_address(process, log), process.pid)
    finally:
        process.terminate()
        process.wait(timeout=40)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(int(PATIENCE_SECONDS / PAUSE_SECONDS)):
        if (found := ADDRESS.search(log.read_text())) and _listens(found.group(1)):
            return found.group(1)
        if process.poll() is not None:
            break
        time.sleep(PAUSE_SECONDS)
    raise ServerStartError(log.read_text())


def _listens(address: str) -> bool:
    """Tell whether a server is there: with several workers the address is told before the first of them listens."""
    place = urlsplit(address)
    with socket.socket() as probe:
        return probe.connect_ex((place.hostname or "", place.port or 0)) == 0


def _family(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [pid, *(member for child in children for member in _family(child))]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[UTIME]) + int(fields[STIME])) / TICKS


def _peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
