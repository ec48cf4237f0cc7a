"""Standing orders: what a draft needs, how it is sent and read, and who sees it."""

from typing import Any

import pytest

from tests.integration.agreements.sharing import agreement, shared
from tests.integration.organisations.steps import below, person
from tests.purchases import act, done, etag, pointers, refused, set_policy, tasks
from tests.standing import RENT, TERMS, do, drafted, sent, shown, wanted
from tests.story import Story

WHY = {"reason": "fordi"}


def local(story: Story, **fields: Any) -> str:
    """Give an agreement of the institution's own that everybody there may order on."""
    place = story.world.institution_id
    agreement_id = agreement(story.world, place, contract_number="K-LEJE", title="Leje", **fields)
    shared(story.world, agreement_id, place, "EVERYBODY", place)
    return str(agreement_id)


def on_agreement(story: Story, agreement_id: str, **fields: Any) -> Any:
    return drafted(story, agreement_id=agreement_id, supplier_id=None, **fields)


def test_a_standing_order_is_approved_once_for_its_whole_commitment(story: Story) -> None:
    draft = done(drafted(story), 201)
    assert (draft["status"], draft["total_amount"], len(draft["periods"])) == ("DRAFT", "50000.00", 10)
    order = sent(story, reference="HUSLEJE-78", receipt_mode="NONE")
    assert (order["status"], order["terms"][0]["status"]) == ("SENT", "APPROVED")
    assert order["terms"][0]["decided_by"] == story.world.id_of("disponent")
    assert order["next_invoice_on"] == "2026-03-01"
    assert order["notice_on"] == "2026-03-11"
    line = done(story["buyer"].get(f"/orders/{order['id']}"))["lines"][0]
    assert (line["by_amount"], line["received_amount"], line["amount"]) == (True, "50000.00", "50000.00")
    document = story.document_of(order["id"])
    assert "HUSLEJE-78" in document.lines[0].item.descriptions[0]
    assert "5000.00 DKK hver(t) måned fra 2026-03-01 til 2026-12-31" in document.lines[0].item.descriptions[0]


def test_prokura_is_tested_on_the_whole_commitment(story: Story) -> None:
    order = done(drafted(story, valid_to=None, terms={"expected_amount": "8333.34"}), 201)
    assert order["total_amount"] == "100000.08"
    submitted = done(act(story, "buyer", order, "submit"))
    assert refused(act(story, "disponent", submitted, "approve")) == (403, "prokura_too_small")
    assert shown(story, order)["terms"][0]["status"] == "PROPOSED"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"reference": " "}, "/reference"),
        ({"valid_to": "2026-02-28"}, ""),
        ({"anchor_on": "2026-02-28"}, ""),
        ({"anchor_on": "2027-01-01"}, ""),
        ({"supplier_id": None}, ""),
        ({"valid_from": "9999-01-01", "valid_to": None}, "/valid_from"),
        ({"terms": {"expected_amount": "0"}}, "/terms/expected_amount"),
        ({"terms": {"expected_amount": "10.001"}}, "/terms/expected_amount"),
        ({"terms": TERMS | {"min_amount": "1"}}, "/terms"),
        ({"terms": TERMS | {"min_amount": "5001", "max_amount": "6000"}}, "/terms"),
        ({"terms": TERMS | {"tolerance_absolute": "500.01"}}, "/terms"),
        ({"terms": TERMS | {"tolerance_percent": "10.5"}}, "/terms/tolerance_percent"),
        ({"unspsc": "8013150"}, "/unspsc"),
    ],
)
def test_what_does_not_fit_is_named(story: Story, fields: dict[str, Any], pointer: str) -> None:
    assert pointers(drafted(story, **fields)) == [pointer]


def test_a_standing_order_keeps_inside_its_agreement(story: Story) -> None:
    agreement_id = local(story, valid_to="2026-10-31", product_groups=["8013"])
    capped = done(on_agreement(story, agreement_id, valid_to=None), 201)
    assert (capped["valid_to"], capped["total_amount"]) == ("2026-10-31", "40000.00")
    faults = {"valid_to": "2026-11-01", "valid_from": "2025-12-31", "unspsc": "44000000", "currency": "EUR"}
    answer = on_agreement(story, agreement_id, reference="ANDEN", **faults)
    assert pointers(answer) == ["/unspsc", "/currency", "/valid_from", "/valid_to"]
    nothing = local(story, order_types=["CATALOGUE"])
    assert pointers(on_agreement(story, nothing, reference="ANDEN")) == ["/agreement_id"]
    place = story.world.institution_id
    unseen = agreement(story.world, place, contract_number="K-SKJULT", title="Skjult")
    assert on_agreement(story, str(unseen), reference="ANDEN").status_code == 404


