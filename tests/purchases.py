"""Orders and what belongs to them, made at the doors: drafts, decisions, policies, people, and suppliers' answers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import text
from sqlmodel import col, select

from app import dialects
from app.demo import papers
from app.documents.order import Order
from app.documents.order_response import AnsweredLine, OrderResponse, OrderResponseLine
from app.documents.values import DocumentReference
from app.kit.archive import ArchivedDocument, Direction
from app.kit.demo_issuer import NAME as ISSUER
from app.kit.money import Quantity, rounded
from app.oioubl import ubl
from app.oioubl.validation import fatal_rules
from tests.policies import publish_policy
from tests.story import Story


def etag(thing: Mapping[str, Any]) -> dict[str, str]:
    return {"If-Match": f'"{thing["version"]}"'}


def item(story: Story, words: str, who: str = "buyer") -> str:
    """Give the id of the first catalogue line found by some words."""
    found = story[who].get("/catalogue-lines", q=words).json()["data"]
    return str(found[0]["id"])


def draft(story: Story, who: str = "buyer", **lines: str) -> httpx.Response:
    """Make an order: words to find a line by, to quantity."""
    wanted = [{"catalogue_line_id": item(story, words), "quantity": quantity} for words, quantity in lines.items()]
    return order(story, wanted, who)


def order(story: Story, lines: list[dict[str, Any]], who: str = "buyer", **fields: Any) -> httpx.Response:
    body = {"organisation_id": str(story.world.institution_id), "buyer_reference": "7778", "lines": lines}
    return story[who].post("/orders", body | fields)


def act(story: Story, who: str, thing: Mapping[str, Any], action: str, body: Any = None) -> httpx.Response:
    """Do something to an order as it was last seen."""
    return story[who].post(f"/orders/{thing['id']}/{action}", body, headers=etag(thing))


def done(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def pointers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [fault["pointer"] for fault in answer.json()["errors"]]


def submitted(story: Story, who: str = "buyer", **lines: str) -> dict[str, Any]:
    return done(act(story, who, done(draft(story, who, **lines), 201), "submit"))


def shown(story: Story, thing: Mapping[str, Any], who: str = "buyer") -> dict[str, Any]:
    return done(story[who].get(f"/orders/{thing['id']}"))


def set_policy(story: Story, kind: str, **rule: str) -> None:
    publish_policy(story.world, story.world.institution_id, {"kind": kind, **rule})


def person(
    story: Story, subject: str, *roles: str, prokura: str | None = None, place: str = "institution", **scope: str
) -> None:
    """Register somebody with roles at a place, and maybe with order prokura there."""
    administrator, at = story["administrator"], str(story.world.organisations[place])
    long_ago = {"valid_from": "2026-01-01"}
    body = {"issuer": ISSUER, "subject": subject, "name": subject, "kind": "PERSON", "organisation_id": at}
    user = {"user_id": done(administrator.post("/users", body), 201)["id"]}
    for role in roles:
        where = scope or {"organisation_id": at}
        done(administrator.post("/role-grants", user | {"role": role} | where | long_ago), 201)
    if prokura is not None:
        limit = {"part": "ORDER", "max_amount": prokura, "organisation_id": at}
        done(administrator.post("/prokura", user | limit | long_ago), 201)


def sql(story: Story, statement: str, **values: Any) -> None:
    """Change what no door changes."""
    story.world.database.run(lambda session: session.connection().execute(text(statement), values))


def tasks(story: Story, who: str, about: str) -> list[tuple[str, str]]:
    """Give the tasks that somebody has about a thing: type and state."""
    found = done(story[who].get("/tasks"))["data"]
    return [(task["type"], task["state"]) for task in found if task["subject_id"] == about]


def response(document: Order, changes: Mapping[str, Mapping[str, Any]] | None = None, **fields: Any) -> OrderResponse:
    """Answer an order line by line as ordered, but for changes: `quantity`, `later` (on back-order), `price`, `status`
    (a line status code), `substitution` (why it is another), `substitutes`, `delivery`.
    """
    lines = tuple(_answer(line, (changes or {}).get(line.line_id, {})) for line in document.lines)
    values: dict[str, Any] = {
        "profile_id": document.profile_id,
        "number": f"BEK-{document.number}",
        "issue_date": document.issue_date,
        "document_currency_code": document.document_currency_code,
        "order_reference": DocumentReference(number=document.number),
        "supplier": papers.supplier_party(),
        "buyer": papers.institution_party(),
        "lines": lines,
    }
    return OrderResponse.model_validate(values | fields)


def _answer(line: Any, change: Mapping[str, Any]) -> OrderResponseLine:
    quantity = Decimal(change.get("quantity", line.quantity.value))
    price, later = line.price, change.get("later")
    if price is not None and "price" in change:
        price = price.but(price_amount=Decimal(change["price"]))
    amount = rounded(price.unit_price * quantity) if price is not None else line.line_extension_amount
    return OrderResponseLine(
        line=AnsweredLine(
            line_id=line.line_id,
            line_status_code=change.get("status", "NoStatus"),
            quantity=Quantity(quantity, line.quantity.unit_code),
            back_order_quantity=Quantity(Decimal(later), line.quantity.unit_code) if later is not None else None,
            delivery=change.get("delivery"),
            line_extension_amount=change.get("amount", amount),
            price=price,
            item=line.item,
        ),
        substitution_status_code=change.get("substitution"),
        substitutes=change.get("substitutes", ()),
    )


def post_document(story: Story, document: Any, who: str = "supplier") -> dict[str, Any]:
    """Hand a document in, let the worker work, and give what became of it."""
    content = document if isinstance(document, bytes) else papers.written(document)
    kept = done(story[who].upload("/documents", content), 202)
    story.work()
    return done(story[who].get(f"/documents/{kept['id']}"))


def left(story: Story, kind: str) -> list[Any]:
    """Give the documents of a kind that have left, each of which is valid."""
    query = select(ArchivedDocument).where(
        ArchivedDocument.document_type == kind, ArchivedDocument.direction == Direction.OUT
    )
    found = story.world.database.run(lambda session: session.exec(query.order_by(col(ArchivedDocument.id))).all())
    for row in found:
        assert fatal_rules(row.content) == []
    return [dialects.read(ubl.parse(row.content)) for row in found]
