"""Reads the contexts of Schematron rules: the name each ends in, and what else must be true of an element so named."""

import re
from dataclasses import dataclass
from itertools import pairwise

from app.oioubl.schematron import SchematronError

_STEP = re.compile(r"((?:[\w.-]+:)?(?:[\w.-]+|\*))((?:\[.*\])?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Path:
    """One alternative of a context. `condition` is an XPath for elements of that name, empty when all of them match."""

    name: str
    condition: str
    of_root: bool

    def covers(self, name: str) -> bool:
        """Whether an element of this name may match: `cbc:*` and `*` cover cbc:ID."""
        prefix = self.name.removesuffix("*")
        return self.name in (name, "*") or (prefix.endswith(":") and name.startswith(prefix))


def paths(context: str) -> list[Path]:
    """The alternatives of a context.

    :raises SchematronError: a step that is not a name with predicates.
    """
    return [_path(part.strip(), context) for part in _split(context, "|")]


def both(first: str, second: str) -> str:
    """The conjunction of two conditions, either of which may be empty."""
    return " and ".join(part for part in (first, second) if part)


def _path(text: str, context: str) -> Path:
    absolute = text.startswith("/") and not text.startswith("//")
    steps: list[tuple[str, str, str]] = []
    axis = "parent"
    for part in _split(text.lstrip("/"), "/"):
        if not part:
            axis = "ancestor"
            continue
        step = _STEP.fullmatch(part)
        if step is None:
            raise SchematronError(f"the context {context!r} has a step that is not a name with predicates: {part!r}")
        steps.append((axis, step[1], step[2]))
        axis = "parent"
    above = "not(parent::*)" if absolute and len(steps) > 1 else ""
    for (_, name, predicates), (next_axis, _, _) in pairwise(steps):
        above = f"{next_axis}::{name}{predicates}" + (f"[{above}]" if above else "")
    _, name, predicates = steps[-1]
    own = " and ".join(f"({part.removeprefix('[')})" for part in _split(predicates, "]") if part)
    return Path(name, both(own, above), absolute and len(steps) == 1)


def _split(text: str, separator: str) -> list[str]:
    """Split at the separator where it stands outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for position, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            depth += (sign in "[(") - (sign in "])")
            if sign == separator and depth == 0:
                parts.append(text[start:position])
                start = position + 1
    return [*parts, text[start:]]
