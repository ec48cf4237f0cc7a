"""What comes back from a shop: once, in time, by the visit's own token and protocol, and whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from app.kit.archive import content_of
from app.orders.punch_out_models import PunchOutSession
from tests.client import Client
from tests.databases import row_counts
from tests.integration.organisations.steps import made
from tests.purchases import done, refused, sql
from tests.shopping import (
    FORM,
    PROKURA,
    Browser,
    begin,
    begun,
    cart,
    open_shop,
    requisition_at,
    send_back,
    set_shop,
    shop,
)
from tests.story import Story
from tests.unit.orders.test_punch_out_cxml import ITEM, message
from tests.unit.orders.test_punch_out_peppol import LINE, cart_xml

DESK = "requisitioner"
GONE = (404, "punch_out_session_not_found")


def test_a_cart_becomes_a_draft_with_what_the_order_must_say(story: Story) -> None:
    visit, hook = begun(story)
    quoted = {"EXT_QUOTE_ID": "T-1", "EXT_QUOTE_ITEM": "10"}
    sent = cart({"PRICE": "250.00", "PRICEUNIT": "100", **quoted}, {"MATGROUP": None, "VENDORMAT": "NR-2"})

    found, lines = requisition_at(story.world, send_back(story.world, hook, sent))

    assert (found.status, found.made_by, found.made_for) == ("DRAFT", story.world.people[DESK], None)
    assert (found.organisation_id, found.root_id) == (story.world.institution_id, story.world.root_id)
    first, second = lines
    assert (first.source, first.quantity, first.unit_code, first.amount) == ("PUNCH_OUT", 2, "EA", Decimal("5.00"))
    assert first.price is not None
    assert first.price["base_quantity"] == {"value": "100", "unit_code": "EA"}
    assert (first.supplier_id, first.agreement_id) == (story.world.supplier_id, story.world.agreement_id)
    assert first.quote == {**quoted, "UNIT": "EA"}
    assert (first.standing, first.note, first.unspsc) == ("ON_AGREEMENT", None, "14111507")
    assert (second.standing, second.expires_at) == ("NOT_ON_AGREEMENT", None)
    assert "UNSPSC" in (second.note or "")
    seen = done(story[DESK].get(f"/punch-out-sessions/{visit['id']}"))
    assert (seen["status"], seen["requisition_id"]) == ("RETURNED", str(found.id))


def test_a_token_is_good_once(story: Story) -> None:
    _, hook = begun(story)
    requisition_at(story.world, send_back(story.world, hook, cart({})))
    before = row_counts(story.world.database)
    for fields in (cart({}), cart({"QUANTITY": "9"}), {}):
        assert refused(send_back(story.world, hook, fields)) == (409, "punch_out_session_used")
    assert row_counts(story.world.database) == before


def test_of_two_carts_at_once_one_is_taken(story: Story) -> None:
    _, hook = begun(story)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda n: send_back(story.world, hook, cart({"QUANTITY": str(n)})), (1, 2)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert row_counts(story.world.database)["requisition"] == 1


def test_an_empty_cart_ends_the_visit(story: Story) -> None:
    visit, hook = begun(story)
    answer = send_back(story.world, hook, {"~caller": "CTLG"})
    path = f"/punch-out-sessions/{visit['id']}"
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert done(story[DESK].get(path))["status"] == "CANCELLED"
    assert refused(story[DESK].get(f"{path}/entry")) == (409, "punch_out_session_used")
    assert refused(send_back(story.world, hook, cart({}))) == (409, "punch_out_session_used")
    assert row_counts(story.world.database)["requisition"] == 0


def test_a_visit_ends_when_its_time_is_over(story: Story) -> None:
    visit, hook = begun(story, session_hours=1)
    story.world.clock.advance(timedelta(hours=1))
    assert refused(send_back(story.world, hook, cart({}))) == (409, "punch_out_session_expired")
    assert done(story[DESK].get(f"/punch-out-sessions/{visit['id']}"))["status"] == "EXPIRED"
    assert refused(story[DESK].get(f"/punch-out-sessions/{visit['id']}/form")) == (409, "punch_out_session_expired")


def test_an_unknown_visit_and_a_wrong_token_are_told_apart_by_nobody(story: Story) -> None:
    visit, hook = begun(story)
    other = made(begin(story))
    path, _, token = hook.partition("?t=")
    before = row_counts(story.world.database)
    for wrong in (
        path,
        f"{path}?t=",
        f"{path}?t={token[:-1]}",
        f"{path}?t={token}x",
        f"/punch-out/return/{other['id']}?t={token}",
        f"/punch-out/return/{story.world.agreement_id}?t={token}",
    ):
        assert refused(send_back(story.world, wrong, cart({}))) == GONE
        assert refused(Client(story.world.app).send("POST", wrong, content=b"x")) == GONE
    assert row_counts(story.world.database) == before
    assert done(story[DESK].get(f"/punch-out-sessions/{visit['id']}"))["status"] == "STARTED"


def test_a_cart_that_cannot_be_read_leaves_the_visit_as_it_was(story: Story) -> None:
    _, hook = begun(story)
    before = row_counts(story.world.database)
    answer = send_back(story.world, hook, cart({}, {"QUANTITY": "1,5"}))
    assert refused(answer) == (422, "cart_not_readable")
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["line"], fault["rule_id"]) == ("/NEW_ITEM-QUANTITY[2]", 2, "P-OCI-COMMA")
    assert row_counts(story.world.database) == before
    requisition_at(story.world, send_back(story.world, hook, cart({})))


def test_a_shop_that_writes_commas_is_understood_where_it_is_known_to(story: Story) -> None:
    _, hook = begun(story, decimal_comma=True)
    _, (line,) = requisition_at(story.world, send_back(story.world, hook, cart({"QUANTITY": "1,5", "PRICE": "10"})))
    assert (line.quantity, line.amount) == (Decimal("1.50"), Decimal("15.00"))


def test_a_form_in_windows_1252_is_understood(story: Story) -> None:
    _, hook = begun(story)
    fields = "&".join(f"{name}={value}" for name, value in cart({"DESCRIPTION": "Bl%E5 blok"}).items())
    answer = Client(story.world.app).send("POST", hook, content=fields.encode(), headers=FORM)
    _, (line,) = requisition_at(story.world, answer)
    assert line.item["name"] == "Blå blok"


FOREIGN = [
    ("OCI", "application/xml", cart_xml(LINE), (422, "cart_of_other_protocol")),
    ("OCI", FORM["Content-Type"], b"cxml-urlencoded=%3CcXML/%3E", (422, "cart_of_other_protocol")),
    ("OCI", "multipart/form-data; boundary=x", b"--x--", (415, "media_type_not_supported")),
    ("OCI", FORM["Content-Type"], b"a=1&" * 200_001, (422, "too_many_fields")),
    ("PEPPOL", FORM["Content-Type"], b"NEW_ITEM-PRICE[1]=1", (422, "cart_of_other_protocol")),
    ("PEPPOL", "application/xml", message(ITEM), (422, "cart_not_readable")),
    ("PEPPOL", "application/xml", cart_xml(LINE), (422, "cart_of_other_visit")),
]
"""A protocol, a body that is no cart of a visit by it, and what is answered."""


def test_a_cart_that_is_none_of_the_visits_is_refused(story: Story) -> None:
    made(set_shop(story, shop()))
    for protocol, media_type, content, expected in FOREIGN:
        done(set_shop(story, shop(protocol), **{"If-Match": "*"}))
        visit = made(begin(story))
        fields = done(story[DESK].get(f"/punch-out-sessions/{visit['id']}/entry"))["fields"]
        hook = str(fields.get("HOOK_URL") or fields["returnUrl"]).removeprefix(PROKURA)
        before = row_counts(story.world.database)
        answer = Client(story.world.app).send("POST", hook, content=content, headers={"Content-Type": media_type})
        assert refused(answer) == expected
        assert row_counts(story.world.database) == before


def test_a_cxml_cart_is_taken_for_its_own_visit_alone(story: Story) -> None:
    with open_shop(story.world) as address:
        made(set_shop(story, shop("CXML", address)))
        first, second = made(begin(story)), made(begin(story))
        browser = Browser(story.world)
        browser.enter("GET", first["start_url"], {}).pick(PAPIR_A4="1")
        hook, fields = browser.held()
        browser.enter("GET", second["start_url"], {}).pick(PAPIR_A4="1")
        _, other_fields = browser.held()
        browser.close()
    foreign = {"NEW_ITEM-PRICE[1]": "1"}
    assert refused(send_back(story.world, hook, foreign)) == (422, "cart_of_other_protocol")
    assert refused(send_back(story.world, hook, {})) == (422, "cart_not_readable")
    assert refused(send_back(story.world, hook, other_fields)) == (422, "cart_of_other_visit")
    requisition_at(story.world, send_back(story.world, hook, fields))


def test_five_thousand_lines_come_back(story: Story) -> None:
    _, hook = begun(story)
    sent = cart(*({"VENDORMAT": f"NR-{number}"} for number in range(5000)))
    _, lines = requisition_at(story.world, send_back(story.world, hook, sent))
    assert (len(lines), lines[4999].position, lines[4999].item["sellers_item_id"]["value"]) == (5000, 5000, "NR-4999")


def test_the_body_is_kept_without_the_secrets_in_it(story: Story) -> None:
    _, hook = begun(story, fields={"kode": "{secret}"})
    echoed = {"PASSWORD": "sesam-1", "kode": "sesam-2", "SharedSecret": "sesam-3"}
    found, _ = requisition_at(story.world, send_back(story.world, hook, cart({}) | echoed))
    visits = done(story[DESK].get("/punch-out-sessions"))["data"]
    assert [row["requisition_id"] for row in visits] == [str(found.id)]

    def step(session: Session) -> bytes:
        document_id = session.get_one(PunchOutSession, UUID(visits[0]["id"])).document_id
        assert document_id is not None
        return content_of(session, document_id)

    kept = story.world.database.run(step, write=False)
    assert b"sesam" not in kept
    assert b"NEW_ITEM-VENDORMAT%5B1%5D=NR-1" in kept


def test_what_happened_to_the_agreement_while_shopping_counts(story: Story) -> None:
    _, hook = begun(story)
    path = f"/agreements/{story.world.agreement_id}/suspend"
    done(story["state-content-manager"].post(path, headers={"If-Match": "*"}))
    _, (line,) = requisition_at(story.world, send_back(story.world, hook, cart({})))
    assert (line.standing, line.note) == (
        "NOT_ON_AGREEMENT",
        "the agreement is no longer shared with whoever visited the shop",
    )


def test_whoever_may_make_no_requisitions_any_more_brings_nothing_back(story: Story) -> None:
    _, hook = begun(story)
    sql(story, "DELETE FROM role_grant WHERE role = 'REQUISITIONER'")
    assert refused(send_back(story.world, hook, cart({}))) == (403, "not_allowed")
    assert row_counts(story.world.database)["requisition"] == 0


def test_a_substitute_shops_for_the_principal(story: Story) -> None:
    body = {
        "principal_id": str(story.world.people[DESK]),
        "substitute_id": str(story.world.people["receiver"]),
        "valid_from": "2026-03-02",
        "valid_to": "2026-03-31",
    }
    made(story["administrator"].post("/substitutions", body))
    who = f"receiver for {DESK}"
    visit, hook = begun(story, who)
    found, _ = requisition_at(story.world, send_back(story.world, hook, cart({})))
    assert (found.made_by, found.made_for) == (story.world.people["receiver"], story.world.people[DESK])
    assert done(story[DESK].get(f"/punch-out-sessions/{visit['id']}"))["requisition_id"] == str(found.id)
    assert refused(story["receiver"].get(f"/punch-out-sessions/{visit['id']}")) == GONE
