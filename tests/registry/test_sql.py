"""Databases: their tables, versions, modes and errors."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, create_engine, event, inspect, table
from sqlalchemy.exc import DBAPIError

from custid.errors import ConfigurationError, MissingDependencyError, StoreDamagedError, StoreError, StoreFormatError
from custid.registry import SequentialMinter, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.exchange import export_lines
from custid.registry.sql import _queries, _schema, postgresql
from custid.registry.sql._schema import VERSION_TABLE
from custid.registry.sql._statements import _compiled
from custid.registry.sql.postgresql import _engine
from custid.registry.sql.sqlite import _Sqlite
from custid.registry.sql.store import Failure, SqlStore
from custid.registry.sql.tables import METADATA


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a file, then a database of a server."""
    if request.param == "sqlite":
        return str(tmp_path / "registry.db")
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()


def in_database(address: str, work: Callable[[Connection], Any]) -> Any:
    with closing(open_store(address)) as store:
        assert isinstance(store, SqlStore)
        with store._engine.begin() as connection:
            return work(connection)


def test_migrations_make_the_tables_that_are_used(address: str) -> None:
    """The newest version and the definitions in use differ in nothing that alembic can tell."""

    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "version_table": VERSION_TABLE})
        return compare_metadata(context, METADATA)

    assert in_database(address, differences) == []


def test_tables_are_told_by_their_names(address: str) -> None:
    """All begin with the same word, so that they can stand among an application's own."""
    names = in_database(address, lambda connection: inspect(connection).get_table_names())
    assert {VERSION_TABLE, *METADATA.tables} == set(names)
    assert all(name.startswith("custid_") for name in names)


def test_opening_again_changes_no_table(address: str) -> None:
    """A registry that is up to date is left as it is."""
    with open_registry(address) as registry:
        registry.apply([[("crm", "1")]])
    with open_registry(address) as registry:
        assert registry.id_of(("crm", "1"))


def test_tables_of_a_newer_release_are_refused(address: str) -> None:
    """By a message that tells both versions; nothing is touched."""
    newer = "UPDATE custid_version SET version_num = '9999'"
    in_database(address, lambda connection: connection.exec_driver_sql(newer))
    with pytest.raises(StoreFormatError, match=r"version 0003 or before, got version '9999'.*Hint: Install"):
        open_store(address)


def test_tables_of_two_versions_are_damage(address: str) -> None:
    """No release has written them."""
    second = "INSERT INTO custid_version (version_num) VALUES ('0001')"
    in_database(address, lambda connection: connection.exec_driver_sql(second))
    with pytest.raises(StoreDamagedError, match="its tables are of several versions"):
        open_store(address)


def test_a_database_holds_what_the_rule_forbids_apart(address: str) -> None:
    """Two live rows for one record, or one identifier twice, are refused by the database itself."""
    from sqlalchemy.exc import IntegrityError

    with open_registry(address) as registry:
        registry.apply([[("crm", "1")]])
    for statement in (
        "INSERT INTO custid_record (arrival, source, key, customer, native) VALUES (9, 'crm', '1', 1, 1)",
        "INSERT INTO custid_record (arrival, source, key, customer) VALUES (9, 'crm', '2', 1)",
        "INSERT INTO custid_identifier (id, age) SELECT id, 9 FROM custid_identifier",
        "INSERT INTO custid_identifier (id, age) VALUES ('X', 1)",
        "INSERT INTO custid_event (place, change, kind, customer) VALUES (1, 1, 'minted', 1)",
        "INSERT INTO custid_change SELECT * FROM custid_change",
    ):
        with pytest.raises(IntegrityError):
            in_database(address, methodcaller("exec_driver_sql", statement))


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "journal_mode=TRUNCATE, synchronous=EXTRA"),
        ((3, 51, 2), "journal_mode=TRUNCATE, synchronous=EXTRA"),
        ((3, 51, 3), "journal_mode=WAL, synchronous=FULL"),
        ((3, 54, 1), "journal_mode=WAL, synchronous=FULL"),
    ],
)
def test_write_ahead_logs_are_used_where_they_are_sound(version: tuple[int, int, int], mode: str) -> None:
    """Versions of SQLite that can damage a file by them have a rollback journal."""
    assert mode in _Sqlite(version).description


