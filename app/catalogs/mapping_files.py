"""Mapping profiles as YAML: read strictly, and those that are shipped.

Of YAML a profile takes keys, texts and lists of texts. Every scalar is the text that stands there (`No` is no boolean,
`01` no number), and what could make a small file large or do more than say something is refused: anchors, tags, depth.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml  # type: ignore[import-untyped]  # the library ships no types
from pydantic import ValidationError

from app.catalogs.mapping_profiles import MappingProfile, MappingProfileNotFitting, checked
from app.kit.errors import Fault

YAML: Final = "application/yaml"
FOLDER: Final = "profiles"
MOST_BYTES: Final = 64 * 1024
DEEPEST: Final = 3
"""A profile, its columns, the headers of one."""

Content = str | list[Any] | dict[str, Any]


def read_yaml(content: bytes) -> dict[str, Any]:
    """Give what a file says.

    :raises MappingProfileNotFitting: naming the line that cannot be read.
    """
    if len(content) > MOST_BYTES:
        raise MappingProfileNotFitting(f"a profile has at most {MOST_BYTES} bytes")
    try:
        events = iter(yaml.parse(content.decode("utf-8-sig"), Loader=yaml.SafeLoader))
        found = [_value(event, events, 0) for event in events if isinstance(event, yaml.NodeEvent)]
    except (yaml.YAMLError, UnicodeDecodeError) as reason:
        raise _not_yaml(" ".join(str(reason).split())[:300], None) from reason
    if len(found) != 1 or not isinstance(found[0], dict):
        raise _not_yaml("a profile is one list of keys with their values", None)
    return found[0]


def _value(event: Any, events: Iterator[Any], depth: int) -> Content:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None or depth > DEEPEST:
        raise _not_yaml("anchors, tags and deep lists are not read", line)
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        return [_value(one, events, depth + 1) for one in _until(events, yaml.SequenceEndEvent)]
    return _mapping(events, depth)


def _mapping(events: Iterator[Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in _until(events, yaml.MappingEndEvent):
        key = _value(event, events, DEEPEST)
        line = event.start_mark.line + 1
        if not isinstance(key, str) or key in found:
            raise _not_yaml(f"the key {str(key)[:60]} stands there twice, or is none", line)
        found[key] = _value(next(events), events, depth + 1)
    return found


def _until(events: Iterator[Any], end: type[Any]) -> Iterator[Any]:
    while not isinstance(event := next(events), end):
        yield event


def _not_yaml(what: str, line: int | None) -> MappingProfileNotFitting:
    place = f"line {line}: " if line is not None else ""
    message = f"{place}{what}"
    return MappingProfileNotFitting(message, faults=[Fault(message, line=line)])


def profile_of(said: Mapping[str, Any]) -> MappingProfile:
    """Make a profile of what a file or a body says; a lone header is a list of one.

    :raises MappingProfileNotFitting: naming every field that does not fit.
    """
    columns, passed_over = said.get("columns"), said.get("passed_over", ())
    if isinstance(columns, dict):
        said = {**said, "columns": {field: _listed(headers) for field, headers in columns.items()}}
    try:
        return checked(MappingProfile.model_validate({**said, "passed_over": _listed(passed_over)}))
    except ValidationError as reason:
        faults = [
            Fault(found["msg"], pointer="".join(f"/{part}" for part in found["loc"])) for found in reason.errors()
        ]
        raise MappingProfileNotFitting("the profile does not fit; see `errors`", faults=faults) from reason


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


@cache
def shipped() -> Mapping[str, MappingProfile]:
    """Give the profiles that come with the service, by name."""
    folder = resources.files("app.catalogs") / FOLDER
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    profiles = [profile_of(read_yaml(file.read_bytes())) for file in files]
    return {profile.name: profile for profile in profiles}
