"""Where the service never calls, however the address is written or whatever a name resolves to."""

import ipaddress

import pytest

from app.kit.fetch import Outbound, TargetNotAllowed, is_public
from tests.servers import LOOPBACK, resolving


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://localhost./",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://0.0.0.0/",
    ],
)
def test_no_way_of_writing_it_leads_to_a_private_address(target: str) -> None:
    """Resolved by the machine's own resolver, which reads every form of an address that a connection would."""
    with pytest.raises(TargetNotAllowed):
        Outbound().fetch(target)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "0.1.2.3",
        "169.254.169.254",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_that_is_not_of_the_open_internet_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(TargetNotAllowed, match=r"shop.example is not a public address"):
        Outbound(resolve=resolving(address)).fetch("https://shop.example/")


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1"],
)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(TargetNotAllowed):
        Outbound(resolve=resolving("93.184.216.34", "10.0.0.1")).fetch("https://shop.example/")


def test_plain_http_is_for_listed_private_targets_alone() -> None:
    with pytest.raises(TargetNotAllowed, match="only reached over https"):
        Outbound(LOOPBACK, resolve=resolving("93.184.216.34")).fetch("http://shop.example/")
    with pytest.raises(TargetNotAllowed, match="only reached over https"):
        Outbound(["shop.example"], resolve=resolving("93.184.216.34")).fetch("http://shop.example/")


def test_a_listed_name_does_not_lead_to_where_clouds_keep_secrets() -> None:
    with pytest.raises(TargetNotAllowed):
        Outbound(["shop.example"], resolve=resolving("169.254.169.254")).fetch("http://shop.example/")


def test_a_listed_name_or_network_opens_no_other() -> None:
    for allowed in (["shop.example"], ["10.1.0.0/16"], ["fd00::/8"]):
        with pytest.raises(TargetNotAllowed):
            Outbound(allowed, resolve=resolving("10.2.0.1")).fetch("https://other.example/")


def test_a_mistyped_network_is_told_when_the_service_starts() -> None:
    with pytest.raises(ValueError, match=r"10.0.0.1/8"):
        Outbound(["10.0.0.1/8"])


@pytest.mark.parametrize(
    "target",
    [
        "",
        "shop.example",
        "//shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "https://",
        "https:///path",
        "http://[::1",
        "https://shop.example:port/",
        "unix:/var/run/docker.sock",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_web_address_is_refused(target: str) -> None:
    with pytest.raises(TargetNotAllowed, match="https://host/path"):
        Outbound(LOOPBACK, resolve=resolving("127.0.0.1")).fetch(target)


def test_a_password_in_the_address_is_refused() -> None:
    with pytest.raises(TargetNotAllowed, match="user name or password"):
        Outbound(resolve=resolving("93.184.216.34")).fetch("https://user:secret@shop.example/")


@pytest.mark.parametrize(
    "target",
    [
        "http://shop.example/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/",
        "https://user:pass@shop.example/",
        "javascript:alert(1)",
        "//shop.example/",
        "",
    ],
)
def test_an_address_to_go_to_is_judged_as_it_is_written(target: str) -> None:
    with pytest.raises(TargetNotAllowed):
        Outbound().written_host(target)


def test_an_address_that_is_listed_may_be_gone_to_over_plain_http() -> None:
    outbound = Outbound([*LOOPBACK, "shop.internal"], resolve=resolving())
    assert outbound.written_host("https://Shop.Example./oci?x=1") == "shop.example"
    assert outbound.written_host("http://127.0.0.1:8080/") == "127.0.0.1"
    assert outbound.written_host("http://shop.internal/") == "shop.internal"
