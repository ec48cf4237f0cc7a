"""Lines of a document that its version does not have, or that kept the version out."""

from collections.abc import Mapping
from typing import Any

from app.catalogs.models import CatalogueVersion
from app.organisations.answers import LineReason


def left_out(version: CatalogueVersion) -> list[LineReason]:
    """Give such lines as far as they are named, each once with the first thing that is wrong with it."""
    named: dict[str, str] = {}
    for fault in version.faults:
        if fault.get("line_id"):
            named.setdefault(fault["line_id"], _reason(fault))
    return [LineReason(line_id, reason) for line_id, reason in named.items()]


def _reason(fault: Mapping[str, Any]) -> str:
    rule = f"{fault['rule_id']}: " if fault.get("rule_id") else ""
    return rule + str(fault["message"]).removeprefix(f"line {fault['line_id']}: ")
