"""Many writers at once leave what some order of them would have left (invariant 23)."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import closing
from threading import Barrier, Thread

import pytest

from custid.registry import RecordKey, Registry, Store, WriteTransaction, open_registry, open_store
from custid.registry.doctor import check_store
from custid.registry.events import EventKind
from custid.registry.naming import Naming, Tally, rename
from custid.registry.replay import Replay
from tests.registry.matched import model
from tests.registry.workers import CAP, Look, Work, apply_changes, mix, mix_by_model, start

N_PROCESSES = 4


def assert_explained_by_its_order(store: Store) -> None:
    """Hold every change to what the naming rule makes of its partition, after those that precede it."""
    replay, before, tally = Replay(), Naming(), Tally()
    with store.reading() as transaction:
        for change in transaction.changes():
            replay.take(change.number, change.events)
            minted = iter([each.customer for each in change.events if each.kind is EventKind.MINTED])
            partition = replay.naming.clusters().values()
            renaming = rename(before, partition, tally, lambda _, minted=minted: next(minted))  # type: ignore[misc]
            # What records state is no matter of names.
            told = tuple(event for event in change.events if event.kind is not EventKind.UPDATED)
            assert renaming.events == told
            before, tally = replay.naming, renaming.tally
        assert transaction.naming() == before
    assert check_store(store) == ()


def assert_looks_are_explained(store: Store, looks: list[Look]) -> None:
    """Hold what was looked up against the states between asking and answering."""
    customers: defaultdict[RecordKey, list[tuple[int, str | None]]] = defaultdict(lambda: [(0, None)])
    replay = Replay()
    with store.reading() as transaction:
        for change in transaction.changes():
            replay.take(change.number, change.events)
            records = replay.naming.records
            for key in {event.record for event in change.events if event.record is not None}:
                state = records.get(key)
                customers[key].append((change.number, None if state is None else state.customer))
    for look in looks:
        told = customers[look.record]
        at_first = [found for number, found in told if number <= look.after][-1]
        meanwhile = {found for number, found in told if look.after < number <= look.before}
        assert look.found in {at_first, *meanwhile}


def run_mixed(address: str, work: Work, amount: int) -> list[Look]:
    """Let eight processes work on one registry, and look whether it is sound and all of them were told the truth."""
    workers = [start(work, address, f"w{number}", amount) for number in range(8)]
    told = [worker.told() for worker in workers]
    assert [worker.process.exitcode for worker in workers] == [0] * 8
    assert [each[-1] for each in told] == ["done"] * 8
    looks = [look for each in told for look in each[:-1]]
    with closing(open_store(address)) as store:
        assert_explained_by_its_order(store)
        assert_looks_are_explained(store, looks)
    return looks


def assert_matched_rightly(address: str) -> None:
    """Match all that is there anew, and find the customers that are there."""
    with open_registry(address) as registry:
        assert registry.use(model("persons", CAP)) is None


def test_processes_write_to_one_registry(address: str) -> None:
    """All changes of four processes are there, whole, in one order, and no identifier twice (requirement 36)."""
    n_changes = 8
    writers = [start(apply_changes, address, f"w{number}", n_changes) for number in range(N_PROCESSES)]
    told = [writer.told() for writer in writers]
    assert [writer.process.exitcode for writer in writers] == [0] * N_PROCESSES
    tokens = {token for each in told for _, token, _ in each}
    assert len(tokens) == N_PROCESSES * n_changes
    with open_registry(address) as registry:
        changes = list(registry.changes())
        assert {change.token for change in changes} == tokens
        assert [change.number for change in changes] == list(range(1, len(tokens) + 1))
        assert_explained_by_its_order(registry.store)


def test_eight_processes_change_the_same_records(address: str) -> None:
    """Partitions, withdrawals, verdicts and look-ups at once: some order of the changes explains all of them."""
    run_mixed(address, mix, 10)


def test_eight_processes_match_the_same_records(address: str) -> None:
    """The same with rows that are matched; in the end they are matched as one batch would."""
    with open_registry(address) as registry:
        registry.use(model("persons", CAP))
    run_mixed(address, mix_by_model, 2)
    assert_matched_rightly(address)


@pytest.mark.slow
@pytest.mark.campaign
def test_eight_processes_change_the_same_records_for_a_minute(address: str) -> None:
    """Some order of the changes explains all of them, and all look-ups."""
    assert len(run_mixed(address, mix, -60)) > 100


@pytest.mark.slow
@pytest.mark.campaign
def test_eight_processes_match_the_same_records_for_a_minute(address: str) -> None:
    """The same with rows that are matched."""
    with open_registry(address) as registry:
        registry.use(model("persons", CAP))
    assert len(run_mixed(address, mix_by_model, -60)) > 20
    assert_matched_rightly(address)


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
    writers = [start(apply_changes, address, f"w{number}", n_changes) for number in range(2)]
    with open_registry(address) as registry:
        token = None
        while len(seen) < 2 * n_changes:
            for change in registry.changes(token):
                seen.append(change.number)
                token = change.token
    for writer in writers:
        writer.told()
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
