"""A proof is recomputed by code that shares nothing with the engine, and no number in it can be changed unseen."""

import ast
import copy
import json
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.match import checker
from app.match.checker import UnreadableError, verify
from app.match.engine import Case, match
from app.match.engine.policy import Favour, Level
from app.match.engine.proof import proof, sealed
from tests.unit.match.cases import case, charge, invoice, invoice_line, order, order_line, policy, tolerance
from tests.unit.match.test_contested import billed, paper
from tests.unit.match.test_likeness import lamp, stray
from tests.unit.match.test_proof import CASES
from tests.unit.match.vectors import VECTORS

Place = tuple[str | int, ...]
NAMES = ("invoice_line_id", "order_line_id")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
OVER = (
    charge("500"),
    charge("20", "Rykkergebyr"),
    charge("30", "Rabat", charge_indicator=False),
)
MORE = {
    "charges": case(invoice(allowance_charges=OVER)),
    "a favour that is looked at": case(
        invoice(invoice_line("1", 10, "95")), policy=policy(tolerance(favour=Favour.CHECK))
    ),
    "parts of lines": case(invoice(billed("1", 6), billed("2", 9)), order(paper("1"), paper("2", 5))),
    "likeness": case(invoice(stray()), order(lamp())),
    "rates and rows": case(
        invoice(invoice_line("1", 10, "103")),
        order(order_line("1", 10, "50", price_unit_code="XBX", factor_rate=Decimal(2))),
        policy=policy(tolerance(), tolerance("7", None, level=Level.LINE, source="line"), over_delivery=Decimal(10)),
    ),
    "nothing but an amount": case(invoice(invoice_line("1", 10, None, amount="1100")), order(order_line("1"))),
    "totals that do not add up": case(
        invoice().but(number="F-9", total=invoice().total.but(payable_amount=Decimal(9)))
    ),
    "rounded too far": case(
        invoice(
            total=invoice().total.but(payable_amount=Decimal(2002), payable_rounding_amount=Decimal(2)),
        )
    ),
}
PROVEN = {vector.name: vector.case for vector in VECTORS} | {f"proof {n}": one for n, one in enumerate(CASES)} | MORE


def stated(one: Case) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(sealed(proof(one, match(one))))
    return read


def leaves(value: Any, path: Place = ()) -> Iterator[Place]:
    """Give where a number stands: a value that is one, whatever its name."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    elif (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and NUMBER.fullmatch(value)
    ):
        yield path


def changed(whole: dict[str, Any], path: Place) -> dict[str, Any]:
    """Give the proof with one number made larger by 1."""
    made = copy.deepcopy(whole)
    at: Any = made
    for key in path[:-1]:
        at = at[key]
    old = at[path[-1]]
    at[path[-1]] = old + 1 if isinstance(old, int) else str(Decimal(old) + 1)
    return made


def resealed(whole: dict[str, Any]) -> bytes:
    return sealed({name: value for name, value in whole.items() if name != checker.SEAL})


def plain(whole: dict[str, Any]) -> bytes:
    return json.dumps(whole, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", PROVEN)
def test_every_proof_holds(name: str) -> None:
    assert verify(sealed(proof(PROVEN[name], match(PROVEN[name])))) == []


@pytest.mark.parametrize("name", PROVEN)
def test_no_number_is_changed_unseen(name: str) -> None:
    whole = stated(PROVEN[name])
    paths = list(leaves(whole))
    assert len(paths) > 20
    assert [path for path in paths if not verify(plain(changed(whole, path)))] == []


@pytest.mark.parametrize("name", PROVEN)
def test_a_changed_number_of_a_decision_does_not_add_up_even_when_it_is_sealed_anew(name: str) -> None:
    whole = stated(PROVEN[name])
    decided = [path for path in leaves(whole) if path[0] == "decision" and path[-1] not in NAMES]
    judged = [path for path in decided if not _likened(whole, path)]
    assert [path for path in judged if not verify(resealed(changed(whole, path)))] == []


def _likened(whole: dict[str, Any], path: Place) -> bool:
    """Tell whether a number says how like two lines are: it moves nobody's money, and only the seal guards it."""
    return path[1] == "findings" and whole["decision"]["findings"][path[2]]["code"] == "PAIRED_BY_LIKENESS"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("invoice", "lines", 0, "line_extension_amount"), "1001"),
        (("invoice", "lines", 0, "quantity", "value"), "11"),
        (("invoice", "total", "payable_amount"), "2001"),
        (("orders", 0, "lines", 0, "price_amount"), "101"),
        (("orders", 0, "lines", 0, "invoiced_quantity"), "1"),
        (("orders", 0, "lines", 1, "received"), "4"),
        (("orders", 0, "tolerance_used"), "1"),
        (("policy", "tolerances", 0, "percent"), "9"),
    ],
)
def test_a_changed_fact_does_not_fit_the_decision_even_when_it_is_sealed_anew(path: Place, value: str) -> None:
    whole = stated(VECTORS[0].case)
    at: Any = whole["case"]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert verify(resealed(whole))


