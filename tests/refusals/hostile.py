"""Documents made to hurt, and a program that validates them all in bounded memory: `python -m tests.refusals.hostile`.

With `--measure` it tells the time and the peak of memory of each instead.
"""

import gzip
import io
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from app.oioubl.stream import validate_catalogue
from app.oioubl.validation import Report, validate
from tests.samples import sample

MOST_MEMORY = 700 * 1024 * 1024
MILLION = 1_000_000
ORDER = sample("order")
ROOT = b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'>"
DECLARED = re.compile(rb"<\?xml[^>]*\?>\s*")


def declared(encoding: str, document: bytes = ORDER) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + DECLARED.sub(b"", document)


def doctype(subset: str, entity: str = "x") -> bytes:
    return f"<!DOCTYPE Order [{subset}]><Order>&{entity};</Order>".encode()


def laughs() -> bytes:
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    return doctype(f"<!ENTITY e0 'ha'>{entities}", "e9")


def quadratic() -> bytes:
    return f"<!DOCTYPE Order [<!ENTITY x '{'a' * 100_000}'>]><Order>{'&x;' * 100_000}</Order>".encode()


def inside(part: bytes, times: int = 1) -> bytes:
    return ROOT + part * times + b"</Order>"


def into_order(part: bytes, times: int = 1) -> bytes:
    return ORDER.replace(b"<cac:BuyerCustomerParty>", part * times + b"<cac:BuyerCustomerParty>", 1)


def many_lines(count: int, ids: int = MILLION) -> bytes:
    """Give the order with its first line many times; so many IDs take turns."""
    start, end = ORDER.index(b"<cac:OrderLine>"), ORDER.rindex(b"</cac:OrderLine>") + len(b"</cac:OrderLine>")
    first = ORDER[start : ORDER.index(b"</cac:OrderLine>") + len(b"</cac:OrderLine>")]
    before, after = first.split(b"<cbc:ID>1</cbc:ID>", 1)
    lines = (b"%s<cbc:ID>%d</cbc:ID>%s" % (before, number % ids, after) for number in range(count))
    return ORDER[:start] + b"".join(lines) + ORDER[end:]


