"""What is written is read back the same, valid by the OASIS schemas and free of fatal rule breaches."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from app import dialects
from app.oioubl.names import CUSTOMIZATION
from app.oioubl.ubl import document_type, parse
from app.oioubl.validation import fatal_rules
from tests import catalogue_strategies, oasis, order_strategies, strategies

CORPUS = Path(os.environ.get("OIOUBL_CORPUS", Path(__file__).parents[2] / ".." / "shared" / "corpus"))

thoroughly = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def assert_survives_the_way_out_and_in(document: Any) -> None:
    written = dialects.write(document)
    assert oasis.complaint(written) is None, written.decode()
    assert fatal_rules(written) == [], written.decode()
    assert dialects.read(parse(written)) == document


@given(order_strategies.orders())
@thoroughly
def test_an_order_survives_the_way_out_and_in(order: Any) -> None:
    assert_survives_the_way_out_and_in(order)


@given(strategies.order_responses())
@thoroughly
def test_an_order_response_survives_the_way_out_and_in(response: Any) -> None:
    assert_survives_the_way_out_and_in(response)


@given(strategies.order_responses_simple)
@thoroughly
def test_a_simple_order_response_survives_the_way_out_and_in(response: Any) -> None:
    assert_survives_the_way_out_and_in(response)


@given(strategies.invoices())
@thoroughly
def test_an_invoice_survives_the_way_out_and_in(invoice: Any) -> None:
    assert_survives_the_way_out_and_in(invoice)


@given(strategies.invoices("CreditNote"))
@thoroughly
def test_a_credit_note_survives_the_way_out_and_in(credit_note: Any) -> None:
    assert_survives_the_way_out_and_in(credit_note)


@given(catalogue_strategies.catalogues())
@thoroughly
def test_a_catalogue_survives_the_way_out_and_in(catalogue: Any) -> None:
    assert_survives_the_way_out_and_in(catalogue)


@given(strategies.application_responses())
@thoroughly
def test_an_application_response_survives_the_way_out_and_in(response: Any) -> None:
    assert_survives_the_way_out_and_in(response)


@given(order_strategies.order_changes())
@thoroughly
def test_an_order_change_survives_the_way_out_and_in(change: Any) -> None:
    assert_survives_the_way_out_and_in(change)


@given(order_strategies.order_cancellations)
@thoroughly
def test_an_order_cancellation_survives_the_way_out_and_in(cancellation: Any) -> None:
    assert_survives_the_way_out_and_in(cancellation)


@given(strategies.reminders())
@thoroughly
def test_a_reminder_survives_the_way_out_and_in(reminder: Any) -> None:
    assert_survives_the_way_out_and_in(reminder)


@given(catalogue_strategies.catalogue_requests())
@thoroughly
def test_a_catalogue_request_survives_the_way_out_and_in(asked: Any) -> None:
    assert_survives_the_way_out_and_in(asked)


@given(catalogue_strategies.catalogue_deletions())
@thoroughly
def test_a_catalogue_deletion_survives_the_way_out_and_in(deletion: Any) -> None:
    assert_survives_the_way_out_and_in(deletion)


@given(catalogue_strategies.pricing_updates())
@thoroughly
def test_a_pricing_update_survives_the_way_out_and_in(update: Any) -> None:
    assert_survives_the_way_out_and_in(update)


@given(catalogue_strategies.item_specification_updates())
@thoroughly
def test_an_item_specification_update_survives_the_way_out_and_in(update: Any) -> None:
    assert_survives_the_way_out_and_in(update)


def _corpus() -> list[Any]:
    if not CORPUS.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no official documents in {CORPUS}"))]
    roots = {path: parse(path.read_bytes()) for path in sorted(CORPUS.rglob("*.xml"))}
    return [pytest.param(path, id=path.stem) for path, root in roots.items() if document_type(root)]


@pytest.mark.corpus
@pytest.mark.parametrize("path", _corpus())
def test_an_official_document_is_read_and_what_is_written_of_it_says_the_same(path: Path) -> None:
    document = dialects.read(parse(path.read_bytes()))

    written = dialects.write(document)

    assert oasis.complaint(written) is None
    assert fatal_rules(written) == []
    assert dialects.read(parse(written)) == document.but(customization_id=CUSTOMIZATION)
