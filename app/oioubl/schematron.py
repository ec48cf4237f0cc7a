"""Reads ISO Schematron files: includes, abstract patterns, code lists and messages in two languages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import etree

SCH: Final = "http://purl.oclc.org/dsdl/schematron"
XSL: Final = "http://www.w3.org/1999/XSL/Transform"
_CODE_LIST = re.compile(r"""concat\('\|', translate\(normalize-space\(document\('([^']+)'\)\), ' ', '\|'\), '\|'\)""")
_PARAMETER = re.compile(r"\$([A-Za-z_][\w.-]*)")
_RULE_ID = re.compile(r"(?:[FWP]-[A-Z]{2,3}|GP)\d{3}")


class SchematronError(ValueError):
    """A rule file breaks the house form; the message names the file and the element."""


@dataclass(frozen=True, slots=True)
class Message:
    """Text with holes: a number stands for the value of that index."""

    en: tuple[str | int, ...]
    da: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Assertion:
    """One test of a rule; `holds` is an XPath that is true when all is well."""

    rule_id: str
    holds: str
    message: Message
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is true of every node its context matches, unless an earlier rule of the pattern matched it first."""

    context: str
    lets: tuple[tuple[str, str], ...]
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A document type's rules with every include and abstract pattern worked in."""

    namespaces: dict[str, str]
    keys: list[tuple[str, str, str]] = field(default_factory=list)
    lets: dict[str, str] = field(default_factory=dict)
    patterns: list[tuple[Rule, ...]] = field(default_factory=list)


def read(path: Path) -> Schema:
    """The schema in a .sch file.

    :raises SchematronError: an include, abstract pattern, parameter, code list or message that is not as it must be.
    """
    root = _parse(path)
    namespaces = {_need(ns, "prefix", path): _need(ns, "uri", path) for ns in root.iterchildren(f"{{{SCH}}}ns")}
    schema = Schema(namespaces)
    abstract: dict[str, tuple[etree._Element, Path]] = {}
    for element, source in _included(root, path):
        if element.tag == f"{{{XSL}}}key":
            name, match, use = (_need(element, part, source) for part in ("name", "match", "use"))
            schema.keys.append((name, match, use))
        elif element.tag == f"{{{SCH}}}let":
            _add_let(schema, element, {}, source)
        elif element.tag == f"{{{SCH}}}pattern" and element.get("abstract") == "true":
            abstract[_need(element, "id", source)] = (element, source)
        elif element.tag == f"{{{SCH}}}pattern":
            _add_pattern(schema, element, abstract, source)
    return schema


def _parse(path: Path) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(path.read_bytes(), parser)


def _need(element: etree._Element, name: str, source: Path) -> str:
    value = element.get(name)
    if not value:
        raise SchematronError(f"{source.name}:{element.sourceline}: {etree.QName(element).localname} lacks @{name}")
    return value


def _included(parent: etree._Element, source: Path) -> Iterator[tuple[etree._Element, Path]]:
    for child in parent.iterchildren(tag=etree.Element):
        if child.tag != f"{{{SCH}}}include":
            yield child, source
            continue
        href, _, fragment = _need(child, "href", source).partition("#")
        target = source.parent / href
        root = _parse(target)
        found = [node for node in root.iter(tag=etree.Element) if node.get("id") == fragment] if fragment else [root]
        if len(found) != 1:
            raise SchematronError(f"{source.name}:{child.sourceline}: {len(found)} elements are {child.get('href')}")
        yield found[0], target


def _add_pattern(
    schema: Schema, element: etree._Element, abstract: dict[str, tuple[etree._Element, Path]], source: Path
) -> None:
    parameters: dict[str, str] = {}
    body, origin = element, source
    if parent := element.get("is-a"):
        if parent not in abstract:
            raise SchematronError(f"{source.name}:{element.sourceline}: no abstract pattern {parent} before this one")
        body, origin = abstract[parent]
        for parameter in element.iterchildren(f"{{{SCH}}}param"):
            parameters[_need(parameter, "name", source)] = _need(parameter, "value", source)
        _refuse_unused(parameters, body, f"{source.name}:{element.sourceline}")
    rules = []
    for child in body.iterchildren(tag=etree.Element):
        if child.tag == f"{{{SCH}}}let":
            _add_let(schema, child, parameters, origin)
        elif child.tag == f"{{{SCH}}}rule":
            rules.append(_rule(child, parameters, origin))
    schema.patterns.append(tuple(rules))


def _refuse_unused(parameters: dict[str, str], body: etree._Element, where: str) -> None:
    texts = [str(value) for node in body.iter(tag=etree.Element) for value in node.attrib.values()]
    used = {name for text in texts for name in _PARAMETER.findall(text)}
    used |= {_name(str(node.get("id"))) for node in body.iter(f"{{{SCH}}}assert", f"{{{SCH}}}report")}
    if unknown := sorted(set(parameters) - used):
        raise SchematronError(f"{where}: {body.get('id')} has no parameter and no assert named {', '.join(unknown)}")


def _name(xml_id: str) -> str:
    """An xml id without the number that keeps it unique: F-LIB019 for F-LIB019.2."""
    return re.sub(r"\.\d+$", "", xml_id)


def _fill(text: str, parameters: dict[str, str]) -> str:
    return _PARAMETER.sub(lambda match: parameters.get(match[1], match[0]), text)


def _add_let(schema: Schema, element: etree._Element, parameters: dict[str, str], source: Path) -> None:
    name, value = _need(element, "name", source), _fill(_need(element, "value", source), parameters)
    if match := _CODE_LIST.fullmatch(value):
        value = f"'|{'|'.join(code_list(source.parent / match[1]))}|'"
    if schema.lets.setdefault(name, value) != value:
        raise SchematronError(f"{source.name}:{element.sourceline}: ${name} already has another value")


def code_list(path: Path) -> list[str]:
    """The codes of a file in `codes/`, in its order.

    :raises SchematronError: an empty list, a repeated code or a quote in one.
    """
    codes = " ".join(map(str, _parse(path).itertext())).split()
    if not codes or len(codes) != len(set(codes)) or any(mark in code for code in codes for mark in "'\"|"):
        raise SchematronError(f"{path.name}: codes are missing, repeated or hold a quote or a bar")
    return codes


def _rule(element: etree._Element, parameters: dict[str, str], source: Path) -> Rule:
    lets, assertions = [], []
    for child in element.iterchildren(tag=etree.Element):
        if child.tag == f"{{{SCH}}}let":
            lets.append((_need(child, "name", source), _fill(_need(child, "value", source), parameters)))
            continue
        name = _name(_need(child, "id", source))
        if name in parameters or _RULE_ID.fullmatch(name):
            rule_id = parameters.get(name, name)
            assertions.append(_assertion(child, rule_id, parameters, source))
    return Rule(_fill(_need(element, "context", source), parameters), tuple(lets), tuple(assertions))


def _assertion(element: etree._Element, rule_id: str, parameters: dict[str, str], source: Path) -> Assertion:
    where = f"{source.name}:{element.sourceline}"
    if not _RULE_ID.fullmatch(rule_id):
        raise SchematronError(f"{where}: {rule_id} is not a rule id")
    test = _fill(_need(element, "test", source), parameters)
    message, values = _message(element, parameters, where)
    holds = f"not({test})" if element.tag == f"{{{SCH}}}report" else test
    return Assertion(rule_id, holds, message, values)


def _message(element: etree._Element, parameters: dict[str, str], where: str) -> tuple[Message, tuple[str, ...]]:
    """English before the span, Danish in it, and what follows it belongs to both."""
    values: list[str] = []
    en: list[str | int] = [element.text or ""]
    da: list[str | int] = []
    for child in element.iterchildren(tag=etree.Element):
        name = etree.QName(child).localname
        if name == "span" and child.get("class") == "da" and not da:
            da.append(child.text or "")
        elif name in ("value-of", "name"):
            values.append(_fill(child.get("select") or f"local-name({child.get('path', '.')})", parameters))
            en.append(len(values) - 1)
            da += [len(values) - 1] if da else []
        else:
            raise SchematronError(f"{where}: a message holds text, value-of, name and one span of class da, not {name}")
        en.append(child.tail or "")
        da += [child.tail or ""] if da else []
    if not da or not str(en[0]).strip():
        raise SchematronError(f"{where}: the message must be in English and, in a span of class da, in Danish")
    return Message(tuple(en), tuple(da)), tuple(values)
