"""Runs a document type's OIOUBL rules over a parsed document and tells what is broken, where, in two languages."""

import os
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from app.oioubl import schematron, stylesheet
from app.oioubl.ubl import SCHEMAS, line_of, path_of

MOST_THREADS: Final = min(4, os.cpu_count() or 1)
"""How many threads check rules, for all others."""
MOST_OF_A_RULE: Final = 100
"""How many breaches of one rule are told: every one of a hundred thousand lines may break the same."""

# The stubs do not know the constant.
_NO_ACCESS = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule broken at one element. `severity` is F (the document is refused) or W (a warning)."""

    rule_id: str
    severity: str
    xpath: str
    line: int | None
    message_en: str
    message_da: str


class RuleSet:
    """The rules of one .sch file, ready to run in the thread that made it."""

    def __init__(self, path: Path) -> None:
        text, self._assertions = _compiled(path)
        self._breaches: list[Breach] = []
        self._told: Counter[str] = Counter()
        self._transform = etree.XSLT(
            etree.fromstring(text), access_control=_NO_ACCESS, extensions={stylesheet.BROKEN: self._broken}
        )

    def check(self, root: etree._Element) -> list[Breach]:
        """The breaches, of each rule the first `MOST_OF_A_RULE` in document order, those of the root element first.

        The tree must come from `ubl.parse`, which leaves no comments in it.
        """
        self._breaches, self._told = [], Counter()
        self._transform(root)
        return self._breaches

    def _broken(self, _: object, number: str, nodes: list[etree._Element], *values: str) -> str:
        """What the stylesheet calls where an assertion fails; the empty text is what it then writes."""
        assertion = self._assertions[int(number)]
        self._told[assertion.rule_id] += 1
        if self._told[assertion.rule_id] <= MOST_OF_A_RULE:
            self._breaches.append(_breach(assertion, nodes[0], values))
        return ""


def _breach(assertion: schematron.Assertion, node: etree._Element, values: Sequence[str]) -> Breach:
    return Breach(
        rule_id=assertion.rule_id,
        severity=assertion.rule_id[0],
        xpath=path_of(node),
        line=line_of(node),
        message_en=_filled(assertion.message.en, values),
        message_da=_filled(assertion.message.da, values),
    )


def _filled(parts: tuple[str | int, ...], values: Sequence[str]) -> str:
    return " ".join("".join(values[part] if isinstance(part, int) else part for part in parts).split())


@cache
def _compiled(path: Path) -> tuple[bytes, tuple[schematron.Assertion, ...]]:
    root, assertions = stylesheet.build(schematron.read(path))
    return etree.tostring(root), assertions


# lxml copies a stylesheet on every call made outside the thread that built it, which costs more than the rules do, and
# a set takes some 6 MB, which is not given back when its thread ends. So a few threads of our own keep the sets for all
# others; handing a tree over takes a twentieth of a millisecond.
_readers = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="rules")
_own = threading.local()


def breaches(document_type: str, root: etree._Element) -> list[Breach]:
    """Where a document breaks the rules of its type, as `RuleSet.check` tells it; asked from any thread."""
    return breaches_soon(document_type, root).result()


def breaches_soon(document_type: str, root: etree._Element) -> Future[list[Breach]]:
    """The same as soon as it is known; until then the tree stays as it is. Most of the time it takes is libxslt's, so
    something else can be done meanwhile.
    """
    return _readers.submit(_check, document_type, root)


def _check(document_type: str, root: etree._Element) -> list[Breach]:
    sets: dict[str, RuleSet] = _own.__dict__.setdefault("sets", {})
    if document_type not in sets:
        sets[document_type] = RuleSet(SCHEMAS / "rules" / f"{document_type}.sch")
    return sets[document_type].check(root)
