"""How an invoice is paid: the fields of each kind, and what of them is missing."""

from typing import Any

import pytest

from app.documents.invoice import PaymentMeans
from app.match.payable_messages import PaymentOut
from app.match.payment_details import is_iban, payment_of

CVR = "30714008"


def paid(code: str, cvr: str | None = CVR, **fields: Any) -> PaymentOut:
    return payment_of(PaymentMeans(code=code, **fields), cvr)


def test_a_fik_card_has_its_type_its_creditor_and_its_payment_id() -> None:
    told = paid("93", payment_id="71", instruction_id="004 040 400 000 669", credit_account_id="81234567")
    assert (told.kind, told.card_type, told.payment_id, told.creditor) == ("FIK", "71", "004040400000669", "81234567")
    assert told.missing == []
    assert paid("93", payment_id="73", credit_account_id="81234567").missing == []


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, ["card_type", "payment_id", "creditor"]),
        ({"payment_id": "71", "credit_account_id": "81234567"}, ["payment_id"]),
        ({"payment_id": "71", "instruction_id": "004040400000668", "credit_account_id": "81234567"}, ["payment_id"]),
        ({"payment_id": "75", "instruction_id": "1" * 15, "credit_account_id": "81234567"}, ["payment_id"]),
        ({"payment_id": "99", "instruction_id": "1" * 15, "credit_account_id": "8123456"}, ["card_type", "payment_id"]),
        ({"payment_id": "73", "credit_account_id": "8123456x"}, ["creditor"]),
        ({"payment_id": "73", "instruction_id": "tak", "credit_account_id": "81234567"}, ["payment_id"]),
    ],
)
def test_what_a_fik_card_lacks_is_named(fields: dict[str, str], missing: list[str]) -> None:
    assert paid("93", **fields).missing[: len(missing)] == missing


def test_an_account_has_a_registration_number_and_a_number() -> None:
    told = paid("42", account_id="0001234567", branch_id="9570")
    assert (told.kind, told.registration_number, told.account_number) == ("ACCOUNT", "9570", "0001234567")
    assert told.missing == []
    assert paid("42", account_id="12345678901", branch_id="957").missing == ["registration_number", "account_number"]


def test_an_iban_is_checked() -> None:
    told = paid("31", account_id="DK50 0040 0440 1162 43", institution_id="dabadkkk")
    assert (told.kind, told.iban, told.bic, told.missing) == ("IBAN", "DK5000400440116243", "DABADKKK", [])
    assert paid("31", account_id="DK50 0040 0440 1162 44", institution_id="??").missing == ["iban", "bic"]
    assert paid("31", account_id="GB82WEST12345698765432").missing == []
    assert not is_iban("")


def test_a_giro_card_is_paid_to_its_account() -> None:
    told = paid("50", payment_id="01", account_id="1234567")
    assert (told.kind, told.card_type, told.creditor, told.missing) == ("GIRO", "01", "1234567", [])


def test_nemkonto_is_found_by_the_company_number() -> None:
    assert (paid("97").cvr, paid("97").missing) == (CVR, [])
    assert paid("97", "DK30714008").cvr == CVR
    assert (paid("97", None).cvr, paid("97", None).missing) == (None, ["cvr"])


def test_any_other_way_is_told_by_its_code() -> None:
    told = paid("48", payment_notes=("Kort",))
    assert (told.kind, told.code, told.notes, told.missing) == ("OTHER", "48", ["Kort"], [])
