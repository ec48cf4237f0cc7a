"""The match benchmark: its worlds come from a seed, its judge needs no truth, and our engine approves nothing wrong."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from app.oioubl.validation import fatal_rules
from bench.matchbench import files
from bench.matchbench.__main__ import main
from bench.matchbench.adapters import play
from bench.matchbench.engine_adapter import EngineAdapter
from bench.matchbench.generating import events
from bench.matchbench.noise import BLOCKS
from bench.matchbench.scoring import Report, WrongAnswerError, right_lines, score
from bench.matchbench.twin import Twin
from bench.matchbench.world import Answer, Bill, Delivery, Event, Linked, Order, Outcome, Played, Policy

POLICY = Policy()
AUTO = Outcome.AUTO_APPROVED


class Same:
    """A system that answers every bill alike, or without an outcome as the truth says."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        self.outcome = outcome

    def place(self, order: Order) -> None:
        """Take no note of it."""

    def deliver(self, _: Delivery) -> Sequence[Answer]:
        return ()

    def decide(self, bill: Bill) -> Answer:
        return Answer(bill.id, self.outcome or bill.truth.first[0])


@cache
def world(seed: int = 3, invoices: int = 1_000) -> tuple[Event, ...]:
    return tuple(events(seed, invoices))


def bills(happened: Iterable[Event]) -> list[Bill]:
    return [event for event in happened if isinstance(event, Bill)]


def bill_of(happened: Iterable[Event], *classes: str) -> Bill:
    return next(bill for bill in bills(happened) if set(classes) <= set(bill.truth.classes))


def report_of(happened: Iterable[Event], outcome: Outcome | None = None) -> Report:
    return score(play(happened, Same(outcome)), POLICY)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        files.write(tmp_path / name, POLICY, events(7, 40))
    first, second = (
        {file.name: file.read_bytes() for file in (tmp_path / name).rglob("*.*")} for name in ("one", "two")
    )
    assert first == second
    assert len(first) == 43
    assert world(8, 40) != world(7, 40)


def test_files_hold_all_of_the_world(tmp_path: Path) -> None:
    happened = world(7, 40)
    files.write(tmp_path, POLICY, happened)
    assert tuple(files.read(tmp_path)) == happened
    assert files.read_policy(tmp_path) == POLICY


def test_invoices_are_valid_oioubl_where_they_should_be(tmp_path: Path) -> None:
    happened = world(11, 60)
    files.write(tmp_path, POLICY, happened)
    for bill in bills(happened):
        rules = fatal_rules((tmp_path / files.INVOICES / f"{bill.id}.xml").read_bytes())
        assert bool(rules) == ("wrong total" in bill.truth.classes), (bill.truth.classes, rules)


def test_noise_has_the_shares_that_are_told() -> None:
    found = bills(world())
    classes = Counter(name for bill in found for name in bill.truth.classes)
    lines = [line for bill in found for line in bill.invoice.lines]
    unreferenced = sum(not line.order_line_references for line in lines)
    assert unreferenced / len(lines) >= 0.3
    assert classes["same article twice"] / len(found) >= 0.1
    assert classes["offsetting"] / len(found) >= 0.05
    assert classes["partial"] / len(found) >= 0.1
    assert len(classes) > len(BLOCKS)


def test_numbers_amounts_and_days_are_alike_only_on_purpose() -> None:
    found = bills(world())
    alike = Counter((b.invoice.supplier.keys, b.invoice.issue_date, b.invoice.total.payable_amount) for b in found)
    meant = sum("possible duplicate" in bill.truth.classes for bill in found)
    assert sum(count > 1 for count in alike.values()) == meant


def test_the_judge_finds_every_wrong_approval_without_being_told_the_truth() -> None:
    happened = world()
    forbidden = {bill.id for bill in bills(happened) if AUTO not in bill.truth.first}
    found = report_of(happened, AUTO)
    assert {wrong.bill for wrong in found.wrong_approvals} == forbidden
    assert all(wrong.why for wrong in found.wrong_approvals)


def test_the_judge_forbids_nothing_that_is_right() -> None:
    found = report_of(world())
    assert found.wrong_approvals == []
    assert found.whole.untouched == found.whole.clean


def test_the_judge_tells_an_offset_by_its_excess() -> None:
    happened = world()
    above = bill_of(happened, "offsetting above tolerance")
    twin = Twin(POLICY)
    for event in happened:
        if not isinstance(event, Bill):
            twin.see(event)
    assert "above the order's price" in str(twin.judge(above, Answer(above.id, AUTO), is_new=True))
    within = bill_of(happened, "offsetting within tolerance")
    assert twin.judge(within, Answer(within.id, AUTO), is_new=True) is None


