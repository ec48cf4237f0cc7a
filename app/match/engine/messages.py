"""Findings in words, English and Danish, from the same code and the same values."""

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

from app.kit.money import plain, rounded
from app.match.engine import danish, english

if TYPE_CHECKING:
    from app.match.engine.decision import Finding

ØRE = Decimal("0.01")


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
        number = _short(plain(value))
        return number.replace(".", ",") if language is Language.DA else number
    return _WORDS[language].get(str(value), str(value))


def _short(number: str) -> str:
    """Drop the zeros behind the second decimal, which reckoning a per cent leaves."""
    whole, point, decimals = number.partition(".")
    return f"{whole}{point}{decimals[:2]}{decimals[2:].rstrip('0')}"


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
    """Say what would have made the rule hold; None where it holds, or where no value would. Of periods that are used up
    nothing is left to be billed.
    """
    template = _PASSES[language].get(finding.code)
    if template is None or finding.passes_at is None:
        return None
    if finding.code == "STANDING_AMOUNT_OVER":
        return _filled(template, _in_money(finding), language) if finding.expected else None
    return _filled(template, finding, language)


def _in_money(finding: "Finding") -> "Finding":
    """Let the most that may be billed be whole øre, which a share of an amount need not be."""
    exact = Decimal(str(finding.passes_at))
    most = rounded(exact)
    return replace(finding, passes_at=most if most <= exact else most - ØRE)
