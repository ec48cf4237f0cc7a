"""Invoices and credit notes on an order, and what the service made of them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import httpx
from sqlalchemy import text
from sqlmodel import col, select

from app.demo import papers
from app.documents.invoice import BillingReference, Invoice
from app.documents.order import Order
from app.documents.values import DocumentReference
from app.match.checker import verify
from app.match.engine.proof import holds
from app.match.models import MatchDecision
from app.match.proof_schema import proof_schema
from tests.purchases import done, etag
from tests.schemas import faults
from tests.story import Story

SCHEMA = proof_schema()


def bill(document: Order, number: str = "F-1001", /, prices: Mapping[str, str] | None = None, **lines: str) -> bytes:
    """Bill quantities of lines, `_1="10"` for ten of line 1."""
    return papers.written(invoice(document, number, prices=prices, **lines))


def invoice(
    document: Order, number: str = "F-1001", /, prices: Mapping[str, str] | None = None, **lines: str
) -> Invoice:
    quantities = {name.lstrip("_"): quantity for name, quantity in lines.items()}
    return papers.bill(document, quantities, number=number, prices=prices)


def credit(document: Order, number: str, invoiced: str | None, /, **lines: str) -> bytes:
    """Credit quantities of lines of an invoice, or without naming any."""
    references = (BillingReference(invoice=DocumentReference(number=invoiced)),) if invoiced is not None else ()
    note = invoice(document, number, **lines).but(
        document_type="CreditNote",
        profile_id="Procurement-BilSim-1.0",
        invoice_type_code=None,
        billing_references=references,
        order_reference=None,
    )
    plain = tuple(line.but(order_line_references=()) for line in note.lines)
    return papers.written(note.but(lines=plain))


def seen(story: Story, case: Mapping[str, Any], who: str = "invoice-handler") -> dict[str, Any]:
    return done(story[who].get(f"/match/{case['id']}"))


def matched(story: Story, case: Mapping[str, Any], who: str = "invoice-handler") -> dict[str, Any]:
    """Give a case as `POST /match` answers it: without what waits, what was written and what may be done, and without
    the findings that agree.
    """
    beside = ("tasks", "allowed_actions", "corrections", "notes")
    found = {name: value for name, value in seen(story, case, who).items() if name not in beside}
    return found | {"decision": briefly(found["decision"])}


def briefly(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Give a decision as it is answered when it is made: the findings that agree are only counted."""
    told = [one for one in decision["findings"] if one["code"] not in decision["agreeing"]]
    return {**decision, "findings": told}


def handle(
    story: Story, who: str, case: Mapping[str, Any], action: str, body: Mapping[str, Any] | None = None, **fields: Any
) -> httpx.Response:
    """Do something with an invoice as it was last seen."""
    return story[who].post(f"/match/{case['id']}/{action}", {**(body or {}), **fields}, headers=etag(case))


def counters(story: Story, order_id: str, *names: str) -> list[tuple[str, ...]]:
    """Give counters of an order's lines, as the database holds them."""
    lines = done(story["buyer"].get(f"/orders/{order_id}"))["lines"]
    return [tuple(line[name] for name in names) for line in lines]


def held(story: Story) -> list[Any]:
    """Give what waiting invoices hold of each line."""
    statement = text("SELECT held_quantity FROM purchase_order_line ORDER BY position")
    scale = 10**6 if story.world.database.is_sqlite else 1
    rows = story.world.database.run(lambda session: session.connection().execute(statement).all(), write=False)
    return [row[0] / scale for row in rows]


def decisions(story: Story) -> list[MatchDecision]:
    query = select(MatchDecision).order_by(col(MatchDecision.invoice_id), col(MatchDecision.sequence))
    return list(story.world.database.run(lambda session: session.exec(query).all(), write=False))


def every_proof_holds(story: Story) -> int:
    """Check each stored proof on its own: its hash, its sums, and that deciding it again gives the same verdict."""
    found = [one for one in decisions(story) if one.outcome != "REJECTED_TECHNICAL"]
    for one in found:
        assert hashlib.sha256(one.proof.encode()).hexdigest() == one.proof_sha256
        proof = json.loads(one.proof)
        match = proof.get("match") if one.trigger in ("PERSON", "NETTED") else proof
        assert match is None or holds(match), one.outcome
        assert match is not proof or verify(one.proof.encode()) == []
        assert match is not proof or list(faults(proof, SCHEMA)) == []
    return len(found)
