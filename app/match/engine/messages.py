"""Findings in words, English and Danish, from the same code and the same values."""

from decimal import Decimal
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

from app.kit.money import plain
from app.match.engine import danish, english

if TYPE_CHECKING:
    from app.match.engine.decision import Finding


class Language(StrEnum):
    """The languages that findings are told in."""

    EN = "en"
    DA = "da"


_MESSAGES = {Language.EN: english.MESSAGES, Language.DA: danish.MESSAGES}
_PASSES = {Language.EN: english.PASSES, Language.DA: danish.PASSES}
_WORDS = {Language.EN: english.WORDS, Language.DA: danish.WORDS}
_FIELDS = {
    "line": "invoice_line_id",
    "order": "order_number",
    "order_line": "order_line_id",
    "source": "limit_source",
}
"""Names in the templates that are shorter than the finding's own."""


def _told(value: object, language: Language) -> str:
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return plain(value).replace(".", ",") if language is Language.DA else plain(value)
    return _WORDS[language].get(str(value), str(value))


@cache
def _names(template: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def _filled(template: str, finding: "Finding", language: Language) -> str:
    # No value is a template: format() looks at its arguments' text no further, so a supplier's braces stay braces.
    values = {name: _told(getattr(finding, _FIELDS.get(name, name)), language) for name in _names(template)}
    return template.format(**values)


def message(finding: "Finding", language: Language) -> str:
    """Say what was found."""
    return _filled(_MESSAGES[language][finding.code], finding, language)


def counterfactual(finding: "Finding", language: Language) -> str | None:
    """Say what would have made the rule hold; None where it holds, or where no value would."""
    template = _PASSES[language].get(finding.code)
    return None if template is None or finding.passes_at is None else _filled(template, finding, language)
