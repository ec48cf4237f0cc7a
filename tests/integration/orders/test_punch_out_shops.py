"""How a shop is registered behind an agreement: by its owner alone, over https, and with a secret nobody reads."""

from typing import Any

from sqlmodel import Session, select

from app.orders.punch_out_models import PunchOutShop
from tests.integration.organisations.steps import made
from tests.purchases import done, etag, pointers, refused
from tests.shopping import SECRET, begin, begun, cart, send_back, set_shop, shop
from tests.story import Story

MANAGER = "state-content-manager"


def path(story: Story) -> str:
    return f"/agreements/{story.world.agreement_id}/punch-out-shop"


def kept(story: Story) -> bytes | None:
    """Give a shop's secret as it is kept."""

    def step(session: Session) -> bytes | None:
        return session.exec(select(PunchOutShop)).one().secret

    return story.world.database.run(step, write=False)


def test_a_shop_is_registered_changed_and_removed(story: Story) -> None:
    registered = set_shop(story, shop(allowed_hosts=["cdn.butik.example"]))
    first = made(registered)
    assert registered.headers["etag"] == '"1"'
    assert (first["has_secret"], first["allowed_hosts"]) == (True, ["butik.example", "cdn.butik.example"])
    assert SECRET not in registered.text
    sealed = kept(story)
    assert sealed is not None
    assert SECRET.encode() not in sealed

    without = {name: value for name, value in shop(decimal_comma=True).items() if name != "secret"}
    assert refused(set_shop(story, without)) == (428, "version_missing")
    second = done(set_shop(story, without, **etag(first)))
    assert (second["version"], second["decimal_comma"], kept(story)) == (2, True, sealed)
    assert refused(set_shop(story, without, **etag(first))) == (412, "version_mismatch")
    third = done(set_shop(story, shop(secret=None), **etag(second)))
    assert (third["has_secret"], kept(story)) == (False, None)

    assert story[MANAGER].delete(path(story), headers=etag(third)).status_code == 204
    assert refused(story[MANAGER].get(path(story))) == (404, "punch_out_shop_not_found")
    assert refused(begin(story)) == (404, "punch_out_shop_not_found")


def test_a_shop_is_the_business_of_the_agreements_owner(story: Story) -> None:
    made(set_shop(story, shop()))
    for who in ("requisitioner", "content-manager"):
        for method in ("PUT", "GET", "DELETE"):
            answer = story[who].send(method, path(story), json=shop() if method == "PUT" else None)
            assert refused(answer) == (403, "not_allowed"), (who, method)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"setup_url": "http://butik.example/oci"}, "target_not_allowed"),
    ({"setup_url": "https://10.0.0.7/oci"}, "target_not_allowed"),
    ({"setup_url": "https://2852039166/"}, "target_not_allowed"),
    ({"setup_url": "https://bruger:kode@butik.example/"}, "target_not_allowed"),
    ({"setup_url": "javascript:alert(1)"}, "target_not_allowed"),
    ({"fields": {"hook_url": "https://evil.example"}}, "body_not_valid"),
    ({"fields": {"~okcode": "x"}}, "body_not_valid"),
    ({"fields": {'"><script>': "x"}}, "body_not_valid"),
    ({"protocol_version": "3.0"}, "body_not_valid"),
    ({"identities": {"from": "DUNS:1", "to": "DUNS:2"}}, "body_not_valid"),
    ({"allowed_hosts": ["https://butik.example/"]}, "body_not_valid"),
    ({"session_hours": 25}, "body_not_valid"),
    ({"protocol": "CXML", "protocol_version": "1.2.040"}, "body_not_valid"),
    ({"protocol": "PEPPOL", "protocol_version": "3", "decimal_comma": True}, "body_not_valid"),
]
"""What is changed in how a shop is entered, and the code that it is refused by."""


def test_what_no_shop_is_entered_by_is_refused(story: Story) -> None:
    for changed, code in REFUSED:
        assert refused(set_shop(story, shop() | changed)) == (422, code), changed
    assert refused(story[MANAGER].get(path(story))) == (404, "punch_out_shop_not_found")


def test_cxml_takes_a_secret_and_a_secret_takes_a_key(story: Story) -> None:
    no_secret = set_shop(story, shop("CXML", secret=None))
    assert (refused(no_secret), pointers(no_secret)) == ((422, "shop_secret_missing"), ["/secret"])

    state = story.world.app.state
    settings = state.settings
    state.settings = settings.model_copy(update={"secret_key": ""})
    without_key = set_shop(story, shop())
    assert refused(without_key) == (409, "secret_key_missing")
    assert "PROKURA_SECRET_KEY" in without_key.json()["detail"]
    made(set_shop(story, shop(secret=None)))
    assert refused(begin(story)) == (409, "secret_key_missing")

    state.settings = settings
    done(set_shop(story, shop(), **{"If-Match": "*"}))
    state.settings = settings.model_copy(update={"secret_key": "another key that is long enough, too"})
    visit = made(begin(story))
    answer = story["requisitioner"].get(f"/punch-out-sessions/{visit['id']}/entry")
    assert refused(answer) == (409, "secret_not_readable")


def test_no_cart_comes_back_from_a_shop_that_was_removed(story: Story) -> None:
    visit, hook = begun(story)
    assert story[MANAGER].delete(path(story), headers={"If-Match": "*"}).status_code == 204
    assert refused(send_back(story.world, hook, cart({}))) == (409, "punch_out_session_expired")
    assert done(story["requisitioner"].get(f"/punch-out-sessions/{visit['id']}"))["status"] == "EXPIRED"
