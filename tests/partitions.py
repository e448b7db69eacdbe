"""Results as partitions, to be held against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from custid.result import Result

__all__ = ["partition", "partition_by_key"]


def partition(result: Result, rows: Iterable[int] | None = None) -> set[frozenset[int]]:
    """Return the customers as sets of rows; ``rows`` are the names of the rows where they are not in their order."""
    customers = result.assignments["customer"].to_pylist()
    grouped = defaultdict(set)
    for row, customer in zip(range(len(customers)) if rows is None else rows, customers, strict=True):
        grouped[customer].add(row)
    return {frozenset(group) for group in grouped.values()}


def partition_by_key(result: Result) -> set[frozenset[tuple[str, str]]]:
    """Return the customers as sets of (source, record key)."""
    grouped = defaultdict(set)
    for row in result.assignments.to_pylist():
        grouped[row["customer"]].add((row["source"], row["record_key"]))
    return {frozenset(group) for group in grouped.values()}
