"""Calling out: what is sent and read, and that a checked address is the one connected to."""

import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.kit import fetch as fetch_module
from app.kit.fetch import Fetched, FetchFailed, Outbound, TargetNotAllowed, resolved
from tests.servers import LOOPBACK, certificate, resolving, says, serving


def unreachable(host: str, port: int) -> list[str]:
    raise OSError("no such host")


def test_a_listed_private_target_is_reached() -> None:
    with serving(says(b"hello", X_Shop="fake")) as server:
        answer = Outbound(LOOPBACK).fetch(f"http://127.0.0.1:{server.server_port}/a?b=c")

    assert answer == Fetched(200, answer.headers, b"hello")
    assert answer.headers["x-shop"] == "fake"
    method, path, headers, _ = server.asked[0]
    assert (method, path) == ("GET", "/a?b=c")
    assert headers["accept-encoding"] == "identity"


def test_content_and_headers_are_sent() -> None:
    with serving(says(b"", status=204)) as server:
        answer = Outbound(LOOPBACK).fetch(
            f"http://127.0.0.1:{server.server_port}/", method="POST", content=b"<Order/>", headers={"X-Id": "7"}
        )

    assert answer.status == 204
    method, _, headers, body = server.asked[0]
    assert (method, body, headers["x-id"], headers["content-length"]) == ("POST", b"<Order/>", "7", "8")


def test_the_name_is_asked_once_and_the_checked_address_is_connected_to() -> None:
    """The answer of a resolver may change between a check and a connection: it must not be asked again."""
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    with serving(says(b"pinned")) as server:
        outbound = Outbound(["shop.example"], resolve=resolve)
        answer = outbound.fetch(f"http://Shop.Example.:{server.server_port}/")

    assert answer.content == b"pinned"
    assert asked == [("shop.example", server.server_port)]
    assert server.asked[0][2]["host"] == f"shop.example.:{server.server_port}"


def test_nobody_can_choose_another_host_header() -> None:
    with serving(says(b"")) as server:
        Outbound(LOOPBACK).fetch(f"http://127.0.0.1:{server.server_port}/", headers={"Host": "internal"})

    assert server.asked[0][2]["host"] == f"127.0.0.1:{server.server_port}"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with serving(says(b"second")) as server:
        outbound = Outbound(["shop.example"], resolve=resolving("::1", "127.0.0.1"))
        assert outbound.fetch(f"http://shop.example:{server.server_port}/").content == b"second"


@pytest.mark.parametrize("resolve", [unreachable, resolving()])
def test_a_host_without_an_address_is_a_failure(resolve: fetch_module.Resolve) -> None:
    with pytest.raises(FetchFailed, match=r"shop.example has no address"):
        Outbound(resolve=resolve).fetch("https://shop.example/")


def test_a_label_that_is_too_long_for_the_system_is_a_failure() -> None:
    def resolve(host: str, port: int) -> list[str]:
        return [host.encode("idna").decode()]

    with pytest.raises((FetchFailed, TargetNotAllowed)):
        Outbound(resolve=resolve).fetch(f"https://{'a' * 64}.example/")


def test_a_redirect_is_given_back_and_not_followed() -> None:
    with serving(says(b"", status=302, Location="http://169.254.169.254/")) as server:
        answer = Outbound(LOOPBACK).fetch(f"http://127.0.0.1:{server.server_port}/")

    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")
    assert len(server.asked) == 1


def test_an_answer_up_to_the_limit_is_read_and_a_larger_one_is_cut_off() -> None:
    with serving(says(b"x" * 1000)) as server:
        target = f"http://127.0.0.1:{server.server_port}/"
        assert len(Outbound(LOOPBACK).fetch(target, limit=1000).content) == 1000
        with pytest.raises(FetchFailed, match="larger than 999 bytes"):
            Outbound(LOOPBACK).fetch(target, limit=999)


def test_an_answer_that_never_ends_is_cut_off() -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 65536)
        except OSError:
            request.close_connection = True

    with serving(endless) as server, pytest.raises(FetchFailed, match="larger than"):
        Outbound(LOOPBACK).fetch(f"http://127.0.0.1:{server.server_port}/")


def test_a_packed_answer_is_not_unpacked() -> None:
    with serving(says(b"\x1f\x8b", Content_Encoding="gzip")) as server, pytest.raises(FetchFailed, match="encoding"):
        Outbound(LOOPBACK).fetch(f"http://127.0.0.1:{server.server_port}/")


def test_an_answer_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece comes in time, the whole does not."""
    monkeypatch.setattr(fetch_module, "ANSWER_SECONDS", 0.2)
    done = threading.Event()

    def trickle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        try:
            while not done.wait(0.02):
                request.wfile.write(b"x")
        except OSError:
            request.close_connection = True

    with serving(trickle) as server:
        with pytest.raises(FetchFailed, match="took longer"):
            Outbound(LOOPBACK).fetch(f"http://127.0.0.1:{server.server_port}/")
        done.set()


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_module, "ANSWER_SECONDS", 0.1)
    done = threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        done.wait(10)

    with serving(silent) as server:
        with pytest.raises(FetchFailed, match="ReadTimeout"):
            Outbound(LOOPBACK).fetch(f"http://127.0.0.1:{server.server_port}/")
        done.set()


def test_a_closed_port_is_a_failure() -> None:
    with serving(says(b"")) as server:
        port = server.server_port

    with pytest.raises(FetchFailed, match=r"no answer from 127.0.0.1: ConnectError"):
        Outbound(LOOPBACK).fetch(f"http://127.0.0.1:{port}/")


def test_an_address_of_version_six_is_reached() -> None:
    assert resolved("::1", 443) == ["::1"]
    with pytest.raises(FetchFailed, match="no answer from ::1"):
        Outbound(LOOPBACK).fetch("http://[::1]:1/")


def test_over_tls_the_certificate_must_be_the_hosts_and_not_the_addresses(tmp_path: Path) -> None:
    server_tls, client_tls = certificate(tmp_path, "shop.example")
    outbound = Outbound(LOOPBACK, resolve=resolving("127.0.0.1"), tls=client_tls)

    with serving(says(b"secret"), server_tls) as server:
        assert outbound.fetch(f"https://shop.example:{server.server_port}/").content == b"secret"
        with pytest.raises(FetchFailed, match="ConnectError"):
            outbound.fetch(f"https://other.example:{server.server_port}/")


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    server_tls, _ = certificate(tmp_path, "shop.example")
    outbound = Outbound(LOOPBACK, resolve=resolving("127.0.0.1"))

    with serving(says(b"secret"), server_tls) as server, pytest.raises(FetchFailed, match="ConnectError"):
        outbound.fetch(f"https://shop.example:{server.server_port}/")