# Refused before anything is made of them.
SYNTAX: Mapping[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "blanks": lambda: b" \n\t" * 1000,
    "fifty megabytes": lambda: into_order(b"<!--" + b" " * 50 * MILLION + b"-->"),
    "five million elements": lambda: inside(b"<b/>", 5 * MILLION),
    "five million comments": lambda: inside(b"<!---->", 4 * MILLION),
    "depth 10,000": lambda: inside(b"<b>" * 10_000 + b"</b>" * 10_000),
    "depth 2,000,000": lambda: inside(b"<b>" * 2 * MILLION),
    "text of 20 MB": lambda: inside(b"x" * 20 * MILLION),
    "attribute of 20 MB": lambda: inside(b"<b a='" + b"x" * 20 * MILLION + b"'/>"),
    "name of 20 MB": lambda: inside(b"<" + b"x" * 20 * MILLION + b"/>"),
    "1,000,000 attributes of one element": lambda: inside(
        b"<b" + b"".join(b" a%d=''" % n for n in range(MILLION)) + b"/>"
    ),
    "400,000 attributes of one element, then cut off": lambda: inside(
        b"<b" + b"".join(b" a%d=''" % n for n in range(400_000))
    ),
    "1,000,000 attributes": lambda: inside(b"<b a='' b='' c='' d=''/>", MILLION // 4),
    "1,000,000 namespaces of one element": lambda: inside(
        b"<b" + b"".join(b" xmlns:a%d='u'" % n for n in range(MILLION)) + b"/>"
    ),
    "1,000,000 namespaces": lambda: inside(b"<b xmlns:a='u' xmlns:b='u' xmlns:c='u' xmlns:d='u'/>", MILLION // 4),
    "400,000 notes": lambda: into_order(b"<cbc:Note languageID='da'/>", 400_000),
    "15,000 lines of one ID": lambda: many_lines(15_000, 1),
    "entities in entities": laughs,
    "one entity many times": quadratic,
    "internal entity": lambda: ORDER.replace(b"<Order ", b"<!DOCTYPE Order [<!ENTITY n '7'>]><Order ", 1).replace(
        b"<cbc:ID>", b"<cbc:ID>&n;", 1
    ),
    "DOCTYPE alone": lambda: ORDER.replace(b"<Order ", b"<!DOCTYPE Order><Order ", 1),
    "external entity": lambda: doctype("<!ENTITY x SYSTEM 'file:///etc/hostname'>"),
    "external parameter entity": lambda: doctype("<!ENTITY % p SYSTEM 'file:///etc/hostname'> %p;"),
    "external DTD": lambda: b"<!DOCTYPE Order SYSTEM 'file:///etc/hostname'>" + DECLARED.sub(b"", ORDER),
    "DOCTYPE in UTF-16": lambda: ("\ufeff" + doctype("<!ENTITY x 'y'>").decode()).encode("utf-16-le"),
    "DOCTYPE in UTF-16 without a mark": lambda: (
        '<?xml version="1.0" encoding="UTF-16"?>' + doctype("<!ENTITY x 'y'>").decode()
    ).encode("utf-16-be"),
    "gzip": lambda: gzip.compress(ORDER, mtime=0),
    "invalid UTF-8": lambda: ORDER.replace(b"Order", b"Order\xc3\x28", 1),
    "Latin-1 called UTF-8": lambda: into_order("<cbc:Note>På</cbc:Note>".encode("latin-1")),
    "UTF-7": lambda: declared("UTF-7").replace(b"<cbc:ID>", b"+ADw-cbc:ID>", 1),
    "unknown encoding": lambda: declared("klingon"),
    "EBCDIC": lambda: declared("IBM037").decode().encode("cp037", "replace"),
    "UTF-32": lambda: declared("UTF-32").decode().encode("utf-32-le"),
    "encoding behind 2,000 blanks": lambda: declared("UTF-8").replace(b" encoding", b" " * 2_000 + b"encoding", 1),
    "NUL": lambda: ORDER.replace(b"<cbc:ID>", b"<cbc:ID>\x00", 1),
    "two byte order marks": lambda: b"\xef\xbb\xbf" * 2 + DECLARED.sub(b"", ORDER),
    "byte order mark before the root": lambda: declared("UTF-8", b"\xef\xbb\xbf" + DECLARED.sub(b"", ORDER)),
    "processing instruction called xml": lambda: into_order(b"<?xml version='1.0'?>"),
}
# Well-formed, at the limits, and not UBL.
XSD: Mapping[str, Callable[[], bytes]] = {
    "as many elements, attributes and texts as there may be": lambda: inside(
        b"<c>" + b"<b a=''/>x" * 990 + b"</c>", 500
    ),
    "xi:include": lambda: into_order(
        b"<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='/etc/hostname' parse='text'/>"
    ),
    "10,000 lines that each break the XSD": lambda: many_lines(10_000).replace(
        b"cbc:LineExtensionAmount", b"cbc:LineExtensionSum"
    ),
    "400,000 attributes that each break the XSD": lambda: (
        inside(b"<c>" + b"<b a=''/>" * 900 + b"</c>", 440)
        .replace(b"<c>", b"<OrderLine>")
        .replace(b"</c>", b"</OrderLine>")
    ),
    "attribute of 5 MB": lambda: into_order(b"<cbc:Note languageID='" + b"x" * 5 * MILLION + b"'/>"),
}
RULES: Mapping[str, Callable[[], bytes]] = {
    "15,000 lines that each break a rule": lambda: many_lines(15_000).replace(b'unitCode="', b'unitCode="x'),
    "1,000 lines of each ID": lambda: many_lines(15_000, 15),
}
VALID: Mapping[str, Callable[[], bytes]] = {
    "xsi:schemaLocation": lambda: ORDER.replace(
        b"<Order ",
        b"<Order xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='urn:a http://127.0.0.1:9/' ",
        1,
    ),
    "processing instructions": lambda: into_order(b"<?xml-stylesheet href='http://127.0.0.1:9/'?><?a b?>"),
    "byte order mark in a text": lambda: ORDER.replace(b"<cbc:ID>", b"<cbc:ID>a\xef\xbb\xbf", 1),
}
DOCUMENTS: Mapping[str, Callable[[], bytes]] = {**SYNTAX, **XSD, **RULES, **VALID}


def streamed(document: bytes) -> Report:
    return validate_catalogue(io.BytesIO(document))


def peak() -> int:
    """Give the most memory since it was last asked, in bytes."""
    status = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM")) * 1024


def measure() -> None:
    for name, make in DOCUMENTS.items():
        document = make()
        told = []
        for check in (validate, streamed):
            before = peak() and peak()
            started = time.perf_counter()
            report = check(document)
            seconds = time.perf_counter() - started
            rules = ",".join(report.fatal_rules)
            told.append(f"{seconds * 1000:8.1f} ms {(peak() - before) / 1e6:6.1f} MB {rules:12}")
        sys.stdout.write(f"{name:56} {len(document):9} {' | '.join(told)}\n")


def main() -> None:
    validate(ORDER)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MOST_MEMORY, used + MOST_MEMORY))
    json.dump({name: _told(make()) for name, make in DOCUMENTS.items()}, sys.stdout)


def _told(document: bytes) -> list[list[str]]:
    reports = (validate(document), streamed(document))
    return [[*report.fatal_rules, *(finding.message_en for finding in report.findings[:1])] for report in reports]


if __name__ == "__main__":
    measure() if "--measure" in sys.argv else main()
