"""As much of JSON Schema as the published schema uses: a value against it, and where it does not fit."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, type] = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
KNOWN = {
    *("$schema", "title", "description", "format", "type", "enum", "const", "pattern"),
    *("properties", "required", "additionalProperties", "items", "anyOf"),
}


def faults(value: Any, schema: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Say where a value does not fit a schema."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if not _is_one(value, schema):
        yield f"{at}: {value!r} is not as it should be"
    elif isinstance(value, dict):
        yield from _members(value, schema, at)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from faults(one, schema["items"], f"{at}/{index}")


def _is_one(value: Any, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value, without what is in it, is of the type, in the list and written as the schema says."""
    if "anyOf" in schema:
        return any(not list(faults(value, one)) for one in schema["anyOf"])
    is_typed = "type" not in schema or type(value) is TYPES[schema["type"]]
    is_listed = value in schema.get("enum", (value,)) and value == schema.get("const", value)
    return is_typed and is_listed and (not isinstance(value, str) or bool(re.search(schema.get("pattern", ""), value)))


def _members(value: Mapping[str, Any], schema: Mapping[str, Any], at: str) -> Iterator[str]:
    known = schema["properties"]
    yield from (f"{at}/{name} is missing" for name in schema["required"] if name not in value)
    for name, one in value.items():
        if name in known:
            yield from faults(one, known[name], f"{at}/{name}")
        else:
            yield f"{at}/{name} is not known"
