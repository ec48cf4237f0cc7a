"""Carts that are changed in the shop or looked at; products shown, found and asked about; what hostile shops answer."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from lxml import etree

from app.orders.requisition_models import RequisitionLine
from samples.fakeshop.goods import GOODS, Good, Picked, oci_fields
from tests.carts import ITEM, message
from tests.catalogues import line, publish
from tests.databases import row_counts
from tests.integration.organisations.steps import made
from tests.purchases import done, person, pointers, refused, sql
from tests.servers import Server, says, serving
from tests.shopping import (
    PROKURA,
    Browser,
    begin,
    begun,
    open_shop,
    requisition,
    requisition_at,
    send_back,
    set_shop,
    shop,
)
from tests.story import Story

DESK = "requisitioner"
FUNCTIONS = ["DETAIL", "VALIDATE", "BACKGROUND_SEARCH"]
PAPER, CLIPS, _ = GOODS


@pytest.fixture
def address(story: Story) -> Iterator[str]:
    """Let the shop run, on an agreement for paper and office supplies."""
    groups = {"product_groups": ["14", "44"]}
    path = f"/agreements/{story.world.agreement_id}"
    done(story["state-content-manager"].send("PATCH", path, json=groups, headers={"If-Match": "*"}))
    publish(story.world, [line("1", "29.50", sellers_number="PAPIR-A4", unspsc="14111507")])
    with open_shop(story.world) as running:
        yield running


@pytest.fixture
def browser(story: Story) -> Iterator[Browser]:
    opened = Browser(story.world)
    yield opened
    opened.close()


def visit(story: Story, operation: str, who: str = DESK, **about: Any) -> httpx.Response:
    body = {"organisation_id": str(story.world.institution_id), "operation": operation, **about}
    return story[who].post(f"/agreements/{story.world.agreement_id}/punch-out-sessions", body)


def bought(story: Story, browser: Browser, **cart: str) -> tuple[str, list[RequisitionLine]]:
    """Fill a basket in the cXML shop, and come back with it."""
    browser.enter("GET", made(begin(story))["start_url"], {}).pick(**cart)
    needed, lines = requisition_at(story.world, browser.come_back())
    return str(needed.id), lines


def quantities(lines: list[RequisitionLine]) -> dict[str, str]:
    return {row.item["sellers_item_id"]["value"]: f"{row.quantity:f}" for row in lines}


def test_a_cart_is_changed_in_its_shop_and_keeps_where_it_is_posted(
    story: Story, address: str, browser: Browser
) -> None:
    made(set_shop(story, shop("CXML", address)))
    needed, lines = bought(story, browser, PAPIR_A4="10", GAVE_1="1")
    path = f"/requisitions/{needed}"
    in_words = {"source": "TEXT", "text": "Flytning", "amount": "100"}
    made(story[DESK].post(f"{path}/lines", in_words, headers={"If-Match": "*"}))
    settled = {"accounting_cost": "account=2210"}
    done(story[DESK].send("PATCH", f"{path}/lines/{lines[0].id}", json=settled, headers={"If-Match": "*"}))
    before = done(story[DESK].get(path))["version"]

    going = made(visit(story, "EDIT", requisition_id=needed))
    assert (going["operation"], going["requisition_id"]) == ("EDIT", needed)
    page = browser.enter("GET", going["start_url"], {})
    assert page.filled() == {"PAPIR-A4": "10", "CLIPS-100": "", "GAVE-1": "1"}
    page.pick(PAPIR_A4="4", CLIPS_100="200")
    again, _ = requisition_at(story.world, browser.come_back())

    assert str(again.id) == needed
    now = done(story[DESK].get(path))
    assert now["version"] == before + 1
    told = [(row["item"]["name"], row["quantity"]["value"], row["accounting_cost"]) for row in now["lines"]]
    assert told == [
        ("Flytning", "1.00", None),
        ("Kopipapir A4 80 g", "4.00", "account=2210"),
        ("Papirclips", "200.00", None),
    ]
    seen = done(story[DESK].get(f"/punch-out-sessions/{going['id']}"))
    assert (seen["status"], seen["allows"]) == ("RETURNED", "EDIT")


def test_the_shop_is_told_the_cart_by_its_own_keys_and_cookie(story: Story) -> None:
    with serving(says(setup_answer())) as server:
        made(set_shop(story, shop("CXML", f"http://127.0.0.1:{server.server_port}")))
        needed = returned(story, server, allows="edit")
        made(visit(story, "EDIT", requisition_id=needed))
        made(visit(story, "INSPECT", requisition_id=needed))
    created, edited, inspected = (setup_of(body) for _, _, _, body in server.asked)
    assert [one.get("operation") for one in (created, edited, inspected)] == ["create", "edit", "inspect"]
    assert edited.findtext("BuyerCookie") == created.findtext("BuyerCookie") == inspected.findtext("BuyerCookie")
    assert edited.findtext("BrowserFormPost/URL") != created.findtext("BrowserFormPost/URL")
    (item,) = edited.findall("ItemOut")
    assert (item.get("quantity"), item.get("lineNumber")) == ("3", "1")
    assert [child.text for child in item.iterfind("ItemID/*")] == ["B-77", "kurv-9/1"]
    assert created.find("ItemOut") is None


def setup_answer(page: str = "http://127.0.0.1:9/inde") -> bytes:
    start = f"<PunchOutSetupResponse><StartPage><URL>{page}</URL></StartPage></PunchOutSetupResponse>"
    return f'<cXML><Response><Status code="200" text="OK"/>{start}</Response></cXML>'.encode()


def setup_of(body: bytes) -> etree._Element:
    setup = etree.fromstring(body).find("Request/PunchOutSetupRequest")
    assert setup is not None
    return setup


def returned(story: Story, server: Server, *, allows: str, **about: Any) -> str:
    """Come back from a cXML shop with three of B-77, and give the requisition."""
    made(visit(story, "CREATE", **about))
    return led_to(come_back(story, setup_of(server.asked[-1][3]), allows)).removeprefix("/requisitions/")


def come_back(story: Story, setup: etree._Element, allows: str = "edit", *items: str) -> httpx.Response:
    hook = setup.findtext("BrowserFormPost/URL") or ""
    content = message(*(items or (ITEM,)), cookie=setup.findtext("BuyerCookie") or "")
    content = content.replace(b'operationAllowed="create"', f'operationAllowed="{allows}"'.encode())
    return send_back(story.world, hook.removeprefix(PROKURA), {"cxml-urlencoded": content.decode()})


def led_to(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@pytest.mark.parametrize(
    ("allows", "operation", "status"),
    [
        ("edit", "EDIT", 201),
        ("edit", "INSPECT", 201),
        ("inspect", "INSPECT", 201),
        ("inspect", "EDIT", 409),
        ("create", "INSPECT", 409),
        ("alt", "EDIT", 409),
    ],
)
def test_the_shop_says_how_far_its_cart_may_be_taken_up_again(
    story: Story, allows: str, operation: str, status: int
) -> None:
    with serving(says(setup_answer())) as server:
        made(set_shop(story, shop("CXML", f"http://127.0.0.1:{server.server_port}")))
        needed = returned(story, server, allows=allows)
        answer = visit(story, operation, requisition_id=needed)
    assert answer.status_code == status, answer.text
    assert status == 201 or answer.json()["code"] == "visit_not_possible"


def test_looking_at_a_cart_changes_nothing_whatever_comes_back(story: Story) -> None:
    with serving(says(setup_answer())) as server:
        made(set_shop(story, shop("CXML", f"http://127.0.0.1:{server.server_port}")))
        needed = returned(story, server, allows="edit")
        before = done(story[DESK].get(f"/requisitions/{needed}"))
        for operation, items in (("INSPECT", (ITEM, ITEM)), ("EDIT", ("",))):
            going = made(visit(story, operation, requisition_id=needed))
            answer = come_back(story, setup_of(server.asked[-1][3]), "edit", *items)
            assert led_to(answer) == f"/requisitions/{needed}"
            assert done(story[DESK].get(f"/punch-out-sessions/{going['id']}"))["status"] == "CANCELLED"
    assert done(story[DESK].get(f"/requisitions/{needed}")) == before


def test_a_cart_that_is_handed_in_meanwhile_is_not_changed(story: Story) -> None:
    with serving(says(setup_answer())) as server:
        made(set_shop(story, shop("CXML", f"http://127.0.0.1:{server.server_port}")))
        needed = returned(story, server, allows="edit")
        path = f"/requisitions/{needed}"
        made(visit(story, "EDIT", requisition_id=needed))
        setup = setup_of(server.asked[-1][3])
        done(story[DESK].send("PATCH", path, json={"accounting_cost": "1"}, headers={"If-Match": "*"}))
        done(story[DESK].post(f"{path}/submit", headers={"If-Match": "*"}))
        before = row_counts(story.world.database)
        assert refused(come_back(story, setup)) == (409, "requisition_fixed")
        assert row_counts(story.world.database) == before
        assert refused(visit(story, "EDIT", requisition_id=needed)) == (409, "requisition_fixed")


def test_only_ones_own_cart_of_this_shop_is_taken_up_again(story: Story) -> None:
    with serving(says(setup_answer())) as server:
        made(set_shop(story, shop("CXML", f"http://127.0.0.1:{server.server_port}")))
        needed = returned(story, server, allows="edit")
        body = {"organisation_id": str(story.world.institution_id), "title": "Uden kurv"}
        other = made(story[DESK].post("/requisitions", body))["id"]
        person(story, "colleague", "REQUISITIONER")
        assert refused(visit(story, "EDIT", "colleague", requisition_id=needed)) == (404, "requisition_not_found")
        assert pointers(visit(story, "EDIT", requisition_id=other)) == ["/requisition_id"]
        assert refused(visit(story, "EDIT", requisition_id=story.world.agreement_id.hex)) == (
            404,
            "requisition_not_found",
        )
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("operation", "about"),
    [
        ("CREATE", {"product_id": "P-1"}),
        ("EDIT", {}),
        ("INSPECT", {"product_id": "P-1"}),
        ("DETAIL", {}),
        ("DETAIL", {"line_id": "019cae34-7780-7b23-a756-dd4a135255ec"}),
        ("SOURCING", {}),
    ],
)
def test_a_visit_says_what_it_is_about(story: Story, operation: str, about: Mapping[str, str]) -> None:
    made(set_shop(story, shop()))
    assert visit(story, operation, **about).status_code == 422


def test_oci_shows_one_product_and_its_cart_is_like_any_other(story: Story, address: str, browser: Browser) -> None:
    made(set_shop(story, shop("OCI", address)))
    assert refused(visit(story, "DETAIL", product_id="CLIPS-100")) == (409, "visit_not_possible")
    done(set_shop(story, shop("OCI", address, functions=FUNCTIONS), **{"If-Match": "*"}))
    going = made(visit(story, "DETAIL", product_id="CLIPS-100"))
    entry = done(story[DESK].get(f"/punch-out-sessions/{going['id']}/entry"))
    assert (entry["fields"]["FUNCTION"], entry["fields"]["PRODUCTID"]) == ("DETAIL", "CLIPS-100")
    page = browser.enter(**entry)
    assert page.filled() == {"CLIPS-100": ""}
    page.pick(CLIPS_100="100")
    needed, lines = requisition_at(story.world, browser.come_back())
    assert quantities(lines) == {"CLIPS-100": "100.00"}
    shown = made(visit(story, "DETAIL", requisition_id=str(needed.id), line_id=str(lines[0].id)))
    assert shown["product_id"] == "CLIPS-100"
    assert refused(visit(story, "EDIT", requisition_id=str(needed.id))) == (409, "visit_not_possible")


def hits(story: Story, words: str, who: str = DESK) -> httpx.Response:
    path = f"/agreements/{story.world.agreement_id}/shop-hits"
    return story[who].get(path, q=words, organisation_id=str(story.world.institution_id))


def basket(story: Story) -> str:
    body = {"organisation_id": str(story.world.institution_id), "title": "Kurv"}
    return f"/requisitions/{made(story[DESK].post('/requisitions', body))['id']}"


def add(story: Story, path: str, hit: str, who: str = DESK, **fields: Any) -> httpx.Response:
    body = {"agreement_id": str(story.world.agreement_id), "hit": hit, "quantity": "3", **fields}
    return story[who].post(f"{path}/shop-lines", body, headers={"If-Match": "*"})


def test_what_a_shop_finds_is_shown_and_put_on_a_requisition_as_it_was_shown(story: Story, address: str) -> None:
    made(set_shop(story, shop("OCI", address, functions=FUNCTIONS)))
    before = row_counts(story.world.database)
    found = done(hits(story, "papir"))
    assert row_counts(story.world.database) == before
    told = [(hit["product_id"], hit["price"]["price_amount"], hit["standing"]) for hit in found["data"]]
    assert told == [("PAPIR-A4", "29.50", "ON_AGREEMENT"), ("CLIPS-100", "12.00", "ON_AGREEMENT")]
    assert done(hits(story, "findes ikke"))["data"] == []

    path = basket(story)
    now = made(add(story, path, found["data"][0]["hit"]))
    (row,) = now["lines"]
    assert (row["source"], row["quantity"]["value"], row["amount"]) == ("PUNCH_OUT", "3", "88.50")
    assert row["standing"] == "ON_AGREEMENT"


def test_a_hit_is_good_for_whom_it_was_shown_to_and_for_half_an_hour(story: Story, address: str) -> None:
    made(set_shop(story, shop("OCI", address, functions=FUNCTIONS)))
    hit, path = done(hits(story, "papir"))["data"][0]["hit"], basket(story)
    others = done(hits(story, "papir", "buyer"))["data"][0]["hit"]
    for bad in (others, hit[:-8] + "AAAAAAA=", "x", hit[4:]):
        assert pointers(add(story, path, bad)) == ["/hit"]
    assert pointers(add(story, path, hit, quantity="999999999999")) == ["/quantity"]
    assert refused(add(story, path, hit, "buyer")) == (404, "requisition_not_found")
    story.world.clock.advance(timedelta(minutes=30))
    assert refused(add(story, path, hit)) == (409, "hit_expired")
    assert done(story[DESK].get(path))["lines"] == []


def test_only_a_buyer_of_the_agreement_has_its_shop_asked(story: Story, address: str) -> None:
    made(set_shop(story, shop("OCI", address)))
    assert refused(hits(story, "papir")) == (409, "shop_lacks_function")
    person(story, "stranger", "REQUISITIONER", place="root")
    assert refused(hits(story, "papir", "stranger")) == (404, "agreement_not_found")
    assert refused(hits(story, "papir", "receiver")) == (403, "not_allowed")
    assert hits(story, "p").status_code == 422


def form(*goods: tuple[Good, str]) -> bytes:
    fields = oci_fields([Picked(good, quantity) for good, quantity in goods])
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in fields.items())
    return f"<form method='post'>{inputs}</form>".encode()


HOSTILE = [
    (says(b"", 302, Location="http://169.254.169.254/"), "302"),
    (says(b"no", 500), "500"),
    (says(b" " * (1024 * 1024 + 1)), "larger than"),
    (says(form((Good("X", "&lt;script&gt;" + "\x01", "1.00"), "1"))), "cannot be read"),
    (says(form((Good("X", "Navn", "1,00"), "1"))), "cannot be read"),
    (says(form((Good("X" * 50, "Navn", "1.00"), "1"))), "cannot be read"),
]


def test_what_a_hostile_shop_answers_is_refused_whole(story: Story) -> None:
    made(set_shop(story, shop("OCI", "http://127.0.0.1:9", functions=FUNCTIONS)))
    for answer, said in HOSTILE:
        with serving(answer) as server:
            address = f"http://127.0.0.1:{server.server_port}"
            done(set_shop(story, shop("OCI", address, functions=FUNCTIONS), **{"If-Match": "*"}))
            told = hits(story, "papir")
        assert refused(told) == (409, "shop_not_answering")
        assert said in told.json()["detail"]
        assert "sesam" not in told.text


def test_a_shop_is_asked_only_where_the_service_may_go(story: Story) -> None:
    made(set_shop(story, shop("OCI", "https://butik.example", functions=FUNCTIONS)))
    sql(story, "UPDATE punch_out_shop SET setup_url = :there", there="http://169.254.169.254/oci")
    assert refused(hits(story, "papir")) == (422, "target_not_allowed")


def from_oci(story: Story, **fields: Any) -> tuple[str, list[RequisitionLine]]:
    """Come back from an OCI shop with two of PAPIR-A4 and 100 clips."""
    _, path = begun(story, functions=FUNCTIONS, **fields)
    answer = send_back(story.world, path, oci_fields([Picked(PAPER, "2"), Picked(CLIPS, "100")]))
    needed, lines = requisition_at(story.world, answer)
    return f"/requisitions/{needed.id}", lines


def at(story: Story, server: Server, **fields: Any) -> None:
    address = f"http://127.0.0.1:{server.server_port}"
    done(set_shop(story, shop("OCI", address, functions=FUNCTIONS, **fields), **{"If-Match": "*"}))


def check(story: Story, path: str, who: str = DESK, **body: Any) -> httpx.Response:
    return story[who].post(f"{path}/check-prices", body, headers={"If-Match": "*"})


def dearer(number: str) -> bytes:
    return form((Good("PAPIR-A4", "Kopipapir A4 80 g", number), "2"))


def test_differences_are_shown_for_each_line_and_taken_only_when_asked(story: Story) -> None:
    path, (paper, clips) = from_oci(story)
    before = done(story[DESK].get(path))["lines"]
    with serving(says(dearer("31.00"))) as server:
        at(story, server)
        told = done(check(story, path))
        shown = {one["line_id"]: one for one in told["lines"]}
        assert shown[str(paper.id)]["result"] == "DIFFERS"
        assert shown[str(paper.id)]["differences"] == [
            {"name": "price", "was": "29.50 for 1 EA", "now": "31.00 for 1 EA"}
        ]
        assert (shown[str(clips.id)]["result"], shown[str(clips.id)]["is_taken"]) == ("GONE", False)
        assert done(story[DESK].get(path))["lines"] == before
        taken = done(check(story, path, line_ids=[str(paper.id)], take=True))
    assert [one["is_taken"] for one in taken["lines"]] == [True]
    assert [row["amount"] for row in taken["requisition"]["lines"]] == ["62.00", "12.00"]
    asked = [dict(parse_qsl(body.decode())) for _, _, _, body in server.asked]
    assert [(one["FUNCTION"], one["PRODUCTID"], one["QUANTITY"]) for one in asked] == [
        ("VALIDATE", "PAPIR-A4", "2.000"),
        ("VALIDATE", "CLIPS-100", "100.000"),
        ("VALIDATE", "PAPIR-A4", "2.000"),
    ]


def test_an_offer_that_is_about_to_end_is_asked_for_anew_before_it_is_handed_in(story: Story) -> None:
    path, (paper, clips) = from_oci(story, quote_hours=72)
    assert done(story[DESK].send("PATCH", path, json={"accounting_cost": "1"}, headers={"If-Match": "*"}))
    done(story[DESK].send("DELETE", f"{path}/lines/{clips.id}", headers={"If-Match": "*"}))
    assert paper.expires_at is not None
    story.world.clock.advance(timedelta(hours=48))
    told = story[DESK].post(f"{path}/submit", headers={"If-Match": "*"})
    assert pointers(told) == ["/lines/0"]
    assert "check-prices" in told.text
    with serving(says(dearer("29.50"))) as server:
        at(story, server, quote_hours=72)
        (same,) = done(check(story, path))["lines"]
    assert (same["result"], same["differences"]) == ("SAME", [])
    assert done(story[DESK].post(f"{path}/submit", headers={"If-Match": "*"}))["status"] == "SUBMITTED"
    _, (row,) = requisition(story.world, path.rpartition("/")[2])
    assert row.expires_at == paper.expires_at + timedelta(hours=48)


def test_without_an_answer_nothing_is_said_of_a_price(story: Story) -> None:
    path, lines = from_oci(story)
    with serving(says(b"", 503)) as server:
        at(story, server)
        told = done(check(story, path, take=True))["lines"]
        assert [one["result"] for one in told] == ["NO_ANSWER", "NO_ANSWER"]
        assert len(server.asked) == 1
        done(set_shop(story, shop("OCI", "https://butik.example"), **{"If-Match": "*"}))
        told = done(check(story, path, take=True))["lines"]
        assert [one["result"] for one in told] == ["NOT_ASKED", "NOT_ASKED"]
    _, now = requisition(story.world, path.rpartition("/")[2])
    assert [(row.amount, row.quote) for row in now] == [(row.amount, row.quote) for row in lines]


def test_prices_are_asked_about_by_who_works_on_the_requisition(story: Story) -> None:
    path, (paper, _) = from_oci(story)
    assert pointers(check(story, path, line_ids=[str(story.world.agreement_id)])) == ["/line_ids/0"]
    assert story[DESK].post(f"{path}/check-prices", {}).status_code == 428
    assert refused(check(story, path, "buyer")) == (404, "requisition_not_found")
    done(story[DESK].send("PATCH", path, json={"accounting_cost": "1"}, headers={"If-Match": "*"}))
    done(story[DESK].post(f"{path}/submit", headers={"If-Match": "*"}))
    assert refused(check(story, path)) == (409, "requisition_fixed")
    done(story["buyer"].post(f"{path}/claim"))
    with serving(says(dearer("29.50"))) as server:
        at(story, server)
        told = done(check(story, path, "buyer", line_ids=[str(paper.id)]))["lines"]
    assert [one["result"] for one in told] == ["SAME"]
