"""A decision as a proof: the facts and the verdict as canonical JSON, from which anybody can decide again."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from app.documents.invoice import Invoice
from app.kit.money import plain
from app.match.engine.decision import Decision, Finding
from app.match.engine.facts import Case
from app.match.engine.matching import match

FORMAT = "prokura-match-proof/2"
READABLE = (FORMAT, "prokura-match-proof/1")
"""The first format had no seal and told no outcomes; its cases are as good."""

SEAL = "whole_sha256"
"""The last name in a proof's text: the hash of everything before it."""

Reader = Callable[[Any], Any]
"""Reads a plain JSON value back as what it stated."""

_PARTY = {"endpoint_id": True, "identifications": True, "legal_entity": {"company_id"}}
_REFERENCES = {"__all__": {"invoice": {"number"}, "line_id": True}}
_ITEM = {
    **dict.fromkeys(("name", "sellers_item_id", "standard_item_id", "buyers_item_id"), True),
    "tax_category": {"id", "percent"},
}
_LINE: dict[str, Any] = {
    "line_id": True,
    "quantity": True,
    "line_extension_amount": True,
    "free_of_charge": True,
    "order_line_references": True,
    "billing_references": _REFERENCES,
    "item": _ITEM,
    "price": {"price_amount", "currency", "base_quantity", "orderable_unit_factor_rate"},
}
_SUBTOTALS = {"__all__": {"taxable_amount": True, "tax_amount": True, "category": {"id", "percent"}}}
READ: dict[str, Any] = {
    "profile_id": True,
    "number": True,
    "issue_date": True,
    "document_type": True,
    "invoice_type_code": True,
    "document_currency_code": True,
    "order_reference": {"number"},
    "billing_references": _REFERENCES,
    "supplier": _PARTY,
    "customer": _PARTY,
    "payee": _PARTY,
    "payment_means": {
        "__all__": {"code", "payment_id", "instruction_id", "account_id", "branch_id", "credit_account_id"}
    },
    "allowance_charges": {"__all__": {"charge_indicator", "amount", "reason_code", "reason"}},
    "tax_totals": {"__all__": {"tax_amount": True, "subtotals": _SUBTOTALS}},
    "total": True,
    "lines": {"__all__": _LINE},
}
"""What the engine reads of an invoice; the rest is in the archived document."""


def _figure(value: Decimal) -> str:
    """Write a number in its one form: 10, 10.00 and 1E+1 are the same fact, however a database gave it."""
    text = plain(value)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _stated(value: object) -> Any:
    if isinstance(value, Invoice):
        return value.model_dump(mode="json", include=READ, exclude_defaults=True)
    if isinstance(value, Decimal):
        return _figure(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_stated(one) for one in value]
    kind: Any = type(value)
    if (defaults := _defaults(kind)) is not None:
        stated = ((name, default, getattr(value, name)) for name, default in defaults)
        return {name: _stated(one) for name, default, one in stated if default is MISSING or default != one}
    return value


@cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...] | None:
    """Give the fields of a dataclass, each with its default, or None for any other class."""
    return tuple((field.name, field.default) for field in fields(kind)) if is_dataclass(kind) else None


def _told(finding: Finding) -> dict[str, str]:
    texts = {
        "outcome": finding.outcome,
        "en": finding.message_en,
        "da": finding.message_da,
        "passes_en": finding.counterfactual_en,
        "passes_da": finding.counterfactual_da,
    }
    return {name: text for name, text in texts.items() if text is not None}


def _verdict(decision: Decision) -> dict[str, Any]:
    kept = tuple(finding for finding in decision.findings if not finding.agrees)
    stated: dict[str, Any] = _stated(replace(decision, findings=kept))
    return stated


def proof(case: Case, decision: Decision) -> dict[str, Any]:
    """State a case and its decision: plain JSON values, decimals as strings, defaults left out.

    Findings that plainly agree are left out, since deciding again gives them. `told` holds the words of the others as
    they were when decided, in their order, each with the outcome it leads to.
    """
    return {
        "format": FORMAT,
        "case": _stated(case),
        "decision": _verdict(decision),
        "told": [_told(finding) for finding in decision.findings if not finding.agrees],
    }


def canonical(stated: Mapping[str, Any]) -> bytes:
    """Write a proof in its one form: sorted keys, no blanks, UTF-8."""
    return json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(stated: Mapping[str, Any]) -> str:
    """Give the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(stated)).hexdigest()


def sealed(stated: Mapping[str, Any]) -> bytes:
    """Write a proof in its one form with its own hash as the last entry."""
    text = canonical(stated)
    return text[:-1] + f',"{SEAL}":"{hashlib.sha256(text).hexdigest()}"}}'.encode()


def _itself(value: Any) -> Any:
    return value


@cache
def _reader(hint: Any) -> Reader:
    """Give what reads a value of a type, made once a type: what a proof holds is read many times over by a replay."""
    if get_origin(hint) is UnionType:
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        each = _reader(get_args(hint)[0])
        return lambda values: tuple(map(each, values))
    if is_dataclass(hint) and isinstance(hint, type):
        return _facts_reader(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    known: dict[Any, Reader] = {Invoice: Invoice.model_validate, Decimal: Decimal, date: date.fromisoformat}
    return known.get(hint, _itself)


def _facts_reader(kind: type) -> Reader:
    found = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    readers = {name: reader for name, reader in found.items() if reader is not _itself}

    def read(values: Mapping[str, Any]) -> Any:
        return kind(**{name: readers[name](value) if name in readers else value for name, value in values.items()})

    return read


def case_of(stated: Mapping[str, Any]) -> Case:
    """Read the case of a proof back.

    :raises ValueError: when the proof is of another format.
    """
    if stated.get("format") not in READABLE:
        raise ValueError(f"not a {FORMAT}: {stated.get('format')!r}")
    case: Case = _reader(Case)(stated["case"])
    return case


def holds(stated: Mapping[str, Any], case: Case | None = None) -> bool:
    """Decide a proof's case, which is read unless it is at hand, again and tell whether the verdict is the same, to the
    last figure.
    """
    again = _verdict(match(case or case_of(stated), explain=False))
    return bool(again == stated["decision"])
