"""Pages that are printed from the code: error codes, permissions, settings; and links that lead somewhere."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import app.assembly
from app.kit.config import Settings
from app.kit.errors import Refusal
from app.kit.problems import CODES, status_of
from app.organisations.people_models import Role
from app.organisations.permissions import ROLE_PERMISSIONS, Permission

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


@pytest.mark.parametrize(("name", "page"), [("problems", problems_page), ("permissions", permissions_page)])
def test_a_page_printed_from_the_code_is_current(
    name: str, page: Callable[[], str], request: pytest.FixtureRequest
) -> None:
    file = DOCS / f"{name}.md"
    if request.config.getoption("--golden-update", default=False):
        file.write_text(page())
    assert file.read_text() == page()


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
