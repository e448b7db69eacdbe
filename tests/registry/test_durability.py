"""What is acknowledged is durable: processes are killed, disks are full, servers crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event

from custid.errors import StoreConflictError, StoreError
from custid.registry import RecordKey, Registry, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.sql.store import SqlStore
from tests.registry.conftest import PostgreSqlServer

ROOT = Path(__file__).parents[2]
N_KILLS = 20


def start_writer(address: str, name: str, n_changes: int) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.registry.writer", address, name, str(n_changes)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
    )


def acknowledged_before_kill(process: subprocess.Popen[str], n_lines: int, delay: float) -> list[list[str]]:
    """Kill a writer some time after it has acknowledged so many changes; return all that it has acknowledged."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(n_lines)]
    timer = threading.Timer(delay, process.kill)
    timer.start()
    lines += process.stdout.readlines()
    timer.join()
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    # A line that was cut off had not been read by anybody.
    return [line.split() for line in lines if line.endswith("\n")]


def assert_nothing_is_lost(address: str, acknowledged: list[list[str]], name: str) -> None:
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


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(tmp_path: Path) -> None:
    """Twenty times a process that writes to one file is killed at a random moment; the next one goes on."""
    random = Random(6)  # noqa: S311  # the same moments every time
    address = str(tmp_path / "registry.db")
    for kill in range(N_KILLS):
        process = start_writer(address, f"w{kill}", 10_000)
        acknowledged = acknowledged_before_kill(process, random.randrange(1, 6), random.random() * 0.1)
        assert acknowledged
        assert_nothing_is_lost(address, acknowledged, f"w{kill}")


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_server_crashes(postgresql_server: PostgreSqlServer) -> None:
    """A server that stops at once, in the middle of writes, has all that was acknowledged when it is back."""
    address = postgresql_server.new_database()
    for crash in range(3):
        process = start_writer(address, f"w{crash}", 10_000)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        postgresql_server.stop("immediate")
        process.kill()
        lines += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        postgresql_server.start()
        acknowledged = [line.split() for line in lines if line.endswith("\n")]
        assert_nothing_is_lost(address, acknowledged, f"w{crash}")


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