def test_the_mode_told_is_the_mode_used(tmp_path: Path) -> None:
    """Journal, durability, erasing of deleted content and distrust of schemas are set on every connection."""

    def pragmas(connection: Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "secure_delete", "trusted_schema", "cell_size_check")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    is_sound = sqlite3.sqlite_version_info >= (3, 51, 3)
    assert in_database(str(tmp_path / "r.db"), pragmas) == {
        "journal_mode": "wal" if is_sound else "truncate",
        "synchronous": 2 if is_sound else 3,
        "secure_delete": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
    }


@pytest.mark.parametrize(
    ("state", "failure"),
    [
        ("40001", Failure.CONFLICT),
        ("57P01", Failure.LOST),
        ("53100", Failure.FULL),
        ("XX001", Failure.DAMAGED),
        ("42P01", Failure.OTHER),
    ],
)
def test_errors_of_a_server_are_told_apart(state: str, failure: Failure) -> None:
    """By the codes that PostgreSQL documents: who waits, repeats, frees space or restores does so for a reason."""
    error = Exception()
    error.sqlstate = state  # type: ignore[attr-defined]
    assert postgresql._PostgreSql().failure(DBAPIError(None, None, error)) is failure


def test_files_of_another_kind_are_left_alone(tmp_path: Path) -> None:
    """A file that is no database is refused, and not a byte of it is changed."""
    path = tmp_path / "customers.csv"
    path.write_text("name,city\n")
    with pytest.raises(StoreFormatError, match=r"expected an SQLite database or a new file.*Hint"):
        open_registry(path)
    assert path.read_text() == "name,city\n"


def test_tables_of_an_application_stay_as_they_are(tmp_path: Path) -> None:
    """A registry in the database of an application has tables of its own, and what was there is there."""
    path = tmp_path / "application.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE orders (number INTEGER); INSERT INTO orders VALUES (7)")
    with open_registry(path) as registry:
        registry.apply([[("crm", "1")]])
        assert registry.erase(records=[("crm", "1")], reason="a17").is_complete
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT number FROM orders").fetchall() == [(7,)]
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if not name.startswith("custid_")} == {"orders"}


def test_places_that_cannot_be(tmp_path: Path) -> None:
    """A directory that is not there, or one in place of a file, is told without the path."""
    for path in (tmp_path / "none" / "r.db", tmp_path):
        with pytest.raises(StoreError, match=r"store: the file cannot be opened") as refused:
            open_registry(path)
        assert str(tmp_path) not in str(refused.value)


def test_withdrawn_contents_leave_no_trace_in_the_file(tmp_path: Path) -> None:
    """What a withdrawn record said is no longer in the file's bytes."""
    path = tmp_path / "registry.db"
    with open_registry(path) as registry:
        registry.apply([[("crm", "1")]], contents={("crm", "1"): {"name": "SENTINEL" * 9}})
        assert b"SENTINEL" in path.read_bytes() + _log_of(path)
        registry.withdraw([("crm", "1")])
    assert b"SENTINEL" not in path.read_bytes() + _log_of(path)


def _log_of(path: Path) -> bytes:
    log = path.with_name(path.name + "-wal")
    return log.read_bytes() if log.exists() else b""


@pytest.mark.parametrize("url", ["postgresql:SECRET", "postgresql://user:SECRET@host:port/x"])
def test_addresses_that_cannot_be_read(url: str) -> None:
    """The message does not repeat the password."""
    with pytest.raises(ConfigurationError, match="expected an address such as") as refused:
        open_store(url)
    assert "SECRET" not in str(refused.value)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """It is told at once, without the address."""
    with pytest.raises(StoreError, match="store: the database refused: OperationalError") as refused:
        open_store(f"postgresql://custid@/none?host={tmp_path}")
    assert str(tmp_path) not in str(refused.value)


def test_a_missing_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'custid\[postgresql\]'"):
        postgresql.open_postgresql("postgresql://custid@/x")


