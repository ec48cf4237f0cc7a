"""The habits of the house that no linter knows, checked on the source itself."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
SOURCES = sorted(path for path in APP.rglob("*.py") if "versions" not in path.parts)
MOST_LINES = 300
CHAPTERS = ("organisations", "agreements", "catalogs", "orders", "match", "exchange")
FAMILIAR = {"models", "messages", "queries", "service", "routes"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_with(pattern: str, *, but: tuple[str, ...] = ()) -> list[str]:
    """Give the places where a pattern stands in the code, outside some files."""
    return [
        f"{relative(path)}:{number}"
        for path in SOURCES
        if relative(path) not in but
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_file_is_short_and_says_first_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MOST_LINES
    assert (ast.get_docstring(ast.parse(text)) or "").strip()


def test_only_the_database_commits() -> None:
    assert lines_with(r"\.commit\(", but=("app/kit/db.py",)) == []


def test_only_the_clock_tells_the_time() -> None:
    assert lines_with(r"datetime\.now\(|date\.today\(|utcnow|time\.time\(", but=("app/kit/clock.py",)) == []


def test_no_floats_but_where_they_are_refused() -> None:
    refusing, of_seconds = ("money", "columns", "audit"), ("fetch", "tokens")
    allowed = tuple(f"app/kit/{name}.py" for name in (*refusing, *of_seconds))
    assert lines_with(r"\bfloat\b", but=allowed) == []


def test_a_status_changes_along_its_transitions_alone() -> None:
    assert lines_with(r"\.status = ", but=("app/kit/states.py",)) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_with(r"TODO|FIXME|XXX:|NotImplemented|for now|simplified") == []


def test_class_names_say_what_a_thing_is() -> None:
    assert lines_with(r"^class \w*(Manager|Helper|Util|Registry|Factory|Abstract|Base)\b") == []


def _routes() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(APP.glob("*/*routes.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                yield f"{path.parent.name}.{node.name}", node


@pytest.mark.parametrize(("name", "route"), list(_routes()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_route_is_one_line(name: str, route: ast.FunctionDef) -> None:
    explanation, answer = route.body
    assert isinstance(explanation, ast.Expr)
    assert isinstance(answer, ast.Return)
    assert ast.unparse(answer).startswith("return db.run(")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_the_familiar_files(chapter: str) -> None:
    found = {path.stem for path in (APP / chapter).glob("*.py")}
    assert {"models", "messages", "routes"} <= found
    assert found & FAMILIAR


def test_every_package_is_shipped() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {".".join(file.parent.relative_to(ROOT).parts) for file in APP.rglob("__init__.py")}
    assert listed == found | {"app.oioubl._schemas"}
