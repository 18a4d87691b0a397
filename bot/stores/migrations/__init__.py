"""The schema's history and how it is brought up to date. Each change of `bot/stores/tables.py` is one file in `versions/`.

A migration that runs before a deploy only adds, so that the old code still runs on the new schema; what it leaves behind
is removed by a later one, after the deploy.
"""

from __future__ import annotations

from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

_LOCK = 7_238_101_966  # any number, the same for all processes: one of them migrates at a time


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files(__name__)))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date within the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def draft(connection: Connection, message: str) -> str:
    """Write a new migration for what `bot/stores/tables.py` has and this database has not; gives its path."""
    config = configuration()
    config.attributes["connection"] = connection
    script = command.revision(config, message, autogenerate=True)
    return str(script.path)  # to be read and corrected by hand before it is committed


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise RuntimeError("there is no migration")
    return head
