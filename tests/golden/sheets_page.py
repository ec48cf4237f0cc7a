"""The page about catalogue sheets, printed from their columns, words and shipped profiles."""

from collections.abc import Sequence

from app.catalogs.mapping_files import shipped
from app.catalogs.mapping_profiles import MappingProfile
from app.catalogs.sheet_column import SheetColumn
from app.catalogs.sheet_columns import COLUMNS
from app.catalogs.sheet_header import HEAD
from app.catalogs.sheet_words import LABEL_NAMES, LABELS, UNITS

SHEETS = """# Catalogue sheets

A supplier may send a catalogue as a sheet, xlsx or CSV, to `POST /catalogues`. Ours, blank, is given by
`GET /catalogue-templates?format=xlsx|csv`. A version of it waits for the same approval as one that came as OIOUBL.
Printed from the columns in `app/catalogs/sheet_columns.py` by a test.

- **Which sheet.** The one called Varer (or Items); else the only one with rows. Hidden sheets, blank ones and guides
  (Vejledning) are passed over; any other sheet beside it is refused, since somebody may think that it is read.
- **Header.** The first of 25 rows that names every needed column; columns are found by name, in any order, in Danish or
  English, with or without the star. Unknown columns are refused with what is likely meant; one called Kommentar is not.
- **One row, one line.** A number on two rows is at fault on both. Prices for larger quantities stand in further columns
  of the same row. A formula is read as its result; one that failed or was never calculated is a fault of its row, and a
  hidden row is at fault, too. Hidden columns count. A cell merged downwards counts for each row that has more cells.
- **Numbers.** Danish notation; `1.250` is refused, for it may be 1250 or 1,250. A GTIN that lost its leading zeros gets
  them back when its check digit then fits. What has lost digits (`5,70123E+12`) is refused.
- **All or nothing.** One row at fault turns the whole away, unless `mode=partial` is asked for. `dry_run=true` tells
  what would happen to at most 10,000 rows. With `Accept` of a workbook the answer is the same sheet, in the form in
  which it came, with a column for comments.
- **Large ones.** More than 2,000 rows are read by a job, as other large catalogues are. Whatever became of a version,
  `GET /catalogues/{id}/versions/{ordinal}/sheet` gives its sheet with comments. `prokura import` takes sheets, too.
- **Limits.** A workbook may unpack to 512 MiB and hold 8 million cells, some 300,000 rows of fifteen; a CSV file may
  have 512 MiB.

"""

SHEET_PROFILES = """## Mapping profiles

Sheets with other headers are read by a profile that an upload names: `POST /catalogues?profile=prisbog`. A profile is
YAML or JSON: for each of our fields the header or headers that a sheet may have for it (`columns`), what is `fixed` for
rows that say nothing else, the `sheet`'s name, and headers that are `passed_over` (`"*"`: all others). With a profile
our own headers are not known. `POST /mapping-profiles` stores one for a supplier; these are shipped, examples of ours:

"""


def sheets_page() -> str:
    above = "## Above the header\n\nThe name in one cell, the value in the next; or as a parameter of the request.\n\n"
    units = "".join(f"| `{code}` | {', '.join(names)} |\n" for code, names in UNITS.words.items())
    labels = "".join(
        f"| `{label.code}` | {', '.join(LABEL_NAMES.words[name])} | {label.issuer} |\n"
        for name, label in LABELS.items()
    )
    return (
        SHEETS
        + above
        + _sheet_columns("parameter", HEAD)
        + "\n## Columns\n\n"
        + _sheet_columns("field", COLUMNS)
        + "\n## Units\n\nThese words, and every code of UN/ECE recommendation 20 (2001).\n\n"
        + "| code | words |\n|---|---|\n"
        + units
        + "\n## Labels\n\nThese, by GS1's codes; any other label is kept as it is written.\n\n"
        + "| code | words | whose |\n|---|---|---|\n"
        + labels
        + "\n"
        + SHEET_PROFILES
        + "".join(map(_profile, shipped().values()))
    )


def _sheet_columns(kind: str, columns: Sequence[SheetColumn]) -> str:
    rows = (
        f"| {column.heading.header}{'*' if column.needed else ''} | {', '.join(column.aliases)} | `{column.field}` "
        f"| {column.english} | {column.heading.note} |\n"
        for column in columns
    )
    return f"| header | also read | {kind} | what for | hvad der skrives |\n|---|---|---|---|---|\n" + "".join(rows)


def _profile(profile: MappingProfile) -> str:
    rows = "".join(f"| `{field}` | {', '.join(headers)} |\n" for field, headers in profile.columns.items())
    fixed = "".join(f"| `{field}` | *{text}*, where a row says nothing |\n" for field, text in profile.fixed.items())
    return f"### `{profile.name}`\n\n{profile.title}.\n\n| field | headers |\n|---|---|\n{rows}{fixed}\n"
