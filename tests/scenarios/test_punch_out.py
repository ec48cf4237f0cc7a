"""A requisitioner goes to the supplier's shop by each of the three protocols, and comes back with a requisition."""

from collections.abc import Iterator

import httpx
import pytest

from app.orders.requisition_models import RequisitionLine
from tests.catalogues import line, publish
from tests.integration.organisations.steps import made
from tests.purchases import done
from tests.shopping import Browser, begin, open_shop, requisition_at, set_shop, shop
from tests.story import Story

DESK = "requisitioner"
CART = {"PAPIR_A4": "10", "CLIPS_100": "300", "GAVE_1": "1"}


@pytest.fixture
def address(story: Story) -> Iterator[str]:
    """Let the shop run, on an agreement for paper and office supplies with some of its goods in the catalogue."""
    groups = {"product_groups": ["14", "44"]}
    path = f"/agreements/{story.world.agreement_id}"
    done(story["state-content-manager"].send("PATCH", path, json=groups, headers={"If-Match": "*"}))
    goods = [("1", "29.50", "PAPIR-A4", "14111507"), ("2", "0.10", "CLIPS-100", "44122104")]
    publish(story.world, [line(key, price, sellers_number=nr, unspsc=code) for key, price, nr, code in goods])
    with open_shop(story.world) as running:
        yield running


@pytest.fixture
def browser(story: Story) -> Iterator[Browser]:
    opened = Browser(story.world)
    yield opened
    opened.close()


def told(lines: list[RequisitionLine]) -> list[tuple[str, str, str, str | None]]:
    """Give of each line its article, what the quantity comes to, where it stands, and why."""
    return [(row.item["sellers_item_id"]["value"], str(row.amount), str(row.standing), row.note) for row in lines]


def expect_the_cart(story: Story, visit: dict[str, str], answer: httpx.Response) -> list[RequisitionLine]:
    """See that the cart has become a draft of who went, each line judged by the agreement."""
    requisition, lines = requisition_at(story.world, answer)
    assert (requisition.status, requisition.title) == ("DRAFT", "Kontorvarer")
    assert requisition.made_by == story.world.people[DESK]
    assert [row[:3] for row in told(lines)] == [
        ("PAPIR-A4", "295.00", "ON_AGREEMENT"),
        ("CLIPS-100", "36.00", "PRICE_DIFFERS"),
        ("GAVE-1", "495.00", "NOT_ON_AGREEMENT"),
    ]
    assert lines[1].note == "the catalogue has it at 0.10 DKK for 1 EA"
    assert "50161815" in (lines[2].note or "")
    seen = done(story[DESK].get(f"/punch-out-sessions/{visit['id']}"))
    assert (seen["status"], seen["requisition_id"]) == ("RETURNED", str(requisition.id))
    return lines


def test_by_oci_the_browser_logs_in_with_a_form_and_posts_the_cart(
    story: Story, address: str, browser: Browser
) -> None:
    made(set_shop(story, shop("OCI", address)))
    visit = made(begin(story))
    entry = done(story[DESK].get(f"/punch-out-sessions/{visit['id']}/entry"))

    browser.enter(**entry).pick(**CART)
    lines = expect_the_cart(story, visit, browser.come_back())

    assert {row.quote["EXT_QUOTE_ITEM"] for row in lines if row.quote} == {"1", "2", "3"}
    assert lines[0].item["descriptions"] == ["Kopipapir A4 80 g, fra butikken"]


def test_by_cxml_the_service_asks_to_be_let_in(story: Story, address: str, browser: Browser) -> None:
    made(set_shop(story, shop("CXML", address)))
    visit = made(begin(story))

    browser.enter("GET", visit["start_url"], {}).pick(**CART)
    lines = expect_the_cart(story, visit, browser.come_back())

    assert all("SupplierPartAuxiliaryID" in (row.quote or {}) for row in lines)


def test_by_peppol_the_cart_comes_from_server_to_server(story: Story, address: str, browser: Browser) -> None:
    made(set_shop(story, shop("PEPPOL", address)))
    visit = made(begin(story))
    entry = done(story[DESK].get(f"/punch-out-sessions/{visit['id']}/entry"))

    led_on = browser.enter(**entry).pick(**CART)
    lines = expect_the_cart(story, visit, led_on)

    assert {row.expires_at.isoformat() for row in lines if row.expires_at} == {"2026-03-09T17:00:00+00:00"}