@pytest.mark.parametrize("program", ["import custid.registry", "import custid.registry; custid.registry.MemoryStore()"])
def test_no_database_is_loaded_before_it_is_needed(program: str) -> None:
    """Neither SQLAlchemy nor alembic nor a driver comes with the registry in memory."""
    heavy = {"sqlalchemy", "alembic", "psycopg", "numba", "numpy", "pyarrow"}
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; import sys; print(*sorted({heavy!r} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.split()) == (0, "", [])


def test_one_record_takes_few_statements(tmp_path: Path) -> None:
    """However many there are: a dozen at most, from the beginning of the transaction to its end."""
    told: list[str] = []
    counts = []
    with open_registry(tmp_path / "r.db") as registry:
        assert isinstance(registry.store, SqlStore)
        event.listen(registry.store._engine, "checkout", lambda driver, *_: driver.set_trace_callback(told.append))
        for n_before in (1, 1_000):
            registry.apply([[("crm", f"{n_before}.{number}")] for number in range(n_before)])
            told.clear()
            registry.apply([[("shop", str(n_before))]], contents={("shop", str(n_before)): {"name": "x"}})
            counts.append(len(told))
    assert counts[0] == counts[1] <= 12


_WHOLE = {
    "SETTINGS",
    "POSITIONS",
    "IDENTIFIER_ROWS",
    "RECORD_ROWS",
    "CONTENT_ROWS",
    "N_OF_OTHER_TYPES",
    "N_TWICE",
    "HEAD",
    "CHANGE_AT",
    "AUDIT_END",
}


@pytest.mark.parametrize("name", sorted({*_queries.__all__} - _WHOLE - {"SETTINGS_VERSION", "ChangeRow"}))
def test_no_look_up_goes_through_a_whole_table(name: str, tmp_path: Path) -> None:
    """Every table is searched by an index; those that are read whole, or backward from the end, are named above."""
    text, parameters, _ = _compiled(getattr(_queries, name), "sqlite")
    plan = in_database(
        str(tmp_path / "r.db"),
        lambda connection: connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (None,) * len(parameters)).all(),
    )
    assert [step for *_, step in plan if step.startswith("SCAN custid_")] == []


def test_settings_that_another_process_keeps_are_seen(address: str) -> None:
    """Settings are read again when they are others, and only then."""
    with closing(open_store(address)) as one, closing(open_store(address)) as other:
        for value in ("1", "2"):
            one.transact(methodcaller("put_setting", "model", value))
            for store in (one, other):
                with store.reading() as transaction:
                    assert transaction.settings() == {"model": value}


def test_tables_of_the_first_version_are_brought_up_to_date(address: str, tmp_path: Path) -> None:
    """Nothing is lost: history, crosswalk, redirects, contents, verdicts, readers and settings are as before."""
    with open_registry(tmp_path / "newest.db", minter=SequentialMinter()) as registry:
        keys = [("crm", text) for text in "abcdef"]
        registry.apply([keys[:2], keys[2:4], keys[4:5]], contents={keys[0]: {"name": "é"}, keys[4]: {"name": "x"}})
        registry.merge(keys[0], keys[2], reason="same")
        registry.withdraw([keys[0], keys[1]])
        registry.withdraw([keys[4]])
        registry.apply([keys[5:]])
        registry.acknowledge("shop", 2)
        with registry.store.reading() as transaction:
            lines = list(export_lines(transaction))
    with sqlite3.connect(tmp_path / "newest.db") as newest:
        rows = {name: _as_of_first_version(newest, name) for name in METADATA.tables}

    def make(connection: Connection) -> None:
        _upgraded_to(connection, "0001")
        for name, found in rows.items():
            for row in found:
                connection.execute(table(name, *map(column, row)).insert(), row)

    engine = create_engine(_engine(address).url if "://" in address else f"sqlite:///{address}")
    with engine.begin() as connection:
        make(connection)
    engine.dispose()
    with closing(open_store(address)) as store:
        with store.reading() as transaction:
            assert list(export_lines(transaction)) == lines
        assert check_store(store) == ()


def _as_of_first_version(newest: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table with identifiers in place of their ages."""
    id_of = dict(newest.execute("SELECT age, id FROM custid_identifier"))
    named = {"custid_identifier": {"target", "follows"}, "custid_record": {"customer", "native"}}
    by_age = {**named, "custid_event": {"customer", "other", "native"}}.get(name, set())
    cursor = newest.execute(f"SELECT * FROM {name}")  # noqa: S608  # a table of ours
    names = [each[0] for each in cursor.description]
    return [
        {each: id_of.get(value) if each in by_age else value for each, value in zip(names, row, strict=True)}
        for row in cursor
    ]


def _upgraded_to(connection: Connection, version: str) -> None:
    script = ScriptDirectory(str(Path(_schema.__file__).with_name("_migrations")))
    with EnvironmentContext(Config(), script, fn=lambda found, _: script._upgrade_revs(version, found)) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()
