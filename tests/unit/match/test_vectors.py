"""The worked examples of the matching rules come out as they are written down."""

from decimal import Decimal

import pytest

from app.match.engine import match
from tests.unit.match.vectors import VECTORS, Vector


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_worked_examples_come_out_as_written(vector: Vector) -> None:
    decision = match(vector.case)
    assert decision.outcome is vector.outcome
    assert vector.codes <= decision.codes
    if not vector.case.invoice.is_credit:
        assert decision.orders[0].over == Decimal(vector.over)
    missing = [finding.amount for finding in decision.findings if finding.code == "RECEIPT_MISSING"]
    assert missing == ([] if vector.missing is None else [Decimal(vector.missing)])
