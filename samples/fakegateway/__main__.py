"""Runs the gateway on loopback, at a port that the system chooses."""

import socket
import sys

import uvicorn

from samples.fakegateway.gateway import create_gateway


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(create_gateway(), log_level="warning")).run(sockets=[listening])


main()
