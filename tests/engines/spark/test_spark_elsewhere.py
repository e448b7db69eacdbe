"""Tests of whole runs in executors of their own and over Connect: of few rows, as each starts processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import custid
from custid.engines.spark import SparkEngine, SparkSettings
from custid.testing import synthetic_customers
from custid.testing.engine_suite import local_outcome
from tests.engines.spark.session import needs_spark, outcome_of, resolved, spark_session

pytestmark = [needs_spark, pytest.mark.filterwarnings("ignore")]


def _executors() -> list[int]:
    """Return the processes of executors that descend from this process."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_bytes()
        except OSError:
            continue
        if b"CoarseGrainedExecutorBackend" in command and b"java" in command.split(b"\0")[0]:
            found.append(int(directory.name))
    return [each for each in found if _descends(each)]


def _descends(process: int) -> bool:
    while process > 1:
        if process == os.getpid():
            return True
        try:
            stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return False
        process = int(stat.rpartition(")")[2].split()[1])
    return False


def _killer(step: str) -> tuple[Callable[[str, float], None], list[int]]:
    killed: list[int] = []

    def tell(told: str, _done: float) -> None:
        if told == step and not killed:
            victim = min(_executors())
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    return tell, killed


def test_lost_executor_changes_nothing(tmp_path: Path) -> None:
    """In separate executors, one of which is killed between two steps, the result is that of one machine."""
    records = synthetic_customers(150, seed=9).records
    model = custid.train(records)
    with spark_session("local-cluster[2,1,1024]") as spark:
        tell, killed = _killer("comparing")
        settings = SparkSettings(staging=str(tmp_path), units_per_group=80)
        found: Any = custid.dedupe(
            spark.createDataFrame(records),
            model=model,
            progress=tell,
            engine=SparkEngine(settings=settings),
        )
        outcome = outcome_of(found)
    expected = local_outcome(custid.dedupe(records, model=model, schema=found.schema))
    assert len(killed) == 1
    assert outcome.pairs == expected.pairs
    assert outcome.customers == expected.customers


def test_connect_finds_the_same() -> None:
    """Over Connect, which knows DataFrames alone, the result is that of one machine."""
    records = synthetic_customers(150, seed=9).records
    model = custid.train(records)
    with spark_session("local[2]", is_connect=True) as spark:
        found = resolved(spark, records, model=model, schema=None)
        outcome = outcome_of(found)
    expected = local_outcome(custid.dedupe(records, model=model, schema=found.schema))
    assert outcome.pairs == expected.pairs
    assert outcome.customers == expected.customers
