"""Alembic's entry: runs steps on the connection that app.migrations hands over."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel

import app.assembly  # noqa: F401 - brings every table into the metadata
from app.kit.columns import EnumText, ExactDecimal, UtcDateTime

NAMES = {ExactDecimal: "ExactDecimal()", UtcDateTime: "UtcDateTime()", EnumText: "sa.String(length=40)"}


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own column types by name, and enums as the text that they are in the database."""
    if kind == "type" and type(item) in NAMES:
        autogen_context.imports.add("from app.kit.columns import ExactDecimal, Json, UtcDateTime")
        return NAMES[type(item)]
    if kind == "type" and type(item).__name__ == "JSON":
        autogen_context.imports.add("from app.kit.columns import ExactDecimal, Json, UtcDateTime")
        return "Json"
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def include_name(name: str | None, kind: str, _: Any) -> bool:
    """Leave out what no model knows: the index of words (migration 0004), on SQLite a table with tables of its own."""
    if kind == "table":
        return name is None or not name.startswith("searched_text")
    return name != "ix_searched_line_words"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_item=render_item,
    include_name=include_name,
    compare_type=False,
    transaction_per_migration=False,
)
context.run_migrations()
