"""A large catalogue is read by a job in many short transactions: nobody sees half of it, whatever ends the job when."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.catalogs.models import CatalogueLine, CatalogueVersion, LineChange, VersionState
from app.catalogs.search_models import SearchedLine
from app.kit import parts
from app.kit.archive import ArchivedDocument
from app.kit.audit import AuditEvent
from app.kit.jobs import LEASE, Job
from app.kit.parts import ArchivedPart, Upload
from app.main import create_app
from tests.catalogues import answers, bracket, catalogue, catalogue_xml, count, decide, line, publish
from tests.large_catalogues import (
    KilledError,
    cancel,
    dies_after,
    hand_in,
    job_of,
    offered,
    read_by_jobs,
    rows_of,
    version_of,
    work,
)
from tests.purchases import done, refused
from tests.world import World

LINES = [line(f"L{number}", f"{number + 1}.00") for number in range(10)]
"""Read in four chunks."""

NEXT = [
    line("L0", "1.50", "Update"),
    *(line(f"N{number}") for number in range(6)),
    line("L5", action="Delete"),
    line("L9", "10.00", "Update", name="Ny tekst"),
]


@pytest.fixture
def large(world: World) -> World:
    return read_by_jobs(world)


def nothing_left(world: World, *, but: int = 0) -> bool:
    """Whether there are so many lines, and as many found and told of as changes."""
    return [count(world, model) for model in (CatalogueLine, SearchedLine, LineChange)] == [but] * 3


def test_a_large_catalogue_is_answered_by_a_job_and_waits_when_it_has_been_read(large: World) -> None:
    job = hand_in(large, catalogue_xml(LINES))

    assert (job["state"], job["progress"], job["total"], job["result"]) == ("QUEUED", 0, 10, None)
    work(large)
    job = job_of(large, job)
    assert (job["state"], job["progress"], job["total"], job["faults"]) == ("SUCCEEDED", 10, 10, [])
    version = version_of(large, job)
    assert (job["result"], job["result_id"]) == ("catalogue_version", str(version.id))
    assert (version.status, version.lines_read, version.change_summary["added"]) == ("PENDING_APPROVAL", 10, 10)
    (task,) = done(large.client("state-content-manager").get("/tasks"))["data"]
    assert (task["type"], task["subject_id"]) == ("APPROVE_CATALOGUE", str(version.catalogue_id))
    assert offered(large) == []
    assert decide(large, version.catalogue_id, "approve").status_code == 200
    assert offered(large) == [f"L{number}" for number in range(10)]


def test_a_large_catalogue_becomes_what_it_would_be_at_once(world: World) -> None:
    publish(world, LINES)
    publish(world, NEXT, "2")
    publish(read_by_jobs(world), LINES, number="KAT-2")
    publish(world, NEXT, "2", number="KAT-2")

    assert rows_of(world, "KAT-1") == rows_of(world, "KAT-2")


def test_the_same_bytes_again_get_the_first_job(large: World) -> None:
    first = hand_in(large, catalogue_xml(LINES))
    assert hand_in(large, catalogue_xml(LINES)) == first

    work(large)

    assert hand_in(large, catalogue_xml(LINES)) == job_of(large, first)
    assert (count(large, CatalogueVersion), count(large, ArchivedDocument)) == (1, 1)


def test_the_same_bytes_twice_at_once_are_one_job(large: World) -> None:
    content = catalogue_xml(LINES)

    with ThreadPoolExecutor(4) as threads:
        jobs = list(threads.map(lambda _: hand_in(large, content), range(4)))

    assert len({job["id"] for job in jobs}) == 1
    assert (count(large, CatalogueVersion), count(large, Job)) == (1, 1)
    sweep(large)
    assert count(large, Upload) == 0
    document = large.database.run(lambda session: session.exec(select(ArchivedDocument)).one(), write=False)
    assert count(large, ArchivedPart) == document.parts


def sweep(world: World) -> None:
    while parts.sweep_next(world.database, world.clock.now):
        pass


def test_nobody_sees_anything_of_it_between_two_chunks(large: World) -> None:
    catalogue_id = publish(large, LINES)
    manager, buyer = large.client("state-content-manager"), large.client("buyer")
    before = (done(manager.get(f"/catalogues/{catalogue_id}"))["versions"], done(buyer.get("/catalogue-lines")))
    hand_in(large, catalogue_xml(NEXT, "2"))
    states: list[str] = []

    def look(_: int) -> None:
        version = large.database.run(
            lambda session: session.exec(select(CatalogueVersion).where(CatalogueVersion.ordinal == 2)).one()
        )
        states.append(version.status)
        assert done(buyer.get("/catalogue-lines")) == before[1]
        assert done(buyer.get("/catalogue-lines", q="N3"))["data"] == []
        if version.status == VersionState.STAGING:
            seen = done(manager.get(f"/catalogues/{catalogue_id}"))
            assert seen["versions"] == before[0]
            assert refused(manager.get(f"/catalogues/{catalogue_id}/changes")) == (409, "nothing_waiting")
            assert refused(manager.get(f"/catalogues/{catalogue_id}/changes", ordinal=2)) == (404, "version_not_found")
            assert refused(decide(large, catalogue_id, "approve")) == (409, "nothing_waiting")

    work(large, look)

    assert states.count("STAGING") >= 4
    assert states[-1] == "PENDING_APPROVAL"


def test_a_new_catalogue_is_nobodys_to_see_while_it_is_read(large: World) -> None:
    hand_in(large, catalogue_xml(LINES))

    for who in ("supplier", "state-content-manager", "content-manager"):
        assert done(large.client(who).get("/catalogues"))["data"] == []


@pytest.mark.parametrize("transactions", range(1, 7))
def test_a_killed_worker_leaves_the_rest_to_the_next_one(large: World, transactions: int) -> None:
    publish(large, LINES)
    publish(large, LINES, number="KAT-2")
    publish(large, NEXT, "2", number="KAT-2")
    job = hand_in(large, catalogue_xml(NEXT, "2"))

    with pytest.raises(KilledError):
        work(large, dies_after(transactions))
    assert job_of(large, job)["state"] == "RUNNING"
    large.clock.advance(LEASE + timedelta(seconds=1))
    work(large)

    assert (job_of(large, job)["state"], job_of(large, job)["attempts"]) == ("SUCCEEDED", 2)
    assert decide(large, version_of(large, job).catalogue_id, "approve").status_code == 200
    assert rows_of(large, "KAT-1") == rows_of(large, "KAT-2")


def test_lines_written_before_the_kill_are_not_written_again(large: World) -> None:
    job = hand_in(large, catalogue_xml(LINES))
    with pytest.raises(KilledError):
        work(large, dies_after(4))
    assert version_of(large, job).lines_read == 6
    before = large.database.run(lambda session: {row.id for row in session.exec(select(CatalogueLine))}, write=False)

    large.clock.advance(LEASE + timedelta(seconds=1))
    work(large)

    after = large.database.run(lambda session: {row.id for row in session.exec(select(CatalogueLine))}, write=False)
    assert (len(before), len(after), before <= after) == (6, 10, True)


def test_a_step_that_fails_is_tried_again_later(large: World) -> None:
    job = hand_in(large, catalogue_xml(LINES))

    def fails(written: int) -> None:
        if written == 4:
            raise ConnectionError("the database is gone")

    work(large, fails)
    assert job_of(large, job)["state"] == "FAILED"
    large.clock.advance(timedelta(minutes=1))
    work(large)

    assert job_of(large, job)["state"] == "SUCCEEDED"
    assert nothing_left(large, but=10)


def test_a_worker_that_lost_its_lease_writes_nothing_more(large: World) -> None:
    """Another one has the job, and comes to its end, while this one still reads."""
    job = hand_in(large, catalogue_xml(LINES))

    def is_overtaken(written: int) -> None:
        if written == 4:
            large.clock.advance(LEASE + timedelta(seconds=1))
            work(large)

    work(large, is_overtaken)

    assert (job_of(large, job)["state"], job_of(large, job)["attempts"]) == ("SUCCEEDED", 2)
    assert nothing_left(large, but=10)
    assert version_of(large, job).change_summary["added"] == 10


@pytest.mark.parametrize("transactions", [1, 2, 4, 5])
def test_a_job_that_is_cancelled_leaves_nothing_behind(large: World, transactions: int) -> None:
    catalogue_id = publish(large, LINES)
    before = rows_of(large, "KAT-1")
    job = hand_in(large, catalogue_xml(NEXT, "2"))

    def cancels(written: int) -> None:
        if written == transactions:
            assert done(cancel(large, job), 202)["cancelling"] is True

    work(large, cancels)

    cancelled = job_of(large, job)
    assert (cancelled["state"], cancelled["cancelling"], cancelled["result"]) == ("CANCELLED", False, None)
    assert rows_of(large, "KAT-1") == before
    assert version_of(large, job).status == "CANCELLED"
    events = large.database.run(lambda session: [event.action for event in session.exec(select(AuditEvent))])
    assert events[-1] == "catalogue.cancelled"
    again = hand_in(large, catalogue_xml(NEXT, "2"))
    assert again["id"] != job["id"]
    work(large)
    assert decide(large, catalogue_id, "approve").status_code == 200


def test_a_job_is_cancelled_before_and_after_it_began_but_not_when_it_is_done(large: World) -> None:
    job = hand_in(large, catalogue_xml(LINES))
    done(cancel(large, job), 202)
    done(cancel(large, job), 202)

    work(large)

    assert job_of(large, job)["state"] == "CANCELLED"
    assert refused(cancel(large, job)) == (409, "job_over")
    job = hand_in(large, catalogue_xml(LINES))
    with pytest.raises(KilledError):
        work(large, dies_after(3))
    done(cancel(large, job), 202)
    large.clock.advance(LEASE + timedelta(seconds=1))
    work(large)
    assert job_of(large, job)["state"] == "CANCELLED"
    assert nothing_left(large)
    job = hand_in(large, catalogue_xml(LINES))
    work(large)
    assert refused(cancel(large, job)) == (409, "job_over")
    assert version_of(large, job).status == "PENDING_APPROVAL"


def test_clearing_goes_on_after_a_kill(large: World) -> None:
    job = hand_in(large, catalogue_xml(LINES))

    def cancels_and_dies(written: int) -> None:
        if written == 4:
            done(cancel(large, job), 202)
        if written == 7:
            raise KilledError

    with pytest.raises(KilledError):
        work(large, cancels_and_dies)
    assert count(large, LineChange) < 10
    large.clock.advance(LEASE + timedelta(seconds=1))
    work(large)

    assert job_of(large, job)["state"] == "CANCELLED"
    assert nothing_left(large)


def test_only_who_started_a_job_cancels_it_and_its_receiver_sees_it(large: World) -> None:
    job = hand_in(large, catalogue_xml(LINES))

    assert job_of(large, job, "content-manager") == job
    assert [row["id"] for row in done(large.client("supplier").get("/jobs"))["data"]] == [job["id"]]
    assert refused(cancel(large, job, "content-manager")) == (403, "not_allowed")
    for who in ("buyer", "administrator", "invoice-system"):
        assert refused(large.client(who).get(f"/jobs/{job['id']}")) == (404, "job_not_found")
        assert refused(cancel(large, job, who)) == (404, "job_not_found")
        assert done(large.client(who).get("/jobs"))["data"] == []
    assert job_of(large, job)["cancelling"] is False


def test_a_second_version_is_told_which_job_reads_the_first(large: World) -> None:
    job = hand_in(large, catalogue_xml(LINES))

    answer = large.client("supplier").upload("/catalogues", catalogue_xml([line("X")], "2"))

    assert refused(answer) == (409, "version_waiting")
    assert job["id"] in answer.json()["detail"]
    sweep(large)
    assert (count(large, Upload), count(large, ArchivedDocument)) == (0, 1)


def cut(content: bytes, at_line: int) -> bytes:
    """Cut a document in the middle of a line."""
    lines = content.split(b"<cac:CatalogueLine>")
    return b"<cac:CatalogueLine>".join(lines[: at_line + 1])[:-200]


@pytest.mark.parametrize("at_line", [1, 2, 9, 10])
def test_a_document_that_is_cut_in_the_middle_of_a_line_is_turned_away_whole(large: World, at_line: int) -> None:
    job = hand_in(large, cut(catalogue_xml(LINES), at_line))
    work(large)

    job = job_of(large, job)
    assert (job["state"], [fault["rule_id"] for fault in job["faults"]]) == ("SUCCEEDED", ["SYNTAX"])
    version = version_of(large, job)
    assert (version.status, version.fault_counts, version.clearing) == ("REJECTED_TECHNICAL", {"SYNTAX": 1}, False)
    (told,) = answers(large)
    assert told.response_code == "TechnicalReject"
    assert nothing_left(large)


def test_a_line_id_that_comes_again_far_behind_turns_everything_away(large: World) -> None:
    publish(large, LINES)
    before = rows_of(large, "KAT-1")
    lines = [line("L3", "9.00", "Update"), *(line(f"N{number}") for number in range(200)), line("N0")]

    job = hand_in(large, catalogue_xml(lines, "2"))
    work(large)

    assert [fault["rule_id"] for fault in job_of(large, job)["faults"]] == ["F-CAT248"]
    assert job_of(large, job)["faults"][0]["xpath"] == "/Catalogue/cac:CatalogueLine[202]"
    assert version_of(large, job).status == "REJECTED_TECHNICAL"
    assert rows_of(large, "KAT-1") == before


def test_a_rule_that_many_lines_break_is_counted(large: World) -> None:
    lines = [line(f"L{number}") for number in range(150)]

    job = hand_in(large, catalogue_xml(lines).replace(b">Add<", b">Replace<"))
    work(large)

    version = version_of(large, job)
    assert version.fault_counts is not None
    assert version.fault_counts["F-CAT111"] == 150
    assert 0 < len(version.faults) <= 100
    assert nothing_left(large)


@pytest.mark.parametrize("first", [0, 8])
def test_lines_that_contradict_what_stands_turn_everything_away_line_by_line(large: World, first: int) -> None:
    publish(large, LINES)
    before = rows_of(large, "KAT-1")
    lines = [line(f"N{number}") for number in range(9)]
    lines[first] = line("L1")
    lines[-1] = line("X", action="Delete")

    job = hand_in(large, catalogue_xml(lines, "2"))
    work(large)

    wrong = sorted({("L1" if first < 8 else None), "X"} - {None})
    assert sorted(fault["line_id"] for fault in job_of(large, job)["faults"]) == wrong
    version = version_of(large, job)
    assert (version.status, version.fault_counts) == ("REJECTED", {"ActionCode": len(wrong)})
    (told,) = [answer for answer in answers(large) if answer.response_code == "BusinessReject"]
    assert sorted(response.line_id for response in told.line_responses) == wrong
    assert rows_of(large, "KAT-1") == before


def test_what_contradicts_before_a_kill_still_does_after_it(large: World) -> None:
    job = hand_in(large, catalogue_xml([line("X", action="Delete"), *LINES]))
    with pytest.raises(KilledError):
        work(large, dies_after(4))
    large.clock.advance(LEASE + timedelta(seconds=1))
    work(large)

    assert version_of(large, job).status == "REJECTED"
    assert [fault["line_id"] for fault in job_of(large, job)["faults"]] == ["X"]
    assert nothing_left(large)


def test_nothing_is_written_for_a_catalogue_that_belongs_nowhere(large: World) -> None:
    job = hand_in(large, catalogue_xml(LINES, contract_id="K-OTHER"))
    written: list[int] = []
    work(large, lambda _: written.append(count(large, CatalogueLine)))

    assert set(written) == {0}
    assert version_of(large, job).status == "REJECTED"
    assert "K-OTHER" in job_of(large, job)["faults"][0]["message"]


def test_what_is_invalid_and_belongs_nowhere_is_turned_away_for_being_invalid(large: World) -> None:
    job = hand_in(large, catalogue_xml([*LINES, line("L0")], contract_id="K-OTHER"))
    work(large)

    assert version_of(large, job).status == "REJECTED_TECHNICAL"


def faulty(content: bytes) -> bytes:
    """Break a rule in line L2, the schema in line L4, and repeat the ID of L7."""
    head, *lines = content.split(b"<cac:CatalogueLine>")
    lines[2] = lines[2].replace(b">Add<", b">Replace<")
    lines[4] = lines[4].replace(b"<cbc:OrderableIndicator>true<", b"<cbc:OrderableIndicator>nej<")
    lines[8] = lines[8].replace(b"<cbc:ID>L8<", b"<cbc:ID>L7<")
    return b"<cac:CatalogueLine>".join([head, *lines])


@pytest.mark.parametrize("is_large", [True, False])
def test_sound_lines_are_taken_when_that_is_asked_for(world: World, is_large: bool) -> None:
    publish(world, [line("L1", "99.00")], number="KAT-1")
    if is_large:
        read_by_jobs(world)
    content = faulty(catalogue_xml(LINES, "2"))

    if is_large:
        job = hand_in(world, content, mode="partial")
        work(world)
        version = version_of(world, job)
    else:
        taken = done(world.client("supplier").upload("/catalogues?mode=partial", content), 201)
        assert taken["is_partial"] is True
        version = world.database.run(
            lambda session: session.exec(select(CatalogueVersion).where(CatalogueVersion.ordinal == 2)).one()
        )

    assert (version.status, version.change_summary["added"]) == ("PENDING_APPROVAL", 6)
    assert [fault["line_id"] for fault in version.faults] == ["L1", "L2", "L4", "L7"]
    assert version.fault_counts == {"ActionCode": 1, "F-CAT111": 1, "XSD": 1, "F-CAT248": 1}
    assert decide(world, version.catalogue_id, "approve").status_code == 200
    assert sorted(offered(world)) == ["L0", "L1", "L3", "L5", "L6", "L7", "L9"]
    told = answers(world)[-1]
    assert told.response_code == "BusinessAccept"
    assert [response.line_id for response in told.line_responses] == ["L1", "L2", "L4", "L7"]
    assert "F-CAT248" in told.line_responses[-1].descriptions[0]


def test_what_was_turned_away_whole_can_be_sent_again_for_its_sound_lines(large: World) -> None:
    content = faulty(catalogue_xml(LINES))
    whole = hand_in(large, content)
    work(large)
    assert version_of(large, whole).status == "REJECTED_TECHNICAL"

    partial = hand_in(large, content, mode="partial")
    work(large)

    assert partial["id"] != whole["id"]
    assert version_of(large, partial).status == "PENDING_APPROVAL"
    assert hand_in(large, content, mode="partial")["id"] == partial["id"]


def test_a_document_without_a_sound_line_is_turned_away_in_part_too(large: World) -> None:
    job = hand_in(large, catalogue_xml([line("A", action="Delete"), line("B", action="Update")]), mode="partial")
    work(large)

    assert version_of(large, job).status == "REJECTED"
    assert nothing_left(large)


def test_a_broken_head_or_end_is_not_taken_in_part(large: World) -> None:
    content = catalogue_xml(LINES)
    for broken in (
        content.replace(b"<cbc:VersionID>1</cbc:VersionID>", b"<cbc:VersionID>1</cbc:VersionID><cbc:Odd/>"),
        content.replace(b"2.1</cbc:UBLVersionID>", b"3.0</cbc:UBLVersionID>"),
        cut(content, 8),
        content.replace(b"</Catalogue>", b"<cbc:Note>efter</cbc:Note></Catalogue>"),
    ):
        job = hand_in(large, broken, mode="partial")
        work(large)
        assert version_of(large, job).status == "REJECTED_TECHNICAL"
        assert nothing_left(large)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no xml at all", "not_xml"),
        (b"<!DOCTYPE Catalogue><Catalogue/>", "not_xml"),
        (b"<Catalogue/>", "wrong_document"),
        (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><a/></Invoice>', "wrong_document"),
        (b'<Catalogue xmlns="urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"/>', "envelope_unreadable"),
        (b'<Catalogue xmlns="urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2">', "not_xml"),
    ],
)
def test_what_nobody_could_be_answered_about_is_refused_and_not_kept(large: World, content: bytes, code: str) -> None:
    answer = large.client("supplier").upload("/catalogues", content)

    assert refused(answer) == (422, code)
    sweep(large)
    assert [count(large, model) for model in (ArchivedDocument, ArchivedPart, Upload, CatalogueVersion)] == [0] * 4


@pytest.mark.parametrize("who", ["buyer", "invoice-system", "administrator"])
def test_nothing_is_kept_of_whoever_hands_in_no_catalogues(large: World, who: str) -> None:
    assert refused(large.client(who).upload("/catalogues", catalogue_xml(LINES)))[0] == 403
    assert [count(large, model) for model in (ArchivedDocument, ArchivedPart, Upload)] == [0] * 3


def test_a_catalogue_above_the_limit_is_refused_and_swept(large: World) -> None:
    """Its first mebibyte has been kept by the time that it turns out to be too long."""
    limited = create_app(large.app.state.settings.model_copy(update={"catalogue_limit": 2 * 2**20}), large.clock)
    limited.state.database.close()
    limited.state.database = large.database
    large = replace(large, app=limited)
    pieces = [catalogue_xml(LINES), *[b" " * 2**20] * 3]

    async def body() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    answer = large.client("supplier").upload("/catalogues", body())

    assert refused(answer) == (413, "body_too_large")
    assert count(large, ArchivedPart) > 0
    sweep(large)
    assert [count(large, model) for model in (ArchivedDocument, ArchivedPart, Upload)] == [0] * 3


def test_json_is_read_by_a_job_too_when_it_is_large(large: World) -> None:
    body = catalogue(LINES).model_dump_json().encode()

    answer = large.client("supplier").upload(
        "/catalogues", body, "application/json", headers={"Idempotency-Key": "json-1"}
    )
    job = done(answer, 202)
    work(large)

    assert version_of(large, job).status == "PENDING_APPROVAL"
    again = large.client("supplier").upload(
        "/catalogues", body, "application/json", headers={"Idempotency-Key": "json-1"}
    )
    assert (again.headers["idempotent-replayed"], again.json()) == ("true", job)
    assert again.headers["location"] == f"/jobs/{job['id']}"


def test_a_large_version_that_is_rejected_is_cleared_by_a_job_and_the_next_is_read_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.catalogs.clearing.AT_ONCE", 2)
    catalogue_id = publish(world, LINES)
    before = rows_of(world, "KAT-1")
    taken = world.client("supplier").upload("/catalogues", catalogue_xml(NEXT, "2"))
    assert taken.status_code == 201, taken.text
    assert decide(world, catalogue_id, "reject", {"reason": "for dyrt"}).status_code == 200
    assert rows_of(world, "KAT-1") != before

    job = done(world.client("supplier").upload("/catalogues", catalogue_xml([line("L5", "7.00", "Update")], "3")), 202)
    work(world)
    work(world)

    assert job_of(world, job)["state"] == "SUCCEEDED"
    assert version_of(world, job).status == "PENDING_APPROVAL"
    assert decide(world, catalogue_id, "reject", {"reason": "heller ikke"}).status_code == 200
    assert rows_of(world, "KAT-1") == before
    assert offered(world) == [f"L{number}" for number in range(10)]


def test_the_clearing_of_one_version_may_come_after_the_reading_of_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever job a worker takes first."""
    monkeypatch.setattr("app.catalogs.clearing.AT_ONCE", 2)
    catalogue_id = publish(world, LINES)
    assert world.client("supplier").upload("/catalogues", catalogue_xml(NEXT, "2")).status_code == 201
    decide(world, catalogue_id, "reject", {"reason": "for dyrt"})
    third = catalogue_xml([line("L5", "7.00", "Update"), line("N1")], "3")
    done(world.client("supplier").upload("/catalogues", third), 202)

    def last_queued_first(session: Any) -> None:
        for job in session.exec(select(Job)):
            job.run_at -= timedelta(hours=1) if job.kind == "catalogues.import" else timedelta(0)

    world.database.run(last_queued_first)
    work(world)
    work(world)

    assert decide(world, catalogue_id, "approve").status_code == 200
    assert sorted(offered(world)) == sorted([*(f"L{number}" for number in range(10)), "N1"])


def test_prices_before_and_after_are_told_of_a_large_version_too(large: World) -> None:
    catalogue_id = publish(large, LINES)
    hand_in(large, catalogue_xml([line("L1", None, "Update", brackets=(bracket("4.00"),))], "2"))
    work(large)

    (change,) = done(large.client("state-content-manager").get(f"/catalogues/{catalogue_id}/changes"))["data"]

    assert (change["line_id"], change["prices"][0]["percent"]) == ("L1", "100.00")
