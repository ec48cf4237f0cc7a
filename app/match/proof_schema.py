"""The JSON Schema of a decision's proof, made of the types that a proof is written from."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from app.documents.invoice import Invoice
from app.match.engine.codes import Outcome
from app.match.engine.decision import Decision
from app.match.engine.facts import Case
from app.match.engine.proof import FORMAT, READ, SEAL
from app.match.proof_words import WORDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBER = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
PLAIN: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "format": "date"},
    Decimal: NUMBER,
}
TOLD = ("outcome", "en", "da", "passes_en", "passes_da")

ALL: Final = True
"""Of a document everything is read."""

Schema = dict[str, Any]


def proof_schema() -> Schema:
    """Give the schema: every object is closed, and every field says what it holds and in which unit."""
    told: dict[str, Schema] = {name: {"type": "string", "description": WORDS[f"told.{name}"]} for name in TOLD}
    told["outcome"]["enum"] = [str(one) for one in Outcome]
    parts = {
        "format": {"const": FORMAT},
        "case": _of(Case),
        "decision": _of(Decision),
        "told": {"type": "array", "items": _closed(told, ["outcome", "en", "da"])},
        SEAL: {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
    described = {name: part | {"description": WORDS[name]} for name, part in parts.items()}
    return {"$schema": DIALECT, "title": FORMAT} | _closed(described, list(described))


def _closed(properties: Mapping[str, Any], required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": sorted(required),
        "additionalProperties": False,
    }


def _of(hint: Any, read: Any = ALL) -> Schema:
    """Give the schema of a type; of a document only what is `read`, a tree of names or True for all."""
    if get_origin(hint) is Annotated:
        return _of(get_args(hint)[0], read)
    if get_origin(hint) in (UnionType, Union):
        return _any(hint, read)
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _of(get_args(hint)[0], _inner(read))}
    return _single(hint, read)


def _any(hint: Any, read: Any) -> Schema:
    """Give the schema of one of several types; what is None is left out of a proof."""
    found = [_of(one, read) for one in get_args(hint) if one is not NoneType]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _inner(read: Any) -> Any:
    return read.get("__all__", True) if isinstance(read, dict) else read


def _single(hint: Any, read: Any) -> Schema:
    if hint in PLAIN:
        return dict(PLAIN[hint])
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    if issubclass(hint, Enum):
        return {"type": "string", "enum": [str(one) for one in hint]}
    return _document(hint, READ if hint is Invoice else read) if issubclass(hint, BaseModel) else _facts(hint)


def _facts(kind: type[Any]) -> Schema:
    assert is_dataclass(kind)  # noqa: S101 - what a proof is made of beside documents
    hints = get_type_hints(kind, include_extras=True)
    needed = [one.name for one in fields(kind) if one.default is MISSING]
    return _closed({name: _told(kind, name, _of(hint)) for name, hint in hints.items()}, needed)


def _document(kind: type[BaseModel], read: Any) -> Schema:
    wanted = {name: _tree(read, name) for name in kind.model_fields if read is True or name in read}
    hints = get_type_hints(kind, include_extras=True)
    needed = [name for name in wanted if kind.model_fields[name].is_required()]
    return _closed({name: _told(kind, name, _of(hints[name], tree)) for name, tree in wanted.items()}, needed)


def _tree(read: Any, name: str) -> Any:
    return read[name] if isinstance(read, dict) else True


def _told(kind: type[Any], name: str, schema: Schema) -> Schema:
    own = f"{kind.__name__}.{name}"
    return schema | {"description": WORDS.get(own) or WORDS[name]}
