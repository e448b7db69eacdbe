"""PostgreSQL: a registry that several machines share.

Writers lock a small table first, so that they come one after the other; ``LOCK TABLE`` takes no snapshot, so that each
sees what those before it have committed.  Transactions are serializable all the same, and those that read see one
state.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from custid.errors import ConfigurationError, MissingDependencyError
from custid.registry.sql.store import Failure, SqlStore

__all__ = ["open_postgresql"]

_MIGRATION_LOCK: Final = 0x6375_7374_6964
_LOCK_SECONDS: Final = 30
_STAMP: Final = "SELECT (SELECT max(number) FROM custid_change), (SELECT sum(xmin::text::bigint) FROM custid_setting)"
"""The last change, and the transactions that wrote the settings."""
_CONFLICTS: Final = {"40001", "40P01", "55P03"}
_WITH_VALUES: Final = ("custid_record", "custid_verdict_record", "custid_setting")
_FULL: Final = {"53100", "53200"}
_DAMAGED: Final = {"XX001", "XX002"}
_LOST_CLASSES: Final = ("08", "57P")
# One message, and one answer of the server.  Acknowledged has to mean durable, whatever the server's default.
_BEGIN_WRITING: Final = f"""
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
SET LOCAL lock_timeout = '{_LOCK_SECONDS}s';
LOCK TABLE custid_setting IN SHARE ROW EXCLUSIVE MODE;
SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'
"""


def open_postgresql(url: str, *, patience: float = 60.0) -> SqlStore:
    """Open a registry in a database of a PostgreSQL server; its tables are made when they are not there.

    Parameters
    ----------
    url : str
        ``postgresql://user@host/database``; a password is better kept in ``~/.pgpass`` or ``PGPASSWORD``.
    patience : float
        Seconds during which conflicts with other writers, and lost connections, are retried.

    Returns
    -------
    SqlStore
        To be closed after use.

    Raises
    ------
    MissingDependencyError
        If psycopg is not installed.
    ConfigurationError
        If the address cannot be read.
    StoreFormatError
        If the tables were written by a newer release.
    StoreError
        If the server cannot be reached.
    """
    return SqlStore(_engine(url), _PostgreSql(), patience=patience)


def _engine(url: str) -> Engine:
    try:
        address = make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        # The text of the original error repeats the address, password included.
        raise ConfigurationError(
            "registry: expected an address such as 'postgresql://user@host/database', got something else."
        ) from None
    try:
        return create_engine(address, hide_parameters=True, pool_pre_ping=True)
    except ModuleNotFoundError:
        raise MissingDependencyError(
            "registry: PostgreSQL: expected the package 'psycopg', which is not installed.",
            hint="pip install 'custid[postgresql]'",
        ) from None


class _PostgreSql:
    """How PostgreSQL is dealt with."""

    @property
    def description(self) -> str:
        """Kind and mode."""
        return "PostgreSQL, serializable"

    def begin_reading(self, connection: Connection, /) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def begin_writing(self, connection: Connection, /) -> None:
        connection.exec_driver_sql(_BEGIN_WRITING)

    def begin_migrating(self, connection: Connection, /) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")

    def scrub(self, connection: Connection, /) -> bool:
        connection.exec_driver_sql(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
        # Plain VACUUM gives room back and leaves in it what was there.
        for table in _WITH_VALUES:
            connection.exec_driver_sql(f"VACUUM (FULL) {table}")
        return True

    def failure(self, error: DBAPIError, /) -> Failure:
        state: Any = getattr(error.orig, "sqlstate", None) or ""
        if state in _CONFLICTS:
            return Failure.CONFLICT
        if state in _FULL:
            return Failure.FULL
        if state in _DAMAGED:
            return Failure.DAMAGED
        is_lost = error.connection_invalidated or state.startswith(_LOST_CLASSES)
        return Failure.LOST if is_lost else Failure.OTHER

    def stamp(self, connection: Connection, /) -> object:
        found = connection.exec_driver_sql(_STAMP).one()
        connection.rollback()
        return tuple(found)
