"""Two at the same time: one effect, and nobody is told what is not so."""

from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from app.catalogs.models import CatalogueVersion
from app.kit.outbox import OutboxItem
from tests.catalogues import catalogue_xml, decide, line, publish, upload
from tests.world import World


def test_the_same_document_twice_at_once_is_one_version(world: World) -> None:
    content, client = catalogue_xml([line("1")]), world.client("supplier")

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: client.upload("/catalogues", content), range(4)))

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(world.database.run(lambda session: session.exec(select(CatalogueVersion)).all())) == 1


def test_of_two_versions_at_once_one_waits_and_the_other_is_refused(world: World) -> None:
    client = world.client("supplier")
    contents = [catalogue_xml([line(str(number))], str(number)) for number in range(1, 4)]

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda content: client.upload("/catalogues", content), contents))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_of_two_approvals_at_once_one_counts(world: World) -> None:
    catalogue_id = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")])).json()["catalogue_id"]
    manager = world.client("state-content-manager")
    etag = manager.get(f"/catalogues/{catalogue_id}").headers["etag"]

    with ThreadPoolExecutor(3) as threads:
        answers = list(
            threads.map(
                lambda _: manager.post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": etag}), range(3)
            )
        )

    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert {answer.status_code for answer in answers} <= {200, 409, 412}
    assert len(world.database.run(lambda session: session.exec(select(OutboxItem)).all())) == 1


def test_nobody_sees_half_of_a_version_while_it_is_approved(world: World) -> None:
    publish(world, [line(str(number), "10.00") for number in range(60)])
    changed = [line(str(number), "11.00", "Update") for number in range(60)]
    catalogue_id = upload(world, *changed)
    seen: list[set[str]] = []

    def look(_: int) -> None:
        rows = world.client("buyer").get("/catalogue-lines", limit=100).json()["data"]
        assert len(rows) == 60
        seen.append({row["price"]["price_amount"] for row in rows})

    with ThreadPoolExecutor(3) as threads:
        looking = [threads.submit(look, number) for number in range(3)]
        approved = threads.submit(decide, world, catalogue_id, "approve")
        looking += [threads.submit(look, number) for number in range(6)]
        for one in looking:
            one.result()

    assert approved.result().status_code == 200
    assert {frozenset(prices) for prices in seen} <= {frozenset({"10.00"}), frozenset({"11.00"})}
