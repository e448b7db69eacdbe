"""Published worked examples, read from ``tests/data``."""

from __future__ import annotations

import csv
from pathlib import Path

__all__ = ["golden_rows"]


def golden_rows(name: str) -> list[tuple[str, ...]]:
    """Return the rows of ``tests/data/<name>.csv`` without its header."""
    with (Path(__file__).parent / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return [tuple(row) for row in csv.reader(stream)][1:]
