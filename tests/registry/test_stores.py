"""The three stores keep one contract (requirement 93)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from custid.registry import MemoryStore, Store, open_store
from custid.testing import StoreSuite


class TestMemoryStore(StoreSuite):
    """A registry in memory."""

    is_durable: ClassVar[bool] = False

    def open_store(self, directory: Path) -> Store:
        """Return an empty store."""
        del directory
        return MemoryStore()


class TestSqliteStore(StoreSuite):
    """A registry in a file."""

    def open_store(self, directory: Path) -> Store:
        """Return the store of a file."""
        return open_store(directory / "registry.db")


class TestPostgreSqlStore(StoreSuite):
    """A registry in a server."""

    @pytest.fixture(autouse=True)
    def _databases(self, new_database: Callable[[], str]) -> None:
        self._address = new_database()

    def open_store(self, directory: Path) -> Store:
        """Return the store of the test's own database."""
        del directory
        return open_store(self._address)
