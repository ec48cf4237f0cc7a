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
