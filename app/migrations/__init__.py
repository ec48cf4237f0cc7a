"""The database's history, run by alembic: bring it up to date, tell whether it is, write a new step."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.kit.db import Database


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Bring the database to the newest version, in one transaction."""
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), "head")


def is_current(database: Database) -> bool:
    """Tell whether the database is at the newest version."""
    with database.engine.connect() as connection:
        newest = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == newest


def check(database: Database) -> None:
    """Compare the newest version with the models.

    :raises alembic.util.CommandError: when they differ, naming the differences.
    """
    with database.engine.begin() as connection:
        command.check(_config(connection))


def write_new(database: Database, message: str) -> None:
    """Write the step from the newest version to the models, for a person to read and finish."""
    with database.engine.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
