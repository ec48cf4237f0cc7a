"""The one way to call out by HTTP: to public addresses over TLS, to private ones only where an operator listed them."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpx

from app.kit.errors import Invalid

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Iterable[str]]
"""Gives the addresses of a host name and port, or raises OSError."""

MEBIBYTE = 1024 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 5, 15

GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
NOT_PUBLIC = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))
"""Special-purpose networks (RFC 6890, 7526, 9637) that `ipaddress` of Python 3.11 still takes for public."""


class TargetNotAllowed(Invalid):
    """The service does not call out to this address."""


class FetchFailed(Exception):  # noqa: N818 - named like the refusals: it is what happened
    """The other side did not give a usable answer; it may another time."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, of whatever status; a redirect is an answer too and is not followed. Header names in any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request goes: its address as written, and the checked addresses of its host."""

    url: httpx.URL
    host: str
    addresses: tuple[str, ...]


def resolved(host: str, port: int) -> list[str]:
    """Ask the system's resolver; it also reads `127.1`, `0x7f000001` and `2130706433` as the addresses they are."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Outbound:
    """Calls out. `allowed` are the private networks (`127.0.0.0/8`) and host names it may reach, over plain HTTP too.

    Every address of a host is checked, and the connection goes to a checked address: a name that resolves to
    something else a moment later (DNS rebinding) changes nothing.
    """

    def __init__(
        self, allowed: Sequence[str] = (), *, resolve: Resolve = resolved, tls: ssl.SSLContext | None = None
    ) -> None:
        self._networks, self._hosts = _read_allowed(allowed)
        self._resolve = resolve
        self._tls = tls

    def fetch(
        self,
        target: str,
        *,
        method: str = "GET",
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MEBIBYTE,
    ) -> Fetched:
        """Send a request and read its answer, of at most `limit` bytes.

        :raises TargetNotAllowed: when the address is none, not HTTP(S), or leads to where the service must not go.
        :raises FetchFailed: when nobody answers in time, or the answer is too large.
        """
        checked = self._checked(target)
        request = httpx.Request(method, checked.url, content=content, headers=_sent_headers(headers, checked.url))
        try:
            return self._first_answer(request, checked, limit)
        except httpx.HTTPError as reason:
            raise FetchFailed(f"no answer from {checked.host}: {type(reason).__name__}") from reason

    def written_host(self, target: str) -> str:
        """Give the host of an address that somebody is to go to, judged as it is written: nothing is looked up.

        :raises TargetNotAllowed: when it is none, not over https, or names a private address that is not listed.
        """
        url = _read_url(target)
        host = url.raw_host.decode("ascii").rstrip(".").lower()
        address = _literal(host)
        if address is not None:
            self._check(address, host, url.scheme)
        elif url.scheme == "http" and host not in self._hosts:
            raise TargetNotAllowed(f"{host} is only reached over https")
        return host

    def _checked(self, target: str) -> _Target:
        url = _read_url(target)
        host = url.raw_host.decode("ascii").rstrip(".").lower()
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        try:
            addresses = tuple(dict.fromkeys(self._resolve(host, port)))
        except (OSError, UnicodeError) as reason:
            raise FetchFailed(f"{host} has no address") from reason
        if not addresses:
            raise FetchFailed(f"{host} has no address")
        for address in addresses:
            self._check(ipaddress.ip_address(address), host, url.scheme)
        return _Target(url, host, addresses)

    def _check(self, address: Address, host: str, scheme: str) -> None:
        listed = self._is_listed(address, host)
        if not (listed or is_public(address)):
            raise TargetNotAllowed(
                f"{host} is not a public address; an operator can list it in PROKURA_ALLOWED_PRIVATE_TARGETS"
            )
        if scheme == "http" and not listed:
            raise TargetNotAllowed(f"{host} is only reached over https")

    def _is_listed(self, address: Address, host: str) -> bool:
        """Tell whether the operator listed it; a listed name never leads to link-local, where clouds keep secrets."""
        inner = _unwrapped(address)
        if any(inner in network for network in self._networks if network.version == inner.version):
            return True
        return host in self._hosts and (inner.is_loopback or (inner.is_private and not _is_special(inner)))

    def _first_answer(self, request: httpx.Request, checked: _Target, limit: int) -> Fetched:
        """Try the addresses in the resolver's order until one takes the connection."""
        *others, last = checked.addresses
        for address in others:
            try:
                return self._send(request, checked, address, limit)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return self._send(request, checked, last, limit)

    def _send(self, request: httpx.Request, checked: _Target, address: str, limit: int) -> Fetched:
        pinned = httpx.Request(
            request.method,
            checked.url.copy_with(host=address),
            headers=request.headers,
            content=request.content,
            extensions={"sni_hostname": checked.host},
        )
        until = time.monotonic() + ANSWER_SECONDS
        # A client for each request: a pool knows connections by address alone, and would send what is meant for one
        # host over a connection whose certificate was checked for another at the same address.
        with httpx.Client(
            verify=self._tls or _system_tls(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        ) as client:
            answer = client.send(pinned, stream=True)
            return Fetched(answer.status_code, answer.headers, _read(answer, checked.host, limit, until))


def _literal(host: str) -> Address | None:
    """Read a host that is an address; the resolver is not asked, but knows `127.1` and `2130706433` without asking."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if host[:1].isdecimal() else None
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open internet, also when IPv6 carries an IPv4 address (6to4, NAT64)."""
    inner = _unwrapped(address)
    if _is_special(inner) or not inner.is_global:
        return False
    return inner.version == 4 or inner in GLOBAL_UNICAST


def _unwrapped(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None) or address


def _is_special(address: Address) -> bool:
    return (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_link_local
        or any(address in network for network in NOT_PUBLIC if network.version == address.version)
    )


def _read_allowed(allowed: Iterable[str]) -> tuple[tuple[Network, ...], frozenset[str]]:
    networks, hosts = [], set()
    for entry in allowed:
        try:
            networks.append(ipaddress.ip_network(entry))
        except ValueError:
            if "/" in entry:
                raise ValueError(f"not a network in the list of private targets: {entry}") from None
            hosts.add(entry.rstrip(".").lower())
    return tuple(networks), frozenset(hosts)


def _read_url(target: str) -> httpx.URL:
    try:
        url = httpx.URL(target)
    except (httpx.InvalidURL, TypeError) as reason:
        raise TargetNotAllowed("the target is not an address of the form https://host/path") from reason
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise TargetNotAllowed("the target is not an address of the form https://host/path")
    if url.userinfo:
        raise TargetNotAllowed("the target must not hold a user name or password")
    return url


def _sent_headers(headers: Mapping[str, str] | None, url: httpx.URL) -> httpx.Headers:
    """Give the headers to send; nothing packed is asked for, since a small packed answer can unpack to gigabytes."""
    sent = httpx.Headers(headers)
    sent["Accept-Encoding"] = "identity"
    sent["Host"] = url.netloc.decode("ascii")
    return sent


def _read(answer: httpx.Response, host: str, limit: int, until: float) -> bytes:
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchFailed(f"{host} answered in an encoding that was not asked for")
    content = bytearray()
    for part in answer.iter_raw():
        content += part
        if len(content) > limit:
            raise FetchFailed(f"the answer of {host} is larger than {limit} bytes")
        if time.monotonic() > until:
            raise FetchFailed(f"the answer of {host} took longer than {ANSWER_SECONDS} seconds")
    return bytes(content)


@cache
def _system_tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
