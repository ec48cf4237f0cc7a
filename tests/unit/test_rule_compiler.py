"""The compiler from Schematron to one-walk XSLT: what matches, what is said, and what it refuses to read."""

import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from lxml import etree

from app.oioubl import rules, schematron, stylesheet
from app.oioubl.rules import MOST_OF_A_RULE, Breach, RuleSet
from app.oioubl.ubl import SCHEMAS, parse
from tests.samples import sample

# The stubs do not know this module of lxml.
ISO = import_module("lxml.isoschematron")
HEAD = """<sch:schema xmlns:sch="http://purl.oclc.org/dsdl/schematron" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    queryBinding="xslt"><sch:ns prefix="o" uri="urn:o"/>"""
EN_DA = "No.<sch:span class='da'>Nej.</sch:span>"
ORDER = b"""<o:order xmlns:o="urn:o">
  <o:buyer><o:party><o:name>Kommunen</o:name></o:party></o:buyer>
  <o:seller><o:party/></o:seller>
  <o:line unit="EA"><o:id>1</o:id><o:amount>5.00</o:amount></o:line>
  <o:line unit="H87"><o:id>2</o:id><o:amount>7.00</o:amount><o:part><o:amount>9.00</o:amount></o:part></o:line>
  <o:line><o:id>1</o:id></o:line>
</o:order>"""


def breaches(folder: Path, body: str, document: bytes = ORDER) -> list[Breach]:
    path = folder / f"order{len(list(folder.glob('order*.sch')))}.sch"
    path.write_text(f"{HEAD}{body}</sch:schema>", encoding="utf-8")
    return RuleSet(path).check(parse(document))


def rule(context: str, *asserts: tuple[str, str]) -> str:
    inner = "".join(f'<sch:assert id="{name}" test="{test}">{EN_DA}</sch:assert>' for name, test in asserts)
    return f'<sch:rule context="{context}">{inner}</sch:rule>'


def ids(found: list[Breach]) -> list[str]:
    return [breach.rule_id for breach in found]


def test_a_breach_says_rule_severity_place_and_line(tmp_path: Path) -> None:
    (found,) = breaches(tmp_path, f"<sch:pattern>{rule('o:line', ('W-ORD001', '@unit'))}</sch:pattern>")
    assert (found.rule_id, found.severity, found.xpath, found.line) == ("W-ORD001", "W", "/order/line[3]", 6)


def test_contexts_that_overlap_in_two_patterns_both_apply(tmp_path: Path) -> None:
    first = rule("o:line", ("F-ORD001", "@unit"))
    second = rule("/o:order/o:line[not(@unit)]", ("F-ORD002", "false()"))
    found = breaches(tmp_path, f"<sch:pattern>{first}</sch:pattern><sch:pattern>{second}</sch:pattern>")
    assert ids(found) == ["F-ORD001", "F-ORD002"]


def test_in_one_pattern_the_first_context_that_matches_wins(tmp_path: Path) -> None:
    special = rule("o:buyer/o:party", ("F-ORD001", "false()"))
    general = rule("o:party", ("F-ORD002", "false()"))
    assert ids(breaches(tmp_path, f"<sch:pattern>{special}{general}</sch:pattern>")) == ["F-ORD001", "F-ORD002"]
    assert ids(breaches(tmp_path, f"<sch:pattern>{general}{special}</sch:pattern>")) == ["F-ORD002", "F-ORD002"]


@pytest.mark.parametrize(
    ("context", "places"),
    [
        ("o:amount", ["line[1]/amount", "line[2]/amount", "line[2]/part/amount"]),
        ("o:line/o:amount", ["line[1]/amount", "line[2]/amount"]),
        ("/o:order/o:line/o:part/o:amount", ["line[2]/part/amount"]),
        ("o:line//o:amount[. > 8]", ["line[2]/part/amount"]),
        ("//o:part", ["line[2]/part"]),
        ("o:*[@unit]", ["line[1]", "line[2]"]),
        ("*[. = 'a/b|c]']", []),
        ("o:name | o:line[o:part]/o:id", ["buyer/party/name", "line[2]/id"]),
    ],
)
def test_a_context_matches_what_xpath_says(tmp_path: Path, context: str, places: list[str]) -> None:
    found = breaches(tmp_path, f"<sch:pattern>{rule(context, ('F-ORD001', 'false()'))}</sch:pattern>")
    assert [breach.xpath for breach in found] == [f"/order/{place}" for place in places]


