"""Order and invoice numbers as people write them."""

import pytest

from app.documents.numbers import header_numbers, normalised_invoice_number, normalised_number, order_numbers
from app.documents.values import DocumentReference
from tests.unit.match.cases import (
    invoice,
    invoice_line,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("4711", "4711"),
        (" 004711 ", "4711"),
        ("PO 4711", "4711"),
        ("po4711", "4711"),
        ("P.O. 4711", "4711"),
        ("PO-4711", "4711"),
        ("Ordre nr. 4711", "4711"),
        ("Ordrenr.: 0047 11", "4711"),
        ("Order number: 4711", "4711"),
        ("#4711", "4711"),
        ("Rekvisition nr 4711", "4711"),
        ("au-2026-000123", "AU-2026-000123"),
        ("POST-12", "POST-12"),
        ("NORD7", "NORD7"),
        ("PO", "PO"),
        ("000", "0"),
        ("", ""),
    ],
)
def test_order_numbers_are_read_as_people_write_them(written: str, meant: str) -> None:
    assert normalised_number(written) == meant


@pytest.mark.parametrize("other", ["14711", "47110", "4711A", "X4711", "PO47112"])
def test_an_order_number_is_never_found_inside_another(other: str) -> None:
    assert normalised_number(other) != "4711"


def test_invoice_numbers_keep_their_prefix() -> None:
    assert normalised_invoice_number(" 00f-10 01") == "F-1001"
    assert normalised_invoice_number("PO17") == "PO17"


def test_a_header_reference_is_split_but_also_kept_whole() -> None:
    assert header_numbers("4711, 4712;4713") == ("4711,4712;4713", "4711", "4712", "4713")
    assert header_numbers("Ordre nr. 4711") == ("4711",)
    assert header_numbers(" ") == ()


def test_the_order_numbers_of_an_invoice_are_the_headers_and_the_lines() -> None:
    billed = invoice(
        invoice_line("1", order_number="PO 4712"),
        invoice_line("2"),
        invoice_line("3", ref=None),
        order_reference=DocumentReference(number="4711 4713"),
    )
    assert order_numbers(billed) == ("47114713", "4711", "4713", "4712")
    assert order_numbers(invoice(order_reference=None)) == ()