def test_an_agreement_that_is_over_lets_nothing_begin(story: Story) -> None:
    agreement_id = local(story)
    submitted = done(act(story, "buyer", done(on_agreement(story, agreement_id), 201), "submit"))
    done(story["state-content-manager"].post(f"/agreements/{agreement_id}/terminate", headers={"If-Match": "*"}))
    assert refused(act(story, "disponent", submitted, "approve")) == (409, "agreement_not_visible")
    assert shown(story, submitted)["status"] == "PENDING_APPROVAL"


def test_a_reference_means_one_order_until_that_is_over(story: Story) -> None:
    first = done(drafted(story, reference="abo 0012"), 201)
    assert refused(drafted(story, reference="ABO0012")) == (409, "reference_taken")
    done(act(story, "buyer", first, "cancel"))
    second = sent(story, reference="ABO0012")
    assert refused(drafted(story, reference="ABO 0012")) == (409, "reference_taken")
    done(do(story, "buyer", second, "end", WHY))
    assert done(drafted(story, reference="ABO 0012"), 201)["reference"] == "ABO 0012"
    assert shown(story, first)["reference"] == "abo 0012"


def test_a_draft_is_changed_and_what_was_sent_is_not(story: Story) -> None:
    draft = done(drafted(story), 201)
    path, body = f"/standing-orders/{draft['id']}", wanted(story, valid_to="2026-04-30", terms={"expected_amount": "1"})

    def put(match: dict[str, str], **fields: Any) -> Any:
        return story["buyer"].send("PUT", path, json=body | fields, headers=match)

    assert refused(put({}))[1] == "version_missing"
    assert refused(put({"If-Match": '"9"'}))[1] == "version_mismatch"
    changed = done(put(etag(draft)))
    assert (changed["total_amount"], changed["number"], len(changed["terms"])) == ("2.00", draft["number"], 1)
    elsewhere = below(story.world, story.world.institution_id, "Kontoret", gln="5798000000018")
    assert refused(put(etag(changed), organisation_id=str(elsewhere))) == (409, "no_draft")
    done(act(story, "buyer", changed, "submit"))
    assert refused(put({"If-Match": "*"})) == (409, "no_draft")


def test_new_terms_wait_for_a_disponent_whose_prokura_covers_the_new_total(story: Story) -> None:
    order = sent(story)
    dear = {"expected_amount": "14000", "effective_from": "2026-06-01", "reason": "større lejemål"}
    proposed = done(do(story, "buyer", order, "terms", dear), 201)
    assert (proposed["total_amount"], proposed["terms"][1]["commitment"]) == ("50000.00", "113000.00")
    assert tasks(story, "administrator", order["id"]) == [("ASSIGN_APPROVER", "OPEN")]
    assert refused(do(story, "buyer", order, "terms", dear)) == (409, "terms_waiting")
    assert refused(do(story, "buyer", order, "terms/2/approve")) == (403, "not_allowed")
    assert refused(do(story, "disponent", order, "terms/2/approve")) == (403, "prokura_too_small")
    assert refused(do(story, "disponent", order, "terms/3/approve")) == (404, "terms_not_found")
    done(do(story, "disponent", order, "terms/2/reject", WHY))
    assert tasks(story, "administrator", order["id"]) == [("ASSIGN_APPROVER", "CLOSED")]
    done(do(story, "buyer", order, "terms", dear | {"expected_amount": "5150"}), 201)
    assert tasks(story, "disponent", order["id"]) == [("APPROVE_ORDER", "CLOSED"), ("APPROVE_TERMS", "OPEN")]
    regulated = done(do(story, "disponent", order, "terms/3/approve"))
    assert tasks(story, "disponent", order["id"])[-1] == ("APPROVE_TERMS", "CLOSED")
    steps = done(story["buyer"].get(f"/orders/{order['id']}/approvals"))["data"]
    assert [step["action"] for step in steps][2:] == ["SUBMITTED", "REJECTED", "SUBMITTED", "APPROVED"]
    assert (regulated["total_amount"], [one["status"] for one in regulated["terms"]]) == (
        "51050.00",
        ["APPROVED", "REJECTED", "APPROVED"],
    )
    assert [period["expected_amount"] for period in regulated["periods"]] == ["5000.00"] * 3 + ["5150.00"] * 7
    line = done(story["buyer"].get(f"/orders/{order['id']}"))["lines"][0]
    assert line["received_amount"] == "51050.00"
    assert refused(do(story, "disponent", order, "terms/2/approve")) == (409, "wrong_state")


