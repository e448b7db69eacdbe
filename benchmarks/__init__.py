"""Benchmarks: ``nox -s bench`` prints the targets, ``nox -s bench_suite`` measures single steps by asv."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["of_all"]

_Value = TypeVar("_Value")


def of_all(values: Sequence[_Value]) -> list[_Value]:
    """Return the values to measure: all, or the first alone where ``CUSTID_BENCH_QUICK`` asks whether they run."""
    return list(values)[:1] if os.environ.get("CUSTID_BENCH_QUICK") else list(values)
