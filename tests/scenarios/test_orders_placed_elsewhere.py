"""Orders that the buyer's own system placed: handed in as OIOUBL, received, and their invoices matched.

Told with our own documents always, and with the official scenario packages where they are.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app import dialects
from app.documents.amounts import TaxTotal
from app.documents.invoice import Invoice
from app.documents.order import Order
from app.kit.db import Database
from app.kit.money import rounded
from app.oioubl import ubl
from tests.policies import publish_policy
from tests.samples import sample
from tests.story import Story, codes
from tests.world import build_world

CORPUS = Path(os.environ.get("OIOUBL_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus")) / "scenarios"


@dataclass(frozen=True)
class Case:
    """An order and its invoice as bytes, and the day on which the story plays."""

    name: str
    order: bytes
    invoice: bytes
    at: datetime

    @property
    def order_document(self) -> Order:
        document = dialects.read(ubl.parse(self.order))
        assert isinstance(document, Order)
        return document

    @property
    def invoice_document(self) -> Invoice:
        document = dialects.read(ubl.parse(self.invoice))
        assert isinstance(document, Invoice)
        return document


def _cases() -> Iterator[Any]:
    autumn = datetime(2026, 12, 1, 12, tzinfo=UTC)
    yield pytest.param(Case("goods", sample("order"), sample("invoice"), autumn), id="goods")
    yield pytest.param(Case("report", sample("order-text"), sample("invoice-text"), autumn), id="report")
    stories = {
        "BASPRO_04_01_08": datetime(2005, 11, 21, 12, tzinfo=UTC),
        "ADVORD_03_03_00": datetime(2006, 4, 20, 12, tzinfo=UTC),
    }
    for prefix, at in stories.items():
        files = [CORPUS / f"{prefix}_{kind}_v2p2.xml" for kind in ("Order", "Invoice")]
        if all(file.exists() for file in files):
            case = Case(prefix, files[0].read_bytes(), files[1].read_bytes(), at)
            yield pytest.param(case, id=prefix, marks=pytest.mark.corpus)


@pytest.fixture(params=_cases())
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def story(case: Case, database: Database, issuer_folder: Path, tmp_path: Path) -> Story:
    endpoint = case.order_document.buyer.endpoint_id
    assert endpoint is not None
    return Story(build_world(database, issuer_folder, case.at, endpoint.value), tmp_path)


def trust(story: Story, external_approval: str = "TRUSTED") -> None:
    rule = {"kind": "EXTERNAL_APPROVAL", "external_approval": external_approval}
    publish_policy(story.world, story.world.institution_id, rule)


def hand_in(story: Story, case: Case) -> str:
    answer = story["invoice-system"].upload("/documents", case.order)
    assert answer.status_code == 202, answer.text
    story.work()
    kept = story["invoice-system"].get(f"/documents/{answer.json()['id']}").json()
    assert kept["state"] == "PROCESSED", kept
    return str(kept["result_id"])


def receive_all(story: Story, case: Case, order_id: str) -> None:
    lines = [{"line_id": line.line_id, "quantity": str(line.quantity.value)} for line in case.order_document.lines]
    body = {"received_on": str(story.world.clock.now().date()), "lines": lines}
    answer = story["receiver"].post(f"/orders/{order_id}/receipts", body)
    assert answer.status_code == 201, answer.text
    story.work()


def dearer(invoice: Invoice) -> tuple[bytes, str]:
    """Raise the price of the invoice's first line by a fifth, with all its sums, and give the line's id."""
    line = invoice.lines[0]
    assert line.price is not None
    more = rounded(line.line_extension_amount / 5)
    raised = line.but(
        price=line.price.but(price_amount=line.price.price_amount * Decimal("1.2")),
        line_extension_amount=line.line_extension_amount + more,
        tax_totals=tuple(_taxed(total, more) for total in line.tax_totals),
    )
    tax = rounded(more / 4)
    total = invoice.total
    raised_invoice = invoice.but(
        lines=(raised, *invoice.lines[1:]),
        tax_totals=tuple(_taxed(total, more) for total in invoice.tax_totals),
        total=total.but(
            line_extension_amount=total.line_extension_amount + more,
            tax_exclusive_amount=(total.tax_exclusive_amount or 0) + tax,
            tax_inclusive_amount=(total.tax_inclusive_amount or 0) + more + tax,
            payable_amount=total.payable_amount + more + tax,
        ),
    )
    return dialects.write(raised_invoice), line.line_id


def _taxed(total: TaxTotal, more: Decimal) -> TaxTotal:
    tax = rounded(more / 4)
    subtotal = total.subtotals[0]
    raised = subtotal.but(taxable_amount=subtotal.taxable_amount + more, tax_amount=subtotal.tax_amount + tax)
    taxed: TaxTotal = total.but(tax_amount=total.tax_amount + tax, subtotals=(raised, *total.subtotals[1:]))
    return taxed


def test_with_a_trusted_system_and_a_receipt_the_invoice_approves_itself(story: Story, case: Case) -> None:
    trust(story)
    receive_all(story, case, hand_in(story, case))
    decided = story.match(case.invoice)
    assert decided["outcome"] == "AUTO_APPROVED", decided["decision"]["findings"]


def test_without_trust_in_the_system_a_person_must_approve(story: Story, case: Case) -> None:
    receive_all(story, case, hand_in(story, case))
    decided = story.match(case.invoice)
    assert decided["outcome"] == "MATCHED_PENDING_APPROVAL"
    assert "EXTERNAL_APPROVAL_MISSING" in codes(decided)
    tasks = story["invoice-approver"].get("/tasks").json()["data"]
    assert [task["type"] for task in tasks if task["subject_id"] == decided["id"]] == ["APPROVE_INVOICE"]


def test_without_the_receipt_the_invoice_waits_and_the_receipt_lets_it_through(story: Story, case: Case) -> None:
    trust(story)
    order_id = hand_in(story, case)
    waiting = story.match(case.invoice)
    assert waiting["outcome"] == "AWAITING_RECEIPT"
    receive_all(story, case, order_id)
    assert story["invoice-system"].get(f"/match/{waiting['id']}").json()["outcome"] == "AUTO_APPROVED"


def test_the_same_bytes_again_get_the_same_answer(story: Story, case: Case) -> None:
    trust(story)
    receive_all(story, case, hand_in(story, case))
    assert story.match(case.invoice) == story.match(case.invoice)


def test_the_same_number_with_another_amount_is_a_duplicate(story: Story, case: Case) -> None:
    trust(story)
    receive_all(story, case, hand_in(story, case))
    first = story.match(case.invoice)
    second = story.match(dearer(case.invoice_document)[0])
    assert (second["outcome"], second["id"] != first["id"]) == ("DUPLICATE", True)
    assert story["invoice-system"].get(f"/match/{first['id']}").json()["outcome"] == "AUTO_APPROVED"


def test_a_price_raised_by_a_fifth_is_a_deviation_that_names_the_line(story: Story, case: Case) -> None:
    trust(story)
    receive_all(story, case, hand_in(story, case))
    content, line_id = dearer(case.invoice_document)
    decided = story.match(content)
    assert decided["outcome"] == "DEVIATION", decided["decision"]["findings"]
    over = [finding for finding in decided["decision"]["findings"] if finding["code"] == "PRICE_OVER"]
    assert [finding["invoice_line_id"] for finding in over] == [line_id]


def test_the_order_is_given_back_byte_for_byte(story: Story, case: Case) -> None:
    order_id = hand_in(story, case)
    answer = story["receiver"].get(f"/orders/{order_id}", headers={"Accept": "application/xml"})
    assert (answer.headers["content-type"], answer.content) == ("application/xml", case.order)
