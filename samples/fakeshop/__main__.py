"""Runs the shop on loopback, at a port that the system chooses."""

import socket
import sys

import uvicorn

from samples.fakeshop.shop import create_shop


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        sys.stdout.write("".join(f"{address}/{door}\n" for door in ("oci", "cxml", "peppol")))
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(create_shop(), log_level="warning")).run(sockets=[listening])


main()