def test_interchangeable_order_lines_are_one_to_the_scorer() -> None:
    bill = bill_of(world(), "same article twice", "no line reference")
    pooled = next(link for link in bill.truth.links if len(link.lines) == 2)
    others = tuple(
        Linked(link.invoice_line, link.order, link.lines[0], link.quantity)
        for link in bill.truth.links
        if link.invoice_line != pooled.invoice_line
    )
    for line in pooled.lines:
        link = Linked(pooled.invoice_line, pooled.order, line, pooled.quantity)
        assert right_lines(bill, Answer(bill.id, AUTO, (*others, link))) == (len(bill.invoice.lines),) * 2
    split = tuple(
        Linked(pooled.invoice_line, pooled.order, line, quantity)
        for line, quantity in zip(pooled.lines, (pooled.quantity - 1, Decimal(1)), strict=True)
    )
    assert right_lines(bill, Answer(bill.id, AUTO, (*others, *split)))[0] == len(bill.invoice.lines)


def test_a_link_to_another_line_or_of_another_quantity_is_wrong() -> None:
    bill = bill_of(world(), "plain")
    right = tuple(Linked(link.invoice_line, link.order, link.lines[0], link.quantity) for link in bill.truth.links)
    count = len(bill.invoice.lines)
    assert right_lines(bill, Answer(bill.id, AUTO, right)) == (count, count)
    for wrong in (replace(right[0], line="99"), replace(right[0], order="1"), replace(right[0], quantity=Decimal(999))):
        assert right_lines(bill, Answer(bill.id, AUTO, (wrong, *right[1:]))) == (count - 1, count)
    assert right_lines(bill, Answer(bill.id, AUTO, right[1:])) == (count - 1, count)


def test_a_line_that_bills_nothing_ordered_is_right_without_a_link() -> None:
    bill = bill_of(world(), "swapped article", "no line reference")
    linked = {link.invoice_line: link for link in bill.truth.links}
    stray = next(line.line_id for line in bill.invoice.lines if line.line_id not in linked)
    right = tuple(Linked(link.invoice_line, link.order, link.lines[0]) for link in linked.values())
    count = len(bill.invoice.lines)
    assert right_lines(bill, Answer(bill.id, AUTO, right)) == (count, count)
    assert right_lines(bill, Answer(bill.id, AUTO, (*right, Linked(stray, "1", "1")))) == (count - 1, count)


def test_a_bill_without_an_answer_is_refused_by_the_scorer() -> None:
    bill = bill_of(world(), "plain")
    with pytest.raises(WrongAnswerError, match="needs one answer"):
        score([Played(bill)], POLICY)


def test_only_what_waits_for_goods_is_decided_anew() -> None:
    delivery = next(event for event in world() if isinstance(event, Delivery))
    order = next(event for event in world() if isinstance(event, Order) and event.number == delivery.order)
    with pytest.raises(WrongAnswerError, match="does not wait"):
        score([Played(order), Played(delivery, (Answer("000001", AUTO),))], POLICY)


def test_our_engine_approves_nothing_that_the_policy_forbids() -> None:
    found = score(play(events(20260302, 300), EngineAdapter(POLICY)), POLICY)
    assert found.wrong_approvals == []
    assert found.whole.invoices == 300


def test_an_engine_with_too_wide_a_tolerance_is_found_out() -> None:
    wide = Policy(absolute=Decimal(5_000), percent=Decimal(40))
    found = score(play(events(20260302, 150), EngineAdapter(wide)), POLICY)
    named = {name for wrong in found.wrong_approvals for name in wrong.classes}
    assert {"price above tolerance", "offsetting above tolerance"} <= named
    assert not {"duplicate", "no order number", "swapped article", "quantity above order"} & named


def test_a_system_is_judged_by_its_file_of_answers_as_in_play(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.jsonl"
    main(["generate", "--seed", "9", "--invoices", "60", "--out", str(tmp_path)])
    main(["run", "--adapter", "engine", "--files", str(tmp_path), "--answers", str(answers)])
    played = json.loads(capsys.readouterr().out.splitlines()[-1])
    main(["score", "--files", str(tmp_path), "--answers", str(answers)])
    scored = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert scored["wrong_auto_approvals"] == 0
    assert scored["invoices"] == 60
    assert {name: played[name] for name in scored} == scored


def test_an_adapter_of_somebody_elses_is_named_by_module_and_factory(capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "--adapter", "bench.matchbench.engine_adapter:EngineAdapter", "--seed", "4", "--invoices", "20"])
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["invoices"] == 20
