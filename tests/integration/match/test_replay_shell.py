"""`prokura replay`: what a draft would have made of past invoices, from the shell, without writing anything."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app import cli as command
from app.kit.errors import Refusal
from app.kit.ids import new_id
from app.match.models import MatchDecision
from tests.bills import bill, decisions
from tests.everything import everything
from tests.policies import propose
from tests.purchases import done, set_policy
from tests.story import Story

NARROW = {"kind": "TOLERANCE", "absolute": "10", "percent": "1"}
MARCH = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture
def invoiced(story: Story) -> Story:
    set_policy(story, "TOLERANCE", absolute="250", percent="10")
    story.approved_catalogue()
    order = story.sent_order(kopipapir="40")
    story.receive(order["id"], _1="40")
    document = story.document_of(order["id"])
    story.match(bill(document, "F-1", _1="10"))
    story.match(bill(document, "F-2", prices={"1": "103.00"}, _1="10"))
    return story


def replay(story: Story, *words: str) -> Result:
    address = story.world.database.engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(command.cli, ["replay", "--database", address, *words])


def figures(result: Result) -> Mapping[str, Any]:
    assert result.exit_code == 0, result.output
    read: Mapping[str, Any] = json.loads(result.output)
    return read


def test_it_tells_what_a_proposed_policy_would_have_made(invoiced: Story) -> None:
    place = invoiced.world.institution_id
    draft = done(propose(invoiced.world, place, NARROW), 201)
    before = everything(invoiced)
    told = figures(replay(invoiced, *MARCH, "--organisation", str(place), "--policy", draft["id"], "--json"))
    assert (told["decided"], told["passing_fewer"], told["divergent"]) == (2, 1, 0)
    shown = replay(invoiced, *MARCH, "--root", str(place), "--policy", draft["id"])
    assert shown.exit_code == 0, shown.output
    assert all(words in shown.output for words in ("2 decided", "1 fewer", "PRICE_OVER", "F-2"))
    assert everything(invoiced) == before


def test_it_tries_rules_of_a_file_for_the_only_root(invoiced: Story, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps([NARROW]))
    told = figures(replay(invoiced, *MARCH, "--policy-file", str(file), "--json"))
    assert (told["decided"], told["passing_fewer"]) == (2, 1)
    none = figures(replay(invoiced, "--from", "2026-04-01", "--to", "2026-04-30", "--json"))
    assert none["decided"] == 0


def test_a_decision_that_does_not_follow_ends_with_one(invoiced: Story) -> None:
    last = decisions(invoiced)[-1]
    forged = MatchDecision(**last.model_dump() | {"id": new_id(invoiced.world.clock.now()), "sequence": 2})
    forged.proof = last.proof.replace('"price_amount":"103', '"price_amount":"903')
    invoiced.world.database.run(lambda session: session.add(forged))
    result = replay(invoiced, *MARCH)
    assert (result.exit_code, "1 decisions DO NOT FOLLOW" in result.output) == (1, True)
    assert str(forged.id) in result.output.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "rules", "code"),
    [
        (("--from", "2026-04-01", "--to", "2026-03-01"), None, "period_backwards"),
        ((*MARCH, "--organisation", "00000000-0000-0000-0000-000000000007"), None, "organisation_not_found"),
        ((*MARCH, "--policy", "00000000-0000-0000-0000-000000000007"), None, "policy_not_found"),
        (MARCH, "no json", "rules_not_readable"),
        (MARCH, '[{"kind": "TOLERANCE", "percent": "-1"}]', "rules_not_readable"),
        (MARCH, '{"kind": "REMINDERS", "task_days": 1}', "draft_decides_nothing"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_code(
    story: Story, tmp_path: Path, words: tuple[str, ...], rules: str | None, code: str
) -> None:
    if rules is not None:
        (tmp_path / "rules.json").write_text(rules)
        words = (*words, "--policy-file", str(tmp_path / "rules.json"))
    refusal = replay(story, *words).exception
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
