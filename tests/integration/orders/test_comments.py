"""The buyer's people write to each other about orders and requisitions; nobody else reads it."""

from tests.purchases import done, refused, sql
from tests.story import Story


def test_the_buyers_people_write_about_an_order_and_its_supplier_reads_none_of_it(story: Story) -> None:
    story.approved_catalogue()
    path = f"/orders/{story.sent_order(kopipapir='10')['id']}/comments"
    asked = done(story["buyer"].post(path, {"kind": "QUESTION", "text": " Hvornår? "}), 201)
    assert (asked["kind"], asked["text"]) == ("QUESTION", "Hvornår?")
    assert done(story["buyer"].get(path))["data"] == [asked]
    assert refused(story["supplier"].get(path)) == (403, "not_allowed")
    assert refused(story["supplier"].post(path, {"text": "Nu"})) == (403, "not_allowed")
    assert story["buyer"].post(path, {"text": "  "}).status_code == 422
    assert done(story["buyer"].get(path))["data"] == [asked]


def test_comments_on_a_confidential_order_are_its_parties_alone(story: Story) -> None:
    story.approved_catalogue()
    path = f"/orders/{story.sent_order(kopipapir='10')['id']}/comments"
    done(story["receiver"].get(path))
    sql(story, "UPDATE purchase_order SET confidential = :yes", yes=True)
    assert refused(story["receiver"].get(path)) == (404, "order_not_found")
    assert refused(story["receiver"].post(path, {"text": "Hvad?"})) == (404, "order_not_found")
    done(story["buyer"].post(path, {"text": "Fortroligt"}), 201)


def test_a_requisition_is_commented_on_by_whoever_sees_it(story: Story) -> None:
    body = {"organisation_id": str(story.world.institution_id), "title": "Flytning"}
    needed = done(story["requisitioner"].post("/requisitions", body), 201)
    path = f"/requisitions/{needed['id']}/comments"
    written = done(story["requisitioner"].post(path, {"text": "Til kælderen"}), 201)
    assert done(story["requisitioner"].get(path))["data"] == [written]
    assert refused(story["buyer"].get(path)) == (404, "requisition_not_found")
