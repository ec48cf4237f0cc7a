"""What a line of a document makes of a line of the catalogue."""

from collections.abc import Callable

from app.catalogs.intents import ACTIONS, ADD, DELETE, UPDATE
from app.documents.catalogue import CatalogueLine
from app.documents.catalogue_reading import CatalogueDocumentLine
from app.documents.catalogue_updates import PricingUpdateLine


def contradiction(line: CatalogueDocumentLine, *, is_standing: bool) -> str | None:
    """Say why a line cannot be taken, if it cannot: Add takes one that is not there, everything else one that is.

    Somebody who sends a whole catalogue anew as Add would else leave what is gone from it standing.
    """
    if not isinstance(line, CatalogueLine):
        return None if is_standing else "it is not in the catalogue; an update takes a line that is"
    if line.action_code not in ACTIONS:
        return f"its ActionCode is none of {', '.join(ACTIONS[:-1])} and {ACTIONS[-1]}"
    if line.action_code == ADD:
        return "it is in the catalogue already; send it as Update" if is_standing else None
    return None if is_standing else f"it is not in the catalogue; {line.action_code} takes a line that is"


def is_deletion(line: CatalogueDocumentLine) -> bool:
    return isinstance(line, CatalogueLine) and line.action_code == DELETE


def after(line: CatalogueDocumentLine, before: Callable[[], CatalogueLine]) -> CatalogueLine | None:
    """Give the line as it stands from now on, or nothing where it goes. An update changes what it is about alone; then
    `before` is asked for the line that is there.
    """
    if isinstance(line, CatalogueLine):
        return None if line.action_code == DELETE else line
    if isinstance(line, PricingUpdateLine):
        # As plain brackets, whose equals those of a catalogue are.
        return _changed(before(), brackets=[bracket.model_dump() for bracket in line.brackets])
    return _changed(before(), item=line.item)


def _changed(before: CatalogueLine, **fields: object) -> CatalogueLine:
    changed: CatalogueLine = before.but(action_code=UPDATE, **fields)
    return changed
