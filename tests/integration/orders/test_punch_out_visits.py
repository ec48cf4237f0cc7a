"""Who is let into a shop, by what a browser enters it, and what a cXML shop may answer."""

from http.server import BaseHTTPRequestHandler

from lxml import html
from sqlmodel import Session, select

from app.kit.idempotency import StoredAnswer
from tests.databases import row_counts
from tests.integration.organisations.steps import every, made
from tests.purchases import done, person, refused
from tests.servers import says, serving
from tests.shopping import PROKURA, SECRET, begin, begun, set_shop, shop
from tests.story import Story

DESK = "requisitioner"


def cxml(status: str, page: str = "") -> bytes:
    start = f"<PunchOutSetupResponse><StartPage><URL>{page}</URL></StartPage></PunchOutSetupResponse>" if page else ""
    return f"<cXML><Response><Status {status}/>{start}</Response></cXML>".encode()


def test_only_whoever_may_make_requisitions_there_is_let_in(story: Story) -> None:
    made(set_shop(story, shop()))
    person(story, "stranger", "REQUISITIONER", place="root")
    assert refused(begin(story, "receiver")) == (403, "not_allowed")
    assert refused(begin(story, "stranger")) == (404, "agreement_not_found")
    assert refused(begin(story, "supplier")) == (404, "agreement_not_found")
    assert made(begin(story, DESK))["status"] == "STARTED"


def test_an_agreement_without_orders_by_cart_has_no_visits(story: Story) -> None:
    made(set_shop(story, shop()))
    path, body = f"/agreements/{story.world.agreement_id}", {"order_types": ["TEXT", "STANDING"]}
    done(story["state-content-manager"].send("PATCH", path, json=body, headers={"If-Match": "*"}))
    assert refused(begin(story)) == (409, "punch_out_not_allowed")


def test_visits_are_seen_by_whoever_made_them(story: Story) -> None:
    visit, _ = begun(story)
    own = f"/punch-out-sessions/{visit['id']}"
    assert [row["id"] for row in every(story[DESK], "/punch-out-sessions")] == [visit["id"]]
    for who in ("buyer", "state-content-manager", "auditor"):
        assert every(story[who], "/punch-out-sessions") == []
        for path in (own, f"{own}/entry", f"{own}/form"):
            assert refused(story[who].get(path)) == (404, "punch_out_session_not_found")


def test_neither_secret_nor_token_is_kept_with_the_answer(story: Story) -> None:
    made(set_shop(story, shop()))
    first, again = begin(story, key="gaa"), begin(story, key="gaa")
    assert made(first)["id"] == made(again)["id"]
    assert again.headers["idempotent-replayed"] == "true"
    entry = story[DESK].get(f"/punch-out-sessions/{first.json()['id']}/entry")
    token = done(entry)["fields"]["HOOK_URL"].partition("?t=")[2]
    assert entry.headers["cache-control"] == "no-store"

    def stored(session: Session) -> bytes:
        return b"".join(session.exec(select(StoredAnswer.body)).all())

    answers = story.world.database.run(stored, write=False)
    assert answers
    assert token.encode() not in answers
    assert SECRET.encode() not in answers


def test_the_form_sends_itself_to_the_shop_and_nowhere_else(story: Story) -> None:
    visit, _ = begun(story, allowed_hosts=["login.butik.example"], fields={"tekst": '"><script>alert(1)</script>'})
    page = story[DESK].get(f"/punch-out-sessions/{visit['id']}/form")
    form = html.fromstring(page.text).forms[0]
    policy = page.headers["content-security-policy"]

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert (form.method, form.action) == ("POST", "https://butik.example/oci")
    assert dict(form.form_values())["tekst"] == '"><script>alert(1)</script>'
    assert dict(form.form_values())["PASSWORD"] == SECRET
    assert "default-src 'none'" in policy
    origins = "https://butik.example https://login.butik.example;"
    assert f"form-action {origins}" in policy
    (script,) = html.fromstring(page.text).xpath("//script")
    assert f"'nonce-{script.get('nonce')}'" in policy
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_a_peppol_shop_keeps_its_own_query_and_may_have_its_own_names(story: Story) -> None:
    names = {"ref": "{buyer_reference}", "til": "{return_url}", "sprog": "da"}
    body = shop("PEPPOL", fields=names) | {"setup_url": "https://butik.example/ind?kunde=7"}
    made(set_shop(story, body))
    visit = made(begin(story))
    entry = done(story[DESK].get(f"/punch-out-sessions/{visit['id']}/entry"))
    assert (entry["method"], entry["url"]) == ("GET", "https://butik.example/ind")
    assert (entry["fields"]["kunde"], entry["fields"]["sprog"]) == ("7", "da")
    assert entry["fields"]["til"] == f"{PROKURA}/punch-out/return/{visit['id']}?t={entry['fields']['ref']}"


