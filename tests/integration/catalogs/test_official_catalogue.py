"""The official example of a catalogue goes the whole way: uploaded, approved, shared, found."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session

from app.documents.catalogue import Catalogue
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.states import advance
from app.oioubl import ubl, validation
from app.oioubl.catalogue import read_catalogue
from app.organisations.access import Call
from app.organisations.models import LocationNumber
from app.organisations.people_models import Role as Roles
from app.organisations.people_models import RoleGrant
from app.organisations.supplier_models import VERIFYING, SupplierStatus
from app.organisations.suppliers import supplier_of
from tests.world import World, build_world

CORPUS = Path(os.environ.get("OIOUBL_CORPUS", Path(__file__).parents[3] / ".." / "shared" / "corpus"))
FILE = CORPUS / "examples" / "OIOUBL_Catalogue_v2p2.xml"
DAY = datetime(2006, 8, 15, 10, tzinfo=UTC)
RECEIVER = "5798009811578"

pytestmark = pytest.mark.corpus


@pytest.fixture
def world(database: Database, issuer_folder: Path) -> World:
    if not FILE.exists():
        pytest.skip(f"the official example is not at {FILE}")
    return build_world(database, issuer_folder, DAY)


def known_from_the_document(call: Call, document: Catalogue, world: World) -> UUID:
    """Take the supplier in as its documents name it: its CVR has a wrong check digit, so nobody could register it."""
    supplier = supplier_of(call, document.provider)
    advance(supplier, SupplierStatus.REGISTERED, VERIFYING)
    session: Session = call.session
    session.add(
        RoleGrant(
            id=new_id(call.now),
            user_id=world.people["supplier"],
            role=Roles.SUPPLIER,
            supplier_id=supplier.id,
            valid_from=date(2006, 1, 1),
        )
    )
    session.add(
        LocationNumber(
            id=new_id(call.now), gln=RECEIVER, organisation_id=world.institution_id, valid_from=date(2006, 1, 1)
        )
    )
    return supplier.id


def test_the_official_catalogue_is_uploaded_approved_and_found(world: World) -> None:
    content = FILE.read_bytes()
    document = read_catalogue(ubl.parse(content))
    supplier_id = world.step("administrator", known_from_the_document, document, world)
    manager = world.client("content-manager")
    opened = manager.post(
        "/agreements",
        {
            "owner_id": str(world.institution_id),
            "supplier_id": str(supplier_id),
            "kind": "LOCAL",
            "title": "Telefoni",
            "contract_number": "TELE-1",
            "valid_from": "2006-05-01",
            "valid_to": "2007-04-30",
        },
    )
    agreement_id = opened.json()["id"]
    manager.post(f"/agreements/{agreement_id}/activate", headers={"If-Match": opened.headers["etag"]})
    share = {
        "from_organisation_id": str(world.institution_id),
        "target": "EVERYBODY",
        "organisation_id": str(world.institution_id),
        "valid_from": "2006-05-01",
    }
    assert manager.post(f"/agreements/{agreement_id}/shares", share).status_code == 201

    uploaded = world.client("supplier").upload("/catalogues", content)
    assert uploaded.status_code == 201, uploaded.text
    catalogue_id = uploaded.json()["catalogue_id"]
    changes = manager.get(f"/catalogues/{catalogue_id}/changes")
    approved = manager.post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": changes.headers["etag"]})
    assert approved.status_code == 200, approved.text

    found = world.client("buyer").get("/catalogue-lines", q="nokia").json()["data"]
    assert [(row["line_id"], row["sellers_item_id"], row["price"]["price_amount"]) for row in found] == [
        ("NM-457896433", "87067606", "399.00"),
        ("NM-457896432", "87067606", "760.00"),
    ]
    by_number = world.client("buyer").get("/catalogue-lines", q="87067606").json()["data"]
    assert [row["id"] for row in by_number] == [row["id"] for row in found]
    subscription = world.client("buyer").get("/catalogue-lines", q="subscription 6 months").json()["data"]
    assert [row["price"]["price_amount"] for row in subscription] == ["500.00"]
    again = world.client("supplier").upload("/catalogues", content)
    assert again.json()["id"] == uploaded.json()["id"]
    exported = manager.get(f"/catalogues/{catalogue_id}/export").content
    assert validation.validate(exported).is_valid
    assert read_catalogue(ubl.parse(exported)).lines == tuple(sorted(document.lines, key=lambda line: line.line_id))
