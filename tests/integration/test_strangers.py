"""Nobody gets in without a token: every operation of the published API is tried by a stranger."""

import re
from pathlib import Path

import pytest

from app.kit.config import Settings
from app.main import create_app
from tests.client import Client

OPEN = {"/health/live", "/health/ready", "/punch-out/return/{session_id}"}
"""Health, and where a shop sends a cart back by the user's browser: the token of the visit says whose it is."""
SOME_ID = "019cae34-7780-7b23-a756-dd4a135255ec"
METHODS = ("get", "post", "put", "patch", "delete")


def _operations() -> list[tuple[str, str]]:
    paths = create_app(Settings(database_url="sqlite:///var/unused.db")).openapi()["paths"]
    return [
        (method.upper(), path)
        for path, operations in paths.items()
        if path not in OPEN
        for method in METHODS
        if method in operations
    ]


@pytest.mark.parametrize(("method", "path"), _operations())
def test_a_stranger_is_answered_401(method: str, path: str, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'none.db'}", embedded_worker=False)
    client = Client(create_app(settings))
    answer = client.send(method, re.sub(r"{\w+}", SOME_ID, path), json=None if method == "GET" else {})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer.headers["www-authenticate"] == "Bearer"
