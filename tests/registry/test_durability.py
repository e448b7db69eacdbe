"""What is acknowledged is durable: processes are killed, disks are full, servers crash."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event

from custid.errors import StoreConflictError, StoreError
from custid.registry import RecordKey, Registry, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.sql.store import SqlStore
from tests.registry.conftest import PostgreSqlServer
from tests.registry.matched import model
from tests.registry.workers import CAP, Told, Worker, apply_changes, ingest_rows, start

N_QUICK, N_SLOW = 20, 200


def told_before_kill(worker: Worker, n_told: int, delay: float) -> list[Told]:
    """Kill a writer some time after it has acknowledged so many changes; return all that it has acknowledged."""
    told = [worker.pipe.recv() for _ in range(n_told)]
    timer = threading.Timer(delay, worker.process.kill)
    timer.start()
    told += worker.told()
    timer.join()
    assert worker.process.exitcode == -signal.SIGKILL
    return told


def assert_no_change_is_lost(address: str, acknowledged: list[Told], name: str) -> None:
    with open_registry(address) as registry:
        assert check_store(registry.store) == ()
        present = {change.cause.request: change for change in registry.changes()}
        for number, token, identifier in acknowledged:
            assert present[f"{name}.{number}"].token == token
            keys = [RecordKey(name, f"{number}.{each}") for each in range(6)]
            assert {registry.id_of(key) for key in keys[:4]} == {identifier}
            assert len({registry.id_of(key) for key in keys}) == 2
            assert set(registry.customer(identifier).contents) == set(keys[:4])
        # Whole changes only, one more than was acknowledged at most.
        mine = [request for request in present if request.startswith(f"{name}.")]
        assert len(acknowledged) <= len(mine) <= len(acknowledged) + 1
        assert all(len(present[request].events) == 8 for request in mine)


def kill_writers(address: str, first: int, n_kills: int) -> None:
    """Kill one writer after the other, and look after each what is there."""
    for kill in range(first, first + n_kills):
        random = Random(kill)  # noqa: S311  # the same moments every time
        worker = start(apply_changes, address, f"w{kill}", 10_000)
        acknowledged = told_before_kill(worker, random.randrange(1, 6), random.random() * 0.1)
        assert_no_change_is_lost(address, acknowledged, f"w{kill}")


def assert_no_row_is_lost(registry: Registry, acknowledged: list[Told], name: str) -> None:
    """Hold what is there of a source against what was acknowledged; one request may have been done without a word."""
    tokens = {change.token for change in registry.changes()}
    said: dict[str, Any] = {}
    for _, token, rows in acknowledged:
        assert token is None or token in tokens
        said |= rows
    with registry.store.reading() as transaction:
        keys = [key for key in transaction.naming().records if key.source == name]
        contents = {key.key: each.values() for key, each in transaction.contents(keys).items()}
    expected = {key: {k: v for k, v in row.items() if v} for key, row in said.items() if row is not None}
    found = {key: {k: v for k, v in row.items() if v} for key, row in contents.items()}
    different = {key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)}
    assert len(different) <= 4
    if different:
        last = list(registry.changes())[-1]
        assert different <= {event.record.key for event in last.events if event.record is not None}


def kill_ingesting(address: str, first: int, n_kills: int) -> None:
    """Kill one process after the other that ingests into a registry that matches."""
    with open_registry(address) as registry:
        registry.use(model("persons", CAP))
    for kill in range(first, first + n_kills):
        random = Random(kill)  # noqa: S311  # the same moments every time
        name = f"w{kill}"
        acknowledged = told_before_kill(start(ingest_rows, address, name, 10_000), 2, random.random() * 0.3)
        with open_registry(address) as registry:
            assert check_store(registry.store) == ()
            assert_no_row_is_lost(registry, acknowledged, name)
    with open_registry(address) as registry:
        # Matching all that is there anew finds the customers that are there.
        assert registry.use(model("persons", CAP)) is None


def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(address: str) -> None:
    """Ten processes a store that write partitions are killed at random moments; the next one goes on."""
    kill_writers(address, 0, N_QUICK // 2)


def test_nothing_acknowledged_is_lost_when_ingestion_is_killed(tmp_path: Path) -> None:
    """The same with records that are matched: rows that were acknowledged are there, and rightly matched."""
    kill_ingesting(str(tmp_path / "registry.db"), 0, 3)


@pytest.mark.slow
@pytest.mark.campaign
@pytest.mark.parametrize("first", range(0, N_SLOW, 20))
def test_nothing_acknowledged_is_lost_in_two_hundred_kills(tmp_path: Path, first: int) -> None:
    """Two hundred writers to files are killed, twenty to a file."""
    kill_writers(str(tmp_path / "registry.db"), first, 20)


@pytest.mark.slow
@pytest.mark.campaign
def test_nothing_acknowledged_is_lost_in_many_kills_of_clients(new_database: Callable[[], str]) -> None:
    """Forty writers to a server are killed."""
    kill_writers(new_database(), 0, 40)


@pytest.mark.slow
@pytest.mark.campaign
def test_nothing_acknowledged_is_lost_in_many_kills_of_ingestion(address: str) -> None:
    """Twenty processes a store that match are killed."""
    kill_ingesting(address, 0, 20)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_server_crashes(postgresql_server: PostgreSqlServer) -> None:
    """A server that stops at once, in the middle of writes, has all that was acknowledged when it is back."""
    address = postgresql_server.new_database()
    for crash in range(3):
        worker = start(apply_changes, address, f"w{crash}", 10_000)
        told = [worker.pipe.recv() for _ in range(5)]
        postgresql_server.stop("immediate")
        worker.process.kill()
        told += worker.told()
        postgresql_server.start()
        assert_no_change_is_lost(address, told, f"w{crash}")


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """The change that finds no room is told of and leaves nothing; after there is room again, it can be repeated."""
    with closing(open_store(tmp_path / "registry.db")) as store:
        assert isinstance(store, SqlStore)
        registry = Registry(store)
        registry.apply([[("crm", "before")]])
        limit = ["PRAGMA max_page_count=60"]
        event.listen(store._engine, "checkout", lambda connection, *_: connection.execute(limit[0]).close())
        large = [[("crm", f"{number}" * 200)] for number in range(200)]
        with pytest.raises(StoreError, match=r"expected room to write, got none; nothing was changed.*Hint"):
            registry.apply(large)
        assert (len(list(registry.changes())), check_store(store)) == (1, ())
        limit[0] = "PRAGMA max_page_count=1073741823"
        assert registry.apply(large) is not None
        assert check_store(store) == ()


def test_a_commit_whose_answer_is_lost_counts_once(new_database: Callable[[], str]) -> None:
    """The connection breaks after the server has committed: the repetition finds the request served."""
    with closing(open_store(new_database())) as store:
        assert isinstance(store, SqlStore)
        registry = Registry(store)
        registry.apply([[("crm", "1")]])
        breaks = [1]

        def break_after_commit(connection: object) -> None:
            if breaks:
                breaks.pop()
                raw = connection.connection.driver_connection  # type: ignore[attr-defined]
                raw.commit()
                raw.close()

        event.listen(store._engine, "commit", break_after_commit)
        change = registry.apply([[("crm", "2")], [("crm", "3")]])
        assert breaks == []
        assert change is not None
        assert [each.number for each in registry.changes()] == [1, 2]
        assert list(registry.changes(1)) == [change]
        assert check_store(store) == ()


def test_a_writer_that_waits_too_long_says_so(tmp_path: Path) -> None:
    """Where another program keeps the file locked, the error comes in the time allowed and tells what to do."""
    import sqlite3

    path = tmp_path / "registry.db"
    with open_registry(path, patience=0.05) as registry:
        event.listen(
            registry.store._engine,  # type: ignore[attr-defined]
            "checkout",
            lambda connection, *_: connection.execute("PRAGMA busy_timeout=10").close(),
        )
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreConflictError, match=r"within 0.05 seconds.*Hint"):
                registry.apply([[("crm", "1")]])
            other.execute("ROLLBACK")
        assert registry.apply([[("crm", "1")]]) is not None
