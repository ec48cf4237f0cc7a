"""What the search keeps: it forgets what no version will show again, and indexes what it does not know yet."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from app.catalogs.models import CatalogueLine
from app.catalogs.reindexing import INDEX, merge_some
from app.catalogs.search_models import SearchedCatalogue, SearchedLine
from app.kit import jobs
from app.kit.db import is_postgresql
from tests.catalogues import catalogue_xml, count, decide, line, publish
from tests.integration.catalogs.searches import found, sold_locally, walked
from tests.story import Story
from tests.world import World


def searched(world: World) -> int:
    return count(world, SearchedLine)


def entries_of(world: World, word: str) -> int:
    """Count the lines of all catalogues that the index itself has under a word that begins their name."""

    def counted(session: Session) -> int:
        numbers = session.exec(select(SearchedCatalogue.number)).all()
        if is_postgresql(session):
            query = select(func.count()).where(col(SearchedLine.search_text).contains(f"a{word}"))
            return session.exec(query).one()
        wanted = " OR ".join(f'"{number}a{word}"' for number in numbers)
        statement = "SELECT count(*) FROM searched_text WHERE searched_text MATCH ?"
        return int(session.connection().exec_driver_sql(statement, (wanted,)).scalar_one())

    return world.database.run(counted, write=False)


def new_version(world: World, *lines: object, version_id: str) -> UUID:
    uploaded = world.client("supplier").upload("/catalogues", catalogue_xml(lines, version_id))  # type: ignore[arg-type]
    assert uploaded.status_code == 201, uploaded.text
    return UUID(uploaded.json()["catalogue_id"])


def test_what_has_ended_is_forgotten_once_its_successor_is_live(story: Story) -> None:
    world = story.world
    publish(world, [line("1", name="Stol"), line("2", name="Bord"), line("3", name="Skab")])
    catalogue_id = new_version(
        world, line("1", "9.00", "Update", name="Stol"), line("2", action="Delete"), version_id="2"
    )
    assert (searched(world), entries_of(world, "stol"), entries_of(world, "bord")) == (4, 2, 1)

    assert decide(world, catalogue_id, "approve").status_code == 200
    story.work()

    assert (searched(world), entries_of(world, "stol"), entries_of(world, "bord")) == (2, 1, 0)
    assert found(world) == ["1", "3"] or found(world) == ["3", "1"]


def test_what_is_live_until_a_later_day_is_not_forgotten(story: Story) -> None:
    world = story.world
    publish(world, [line("1", name="Stol")])
    catalogue_id = new_version(world, line("1", "9.00", "Update", name="Taburet"), version_id="2")

    assert decide(world, catalogue_id, "approve", {"live_from": "2026-04-01"}).status_code == 200
    story.work()

    assert (searched(world), found(world, q="stol"), found(world, q="taburet")) == (2, ["1"], [])


def test_more_than_is_done_at_once_is_forgotten_job_by_job(story: Story) -> None:
    world = story.world
    numbers = range(300)
    publish(world, [line(str(number)) for number in numbers])
    for version_id in ("2", "3"):
        catalogue_id = new_version(
            world, *(line(str(number), action="Update") for number in numbers), version_id=version_id
        )
        assert decide(world, catalogue_id, "approve").status_code == 200
    assert searched(world) == 900

    story.work()

    assert searched(world) == 300
    assert len(walked(world, 200)) == 300


def test_lines_that_are_not_searched_yet_are_indexed_in_their_order(story: Story) -> None:
    world = story.world
    catalogue_id = publish(world, [line(str(number), name="Stol") for number in range(340)])
    new_version(world, *(line(f"n{number}", name="Stol") for number in range(300)), version_id="2")
    sold_locally(world, [line("l", name="Stol")])
    world.database.run(lambda session: session.connection().execute(delete(SearchedLine)))
    assert found(world, q="stol") == []
    payload = {"catalogue_id": str(catalogue_id)}

    def ask(session: Session) -> None:
        jobs.enqueue(session, INDEX, str(catalogue_id), payload, world.clock.now())

    world.database.run(ask)
    story.work()

    assert walked(world, 200, q="stol") == [str(number) for number in range(340)]
    assert searched(world) == 640


def test_indexing_twice_changes_nothing(story: Story) -> None:
    world = story.world
    catalogue_id = publish(world, [line("1", name="Stol")])

    def ask(session: Session) -> None:
        jobs.enqueue(session, INDEX, str(catalogue_id), {"catalogue_id": str(catalogue_id)}, world.clock.now())

    for _ in range(2):
        world.database.run(ask)
        story.work()

    assert (searched(world), found(world, q="stol")) == (1, ["1"])


def test_a_line_takes_its_entry_with_it(world: World) -> None:
    publish(world, [line("1", name="Stol"), line("2", name="Bord")])

    def remove(session: Session) -> None:
        session.connection().execute(update(CatalogueLine).values(to_version=None))
        session.connection().execute(delete(CatalogueLine).where(col(CatalogueLine.line_id) == "1"))

    world.database.run(remove)

    assert (searched(world), entries_of(world, "stol"), found(world)) == (1, 0, ["2"])


def test_the_pieces_of_the_index_are_put_together_until_there_is_nothing_to_do(world: World) -> None:
    for number in range(8):
        publish(world, [line(str(number), name=f"Stol {number}")], number=f"KAT-{number}")

    steps = 0
    while world.database.run(merge_some):
        steps += 1
        assert steps < 100

    assert len(found(world, q="stol")) == 8