def test_a_context_of_the_root_matches_the_root_alone(tmp_path: Path) -> None:
    for context in ("/*", "/o:order", "/*[o:line]"):
        (found,) = breaches(tmp_path, f"<sch:pattern>{rule(context, ('F-ORD001', 'false()'))}</sch:pattern>")
        assert found.xpath == "/order"


def test_it_decides_as_the_standard_implementation_does(tmp_path: Path) -> None:
    body = (
        "<sch:let name='limit' value='6'/><sch:pattern>"
        + rule("o:line[o:part]", ("F-ORD001", "o:id = 2"), ("F-ORD002", "o:amount &lt; $limit"))
        + rule("o:line", ("F-ORD003", "@unit"), ("F-ORD004", "o:amount &gt; $limit"))
        + "</sch:pattern><sch:pattern>"
        + "<sch:rule context='o:line'><sch:let name='id' value='string(o:id)'/>"
        + f"<sch:report id='F-ORD005' test='preceding-sibling::o:line[o:id = $id]'>{EN_DA}</sch:report></sch:rule>"
        + rule("o:party", ("F-ORD006", "o:name"))
        + "</sch:pattern>"
    )
    standard = ISO.Schematron(etree.fromstring(f"{HEAD}{body}</sch:schema>"), store_report=True)
    standard.validate(etree.fromstring(ORDER))
    failed = [
        str(node.get("id")) for node in standard.validation_report.iter("{*}failed-assert", "{*}successful-report")
    ]
    found = ids(breaches(tmp_path, body))
    assert sorted(found) == sorted(failed) == ["F-ORD002", "F-ORD003", "F-ORD004", "F-ORD004", "F-ORD005", "F-ORD006"]


def test_an_abstract_pattern_takes_expressions_and_rule_ids(tmp_path: Path) -> None:
    abstract = rule("o:$who/o:party", ("named", "$what"), ("other", "false()"), ("F-LIB001.2", "$what"))
    body = (
        f"<sch:pattern abstract='true' id='role'>{abstract}</sch:pattern>"
        "<sch:pattern is-a='role' id='seller'><sch:param name='who' value='seller'/>"
        "<sch:param name='what' value='o:name'/><sch:param name='named' value='F-ORD044'/></sch:pattern>"
    )
    assert ids(breaches(tmp_path, body)) == ["F-ORD044", "F-LIB001"]


def test_a_parameter_that_nothing_uses_is_an_error(tmp_path: Path) -> None:
    body = (
        f"<sch:pattern abstract='true' id='role'>{rule('o:party', ('named', 'o:name'))}</sch:pattern>"
        "<sch:pattern is-a='role' id='p'><sch:param name='nmed' value='F-ORD044'/></sch:pattern>"
    )
    with pytest.raises(schematron.SchematronError, match="no assert named nmed"):
        breaches(tmp_path, body)


def test_both_languages_share_the_values_after_the_span(tmp_path: Path) -> None:
    message = (
        "Unit is missing on <sch:name/>.<sch:span class='da'>Enhed mangler.</sch:span> (<sch:value-of select='o:id'/>)"
    )
    body = f"<sch:rule context='o:line'><sch:assert id='F-ORD001' test='@unit'>{message}</sch:assert></sch:rule>"
    (found,) = breaches(tmp_path, f"<sch:pattern>{body}</sch:pattern>")
    assert found.message_en == "Unit is missing on line. (1)"
    assert found.message_da == "Enhed mangler. (1)"


@pytest.mark.parametrize(
    "message", ["Only English.", "<sch:span class='da'>Kun dansk.</sch:span>", "A<sch:emph>b</sch:emph>"]
)
def test_a_message_in_one_language_is_an_error(tmp_path: Path, message: str) -> None:
    body = f"<sch:rule context='o:line'><sch:assert id='F-ORD001' test='@unit'>{message}</sch:assert></sch:rule>"
    with pytest.raises(schematron.SchematronError, match=r"order0\.sch:2"):
        breaches(tmp_path, f"<sch:pattern>{body}</sch:pattern>")


