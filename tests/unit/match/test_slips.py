"""A payment slip's id ends with a check digit; a wrong one is never paid untouched."""

import pytest

from app.documents.invoice import PaymentMeans
from app.match.engine import match
from app.match.engine.codes import Outcome
from app.match.engine.proof import holds, proof
from app.match.engine.slips import checks, is_payment_id
from tests.unit.match.cases import case, credit_note, finding_of, invoice, invoiced_line

FIK = PaymentMeans(code="93", payment_id="71", instruction_id="004040400000669", credit_account_id="12345678")
PAID = ("CREDITOR:12345678",)


@pytest.mark.parametrize("number", ["18", "26", "004040400000669", "4040400000669"])
def test_the_last_digit_follows_from_the_others(number: str) -> None:
    assert checks(number)
    assert [last for last in "0123456789" if checks(number[:-1] + last)] == [number[-1]]


def test_digits_that_change_places_are_noticed() -> None:
    assert not checks("004040400006069")


@pytest.mark.parametrize("number", ["", "tak", "²6", "0004040400000669"])
def test_what_has_no_digits_or_too_many_is_no_payment_id(number: str) -> None:
    assert not is_payment_id(number or "x", 15)


@pytest.mark.parametrize(
    "means",
    [
        FIK,
        FIK.but(instruction_id="00404 04000 00669"),
        FIK.but(instruction_id="4040400000669"),
        FIK.but(instruction_id=None),
        FIK.but(payment_id="73", instruction_id="Tak for handlen"),
        FIK.but(payment_id="75", instruction_id="0004040400000669"),
        FIK.but(payment_id="99", instruction_id="1"),
        PaymentMeans(code="50", payment_id="04", instruction_id="18", account_id="1234567"),
        PaymentMeans(code="42", instruction_id="17", account_id="1234567"),
    ],
)
def test_a_right_id_and_none_stop_nothing(means: PaymentMeans) -> None:
    assert "PAYMENT_ID_AGREES" in match(case(invoice(payment_means=(means,)))).codes


@pytest.mark.parametrize(
    "means",
    [
        FIK.but(instruction_id="004040400000668"),
        FIK.but(instruction_id="0004040400000669"),
        FIK.but(payment_id="75", instruction_id="faktura 7"),
        PaymentMeans(code="50", payment_id="15", instruction_id="17", account_id="1234567"),
    ],
)
def test_an_id_that_cannot_be_right_is_never_paid_untouched(means: PaymentMeans) -> None:
    own = case(invoice(payment_means=(means,)), paid_before=PAID)
    decision = match(own)
    finding = finding_of(decision, "PAYMENT_ID_WRONG")
    assert (decision.outcome, finding.counterfactual_en is not None) == (Outcome.DEVIATION, True)
    assert holds(proof(own, decision))


def test_the_words_name_card_and_number() -> None:
    finding = finding_of(match(case(invoice(payment_means=(FIK.but(instruction_id="17"),)))), "PAYMENT_ID_WRONG")
    assert "+71<17" in finding.message_en
    assert "kontrolcifret" in finding.message_da


def test_a_credit_note_is_judged_alike() -> None:
    note = credit_note(payment_means=(FIK.but(instruction_id="17"),))
    assert "PAYMENT_ID_WRONG" in match(case(note, invoiced=(invoiced_line(),))).codes
