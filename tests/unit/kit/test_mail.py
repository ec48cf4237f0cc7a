"""Mail settings and addresses: what is taken, and what is refused without repeating it."""

import pytest
from pydantic import ValidationError

from app.kit.config import Settings
from app.kit.mail import Server, address_fault, server_of


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://relay", Server("relay", 25, tls=False)),
        ("smtp://relay:2525/", Server("relay", 2525, tls=False)),
        ("smtps://a%40b.dk:p%3Aw@relay.example", Server("relay.example", 465, tls=True, user="a@b.dk", password="p:w")),
        ("smtp://[::1]:25", Server("::1", 25, tls=False)),
    ],
)
def test_a_mail_server_is_read_from_its_address(url: str, server: Server) -> None:
    assert server_of(url) == server


@pytest.mark.parametrize(
    "url", ["relay:25", "http://relay", "smtp://", "smtp://u:secret@relay:port", "smtp://u:secret@relay/path"]
)
def test_what_is_no_mail_server_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://host:port") as refused:
        server_of(url)
    assert "secret" not in str(refused.value)
    with pytest.raises(ValidationError) as also:
        Settings(smtp_url=url, mail_from="prokura@example.dk")
    assert "secret" not in str(also.value)


def test_a_password_is_not_printed() -> None:
    assert "secret" not in repr(server_of("smtps://u:secret@relay"))


def test_a_mail_server_needs_a_sender_and_no_mail_server_needs_none() -> None:
    assert Settings(smtp_url="").mail_from == ""
    assert Settings(smtp_url="smtp://relay", mail_from="prokura@example.dk").mail_from == "prokura@example.dk"
    for wrong in ("", "Prokura <prokura@example.dk>"):
        with pytest.raises(ValidationError) as refused:
            Settings(smtp_url="smtp://relay", mail_from=wrong)
        assert [fault["loc"] for fault in refused.value.errors()] == [("mail_from",)]


def test_links_begin_with_a_web_address_without_its_last_slash() -> None:
    assert Settings(public_url="https://prokura.example.dk/").public_url == "https://prokura.example.dk"
    with pytest.raises(ValidationError, match="https://"):
        Settings(public_url="prokura.example.dk")


@pytest.mark.parametrize("address", ["a@b.dk", "anna.holm+prokura@kontor.example.dk", "a'b@xn--4cab6c.dk", "a@intern"])
def test_a_plain_address_is_taken(address: str) -> None:
    assert address_fault(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "@b.dk",
        "a@",
        "a@b.dk\n",
        "a@b.dk\r\nBcc: c@d.dk",
        "a@b.dk,c@d.dk",
        "Anna <a@b.dk>",
        '"a b"@b.dk',
        "a b@b.dk",
        "a..b@b.dk",
        "a@b..dk",
        "a@-b.dk",
        "a@[127.0.0.1]",
        "søren@b.dk",
        "a@blåbær.dk",
        f"{'a' * 65}@b.dk",
        f"a@{'b.' * 127}dk",
        "a@b.dk\0",
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    assert address_fault(address) is not None
