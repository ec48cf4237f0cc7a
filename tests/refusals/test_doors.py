"""What comes to the doors and is refused: named by field or rule, and nothing changes."""

import base64
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.demo import papers
from app.documents.order import Order, OrderLine
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.money import Quantity
from tests.client import Client
from tests.databases import row_counts
from tests.samples import sample
from tests.tokens import token
from tests.world import World

DAY = date(2026, 3, 2)
TAX = '<cbc:TaxExclusiveAmount currencyID="DKK">'


@pytest.fixture
def unchanged(world: World) -> Any:
    """Let the test run, and then see that no table has gained or lost a row."""
    before = row_counts(world.database)
    yield
    assert row_counts(world.database) == before


def bill_of(world: World, gln: str = papers.INSTITUTION_GLN) -> bytes:
    """Give an invoice that names an order nobody has."""
    one = Quantity(papers.Decimal(1), "EA")
    order = Order(
        profile_id=papers.PROFILE,
        number="404",
        issue_date=DAY,
        document_currency_code="DKK",
        buyer=papers.institution_party(gln),
        supplier=papers.supplier_party(),
        lines=(
            OrderLine(
                line_id="1",
                quantity=one,
                price=Price(price_amount=papers.Decimal("10.00"), base_quantity=one),
                item={"name": "Papir", "sellers_item_id": Identifier(value="1001")},
            ),
        ),
    )
    return papers.written(papers.bill(order, {"1": "1"}).but(customer=papers.institution_party(gln)))


def _doctype(content: bytes) -> bytes:
    return content.replace(b"<Invoice ", b'<!DOCTYPE Invoice [<!ENTITY x "y">]><Invoice ', 1)


UNREADABLE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda content: content[: len(content) // 2],
    "doctype": _doctype,
    "entity": lambda content: _doctype(content).replace(b"Eksempelstyrelsen", b"&x;"),
    "wrong root": lambda content: content.replace(b"Invoice ", b"Faktura ").replace(b"</Invoice>", b"</Faktura>"),
    "wrong namespace": lambda content: content.replace(b"schema:xsd:Invoice-2", b"schema:xsd:Order-2"),
    "empty": lambda content: content[:0],
    "no number": lambda content: content.replace(b"<cbc:ID>F-1001</cbc:ID>", b"", 1),
}


@pytest.mark.parametrize("door", ["/match", "/documents"])
@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.usefixtures("unchanged")
def test_what_is_no_document_is_refused_and_not_kept(world: World, kind: str, door: str) -> None:
    content = UNREADABLE[kind](bill_of(world))
    answer = world.client("invoice-system").upload(door, content)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (papers.PROFILE, "Procurement-Kassekladde-9.9", "F-LIB004"),
        ('unitCode="EA"', 'unitCode="PCE"', "F-LIB318"),
        (f"{TAX}2.50", f"{TAX}10.00", "F-INV127"),
    ],
)
def test_a_document_that_breaks_a_rule_is_kept_and_answered(world: World, old: str, new: str, rule: str) -> None:
    broken = bill_of(world).decode()
    assert old in broken
    answer = world.client("invoice-system").upload("/match", broken.replace(old, new).encode())
    assert (answer.status_code, answer.json()["outcome"]) == (200, "REJECTED_TECHNICAL")
    findings = answer.json()["decision"]["findings"]
    assert rule in [finding["code"] for finding in findings], findings
    kept = row_counts(world.database)
    assert (kept["invoice_case"], kept["outbox_item"], kept["allocation"]) == (1, 1, 0)


@pytest.mark.usefixtures("unchanged")
def test_an_invoice_for_an_organisation_of_somebody_else_is_refused(world: World) -> None:
    answer = world.client("invoice-system").upload("/match", bill_of(world, "5798000433823"))
    assert (answer.status_code, answer.json()["code"]) == (422, "receiver_unknown")
    assert "EndpointID" in answer.json()["errors"][0]["xpath"]


