"""Mapping profiles: how a sheet with other headers than ours is read, without a line of code.

A profile names, for each of our fields, the header or headers that the sheet may have for it; what every row has in
common may be fixed, and columns that are of no use passed over. Some are shipped as YAML files beside this module; a
content manager or supplier can store more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from app.catalogs.sheet_cells import carried
from app.catalogs.sheet_column import SheetColumn
from app.catalogs.sheet_columns import COLUMNS, FIELDS, NEEDED
from app.documents.values import Carried, Value
from app.kit.cells import Misread
from app.kit.errors import Fault, Invalid
from app.kit.sheets import header_name

MOST_HEADERS: Final = 20
MOST_PASSED_OVER: Final = 200

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Carried]


class MappingProfileNotFitting(Invalid):
    """The profile names a field that there is not, lacks a needed one, or means two things by one header."""


class MappingProfile(Value):
    """Headers by our field, what is fixed for rows that say nothing else, the sheet's name, and headers that are passed
    over (`*`: all that are not named). A field that is not named here is not read.
    """

    name: Name
    title: Text | None = None
    sheet: Text | None = None
    columns: Mapping[str, Annotated[tuple[Text, ...], Field(min_length=1, max_length=MOST_HEADERS)]]
    fixed: Mapping[str, Text] = {}
    passed_over: Annotated[tuple[Text, ...], Field(max_length=MOST_PASSED_OVER)] = ()

    def sheet_columns(self) -> tuple[SheetColumn, ...]:
        """Give our columns under the names that this profile has for them; what is fixed needs no column."""
        return tuple(
            replace(
                column,
                heading=replace(column.heading, header=headers[0]),
                aliases=headers[1:],
                needed=column.needed and column.field not in self.fixed,
            )
            for column in COLUMNS
            if (headers := self.columns.get(column.field))
        )

    def fixed_values(self) -> dict[str, str]:
        """Give what is fixed as the readers of its columns give it."""
        return {field: FIELDS[field].read(text) for field, text in self.fixed.items()}


def faults_of(profile: MappingProfile) -> list[Fault]:
    """Say what keeps a profile from reading any sheet: unknown fields, needed ones without a header, one header for two
    fields, a fixed value that cannot be read.
    """
    return [*_unknown(profile), *_missing(profile), *_twice(profile), *_unreadable(profile)]


def checked(profile: MappingProfile) -> MappingProfile:
    """Let a profile pass.

    :raises MappingProfileNotFitting: naming everything that does not fit.
    """
    faults = faults_of(profile)
    if faults:
        raise MappingProfileNotFitting("the profile does not fit; see `errors`", faults=faults)
    return profile


def _unknown(profile: MappingProfile) -> Iterator[Fault]:
    for part, fields in (("columns", profile.columns), ("fixed", profile.fixed)):
        for field in fields:
            if field not in FIELDS:
                shown = field[:60]
                meant = get_close_matches(shown, FIELDS, n=1)
                hint, hint_da = (f"; did you mean {meant[0]}?", f"; mente du {meant[0]}?") if meant else ("", "")
                message, message_da = f"there is no field {shown}{hint}", f"Der er intet felt {shown}{hint_da}"
                yield Fault(message, message_da, pointer=f"/{part}/{shown}")


def _missing(profile: MappingProfile) -> Iterator[Fault]:
    for field in NEEDED:
        if field not in profile.columns and (field == NEEDED[0] or field not in profile.fixed):
            message = f"the field {field} is needed: name its header, or fix its value"
            yield Fault(message, f"Feltet {field} skal være der: nævn dets kolonne, eller fastsæt dets værdi")


def _twice(profile: MappingProfile) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for field, headers in profile.columns.items():
        for header in headers:
            other = seen.setdefault(header_name(header), field)
            if other != field:
                message = f"the header {header} is that of {other} already"
                yield Fault(message, f"Kolonnen {header} er allerede {other}", pointer=f"/columns/{field}")


def _unreadable(profile: MappingProfile) -> Iterator[Fault]:
    for field, text in profile.fixed.items():
        try:
            if field in FIELDS:
                FIELDS[field].read(carried(text, FIELDS[field].most))
        except Misread as reason:
            yield Fault(str(reason), reason.message_da, pointer=f"/fixed/{field}")
