"""The option to write golden files anew: `pytest tests/golden --golden-update`, then read the difference."""

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture
def assert_golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Compare bytes with the golden file of that name, or write it."""
    update = request.config.getoption("--golden-update", default=False)

    def check(name: str, written: bytes) -> None:
        golden = FOLDER / name
        if update:
            golden.write_bytes(written)
        assert golden.is_file(), f"{name} is missing; run pytest tests/golden --golden-update"
        assert written.decode() == golden.read_bytes().decode()

    return check
