"""Turns Schematron rules into one XSLT 1.0 stylesheet that walks a document once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from app.oioubl.schematron import Assertion, Rule, Schema, SchematronError

_XSL = "http://www.w3.org/1999/XSL/Transform"
_STEP = re.compile(r"((?:[\w.-]+:)?(?:[\w.-]+|\*))((?:\[.*\])?)", re.DOTALL)
# Where a finding is: the position of each element among its siblings, from the root element down.
_PLACE = (
    '<xsl:template name="place"><xsl:for-each select="ancestor-or-self::*[parent::*]">'
    '<xsl:text>/</xsl:text><xsl:value-of select="count(preceding-sibling::*)"/></xsl:for-each></xsl:template>'
)


@dataclass(frozen=True, slots=True)
class _Path:
    """One alternative of a context: the name it ends in, and what else must be true of a node of that name."""

    name: str
    condition: str
    of_root: bool


@dataclass(frozen=True, slots=True)
class _Case:
    condition: str
    rule: Rule


_Pattern = list[tuple[_Path, Rule]]


def build(schema: Schema) -> tuple[etree._Element, tuple[Assertion, ...]]:
    """The stylesheet, and the assertions its findings name by number.

    XSLT fires one template for a node, Schematron one rule *a pattern*. So there is one template for each element name
    any context ends in, holding the cases of every pattern that may match an element of that name.

    :raises SchematronError: a context outside the form `a/b[c]`, `/a`, `//a`, `a//b`, `*`, or alternatives of these.
    """
    assertions: list[Assertion] = []
    patterns = [[(path, rule) for rule in rules for path in _paths(rule.context)] for rules in schema.patterns]
    parts = [f'<xsl:key name="{name}" match="{match}" use="{use}"/>' for name, match, use in schema.keys]
    parts += [f'<xsl:variable name="{name}" select="{_quoted(value)}"/>' for name, value in schema.lets.items()]
    for names, chains in _templates(patterns):
        body = _body(chains, assertions)
        for priority, group in _by_priority(names):
            parts.append(
                f'<xsl:template match="{" | ".join(group)}" priority="{priority}">{body}'
                '<xsl:apply-templates select="*"/></xsl:template>'
            )
    roots = [chain for pattern in patterns if (chain := _root_cases(pattern))]
    namespaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in schema.namespaces.items())
    text = (
        f'<xsl:stylesheet version="1.0" xmlns:xsl="{_XSL}" {namespaces}><xsl:template match="/"><findings>'
        f'<xsl:for-each select="*">{_body(roots, assertions)}</xsl:for-each><xsl:apply-templates select="*"/>'
        f"</findings></xsl:template>{''.join(parts)}{_PLACE}</xsl:stylesheet>"
    )
    return etree.fromstring(text), tuple(assertions)


def _templates(patterns: list[_Pattern]) -> list[tuple[list[str], list[list[_Case]]]]:
    """The element names that need a template, names of which the same is asked together, and the cases of each."""
    found: dict[tuple[tuple[str, int], ...], tuple[list[str], list[list[_Case]]]] = {}
    for name in sorted({path.name for pattern in patterns for path, _ in pattern if not path.of_root} | {"*"}):
        chains = [chain for pattern in patterns if (chain := _cases(name, pattern))]
        asked = tuple((case.condition, id(case.rule)) for chain in chains for case in chain)
        found.setdefault(asked, ([], chains))[0].append(name)
    return list(found.values())


def _by_priority(names: list[str]) -> list[tuple[int, list[str]]]:
    """Names before the names of a namespace (`cbc:*`), those before any name (`*`)."""
    groups: dict[int, list[str]] = {}
    for name in names:
        groups.setdefault(-2 if name == "*" else -1 if name.endswith("*") else 0, []).append(name)
    return list(groups.items())


def _cases(name: str, pattern: _Pattern) -> list[_Case]:
    """The rules of one pattern that may match an element of this name, in order, each once."""
    return _once((path.condition, rule) for path, rule in pattern if not path.of_root and _covers(path.name, name))


def _root_cases(pattern: _Pattern) -> list[_Case]:
    """The rules of one pattern for the root element. They stand apart: `/*` would else be asked of every element."""
    return _once((_both(_self(path.name), path.condition), rule) for path, rule in pattern if path.of_root)


def _once(matches: Iterable[tuple[str, Rule]]) -> list[_Case]:
    found: dict[int, tuple[Rule, list[str]]] = {}
    for condition, rule in matches:
        found.setdefault(id(rule), (rule, []))[1].append(condition)
    return [_Case(_any(conditions), rule) for rule, conditions in found.values()]


def _any(conditions: list[str]) -> str:
    return "" if "" in conditions else " or ".join(f"({condition})" for condition in conditions)


def _both(first: str, second: str) -> str:
    return " and ".join(part for part in (first, second) if part)


def _self(name: str) -> str:
    return "" if name == "*" else f"self::{name}"


def _covers(test: str, name: str) -> bool:
    prefix = test.removesuffix("*")
    return test in (name, "*") or (prefix.endswith(":") and name.startswith(prefix))


def _paths(context: str) -> list[_Path]:
    return [_path(part.strip(), context) for part in _split(context, "|")]


def _path(text: str, context: str) -> _Path:
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
    return _Path(name, _both(own, above), absolute and len(steps) == 1)


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


def _quoted(expression: str) -> str:
    return expression.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\n", " ")


def _body(chains: list[list[_Case]], assertions: list[Assertion]) -> str:
    """Rules without variables share one guard, so that an element that keeps them all costs one XPath evaluation.

    So do rules with variables that hold for every element of the name; their variables get names of their own.
    """
    shared = [[_renamed(case, number) for case in chain] for number, chain in enumerate(chains) if _is_plain(chain)]
    others = [chain for chain in chains if not _is_plain(chain)]
    body = ""
    if shared:
        variables = "".join(_variables(case.rule) for chain in shared for case in chain if case.rule.lets)
        guard = " and ".join(_holds(chain) for chain in shared)
        details = "".join(_chain(chain, assertions) for chain in shared)
        body = f'{variables}<xsl:if test="{_quoted(f"not({guard})")}">{_element(details)}</xsl:if>'
    return body + "".join(_chain(chain, assertions, with_variables=True) for chain in others)


def _is_plain(chain: list[_Case]) -> bool:
    return not any(case.rule.lets for case in chain) or (len(chain) == 1 and not chain[0].condition)


def _renamed(case: _Case, number: int) -> _Case:
    names = {name: f"{name}.{number}" for name, _ in case.rule.lets}

    def rename(expression: str) -> str:
        return re.sub(r"\$([\w.-]+)", lambda match: f"${names.get(match[1], match[1])}", expression)

    lets = tuple((names[name], rename(value)) for name, value in case.rule.lets)
    assertions = tuple(
        Assertion(one.rule_id, rename(one.holds), one.message, tuple(map(rename, one.values)))
        for one in case.rule.assertions
    )
    return _Case(case.condition, Rule(case.rule.context, lets, assertions))


def _variables(rule: Rule) -> str:
    return "".join(f'<xsl:variable name="{name}" select="{_quoted(value)}"/>' for name, value in rule.lets)


def _kept(rule: Rule) -> str:
    return " and ".join(f"({assertion.holds})" for assertion in rule.assertions) or "true()"


def _holds(chain: list[_Case]) -> str:
    """An XPath that is true when the first case that matches, if any, keeps all its assertions."""
    case, rest = chain[0], chain[1:]
    kept = _kept(case.rule)
    if not case.condition:
        return f"({kept})"
    if not rest:
        return f"(not({case.condition}) or ({kept}))"
    return f"((({case.condition}) and ({kept})) or (not({case.condition}) and {_holds(rest)}))"


def _chain(chain: list[_Case], assertions: list[Assertion], *, with_variables: bool = False) -> str:
    whens = []
    for case in chain:
        details = "".join(_assertion(assertion, assertions) for assertion in case.rule.assertions)
        if with_variables:
            guard = _quoted(f"not({_kept(case.rule)})")
            details = f'{_variables(case.rule)}<xsl:if test="{guard}">{_element(details)}</xsl:if>'
        whens.append(f'<xsl:when test="{_quoted(case.condition or "true()")}">{details}</xsl:when>')
    return f"<xsl:choose>{''.join(whens)}</xsl:choose>"


def _element(details: str) -> str:
    return f'<e><xsl:attribute name="at"><xsl:call-template name="place"/></xsl:attribute>{details}</e>'


def _assertion(assertion: Assertion, assertions: list[Assertion]) -> str:
    assertions.append(assertion)
    values = "".join(f'<v><xsl:value-of select="{_quoted(value)}"/></v>' for value in assertion.values)
    return f'<xsl:if test="{_quoted(f"not({assertion.holds})")}"><f n="{len(assertions) - 1}">{values}</f></xsl:if>'
