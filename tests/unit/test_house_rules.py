"""Our own rules find what the official ones leave open, and change no verdict."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from lxml import etree
from typer.testing import CliRunner

from app.cli import cli
from app.oioubl.ubl import NAMESPACES, parse
from app.oioubl.validation import Finding, validate
from tests.samples import FOLDER, sample

GLN, CVR = "5798009882882", "DK41873000"
SAMPLES = sorted(path.stem for path in FOLDER.glob("*.xml"))


def remarks(document: bytes) -> list[Finding]:
    lax, strict = validate(document), validate(document, strict=True)
    assert (strict.layers, strict.is_valid, strict.fatal_rules) == (lax.layers, lax.is_valid, lax.fatal_rules)
    assert not [finding for finding in lax.findings if finding.severity == "P"]
    return [finding for finding in strict.findings if finding.severity == "P"]


def ids(document: bytes) -> list[str]:
    return [finding.rule_id for finding in remarks(document)]


@pytest.mark.parametrize("name", SAMPLES)
def test_our_samples_keep_our_rules(name: str) -> None:
    assert ids(sample(name)) == []


def test_a_wrong_check_digit_is_told_where_it_stands() -> None:
    document = sample("invoice")
    assert GLN.encode() in document
    found = remarks(document.replace(GLN.encode(), b"5798009882883"))
    assert {finding.rule_id for finding in found} == {"P-GLN"}
    assert len(found) == document.count(GLN.encode())
    told = found[0]
    assert told.xpath is not None
    assert (told.xpath.startswith("/Invoice/cac:"), told.line is not None, told.layer) == (True, True, "house")
    assert "would be 2" in told.message_en
    assert "GLN" in told.message_da


@pytest.mark.parametrize("scheme", ["DK:CVR", "DK:SE"])
def test_a_cvr_number_holds_modulus_11(scheme: str) -> None:
    place = f'schemeID="{scheme}" schemeAgencyID="320">{CVR}<'
    document = sample("invoice", (place, place.replace("3000", "3001")))
    assert set(ids(document)) == {"P-CVR"}


def test_an_identifier_of_any_length_is_looked_at() -> None:
    long = sample("invoice", (f">{GLN}<", f">{'5' * 100_000}<"))
    assert all(len(finding.message_en) < 300 for finding in remarks(long))


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("44121704", False),
        ("44121700", False),
        ("44120000", False),
        ("44000000", False),
        ("44001700", True),
        ("44120004", True),
        ("00121704", True),
        ("4412170", True),
        ("441217041", True),
        ("4412170A", True),
        ("٤٤١٢١٧٠٤", True),
    ],
)
def test_a_unspsc_code_is_hierarchical(code: str, fault: bool) -> None:
    document = sample("catalogue")
    start = document.index(b'listID="UNSPSC"')
    start = document.index(b">", start) + 1
    end = document.index(b"<", start)
    assert ids(document[:start] + code.encode() + document[end:]) == ["P-UNSPSC"] * fault


def change(document: bytes, path: str, change_of: Callable[[Decimal], Decimal]) -> bytes:
    """Give the document with other figures in the first two elements the path finds."""
    root = parse(document)
    for element in root.findall(path, NAMESPACES)[:2]:
        element.text = str(change_of(Decimal(element.text or "")))
    return etree.tostring(root)


def test_the_sum_of_an_order_is_the_sum_of_its_lines() -> None:
    total = "cac:AnticipatedMonetaryTotal/cbc:LineExtensionAmount"
    wrong = change(sample("order"), total, lambda _: Decimal("999999.00"))
    (told,) = [finding for finding in remarks(wrong) if finding.rule_id == "P-ORDER-SUM"]
    assert "999999.00" in told.message_en
    assert told.xpath == "/Order/cac:AnticipatedMonetaryTotal"


@pytest.mark.parametrize(("off", "fault"), [("0.50", False), ("-0.50", False), ("0.51", True), ("-0.51", True)])
def test_lines_that_are_each_a_little_wrong_are_told_together(off: str, fault: bool) -> None:
    """Two lines off by 0.50 are 1.00 off, as one line may be."""
    lines = "cac:InvoiceLine/cbc:LineExtensionAmount"
    assert len(parse(sample("invoice")).findall(lines, NAMESPACES)) > 1
    assert ("P-LINE-SUM" in ids(change(sample("invoice"), lines, lambda amount: amount + Decimal(off)))) is fault


def test_a_single_line_beyond_the_tolerance_is_left_to_its_official_rule() -> None:
    wrong = change(sample("invoice"), "cac:InvoiceLine[1]/cbc:LineExtensionAmount", lambda amount: amount + 5)
    assert not validate(wrong).is_valid
    assert "P-LINE-SUM" not in ids(wrong)


def test_the_command_tells_them_when_asked(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("papers") / "invoice.xml"
    file.write_bytes(sample("invoice").replace(GLN.encode(), b"5798009882883"))
    lax = CliRunner().invoke(cli, ["validate", "--json", str(file)])
    strict = CliRunner().invoke(cli, ["validate", "--json", "--strict", str(file)])
    assert (lax.exit_code, strict.exit_code) == (0, 0)
    assert json.loads(lax.output)[str(file)]["findings"] == []
    assert {finding["severity"] for finding in json.loads(strict.output)[str(file)]["findings"]} == {"P"}
    plain = CliRunner().invoke(cli, ["validate", "--strict", str(file)])
    assert "P-GLN" in plain.output
