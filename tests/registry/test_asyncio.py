"""A registry in an application that runs on asyncio: calls go to threads, and the loop goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from custid.registry import MemoryStore, Registry, Store, open_store
from custid.registry.doctor import check_store
from tests.registry.matched import SOURCE, feed, model, rows

N_STEPS = 100


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Return an empty store of each kind."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return open_store(tmp_path / "registry.db")
    make: Callable[[], str] = request.getfixturevalue("new_database")
    return open_store(make())


class Gate:
    """A clock that holds a writing transaction up, once, until it is let go."""

    def __init__(self) -> None:
        self.is_closed = False
        self.reached, self.passed = Event(), Event()
        self.was_let_go = True

    def __call__(self) -> datetime:
        """Return the time, after a wait where the gate is closed."""
        if self.is_closed:
            self.is_closed = False
            self.reached.set()
            self.was_let_go = self.passed.wait(60)
        return datetime.now(UTC)


def _filled(store: Store, gate: Gate) -> Registry:
    registry = Registry(store, clock=gate)
    registry.use(model("persons", 12))
    registry.ingest([dict(row) for row in rows("persons")[:20]], source=SOURCE, schema=feed("persons").schema)
    return registry


def test_the_loop_goes_on_while_records_are_taken_in(store: Store) -> None:
    """Other coroutines take a hundred steps and look customers up inside the transaction of an ingestion."""
    gate = Gate()
    registry = _filled(store, gate)
    keys = [(SOURCE, row["record_id"]) for row in rows("persons")[:20]]
    before = {key: registry.id_of(key) for key in keys}

    async def work() -> tuple[int, dict[Any, Any]]:
        loop, steps = asyncio.get_running_loop(), 0
        gate.is_closed = True
        given = [dict(row) for row in rows("persons")[20:60]]
        with ThreadPoolExecutor(max_workers=1) as writer:
            ingestion = loop.run_in_executor(writer, partial(registry.ingest, given, source=SOURCE))
            await asyncio.to_thread(gate.reached.wait, 60)
            for _ in range(N_STEPS):
                await asyncio.sleep(0)
                steps += not ingestion.done()
            found = {}
            # In memory there is one state: who reads it waits for who writes.
            if not isinstance(store, MemoryStore):
                found = {key: await asyncio.to_thread(registry.id_of, key) for key in keys}
            gate.passed.set()
            assert (await ingestion).n_new == len(given)
        return steps, found

    steps, found = asyncio.run(work())
    assert gate.was_let_go
    assert steps == N_STEPS
    assert found == ({} if isinstance(store, MemoryStore) else before)
    assert len({registry.id_of((SOURCE, row["record_id"])) for row in rows("persons")[:60]}) > len(set(before.values()))
    store.close()


def test_a_request_that_is_given_up_can_be_repeated(store: Store) -> None:
    """A coroutine that is canceled leaves its thread at work; the same request again is the same change."""
    gate = Gate()
    registry = _filled(store, gate)
    bring = partial(registry.ingest, [dict(row) for row in rows("persons")[20:30]], source=SOURCE, request="tonight")

    async def work() -> Any:
        gate.is_closed = True
        task = asyncio.create_task(asyncio.to_thread(bring))
        await asyncio.to_thread(gate.reached.wait, 60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        gate.passed.set()
        return await asyncio.to_thread(bring)

    change = asyncio.run(work()).change
    assert change.cause.request == "tonight"
    assert [each.cause.request for each in registry.changes()].count("tonight") == 1
    assert check_store(store) == ()
    store.close()


def test_many_coroutines_bring_records_at_once(store: Store) -> None:
    """Each row by a call of its own, side by side: all are there, as if they had come in some order."""
    registry = _filled(store, Gate())
    given = [dict(row) for row in rows("persons")[20:36]]

    async def work() -> list[Any]:
        return await asyncio.gather(
            *(asyncio.to_thread(registry.ingest, [row], source=SOURCE, request=row["record_id"]) for row in given)
        )

    numbers = sorted(each.change.number for each in asyncio.run(work()))
    assert numbers == list(range(numbers[0], numbers[0] + len(given)))
    assert registry.use(model("persons", 12)) is None
    assert check_store(store) == ()
    store.close()
