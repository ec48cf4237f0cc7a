"""The stage: callers with tokens, and each step printed with what was sent and answered, in a form for people."""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

SHORT_ID = re.compile(r"([0-9a-f]{8})-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{8}([0-9a-f]{4})")
SHORTER = r"\1…\2"

PATIENCE_SECONDS = 10
PAUSE_SECONDS = 0.1

TELLING = ("number", "name", "title", "glns", "status", "state", "outcome", "total_amount", "currency", "id", "version")


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
        line = Text.assemble((f"{self._steps:>2}  ", "bold cyan"), (who, "italic magenta"), ("  " + title, "bold"))
        self.console.print()
        self.console.print(line)

    def get(self, who: str, path: str, accept: str = "application/json", **params: str) -> httpx.Response:
        answer = self.http.get(path, params=params, headers=self._headers(who) | {"Accept": accept})
        return self._checked(answer, 200)

    def peek(self, who: str, path: str) -> dict[str, Any]:
        """Give what a caller reads, and show nothing."""
        return dict(self.http.get(path, headers=self._headers(who)).json())

    def post(
        self,
        who: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        expect: int = 200,
        etag: str = "",
        quiet: bool = False,
    ) -> dict[str, Any]:
        """Send JSON and give the answer's JSON; both are shown, unless it is one of many like it."""
        return self.ask(who, "POST", path, body, expect=expect, etag=etag, quiet=quiet)

    def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        expect: int = 200,
        etag: str = "",
        quiet: bool = False,
    ) -> dict[str, Any]:
        """Send JSON by any method and give the answer's JSON, as `post` does."""
        self._keys += 1
        headers = self._headers(who) | {"Idempotency-Key": f"demo-{self._keys}"}
        if etag:
            headers["If-Match"] = etag
        answer = self._checked(self.http.request(method, path, json=body, headers=headers), expect, quiet=quiet)
        if not quiet:
            self._show("sent", body or {})
            self._show("answered", _telling(answer.json()))
        return dict(answer.json())

    def send(self, who: str, path: str, document: bytes, *, expect: int = 200) -> dict[str, Any]:
        """Send an OIOUBL document and give the answer's JSON."""
        headers = self._headers(who) | {"Content-Type": "application/xml"}
        answer = self._checked(self.http.post(path, content=document, headers=headers), expect)
        self._show("answered", _telling(answer.json()))
        return dict(answer.json())

    def _headers(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token_of(who)}"}

    def _show(self, what: str, values: Mapping[str, Any]) -> None:
        if values:
            told = json.dumps(values, ensure_ascii=False)
            line = Text(f"      {what} {SHORT_ID.sub(SHORTER, told)}", style="dim")
            self.console.print(line, no_wrap=True, overflow="ellipsis", crop=True)

    def _checked(self, answer: httpx.Response, expect: int, *, quiet: bool = False) -> httpx.Response:
        request = answer.request
        path = SHORT_ID.sub(SHORTER, request.url.raw_path.decode())
        size = f" ({len(request.content):,} bytes)" if request.content else ""
        if not quiet:
            arrow = f"    {request.method} {path}{size} → {answer.status_code} {answer.reason_phrase}"
            self.console.print(arrow, style="cyan", highlight=False)
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

    def until(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait for the server's worker, ten seconds at most.

        :raises StepError: when it has not happened by then.
        """
        for _ in range(round(PATIENCE_SECONDS / PAUSE_SECONDS)):
            if happened():
                break
            time.sleep(PAUSE_SECONDS)
        self.must(what, holds=happened())

    def say(self, text: str) -> None:
        self.console.print(f"    {escape(text)}", highlight=False)

    def document(self, title: str, content: bytes, lines: int = 12) -> None:
        """Show the beginning of an XML document, without its declaration and the root's namespaces."""
        shown = content.decode().splitlines()[2:]
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


def _telling(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a person wants to know of an answer."""
    return {name: answer[name] for name in TELLING if answer.get(name) is not None}
