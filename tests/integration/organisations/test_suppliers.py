"""Suppliers: registered strictly by a person, or taken in from a document with what is odd flagged; found by key."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from app.documents.party import LegalEntity, Party
from app.documents.values import Identifier
from app.kit.audit import AuditEvent
from app.kit.errors import Invalid
from app.organisations import queries, suppliers
from app.organisations.supplier_models import Supplier, SupplierStatus
from tests.integration.organisations.steps import every, made, pointers, told
from tests.world import ADMINISTRATOR, SUPPLIER_CVR, World

CVR, GLN = "13585628", "5798000416604"
MANAGER = "content-manager"


def body(**fields: Any) -> dict[str, Any]:
    return {"name": "Blyantfabrikken ApS", "cvr": CVR, **fields}


def identifier(value: str, scheme: str | None = "DK:CVR") -> Identifier:
    return Identifier(value=value, scheme_id=scheme)


def named(*identifiers: Identifier, name: str | None = "Fundet A/S", company: Identifier | None = None) -> Party:
    """Give a party as a document names it, the endpoint first."""
    entity = LegalEntity(company_id=company) if company else None
    endpoint = identifiers[0] if identifiers else None
    return Party(endpoint_id=endpoint, identifications=identifiers, name=name, legal_entity=entity)


def taken_in(world: World, party: Party) -> Supplier:
    return world.step("invoice-system", suppliers.supplier_of, party)


def keys(world: World, supplier_id: UUID) -> frozenset[str]:
    return world.database.run(lambda session: queries.supplier_keys(session, supplier_id))


def test_a_registered_supplier_is_told_with_its_version_and_recorded(world: World) -> None:
    answer = world.client(MANAGER).post("/suppliers", body(cvr=f"DK{CVR}"))

    supplier = made(answer)
    assert supplier == {
        "id": supplier["id"],
        "name": "Blyantfabrikken ApS",
        "cvr": CVR,
        "endpoint": {"value": f"DK{CVR}", "scheme_id": "DK:CVR"},
        "gln": None,
        "profiles": ["Procurement-OrdAdv-BilSim-1.0"],
        "order_channel": "OIOUBL",
        "order_email": None,
        "order_language": "da",
        "status": "REGISTERED",
        "missing": ["a test order that it has accepted (POST /suppliers/{id}/test-orders)"],
        "activation_reason": None,
        "block_reason": None,
        "warnings": [],
        "version": 1,
    }
    assert answer.headers["etag"] == '"1"'
    read = world.client("buyer").get(f"/suppliers/{supplier['id']}")
    assert (read.json(), read.headers["etag"]) == (supplier, '"1"')
    query = select(AuditEvent.action).where(AuditEvent.entity_id == UUID(supplier["id"]))
    assert world.database.run(lambda session: session.exec(query).all()) == ["supplier.registered"]


@pytest.mark.parametrize(
    ("fields", "endpoint", "more_keys"),
    [
        ({}, {"value": f"DK{CVR}", "scheme_id": "DK:CVR"}, set()),
        ({"gln": GLN}, {"value": GLN, "scheme_id": "GLN"}, {f"GLN:{GLN}"}),
        (
            {"gln": GLN, "endpoint": {"value": "123456789", "scheme_id": "DUNS"}},
            {"value": "123456789", "scheme_id": "DUNS"},
            {f"GLN:{GLN}", "DUNS:123456789"},
        ),
        (
            {"endpoint": {"value": "80041703", "scheme_id": "DK:P"}},
            {"value": "80041703", "scheme_id": "DK:P"},
            {"DK:P:80041703"},
        ),
        ({"endpoint": {"value": CVR, "scheme_id": "DK:SE"}}, {"value": f"DK{CVR}", "scheme_id": "DK:SE"}, set()),
    ],
    ids=["company number", "GLN", "endpoint", "production unit", "SE number"],
)
def test_documents_go_to_the_endpoint_and_every_number_is_a_key(
    world: World, fields: dict[str, Any], endpoint: dict[str, str], more_keys: set[str]
) -> None:
    supplier = made(world.client(MANAGER).post("/suppliers", body(**fields)))

    assert supplier["endpoint"] == endpoint
    assert keys(world, UUID(supplier["id"])) == {f"DK:CVR:DK{CVR}", f"DK:SE:DK{CVR}"} | more_keys


def test_the_profiles_that_a_supplier_takes_are_kept_in_its_order(world: World) -> None:
    wanted = ["Procurement-OrdSim-BilSim-1.0", "Procurement-BilSim-1.0"]

    assert made(world.client(MANAGER).post("/suppliers", body(profiles=wanted)))["profiles"] == wanted


def test_a_company_number_with_blanks_is_the_same_supplier(world: World) -> None:
    made(world.client(MANAGER).post("/suppliers", body(cvr="13 58 56 28")))

    assert told(world.client(MANAGER).post("/suppliers", body())) == (409, "supplier_already_registered")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"cvr": "13585629"}, "/cvr"),
        ({"gln": "5798000416605"}, "/gln"),
        ({"endpoint": {"value": "5798000416605", "scheme_id": "GLN"}}, "/endpoint"),
        ({"endpoint": {"value": "DK13585629", "scheme_id": "DK:CVR"}}, "/endpoint"),
        ({"endpoint": {"value": "1", "scheme_id": "KUNDENR"}}, "/endpoint"),
        ({"endpoint": {"value": "1" * 101, "scheme_id": "DUNS"}}, "/endpoint"),
        ({"endpoint": {"value": "1", "agency": "9"}}, "/endpoint/agency"),
        ({"profiles": ["Procurement-Kassekladde-9.9"]}, "/profiles/0"),
        ({"name": " "}, "/name"),
        ({"name": "A\u0001S"}, "/name"),
        ({"order_channel": "FAX"}, "/order_channel"),
        ({"status": "BLOCKED"}, "/status"),
    ],
)
def test_a_supplier_that_cannot_be_is_refused_by_its_field(world: World, fields: dict[str, Any], pointer: str) -> None:
    assert pointers(world.client(MANAGER).post("/suppliers", body(**fields))) == [pointer]


@pytest.mark.parametrize(
    "fields",
    [
        {"cvr": SUPPLIER_CVR},
        {"endpoint": {"value": f"DK{SUPPLIER_CVR}", "scheme_id": "DK:SE"}},
    ],
)
def test_a_supplier_known_by_any_key_is_not_registered_again(world: World, fields: dict[str, Any]) -> None:
    answer = world.client(MANAGER).post("/suppliers", body(**fields))

    assert told(answer) == (409, "supplier_already_registered")
    assert str(world.supplier_id) in answer.json()["detail"]


@pytest.mark.parametrize("subject", ["buyer", "auditor", ADMINISTRATOR, "supplier", "invoice-system"])
def test_registering_takes_a_content_manager(world: World, subject: str) -> None:
    answer = world.client(subject).post("/suppliers", body())

    assert told(answer) == (403, "not_allowed")
    assert "content manager" in answer.json()["detail"]


def test_suppliers_are_seen_by_everybody_inside_and_a_supplier_sees_itself(world: World) -> None:
    other = made(world.client(MANAGER).post("/suppliers", body()))["id"]

    for subject in ("buyer", "auditor", "invoice-handler", ADMINISTRATOR):
        assert len(every(world.client(subject), "/suppliers", 1)) == 2, subject
    assert [row["id"] for row in every(world.client("supplier"), "/suppliers")] == [str(world.supplier_id)]
    assert world.client("supplier").get(f"/suppliers/{world.supplier_id}").status_code == 200
    assert told(world.client("supplier").get(f"/suppliers/{other}")) == (404, "supplier_not_found")
    assert told(world.client("invoice-system").get(f"/suppliers/{other}")) == (404, "supplier_not_found")


def test_a_party_is_the_supplier_that_its_first_known_key_names(world: World) -> None:
    other = UUID(made(world.client(MANAGER).post("/suppliers", body(gln=GLN)))["id"])
    company = identifier(f"DK{SUPPLIER_CVR}")

    assert taken_in(world, named(company)).id == world.supplier_id
    assert taken_in(world, named(identifier("5798000000000", "GLN"), company)).id == world.supplier_id
    assert taken_in(world, named(identifier(GLN, "GLN"), company=company)).id == other


def test_an_unknown_party_is_taken_in_unverified_once(world: World) -> None:
    party = named(identifier(GLN, "GLN"), company=identifier(f"DK{CVR}"))

    first, again = taken_in(world, party), taken_in(world, party)

    assert again.id == first.id
    assert (first.status, first.name, first.cvr, first.warnings) == (
        SupplierStatus.UNVERIFIED,
        "Fundet A/S",
        CVR,
        [],
    )
    assert (first.endpoint_scheme_id, first.endpoint_id) == ("GLN", GLN)
    assert keys(world, first.id) == {f"GLN:{GLN}", f"DK:CVR:DK{CVR}"}
    shown = world.client("buyer").get(f"/suppliers/{first.id}").json()
    assert (shown["status"], shown["endpoint"]) == ("UNVERIFIED", {"value": GLN, "scheme_id": "GLN"})


def test_a_supplier_that_a_document_named_first_is_not_registered_a_second_time(world: World) -> None:
    taken_in(world, named(identifier(f"DK{CVR}")))

    assert told(world.client(MANAGER).post("/suppliers", body())) == (409, "supplier_already_registered")


def test_wrong_check_digits_in_a_document_are_flagged_and_not_refused(world: World) -> None:
    wrong = identifier("5798000416605", "GLN")

    supplier = taken_in(world, named(wrong, wrong, company=identifier("DK13585629")))

    assert [warning.split(":")[0] for warning in supplier.warnings] == ["P-GLN", "P-CVR"]


def test_a_party_without_a_name_goes_by_its_endpoint(world: World) -> None:
    assert taken_in(world, named(identifier(GLN, "GLN"), name=None)).name == GLN


def test_a_party_without_any_identifier_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="carries no endpoint"):
        taken_in(world, named())


def test_a_company_number_of_another_kind_is_no_cvr_number(world: World) -> None:
    foreign = identifier("SE556036079301-AND-SOME-MORE", "ZZZ")

    supplier = taken_in(world, named(identifier(GLN, "GLN"), company=foreign))

    assert supplier.cvr is None
    assert f"ZZZ:{foreign.value}" in keys(world, supplier.id)


def test_what_is_too_long_to_keep_is_left_out_and_flagged(world: World) -> None:
    long = identifier("9" * 150, "DUNS")

    supplier = taken_in(world, named(long, identifier(GLN, "GLN"), name="Lang " * 60))

    assert len(supplier.name) == 200
    assert supplier.endpoint_id == GLN
    assert keys(world, supplier.id) == {f"GLN:{GLN}"}
    assert any("longer than 200" in warning for warning in supplier.warnings)
    assert any("longer than 100" in warning for warning in supplier.warnings)


def test_a_party_with_nothing_but_identifiers_too_long_to_keep_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="100 characters"):
        taken_in(world, named(identifier("9" * 101, "DUNS")))
