"""Shopping lists: whose they are, what is on them, and what that costs today."""

from typing import Any
from uuid import UUID

import pytest

from app.catalogs.shopping_lists import MOST_LISTS
from tests.catalogues import PENS, bracket, catalogue_xml, line, publish
from tests.client import Client
from tests.databases import row_counts
from tests.integration.catalogs.searches import answer, found
from tests.integration.organisations.steps import made
from tests.purchases import refused
from tests.world import World


@pytest.fixture
def shop(world: World) -> World:
    stepped = (bracket("10.00"), bracket("4.00", from_quantity="10"))
    paper, pen = line("paper", name="Papir", brackets=stepped), line("pen", "5.00", name="Pen", unspsc=PENS)
    publish(world, [paper, pen, line("ink")])
    return world


def row_id(world: World, line_id: str) -> str:
    return next(str(row["id"]) for row in answer(world)["data"] if row["line_id"] == line_id)


def favourites(client: Client, **fields: Any) -> str:
    return str(made(client.post("/shopping-lists", {"name": "Favoritter", **fields}))["id"])


def put(world: World, list_id: str, line_id: str, quantity: str = "1", subject: str = "buyer") -> dict[str, Any]:
    body = {"catalogue_line_id": row_id(world, line_id), "quantity": quantity}
    item: dict[str, Any] = made(world.client(subject).post(f"/shopping-lists/{list_id}/items", body))
    return item


def items(world: World, list_id: str, subject: str = "buyer", **query: Any) -> list[dict[str, Any]]:
    listed = world.client(subject).get(f"/shopping-lists/{list_id}/items", **query)
    assert listed.status_code == 200, listed.text
    data: list[dict[str, Any]] = listed.json()["data"]
    return data


def test_a_list_shows_what_its_lines_cost_today_for_their_quantities(shop: World) -> None:
    list_id = favourites(shop.client("buyer"))
    put(shop, list_id, "paper", "12")
    put(shop, list_id, "pen")

    shown = items(shop, list_id)

    assert [(item["line_id"], item["quantity"], item["is_visible"]) for item in shown] == [
        ("paper", "12.00", True),
        ("pen", "1.00", True),
    ]
    assert [item["line"]["price"]["price_amount"] for item in shown] == ["4.00", "5.00"]
    assert shop.client("buyer").get(f"/shopping-lists/{list_id}").json()["items"] == 2


def test_a_line_is_on_a_list_once_and_putting_it_there_again_changes_its_quantity(shop: World) -> None:
    list_id = favourites(shop.client("buyer"))

    first, again = put(shop, list_id, "paper"), put(shop, list_id, "paper", "3")

    assert (first["id"], again["quantity"]) == (again["id"], "3.00")
    assert len(items(shop, list_id)) == 1


def test_a_list_follows_its_lines_into_new_versions(shop: World) -> None:
    list_id = favourites(shop.client("buyer"))
    put(shop, list_id, "paper")
    put(shop, list_id, "pen")
    next_version = [line("paper", "7.00", "Update", name="Nyt papir"), line("pen", action="Delete")]
    uploaded = shop.client("supplier").upload("/catalogues", catalogue_xml(next_version, "2")).json()
    path = f"/catalogues/{uploaded['catalogue_id']}"
    manager = shop.client("state-content-manager")
    manager.post(f"{path}/approve", headers={"If-Match": manager.get(path).headers["etag"]})

    paper, pen = items(shop, list_id)

    assert (paper["name"], paper["line"]["name"]) == ("Papir", "Nyt papir")
    assert paper["line"]["price"]["price_amount"] == "7.00"
    assert (pen["name"], pen["is_visible"], pen["line"]) == ("Pen", False, None)
    assert found(shop, list_id=list_id) == ["paper"]


def test_a_line_that_is_not_shared_any_more_tells_no_price(shop: World) -> None:
    list_id = favourites(shop.client("buyer"))
    put(shop, list_id, "paper")
    manager = shop.client("state-content-manager")
    for share in manager.get(f"/agreements/{shop.agreement_id}/shares").json()["data"]:
        manager.delete(f"/shares/{share['id']}")

    (item,) = items(shop, list_id)

    assert (item["name"], item["is_visible"], item["line"]) == ("Papir", False, None)
    assert found(shop, list_id=list_id) == []


def test_a_search_can_be_kept_to_a_list(shop: World) -> None:
    list_id = favourites(shop.client("buyer"))
    put(shop, list_id, "paper")
    put(shop, list_id, "pen")

    assert found(shop, list_id=list_id) == ["pen", "paper"]
    assert found(shop, list_id=list_id, q="papir") == ["paper"]
    assert found(shop, list_id=list_id, q="NR-ink") == []
    assert found(shop, list_id=list_id, q="papri") == ["paper"]
    facets = answer(shop, list_id=list_id, facets="true")["facets"]
    assert facets["counted"] == 2


