"""Turns Schematron rules into one XSLT 1.0 stylesheet that walks a document once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from app.oioubl.contexts import Path, both, paths
from app.oioubl.schematron import Assertion, Rule, Schema
from app.oioubl.ubl import CBC

BROKEN: Final = ("urn:prokura:rules", "broken")
"""The function a stylesheet calls for each assertion that fails: its number, its element, the values to be told."""

_XSL = "http://www.w3.org/1999/XSL/Transform"
_LOOKUP = re.compile(r"""contains\(('\|[^']*'|\$([\w.-]+)), concat\('\|', ([^(),']+), '\|'\)\)""")


@dataclass(frozen=True, slots=True)
class _Case:
    condition: str
    rule: Rule


_Pattern = list[tuple[Path, Rule]]


def build(schema: Schema) -> tuple[etree._Element, tuple[Assertion, ...]]:
    """The stylesheet, and the assertions it names by number when it calls `BROKEN`; it writes nothing.

    XSLT fires one template for a node, Schematron one rule *a pattern*. So there is one template for each element name
    any context ends in, holding the cases of every pattern that may match an element of that name.

    :raises SchematronError: a context outside the form `a/b[c]`, `/a`, `//a`, `a//b`, `*`, or alternatives of these.
    """
    assertions: list[Assertion] = []
    patterns = [
        [(path, _quickened(rule, schema.lets)) for rule in rules for path in paths(rule.context)]
        for rules in schema.patterns
    ]
    leaves = tuple(f"{prefix}:" for prefix, uri in schema.namespaces.items() if uri == CBC)
    parts = [f'<xsl:key name="{name}" match="{match}" use="{use}"/>' for name, match, use in schema.keys]
    parts += [f'<xsl:variable name="{name}" select="{_quoted(value)}"/>' for name, value in schema.lets.items()]
    for names, chains in _templates(patterns):
        body = _body(chains, assertions)
        for priority, group in _by_priority(names):
            # There are no elements in basic components, and they are two of three elements.
            descent = "" if all(name.startswith(leaves) for name in group) else '<xsl:apply-templates select="*"/>'
            match = " | ".join(group)
            parts.append(f'<xsl:template match="{match}" priority="{priority}">{body}{descent}</xsl:template>')
    roots = [chain for pattern in patterns if (chain := _root_cases(pattern))]
    namespaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in schema.namespaces.items())
    text = (
        f'<xsl:stylesheet version="1.0" xmlns:xsl="{_XSL}" xmlns:p="{BROKEN[0]}" {namespaces}>'
        f'<xsl:template match="/"><xsl:for-each select="*">{_body(roots, assertions)}</xsl:for-each>'
        f'<xsl:apply-templates select="*"/></xsl:template>{"".join(parts)}</xsl:stylesheet>'
    )
    return etree.fromstring(text), tuple(assertions)


def _quickened(rule: Rule, lets: dict[str, str]) -> Rule:
    """The same rule, in which a value looked up in a list of codes is first held against the first of them."""

    def quicken(lookup: re.Match[str]) -> str:
        codes = lets.get(lookup[2], "") if lookup[2] else lookup[1]
        first = codes[2:].partition("|")[0] if codes.startswith("'|") else ""
        return f"(string({lookup[3]}) = '{first}' or {lookup[0]})" if first else lookup[0]

    assertions = (
        Assertion(one.rule_id, _LOOKUP.sub(quicken, one.holds), one.message, one.values) for one in rule.assertions
    )
    return Rule(rule.context, rule.lets, tuple(assertions))


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
    return _once((path.condition, rule) for path, rule in pattern if not path.of_root and path.covers(name))


def _root_cases(pattern: _Pattern) -> list[_Case]:
    """The rules of one pattern for the root element. They stand apart: `/*` would else be asked of every element."""
    return _once((both(_self(path.name), path.condition), rule) for path, rule in pattern if path.of_root)


def _once(matches: Iterable[tuple[str, Rule]]) -> list[_Case]:
    found: dict[int, tuple[Rule, list[str]]] = {}
    for condition, rule in matches:
        found.setdefault(id(rule), (rule, []))[1].append(condition)
    return [_Case(_any(conditions), rule) for rule, conditions in found.values()]


def _any(conditions: list[str]) -> str:
    if "" in conditions:
        return ""
    return conditions[0] if len(conditions) == 1 else " or ".join(f"({condition})" for condition in conditions)


def _self(name: str) -> str:
    return "" if name == "*" else f"self::{name}"


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
        details = "".join(_chain(chain, assertions) for chain in shared)
        body = f'{variables}<xsl:if test="{_quoted(f"not({_guard(shared)})")}">{details}</xsl:if>'
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


def _guard(chains: list[list[_Case]]) -> str:
    """An XPath that is true when every chain keeps what it asks; a condition that several share is asked once."""
    alone: dict[str, list[str]] = {}
    for chain in chains:
        if len(chain) == 1:
            alone.setdefault(chain[0].condition, []).append(_kept(chain[0].rule))
    parts = [_if_so(condition, " and ".join(kept)) for condition, kept in alone.items()]
    return " and ".join(parts + [_holds(chain) for chain in chains if len(chain) > 1])


def _if_so(condition: str, kept: str) -> str:
    return f"(not({condition}) or ({kept}))" if condition else f"({kept})"


def _kept(rule: Rule) -> str:
    return " and ".join(f"({assertion.holds})" for assertion in rule.assertions) or "true()"


def _holds(chain: list[_Case]) -> str:
    """An XPath that is true when the first case that matches, if any, keeps all its assertions."""
    case, rest = chain[0], chain[1:]
    kept = _kept(case.rule)
    if not rest or not case.condition:
        return _if_so(case.condition, kept)
    return f"((({case.condition}) and ({kept})) or (not({case.condition}) and {_holds(rest)}))"


def _chain(chain: list[_Case], assertions: list[Assertion], *, with_variables: bool = False) -> str:
    whens = []
    for case in chain:
        details = "".join(_assertion(assertion, assertions) for assertion in case.rule.assertions)
        if with_variables:
            guard = _quoted(f"not({_kept(case.rule)})")
            details = f'{_variables(case.rule)}<xsl:if test="{guard}">{details}</xsl:if>'
        whens.append(f'<xsl:when test="{_quoted(case.condition or "true()")}">{details}</xsl:when>')
    return f"<xsl:choose>{''.join(whens)}</xsl:choose>"


def _assertion(assertion: Assertion, assertions: list[Assertion]) -> str:
    assertions.append(assertion)
    values = "".join(f", string({value})" for value in assertion.values)
    call = _quoted(f"p:{BROKEN[1]}('{len(assertions) - 1}', .{values})")
    return f'<xsl:if test="{_quoted(f"not({assertion.holds})")}"><xsl:value-of select="{call}"/></xsl:if>'
