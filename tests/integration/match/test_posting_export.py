"""Postings of approved invoices: made with the approval, read by an ERP, acknowledged once, withdrawn before that."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app.demo import papers
from app.documents.invoice import PaymentMeans
from app.kit.audit import AuditEvent
from app.kit.ids import new_id
from app.match import deciding
from app.match.engine.codes import Outcome
from app.match.models import InvoiceCase, MatchDecision
from app.match.payable_models import Payable
from app.match.payables import PostingAcknowledged, release, withdraw
from tests.bills import bill, credit, invoice
from tests.catalogues import count, line, publish
from tests.integration.organisations.steps import below, grant, person
from tests.purchases import act, done, item, order, refused, sql
from tests.story import Story

NOBODY = "019cae34-7780-7b23-a756-dd4a135255ec"
FIK = PaymentMeans(
    code="93", channel_code="DK:FIK", payment_id="71", instruction_id="1" * 14 + "9", credit_account_id="81234567"
)


@pytest.fixture
def sent(story: Story) -> dict[str, Any]:
    """Give an order of ten at 10.00 on two accounts, 30 to 70, and of five on a third, all received."""
    publish(story.world, [line("1", name="Papir"), line("2", name="Mapper")])
    parts = [{"accounting_cost": cost, "percent": percent} for cost, percent in (("2210", "30"), ("3310", "70"))]
    paper, folders = item(story, "papir"), item(story, "mapper")
    lines = [
        {"catalogue_line_id": paper, "quantity": "10", "postings": parts},
        {"catalogue_line_id": folders, "quantity": "5", "accounting_cost": "account=4410;sted=9"},
    ]
    made = done(order(story, lines), 201)
    approved = done(act(story, "disponent", done(act(story, "buyer", made, "submit")), "approve"))
    story.receive(approved["id"], _1="10", _2="5")
    return approved


def approved(story: Story, sent: dict[str, Any], number: str = "F-1001", **lines: str) -> dict[str, Any]:
    case = story.match(bill(story.document_of(sent["id"]), number, **(lines or {"_1": "1"})))
    assert case["outcome"] == "AUTO_APPROVED", case
    return case


def postings(story: Story, who: str = "invoice-system", **query: Any) -> list[dict[str, Any]]:
    return list(done(story[who].get("/postings", **query))["data"])


def acknowledge(story: Story, *posting_ids: str, who: str = "invoice-system") -> Any:
    return story[who].post("/postings/acknowledgements", {"posting_ids": list(posting_ids)})


def in_step(story: Story, case: dict[str, Any], step: Any) -> None:
    """Do something to a case in a transaction of its own, as a person's decision would."""
    now = story.world.clock.now()

    def work(session: Session) -> None:
        step(session, session.get_one(InvoiceCase, UUID(case["id"])), now)

    story.world.database.run(work)


def exported_at(story: Story, case: dict[str, Any]) -> Any:
    query = select(InvoiceCase.exported_at).where(InvoiceCase.id == UUID(case["id"]))
    return story.world.database.run(lambda session: session.exec(query).one(), write=False)


