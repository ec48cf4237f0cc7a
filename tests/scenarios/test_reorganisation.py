"""An institution goes from one ministry to another: what stops, what follows, what is kept, and what is told of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.organisations.people_models import Role
from tests.catalogues import line, publish
from tests.integration.agreements.sharing import agreement, shared
from tests.integration.organisations.steps import below, made, person
from tests.purchases import act, done, draft, refused, submitted, tasks
from tests.scenarios.test_sharing import agreements_of, causes, invoice_passes, why
from tests.story import Story
from tests.world import INSTITUTION_GLN

APRIL = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)


def planned(story: Story, kind: str, organisation_id: UUID, target_id: UUID | None = None, **fields: str) -> Any:
    body = {"kind": kind, "organisation_id": str(organisation_id), "effective_on": "2026-04-01", **fields}
    if target_id is not None:
        body["target_id"] = str(target_id)
    return story["administrator"].post("/reorganisations", body)


def preview(story: Story, kind: str, organisation_id: UUID, **fields: Any) -> httpx.Response:
    wanted = {"kind": kind, "organisation_id": str(organisation_id), "effective_on": "2026-04-01", **fields}
    return story["administrator"].get("/reorganisation-previews", **wanted)


def the_day_comes(story: Story) -> None:
    story.world.clock.advance(APRIL - story.world.clock.now())
    story.work()


def seen(story: Story, made_: dict[str, Any]) -> dict[str, Any]:
    return done(story["administrator"].get(f"/reorganisations/{made_['id']}"))


def test_an_institution_changes_ministries(story: Story) -> None:
    world = story.world
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    local = agreement(world, world.institution_id, contract_number="K-LOKAL", title="Lokal")
    shared(world, local, world.institution_id, "EVERYBODY", world.institution_id)
    new_ministry = below(world, world.root_id, "Ministeriet for Nyt")

    told = done(preview(story, "MOVE", world.institution_id, target_id=str(new_ministry)))
    (lapsing,) = told["shares_lapsing"]["first"]
    assert (lapsing["from_name"], lapsing["to_name"]) == ("Ministeriet for Prøver", "Prøveinstitutionen")
    assert [row["contract_number"] for row in told["agreements_following"]["first"]] == ["K-LOKAL"]
    (open_order,) = told["open_orders"]["first"]
    assert (open_order["number"], open_order["buyer_gln"]) == (order["number"], INSTITUTION_GLN)
    assert told["organisations"] == 1

    reorganisation = made(planned(story, "MOVE", world.institution_id, new_ministry))
    story.work()
    assert seen(story, reorganisation)["status"] == "PLANNED"
    assert "K-2026-17" in agreements_of(story, "buyer")

    the_day_comes(story)
    outcome = seen(story, reorganisation)
    assert (outcome["status"], outcome["outcome"]["shares_lapsed"]) == ("DONE", told["shares_lapsing"]["total"])
    assert agreements_of(story, "buyer") == ["K-LOKAL"]
    stopped = why(story, world.agreement_id, "administrator")
    assert causes(stopped) == ["STEP_LAPSED"]
    assert "ressortændring" in stopped["findings"][0]["message_da"]
    assert causes(why(story, world.agreement_id, "administrator", on="2026-03-15")) == ["VISIBLE"]
    assert ("REORGANISED", "OPEN") in tasks(story, "administrator", reorganisation["id"])

    assert invoice_passes(story, order["id"])
    again = story["state-content-manager"].post(f"/shares/{lapsing['id']}/restore")
    assert refused(again) == (409, "not_below")
    shared(world, world.agreement_id, world.root_id, "ORGANISATION", new_ministry)
    shared(world, world.agreement_id, new_ministry, "ORGANISATION", world.institution_id)
    shared(world, world.agreement_id, world.institution_id, "EVERYBODY", world.institution_id)
    assert sorted(agreements_of(story, "buyer")) == ["K-2026-17", "K-LOKAL"]

    stood = done(story["administrator"].get(f"/organisations/{world.institution_id}/placements"))["placements"]
    assert [(row["parent_name"], row["since_on"], row["until_on"]) for row in stood] == [
        ("Ministeriet for Prøver", "2026-03-02", "2026-04-01"),
        ("Ministeriet for Nyt", "2026-04-01", None),
    ]


def test_what_moves_back_may_be_given_back(story: Story) -> None:
    world = story.world
    elsewhere = below(world, world.root_id, "Ministeriet for Nyt")
    made(planned(story, "MOVE", world.institution_id, elsewhere))
    the_day_comes(story)
    made(planned(story, "MOVE", world.institution_id, world.ministry_id, effective_on="2026-04-02"))
    world.clock.advance(timedelta(days=1))
    story.work()
    assert agreements_of(story, "buyer") == []

    path = f"/agreements/{world.agreement_id}/shares"
    shares = done(story["state-content-manager"].get(path))["data"]
    (lapsed,) = (row["id"] for row in shares if row["revoked_at"])
    done(story["state-content-manager"].post(f"/shares/{lapsed}/restore"))

    assert agreements_of(story, "buyer") == ["K-2026-17"]


def test_an_institution_goes_up_in_another(story: Story) -> None:
    world = story.world
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    office = below(world, world.institution_id, "Kontoret")
    larger = below(world, world.ministry_id, "Den Større", gln="5798000000018")
    local = agreement(world, world.institution_id, contract_number="K-LOKAL", title="Lokal")
    person(story.world, "larger-manager", larger, Role.CONTENT_MANAGER)

    told = done(preview(story, "MERGE", world.institution_id, target_id=str(larger)))
    assert [row["owner_after"] for row in told["agreements_following"]["first"]] == ["Den Større"]
    made(planned(story, "MERGE", world.institution_id, larger))
    the_day_comes(story)

    closed, moved = (
        done(story["administrator"].get(f"/organisations/{place}")) for place in (world.institution_id, office)
    )
    assert (closed["status"], closed["parent_id"], closed["glns"]) == ("CLOSED", str(larger), [INSTITUTION_GLN])
    assert (moved["status"], moved["parent_id"]) == ("ACTIVE", str(larger))
    assert refused(draft(story, kopipapir="1")) == (409, "organisation_closed")
    assert invoice_passes(story, order["id"])
    owned = done(story["larger-manager"].get(f"/agreements/{local}"))
    assert owned["owner_id"] == str(larger)
    shared(world, local, larger, "EVERYBODY", larger, subject="larger-manager")


def test_a_closed_institution_buys_no_more_but_pays_what_it_ordered(story: Story) -> None:
    world = story.world
    story.approved_catalogue()
    order = story.sent_order(kopipapir="10", ringbind="5")
    waiting = submitted(story, kopipapir="1")
    below(world, world.institution_id, "Kontoret")
    reorganisation = made(planned(story, "CLOSE", world.institution_id))

    the_day_comes(story)

    assert seen(story, reorganisation)["outcome"]["organisations_closed"] == 2
    assert refused(draft(story, kopipapir="1")) == (409, "organisation_closed")
    assert refused(act(story, "disponent", waiting, "approve")) == (409, "organisation_closed")
    assert invoice_passes(story, order["id"])
    body = {"parent_id": str(world.institution_id), "name": "Nyt kontor"}
    assert refused(story["administrator"].post("/organisations", body)) == (409, "organisation_closed")


def test_a_catalogue_for_an_old_gln_is_still_taken_in_for_a_time(story: Story) -> None:
    world = story.world
    local = agreement(world, world.institution_id, contract_number="K-LOKAL", title="Lokal")
    shared(world, local, world.institution_id, "EVERYBODY", world.institution_id)
    (number,) = done(story["administrator"].get(f"/organisations/{world.institution_id}/location-numbers"))["data"]
    done(story["administrator"].post(f"/location-numbers/{number['id']}/end", {"valid_to": "2026-03-02"}))

    world.clock.advance(timedelta(days=30))
    publish(world, [line("L", name="Lup")], number="KAT-3", contract_id="K-LOKAL")

    found = done(story["buyer"].get("/catalogue-lines", q="lup"))["data"]
    assert [row["line_id"] for row in found] == ["L"]
