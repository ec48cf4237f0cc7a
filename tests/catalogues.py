"""Catalogues to test with, as their supplier would write them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import SQLModel, col, select

from app import dialects
from app.assembly import long_handlers
from app.catalogs.models import CatalogueVersion
from app.catalogs.views import version_out
from app.documents.application_response import ApplicationResponse
from app.documents.catalogue import Catalogue, CatalogueLine, PriceBracket
from app.documents.item import Classification, Item
from app.documents.party import LegalEntity, Party
from app.documents.price import Price
from app.documents.values import Identifier, Period
from app.kit.archive import ArchivedDocument
from app.kit.money import Quantity
from app.kit.outbox import OutboxItem
from app.kit.shifts import run_next_long
from app.oioubl import ubl, validation
from app.oioubl.application_response import read_application_response
from tests.world import CONTRACT, INSTITUTION_GLN, SUPPLIER_CVR, World

PROFILE = "Catalogue-CatExt-1.0"
PAPER, PENS = "14111507", "44121704"


def bracket(amount: str, *, from_quantity: str | None = None, to_quantity: str | None = None) -> PriceBracket:
    """Give a price in DKK for one piece, maybe for some quantities alone."""
    return PriceBracket(
        minimum_quantity=Quantity(Decimal(from_quantity), "EA") if from_quantity else None,
        maximum_quantity=Quantity(Decimal(to_quantity), "EA") if to_quantity else None,
        price=Price(
            price_amount=Decimal(amount),
            currency="DKK",
            base_quantity=Quantity(Decimal(1), "EA"),
            orderable_unit_factor_rate=Decimal(1),
        ),
    )


def line(line_id: str, amount: str | None = "10.00", action: str = "Add", **fields: Any) -> CatalogueLine:
    """Give a line; `name`, `unspsc` and `sellers_number` are its item's, everything else the line's own."""
    number = fields.pop("sellers_number", f"NR-{line_id}")
    item = Item(
        name=fields.pop("name", f"Vare {line_id}"),
        sellers_item_id=Identifier(value=number),
        classifications=(Classification(code=fields.pop("unspsc", PAPER), list_version_id="7.0401"),),
        **fields.pop("item", {}),
    )
    prices = () if amount is None else (bracket(amount),)
    return CatalogueLine(
        **{
            "line_id": line_id,
            "action_code": action,
            "orderable_unit": "EA",
            "content_unit_quantity": Quantity(Decimal(1), "EA"),
            "brackets": prices,
            "item": item,
            **fields,
        }
    )


def catalogue(lines: Sequence[CatalogueLine], version_id: str = "1", **fields: Any) -> Catalogue:
    """Give a catalogue of the world's supplier for its institution, under the contract of its agreement."""
    company = Identifier(value=f"DK{SUPPLIER_CVR}", scheme_id="DK:CVR")
    legal_entity = LegalEntity(registration_name="Papirgrossisten A/S", company_id=company)
    supplier = Party(
        endpoint_id=company, identifications=(company,), name="Papirgrossisten A/S", legal_entity=legal_entity
    )
    receiver = Identifier(value=INSTITUTION_GLN, scheme_id="GLN")
    return Catalogue(
        **{
            "profile_id": PROFILE,
            "number": "KAT-1",
            "uuid": str(UUID(int=int(version_id.replace(".", "")))),
            "issue_date": date(2026, 3, 1),
            "version_id": version_id,
            "validity_period": Period(start_date=date(2026, 1, 1), end_date=date(2026, 12, 31)),
            "contract_id": CONTRACT,
            "provider": supplier,
            "receiver": Party(endpoint_id=receiver, identifications=(receiver,), name="Prøveinstitutionen"),
            "supplier": supplier,
            "lines": tuple(lines),
            **fields,
        }
    )


def catalogue_xml(lines: Sequence[CatalogueLine], version_id: str = "1", **fields: Any) -> bytes:
    return dialects.write(catalogue(lines, version_id, **fields))


def read_in(world: World, content: bytes) -> dict[str, Any]:
    """Upload a document, let the job read it if it is large, and give the version that now waits."""
    uploaded = world.client("supplier").upload("/catalogues", content)
    if uploaded.status_code == 202:
        do_long_jobs(world)
        version_id = world.client("supplier").get(f"/jobs/{uploaded.json()['id']}").json()["result_id"]
        version = world.database.run(lambda session: session.get_one(CatalogueVersion, UUID(version_id)), write=False)
        return version_out(version).model_dump(mode="json")
    assert uploaded.status_code == 201, uploaded.text
    return dict(uploaded.json())


def do_long_jobs(world: World) -> None:
    """Let a worker do what takes many transactions."""
    while run_next_long(world.database, long_handlers(world.app.state.settings), world.clock.now):
        pass


def publish(
    world: World,
    lines: Sequence[CatalogueLine],
    version_id: str = "1",
    approver: str = "state-content-manager",
    **fields: Any,
) -> UUID:
    """Upload a version and have it approved; gives the catalogue's id."""
    catalogue_id = read_in(world, catalogue_xml(lines, version_id, **fields))["catalogue_id"]
    manager = world.client(approver)
    etag = manager.get(f"/catalogues/{catalogue_id}").headers["etag"]
    approved = manager.post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": etag})
    assert approved.status_code == 200, approved.text
    return UUID(catalogue_id)


def upload(world: World, *lines: CatalogueLine, version_id: str = "2", **fields: Any) -> UUID:
    """Upload a version that waits; gives the catalogue's id."""
    answer = world.client("supplier").upload("/catalogues", catalogue_xml(lines, version_id, **fields))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["catalogue_id"])


def decide(
    world: World, catalogue_id: UUID, verb: str, body: object = None, subject: str = "state-content-manager"
) -> httpx.Response:
    """Approve, reject, withdraw or attach, as the catalogue was last seen."""
    client = world.client(subject)
    etag = client.get(f"/catalogues/{catalogue_id}").headers.get("etag", '"0"')
    return client.post(f"/catalogues/{catalogue_id}/{verb}", body, headers={"If-Match": etag})


def answers(world: World) -> list[ApplicationResponse]:
    """Read what waits in the outbox, oldest first; whatever goes out must be valid itself."""

    query = (
        select(col(ArchivedDocument.content))
        .join(OutboxItem, col(OutboxItem.document_id) == ArchivedDocument.id)
        .order_by(col(OutboxItem.id))
    )
    found = world.database.run(lambda session: list(session.exec(query).all()))
    for content in found:
        assert validation.validate(content).findings == ()
    return [read_application_response(ubl.parse(content)) for content in found]


def count(world: World, model: type[SQLModel]) -> int:
    return world.database.run(lambda session: len(session.exec(select(model)).all()))


def second_agreement(world: World) -> UUID:
    manager = world.client("state-content-manager")
    body = {
        "owner_id": str(world.root_id),
        "supplier_id": str(world.supplier_id),
        "kind": "SKI",
        "title": "Møbler",
        "contract_number": "K-OTHER",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    opened = manager.post("/agreements", body)
    manager.post(f"/agreements/{opened.json()['id']}/activate", headers={"If-Match": opened.headers["etag"]})
    return UUID(opened.json()["id"])
