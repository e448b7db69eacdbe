"""What processes of tests are forked from: imported, it has everything loaded."""

from __future__ import annotations

from tests.registry.workers import load

__all__: list[str] = []

load()
