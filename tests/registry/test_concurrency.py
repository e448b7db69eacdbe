"""Many writers at once leave what some order of them would have left (invariant 23)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest

from custid.registry import Registry, Store, WriteTransaction, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.events import EventKind
from custid.registry.naming import Naming, Tally, rename
from custid.registry.replay import Replay
from tests.registry.test_durability import start_writer

N_PROCESSES = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a file, then a database of a server."""
    if request.param == "sqlite":
        return str(tmp_path / "registry.db")
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return make()


def assert_explained_by_its_order(store: Store) -> None:
    """Hold every change to what the naming rule makes of its partition, after those that precede it."""
    replay, before, tally = Replay(), Naming(), Tally()
    with store.reading() as transaction:
        for change in transaction.changes():
            replay.take(change.number, change.events)
            minted = iter([each.customer for each in change.events if each.kind is EventKind.MINTED])
            partition = replay.naming.clusters().values()
            renaming = rename(before, partition, tally, lambda _, minted=minted: next(minted))  # type: ignore[misc]
            assert renaming.events == change.events
            before, tally = replay.naming, renaming.tally
        assert transaction.naming() == before
    assert check_store(store) == ()


def test_processes_write_to_one_registry(address: str) -> None:
    """All changes of four processes are there, whole, in one order, and no identifier twice (requirement 36)."""
    n_changes = 8
    writers = [start_writer(address, f"w{number}", n_changes) for number in range(N_PROCESSES)]
    told = [writer.communicate()[0].split("\n") for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * N_PROCESSES
    tokens = {line.split()[1] for lines in told for line in lines if line}
    assert len(tokens) == N_PROCESSES * n_changes
    with open_registry(address) as registry:
        changes = list(registry.changes())
        assert {change.token for change in changes} == tokens
        assert [change.number for change in changes] == list(range(1, len(tokens) + 1))
        assert_explained_by_its_order(registry.store)


def test_threads_that_bring_the_same_record_make_one_customer(address: str) -> None:
    """Sixteen at once: one identifier is issued, and all are told it."""
    n_threads = 16
    names: list[str] = []
    with closing(open_store(address)) as store:
        registry = Registry(store)
        barrier = Barrier(n_threads)

        def bring() -> None:
            barrier.wait()
            registry.apply([[("crm", "one")]])
            names.append(registry.id_of(("crm", "one")))

        threads = [Thread(target=bring) for _ in range(n_threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(names) == n_threads
        assert len(set(names)) == 1
        assert len(list(registry.changes())) == 1
        assert check_store(store) == ()


def test_a_reader_that_follows_misses_nothing(address: str) -> None:
    """While others write, a reader that goes on from its token sees every change once, in order."""
    n_changes = 8
    seen: list[int] = []
    writers = [start_writer(address, f"w{number}", n_changes) for number in range(2)]
    with open_registry(address) as registry:
        token = None
        while len(seen) < 2 * n_changes:
            for change in registry.changes(token):
                seen.append(change.number)
                token = change.token
    for writer in writers:
        writer.communicate()
    assert seen == list(range(1, 2 * n_changes + 1))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_process_gets_connections_of_its_own(address: str) -> None:
    """Parent and child go on writing; neither disturbs the other's transactions."""
    with open_registry(address) as registry:
        registry.apply([[("crm", "before")]])
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for number in range(5):
                    registry.apply([[("child", str(number))]])
                status = 0
            finally:
                os._exit(status)
        for number in range(5):
            registry.apply([[("parent", str(number))]])
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert len(list(registry.changes())) == 11
        assert check_store(registry.store) == ()


def test_writers_wait_instead_of_working_in_vain(address: str) -> None:
    """Where several write at once, each does its work once: none finds out at the end that another came first."""
    n_threads, n_changes = 4, 5
    calls: list[int] = []
    with closing(open_store(address)) as store:
        barrier = Barrier(n_threads)

        def count(transaction: WriteTransaction) -> None:
            calls.append(1)
            transaction.put_setting("count", str(int(transaction.settings().get("count", "0")) + 1))

        def run() -> None:
            barrier.wait()
            for _ in range(n_changes):
                store.transact(count)

        threads = [Thread(target=run) for _ in range(n_threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.reading() as transaction:
            assert transaction.settings() == {"count": str(n_threads * n_changes)}
    assert len(calls) == n_threads * n_changes
