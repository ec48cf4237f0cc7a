"""What tests of agreements may ask for beside the world: an office with a clerk, and an agreement not yet shared."""

from uuid import UUID

import pytest

from app.organisations.people_models import Role
from tests.integration.agreements.sharing import agreement
from tests.integration.organisations.steps import below, person
from tests.world import World


@pytest.fixture
def office(world: World) -> UUID:
    """Give an office below the institution, with a clerk in it."""
    place = below(world, world.institution_id, "Kontor")
    person(world, "clerk", place, Role.BUYER)
    return place


@pytest.fixture
def furniture(world: World) -> UUID:
    """Give an agreement of the root that is shared with nobody yet."""
    return agreement(world, world.root_id, "SKI")
