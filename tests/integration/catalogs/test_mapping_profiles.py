"""Mapping profiles at their doors: a supplier stores its own, a content manager one for a supplier's sheets."""

from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from app.catalogs.mapping_files import YAML, shipped
from app.catalogs.sheet_columns import COLUMNS
from app.kit.audit import AuditEvent
from app.kit.sheets import CSV, XLSX, read_sheets
from tests.catalogue_sheets import PROFILE
from tests.databases import row_counts
from tests.purchases import done
from tests.selling import registered
from tests.world import World

AS_YAML = b"""
name: min-liste
columns: {item_number: Nr, name: Tekst, unspsc: Kode, unit: Enhed, price: Pris}
"""


def stored(world: World, who: str = "supplier", profile: Any = PROFILE, **asked: object) -> httpx.Response:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return world.client(who).post(f"/mapping-profiles?{query}", profile)


def noted(world: World) -> list[str]:
    """Give the events about profiles, in their order."""
    query = select(AuditEvent.action).where(AuditEvent.entity == "mapping_profile").order_by(col(AuditEvent.id))
    return world.database.run(lambda session: list(session.exec(query)))


def test_a_supplier_stores_a_profile_sees_it_and_deletes_it(world: World) -> None:
    made = done(stored(world), 201)
    assert (made["supplier_id"], made["organisation_id"]) == (str(world.supplier_id), None)
    supplier = world.client("supplier")
    assert done(supplier.get(f"/mapping-profiles/{made['id']}")) == made
    found = done(supplier.get("/mapping-profiles"))
    assert [one["id"] for one in found["data"]] == [made["id"]]
    assert [one["name"] for one in found["shipped"]] == list(shipped())
    assert supplier.delete(f"/mapping-profiles/{made['id']}").status_code == 204
    assert supplier.get(f"/mapping-profiles/{made['id']}").status_code == 404
    assert done(supplier.get("/mapping-profiles"))["data"] == []
    assert noted(world) == ["mapping_profile.stored", "mapping_profile.deleted"]


def test_a_profile_may_come_as_yaml(world: World) -> None:
    made = world.client("supplier").upload("/mapping-profiles", AS_YAML, YAML)
    assert made.status_code == 201, made.text
    assert made.json()["profile"]["columns"] == PROFILE["columns"]


def test_a_content_manager_stores_one_for_an_organisation_and_others_there_see_it(world: World) -> None:
    asked = {"supplier_id": world.supplier_id, "organisation_id": world.institution_id}
    made = done(stored(world, "content-manager", **asked), 201)
    for who in ("content-manager", "state-content-manager", "auditor", "supplier"):
        assert world.client(who).get(f"/mapping-profiles/{made['id']}").status_code == 200
    for who in ("buyer", "invoice-system"):
        assert world.client(who).get(f"/mapping-profiles/{made['id']}").status_code == 404
    assert world.client("supplier").delete(f"/mapping-profiles/{made['id']}").status_code == 404
    assert world.client("content-manager").delete(f"/mapping-profiles/{made['id']}").status_code == 204


@pytest.mark.parametrize("who", ["supplier", "content-manager"])
def test_a_name_is_taken_once_for_a_supplier_and_shipped_names_are_taken(world: World, who: str) -> None:
    done(stored(world), 201)
    asked = {"supplier_id": world.supplier_id}
    if who == "content-manager":
        asked["organisation_id"] = world.institution_id
    for profile in (PROFILE, {**PROFILE, "name": "prisbog"}):
        before = row_counts(world.database)
        refused = stored(world, who, profile, **asked)
        assert (refused.status_code, refused.json()["code"]) == (409, "mapping_profile_name_taken")
        assert row_counts(world.database) == before


def test_the_same_request_twice_stores_one(world: World) -> None:
    first, again = (world.client("supplier").post("/mapping-profiles", PROFILE, key="once") for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("who", "asked", "status"),
    [
        ("buyer", {}, 409),
        ("buyer", {"supplier_id": "supplier", "organisation_id": "institution"}, 403),
        ("content-manager", {"supplier_id": "supplier"}, 403),
        ("content-manager", {"supplier_id": "supplier", "organisation_id": "root"}, 404),
        ("content-manager", {"supplier_id": "nobody", "organisation_id": "institution"}, 404),
        ("supplier", {"supplier_id": "other"}, 404),
        ("supplier", {"organisation_id": "institution"}, 404),
        ("supplier", {"supplier_id": "x"}, 422),
    ],
)
def test_who_may_not_store_a_profile_stores_none(world: World, who: str, asked: dict[str, str], status: int) -> None:
    ids = {
        "supplier": world.supplier_id,
        "other": registered(world)["id"],
        "nobody": "019cae34-7780-7b23-a756-dd4a135255ec",
        **world.organisations,
    }
    before = row_counts(world.database)
    refused = stored(world, who, **{name: ids.get(value, value) for name, value in asked.items()})
    assert refused.status_code == status, refused.text
    assert row_counts(world.database) == before


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b'{"name": "x"', "application/json", 422, "mapping_profile_not_fitting"),
        (b"[" * 100_000, "application/json", 422, "mapping_profile_not_fitting"),
        (b"[]", "application/json", 422, "mapping_profile_not_fitting"),
        (b'{"name": "a\\u0000b", "columns": {}}', "application/json", 422, "mapping_profile_not_fitting"),
        (b"name: &a x", YAML, 422, "mapping_profile_not_fitting"),
        (b"name: x", "text/plain", 415, "media_type_not_supported"),
    ],
)
def test_what_is_no_profile_is_refused(world: World, content: bytes, media_type: str, status: int, code: str) -> None:
    before = row_counts(world.database)
    headers = {"Idempotency-Key": "a-key"}
    refused = world.client("supplier").upload("/mapping-profiles", content, media_type, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert row_counts(world.database) == before


def test_what_does_not_fit_in_a_profile_is_named_in_both_languages(world: World) -> None:
    refused = stored(world, profile={"name": "x", "columns": {"item_number": ["Nr"], "pris": ["Pris"]}})
    errors = {error.get("pointer"): error for error in refused.json()["errors"]}
    assert "did you mean price" in errors["/columns/pris"]["message"]
    assert "mente du price" in errors["/columns/pris"]["message_da"]


@pytest.mark.parametrize(("form", "media_type"), [("xlsx", XLSX), ("csv", CSV)])
def test_anybody_registered_gets_the_blank_sheet(world: World, form: str, media_type: str) -> None:
    answer = world.client("supplier").get("/catalogue-templates", format=form)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["content-disposition"] == f'attachment; filename="katalog.{form}"'
    headers = {text.rstrip("*") for texts in read_sheets(answer.content, media_type)[0].rows for text in texts}
    assert {column.heading.header for column in COLUMNS} <= headers
    assert world.client("nobody").get("/catalogue-templates").status_code == 401
    assert world.client("supplier").get("/catalogue-templates", format="ods").status_code == 422
