"""The files of a benchmark: what happened, what is true, the invoices as OIOUBL, and what a system answered."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from app import dialects
from app.documents.invoice import Invoice
from bench.matchbench.world import Answer, Bill, Delivery, Event, Order, Played, Policy, Truth

POLICY, EVENTS, TRUTH, INVOICES = "policy.json", "events.jsonl", "truth.jsonl", "invoices"
_ORDER, _DELIVERY, _POLICY = TypeAdapter(Order), TypeAdapter(Delivery), TypeAdapter(Policy)
_TRUTH, _ANSWER = TypeAdapter(Truth), TypeAdapter(Answer)


def write(folder: Path, policy: Policy, events: Iterable[Event]) -> int:
    """Write a world into a folder, and give how many invoices it has. The same events make the same bytes."""
    (folder / INVOICES).mkdir(parents=True, exist_ok=True)
    (folder / POLICY).write_bytes(_POLICY.dump_json(policy, indent=1) + b"\n")
    count = 0
    with (folder / EVENTS).open("w", encoding="utf-8") as told, (folder / TRUTH).open("w", encoding="utf-8") as true:
        for event in events:
            told.write(_line(_told(event)))
            if isinstance(event, Bill):
                count += 1
                (folder / INVOICES / f"{event.id}.xml").write_bytes(dialects.write(event.invoice))
                true.write(_line(_true(event)))
    return count


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"


def _told(event: Event) -> dict[str, Any]:
    if isinstance(event, Order):
        return {"event": "order", **_ORDER.dump_python(event, mode="json")}
    if isinstance(event, Delivery):
        return {"event": "delivery", **_DELIVERY.dump_python(event, mode="json")}
    return {"event": "invoice", "id": event.id, "file": f"{INVOICES}/{event.id}.xml"}


def _true(bill: Bill) -> dict[str, Any]:
    invoice = bill.invoice.model_dump(mode="json", exclude_defaults=True)
    return {"id": bill.id, **_TRUTH.dump_python(bill.truth, mode="json"), "invoice": invoice}


def read_policy(folder: Path) -> Policy:
    return _POLICY.validate_json((folder / POLICY).read_bytes())


def read(folder: Path) -> Iterator[Event]:
    """Give what happened, as it was generated."""
    with (folder / EVENTS).open(encoding="utf-8") as told, (folder / TRUTH).open(encoding="utf-8") as true:
        for line in told:
            content = json.loads(line)
            kind = content.pop("event")
            if kind == "order":
                yield _ORDER.validate_python(content)
            elif kind == "delivery":
                yield _DELIVERY.validate_python(content)
            else:
                yield _bill(json.loads(next(true)))


def _bill(content: dict[str, Any]) -> Bill:
    bill_id, invoice = content.pop("id"), content.pop("invoice")
    return Bill(bill_id, Invoice.model_validate(invoice), _TRUTH.validate_python(content))


def with_answers(played: Iterable[Played], file: Path) -> Iterator[Played]:
    """Write down what a system answers while it is played; `event` is the number of the event, from 1."""
    with file.open("w", encoding="utf-8") as written:
        for number, one in enumerate(played, start=1):
            for answer in one.answers:
                written.write(_line({"event": number} | _ANSWER.dump_python(answer, mode="json")))
            yield one


def answered(folder: Path, file: Path) -> Iterator[Played]:
    """Give what happened with the answers of a file."""
    answers: dict[int, list[Answer]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        content = json.loads(line)
        answers.setdefault(content.pop("event"), []).append(_ANSWER.validate_python(content))
    for number, event in enumerate(read(folder), start=1):
        yield Played(event, tuple(answers.get(number, ())))
