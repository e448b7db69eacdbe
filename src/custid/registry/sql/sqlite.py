"""SQLite: a registry in a file.

SQLite 3.7.0 to 3.51.2 may damage a database in WAL mode when two connections write and checkpoint at one moment (fixed
in 3.51.3), and two processes that write are what a registry is for.  So WAL is used from 3.51.3 on, a rollback journal
before.  Writers begin with ``BEGIN IMMEDIATE``: a transaction that reads first and then writes would fail where another
writer came between, however long it waits.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from custid.errors import StoreError, StoreFormatError
from custid.registry.damage import damaged
from custid.registry.exchange import new_copy
from custid.registry.saved_state import purge_state, state_beside
from custid.registry.sql.store import Failure, SqlStore

__all__ = ["back_up_sqlite", "open_sqlite"]

_FIRST_WITH_SOUND_WAL: Final = (3, 51, 3)
_BUSY_SECONDS: Final = 5.0
_HEADER: Final = b"SQLite format 3\0"
_JOURNAL_HEADER: Final = bytes.fromhex("d9d505f920a163d7")
"""What a rollback journal begins with: SQLite, "Database File Format", section 3."""
_CACHE_KIB: Final = 32 << 10
_KINDS: Final = {
    "SQLITE_BUSY": Failure.CONFLICT,
    "SQLITE_LOCKED": Failure.CONFLICT,
    "SQLITE_FULL": Failure.FULL,
    "SQLITE_CORRUPT": Failure.DAMAGED,
    "SQLITE_NOTADB": Failure.DAMAGED,
    "SQLITE_IOERR": Failure.DISK,
    "SQLITE_CANTOPEN": Failure.DISK,
}
"""What the names of errors begin with."""


def open_sqlite(path: str | os.PathLike[str], *, patience: float = 60.0) -> SqlStore:
    """Open a registry in a file, or make a new one.

    Parameters
    ----------
    path : path
        The file, on a disk of this machine: locks of network file systems cannot be relied on.  A new one is readable
        and writable by its owner alone.
    patience : float
        Seconds during which conflicts with other writers are retried.

    Returns
    -------
    SqlStore
        To be closed after use.

    Raises
    ------
    StoreFormatError
        If the file is no SQLite database, or was written by a newer release.
    StoreError
        If it cannot be opened.
    """
    return SqlStore(*_driven(_prepare(path)), patience=patience)


def _driven(file: Path) -> tuple[Engine, _Sqlite]:
    """Return what connects to a file, and how it is dealt with."""
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        poolclass=QueuePool,
        max_overflow=-1,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )
    database = _Sqlite(sqlite3.sqlite_version_info, state_beside(file))
    event.listen(engine, "connect", database.set_up)
    return engine, database


def back_up_sqlite(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Copy a registry that is in use to a new file.

    Parameters
    ----------
    source : path
        The registry.
    target : path
        The copy; must not exist.

    Raises
    ------
    StoreError
        If the copy is there already or cannot be written, or the registry is not there or cannot be read.
    """
    if not Path(source).is_file():
        raise StoreError("backup: expected a registry to copy, got no file.")
    with new_copy(target, "backup") as beside:
        try:
            with closing(sqlite3.connect(os.path.realpath(source))) as origin, closing(sqlite3.connect(beside)) as copy:
                # The file is synced when it is whole, and is of no use before.
                copy.execute("PRAGMA synchronous=OFF").close()
                copy.execute("PRAGMA journal_mode=OFF").close()
                origin.backup(copy)
        except sqlite3.Error as error:
            raise StoreError(f"backup: the registry cannot be copied ({error.sqlite_errorname}).") from None


