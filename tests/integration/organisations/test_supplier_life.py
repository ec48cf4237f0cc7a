"""The life of a supplier: verified, changed, activated, blocked and unblocked, by whom, and what is recorded of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from app.documents.party import Party
from app.documents.values import Identifier
from app.kit.audit import AuditEvent
from app.organisations import queries, suppliers
from tests.integration.organisations.steps import made, pointers, told
from tests.selling import MANAGER, OTHER_CVR, STATE_MANAGER, WHY, blocked, change, put, registered, supplier_of
from tests.world import ADMINISTRATOR, SUPPLIER_CVR, World

GLN, OTHER_GLN = "5798000416604", "5798000433823"
DUNS = {"value": "123456789", "scheme_id": "DUNS"}
EMAIL = {"order_channel": "EMAIL", "order_email": "ordrer@example.dk"}
BILLING = "Procurement-BilSim-1.0"
SIMPLE = "Procurement-OrdSim-BilSim-1.0"
STATED = {"name": "Fundet A/S", "cvr": OTHER_CVR}


def ok(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def keys(world: World, supplier: dict[str, Any]) -> set[str]:
    return set(world.database.run(lambda session: queries.supplier_keys(session, UUID(supplier["id"]))))


def events(world: World, supplier: dict[str, Any]) -> list[tuple[str, Any]]:
    """Give what was recorded of a supplier after its registration."""
    query = select(AuditEvent.action, AuditEvent.facts).where(
        AuditEvent.entity_id == UUID(supplier["id"]), AuditEvent.action != "supplier.registered"
    )
    rows = world.database.run(lambda session: session.exec(query.order_by(col(AuditEvent.id))).all(), write=False)
    return [(action, facts) for action, facts in rows]


def met(world: World, *identifiers: tuple[str, str]) -> dict[str, Any]:
    """Let a document name a supplier that nobody knows."""
    named = tuple(Identifier(value=value, scheme_id=scheme) for scheme, value in identifiers)
    party = Party(endpoint_id=named[0], identifications=named, name="Fundet  i faktura")
    found = world.step("invoice-system", suppliers.supplier_of, party)
    return supplier_of(world, found.id)


def own(world: World) -> dict[str, Any]:
    return supplier_of(world, world.supplier_id)


def test_a_supplier_that_a_document_named_is_registered_once_somebody_has_looked(world: World) -> None:
    seen = met(world, ("GLN", "5798000416605"), ("DK:CVR", f"DK{OTHER_CVR}"))
    assert (seen["status"], len(seen["warnings"])) == ("UNVERIFIED", 1)
    assert [lack.split(" (")[0] for lack in seen["missing"]] == [
        "somebody who has looked at it",
        "a test order that it has accepted",
    ]

    answer = put(world, seen, "verify", STATED | {"gln": GLN}, MANAGER)

    verified = ok(answer)
    assert (verified["status"], verified["name"], verified["cvr"]) == ("REGISTERED", "Fundet A/S", OTHER_CVR)
    assert (verified["endpoint"], verified["warnings"]) == ({"value": GLN, "scheme_id": "GLN"}, [])
    assert (verified["version"], answer.headers["etag"]) == (2, '"2"')
    by_document = {"GLN:5798000416605", f"DK:CVR:DK{OTHER_CVR}"}
    assert keys(world, seen) == by_document | {f"GLN:{GLN}", f"DK:SE:DK{OTHER_CVR}"}
    assert events(world, seen) == [("supplier.verified", {})]


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [({"name": "Fundet A/S"}, "/cvr"), ({"cvr": OTHER_CVR}, "/name"), (STATED | {"cvr": "13585629"}, "/cvr")],
)
def test_verifying_asks_for_what_registering_asks_for(world: World, sent: dict[str, str], pointer: str) -> None:
    seen = met(world, ("GLN", GLN))

    assert pointers(put(world, seen, "verify", sent)) == [pointer]
    assert supplier_of(world, seen["id"]) == seen


def test_verifying_with_another_suppliers_number_names_that_supplier(world: World) -> None:
    seen = met(world, ("GLN", GLN))

    answer = put(world, seen, "verify", {"name": "Fundet A/S", "cvr": SUPPLIER_CVR})

    assert told(answer) == (409, "supplier_already_registered")
    assert f"Papirgrossisten A/S ({world.supplier_id})" in answer.json()["detail"]
    assert supplier_of(world, seen["id"]) == seen
    assert keys(world, seen) == {f"GLN:{GLN}"}


def test_only_what_a_document_named_is_verified_and_only_once(world: World) -> None:
    seen = met(world, ("DK:CVR", f"DK{OTHER_CVR}"))
    verified = ok(put(world, seen, "verify", STATED))

    assert told(put(world, verified, "verify", STATED)) == (409, "wrong_state")
    assert told(put(world, own(world), "verify", {"name": "Papir", "cvr": SUPPLIER_CVR})) == (409, "wrong_state")
    assert own(world)["status"] == "ACTIVE"


def test_a_registered_supplier_is_changed_and_its_keys_follow(world: World) -> None:
    supplier = registered(world, gln=GLN)
    assert keys(world, supplier) == {f"DK:CVR:DK{OTHER_CVR}", f"DK:SE:DK{OTHER_CVR}", f"GLN:{GLN}"}

    renamed = ok(change(world, supplier, MANAGER, name="Blyant & Søn", gln=OTHER_GLN, endpoint=DUNS))

    assert (renamed["name"], renamed["gln"], renamed["endpoint"]) == ("Blyant & Søn", OTHER_GLN, DUNS)
    assert keys(world, supplier) == {
        *(f"DK:CVR:DK{OTHER_CVR}", f"DK:SE:DK{OTHER_CVR}"),
        *(f"GLN:{OTHER_GLN}", "DUNS:123456789"),
    }
    company = {"value": f"DK{OTHER_CVR}", "scheme_id": "DK:CVR"}
    back = ok(change(world, renamed, MANAGER, gln=None, endpoint=company, profiles=[SIMPLE], **EMAIL))
    assert (back["gln"], back["profiles"], back["order_channel"]) == (None, [SIMPLE], "EMAIL")
    assert keys(world, supplier) == {f"DK:CVR:DK{OTHER_CVR}", f"DK:SE:DK{OTHER_CVR}"}
    assert events(world, supplier) == [
        ("supplier.changed", {"changed": ["endpoint", "gln", "name"]}),
        ("supplier.changed", {"changed": ["endpoint", "gln", "order_channel", "order_email", "profiles"]}),
    ]
    made(world.client(MANAGER).post("/suppliers", {"name": "Ny", "cvr": "30714016", "gln": GLN}))


def test_a_gln_that_is_the_endpoint_too_stays_a_key_when_it_is_taken_away(world: World) -> None:
    supplier = registered(world, gln=GLN)

    ok(change(world, supplier, gln=None))

    assert f"GLN:{GLN}" in keys(world, supplier)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"gln": "5798000416605"}, "/gln"),
        ({"endpoint": {"value": "1", "scheme_id": "KUNDENR"}}, "/endpoint"),
        ({"profiles": ["Procurement-Kassekladde-9.9"]}, "/profiles/0"),
        ({"name": " "}, "/name"),
        ({"name": None}, "/name"),
        ({"endpoint": None}, "/endpoint"),
        ({"profiles": None}, "/profiles"),
        ({"order_channel": None}, "/order_channel"),
        ({"cvr": "30714016"}, "/cvr"),
        ({"status": "ACTIVE"}, "/status"),
    ],
)
def test_a_change_is_checked_as_strictly_as_a_registration(world: World, fields: dict[str, Any], pointer: str) -> None:
    supplier = registered(world)

    assert pointers(change(world, supplier, **fields)) == [pointer]
    assert supplier_of(world, supplier["id"]) == supplier


def test_a_change_to_another_suppliers_number_is_refused_whole(world: World) -> None:
    supplier = registered(world, gln=GLN)
    taken = {"value": f"DK{SUPPLIER_CVR}", "scheme_id": "DK:SE"}

    answer = change(world, supplier, name="Nyt navn", gln=OTHER_GLN, endpoint=taken)

    assert told(answer) == (409, "supplier_already_registered")
    assert str(world.supplier_id) in answer.json()["detail"]
    assert supplier_of(world, supplier["id"]) == supplier
    assert f"GLN:{GLN}" in keys(world, supplier)


@pytest.mark.parametrize("action", ["change", "verify", "activate", "block", "unblock"])
def test_every_step_names_the_version_it_was_made_from(world: World, action: str) -> None:
    supplier, client = registered(world), world.client(STATE_MANAGER)
    path = f"/suppliers/{supplier['id']}"
    bodies = {"change": {"name": "Ny"}, "verify": STATED, "unblock": None}

    def send(headers: dict[str, str]) -> httpx.Response:
        if action == "change":
            return client.send("PATCH", path, headers=headers, json=bodies["change"])
        return client.post(f"{path}/{action}", bodies.get(action, WHY), headers=headers)

    assert told(send({})) == (428, "version_missing")
    assert told(send({"If-Match": '"7"'})) == (412, "version_mismatch")
    assert supplier_of(world, supplier["id"]) == supplier


@pytest.mark.parametrize(
    "fields",
    [
        {"endpoint": DUNS},
        {"profiles": [SIMPLE]},
        {"profiles": [BILLING]},
        {"order_channel": "EMAIL"},
    ],
    ids=["endpoint", "profile of orders", "no profile of orders", "channel"],
)
def test_an_active_supplier_is_put_back_when_orders_would_go_another_way(world: World, fields: dict[str, Any]) -> None:
    answer = ok(change(world, own(world), **fields))

    assert answer["status"] == "REGISTERED"
    assert answer["missing"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "Papir og Mere A/S"},
        {"gln": GLN},
        {"endpoint": {"value": f"DK{SUPPLIER_CVR}", "scheme_id": "DK:CVR"}},
        {"profiles": ["Catalogue-CatExt-1.0", "Procurement-OrdAdv-BilSim-1.0", SIMPLE]},
        {"order_channel": "OIOUBL"},
    ],
    ids=["nothing", "name", "GLN", "the same endpoint", "more profiles", "the same channel"],
)
def test_an_active_supplier_stays_active_while_orders_go_the_same_way(world: World, fields: dict[str, Any]) -> None:
    assert ok(change(world, own(world), **fields))["status"] == "ACTIVE"


def test_a_supplier_that_gets_orders_by_mail_is_put_back_only_by_another_channel_or_no_profile(world: World) -> None:
    supplier = ok(put(world, registered(world, **EMAIL), "activate", WHY))

    moved = ok(change(world, supplier, endpoint=DUNS, profiles=[SIMPLE]))
    assert (moved["status"], moved["activation_reason"]) == ("ACTIVE", WHY["reason"])
    without = ok(change(world, moved, profiles=[BILLING]))
    assert (without["status"], without["activation_reason"]) == ("REGISTERED", None)
    again = ok(put(world, ok(change(world, without, profiles=[SIMPLE])), "activate", WHY))
    assert ok(change(world, again, order_channel="OIOUBL"))["status"] == "REGISTERED"


def test_a_supplier_that_takes_mail_is_activated_by_a_person_who_says_why(world: World) -> None:
    supplier = registered(world, **EMAIL)
    assert supplier["missing"] == ["a content manager who activates it (POST /suppliers/{id}/activate)"]

    active = ok(put(world, supplier, "activate", WHY, MANAGER))

    assert (active["status"], active["missing"], active["activation_reason"]) == ("ACTIVE", [], WHY["reason"])
    assert active["version"] == 2
    assert events(world, supplier)[-1] == ("supplier.activated", {})
    assert told(put(world, active, "activate", WHY)) == (409, "wrong_state")


@pytest.mark.parametrize(
    ("fields", "lack"),
    [
        ({}, "a test order that it has accepted"),
        ({"profiles": [BILLING]}, "a profile that holds an Order"),
        ({"profiles": [BILLING], **EMAIL}, "a profile that holds an Order"),
        ({"profiles": [], **EMAIL}, "a profile that holds an Order"),
    ],
)
def test_activating_says_what_is_missing(world: World, fields: dict[str, Any], lack: str) -> None:
    supplier = registered(world, **fields)

    answer = put(world, supplier, "activate", WHY)

    assert told(answer) == (409, "supplier_not_ready")
    assert lack in answer.json()["detail"]
    assert supplier_of(world, supplier["id"]) == supplier


def test_what_nobody_has_looked_at_or_somebody_stopped_is_not_activated(world: World) -> None:
    assert told(put(world, met(world, ("GLN", GLN)), "activate", WHY)) == (409, "wrong_state")
    stopped = ok(put(world, registered(world, **EMAIL), "block", WHY))
    assert told(put(world, stopped, "activate", WHY)) == (409, "wrong_state")


@pytest.mark.parametrize("reason", [None, "", "  ", "Å\u0000", "N" * 1001])
@pytest.mark.parametrize("action", ["activate", "block"])
def test_a_reason_is_asked_for(world: World, action: str, reason: str | None) -> None:
    body = {"reason": reason} if reason is not None else {}

    assert put(world, own(world), action, body).status_code == 422
    assert own(world)["status"] == "ACTIVE"


def test_a_blocked_supplier_becomes_again_what_it_was(world: World) -> None:
    for before in (own(world), registered(world), met(world, ("GLN", GLN))):
        stopped = ok(put(world, before, "block", WHY))
        assert (stopped["status"], stopped["block_reason"], stopped["missing"]) == ("BLOCKED", WHY["reason"], [])
        assert told(put(world, stopped, "block", WHY)) == (409, "wrong_state")

        free = ok(put(world, stopped, "unblock"))

        assert free == before | {"version": before["version"] + 2}
        assert told(put(world, free, "unblock")) == (409, "wrong_state")
        status = before["status"]
        assert events(world, before)[-2:] == [
            ("supplier.blocked", {"was": status}),
            ("supplier.unblocked", {"is": status}),
        ]


def test_a_blocked_supplier_whose_way_has_changed_is_registered_once_unblocked(world: World) -> None:
    moved = ok(change(world, blocked(world), endpoint=DUNS))
    assert moved["status"] == "BLOCKED"

    assert ok(put(world, moved, "unblock"))["status"] == "REGISTERED"


def test_the_reason_for_blocking_is_read_by_people_inside_alone(world: World) -> None:
    supplier_id = blocked(world)["id"]

    assert supplier_of(world, supplier_id, "buyer")["block_reason"] == "Mistanke om svig"
    itself = supplier_of(world, supplier_id, "supplier")
    assert (itself["status"], itself["block_reason"]) == ("BLOCKED", None)
    listed = world.client("supplier").get("/suppliers").json()["data"]
    assert [row["block_reason"] for row in listed] == [None]
    assert "svig" not in str(events(world, itself))


@pytest.mark.parametrize("subject", ["buyer", "auditor", ADMINISTRATOR, "supplier"])
@pytest.mark.parametrize("action", ["change", "verify", "activate", "block", "unblock"])
def test_every_step_takes_a_content_manager(world: World, action: str, subject: str) -> None:
    supplier = own(world)
    bodies = {"verify": STATED, "unblock": None}
    if action == "change":
        answer = change(world, supplier, subject, name="Ny")
    else:
        answer = put(world, supplier, action, bodies.get(action, WHY), subject)

    assert told(answer) == (403, "not_allowed")
    assert own(world) == supplier


def test_what_stops_everybody_takes_a_content_manager_of_a_root(world: World) -> None:
    supplier = own(world)
    for answer in (
        put(world, supplier, "block", WHY, MANAGER),
        change(world, supplier, MANAGER, name="Ny"),
        change(world, supplier, MANAGER, endpoint=DUNS),
    ):
        assert told(answer) == (403, "not_allowed")
        assert "root" in answer.json()["detail"]
    stopped = blocked(world)
    assert told(put(world, stopped, "unblock", None, MANAGER)) == (403, "not_allowed")
    assert told(change(world, stopped, MANAGER, gln=GLN)) == (403, "not_allowed")
    assert own(world) == stopped


def test_a_supplier_of_no_sight_is_not_found(world: World) -> None:
    other = registered(world)

    assert told(change(world, other, "supplier", name="Ny")) == (404, "supplier_not_found")
    assert told(put(world, other, "block", WHY, "invoice-system")) == (404, "supplier_not_found")
    assert told(put(world, {"id": UUID(int=7), "version": 1}, "block", WHY)) == (404, "supplier_not_found")


def test_of_two_changes_at_once_one_is_told_to_look_again(world: World) -> None:
    supplier = own(world)

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda gln: change(world, supplier, gln=gln), [GLN, OTHER_GLN]))

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    now = own(world)
    assert {key for key in keys(world, now) if key.startswith("GLN")} == {f"GLN:{now['gln']}"}


def test_of_two_suppliers_that_take_one_number_at_once_one_is_refused(world: World) -> None:
    both = [registered(world), registered(world, cvr="30714016")]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda supplier: change(world, supplier, gln=GLN), both))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert sum(f"GLN:{GLN}" in keys(world, supplier) for supplier in both) == 1