def test_the_shop_is_told_who_comes_only_where_it_is_to_know(story: Story) -> None:
    fields = {"bruger": "{user_name}"}
    visit, _ = begun(story, fields=fields)
    path = f"/punch-out-sessions/{visit['id']}/entry"
    assert done(story[DESK].get(path))["fields"]["bruger"] == ""
    done(set_shop(story, shop(fields=fields, tells_user=True), **{"If-Match": "*"}))
    assert done(story[DESK].get(path))["fields"]["bruger"] == DESK


def test_a_cxml_shop_is_asked_with_its_secret_and_entered_by_its_page(story: Story) -> None:
    with serving(says(cxml('code="200" text="OK"', "http://127.0.0.1:9/inde"))) as server:
        made(set_shop(story, shop("CXML", f"http://127.0.0.1:{server.server_port}", tells_user=True)))
        visit = made(begin(story, key="ind"))
        assert made(begin(story, key="ind")) == visit
    ((method, path, headers, body),) = server.asked
    assert (method, path, headers["content-type"]) == ("POST", "/cxml", "text/xml; charset=UTF-8")
    assert SECRET.encode() in body
    assert f"{PROKURA}/punch-out/return/{visit['id']}?t=".encode() in body
    assert b'<Extrinsic name="UserFullName">requisitioner</Extrinsic>' in body
    assert visit["start_url"] == "http://127.0.0.1:9/inde"
    answer = story[DESK].get(f"/punch-out-sessions/{visit['id']}/entry")
    assert refused(answer) == (409, "entered_by_its_page")


def redirects(request: BaseHTTPRequestHandler) -> None:
    says(b"", 302, Location="https://butik.example/")(request)


NOT_LET_IN = [
    (says(cxml('code="401" text="Unauthorized"')), "shop_refused", "401 Unauthorized"),
    (says(cxml('code="500" text="Internal"')), "shop_refused", "500 Internal"),
    (says(b"<cXML/>"), "shop_refused", "no status"),
    (says(cxml('code="200"')), "start_page_not_allowed", "https://host/path"),
    (says(cxml('code="200"', "https://evil.example/")), "start_page_not_allowed", "evil.example"),
    (says(cxml('code="200"', "http://butik.example/")), "start_page_not_allowed", "https"),
    (says(cxml('code="200"', "javascript:alert(1)")), "start_page_not_allowed", "https://host/path"),
    (says(b"<html>500</html>", 500), "shop_not_answering", "500"),
    (redirects, "shop_not_answering", "302"),
    (says(b"<html>"), "shop_not_answering", "cXML"),
    (says(b"<cXML>" + b" " * 1024 * 1024 + b"</cXML>"), "shop_not_answering", "larger than"),
    (says(b'<!DOCTYPE cXML [<!ENTITY x SYSTEM "file:///etc/passwd">]><cXML/>'), "shop_not_answering", "entity"),
]
"""What a shop answers, the code that the visit is refused by, and a word of why."""


def test_a_cxml_shop_that_does_not_let_in_leaves_no_trace(story: Story) -> None:
    made(set_shop(story, shop("CXML", "http://127.0.0.1:9")))
    for answer, code, said in NOT_LET_IN:
        with serving(answer) as server:
            done(set_shop(story, shop("CXML", f"http://127.0.0.1:{server.server_port}"), **{"If-Match": "*"}))
            before = row_counts(story.world.database)
            told = begin(story)
        assert refused(told) == (409, code)
        assert said in told.json()["detail"]
        assert SECRET not in told.text
        assert row_counts(story.world.database) == before


def test_a_cxml_shop_that_nobody_answers_at_is_told_of(story: Story) -> None:
    with serving(says(b"")) as server:
        gone = f"http://127.0.0.1:{server.server_port}"
    made(set_shop(story, shop("CXML", gone)))
    assert refused(begin(story)) == (409, "shop_not_answering")
