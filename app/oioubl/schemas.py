"""The XSD of the fourteen documents we exchange: loaded once a process, safe to ask from any thread."""

import re
import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from lxml import etree

from app.kit.errors import Fault, Invalid
from app.oioubl.limits import local_name
from app.oioubl.ubl import DOCUMENT_TYPES, PREFIXES, SCHEMAS

MOST_FAULTS: Final = 100

_UBL_NAMESPACE = re.compile(r"\{(urn:oasis:names:specification:ubl:schema:xsd:\w+-2)\}")
_lock = threading.Lock()


class UnknownDocument(Invalid):
    """The root element is none of the documents we exchange."""

    title = "Unknown kind of document"


def schema_folder() -> Path:
    """The folder of our own schema files, in an installed wheel or in the checkout."""
    return SCHEMAS


def schema_for(root_name: str) -> etree.XMLSchema:
    """The XSD for documents with this root, named without its namespace; all of them share one schema.

    Ask here before validating: the schema itself also takes a lone cac:Party for a document. Use only the verdict of
    this object, its `error_log` is shared by all threads; `document_faults` has the reasons.

    :raises UnknownDocument: when the root is none of `DOCUMENT_TYPES`.
    """
    if root_name not in DOCUMENT_TYPES:
        known = ", ".join(DOCUMENT_TYPES)
        raise UnknownDocument(f"The root element is {root_name}; a document is one of {known}.")
    with _lock:
        return _deciding_schema()


def document_faults(root: etree._Element) -> tuple[Fault, ...]:
    """Where a whole document breaks the XSD, in its own order and at most `MOST_FAULTS`; empty when it does not.

    :raises UnknownDocument: when the root is none of `DOCUMENT_TYPES`.
    """
    return _faults(schema_for(local_name(root)), root)


def part_faults(element: etree._Element) -> tuple[Fault, ...]:
    """The same for one element of a document alone, such as a cac:CatalogueLine while the rest streams by."""
    return _faults(schema_for("Catalogue"), element)


def _faults(schema: etree.XMLSchema, element: etree._Element) -> tuple[Fault, ...]:
    if schema.validate(element):
        return ()
    with _lock:
        explaining = _explaining_schema()
        explaining.validate(element)
        # The stubs do not say that an error log can be walked through.
        entries = list(cast("Iterable[Any]", explaining.error_log))
    top = local_name(element)
    return tuple(
        Fault(
            message=_UBL_NAMESPACE.sub(_prefix, entry.message),
            # libxml2 writes a star for an element in the default namespace, which the root nearly always is.
            xpath=re.sub(r"^/\*", f"/{top}", entry.path or "") or None,
            line=entry.line or None,
            rule_id="XSD",
        )
        for entry in entries[:MOST_FAULTS]
    )


def _prefix(found: re.Match[str]) -> str:
    prefix = PREFIXES.get(found[1])
    return f"{prefix}:" if prefix else ""


@cache
def _deciding_schema() -> etree.XMLSchema:
    return _load()


@cache
def _explaining_schema() -> etree.XMLSchema:
    # A second copy, used under the lock: a verdict asked for by another thread empties the log of the schema it asks.
    return _load()


def _load() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(schema_folder() / "xsd" / "documents.xsd"))
