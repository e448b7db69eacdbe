"""A registry in an SQL database; SQLite and PostgreSQL say how their transactions begin and what their errors mean."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from threading import Lock
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from custid.errors import StoreConflictError, StoreError
from custid.registry.damage import RESTORE_HINT, damaged
from custid.registry.sql._reading import KnownSettings, SqlReader
from custid.registry.sql._schema import upgrade
from custid.registry.sql._writing import SqlWriter
from custid.registry.store import ReadTransaction, WriteTransaction

__all__ = ["Database", "Failure", "SqlStore"]

_Result = TypeVar("_Result")

_SHORTEST_WAIT: Final = 0.001
_LONGEST_WAIT: Final = 0.25
_MAX_COLLISIONS: Final = 8


class Failure(Enum):
    """What an error of a database means."""

    CONFLICT = auto()
    """Another transaction came first: trying again helps."""
    LOST = auto()
    """The connection broke; whether a commit took place is not known."""
    FULL = auto()
    """There is no room left."""
    DAMAGED = auto()
    """What is read is not what was written."""
    DISK = auto()
    """The system could not read or write a file."""
    OTHER = auto()
    """Anything else."""


class Database(Protocol):
    """How one kind of database is dealt with."""

    @property
    def description(self) -> str:
        """Kind, version and mode."""
        ...

    def begin_reading(self, connection: Connection, /) -> None:
        """Begin a transaction that sees one state."""
        ...

    def begin_writing(self, connection: Connection, /) -> None:
        """Begin a transaction that no other writing one runs beside, and that sees what those before it left."""
        ...

    def begin_migrating(self, connection: Connection, /) -> None:
        """Begin a writing transaction where there may be no table yet."""
        ...

    def scrub(self, connection: Connection, /) -> bool:
        """Write over what deleted rows have left behind, outside of transactions; return whether nothing is left."""
        ...

    def failure(self, error: DBAPIError, /) -> Failure:
        """Tell what an error means."""
        ...

    def stamp(self, connection: Connection, /) -> object:
        """Return what is another value after others have written, asked over one connection that never writes."""
        ...


class SqlStore:
    """Keeps a registry in an SQL database.

    Made by :func:`~custid.registry.sql.sqlite.open_sqlite` or
    :func:`~custid.registry.sql.postgresql.open_postgresql`.  It may be used by several threads; a process that was
    forked off gets connections of its own.

    Parameters
    ----------
    engine : Engine
        Connects to the database; begins no transaction by itself.
    database : Database
        How this kind of database is dealt with.
    patience : float
        Seconds during which conflicts are retried.

    Raises
    ------
    StoreFormatError
        If the tables are of a newer release.
    StoreError
        If the database cannot be reached.
    """

    def __init__(self, engine: Engine, database: Database, *, patience: float = 60.0) -> None:
        self._engine = engine
        self._database = database
        self._patience = patience
        self._process = os.getpid()
        self._is_open = True
        self._watch_lock = Lock()
        self._watch: tuple[int, Connection] | None = None
        self._n_watches = 0
        self._known = KnownSettings()
        try:
            self._retried(self._database.begin_migrating, upgrade)
        except BaseException:
            self.close()
            raise

    @property
    def description(self) -> str:
        """What keeps the registry, and in which mode."""
        return self._database.description

    @contextmanager
    def reading(self) -> Iterator[ReadTransaction]:
        """Open a transaction that sees one state.

        Yields
        ------
        ReadTransaction
            To be used inside the ``with`` block.
        """
        try:
            with self._connection() as connection:
                try:
                    with self._translated(connection):
                        self._database.begin_reading(connection)
                        yield SqlReader(connection, self._known)
                finally:
                    connection.rollback()
        except SQLAlchemyError as error:
            raise self._explained(error) from None

    def transact(self, work: Callable[[WriteTransaction], _Result], /) -> _Result:
        """Do some work in a writing transaction, and return its result once it is durable.

        Parameters
        ----------
        work : callable
            Takes the transaction; called again after a conflict.

        Returns
        -------
        Any
            What the work returned.

        Raises
        ------
        StoreConflictError
            If conflicts do not end in the time allowed.
        StoreError
            If the database cannot write.
        """
        return self._retried(self._database.begin_writing, lambda connection: work(SqlWriter(connection, self._known)))

    def stamp(self) -> object:
        """Return a value that compares unequal to what it was before anything was written, by whichever process.

        Raises
        ------
        StoreError
            If the database cannot be reached.
        """
        with self._watch_lock:
            try:
                return self._stamp()
            except SQLAlchemyError:
                # A connection that broke meanwhile is no reason to fail.
                self._stop_watching()
            try:
                return self._stamp()
            except SQLAlchemyError as error:
                self._stop_watching()
                raise self._explained(error) from None

    def _stamp(self) -> object:
        process = os.getpid()
        if self._watch is None or self._watch[0] != process or not self._is_open:
            # A connection of the process that this one was forked off is only forgotten.
            self._watch = process, self._connection()
            self._n_watches += 1
        # What one connection tells is not to be compared with what another one does.
        return self._n_watches, self._database.stamp(self._watch[1])

    def _stop_watching(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None and watch[0] == os.getpid():
            with suppress(SQLAlchemyError):
                watch[1].close()

    def _retried(self, begin: Callable[[Connection], None], work: Callable[[Connection], _Result]) -> _Result:
        deadline = time.monotonic() + self._patience
        wait, n_collisions = _SHORTEST_WAIT, 0
        while True:
            try:
                return self._once(begin, work)
            except DBAPIError as error:
                # A row that is there already comes from an identifier drawn twice, which the next draw mends.
                n_collisions += isinstance(error, IntegrityError)
                is_hopeful = isinstance(error, IntegrityError) or self._database.failure(error) in {
                    Failure.CONFLICT,
                    Failure.LOST,
                }
                if not is_hopeful or n_collisions > _MAX_COLLISIONS:
                    raise self._explained(error) from None
                if time.monotonic() + wait > deadline:
                    raise StoreConflictError(
                        f"store: expected to write within {self._patience:g} seconds, got conflicts all the time.",
                        hint="Write in fewer transactions or with fewer writers, or allow more time: patience=…",
                    ) from None
            except SQLAlchemyError as error:
                raise self._explained(error) from None
            # Those who wait for one another must not come back together.
            time.sleep(wait * (0.5 + secrets.randbelow(1_000) / 1_000))
            wait = min(2 * wait, _LONGEST_WAIT)

    def _once(self, begin: Callable[[Connection], None], work: Callable[[Connection], _Result]) -> _Result:
        with self._connection() as connection:
            try:
                with self._translated(connection):
                    begin(connection)
                    result = work(connection)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            return result

    @contextmanager
    def _translated(self, connection: Connection) -> Iterator[None]:
        """Let errors of the driver, which runs most statements itself, look like those that SQLAlchemy passes on."""
        dialect = self._engine.dialect
        errors: Any = dialect.loaded_dbapi.Error
        try:
            yield
        except UnicodeDecodeError:
            raise damaged("the database tells text that is none") from None
        except errors as error:
            is_lost = not connection.invalidated and dialect.is_disconnect(
                error, connection.connection.driver_connection, None
            )
            if is_lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                None, None, error, errors, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
            ) from None

    def _connection(self) -> Connection:
        if not self._is_open:
            raise StoreError("store: expected an open one, got one that was closed.")
        if self._process != os.getpid():
            # Connections belong to the process that made them; this one only forgets them.
            self._engine.dispose(close=False)
            self._process = os.getpid()
        return self._engine.connect()

    def _explained(self, error: SQLAlchemyError) -> StoreError:
        """Return our own error: the database's may quote values."""
        failure = self._database.failure(error) if isinstance(error, DBAPIError) else Failure.OTHER
        if failure is Failure.FULL:
            return StoreError(
                "store: expected room to write, got none; nothing was changed.", hint="Free disk space, then repeat."
            )
        original = getattr(error, "orig", None) or error
        name = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None) or ""
        if failure is Failure.DAMAGED:
            return damaged(f"the database says {name or type(original).__name__}")
        if failure is Failure.DISK:
            return StoreError(
                f"store: expected a disk that reads and writes, got {name}.",
                hint="Look at the disk, its room and the limits of the process, then repeat.",
            )
        # Our statements are always the same: what SQLite does not understand are tables that are others.
        hint = RESTORE_HINT if name == "SQLITE_ERROR" else ""
        return StoreError(f"store: the database refused: {type(original).__name__} {name}".rstrip() + ".", hint=hint)

    def scrub(self) -> bool:
        """Write over what deleted and replaced rows have left behind; return whether nothing of them is left.

        Returns
        -------
        bool
            False where others use the store at the moment.

        Raises
        ------
        StoreError
            If the database cannot write.
        """
        try:
            with self._connection() as connection:
                return self._database.scrub(connection.execution_options(isolation_level="AUTOCOMMIT"))
        except DBAPIError as error:
            if self._database.failure(error) in {Failure.CONFLICT, Failure.LOST}:
                return False
            raise self._explained(error) from None
        except SQLAlchemyError as error:
            raise self._explained(error) from None

    def close(self) -> None:
        """Close all connections."""
        self._is_open = False
        with self._watch_lock:
            self._stop_watching()
        self._engine.dispose(close=self._process == os.getpid())
