"""Suppliers without an endpoint get their orders by mail, as a page that says all they need; what fails is told."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from app import dialects
from app.assembly import worker_of
from app.documents.order import Order
from app.documents.order_change import OrderCancellation
from app.exchange.delivery import GIVE_UP_AFTER
from app.exchange.letters import NO_SERVER
from app.kit.config import Settings
from app.oioubl import ubl
from app.oioubl.validation import fatal_rules
from tests.bills import bill
from tests.mail import MailServer, receiving
from tests.neighbourhood import ADDRESS
from tests.purchases import act, done, draft, item, order, refused, shown, tasks
from tests.selling import WHY, change, put, supplier_of
from tests.story import Story

ADDRESS_OF = "ordrer@papirgrossisten.dk"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with receiving() as server:
        yield server


@pytest.fixture
def mailed(story: Story) -> Story:
    """Give the story with a supplier that takes orders by mail."""
    story.approved_catalogue()
    takes_mail(story)
    return story


def takes_mail(story: Story, **fields: str) -> None:
    world = story.world
    wanted = {"order_channel": "EMAIL", "order_email": ADDRESS_OF, **fields}
    changed = done(change(world, supplier_of(world, world.supplier_id), **wanted))
    if changed["status"] != "ACTIVE":
        done(put(world, changed, "activate", WHY))


def work(story: Story, mail: MailServer | None) -> None:
    """Let the worker do everything that waits, with a mail server or without."""
    settings = Settings(
        data_folder=story.folder,
        smtp_url=mail.url if mail is not None else "",
        mail_from="prokura@example.dk" if mail is not None else "",
    )
    worker_of(settings, story.world.database, story.world.clock).work_until_idle()


def the_letter(mail: MailServer) -> EmailMessage:
    (letter,) = mail.emptied()
    return letter


def body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def left(story: Story) -> list[tuple[str, str, str | None]]:
    found = done(story["buyer"].get("/outbox"))["data"]
    return [
        (one["document_type"], one["state"], one["last_error"])
        for one in found
        if one["document_type"] != "ApplicationResponse"
    ]


def sent(story: Story, lines: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    waiting = done(act(story, "buyer", done(order(story, lines, **fields), 201), "submit"))
    return done(act(story, "disponent", waiting, "approve"))


def test_an_order_leaves_as_a_letter_with_all_that_the_supplier_needs(mailed: Story, mail: MailServer) -> None:
    place = {"organisation_id": str(mailed.world.institution_id), "name": "Lageret", "address": ADDRESS}
    where = done(
        mailed["administrator"].post(
            f"/organisations/{place.pop('organisation_id')}/delivery-addresses", {**place, "is_default": True}
        ),
        201,
    )
    lines = [{"catalogue_line_id": item(mailed, "kopipapir"), "quantity": "10.5", "note": f"Til 3. sal {EVIL}"}]
    made = sent(
        mailed,
        lines,
        requested_delivery_on="2026-03-09",
        accounting_cost="2240-1010",
        delivery_address_id=where["id"],
        buyer_reference="7778",
    )

    work(mailed, mail)

    letter = the_letter(mail)
    assert letter["To"] == ADDRESS_OF
    assert letter["Subject"] == "Ordre 100001 – Prøveinstitutionen"
    page, text = body(letter, "html"), body(letter, "plain")
    needed = ("100001 på fakturaen", "5798009882882", "7778", "2240-1010", "K-2026-17", "9.3.2026", "Valby", "10,5 ")
    for said in (*needed, "DKK", "Papirgrossisten A/S", "ekskl. moms"):
        assert said in page
        assert said.lower() in text.lower()
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    xml, html = letter.iter_attachments()
    assert [xml.get_filename(), html.get_filename()] == ["order-100001.xml", "order-100001.html"]
    assert (
        xml.get_content() == mailed["buyer"].get(f"/orders/{made['id']}", headers={"Accept": "application/xml"}).content
    )
    assert left(mailed) == [("Order", "SENT", None)]


def test_it_is_written_in_the_suppliers_language(mailed: Story, mail: MailServer) -> None:
    takes_mail(mailed, order_language="en")
    mailed.sent_order(kopipapir="10")
    work(mailed, mail)
    letter = the_letter(mail)
    assert (letter["Subject"], letter["Content-Language"]) == ("Order 100001 – Prøveinstitutionen", None)
    assert "Write order number 100001 on the invoice" in body(letter, "html")


def test_a_change_and_a_cancellation_leave_as_letters_too(mailed: Story, mail: MailServer) -> None:
    made = mailed.sent_order(kopipapir="10", ringbind="5")
    work(mailed, mail)
    mail.emptied()
    fewer = {"reason": "For mange", "lines": [{"line_id": "1", "quantity": "8"}]}
    done(act(mailed, "buyer", shown(mailed, made), "changes", fewer), 201)
    work(mailed, mail)
    changed = the_letter(mail)
    done(act(mailed, "buyer", shown(mailed, made), "cancel", {"reason": "Ikke nødvendig alligevel"}))
    work(mailed, mail)
    cancelled = the_letter(mail)

    assert changed["Subject"].startswith("Ændring af ordre 100001")
    assert "For mange" in body(changed, "html")
    assert "(Ændret)" in body(changed, "html")
    assert cancelled["Subject"].startswith("Annullering af ordre 100001")
    assert "Ikke nødvendig alligevel" in body(cancelled, "plain")
    (xml, _) = cancelled.iter_attachments()
    assert isinstance(dialects.read(ubl.parse(xml.get_content())), OrderCancellation)


def test_an_order_by_mail_is_received_and_billed_without_an_answer(mailed: Story, mail: MailServer) -> None:
    made = mailed.sent_order(kopipapir="10")
    work(mailed, mail)
    mailed.receive(made["id"], _1="10")
    case = mailed.match(bill(mailed.document_of(made["id"]), _1="10"))
    assert case["outcome"] == "AUTO_APPROVED"
    mailed.world.clock.advance(timedelta(days=30))
    work(mailed, mail)
    assert ("RESPONSE_MISSING", "OPEN") not in tasks(mailed, "buyer", made["id"])


def test_without_a_mail_server_the_order_says_that_it_was_not_sent(mailed: Story, mail: MailServer) -> None:
    made = mailed.sent_order(kopipapir="10")

    work(mailed, None)

    failed = shown(mailed, made)
    assert failed["status"] == "SEND_FAILED"
    assert left(mailed) == [("Order", "DEAD", NO_SERVER)]
    assert tasks(mailed, "buyer", made["id"]) == [("ORDER_NOT_DELIVERED", "OPEN")]
    received = mailed["receiver"].post(
        f"/orders/{made['id']}/receipts", {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "1"}]}
    )
    assert received.status_code == 409

    again = done(act(mailed, "buyer", failed, "send-again"))
    work(mailed, mail)
    assert (again["status"], shown(mailed, made)["status"]) == ("SENT", "SENT")
    assert the_letter(mail)["To"] == ADDRESS_OF
    assert tasks(mailed, "buyer", made["id"]) == [("ORDER_NOT_DELIVERED", "CLOSED")]
    assert refused(act(mailed, "buyer", shown(mailed, made), "send-again")) == (409, "nothing_undelivered")


def test_an_address_that_is_refused_ends_the_attempts_and_the_order_can_be_dropped(
    mailed: Story, mail: MailServer
) -> None:
    made = mailed.sent_order(kopipapir="10")
    mail.to_address = "550 no such person"
    work(mailed, mail)

    failed = shown(mailed, made)
    assert failed["status"] == "SEND_FAILED"
    assert ADDRESS_OF not in str(left(mailed))
    dropped = done(act(mailed, "buyer", failed, "cancel", {"reason": "Købes et andet sted"}))
    assert (dropped["status"], dropped["decision_reason"]) == ("CANCELLED", "Købes et andet sted")
    assert tasks(mailed, "buyer", made["id"]) == [("ORDER_NOT_DELIVERED", "CLOSED")]
    assert [kind for kind, _, _ in left(mailed)] == ["Order"]


def test_a_server_that_is_busy_is_tried_again_for_two_days(mailed: Story, mail: MailServer) -> None:
    made = mailed.sent_order(kopipapir="10")
    mail.to_content = "451 later"
    work(mailed, mail)
    assert (shown(mailed, made)["status"], left(mailed)[0][1]) == ("SENT", "QUEUED")
    mailed.world.clock.advance(GIVE_UP_AFTER + timedelta(hours=1))
    work(mailed, mail)
    assert (shown(mailed, made)["status"], left(mailed)[0][1]) == ("SEND_FAILED", "DEAD")


def test_what_has_come_stays_sent_when_its_letter_is_given_up(mailed: Story, mail: MailServer) -> None:
    made = mailed.sent_order(kopipapir="10")
    mail.to_content = "451 later"
    work(mailed, mail)
    line = {"line_id": "1", "quantity": "10"}
    done(mailed["receiver"].post(f"/orders/{made['id']}/receipts", {"received_on": "2026-03-02", "lines": [line]}), 201)
    mailed.world.clock.advance(GIVE_UP_AFTER + timedelta(hours=1))
    work(mailed, mail)
    assert shown(mailed, made)["status"] == "SENT"
    assert ("ORDER_NOT_DELIVERED", "OPEN") in tasks(mailed, "buyer", made["id"])


@pytest.mark.parametrize(
    "address",
    ["a@b.dk\nBcc: eve@example.dk", "a@b.dk, eve@example.dk", "ordrer", "<a@b.dk>", "", None, "x" * 190 + "@b.dk"],
)
def test_only_a_plain_address_is_taken(story: Story, address: str | None) -> None:
    world = story.world
    answer = change(world, supplier_of(world, world.supplier_id), order_channel="EMAIL", order_email=address)
    assert answer.status_code == 422


def test_a_supplier_that_takes_mail_without_an_address_is_not_activated(story: Story) -> None:
    world = story.world
    changed = done(change(world, supplier_of(world, world.supplier_id), order_channel="EMAIL"))
    assert any("order_email" in lack for lack in changed["missing"])
    assert refused(put(world, changed, "activate", WHY)) == (409, "supplier_not_ready")


def test_the_document_can_be_read_by_whoever_may_read_the_order(story: Story) -> None:
    story.approved_catalogue()
    lines = [{"catalogue_line_id": item(story, "kopipapir"), "quantity": "2", "note": EVIL}]
    made = done(order(story, lines), 201)
    path = f"/orders/{made['id']}/document"

    preview = story["buyer"].get(path)
    assert (preview.status_code, preview.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Udkast" in preview.text
    assert EVIL not in preview.text
    assert preview.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    planned = story["buyer"].get(path, headers={"Accept": "application/xml"})
    assert fatal_rules(planned.content) == []
    assert isinstance(dialects.read(ubl.parse(planned.content)), Order)
    assert story["supplier"].get(path).status_code == 404
    assert story["requisitioner"].get(path).status_code == 404

    done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    assert "Draft" not in story["supplier"].get(path, language="en").text
    assert "Write order number 100001" in story["supplier"].get(path, language="en").text
    assert story["supplier"].get(path, language="tlh").status_code == 422


def test_what_never_left_is_dropped_without_a_reason_and_not_sent_again(mailed: Story) -> None:
    made = done(draft(mailed, kopipapir="1"), 201)
    done(act(mailed, "disponent", done(act(mailed, "buyer", made, "submit")), "approve"))
    work(mailed, None)
    assert done(act(mailed, "buyer", shown(mailed, made), "cancel"))["status"] == "CANCELLED"
    assert refused(act(mailed, "buyer", shown(mailed, made), "send-again")) == (409, "nothing_undelivered")
