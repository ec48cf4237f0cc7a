"""The engine knows nothing of the world: it imports the standard library, money and documents, and reads no clock."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.match import engine

FOLDER = Path(engine.__file__).parent
ALLOWED = ("app.kit.money", "app.documents", "app.match.engine")
IMPURE = {"random", "time", "os", "socket", "subprocess", "secrets", "threading", "asyncio", "logging", "uuid"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_module_imports_only_what_is_pure(path: Path) -> None:
    for module in _imports(path):
        own = any(module == allowed or module.startswith(f"{allowed}.") for allowed in ALLOWED)
        top = module.partition(".")[0]
        assert own or (top in sys.stdlib_module_names and top not in IMPURE), module
