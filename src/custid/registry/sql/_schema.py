"""Making the tables, and bringing those of an older release up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Select, column, select, table

from custid.errors import StoreFormatError
from custid.registry.damage import damaged

__all__ = ["VERSION_TABLE", "upgrade"]

VERSION_TABLE: Final = "custid_version"
"""A table of our own, so that the application's migrations in the same database do not meet ours."""

_OF_VERSION: Final[Select[Any]] = select(column("version_num")).select_from(table(VERSION_TABLE))
_MIGRATIONS: Final = Path(__file__).with_name("_migrations")


@cache
def _versions() -> tuple[ScriptDirectory, frozenset[str], str | None]:
    """Return the steps from version to version, all versions and the newest; alembic compiles the files each time."""
    script = ScriptDirectory(str(_MIGRATIONS))
    return script, frozenset(each.revision for each in script.walk_revisions()), script.get_current_head()


def _version(connection: Connection) -> str | None:
    """Return the version of the tables; None where there are none."""
    # As alembic asks, which makes a table of its own and compiles its statement each time.
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return None
    found = connection.execute(_OF_VERSION).scalars().all()
    if len(found) > 1:
        raise damaged("its tables are of several versions")
    return found[0] if found else None


def upgrade(connection: Connection) -> None:
    """Bring the tables of a database to the newest version.

    Parameters
    ----------
    connection : Connection
        In a writing transaction, which the caller commits.

    Raises
    ------
    StoreFormatError
        If the tables are of a newer release.
    """
    script, known, newest = _versions()
    current = _version(connection)
    if current is not None and current not in known:
        raise StoreFormatError(
            f"store: expected tables of version {newest} or before, got version {current!r}.",
            hint="Install the release of custid that wrote the database, or a later one.",
        )
    if current == newest:
        return

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)  # noqa: SLF001  # what alembic's own command calls

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE, transactional_ddl=True)
        environment.run_migrations()