def test_nobody_sees_anybody_elses_list(shop: World) -> None:
    list_id = favourites(shop.client("buyer"))
    item_id = put(shop, list_id, "paper")["id"]
    other = shop.client("requisitioner")
    before = row_counts(shop.database)

    for answered in (
        other.get(f"/shopping-lists/{list_id}"),
        other.get(f"/shopping-lists/{list_id}/items"),
        other.get("/catalogue-lines", list_id=list_id),
        other.post(f"/shopping-lists/{list_id}/items", {"catalogue_line_id": row_id(shop, "pen")}),
        other.delete(f"/shopping-lists/{list_id}/items/{item_id}"),
        other.delete(f"/shopping-lists/{list_id}"),
    ):
        assert refused(answered) == (404, "shopping_list_not_found")
    assert other.get("/shopping-lists").json()["data"] == []
    assert row_counts(shop.database) == before


@pytest.fixture
def group_id(shop: World) -> str:
    """Give a user group with the buyer and the requisitioner in it."""
    manager = shop.client("content-manager")
    group = made(manager.post("/user-groups", {"organisation_id": str(shop.institution_id), "name": "Kontoret"}))
    for subject in ("buyer", "requisitioner"):
        made(manager.post(f"/user-groups/{group['id']}/members", {"user_id": str(shop.people[subject])}))
    return str(group["id"])


def test_the_members_of_a_group_share_its_lists_while_they_are_in_it(shop: World, group_id: str) -> None:
    list_id = favourites(shop.client("buyer"), group_id=group_id)
    put(shop, list_id, "paper", subject="requisitioner")

    assert [item["line_id"] for item in items(shop, list_id)] == ["paper"]
    assert refused(shop.client("disponent").get(f"/shopping-lists/{list_id}")) == (404, "shopping_list_not_found")
    shop.client("content-manager").delete(f"/user-groups/{group_id}/members/{shop.people['requisitioner']}")
    assert refused(shop.client("requisitioner").get(f"/shopping-lists/{list_id}")) == (404, "shopping_list_not_found")


def test_only_a_member_makes_a_list_of_a_group(shop: World, group_id: str) -> None:
    for subject, group in (("disponent", group_id), ("buyer", str(UUID(int=1)))):
        answered = shop.client(subject).post("/shopping-lists", {"name": "Fælles", "group_id": group})
        assert refused(answered) == (404, "user_group_not_found")


def test_a_name_is_taken_once_by_whom_it_is_of(shop: World, group_id: str) -> None:
    buyer = shop.client("buyer")
    favourites(buyer)
    favourites(buyer, group_id=group_id)
    favourites(shop.client("requisitioner"))

    assert refused(buyer.post("/shopping-lists", {"name": " Favoritter "})) == (409, "list_name_taken")


def test_there_are_so_many_lists_at_most(shop: World) -> None:
    buyer = shop.client("buyer")
    for number in range(MOST_LISTS):
        made(buyer.post("/shopping-lists", {"name": f"Liste {number}"}))

    assert refused(buyer.post("/shopping-lists", {"name": "En til"})) == (409, "too_many_lists")


def test_lists_and_items_go_when_they_are_deleted_and_are_not_there_twice(shop: World) -> None:
    buyer = shop.client("buyer")
    list_id = favourites(buyer)
    item_id = put(shop, list_id, "paper")["id"]
    put(shop, list_id, "pen")

    assert buyer.delete(f"/shopping-lists/{list_id}/items/{item_id}").status_code == 204
    gone = buyer.delete(f"/shopping-lists/{list_id}/items/{item_id}")
    assert refused(gone) == (404, "shopping_list_item_not_found")
    assert [item["line_id"] for item in items(shop, list_id)] == ["pen"]
    assert buyer.delete(f"/shopping-lists/{list_id}").status_code == 204
    assert refused(buyer.delete(f"/shopping-lists/{list_id}")) == (404, "shopping_list_not_found")
    counts = row_counts(shop.database)
    assert (counts["shopping_list"], counts["shopping_list_item"]) == (0, 0)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0000001", "NaN", 1.5])
def test_a_quantity_that_means_nothing_is_refused(shop: World, quantity: Any) -> None:
    list_id = favourites(shop.client("buyer"))
    body = {"catalogue_line_id": row_id(shop, "pen"), "quantity": quantity}

    answered = shop.client("buyer").post(f"/shopping-lists/{list_id}/items", body)

    assert (answered.status_code, answered.json()["errors"][0]["pointer"]) == (422, "/quantity")


def test_a_line_that_the_caller_may_not_order_is_not_put_on_a_list(shop: World) -> None:
    list_id = favourites(shop.client("buyer"))
    path = f"/shopping-lists/{list_id}/items"

    answered = shop.client("buyer").post(path, {"catalogue_line_id": str(UUID(int=1))})

    assert refused(answered) == (404, "line_not_found")
    assert items(shop, list_id) == []


def test_lists_take_a_role_that_buys(shop: World) -> None:
    for subject in ("receiver", "supplier"):
        assert refused(shop.client(subject).post("/shopping-lists", {"name": "x"})) == (403, "not_allowed")


def test_items_are_told_page_by_page(shop: World) -> None:
    list_id = favourites(shop.client("buyer"))
    for line_id in ("paper", "pen", "ink"):
        put(shop, list_id, line_id)
    page = shop.client("buyer").get(f"/shopping-lists/{list_id}/items", limit=2).json()

    rest = items(shop, list_id, limit=2, cursor=page["next_cursor"])

    assert [item["line_id"] for item in [*page["data"], *rest]] == ["paper", "pen", "ink"]
