"""A real server for the demo: `prokura init` and `prokura serve` as processes of their own, in one folder."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.kit.demo_issuer import NAME as DEMO_ISSUER

ADDRESS = re.compile(r"running on (http://[0-9.]+:[0-9]+)")
PAUSE_SECONDS = 0.05
COMMAND = (sys.executable, "-m", "app.cli")


class ServerStartError(Exception):
    """The server ended before it listened; the message is what it wrote."""


def environment(folder: Path) -> dict[str, str]:
    """Give the settings of a demo server: SQLite and documents in the folder, tokens of the local demo issuer."""
    return os.environ | {
        "PROKURA_DATABASE_URL": f"sqlite:///{folder / 'prokura.db'}",
        "PROKURA_DATA_FOLDER": str(folder),
        "PROKURA_DEMO_ISSUER": "true",
    }


def found(folder: Path, name: str, subject: str) -> None:
    """Make the root organisation and its administrator with `prokura init`."""
    command = [*COMMAND, "init", "--name", name, "--subject", subject, "--issuer", DEMO_ISSUER]
    subprocess.run(command, env=environment(folder), check=True, capture_output=True, text=True)  # noqa: S603 - our own


@contextmanager
def serving(folder: Path, port: int = 0, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve on loopback, on a port that the system chooses unless one is given, and give the address; `settings` are
    further ones.

    :raises ServerStartError: when it ends before it listens.
    """
    command = [*COMMAND, "serve", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=environment(folder) | dict(settings or {}), stderr=written)  # noqa: S603 - our own
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        process.wait(timeout=40)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    while process.poll() is None:
        if found_address := ADDRESS.search(log.read_text()):
            return found_address.group(1)
        time.sleep(PAUSE_SECONDS)
    raise ServerStartError(log.read_text())
