"""A readable order as a page and as plain text. The page is built as a tree, which escapes all that is said; it holds
no script, no link and no picture.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from app.orders.readable import Readable, Row

STYLE: Final = (
    "body{font-family:Arial,Helvetica,sans-serif;font-size:14px;color:#1b1b1b;max-width:800px;margin:24px auto;"
    "padding:0 16px}h1{font-size:22px}h2{font-size:16px;margin-top:24px}"
    ".first{border:2px solid #1b1b1b;padding:12px 16px;font-size:18px;font-weight:bold}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:6px 8px;"
    "border-bottom:1px solid #c8c8c8}td.number,th.number{text-align:right;white-space:nowrap}"
    "td.said{white-space:pre-line}.small{color:#555;font-size:12px}"
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may do with the page: apply its own style, and nothing else."""

NUMBERS: Final = 3
"""So many of the columns, from the right, hold numbers."""


def as_page(told: Readable, ending: str = "") -> str:
    """Write a page that stands by itself, with a small last line if there is one."""
    head = _node("head", _node("meta", charset="utf-8"), _node("title", told.title), _node("style", STYLE))
    end = [_node("p", ending, class_="small")] if ending else []
    page = _node("html", head, _node("body", *_body(told), *end), lang=told.language.value)
    return etree.tostring(page, method="html", encoding="unicode", doctype="<!DOCTYPE html>")


def _body(told: Readable) -> Iterator[etree._Element]:
    lines, remarks, billing = told.words.headings
    yield _node("h1", told.title)
    yield _node("p", told.headline, class_="first")
    yield _node("table", *(_node("tr", _node("th", name), _said(said)) for name, said in told.facts))
    if told.rows:
        yield _node("h2", lines)
        yield _table(told)
    if told.remarks:
        yield _node("h2", remarks)
        yield from (_node("p", remark) for remark in told.remarks)
    if told.billing:
        yield _node("h2", billing)
        yield _node("ul", _node("li", told.headline), *(_node("li", said) for said in told.billing))


def _table(told: Readable) -> etree._Element:
    columns = told.words.columns
    first = len(columns) - NUMBERS
    heads = (_node("th", name, class_="number" if at >= first else "") for at, name in enumerate(columns))
    sums = (
        _node("tr", _node("th", name, colspan=str(len(columns) - 1)), _node("td", amount, class_="number"))
        for name, amount in told.sums
    )
    return _node(
        "table",
        _node("thead", _node("tr", *heads)),
        _node("tbody", *(_row(row) for row in told.rows)),
        _node("tfoot", *sums),
    )


def _row(row: Row) -> etree._Element:
    numbers = (_node("td", text, class_="number") for text in (row.quantity, row.price, row.amount))
    return _node("tr", _node("td", row.line_id), _node("td", row.item_number), _said(row.item), *numbers)


def _said(lines: Iterable[str]) -> etree._Element:
    return _node("td", "\n".join(lines), class_="said")


def _node(tag: str, *children: "str | etree._Element", **attributes: str) -> etree._Element:
    """Make an element of at most one text, which begins it, and elements; `class_` is its class, if it has one."""
    node = etree.Element(tag, {name.rstrip("_"): value for name, value in attributes.items() if value})
    for child in children:
        if isinstance(child, str):
            node.text = child
        else:
            node.append(child)
    return node


def as_text(told: Readable) -> str:
    """Write the same as plain text."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Readable) -> Iterator[str]:
    lines, remarks, billing = told.words.headings
    yield from (told.title, "", told.headline.upper(), "")
    yield from (f"{name}: {', '.join(said)}" for name, said in told.facts)
    if told.rows:
        yield from ("", f"{lines}:")
        yield from (line for row in told.rows for line in _row_lines(row))
        yield from (f"{name}: {amount}" for name, amount in told.sums)
    if told.remarks:
        yield from ("", f"{remarks}:", *told.remarks)
    if told.billing:
        yield from ("", f"{billing}:", f"- {told.headline}.", *(f"- {said}" for said in told.billing))
    yield from ("", told.words.machine)


def _row_lines(row: Row) -> Iterator[str]:
    number = f" [{row.item_number}]" if row.item_number else ""
    yield f"{row.line_id}. {row.item[0]}{number}"
    yield from (f"   {said}" for said in row.item[1:])
    yield f"   {' | '.join(filter(None, (row.quantity, row.price, row.amount)))}"
    yield ""