def test_an_approved_invoice_is_a_posting_to_the_oere(story: Story, sent: dict[str, Any]) -> None:
    document = story.document_of(sent["id"])
    paid = papers.bill(document, {"1": "3", "2": "5"}, charges=[papers.freight("5.00")])
    paid = paid.but(payment_means=(FIK,), due_date=document.issue_date)
    case = story.match(papers.written(paid))
    assert case["outcome"] == "AUTO_APPROVED", case["decision"]["findings"]

    (posting,) = postings(story)
    assert (posting["invoice_id"], posting["decision_id"]) == (case["id"], case["decision"]["id"])
    assert posting["proof_sha256"] == case["decision"]["proof_sha256"]
    assert (posting["type"], posting["number"], posting["currency"]) == ("Invoice", "F-1001", "DKK")
    assert (posting["supplier"]["cvr"], posting["order_numbers"]) == ("30714008", [sent["number"]])
    assert (posting["net_amount"], posting["tax_amount"], posting["payable_amount"]) == ("85.00", "21.25", "106.25")
    assert [(tax["category"], tax["percent"], tax["tax_amount"]) for tax in posting["taxes"]] == [
        ("StandardRated", "25", "21.25")
    ]
    told = [
        (part["kind"], part["accounting_cost"], part["net_amount"], part["tax_amount"]) for part in posting["parts"]
    ]
    assert told == [
        ("LINE", "2210", "9.00", "2.25"),
        ("LINE", "3310", "21.00", "5.25"),
        ("LINE", "account=4410;sted=9", "50.00", "12.50"),
        ("CHARGE", "2210", "0.56", "0.14"),
        ("CHARGE", "3310", "1.31", "0.33"),
        ("CHARGE", "account=4410;sted=9", "3.13", "0.78"),
    ]
    assert posting["parts"][2]["dimensions"] == {"account": "4410", "sted": "9"}
    amounts = (Decimal(part[name]) for part in posting["parts"] for name in ("net_amount", "tax_amount"))
    assert sum(amounts) == Decimal(posting["payable_amount"])
    assert (posting["payment"][0]["kind"], posting["payment"][0]["creditor"]) == ("FIK", "81234567")
    assert posting["missing"] == []
    assert done(story["auditor"].get(f"/postings/{posting['id']}")) == posting


def test_what_nothing_says_is_named(story: Story, sent: dict[str, Any]) -> None:
    approved(story, sent)
    assert postings(story)[0]["missing"] == ["/due_date", "/payment"]


def test_what_waits_for_people_is_no_posting(story: Story, sent: dict[str, Any]) -> None:
    case = story.match(bill(story.document_of(sent["id"]), prices={"1": "90.00"}, _1="1"))
    assert case["outcome"] == "DEVIATION"
    assert postings(story) == []


def test_a_receipt_that_lets_an_invoice_pass_makes_its_posting(story: Story) -> None:
    story.approved_catalogue()
    made = story.sent_order(kopipapir="10")
    case = story.match(bill(story.document_of(made["id"]), _1="10"))
    assert (case["outcome"], postings(story)) == ("AWAITING_RECEIPT", [])
    story.receive(made["id"], _1="10")
    (posting,) = postings(story)
    assert (posting["invoice_id"], posting["parts"][0]["accounting_cost"]) == (case["id"], "5250124502")


def test_a_person_approved_credit_note_is_a_posting_with_what_it_credits(story: Story, sent: dict[str, Any]) -> None:
    approved(story, sent, _1="2")
    note = story.match(credit(story.document_of(sent["id"]), "K-1", "F-1001", _1="1"))
    assert (note["outcome"], len(postings(story))) == ("MATCHED_PENDING_APPROVAL", 1)
    in_step(story, note, release)
    in_step(story, note, release)
    _, posting = postings(story)
    assert (posting["type"], posting["number"], posting["credited_numbers"]) == ("CreditNote", "K-1", ["F-1001"])
    assert [(part["accounting_cost"], part["net_amount"]) for part in posting["parts"]] == [
        ("2210", "3.00"),
        ("3310", "7.00"),
    ]
    assert posting["missing"] == []


def test_an_invoice_without_an_order_is_booked_where_it_says(story: Story, sent: dict[str, Any]) -> None:
    made = invoice(story.document_of(sent["id"]), _1="1")
    plain = tuple(one.but(order_line_references=(), accounting_cost="7710") for one in made.lines)
    case = story.match(papers.written(made.but(order_reference=None, profile_id="Procurement-BilSim-1.0", lines=plain)))
    assert case["outcome"] == "NO_ORDER"
    in_step(story, case, release)
    (posting,) = postings(story)
    assert [part["accounting_cost"] for part in posting["parts"]] == ["7710"]
    assert posting["order_numbers"] == []


