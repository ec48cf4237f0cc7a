"""The world in each database, built anew for every test that asks for it."""

from pathlib import Path

import pytest

from app.kit.db import Database
from tests.world import World, build_world


@pytest.fixture(scope="session")
def issuer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the demo issuer's key, which takes long to make."""
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture
def world(database: Database, issuer_folder: Path) -> World:
    """Give a root, a ministry and an institution with people, a supplier, and an agreement shared with everybody."""
    return build_world(database, issuer_folder)