def test_a_code_list_is_looked_up_as_whole_codes(tmp_path: Path) -> None:
    (tmp_path / "unit.xml").write_text("<codes>EA C62\n  KGM</codes>", encoding="utf-8")
    body = (
        "<sch:let name='units' value=\"concat('|', translate(normalize-space(document('unit.xml')), ' ', '|'), '|')\"/>"
        "<sch:pattern>" + rule("o:line", ("F-LIB318", "contains($units, concat('|', @unit, '|'))")) + "</sch:pattern>"
    )
    document = b'<o:order xmlns:o="urn:o"><o:line unit="C62"/><o:line unit="62"/><o:line unit=""/><o:line/></o:order>'
    assert [breach.xpath for breach in breaches(tmp_path, body, document)] == [
        "/order/line[2]",
        "/order/line[3]",
        "/order/line[4]",
    ]


@pytest.mark.parametrize("codes", ["", "EA EA", "E'A", "E|A"])
def test_a_code_list_that_is_empty_or_ambiguous_is_an_error(tmp_path: Path, codes: str) -> None:
    (tmp_path / "unit.xml").write_text(f"<codes>{codes}</codes>", encoding="utf-8")
    with pytest.raises(schematron.SchematronError, match=r"unit\.xml"):
        schematron.code_list(tmp_path / "unit.xml")


def test_a_let_belongs_to_its_rule_even_where_rules_share_a_name(tmp_path: Path) -> None:
    def limit(value: str, name: str) -> str:
        return (
            f"<sch:pattern><sch:rule context='o:line'><sch:let name='limit' value='{value}'/>"
            f"<sch:assert id='{name}' test='not(o:amount &gt; $limit)'>{EN_DA} (<sch:value-of select='$limit'/>)"
            "</sch:assert></sch:rule></sch:pattern>"
        )

    found = breaches(tmp_path, limit("6", "F-ORD001") + limit("4", "F-ORD002"))
    assert [(breach.rule_id, breach.message_en) for breach in found] == [
        ("F-ORD002", "No. (4)"),
        ("F-ORD001", "No. (6)"),
        ("F-ORD002", "No. (4)"),
    ]


def test_one_name_with_two_values_in_the_schema_is_an_error(tmp_path: Path) -> None:
    body = "<sch:let name='limit' value='1'/><sch:let name='limit' value='2'/><sch:pattern/>"
    with pytest.raises(schematron.SchematronError, match=r"\$limit already has another value"):
        breaches(tmp_path, body)


def test_a_key_finds_what_stands_twice(tmp_path: Path) -> None:
    body = (
        "<xsl:key name='lines' match='o:line' use='o:id'/><sch:pattern>"
        + rule("o:line", ("F-CAT248", "count(key('lines', o:id)) = 1"))
        + "</sch:pattern>"
    )
    assert [breach.xpath for breach in breaches(tmp_path, body)] == ["/order/line[1]", "/order/line[3]"]


def test_an_include_brings_one_pattern_of_a_library(tmp_path: Path) -> None:
    library = f"{HEAD}<sch:pattern id='a'>{rule('o:line', ('F-LIB001', 'false()'))}</sch:pattern><sch:pattern id='b'/>"
    (tmp_path / "library.sch").write_text(f"{library}</sch:schema>", encoding="utf-8")
    assert ids(breaches(tmp_path, "<sch:include href='library.sch#b'/>")) == []
    assert ids(breaches(tmp_path, "<sch:include href='library.sch#a'/>")) == ["F-LIB001"] * 3
    with pytest.raises(schematron.SchematronError, match="0 elements are library"):
        breaches(tmp_path, "<sch:include href='library.sch#c'/>")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (f"<sch:pattern>{rule('text()', ('F-ORD001', 'false()'))}</sch:pattern>", "not a name with predicates"),
        (
            f"<sch:pattern>{rule('o:line', ('F-ORD001', 'false()')).replace('test=', 'tst=')}</sch:pattern>",
            "lacks @test",
        ),
        ("<sch:pattern is-a='nothing' id='p'/>", "no abstract pattern nothing"),
    ],
)
def test_what_is_not_in_the_house_form_is_an_error(tmp_path: Path, body: str, says: str) -> None:
    with pytest.raises(schematron.SchematronError, match=says):
        breaches(tmp_path, body)


