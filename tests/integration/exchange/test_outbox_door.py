"""What leaves is seen by those for whom it leaves."""

from tests.purchases import done, refused
from tests.story import Story


def test_who_reads_orders_sees_what_leaves_for_them(story: Story) -> None:
    story.approved_catalogue()
    sent = story.sent_order(kopipapir="1")
    waiting = {row["document_type"]: row for row in done(story["buyer"].get("/outbox"))["data"]}
    assert (waiting["Order"]["state"], waiting["Order"]["about_id"]) == ("QUEUED", sent["id"])
    assert waiting["Order"]["receiver"] == "DK:CVR:DK30714008"
    story.work()
    left = {row["document_type"]: row for row in done(story["buyer"].get("/outbox"))["data"]}
    assert (left["Order"]["state"], left["Order"]["attempts"]) == ("SENT", 1)
    assert done(story["supplier"].get("/outbox"))["data"] == []
    assert done(story["requisitioner"].get("/outbox"))["data"] == []
    assert refused(story["supplier"].get(f"/documents/{left['Order']['document_id']}")) == (404, "inbound_not_found")


def test_what_leaves_is_found_by_what_it_is_about_and_how_far_it_has_come(story: Story) -> None:
    story.approved_catalogue()
    first, second = story.sent_order(kopipapir="1"), story.sent_order(kopipapir="2")

    def found(**wanted: str) -> list[tuple[str, str | None]]:
        rows = done(story["buyer"].get("/outbox", **wanted))["data"]
        return [(row["document_type"], row["about_id"]) for row in rows]

    assert found(about_id=first["id"]) == [("Order", first["id"])]
    assert found(document_type="Order", limit="1") == [("Order", first["id"])]
    assert len(found(document_type="Order", state="QUEUED", receiver="DK:CVR:DK30714008")) == 2
    assert found(state="DEAD") == found(receiver="DK:CVR:DK99999999") == []
    assert found(about_id=second["id"], state="SENT") == []
    story.work()
    assert found(about_id=second["id"], state="SENT") == [("Order", second["id"])]
    assert refused(story["buyer"].get("/outbox", state="LOST"))[0] == 422
    assert refused(story["buyer"].get("/outbox", limit="0"))[0] == 422
    assert refused(story["buyer"].get("/outbox", receiver="a\0b"))[0] == 422
