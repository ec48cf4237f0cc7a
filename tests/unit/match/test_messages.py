"""Findings in words: both languages, every code, and no text taken for a template."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.match.engine.codes import CODES
from app.match.engine.decision import Finding


@pytest.mark.parametrize("finding", [Finding(code) for code in CODES], ids=lambda finding: finding.code)
def test_every_code_is_told_in_both_languages(finding: Finding) -> None:
    assert finding.message_en
    assert finding.message_da
    assert finding.message_en != finding.message_da
    told = replace(finding, passes_at="SENT")
    assert (told.counterfactual_en is None) == (told.counterfactual_da is None)
    assert finding.outcome is CODES[finding.code].outcome
    if finding.agrees:
        assert told.counterfactual_en is None


def test_a_suppliers_text_is_never_a_template() -> None:
    finding = Finding("LINE_UNKNOWN", "1", actual="{limit.__class__} {0}")
    assert "{limit.__class__} {0}" in finding.message_en


def test_numbers_are_written_as_each_language_does() -> None:
    finding = Finding("PRICE_AGREES", "1", expected=Decimal("12.60"), unit="DKK")
    assert "12.60 DKK" in finding.message_en
    assert "12,60 DKK" in finding.message_da