def test_where_a_person_has_posted_lines_counts_and_no_order(story: Story, sent: dict[str, Any]) -> None:
    """The decision of an approver keeps what the engine had found of orders; the postings stand beside it."""
    case = story.match(bill(story.document_of(sent["id"]), prices={"1": "90.00"}, _1="1", _2="1"))
    assert (case["outcome"], len(case["decision"]["allocations"])) == ("DEVIATION", 2)
    posted = [
        {"invoice_line_id": "1", "accounting_cost": "7710", "amount": "112.50"},
        {"invoice_line_id": "2", "accounting_cost": "7720", "amount": "12.50"},
    ]

    def approve(session: Session, row: InvoiceCase, now: Any) -> None:
        last = session.get_one(MatchDecision, row.decision_id)
        row.decision_id, row.outcome = new_id(now), Outcome.APPROVED
        changes = {"id": row.decision_id, "sequence": 2, "outcome": row.outcome}
        answer = last.answer | {"person": {"postings": posted}}
        session.add(MatchDecision(**(last.model_dump() | changes | {"answer": answer})))
        release(session, row, now)

    in_step(story, case, approve)
    (posting,) = postings(story)
    assert [(part["accounting_cost"], part["net_amount"], part["tax_amount"]) for part in posting["parts"]] == [
        ("7710", "90.00", "22.50"),
        ("7720", "10.00", "2.50"),
    ]


def test_an_acknowledged_posting_is_shown_only_when_asked_for(story: Story, sent: dict[str, Any]) -> None:
    cases = [approved(story, sent, f"F-{number}", _1=number) for number in "12"]
    first, second = postings(story)
    assert postings(story) == [first, second]
    assert exported_at(story, cases[0]) is None

    done(acknowledge(story, first["id"]))
    assert postings(story) == [second]
    (shown,) = postings(story, acknowledged=True)
    assert (shown["id"], shown["acknowledged_at"]) == (first["id"], "2026-03-02T11:00:00Z")
    assert exported_at(story, cases[0]) == story.world.clock.now()
    assert exported_at(story, cases[1]) is None


def test_acknowledging_again_changes_nothing(story: Story, sent: dict[str, Any]) -> None:
    approved(story, sent)
    (posting,) = postings(story)
    first = done(acknowledge(story, posting["id"], posting["id"]))
    story.world.clock.advance(timedelta(minutes=5))
    assert done(acknowledge(story, posting["id"])) == first
    assert len(first["postings"]) == 1
    query = select(AuditEvent).where(AuditEvent.action == "posting.acknowledged")
    assert len(story.world.database.run(lambda session: session.exec(query).all(), write=False)) == 1


def test_two_who_acknowledge_at_once_both_get_the_first_answer(story: Story, sent: dict[str, Any]) -> None:
    for number in "123":
        approved(story, sent, f"F-{number}", _1=number)
    ids = [posting["id"] for posting in postings(story)]
    start = threading.Barrier(4, timeout=30)

    def taken(turned: bool) -> Any:
        start.wait()
        return done(acknowledge(story, *(reversed(ids) if turned else ids)))

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(taken, [False, True, False, True]))
    assert {len(answer["postings"]) for answer in answers} == {3}
    assert postings(story) == []
    assert len(postings(story, acknowledged=True)) == 3


def test_an_unknown_or_foreign_posting_acknowledges_nothing(story: Story, sent: dict[str, Any]) -> None:
    case = approved(story, sent)
    (posting,) = postings(story)
    world = story.world
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    grant(world, person(world, "neighbour", elsewhere), "INVOICE_SYSTEM", elsewhere)

    foreign = acknowledge(story, posting["id"], who="neighbour")
    unknown = acknowledge(story, posting["id"], NOBODY)
    assert refused(foreign) == refused(unknown) == (422, "postings_unknown")
    assert [(one["pointer"], NOBODY in one["message"]) for one in unknown.json()["errors"]] == [
        ("/posting_ids/1", True)
    ]
    assert foreign.json()["errors"][0]["message"] == f"there is no posting {posting['id']}"
    assert (postings(story, "neighbour"), exported_at(story, case)) == ([], None)
    assert postings(story) == [posting]


@pytest.mark.parametrize("who", ["invoice-handler", "auditor"])
def test_who_reads_postings_does_not_acknowledge_them(story: Story, sent: dict[str, Any], who: str) -> None:
    approved(story, sent)
    (posting,) = postings(story, who)
    assert refused(acknowledge(story, posting["id"], who=who)) == (403, "not_allowed")
    assert postings(story) == [posting]


