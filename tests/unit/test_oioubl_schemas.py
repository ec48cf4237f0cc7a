"""What the XSD layer answers: the faults of a document, in words, whoever else is asking."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from app.oioubl.schemas import (
    MOST_FAULTS,
    UnknownDocument,
    document_faults,
    part_faults,
    schema_folder,
    schema_for,
)
from app.oioubl.ubl import CAC, CBC, DOCUMENT_TYPES, namespace_of

CANCELLATION = f"""<OrderCancellation xmlns="{namespace_of("OrderCancellation")}"
    xmlns:cac="{CAC}" xmlns:cbc="{CBC}">
  <cbc:ID>O-2</cbc:ID>
  <cbc:IssueDate>2026-03-02</cbc:IssueDate>
  <cbc:CancellationNote>Leveres for sent</cbc:CancellationNote>
  <cac:OrderReference><cbc:ID>O-1</cbc:ID></cac:OrderReference>
  <cac:BuyerCustomerParty/>
  <cac:SellerSupplierParty/>
</OrderCancellation>"""


def test_a_document_that_fits_has_no_faults() -> None:
    assert document_faults(etree.fromstring(CANCELLATION)) == ()


def test_a_fault_names_the_element_its_place_and_the_layer() -> None:
    (fault,) = document_faults(etree.fromstring(CANCELLATION.replace("2026-03-02", "2026-02-30")))
    assert fault.rule_id == "XSD"
    assert fault.line == 4
    assert fault.xpath == "/OrderCancellation/cbc:IssueDate"
    assert fault.message.startswith("Element 'cbc:IssueDate': '2026-02-30' is not a valid value")


def test_of_very_many_faults_the_first_are_told() -> None:
    root = etree.fromstring(CANCELLATION)
    for _ in range(MOST_FAULTS + 10):
        root[2].addnext(etree.Element(root[2].tag, colour="blue"))
    faults = document_faults(root)
    assert len(faults) == MOST_FAULTS
    assert [fault.xpath for fault in faults[:2]] == [
        "/OrderCancellation/cbc:CancellationNote[2]",
        "/OrderCancellation/cbc:CancellationNote[3]",
    ]


@pytest.mark.parametrize("name", ["Party", "Statement", "html"])
def test_only_the_documents_we_exchange_are_taken_as_documents(name: str) -> None:
    root = etree.Element(f"{{{CAC}}}{name}")
    with pytest.raises(UnknownDocument, match=f"root element is {name}; .* Catalogue,"):
        document_faults(root)


@pytest.mark.parametrize("namespace", ["", "{urn:x}", f"{{{CAC}}}"])
def test_the_right_name_in_another_namespace_is_a_fault(namespace: str) -> None:
    root = etree.Element(f"{namespace}OrderCancellation")
    root.extend(etree.fromstring(CANCELLATION))
    assert "No matching global declaration" in document_faults(root)[0].message


def test_every_document_we_exchange_has_its_own_file_and_root() -> None:
    files = {path.stem for path in (schema_folder() / "xsd").glob("[A-Z]*.xsd")}
    assert files == set(DOCUMENT_TYPES)
    for name in DOCUMENT_TYPES:
        empty = etree.Element(f"{{{namespace_of(name)}}}{name}")
        assert not schema_for(name).validate(empty)
        assert "Missing child element(s)" in document_faults(empty)[0].message


def test_one_line_can_be_checked_alone() -> None:
    line = etree.fromstring(f'<CatalogueLine xmlns="{CAC}" xmlns:cbc="{CBC}"><cbc:ID>1</cbc:ID><Item/></CatalogueLine>')
    assert part_faults(line) == ()
    line.remove(line[1])
    assert "Expected is one of" in part_faults(line)[0].message


def test_each_thread_gets_the_faults_of_its_own_document() -> None:
    def ask(number: int) -> bool:
        root = etree.fromstring(CANCELLATION.replace("2026-03-02", f"day {number}"))
        whole = etree.fromstring(CANCELLATION)
        faults = document_faults(root)
        return len(faults) == 1 and f"'day {number}'" in faults[0].message and document_faults(whole) == ()

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(2000)))