@pytest.mark.usefixtures("unchanged")
def test_unknown_fields_in_json_are_named(world: World) -> None:
    body = {"parent_id": str(world.root_id), "name": "Nyt kontor", "ean": "5798009882882"}
    answer = world.client("administrator").post("/organisations", body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/ean"]


@pytest.mark.usefixtures("unchanged")
def test_a_nul_character_is_refused(world: World) -> None:
    body = {"parent_id": str(world.root_id), "name": "Nyt\0kontor"}
    answer = world.client("administrator").post("/organisations", body)
    assert (answer.status_code, "NUL" in answer.json()["errors"][0]["message"]) == (422, True)


@pytest.mark.usefixtures("unchanged")
def test_a_gln_with_a_wrong_check_digit_is_not_registered(world: World) -> None:
    body = {"parent_id": str(world.root_id), "name": "Nyt kontor", "gln": "5798009882883"}
    answer = world.client("administrator").post("/organisations", body)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (422, "/gln")
    assert "P-GLN" in fault["message"]
    assert "2" in fault["message"]


@pytest.mark.usefixtures("unchanged")
def test_a_cvr_number_with_a_wrong_check_digit_is_not_registered(world: World) -> None:
    answer = world.client("content-manager").post("/suppliers", {"name": "Firma", "cvr": "16356706"})
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"], "P-CVR" in fault["message"]) == (422, "/cvr", True)


@pytest.mark.parametrize("quantity", ["-1", "0", 1.5, "1e3", "NaN", "1,5", ""])
@pytest.mark.usefixtures("unchanged")
def test_a_quantity_that_is_none_is_refused(world: World, quantity: Any) -> None:
    line = {"catalogue_line_id": str(world.root_id), "quantity": quantity}
    body = {"organisation_id": str(world.institution_id), "buyer_reference": "7778", "lines": [line]}
    answer = world.client("buyer").post("/orders", body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/lines/0/quantity"]


@pytest.mark.usefixtures("unchanged")
def test_a_catalogue_of_another_supplier_is_not_taken(world: World) -> None:
    answer = world.client("buyer").upload("/catalogues", papers.written(papers.catalogue(DAY)))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.usefixtures("unchanged")
def test_a_foreign_media_type_is_refused(world: World) -> None:
    answer = world.client("invoice-system").upload("/match", sample("invoice"), "application/pdf")
    assert answer.status_code == 415


def minted(world: World, head: dict[str, Any], body: dict[str, Any]) -> str:
    """Give an administrator's token with some of its header and claims changed, or left out, and signed anew."""
    good_head, good_body, _ = (
        json.loads(base64.urlsafe_b64decode(part + "===")) if index < 2 else None
        for index, part in enumerate(world.issuer.mint("administrator", world.clock).split("."))
    )
    changed = [
        {name: value for name, value in part.items() if value is not None}
        for part in (good_head | head, good_body | body)
    ]
    return token(*changed, sign=world.issuer._private.sign)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param({}, {"aud": None}, id="without aud"),
        pytest.param({}, {"exp": None}, id="without exp"),
        pytest.param({}, {"aud": "somebody-else"}, id="for another service"),
        pytest.param({"kid": "another"}, {}, id="wrong kid"),
        pytest.param({"kid": None}, {}, id="without kid"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_a_token_that_proves_too_little_is_refused(world: World, head: dict[str, Any], body: dict[str, Any]) -> None:
    weak = minted(world, head, body)
    answer = Client(world.app, lambda: weak).post("/organisations", {"parent_id": str(world.root_id), "name": "X"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_same_token_unchanged_is_good(world: World) -> None:
    good = minted(world, {}, {})
    assert Client(world.app, lambda: good).get("/me").status_code == 200


@pytest.mark.usefixtures("unchanged")
def test_a_document_above_the_limit_is_refused(world: World) -> None:
    answer = world.client("invoice-system").upload("/match", b"<Invoice>" + b" " * 34_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.usefixtures("unchanged")
def test_a_request_that_creates_needs_an_idempotency_key(world: World) -> None:
    answer = world.client("administrator").send(
        "POST", "/organisations", json={"parent_id": str(world.root_id), "name": "X"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