def _prepare(path: str | os.PathLike[str]) -> Path:
    """Return the file of a registry as SQLite knows it, made where there is none."""
    try:
        # A journal goes by the name of the file itself, not by that of a link; and of all relative names, SQLite takes
        # one for none.
        file = Path(os.path.realpath(path))
        # SQLite would make it readable for others.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        with file.open("rb") as opened:
            header = opened.read(len(_HEADER))
        is_unfinished = _has_journal(file)
    except OSError as error:
        raise StoreError(
            f"store: the file cannot be opened ({type(error).__name__}).", hint="Look at its directory and rights."
        ) from None
    # The first page of a new registry may be torn, where the power went: SQLite takes it back by its journal.
    if header and header != _HEADER and not is_unfinished:
        raise StoreFormatError(
            "store: expected an SQLite database or a new file, got a file of another kind.",
            hint="Give the path of a registry; it is not overwritten.",
        )
    return file


def _has_journal(file: Path) -> bool:
    """Tell whether a change of a file was not finished, or is being made by another process."""
    journal = file.with_name(f"{file.name}-journal")
    if not journal.is_file():
        return False
    with journal.open("rb") as opened:
        return opened.read(len(_JOURNAL_HEADER)) == _JOURNAL_HEADER


class _Sqlite:
    """How SQLite is dealt with."""

    def __init__(self, version: tuple[int, int, int], state: Path | None = None) -> None:
        self._version = version
        self._state = state
        self._has_sound_wal = version >= _FIRST_WITH_SOUND_WAL

    @property
    def description(self) -> str:
        """Version, journal and how commits are made durable."""
        number = ".".join(map(str, self._version))
        return f"SQLite {number}, journal_mode={self._journal}, synchronous={self._synchronous}"

    @property
    def _journal(self) -> str:
        # An empty journal commits as one that is removed does, without two changes of its directory.
        return "WAL" if self._has_sound_wal else "TRUNCATE"

    @property
    def _synchronous(self) -> str:
        # With a rollback journal a commit is what makes it void: EXTRA makes that durable, should it be a removal, too.
        return "FULL" if self._has_sound_wal else "EXTRA"

    def set_up(self, connection: sqlite3.Connection, _record: Any) -> None:
        # Transactions begin where we say so, not where the driver thinks that it should.
        connection.isolation_level = None
        for pragma in (
            f"journal_mode={self._journal}",
            f"synchronous={self._synchronous}",
            "trusted_schema=OFF",
            "cell_size_check=ON",
            "secure_delete=ON",
            # Identifiers are drawn at random: the index of a million of them is to be in memory while many are added.
            f"cache_size=-{_CACHE_KIB}",
        ):
            try:
                connection.execute(f"PRAGMA {pragma}")
            except UnicodeDecodeError:
                raise damaged("the names of its tables are none") from None

    def begin_reading(self, connection: Connection, /) -> None:
        self._begin(connection, "BEGIN")

    def begin_writing(self, connection: Connection, /) -> None:
        self._begin(connection, "BEGIN IMMEDIATE")

    def _begin(self, connection: Connection, statement: str) -> None:
        # SQLAlchemy notes that a transaction begins, and leaves it to us.
        connection.begin()
        driver: Any = connection.connection.driver_connection
        driver.execute(statement)

    def begin_migrating(self, connection: Connection, /) -> None:
        self.begin_writing(connection)

    def scrub(self, connection: Connection, /) -> bool:
        # What a registry has worked out lies beside, also where who erases keeps none, or has it elsewhere.
        if self._state is not None:
            purge_state(self._state)
        # Deleted cells are zeroed, but pages that were divided or joined may keep copies of what was moved; VACUUM
        # writes all that is live anew, and the log of WAL keeps older pages until it is cut.
        connection.exec_driver_sql("VACUUM")
        if not self._has_sound_wal:
            return True
        is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not is_busy

    def failure(self, error: DBAPIError, /) -> Failure:
        # Of text that is none the driver itself complains, and has no name for it.
        unnamed = "SQLITE_CORRUPT" if isinstance(error.orig, sqlite3.OperationalError) else ""
        name = getattr(error.orig, "sqlite_errorname", unnamed)
        kinds = (kind for beginning, kind in _KINDS.items() if name.startswith(beginning))
        return next(kinds, Failure.OTHER)

    def stamp(self, connection: Connection, /) -> object:
        # Through the driver: what lies above it takes longer than the question.
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            raise DBAPIError("PRAGMA data_version", None, error) from None
