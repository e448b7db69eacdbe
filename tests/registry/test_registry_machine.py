"""Whatever is done to a registry, in any order, on any store, leaves it sound."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from custid.registry import MemoryStore, Store, open_store
from custid.testing.registry_machine import RegistryMachine


class MemoryMachine(RegistryMachine):
    """In memory."""

    def open_store(self) -> Store:
        """Return an empty store."""
        return MemoryStore()


class SqliteMachine(RegistryMachine):
    """In a file."""

    def open_store(self) -> Store:
        """Return the store of a new file."""
        self._directory = tempfile.TemporaryDirectory()
        return open_store(Path(self._directory.name) / "registry.db")

    def again(self, store: Store) -> Store:
        """Close the file and open it again."""
        store.close()
        return open_store(Path(self._directory.name) / "registry.db")

    def teardown(self) -> None:
        """Remove the file."""
        super().teardown()
        self._directory.cleanup()


UNSHRUNK = settings(max_examples=60, stateful_step_count=30, database=None, phases=[Phase.generate])
TestMemoryMachine = MemoryMachine.TestCase
TestMemoryMachine.settings = settings(stateful_step_count=40)


def test_sqlite_machine() -> None:
    """The machine runs on a file that is closed and opened again."""
    run_state_machine_as_test(SqliteMachine, settings=settings(max_examples=6, stateful_step_count=20))


def test_postgresql_machine(new_database: Callable[[], str]) -> None:
    """The machine runs on a server."""

    class PostgreSqlMachine(RegistryMachine):
        def open_store(self) -> Store:
            self._address = new_database()
            return open_store(self._address)

        def again(self, store: Store) -> Store:
            store.close()
            return open_store(self._address)

    run_state_machine_as_test(PostgreSqlMachine, settings=settings(max_examples=4, stateful_step_count=15))


@pytest.mark.parametrize("broken", ["resolve", "verdicts"])
def test_the_machine_notices(broken: str) -> None:
    """A store that loses identifiers, or verdicts, does not pass."""

    class Broken(MemoryMachine):
        def open_store(self) -> Store:
            store = MemoryStore()
            tables = store._tables
            if broken == "resolve":
                tables._lead = lambda state: tables._identifiers.setdefault(state.id, state)  # type: ignore[method-assign, assignment]
            else:
                tables.verdicts = lambda *_: []  # type: ignore[method-assign]
            return store

    with pytest.raises(Exception):  # noqa: B017  # whichever invariant breaks first
        run_state_machine_as_test(
            Broken, settings=settings(max_examples=60, stateful_step_count=30, database=None, phases=[Phase.generate])
        )
