"""A proof holds what is needed to decide again, in one form, and shows when anything in it was changed."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.documents.amounts import TaxCategory, TaxSubtotal, TaxTotal
from app.documents.invoice import BillingReference
from app.documents.values import DocumentReference
from app.match.engine import Case, match
from app.match.engine.facts import Approvals, ChargeKind, ExpectedCharge, ExternalApproval, Hand
from app.match.engine.policy import TwoPersonRule, TwoPersons
from app.match.engine.proof import canonical, case_of, digest, holds, proof
from tests.unit.match.cases import (
    case,
    charge,
    credit_note,
    earlier,
    invoice,
    invoice_line,
    invoiced_line,
    item,
    number,
    order,
    order_line,
    policy,
    text_order,
    tolerance,
)


def _rich() -> Case:
    by_ten = order_line("1", 10, "1000", base_quantity=number(10), amount="1000", gtin="5701234567899")
    lines = by_ten, order_line("2", 5, "200", 3)
    expected = ExpectedCharge(ChargeKind.FREIGHT, number(95), "the agreement", each_invoice=True)
    approvals = Approvals(Hand("anna", "carl"), (Hand("bo"),), ExternalApproval.TRUSTED, "system-7")
    taxes = TaxSubtotal(
        taxable_amount=number(2000), tax_amount=number(0), category=TaxCategory(id="ZeroRated", percent=number(0))
    )
    billed = invoice(
        invoice_line("1", 10, "1040", base="10", item=item("Paper", "A1", "5701234567899", "K-1")),
        invoice_line("2", 5, "200", order_number="PO 4711"),
        invoice_line("3", 1, "0", free_of_charge=True),
        allowance_charges=(charge("150"), charge("10", "Rabat", charge_indicator=False)),
        billing_references=(BillingReference(invoice=DocumentReference(number="F-1")),),
        tax_totals=(TaxTotal(tax_amount=number(0), subtotals=(taxes,)),),
        invoice_type_code="380",
        notes=("Not read by any rule",),
        issue_date=date(2026, 4, 1),
    )
    rules = TwoPersonRule("", "root", TwoPersons.SINGLE_UP_TO, number(500))
    return case(
        billed,
        order(*lines, charges=(expected,), approvals=approvals, scopes=("agreement:1",)),
        policy=policy(tolerance(), tolerance("100", None, scope="agreement:1"), two_person_rules=(rules,)),
        earlier=(earlier(number="F-0", credited=True), earlier(number="F-2", same_bytes=True)),
    )


def _credit() -> Case:
    held = order(order_line("1", invoiced_quantity=number(10), invoiced_amount=number(1000)))
    return case(credit_note(invoice_line("1", 2, "100")), held, invoiced=(invoiced_line(),))


CASES = [case(), _rich(), _credit(), case(invoice(invoice_line("1", 1, "60000", ref=None)), text_order())]


def _read_back(stated: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(canonical(stated))
    return read


@pytest.mark.parametrize("decided", CASES, ids=["plain", "rich", "credit", "text"])
@pytest.mark.parametrize("explain", [True, False])
def test_a_proof_is_enough_to_decide_again(decided: Case, explain: bool) -> None:
    stated = _read_back(proof(decided, match(decided, explain=explain)))
    assert holds(stated)
    again = case_of(stated)
    assert match(again) == match(decided)
    assert proof(again, match(again)) == stated


def test_a_proof_is_the_same_bytes_each_time_and_whether_or_not_explained() -> None:
    decided = _rich()
    stated = proof(decided, match(decided))
    short = proof(decided, match(decided, explain=False))
    assert canonical(stated) == canonical(short)
    assert digest(stated) == hashlib.sha256(canonical(stated)).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        lambda stated: stated["decision"].update(outcome="AUTO_APPROVED"),
        lambda stated: stated["decision"]["findings"].pop(),
        lambda stated: stated["case"]["orders"][0]["lines"][0].update(price_amount="1040"),
        lambda stated: stated["case"]["orders"][0]["lines"][1].update(received="5"),
        lambda stated: stated["case"]["policy"]["tolerances"][0].update(percent="9"),
        lambda stated: stated["case"]["invoice"]["total"].update(payable_amount="1"),
    ],
)
def test_a_changed_proof_no_longer_holds(change: Any) -> None:
    decided = replace(_rich(), policy=policy(tolerance()))
    stated = _read_back(proof(decided, match(decided)))
    before = digest(stated)
    change(stated)
    assert digest(stated) != before
    assert not holds(stated)


def test_a_proof_tells_each_finding_that_matters_in_words() -> None:
    decided = _rich()
    stated = proof(decided, match(decided))
    assert len(stated["told"]) == len(stated["decision"]["findings"]) > 3
    missing = next(one for one in stated["told"] if "more are received" in one.get("passes_en", ""))
    assert missing["passes_da"] == "går igennem, når der er modtaget 2 EA mere"


def test_decimals_are_strings_and_nothing_unread_is_kept() -> None:
    text = canonical(proof(_rich(), match(_rich()))).decode()
    assert '"price_amount":"1040"' in text
    assert "Not read by any rule" not in text
    floats: list[str] = []
    json.loads(text, parse_float=floats.append)
    assert floats == []


def test_a_proof_of_twenty_lines_stays_small() -> None:
    numbers = [str(count) for count in range(1, 21)]
    named = {count: item("Copy paper A4 80 g white, 500 sheets", f"A{count}") for count in numbers}
    ids = {count: str(UUID(int=int(count))) for count in numbers}
    ordered = order(*(order_line(count, id=ids[count]) for count in numbers), id=str(UUID(int=0)))
    decided = case(invoice(*(invoice_line(count, item=named[count]) for count in numbers)), ordered)
    assert len(canonical(proof(decided, match(decided)))) < 25_000


def test_a_proof_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="prokura-match-proof/2"):
        case_of({"format": "something/2", "case": {}})


def test_a_number_has_one_form_however_it_was_stored() -> None:
    def decided(received: str, used: str) -> Case:
        line = order_line("1", 10, "100", received)
        return case(invoice(invoice_line("1", 10, "101")), order(line, tolerance_used=number(used)))

    one, other = (decided(*stored) for stored in (("10", "0"), ("10.0000", "-0.00")))
    first, second = proof(one, match(one)), proof(other, match(other))
    assert first["decision"] == second["decision"]
    assert first["case"]["orders"][0]["lines"] == second["case"]["orders"][0]["lines"]
