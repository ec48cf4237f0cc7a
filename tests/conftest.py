"""What every test may ask for: an empty database of each kind, on one PostgreSQL server for the whole session."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, nullcontext
from pathlib import Path
from typing import Any

import pytest

from app.kit.db import Database
from tests.databases import KINDS, NO_POSTGRESQL, Databases, NoPostgreSQL, described
from tests.leaving import BYTES_FOR_DOCUMENTS, all_valid
from tests.world import World, build_world

SESSION = pytest.StashKey[Databases]()


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", None)
    folder = Databases.new_folder() if given is None else Path(given["database_folder"])
    config.stash[SESSION] = Databases(folder, "main" if given is None else given["workerid"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the session's databases are."""
    node.workerinput["database_folder"] = str(node.config.stash[SESSION].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    databases = config.stash[SESSION]
    databases.close()
    if not hasattr(config, "workerinput"):
        databases.remove()


def pytest_report_header() -> str:
    return described()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an empty database with every table, once of each kind. What has left in the end must be valid."""
    empty = _empty(request, request.param, tmp_path)
    anything = request.node.get_closest_marker(BYTES_FOR_DOCUMENTS)
    with closing(empty), nullcontext() if anything else all_valid(empty):
        yield empty


@pytest.fixture
def each_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mapping[str, Database]]:
    """Give an empty database of each kind at once, to compare them."""
    with ExitStack() as stack:
        yield {kind: stack.enter_context(closing(_empty(request, kind, tmp_path))) for kind in KINDS}


def _empty(request: pytest.FixtureRequest, kind: str, folder: Path) -> Database:
    try:
        return request.config.stash[SESSION].empty(kind, folder)
    except NoPostgreSQL:
        pytest.fail(NO_POSTGRESQL, pytrace=False)


@pytest.fixture(scope="session")
def issuer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the demo issuer's key, which takes long to make."""
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture
def world(database: Database, issuer_folder: Path) -> World:
    """Give a root, a ministry and an institution with people, a supplier, and an agreement shared with everybody."""
    return build_world(database, issuer_folder)
