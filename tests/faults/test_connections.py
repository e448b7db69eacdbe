"""Connections to a server break, servers stop and start: what was acknowledged is there, once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from custid.errors import StoreError
from custid.registry import Registry, open_registry
from custid.registry.doctor import check_store
from tests.registry.conftest import PostgreSqlServer, new_database, postgresql_server

__all__ = ["new_database", "postgresql_server"]

campaign = [pytest.mark.slow, pytest.mark.campaign]
_END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def _deliver(registry: Registry, number: int) -> str:
    """Deliver one message until it is acknowledged, as a sender does that knows of no other way."""
    while True:
        try:
            keys = [("crm", f"{number}.{each}") for each in range(3)]
            change = registry.apply([keys[:2], keys[2:]], request=f"message {number}")
        except StoreError:
            continue
        assert change is not None
        return change.token


def _assert_delivered(address: str, tokens: list[str]) -> None:
    with open_registry(address) as registry:
        assert [change.token for change in registry.changes()] == tokens
        assert check_store(registry.store) == ()


@pytest.mark.parametrize("n_ends", [pytest.param(4, id="some"), pytest.param(100, marks=campaign, id="many")])
def test_connections_that_are_ended_lose_nothing(new_database: Callable[[], str], n_ends: int) -> None:
    """While messages are delivered, the server ends all connections again and again: each counts once."""
    import psycopg

    address = new_database()
    random = Random(3)  # noqa: S311  # about the same moments every time
    tokens: list[str] = []

    def end_connections() -> None:
        with psycopg.connect(address, autocommit=True) as other:
            for _ in range(n_ends):
                # In the middle of one of the next messages, wherever that is.
                _wait_for(tokens, len(tokens) + random.randint(1, 3))
                other.execute(_END_ALL)

    with open_registry(address) as registry:
        thread = threading.Thread(target=end_connections)
        thread.start()
        while thread.is_alive():
            tokens.append(_deliver(registry, len(tokens)))
        thread.join()
    assert len(tokens) >= n_ends
    _assert_delivered(address, tokens)


@pytest.mark.slow
@pytest.mark.parametrize("n_crashes", [pytest.param(1, id="once"), pytest.param(10, marks=campaign, id="often")])
def test_a_registry_outlives_its_server(postgresql_server: PostgreSqlServer, n_crashes: int) -> None:
    """The server crashes and comes back while one process goes on delivering: nothing is lost, nothing counts twice."""
    address = postgresql_server.new_database()
    tokens: list[str] = []
    failures: list[BaseException] = []
    is_done = threading.Event()

    def deliver(registry: Registry) -> None:
        try:
            while not is_done.is_set():
                tokens.append(_deliver(registry, len(tokens)))
        except BaseException as error:  # noqa: BLE001  # to be told by the other thread
            failures.append(error)

    with open_registry(address) as registry:
        thread = threading.Thread(target=deliver, args=(registry,))
        thread.start()
        for _ in range(n_crashes):
            _wait_for(tokens, len(tokens) + 3)
            postgresql_server.stop("immediate")
            postgresql_server.start()
        _wait_for(tokens, len(tokens) + 3)
        is_done.set()
        thread.join()
    assert failures == []
    _assert_delivered(address, tokens)


def _wait_for(tokens: list[Any], n_wanted: int) -> None:
    deadline = time.monotonic() + 60
    while len(tokens) < n_wanted:
        assert time.monotonic() < deadline
        # Leave the processor to who delivers.
        os.sched_yield()