@pytest.mark.parametrize("since", ["2026-02-28", "2027-01-01"])
def test_terms_begin_inside_the_order(story: Story, since: str) -> None:
    body = {"expected_amount": "1", "effective_from": since, "reason": "fordi"}
    assert pointers(do(story, "buyer", sent(story), "terms", body)) == ["/effective_from"]


def test_whoever_proposed_terms_approves_them_only_where_one_person_is_enough(story: Story) -> None:
    world = story.world
    both = person(world, "both", world.institution_id)
    for role in ("BUYER", "DISPONENT"):
        grant = {"user_id": str(both), "role": role, "organisation_id": str(world.institution_id)}
        done(story["administrator"].post("/role-grants", grant | {"valid_from": "2026-01-01"}), 201)
    limit = {"part": "ORDER", "max_amount": "100000", "organisation_id": str(world.institution_id)}
    done(story["administrator"].post("/prokura", limit | {"user_id": str(both), "valid_from": "2026-01-01"}), 201)
    order = sent(story)
    body = {"expected_amount": "5150", "effective_from": "2026-06-01", "reason": "indeks"}
    done(do(story, "both", order, "terms", body), 201)
    assert refused(do(story, "both", order, "terms/2/approve")) == (403, "second_person_needed")
    set_policy(story, "TWO_PERSON_RULE", rule="NONE")
    assert done(do(story, "both", order, "terms/2/approve"))["total_amount"] == "51050.00"


def test_a_standing_order_is_suspended_resumed_and_ended(story: Story) -> None:
    order = sent(story)
    assert refused(do(story, "buyer", order, "resume", WHY)) == (409, "not_suspended")
    suspended = done(do(story, "buyer", order, "suspend", WHY))
    assert (suspended["suspended_on"], suspended["suspended_reason"]) == ("2026-03-02", "fordi")
    assert refused(do(story, "buyer", order, "suspend", WHY)) == (409, "already_suspended")
    assert refused(do(story, "receiver", order, "resume", WHY)) == (403, "not_allowed")
    assert done(do(story, "buyer", order, "resume", WHY))["suspended_on"] is None
    done(do(story, "buyer", order, "terms", {**TERMS, "effective_from": "2026-06-01", "reason": "indeks"}), 201)
    ended = done(do(story, "buyer", order, "end", WHY))
    assert (ended["status"], ended["notice_on"], ended["terms"][1]["status"]) == ("CLOSED_SHORT", None, "REJECTED")
    for step, body in (("end", WHY), ("suspend", WHY), ("resume", WHY), ("terms/2/reject", WHY)):
        who = "disponent" if step.startswith("terms") else "buyer"
        assert refused(do(story, who, order, step, body)) == (409, "not_running")


def test_a_draft_is_not_running(story: Story) -> None:
    order = done(drafted(story), 201)
    for step, body in (("end", WHY), ("suspend", WHY), ("terms", TERMS | WHY | {"effective_from": "2026-06-01"})):
        assert refused(do(story, "buyer", order, step, body)) == (409, "not_running")


def test_standing_orders_are_seen_as_orders_are_and_by_no_supplier(story: Story) -> None:
    order = sent(story)
    ids = [row["id"] for row in done(story["buyer"].get("/standing-orders"))["data"]]
    assert ids == [order["id"]]
    assert done(story["auditor"].get("/standing-orders"))["data"][0]["reference"] == RENT
    assert done(story["supplier"].get("/standing-orders"))["data"] == []
    assert story["supplier"].get(f"/standing-orders/{order['id']}").status_code == 404
    assert done(story["supplier"].get(f"/orders/{order['id']}"))["type"] == "STANDING"
    story.approved_catalogue()
    other = story.sent_order(kopipapir="1")
    assert story["buyer"].get(f"/standing-orders/{other['id']}").status_code == 404
