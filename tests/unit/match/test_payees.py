"""Money goes where the supplier's approved invoices went; anything else is a person's business."""

from typing import Any

import pytest

from app.documents.invoice import Invoice, PaymentMeans
from app.match.engine import Decision, match
from app.match.engine.codes import Outcome
from app.match.engine.payees import accounts_of, payees_of
from app.match.engine.proof import holds, proof
from tests.unit.match.cases import SUPPLIER, case, credit_note, finding_of, invoice, invoice_line, invoiced_line, party

BANK = PaymentMeans(code="42", account_id="12345678", branch_id="3201")
IBAN = PaymentMeans(code="31", account_id="dk50 0040 0440 1162 43")
FIK = PaymentMeans(code="93", payment_id="71", credit_account_id="81234567")
FACTOR = "DK:CVR:DK41873000"
KNOWN = ("ACCOUNT:320112345678",)


def paying(*means: PaymentMeans, **changes: Any) -> Invoice:
    return invoice(payment_means=means, **changes)


def decided(billed: Invoice, before: tuple[str, ...] | None = KNOWN) -> Decision:
    return match(case(billed, paid_before=before))


def test_an_account_has_one_form_however_it_is_written() -> None:
    assert accounts_of(paying(BANK, BANK, IBAN, FIK)) == (*KNOWN, "ACCOUNT:DK5000400440116243", "CREDITOR:81234567")
    assert accounts_of(paying(PaymentMeans(code="97"))) == ()


@pytest.mark.parametrize("means", [(), (BANK,), (PaymentMeans(code="97"),)])
def test_a_known_account_and_none_at_all_are_agreed(means: tuple[PaymentMeans, ...]) -> None:
    decision = decided(paying(*means))
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert "PAYEE_AGREES" in decision.codes


def test_the_first_account_of_a_supplier_is_told_and_stops_nothing() -> None:
    decision = decided(paying(BANK), None)
    assert decision.outcome is Outcome.AUTO_APPROVED
    assert finding_of(decision, "PAYEE_FIRST").actual == KNOWN[0]


@pytest.mark.parametrize(("means", "before"), [((IBAN,), KNOWN), ((BANK, FIK), KNOWN), ((BANK,), ())])
def test_an_unknown_account_is_never_paid_untouched(means: tuple[PaymentMeans, ...], before: tuple[str, ...]) -> None:
    decision = decided(paying(*means), before)
    assert decision.outcome is Outcome.DEVIATION
    finding = finding_of(decision, "PAYEE_CHANGED")
    assert finding.expected == (", ".join(before) or None)
    assert holds(proof(case(paying(*means), paid_before=before), decision))


def test_another_payee_is_factoring_until_it_was_paid_before() -> None:
    billed = paying(BANK, payee=party(FACTOR))
    assert payees_of(billed) == (f"PAYEE:{FACTOR}",)
    assert "FACTORING" in decided(billed).codes
    assert "FACTORING" in decided(billed, None).codes
    assert decided(billed, None).outcome is Outcome.DEVIATION
    assert decided(billed, (*KNOWN, f"PAYEE:{FACTOR}")).outcome is Outcome.AUTO_APPROVED
    changed = paying(IBAN, payee=party(FACTOR))
    assert "PAYEE_CHANGED" in decided(changed, (*KNOWN, f"PAYEE:{FACTOR}")).codes


def test_a_supplier_that_names_itself_as_payee_is_no_factor() -> None:
    assert payees_of(paying(BANK, payee=party(SUPPLIER))) == ()


def test_a_credit_note_takes_nothing_anywhere() -> None:
    note = credit_note(invoice_line("1", 2, "100"), payment_means=(IBAN,))
    decision = match(case(note, paid_before=KNOWN, invoiced=(invoiced_line(),)))
    assert "PAYEE_AGREES" in decision.codes
