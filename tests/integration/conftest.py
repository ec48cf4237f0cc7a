"""A story to tell in each database."""

from pathlib import Path

import pytest

from tests.story import Story
from tests.world import World


@pytest.fixture
def story(world: World, tmp_path: Path) -> Story:
    """Give the world with its people at their doors; documents leave into a folder of the test's own."""
    return Story(world, tmp_path)
