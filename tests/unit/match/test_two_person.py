"""The two-person rule: who counts as a second person under each setting."""

from dataclasses import replace
from typing import Any

import pytest

from app.match.engine import match
from app.match.engine.codes import Outcome
from app.match.engine.facts import Approvals, ExternalApproval, Hand
from app.match.engine.policy import TwoPersonRule, TwoPersons
from app.match.engine.two_persons import persons
from tests.unit.match.cases import case, invoice, invoice_line, number, order, order_line, policy

ANNA, BO, RITA = Hand("anna"), Hand("bo"), Hand("rita")
TWO = Approvals(ANNA, (BO,))
ONE = Approvals(ANNA, (ANNA,))
UNAPPROVED = Approvals(ANNA)
FOR_ANNA = Approvals(ANNA, (Hand("bo", on_behalf_of="anna"),))
BY_SUBSTITUTE = Approvals(Hand("anna", on_behalf_of="carl"), (Hand("carl"),))


def _outcome(approvals: Approvals, *rules: TwoPersonRule, receiver: Hand | None = RITA, **changes: Any) -> Outcome:
    line = order_line("1", 10, "100", receivers=() if receiver is None else (receiver,))
    made = replace(order(line, approvals=approvals), **changes)
    return match(case(invoice(invoice_line("1")), made, policy=policy(two_person_rules=rules))).outcome


def _rule(kind: TwoPersons, up_to: int = 0, scope: str = "") -> TwoPersonRule:
    return TwoPersonRule(scope, f"row {kind}", kind, number(up_to))


APPROVED, PENDING = Outcome.AUTO_APPROVED, Outcome.MATCHED_PENDING_APPROVAL


@pytest.mark.parametrize(
    ("kind", "approvals", "outcome"),
    [
        (TwoPersons.ORDER, TWO, APPROVED),
        (TwoPersons.ORDER, ONE, PENDING),
        (TwoPersons.ORDER, UNAPPROVED, PENDING),
        (TwoPersons.ORDER, FOR_ANNA, PENDING),
        (TwoPersons.ORDER, BY_SUBSTITUTE, PENDING),
        (TwoPersons.ORDER_OR_RECEIPT, ONE, APPROVED),
        (TwoPersons.ORDER_OR_RECEIPT, TWO, APPROVED),
        (TwoPersons.ORDER_OR_RECEIPT, UNAPPROVED, PENDING),
        (TwoPersons.NONE, ONE, APPROVED),
        (TwoPersons.NONE, UNAPPROVED, PENDING),
        (TwoPersons.SINGLE_UP_TO, TWO, APPROVED),
        (TwoPersons.SINGLE_UP_TO, ONE, PENDING),
    ],
)
def test_each_setting_asks_for_its_persons(kind: TwoPersons, approvals: Approvals, outcome: Outcome) -> None:
    assert _outcome(approvals, _rule(kind)) is outcome


def test_without_a_row_the_order_needs_a_second_approver() -> None:
    assert _outcome(ONE) is PENDING
    assert _outcome(TWO) is APPROVED


@pytest.mark.parametrize("receiver", [ANNA, Hand("rita", on_behalf_of="anna"), None])
def test_who_ordered_is_no_second_person_as_receiver(receiver: Hand | None) -> None:
    assert _outcome(ONE, _rule(TwoPersons.ORDER_OR_RECEIPT), receiver=receiver) is PENDING


def test_every_billed_line_needs_the_second_receiver() -> None:
    lines = order_line("1", 10, "100", receivers=(RITA,)), order_line("2", 5, "200", receivers=(ANNA,))
    rules = policy(two_person_rules=(_rule(TwoPersons.ORDER_OR_RECEIPT),))
    both = case(invoice(), order(*lines, approvals=ONE), policy=rules)
    assert match(both).outcome is PENDING
    first = replace(both, invoice=invoice(invoice_line("1")))
    assert match(first).outcome is APPROVED


def test_a_small_order_may_have_one_person_up_to_the_limit_included() -> None:
    assert _outcome(ONE, _rule(TwoPersons.SINGLE_UP_TO, 1000)) is APPROVED
    assert _outcome(ONE, _rule(TwoPersons.SINGLE_UP_TO, 999)) is PENDING


def test_every_row_that_applies_must_hold() -> None:
    loose, strict = _rule(TwoPersons.NONE), _rule(TwoPersons.ORDER, scope="organisation:au")
    assert _outcome(ONE, loose, strict, scopes=("organisation:au",)) is PENDING
    assert _outcome(ONE, loose, strict) is APPROVED


def test_an_order_placed_elsewhere_passes_only_on_a_trusted_approval() -> None:
    trusted = replace(TWO, external=ExternalApproval.TRUSTED, attested_by="system-7")
    assert _outcome(trusted) is APPROVED
    assert _outcome(replace(trusted, external=ExternalApproval.NONE), _rule(TwoPersons.NONE)) is PENDING
    assert _outcome(replace(trusted, approvers=(ANNA,))) is PENDING


def test_the_finding_names_the_row_and_the_persons() -> None:
    line = order_line("1", 10, "100")
    decision = match(case(invoice(invoice_line("1")), order(line, approvals=ONE)))
    finding = next(one for one in decision.findings if one.code == "ONE_PERSON")
    assert (finding.actual, finding.expected) == ("anna", "ORDER")
    assert finding.counterfactual_da == "går igennem, hvis en anden person har godkendt"
    assert persons(()) == "nobody"
