"""Pages that are printed from the code: error codes, permissions, choices, settings; and links that lead somewhere."""

import inspect
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import app.assembly
from app.kit.config import Settings
from app.kit.errors import Refusal
from app.kit.problems import CODES, status_of
from app.organisations.notice_models import Language
from app.organisations.people_models import Role
from app.organisations.permissions import ROLE_PERMISSIONS, Permission
from app.organisations.policies import PolicyRule
from app.organisations.policy_templates import TEMPLATES, Question, Template, TemplateName
from tests.golden.sheets_page import sheets_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "schemas").rglob("*.md")])

PROBLEMS = """# Problems

Every error is `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, and of our own `code`,
`request_id` and `errors`, a list of faults with `pointer` (JSON) or `xpath` and `line` (XML), `rule_id` and `message`,
often in Danish too. A code never changes its meaning. Printed from the code by a test.

| code | status | meaning |
|---|---|---|
"""

PERMISSIONS = """# Permissions

What a role may do, on the organisation it was granted at and everything below it. What one does not see is answered
404, what one sees but may not do 403. Printed from `app/organisations/permissions.py` by a test.

"""

CHOICES = """# Set-up choices

Do one or two persons stand over a purchase? Every institution must choose, for it decides which invoices approve
themselves. Each choice below is a template that is applied whole: one local administrator proposes its policies with
`POST /organisations/{id}/policy-templates/{name}`, and another publishes them with
`POST /policy-bundles/{id}/publish`, all or none. What is set above is never widened: when any policy of a template
would do so, nothing is proposed, and each such policy is named. Afterwards single policies can follow.
`GET /policy-templates` tells the same, with the amount filled in. Printed from
`app/organisations/policy_templates.py` by a test.

"""

QUESTIONS = {
    Question.WHO_MAKES: "Who makes the order?",
    Question.WHO_APPROVES: "Who approves it?",
    Question.WHAT_PASSES: "Which invoices pass untouched?",
    Question.WHAT_WAITS: "Which wait for a person?",
}


def _refusals(kind: type[Refusal]) -> list[type[Refusal]]:
    found = kind.__subclasses__()
    return [*found, *(deeper for direct in found for deeper in _refusals(direct))]


def problems_page() -> str:
    assert app.assembly  # everything is imported, so every refusal is known
    ours = {refusal.code: refusal for refusal in _refusals(Refusal) if refusal.__module__.startswith("app.")}
    rows = {
        code: (status_of(refusal), " ".join((inspect.getdoc(refusal) or "").split("\n\n")[0].split()))
        for code, refusal in ours.items()
    }
    rows |= {code: (status, "Answered before any route") for status, code in CODES.items() if code not in rows}
    rows["body_not_valid"] = (422, "The body does not fit the message; `errors` names each field")
    rows["internal_error"] = (500, "The service failed; nothing was changed")
    return PROBLEMS + "".join(
        f"| `{code}` | {status} | {meaning} |\n" for code, (status, meaning) in sorted(rows.items())
    )


def permissions_page() -> str:
    heads = [role.replace("_", " ").lower() for role in Role]
    lines = [f"| permission | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for permission in Permission:
        held = ["✓" if permission in ROLE_PERMISSIONS[role] else "" for role in Role]
        lines.append(f"| `{permission}` | {' | '.join(held)} |")
    return PERMISSIONS + "\n".join(lines) + "\n"


def choices_page() -> str:
    return CHOICES + _comparison() + "".join(_choice(name, TEMPLATES[name]) for name in TemplateName)


def _comparison() -> str:
    heads = [f"`{name}`" for name in TemplateName]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for question in Question:
        answers = [template.said(template.meaning[question], Language.ENGLISH) for template in TEMPLATES.values()]
        lines.append(f"| {QUESTIONS[question]} | {' | '.join(answers)} |")
    return "\n".join(lines) + "\n"


def _choice(name: TemplateName, template: Template) -> str:
    danish, english = (template.title[language] for language in (Language.DANISH, Language.ENGLISH))
    roles = (
        f"| {role.replace('_', ' ').lower()} | {template.said(text, Language.ENGLISH)} "
        f"| {template.said(text, Language.DANISH)} |\n"
        for role, text in template.roles.items()
    )
    amount = " It takes an amount in kroner without VAT, the `up_to` of its rule." if template.takes_up_to else ""
    return (
        f"\n## {english} ({danish})\n\n`{name}`.{amount}\n\n| policy | value |\n|---|---|\n"
        + "".join(map(_policy, template.rules()))
        + "\n| role | what for | hvorfor |\n|---|---|---|\n"
        + "".join(roles)
        + "\n"
        + "".join(f"- {template.said(answer, Language.DANISH)}\n" for answer in template.meaning.values())
    )


def _policy(rule: PolicyRule) -> str:
    values = rule.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
    return f"| `{rule.kind}` | {', '.join(f'{name} {value}' for name, value in values.items())} |\n"


PRINTED = [
    ("catalogue-sheets", sheets_page),
    ("permissions", permissions_page),
    ("problems", problems_page),
    ("set-up-choices", choices_page),
]


@pytest.mark.parametrize(("name", "page"), PRINTED)
def test_a_page_printed_from_the_code_is_current(
    name: str, page: Callable[[], str], request: pytest.FixtureRequest
) -> None:
    file = DOCS / f"{name}.md"
    if request.config.getoption("--golden-update", default=False):
        file.write_text(page())
    assert file.read_text() == page()


def test_a_code_is_one_fact() -> None:
    assert app.assembly  # everything is imported, so every refusal is known
    codes = Counter(refusal.code for refusal in set(_refusals(Refusal)) if refusal.__module__.startswith("app."))
    assert [code for code, count in codes.items() if count > 1] == []


def test_permissions_stand_in_alphabetical_order() -> None:
    assert [permission.value for permission in Permission] == sorted(permission.value for permission in Permission)


def test_every_setting_is_documented() -> None:
    documented = set(re.findall(r"`PROKURA_([A-Z_]+)`", (DOCS / "operations.md").read_text()))
    assert {name.upper() for name in Settings.model_fields} == documented


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_the_readme_begins_with_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:15])
    assert "make demo" in first_screen
    assert "make test" in first_screen
