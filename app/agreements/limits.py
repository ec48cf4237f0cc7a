"""Within which limits an agreement's catalogues go live by themselves."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.agreements.models import CatalogueApproval
from app.kit.columns import kept
from app.kit.money import Exact
from app.organisations.messages import Message


class CatalogueLimits(Message):
    """What a catalogue's version may change and still go live by itself: how many per cent any price may rise, how many
    per cent of the lines may go, and whether anything but prices may change in those that stay.
    """

    most_rise_percent: Annotated[Exact, Field(ge=0, le=1000), AfterValidator(kept)]
    most_removed_percent: Annotated[Exact, Field(ge=0, le=100), AfterValidator(kept)]
    text_changes: bool = False


def limits_fault(approval: CatalogueApproval, limits: object | None) -> str | None:
    """Say what is wrong with limits beside a way of approval, or nothing."""
    if approval == CatalogueApproval.AUTO and limits is None:
        return "catalogue_approval AUTO needs catalogue_limits"
    if approval == CatalogueApproval.MANUAL and limits is not None:
        return "catalogue_limits go with catalogue_approval AUTO alone"
    return None
