"""The stage: callers with tokens, and each step printed with what was sent and answered, in a form for people."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text


class StepError(Exception):
    """A step did not do what it should; the demo ends here."""


@dataclass
class Stage:
    """Where the story is played: the server, the tokens of its people, and the screen."""

    http: httpx.Client
    token_of: Callable[[str], str]
    console: Console
    _steps: int = 0
    _keys: int = field(default=0)

    def chapter(self, title: str) -> None:
        self.console.rule(f"[bold]{title}", style="cyan")

    def step(self, title: str, who: str) -> None:
        self._steps += 1
        line = Text.assemble((f"{self._steps:>2}  ", "bold cyan"), (title, "bold"), (f"   {who}", "italic magenta"))
        self.console.print()
        self.console.print(line)

    def get(self, who: str, path: str, accept: str = "application/json", **params: str) -> httpx.Response:
        answer = self.http.get(path, params=params, headers=self._headers(who) | {"Accept": accept})
        return self._checked(answer, 200)

    def post(
        self, who: str, path: str, body: Mapping[str, Any] | None = None, *, expect: int = 200, etag: str = ""
    ) -> dict[str, Any]:
        """Send JSON and give the answer's JSON."""
        self._keys += 1
        headers = self._headers(who) | {"Idempotency-Key": f"demo-{self._keys}"}
        if etag:
            headers["If-Match"] = etag
        answer = self._checked(self.http.post(path, json=body, headers=headers), expect)
        return dict(answer.json())

    def send(self, who: str, path: str, document: bytes, *, expect: int = 200) -> dict[str, Any]:
        """Send an OIOUBL document and give the answer's JSON."""
        headers = self._headers(who) | {"Content-Type": "application/xml"}
        answer = self._checked(self.http.post(path, content=document, headers=headers), expect)
        return dict(answer.json())

    def _headers(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token_of(who)}"}

    def _checked(self, answer: httpx.Response, expect: int) -> httpx.Response:
        request = answer.request
        size = f" {len(request.content)} bytes" if request.content else ""
        arrow = f"    {request.method} {request.url.path}{size} → {answer.status_code} {answer.reason_phrase}"
        self.console.print(arrow, style="dim", highlight=False)
        if answer.status_code != expect:
            raise StepError(f"expected {expect}, got {answer.status_code}: {answer.text}")
        return answer

    def must(self, what: str, *, holds: bool) -> None:
        """Print what the step showed, or end the demo when it did not.

        :raises StepError: when it does not hold.
        """
        if not holds:
            raise StepError(what)
        self.console.print(f"    [green]✓[/] {escape(what)}", highlight=False)

    def say(self, text: str) -> None:
        self.console.print(f"    {escape(text)}", highlight=False)

    def document(self, title: str, content: bytes, lines: int = 12) -> None:
        """Show the beginning of an XML document."""
        shown = content.decode().splitlines()
        head = "\n".join(shown[:lines]) + ("\n…" if len(shown) > lines else "")
        self.console.print(Panel(Text(head), title=title, border_style="dim"))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        shown = Table(*columns, title=title, title_justify="left", header_style="bold")
        for row in rows:
            shown.add_row(*(escape(cell) for cell in row))
        self.console.print(shown)

    def explanation(self, case: Mapping[str, Any]) -> None:
        """Show why an invoice was decided as it was: every finding, and what would have passed."""
        rows = [
            (
                finding["code"],
                finding.get("invoice_line_id") or "",
                finding["message_da"],
                finding.get("counterfactual_da") or "",
            )
            for finding in case["decision"]["findings"]
        ]
        title = f"{case['document_type']} {case['number']}: {case['outcome']}"
        self.table(title, ("code", "line", "finding", "what would pass"), rows)

    def json(self, value: Any) -> None:
        self.console.print_json(json.dumps(value, ensure_ascii=False))