def test_a_better_outcome_is_not_believed() -> None:
    whole = stated(PROVEN["a price above it"])
    whole["decision"]["outcome"] = "AUTO_APPROVED"
    assert verify(resealed(whole)) == ["the outcome is DEVIATION, not AUTO_APPROVED"]
    whole["decision"]["findings"], whole["told"] = [], []
    assert {fault.partition(" ")[0] for fault in verify(resealed(whole))} == {"PRICE_OVER", "TOTAL_OVER"}
    whole["told"] = [{"outcome": "AUTO_APPROVED"}]
    assert "0 findings, and 1 are told" in verify(resealed(whole))


def test_another_policy_is_told() -> None:
    whole = stated(VECTORS[0].case)
    whole["decision"]["policy_digest"] = "another"
    assert verify(resealed(whole)) == ["it was decided under another policy than the one stated"]


def test_what_leads_nowhere_is_told() -> None:
    whole = stated(VECTORS[0].case)
    whole["decision"]["allocations"][0]["order_line_id"] = "nowhere"
    assert verify(resealed(whole)) == ["it does not fit together: KeyError 'nowhere'"]


@pytest.mark.parametrize("text", [b"", b"\xff", b"[]", b'{"format":"something/2"}'])
def test_what_is_no_proof_cannot_be_read(text: bytes) -> None:
    with pytest.raises(UnreadableError):
        verify(text)


def test_the_command_says_what_does_not_hold(tmp_path: Path) -> None:
    good, bad, none = (tmp_path / name for name in ("good.json", "bad.json", "none.json"))
    whole = stated(VECTORS[0].case)
    good.write_bytes(resealed(whole))
    bad.write_bytes(plain(changed(whole, ("decision", "orders", 0, "value"))))
    none.write_text("{}")
    asked = [CliRunner().invoke(cli, ["verify-decision", str(file)]) for file in (good, bad, none, tmp_path / "absent")]
    assert [one.exit_code for one in asked] == [0, 1, 2, 2]
    assert "every sum and comparison holds" in asked[0].output
    assert asked[1].output.splitlines() == [
        "the text was changed after it was sealed",
        "order 4711: value is 2000, not 2001",
    ]
    assert "not a prokura-match-proof/2" in asked[2].output


@pytest.mark.parametrize("name", ["checker", "checked_sums", "checked_findings", "checked_standing"])
def test_the_checker_needs_the_standard_library_alone(name: str) -> None:
    file = Path(checker.__file__).with_name(f"{name}.py")
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            assert module.partition(".")[0] in sys.stdlib_module_names or module.startswith("app.match")
            named = [alias.name for alias in node.names] if module == "app.match" else [module.rpartition(".")[2]]
            assert not module.startswith("app.match") or all(one.startswith("checked_") for one in named)
