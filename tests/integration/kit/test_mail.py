"""Mail leaves by a real SMTP conversation: over TLS where there is any, and what fails says how."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from app.kit.mail import AddressRefused, Letter, MailNotSent, NoLetter, Postman, Server, ServerFailed
from tests.mail import MailServer, receiving, unused_port
from tests.servers import certificate

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LETTER = Letter("anna@example.dk", "Prokura: 2 opgaver venter på dig", "Så er der smørrebrød.\n", "da")


def postman(port: int, **server: str) -> Postman:
    return Postman(Server("127.0.0.1", port, tls=False, **server), "prokura@example.dk")


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with receiving() as server:
        yield server


def test_a_letter_arrives_whole_and_says_that_a_machine_wrote_it(mail: MailServer) -> None:
    postman(mail.port).send(LETTER, NOW)

    (letter,) = mail.letters
    assert (letter["Subject"], letter["To"]) == (LETTER.subject, LETTER.address)
    assert letter["From"] == "Prokura <prokura@example.dk>"
    assert letter["Date"].datetime == NOW
    assert letter["Message-ID"].endswith("@example.dk>")
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "da")
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content() == LETTER.text.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("anna@example.dk\nBcc: eve@example.dk", "Prokura"),
        ("anna@example.dk\r\nBcc: eve@example.dk", "Prokura"),
        ("anna@example.dk, eve@example.dk", "Prokura"),
        ("anna@example.dk\n", "Prokura"),
        ("anna@example.dk", "Prokura\nBcc: eve@example.dk"),
        ("anna@example.dk", "Prokura\r\n\r\nKære Anna"),
    ],
)
def test_nothing_gets_into_the_headers(mail: MailServer, address: str, subject: str) -> None:
    with pytest.raises(NoLetter):
        postman(mail.port).send(Letter(address, subject, "", "da"), NOW)
    assert mail.letters == []


def test_a_server_that_is_away_is_left_alone_for_longer_and_longer() -> None:
    sender = postman(unused_port())
    assert not sender.rests(NOW)

    with pytest.raises(ServerFailed):
        sender.send(LETTER, NOW)
    assert sender.rests(NOW + timedelta(seconds=4))
    assert not sender.rests(NOW + timedelta(seconds=5))

    for _ in range(20):
        with pytest.raises(ServerFailed):
            sender.send(LETTER, NOW)
    assert sender.rests(NOW + timedelta(minutes=14))
    assert not sender.rests(NOW + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("answer", "kind"), [("550 no such user anna@example.dk", AddressRefused), ("450 later", MailNotSent)]
)
def test_an_address_that_is_refused_for_good_is_told_from_one_that_is_put_off(
    mail: MailServer, answer: str, kind: type[Exception]
) -> None:
    mail.to_address = answer
    sender = postman(mail.port)

    with pytest.raises(kind) as refused:
        sender.send(LETTER, NOW)

    assert type(refused.value) is kind
    assert answer[:3] in str(refused.value)
    assert "anna" not in str(refused.value)
    assert not sender.rests(NOW)


def test_a_content_that_is_not_taken_concerns_that_letter_alone(mail: MailServer) -> None:
    mail.to_content = "552 the mailbox of anna@example.dk is full"
    sender = postman(mail.port)

    with pytest.raises(MailNotSent, match="552") as refused:
        sender.send(LETTER, NOW)

    assert "anna" not in str(refused.value)
    assert not sender.rests(NOW)


def _signed_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (b"prokura", b"h@mmelig"), handled=False)


def test_starttls_is_used_when_offered_and_the_password_goes_only_then(tmp_path: Path) -> None:
    server_tls, client_tls = certificate(tmp_path, "localhost")
    with receiving(tls_context=server_tls, require_starttls=True, authenticator=_signed_in, auth_required=True) as mail:
        good = Server("localhost", mail.port, tls=False, user="prokura", password="h@mmelig")
        Postman(good, "prokura@example.dk", client_tls).send(LETTER, NOW)
        assert len(mail.letters) == 1

        wrong = Server("localhost", mail.port, tls=False, user="prokura", password="forkert")
        with pytest.raises(ServerFailed, match="SMTPAuthenticationError: the server answered 535"):
            Postman(wrong, "prokura@example.dk", client_tls).send(LETTER, NOW)

        with pytest.raises(ServerFailed, match="CERTIFICATE_VERIFY_FAILED"):
            Postman(good, "prokura@example.dk").send(LETTER, NOW)


def test_a_password_is_not_sent_in_the_clear(mail: MailServer) -> None:
    with pytest.raises(ServerFailed, match="in the clear"):
        postman(mail.port, user="prokura", password="h@mmelig").send(LETTER, NOW)
    assert mail.letters == []


@contextmanager
def talking(*answers: bytes) -> Iterator[int]:
    """Serve one connection: answer each line with the next answer, then hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(answers[0])
                for answer in answers[1:]:
                    lines.readline()
                    connection.sendall(answer)
                    if answer.startswith(b"354"):
                        while lines.readline() != b".\r\n":
                            pass
                        connection.sendall(b"250 taken\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


CONVERSATION = (b"220 mail\r\n", b"250 mail\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n")


def test_a_letter_that_was_taken_is_sent_even_if_the_server_stumbles_over_the_goodbye() -> None:
    with talking(*CONVERSATION, b"421 out of memory\r\n") as port:
        postman(port).send(LETTER, NOW)


def test_a_server_that_hangs_up_has_failed() -> None:
    with talking(*CONVERSATION[:2]) as port, pytest.raises(ServerFailed):
        postman(port).send(LETTER, NOW)