@pytest.mark.parametrize("who", ["buyer", "supplier", "requisitioner"])
def test_postings_are_not_for_everybody(story: Story, sent: dict[str, Any], who: str) -> None:
    approved(story, sent)
    (posting,) = postings(story)
    assert postings(story, who) == []
    assert refused(story[who].get(f"/postings/{posting['id']}")) == (404, "posting_not_found")


def test_pages_go_on_where_they_ended(story: Story, sent: dict[str, Any]) -> None:
    for number in "123":
        approved(story, sent, f"F-{number}", _1=number)
    first = done(story["invoice-system"].get("/postings", limit=2))
    rest = done(story["invoice-system"].get("/postings", limit=2, cursor=first["next_cursor"]))
    assert [row["number"] for row in (*first["data"], *rest["data"])] == ["F-1", "F-2", "F-3"]
    assert rest["next_cursor"] is None
    assert refused(story["invoice-system"].get("/postings", cursor="naboens")) == (422, "invalid_cursor")


@pytest.mark.parametrize("ids", [[], ["naboens"], [NOBODY] * 1001])
def test_an_acknowledgement_names_postings(story: Story, ids: list[str]) -> None:
    assert acknowledge(story, *ids).status_code == 422


def test_an_approval_that_is_taken_back_takes_its_posting_along(story: Story, sent: dict[str, Any]) -> None:
    case = approved(story, sent)
    (posting,) = postings(story)
    in_step(story, case, withdraw)
    in_step(story, case, withdraw)
    assert postings(story) == []
    shown = done(story["invoice-system"].get(f"/postings/{posting['id']}"))
    assert shown["withdrawn_at"] == "2026-03-02T11:00:00Z"
    late = acknowledge(story, posting["id"])
    assert refused(late) == (409, "posting_withdrawn")
    assert posting["id"] in late.json()["detail"]
    assert exported_at(story, case) is None


def test_what_an_erp_has_is_not_withdrawn(story: Story, sent: dict[str, Any]) -> None:
    case = approved(story, sent)
    (posting,) = postings(story)
    done(acknowledge(story, posting["id"]))
    with pytest.raises(PostingAcknowledged, match=posting["id"]):
        in_step(story, case, withdraw)
    assert postings(story, acknowledged=True)[0]["withdrawn_at"] is None


def test_an_approval_is_taken_back_or_acknowledged_and_never_both(story: Story, sent: dict[str, Any]) -> None:
    case = approved(story, sent)
    (posting,) = postings(story)
    start = threading.Barrier(2, timeout=30)

    def taken_back() -> int:
        start.wait()
        try:
            in_step(story, case, withdraw)
        except PostingAcknowledged:
            return 409
        return 200

    def acknowledged() -> int:
        start.wait()
        return int(acknowledge(story, posting["id"]).status_code)

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(taken_back), threads.submit(acknowledged)
    assert sorted((first.result(), second.result())) == [200, 409]
    shown = done(story["invoice-system"].get(f"/postings/{posting['id']}"))
    assert (shown["acknowledged_at"] is None) == (first.result() == 200)
    assert (shown["withdrawn_at"] is None) == (second.result() == 200)


@pytest.mark.parametrize("change", ["content = '{}'", "released_at = '2020-01-01'", "id = decision_id"])
def test_a_posting_is_final(story: Story, sent: dict[str, Any], change: str) -> None:
    approved(story, sent)
    for statement in (f"UPDATE payable SET {change}", "DELETE FROM payable"):
        with pytest.raises(DBAPIError, match="are final"):
            sql(story, statement)


@pytest.mark.parametrize("step", ["release", "follow_up"])
def test_an_invoice_is_decided_and_posted_or_neither(
    story: Story, sent: dict[str, Any], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker or server that ends in between leaves nothing, and the same bytes begin anew."""

    def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    content = bill(story.document_of(sent["id"]), _1="1")
    with monkeypatch.context() as patched:
        patched.setattr(deciding, step, killed)
        assert story["invoice-system"].upload("/match", content).status_code == 500
    assert [count(story.world, model) for model in (InvoiceCase, MatchDecision, Payable)] == [0, 0, 0]
    assert story.match(content)["outcome"] == "AUTO_APPROVED"
    assert len(postings(story)) == 1