def test_a_stylesheet_cannot_read_files(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_text("<secret/>", encoding="utf-8")
    test = f"document('file://{tmp_path}/secret.xml')"
    with pytest.raises(etree.XSLTApplyError):
        breaches(tmp_path, f"<sch:pattern>{rule('/*', ('F-ORD001', test))}</sch:pattern>")


SCH_FILES = sorted((SCHEMAS / "rules").glob("**/*.sch"))


@pytest.mark.parametrize("path", SCH_FILES, ids=lambda path: path.stem)
def test_each_rule_file_is_valid_iso_schematron(path: Path) -> None:
    grammar = Path(str(ISO.__file__)).with_name("resources") / "rng" / "iso-schematron.rng"
    root = etree.parse(path).getroot()
    for include in root.findall(f"{{{schematron.SCH}}}include"):
        href, _, fragment = include.get("href", "").partition("#")
        element = next(node for node in etree.parse(path.parent / href).iter() if node.get("id") == fragment)
        # Within one document the ids of asserts would clash; the grammar wants to see the pattern and its id.
        del element[:]
        rule_element = etree.SubElement(element, f"{{{schematron.SCH}}}rule", context="*")
        etree.SubElement(rule_element, f"{{{schematron.SCH}}}assert", test="true()")
        root.replace(include, element)
    etree.RelaxNG(etree.parse(grammar)).assertValid(etree.fromstring(etree.tostring(root)))


DOCUMENT_FILES = sorted((SCHEMAS / "rules").glob("*.sch"))


@pytest.mark.parametrize("path", DOCUMENT_FILES, ids=lambda path: path.stem)
def test_each_document_type_compiles_and_names_no_rule_of_another(path: Path) -> None:
    _, assertions = stylesheet.build(schematron.read(path))
    families = {assertion.rule_id.split("-")[-1][:3] for assertion in assertions} - {"LIB", "GP0"}
    assert len(families) == 1
    etree.XSLT(stylesheet.build(schematron.read(path))[0])


def test_what_is_looked_up_in_a_list_is_decided_the_same_for_its_first_code(tmp_path: Path) -> None:
    body = (
        "<sch:let name='units' value=\"'|EA|C62|'\"/><sch:pattern>"
        + rule(
            "o:line",
            ("F-LIB318", "contains($units, concat('|', @unit, '|')) and contains('|EA|', concat('|', ., '|'))"),
        )
        + "</sch:pattern>"
    )
    document = (
        b'<o:order xmlns:o="urn:o"><o:line unit="EA">EA</o:line><o:line unit="C62">EA</o:line>'
        b'<o:line unit="EA|C62">EA</o:line><o:line unit="EA"/><o:line unit="ea">EA</o:line></o:order>'
    )
    assert [breach.xpath for breach in breaches(tmp_path, body, document)] == ["/order/line[4]", "/order/line[5]"]


def test_of_one_rule_the_first_hundred_breaches_are_told(tmp_path: Path) -> None:
    body = f"<sch:pattern>{rule('o:line', ('F-ORD001', '@unit'))}{rule('o:id', ('W-ORD002', 'false()'))}</sch:pattern>"
    document = b'<o:order xmlns:o="urn:o">' + b"<o:line/>" * 500 + b"<o:id/></o:order>"
    found = breaches(tmp_path, body, document)
    assert ids(found) == ["F-ORD001"] * MOST_OF_A_RULE + ["W-ORD002"]
    assert found[-2].xpath == f"/order/line[{MOST_OF_A_RULE}]"


@pytest.mark.parametrize("path", DOCUMENT_FILES, ids=lambda path: path.stem)
def test_no_rule_for_lines_looks_at_the_children_of_the_root(path: Path) -> None:
    """Such a step is taken for every line and sees every line: quadratic."""
    for pattern in schematron.read(path).patterns:
        for rule_read in pattern:
            deep = not rule_read.context.startswith("/") or rule_read.context.count("/") > 1
            for assertion in rule_read.assertions if deep else ():
                unless_needed = assertion.holds.startswith("not(cbc:") or "DeliveryParty" in rule_read.context
                assert "/*/" not in assertion.holds or unless_needed, assertion


def test_a_thread_more_takes_no_stylesheet_more() -> None:
    document = sample("invoice")
    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(lambda _: rules.breaches("Invoice", parse(document)), range(100)))
    assert found == [[]] * 100
    assert len([one for one in threading.enumerate() if one.name.startswith("rules")]) <= rules.MOST_THREADS
