"""Where lines stand in a document that is read line by line: the paths that findings and faults name them by, and what
is said of their places.
"""

import re
import sqlite3
from dataclasses import replace
from functools import cached_property
from typing import Final

from lxml import etree

from app.kit.errors import Fault
from app.oioubl.limits import local_name
from app.oioubl.line_reader import LINES
from app.oioubl.ubl import CBC, line_of, path_of
from app.oioubl.validation import Finding, fault_finding

LINE_ID: Final = f"{{{CBC}}}ID"
_UNIQUE: Final = {
    "Catalogue": "F-CAT248",
    "CatalogueItemSpecificationUpdate": "F-CIU111",
    "CataloguePricingUpdate": "F-CPU111",
}
"""The rules that want each line to have an ID of its own."""


class LinePlace:
    """The place of the lines of one kind of document. Lines are judged a few at a time, so that their paths count from
    the first of these; told are paths that count from the first of the document.
    """

    def __init__(self, document_type: str) -> None:
        self.document_type = document_type
        self.line = LINES[document_type]
        self.unique_rule = _UNIQUE[document_type]

    @cached_property
    def _path(self) -> re.Pattern[str]:
        return re.compile(rf"/(?:{self.document_type}/)?cac:{self.line}(?:\[(\d+)\])?")

    def path_of(self, number: int) -> str:
        """The path of a line, counted from 1."""
        return f"/{self.document_type}/cac:{self.line}[{number}]"

    def index_of(self, path: str) -> int | None:
        """Which of the lines judged together a path leads to or into, counted from 0; None when to none of them."""
        found = self._path.match(path)
        return int(found[1] or 1) - 1 if found is not None else None

    def of_line(self, finding: Finding, number: int) -> Finding:
        """The finding with the place of the line in the whole document."""
        return replace(finding, xpath=self._moved(finding.xpath, number))

    def fault_of_line(self, fault: Fault, number: int) -> Fault:
        return replace(fault, xpath=self._moved(fault.xpath, number))

    def _moved(self, path: str | None, number: int) -> str:
        return self._path.sub(self.path_of(number), path or "", count=1)

    def repeated(self, line: etree._Element, number: int) -> Finding:
        line_id = line.findtext(LINE_ID) or ""
        return Finding(
            "rules",
            self.unique_rule,
            "F",
            self.path_of(number),
            line_of(line),
            f"A line before this one has the same ID. ({line_id})",
            f"En linje før denne har samme ID. ({line_id})",
        )

    def stray(self, element: etree._Element) -> Finding:
        name = local_name(element)
        return fault_finding(
            Fault(
                f"After the first cac:{self.line} there is nothing else; see at {name}.",
                f"Efter den første cac:{self.line} er der ikke andet; se ved {name}.",
                xpath=f"/{self.document_type}",
                line=line_of(element),
            )
        )


def wrong_root(root: etree._Element) -> Finding:
    return fault_finding(
        Fault(
            f"The root element is {root.tag}; a catalogue begins with {' or '.join(LINES)}.",
            f"Rodelementet er {root.tag}; et katalog begynder med {' eller '.join(LINES)}.",
            xpath=path_of(root),
            line=line_of(root),
        )
    )


class SeenLines:
    """Which line IDs there have been, on disk as soon as they are many."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, line_id: str) -> bool:
        """Whether it is new."""
        return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (line_id,)).rowcount == 1

    def close(self) -> None:
        self._database.close()
