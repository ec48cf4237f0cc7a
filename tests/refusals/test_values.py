"""Values of the wrong kind are turned away with the kind they must be."""

import pytest

from app import dialects
from app.kit.errors import Invalid
from app.oioubl.header import WrongDocument
from app.oioubl.order import read_order
from app.oioubl.ubl import parse
from tests.samples import sample


def refusal(document: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        dialects.read(parse(document))
    return caught.value


@pytest.mark.parametrize(
    ("name", "old", "new", "wanted"),
    [
        (
            "catalogue",
            "<cbc:IssueDate>2026-01-05</cbc:IssueDate>",
            "<cbc:IssueDate>2026-02-30</cbc:IssueDate>",
            "a date",
        ),
        ("catalogue", "</cbc:IssueDate>", "</cbc:IssueDate><cbc:IssueTime>noon</cbc:IssueTime>", "a time"),
        ("order", ">true</cbc:PartialDeliveryIndicator>", ">ja</cbc:PartialDeliveryIndicator>", "true or false"),
        ("invoice", ">DKK</cbc:DocumentCurrencyCode>", ">kr.</cbc:DocumentCurrencyCode>", "a currency code"),
        ("order", '<cbc:Quantity unitCode="BX">4.00', '<cbc:Quantity unitCode="BX">fire', "a decimal number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_what_it_must_be(name: str, old: str, new: str, wanted: str) -> None:
    fault = refusal(sample(name, (old, new))).faults[0]

    assert f"it must be {wanted}" in fault.message
    assert fault.message_da is not None


def test_a_reader_refuses_another_kind_of_document_than_its_own() -> None:
    with pytest.raises(WrongDocument) as caught:
        read_order(parse(sample("invoice")))

    assert "wanted is Order" in caught.value.message


def test_an_exchange_rate_without_currencies_is_refused() -> None:
    rate = "<cac:PricingExchangeRate><cbc:CalculationRate>7.4600</cbc:CalculationRate></cac:PricingExchangeRate>"

    refused = refusal(sample("invoice", ("<cac:LegalMonetaryTotal>", f"{rate}<cac:LegalMonetaryTotal>")))

    assert [fault.rule_id for fault in refused.faults] == ["F-LIB083", "F-LIB084"]
