"""Rows made many at a time: what SQLModel does with each value of a row in turn takes longer than writing the row."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.orm.attributes import manager_of_class
from sqlmodel import SQLModel

Row = TypeVar("Row", bound=SQLModel)


class _Shape(NamedTuple):
    """The fields of a table, and what those are that nobody names: values, or what makes them."""

    fields: frozenset[str]
    values: Mapping[str, Any]
    makers: Mapping[str, Callable[[], Any]]


def made(model: type[Row], **values: Any) -> Row:
    """Give a new row of a table, the same as `model(**values)`, which validates nothing either.

    :raises TypeError: when a field is missing that has no default, or one is named that the table does not have.
    """
    shape = _shape(model)
    whole = {**shape.values, **{name: make() for name, make in shape.makers.items()}, **values}
    if whole.keys() != shape.fields:
        wrong = ", ".join(sorted(whole.keys() ^ shape.fields))
        raise TypeError(f"{model.__name__}: missing, or not there: {wrong}")
    row: Row = manager_of_class(model).new_instance()
    row.__dict__.update(whole)
    return row


@cache
def _shape(model: type[SQLModel]) -> _Shape:
    optional = {name: field for name, field in model.model_fields.items() if not field.is_required()}
    makers: dict[str, Any] = {name: field.default_factory for name, field in optional.items() if field.default_factory}
    values = {name: field.default for name, field in optional.items() if name not in makers}
    return _Shape(frozenset(model.model_fields), values, makers)
