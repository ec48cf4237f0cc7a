"""Options of configurable items: what can be chosen, and what was."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.agreements.models import OrderForm
from app.documents.item import Item, ItemProperty
from app.kit.errors import Fault
from app.orders.messages import Option

RULE: Final = "P-OPTION"


def choice_faults(item: Item, options: Sequence[Option], form: OrderForm, pointer: str) -> list[Fault]:
    """Name what is wrong with the options of a line: on a CONFIGURABLE order everything that can be chosen is chosen,
    once, from what there is; on any other order nothing is.
    """
    if form != OrderForm.CONFIGURABLE:
        message = "options are chosen on orders of type CONFIGURABLE"
        return [Fault(message, pointer=pointer, rule_id=RULE)] if options else []
    open_ = {found.name: found for found in item.properties if is_choosable(found)}
    return [Fault(message, pointer=pointer, rule_id=RULE) for message in _messages(item, open_, options)]


def _messages(item: Item, open_: dict[str, ItemProperty], options: Sequence[Option]) -> Iterator[str]:
    names = [option.name for option in options]
    if not open_:
        yield f"{item.name} has nothing to choose; order it by an order of type CATALOGUE"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is chosen more than once"
    for option in options:
        if option.name not in open_:
            yield f"{item.name} has no option {option.name}; it has: {', '.join(sorted(open_)) or 'none'}"
        elif not _is_offered(open_[option.name], option.value):
            yield f"{option.name} cannot be {option.value}; it can be {_offer(open_[option.name])}"
    for name in sorted(open_.keys() - set(names)):
        yield f"choose {name} of {item.name}: {_offer(open_[name])}"


def is_choosable(found: ItemProperty) -> bool:
    """Tell whether a property is left to the buyer."""
    return bool(found.list_values) or found.minimum_value is not None or found.maximum_value is not None


def _offer(found: ItemProperty) -> str:
    if found.list_values:
        return ", ".join(found.list_values)
    return f"from {found.minimum_value or 'any'} to {found.maximum_value or 'any'}"


def _is_offered(found: ItemProperty, value: str) -> bool:
    if found.list_values:
        return value in found.list_values
    low, high, wanted = (_number(text) for text in (found.minimum_value, found.maximum_value, value))
    if wanted is None:
        return False
    return (low is None or low <= wanted) and (high is None or wanted <= high)


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def chosen(item: Item, options: Sequence[Option]) -> Item:
    """Give the item as it was configured: what was chosen is its properties' value."""
    if not options:
        return item
    values = {option.name: option.value for option in options}
    properties = tuple(
        ItemProperty(name=found.name, value=values[found.name]) if found.name in values else found
        for found in item.properties
    )
    configured: Item = item.but(properties=properties)
    return configured


def configuration(options: Sequence[Option]) -> dict[str, Any] | None:
    """Give what an order line keeps of the choices."""
    return {"options": {option.name: option.value for option in options}} if options else None
