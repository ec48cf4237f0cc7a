"""Validation reports as a person reads them in a terminal, or as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape

from app.oioubl.validation import Report

_COLOURS = {"F": "red", "W": "yellow", "P": "cyan"}


def print_reports(out: Console, reports: Mapping[str, Report], *, as_json: bool) -> None:
    """Print the report on each file: its verdict, what each layer said, and every finding with its place."""
    if as_json:
        told = {name: asdict(report) | {"valid": report.is_valid} for name, report in reports.items()}
        out.print_json(json.dumps(told, ensure_ascii=False))
        return
    for name, report in reports.items():
        verdict = "[green]valid[/]" if report.is_valid else "[red]not valid[/]"
        layers = ", ".join(f"{layer.name} {layer.outcome}" for layer in report.layers)
        out.print(f"[bold]{escape(name)}[/]  {report.document_type or 'unknown document'}: {verdict} ({layers})")
        for finding in report.findings:
            colour = _COLOURS[finding.severity]
            place = f"line {finding.line}, {finding.xpath}" if finding.line else finding.xpath or ""
            out.print(f"  [{colour}]{finding.rule_id}[/] {escape(place)}")
            out.print(f"    {escape(finding.message_en)}\n    {escape(finding.message_da)}", highlight=False)
