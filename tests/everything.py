"""All that is in the database, to see that nothing was changed."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.kit.idempotency import StoredAnswer
from tests.databases import tables_of
from tests.story import Story


def everything(story: Story) -> dict[str, list[Any]]:
    """Give every row of every table, but for stored answers."""

    def step(session: Session) -> dict[str, list[Any]]:
        connection = session.connection()
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in tables_of(connection)
            if table.name != StoredAnswer.__tablename__
        }

    return story.world.database.run(step, write=False)
