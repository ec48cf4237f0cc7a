"""Check digits: wrong ones are named with what would be right, and what a person registers is kept in one notation."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.documents.identifiers import cvr_fault, gln_fault, identifier_fault
from app.documents.values import Identifier
from app.organisations.messages import Cvr, Gln, Name, ProductGroup
from app.organisations.supplier_messages import CheckedIdentifier

GLN = "5798009882882"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def read(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def told(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    return str(caught.value.errors()[0]["msg"])


def test_of_the_ten_check_digits_exactly_one_is_right() -> None:
    good = [GLN[:-1] + digit for digit in "0123456789" if gln_fault(GLN[:-1] + digit) is None]

    assert good == [GLN]


@pytest.mark.parametrize("place", range(12))
def test_every_single_wrong_digit_of_a_gln_is_found(place: int) -> None:
    wrong = GLN[:place] + str((int(GLN[place]) + 1) % 10) + GLN[place + 1 :]

    assert gln_fault(wrong) is not None


def test_a_wrong_gln_is_told_its_right_check_digit() -> None:
    fault = gln_fault("5798009882883")

    assert fault is not None
    assert fault.startswith("P-GLN:")
    assert fault.endswith("it would be 2")


@pytest.mark.parametrize("value", ["", "579800988288", GLN + "0", "57980098828a2", " 798009882882"])
def test_a_gln_has_thirteen_digits(value: str) -> None:
    assert "a GLN has 13 digits" in (gln_fault(value) or "")


@pytest.mark.parametrize("value", ["30714008", "DK30714008", "13585628"])
def test_a_cvr_number_passes_with_and_without_its_country(value: str) -> None:
    assert cvr_fault(value) is None


@pytest.mark.parametrize("value", ["30714009", "3071400", "307140088", "DK", "", "abcdefgh"])
def test_a_wrong_cvr_number_is_named(value: str) -> None:
    assert (cvr_fault(value) or "").startswith(f"P-CVR: {value!r}")


@pytest.mark.parametrize(
    ("scheme", "value", "rule"),
    [
        ("GLN", "5798009882883", "P-GLN"),
        ("DK:CVR", "DK30714009", "P-CVR"),
        ("DK:SE", "DK30714009", "P-CVR"),
    ],
)
def test_an_identifier_is_checked_by_its_scheme(scheme: str, value: str, rule: str) -> None:
    assert (identifier_fault(Identifier(value=value, scheme_id=scheme)) or "").startswith(rule)


@pytest.mark.parametrize("scheme", ["DUNS", "ZZZ", None])
def test_schemes_without_check_digits_pass(scheme: str | None) -> None:
    assert identifier_fault(Identifier(value="5798009882883", scheme_id=scheme)) is None


@pytest.mark.parametrize("value", ["30714008", "DK30714008", "dk30714008", "30 71 40 08", "DK-30714008"])
def test_a_registered_cvr_number_is_kept_as_its_eight_digits(value: str) -> None:
    assert read(Cvr, value) == "30714008"


@pytest.mark.parametrize("value", ["30714008", "DK30714008", "DK 30 71 40 08"])
@pytest.mark.parametrize("scheme", ["DK:CVR", "DK:SE"])
def test_a_registered_company_number_is_kept_as_documents_write_it(scheme: str, value: str) -> None:
    kept = read(CheckedIdentifier, {"value": value, "scheme_id": scheme})

    assert kept == Identifier(value="DK30714008", scheme_id=scheme)


def test_another_registered_identifier_is_kept_as_it_is() -> None:
    given = Identifier(value="3 14", scheme_id="DUNS")

    assert read(CheckedIdentifier, given) == given


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ({"value": "", "scheme_id": "DUNS"}, "1 to 100 characters"),
        ({"value": "1" * 101, "scheme_id": "DUNS"}, "1 to 100 characters"),
        ({"value": "1"}, "scheme"),
        ({"value": "1", "scheme_id": "KUNDENR"}, "F-LIB179"),
        ({"value": "5798009882883", "scheme_id": "GLN"}, "P-GLN"),
    ],
)
def test_a_registered_endpoint_must_be_one_that_documents_can_be_sent_to(
    identifier: dict[str, str], message: str
) -> None:
    assert message in told(CheckedIdentifier, identifier)


def test_digits_of_other_scripts_are_no_digits() -> None:
    assert "P-GLN" in told(Gln, GLN[:-1].translate(ARABIC) + GLN[-1])
    assert "P-CVR" in told(Cvr, "30714008".translate(ARABIC))
    assert told(ProductGroup, "44".translate(ARABIC))


@pytest.mark.parametrize("value", ["4", "441", "4412170", "441217041", "44 12", "", "44\n"])
def test_a_product_group_has_two_four_six_or_eight_digits(value: str) -> None:
    assert told(ProductGroup, value)


@pytest.mark.parametrize("value", ["44", "4412", "441217", "44121704"])
def test_a_product_group_is_a_prefix_of_unspsc(value: str) -> None:
    assert read(ProductGroup, value) == value


def test_a_name_holds_only_what_documents_can_carry() -> None:
    assert read(Name, "  Kontor 3 ") == "Kontor 3"
    assert "U+0000" in told(Name, "Kontor\x00")
    assert told(Name, "   ")
