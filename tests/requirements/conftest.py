"""A PostgreSQL server for the rows that speak of stores."""

from __future__ import annotations

from tests.registry.conftest import new_database, postgresql_server

__all__ = ["new_database", "postgresql_server"]
