"""Documents come in: kept first, answered, worked on once as whoever handed them in, and told what became of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from app.demo import papers
from app.documents.application_response import ApplicationResponse
from app.documents.item import Item
from app.documents.order import Order, OrderLine
from app.documents.values import Identifier
from app.exchange import inbox, turns
from app.exchange.models import InboundDocument
from app.kit import jobs
from app.kit.archive import ArchivedDocument, content_digest, sha256
from app.kit.audit import AuditEvent
from app.kit.jobs import LEASE, Job, JobState
from app.kit.money import Quantity
from app.match.models import InvoiceCase
from app.oioubl import ubl, validation
from app.oioubl.application_response import read_application_response
from app.orders.models import PurchaseOrder
from app.organisations.supplier_models import Supplier
from tests.catalogues import count
from tests.integration.organisations.steps import stands_in
from tests.purchases import done, person, post_document, refused, response
from tests.samples import sample
from tests.story import Story
from tests.world import ADMINISTRATOR


@pytest.fixture
def document(story: Story) -> Order:
    story.approved_catalogue()
    return story.document_of(story.sent_order(kopipapir="10")["id"])


def bill(document: Order, number: str = "F-1001") -> bytes:
    return papers.written(papers.bill(document, {"1": "10"}, number=number))


def broken(document: Order) -> bytes:
    """Break a fatal rule but leave sender and number readable."""
    content = bill(document)
    assert papers.PROFILE.encode() in content
    return content.replace(papers.PROFILE.encode(), b"Procurement-Kassekladde-9.9")


def test_a_document_is_kept_before_it_is_worked_on(story: Story, document: Order) -> None:
    content = papers.written(papers.answer(document))
    kept = done(story["supplier"].upload("/documents", content), 202)
    assert (kept["state"], kept["result"], kept["processed_at"]) == ("RECEIVED", None, None)
    raw = story["supplier"].get(f"/documents/{kept['id']}/raw")
    assert (raw.content, raw.headers["content-type"]) == (content, "application/xml")
    story.work()
    assert done(story["supplier"].get(f"/documents/{kept['id']}"))["state"] == "PROCESSED"


def test_the_bytes_are_given_back_as_they_came(story: Story) -> None:
    content = b"\xef\xbb\xbf" + sample("invoice").replace(b"\n", b"\r\n") + b"<!-- \xc3\xa6 -->\r\n"
    kept = done(story["invoice-system"].upload("/documents", content), 202)
    raw = story["invoice-system"].get(f"/documents/{kept['id']}/raw")
    assert (raw.content, raw.headers["content-digest"]) == (content, content_digest(sha256(content)))


def test_the_same_bytes_again_get_the_first_answer_and_have_no_second_effect(story: Story, document: Order) -> None:
    content = papers.written(papers.answer(document))
    first = post_document(story, content)
    again = story["supplier"].upload("/documents", content)
    assert (again.status_code, again.json()) == (202, first)
    assert count(story.world, InboundDocument) == 1


def test_the_same_bytes_at_once_are_one_document(story: Story, document: Order) -> None:
    content = papers.written(papers.answer(document))
    with ThreadPoolExecutor(4) as threads:
        kept = list(threads.map(lambda _: done(story["supplier"].upload("/documents", content), 202), range(4)))
    assert len({one["id"] for one in kept}) == 1
    assert count(story.world, InboundDocument) == 1


def test_the_same_bytes_from_another_caller_get_the_first_answer(story: Story, document: Order) -> None:
    content = papers.written(papers.answer(document))
    first = post_document(story, content)
    again = done(story["invoice-system"].upload("/documents", content), 202)
    assert (again["id"], again["state"]) == (first["id"], "PROCESSED")
    assert refused(story["invoice-system"].get(f"/documents/{first['id']}")) == (404, "inbound_not_found")


def test_what_was_refused_to_one_caller_is_tried_again_for_another(story: Story, document: Order) -> None:
    """Else somebody without the right could see to it that a document never has its effect."""
    body = {"name": "En anden leverandør", "cvr": "30714016"}
    other = done(story["state-content-manager"].post("/suppliers", body), 201)
    person(story, "other-supplier", "SUPPLIER", supplier_id=other["id"])
    content = papers.written(papers.answer(document))
    assert post_document(story, content, "other-supplier")["state"] == "REFUSED"

    kept = post_document(story, content, "supplier")

    assert (kept["state"], kept["result"], kept["problem"], kept["faults"]) == ("PROCESSED", "order", None, [])
    assert refused(story["other-supplier"].get(f"/documents/{kept['id']}")) == (404, "inbound_not_found")


def test_a_document_seen_at_another_door_has_its_effect_here_too(story: Story, document: Order) -> None:
    case = story.match(bill(document))
    kept = post_document(story, bill(document), "invoice-system")
    assert (kept["state"], kept["result"], kept["result_id"]) == ("PROCESSED", "invoice", case["id"])
    assert count(story.world, InvoiceCase) == 1


def test_what_breaks_the_format_is_kept_and_answered(story: Story, document: Order) -> None:
    kept = done(story["invoice-system"].upload("/documents", broken(document)), 202)
    assert (kept["state"], kept["result"]) == ("REJECTED_TECHNICAL", None)
    assert "F-LIB004" in [fault["rule_id"] for fault in kept["faults"]]
    story.work()
    assert count(story.world, InvoiceCase) == 0
    (answer,) = [one for one in answers_of(story) if one.reference_id == "F-1001"]
    assert (answer.response_code, answer.profile_id) == ("TechnicalReject", "NONE")
    assert answer.receiver.keys[0] == "DK:CVR:DK30714008"


def _sent(story: Story) -> list[ArchivedDocument]:
    query = select(ArchivedDocument).where(ArchivedDocument.direction == "OUT")
    return list(story.world.database.run(lambda session: session.exec(query).all()))


def answers_of(story: Story) -> list[ApplicationResponse]:
    found = []
    for sent in _sent(story):
        assert validation.fatal_rules(sent.content) == []
        if sent.document_type == "ApplicationResponse":
            found.append(read_application_response(ubl.parse(sent.content)))
    return found


def test_a_document_for_nobody_we_know_is_answered_in_the_name_it_was_sent_to(story: Story, document: Order) -> None:
    content = broken(document).replace(b"5798009882882", b"5798000433823")
    kept = done(story["supplier"].upload("/documents", content), 202)
    assert kept["state"] == "REJECTED_TECHNICAL"
    (answer,) = [one for one in answers_of(story) if one.reference_id == "F-1001"]
    assert answer.sender.keys[0] == "GLN:5798000433823"


def test_a_refusal_names_its_reason_and_leaves_nothing_half_done(story: Story) -> None:
    """The supplier is unknown and is taken in on the way; it is given up again when the order is refused."""
    huge = OrderLine(
        line_id="1",
        quantity=Quantity(Decimal(1), "EA"),
        line_extension_amount=Decimal("99999999999999.00"),
        item=Item(name="Alt", sellers_item_id=Identifier(value="1")),
    )
    order = Order(
        profile_id=papers.PROFILE,
        number="EX-1",
        issue_date=story.world.clock.now().date(),
        document_currency_code="DKK",
        buyer=papers.institution_party(),
        supplier=papers.supplier_party("16356719"),
        lines=(huge,),
    )
    suppliers = count(story.world, Supplier)
    kept = post_document(story, order, "invoice-system")
    assert (kept["state"], kept["problem"]) == ("REFUSED", "number_not_kept"), kept
    assert "99999999999999" in kept["detail"]
    assert (count(story.world, Supplier), count(story.world, PurchaseOrder)) == (suppliers, 0)


def test_an_invoice_and_a_catalogue_come_by_the_same_door(story: Story, document: Order) -> None:
    kept = post_document(story, bill(document), "invoice-system")
    assert kept["result"] == "invoice"
    assert done(story["invoice-system"].get(f"/match/{kept['result_id']}"))["outcome"] == "AWAITING_RECEIPT"
    catalogue = papers.catalogue(story.world.clock.now().date(), number="KAT-9")
    kept = post_document(story, catalogue)
    assert kept["result"] == "catalogue"
    seen = done(story["state-content-manager"].get(f"/catalogues/{kept['result_id']}"))
    assert seen["number"] == "KAT-9"


def test_an_application_response_is_taken_in(story: Story) -> None:
    kept = post_document(story, sample("application-response"))
    assert (kept["state"], kept["result"]) == ("PROCESSED", "document")


@pytest.mark.parametrize("who", ["buyer", "disponent", "auditor", "administrator"])
def test_people_without_the_role_hand_in_nothing(story: Story, who: str) -> None:
    answer = story[who].upload("/documents", sample("invoice"))
    assert refused(answer) == (403, "not_allowed")
    assert count(story.world, ArchivedDocument) == 0


def test_only_who_handed_a_document_in_sees_it(story: Story, document: Order) -> None:
    kept = post_document(story, papers.answer(document))
    assert [one["id"] for one in done(story["supplier"].get("/documents"))["data"]] == [kept["id"]]
    for path in (f"/documents/{kept['id']}", f"/documents/{kept['id']}/raw"):
        assert refused(story["invoice-system"].get(path)) == (404, "inbound_not_found")
    assert done(story["invoice-system"].get("/documents"))["data"] == []


def test_a_document_in_json_has_no_door_here(story: Story) -> None:
    assert refused(story["supplier"].upload("/documents", b"{}", "application/json")) == (
        415,
        "media_type_not_supported",
    )


def test_validation_stores_nothing_and_says_what_an_access_point_would(story: Story, document: Order) -> None:
    good = done(story["buyer"].upload("/documents/validate", bill(document)))
    assert (good["valid"], good["document_type"], good["findings"]) == (True, "Invoice", [])
    bad = done(story["buyer"].upload("/documents/validate", broken(document)))
    assert bad["valid"] is False
    assert "F-LIB004" in [finding["rule_id"] for finding in bad["findings"]]
    none = done(story["buyer"].upload("/documents/validate", b"<Invoice"))
    assert next(layer["outcome"] for layer in none["layers"]) == "failed"
    assert count(story.world, InboundDocument) == 0


def test_a_worker_killed_at_its_work_leaves_the_document_to_the_next_one(story: Story, document: Order) -> None:
    """Claimed, and never done: after the lease another worker does it, once."""
    kept = done(story["supplier"].upload("/documents", papers.written(response(document))), 202)
    world = story.world
    kinds: list[str] = []
    while turns.PROCESS not in kinds:
        killed = world.database.run(lambda session: jobs.claim(session, world.clock.now()))
        assert killed is not None
        kinds.append(killed.kind)
    story.work()
    assert done(story["supplier"].get(f"/documents/{kept['id']}"))["state"] == "RECEIVED"

    world.clock.advance(LEASE + timedelta(seconds=1))
    story.work()

    assert done(story["supplier"].get(f"/documents/{kept['id']}"))["state"] == "PROCESSED"
    rows = world.database.run(lambda session: session.exec(select(Job).where(Job.kind == turns.PROCESS)).all())
    assert [(row.state, row.attempts) for row in rows] == [(JobState.SUCCEEDED, 2)]


def test_work_done_twice_has_its_effect_once(story: Story, document: Order) -> None:
    """A worker that comes back after its lease: the document was worked on by another meanwhile."""
    kept = post_document(story, bill(document), "invoice-system")
    world = story.world
    world.database.run(lambda session: inbox.process(jobs.Work(session, {"inbound_id": kept["id"]}, world.clock.now())))
    assert count(world, InvoiceCase) == 1
    assert done(story["invoice-system"].get(f"/documents/{kept['id']}")) == kept


def test_a_substitutes_document_is_worked_on_with_the_principals_roles_and_is_the_principals(
    story: Story, document: Order
) -> None:
    person(story, "deputy")
    done(stands_in(story.world, "supplier", "deputy", ADMINISTRATOR), 201)
    content = papers.written(papers.answer(document))
    assert refused(story["deputy"].upload("/documents", content)) == (403, "not_allowed")

    kept = post_document(story, content, "deputy for supplier")

    assert (kept["state"], kept["result"]) == ("PROCESSED", "order")
    assert done(story["supplier"].get(f"/documents/{kept['id']}"))["id"] == kept["id"]
    assert [row["id"] for row in done(story["supplier"].get("/documents"))["data"]] == [kept["id"]]
    assert refused(story["deputy"].get(f"/documents/{kept['id']}"))[0] == 404
    query = select(AuditEvent).where(AuditEvent.action == "order.accepted_by_supplier")
    event = story.world.database.run(lambda session: session.exec(query).one())
    assert (str(event.actor_id), str(event.on_behalf_of)) == (
        story.world.id_of("deputy"),
        story.world.id_of("supplier"),
    )


def test_an_invoice_handed_in_by_a_substitute_is_recorded_with_both(story: Story, document: Order) -> None:
    person(story, "deputy")
    done(stands_in(story.world, "invoice-handler", "deputy"), 201)

    case = done(story["deputy for invoice-handler"].upload("/match", bill(document)))

    query = select(AuditEvent).where(AuditEvent.action == "invoice.decided")
    event = story.world.database.run(lambda session: session.exec(query).one())
    assert (str(event.entity_id), str(event.actor_id), str(event.on_behalf_of)) == (
        case["id"],
        story.world.id_of("deputy"),
        story.world.id_of("invoice-handler"),
    )
