"""Real sessions of Spark for tests, where a Java runtime and PySpark are there."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import custid
from custid.engines.spark import SparkEngine, SparkResult, SparkSettings
from custid.intake import Schema
from custid.scoring.match_model import TrainedMatchModel
from custid.testing import EngineOutcome
from custid.testing.engine_suite import partition_of

__all__ = ["needs_spark", "outcome_of", "resolved", "spark_session"]

_SOURCES = Path(custid.__file__).parents[1]
_CONFIGURATION = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    # Compiling each small query takes longer than running it.
    "spark.sql.codegen.wholeStage": "false",
}


def _reason() -> str:
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed"
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "there is no Java runtime"
    if os.environ.get("NUMBA_DISABLE_JIT") == "1":
        return "what workers run is not counted as covered, and is tested compiled"
    return ""


needs_spark = pytest.mark.skipif(bool(_reason()), reason=_reason() or "all is there")
"""Skips a test where Spark cannot run."""


@contextmanager
def spark_session(master: str, *, is_connect: bool = False, memory: str = "1g") -> Iterator[Any]:
    """Start a session whose workers import this checkout, and stop it at the end."""
    from pyspark.sql import SparkSession

    # Workers take these from the process that starts them.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (_SOURCES, _SOURCES.parent)))
    builder = SparkSession.builder
    builder = builder.remote(master) if is_connect else builder.master(master)
    for name, value in {**_CONFIGURATION, "spark.driver.memory": memory}.items():
        builder = builder.config(name, value)
    with warnings.catch_warnings():
        # Of PySpark's own making, such as sockets that it leaves to the collector.
        warnings.simplefilter("ignore")
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()


def resolved(
    session: Any,
    records: pa.Table,
    *,
    model: TrainedMatchModel | None,
    schema: Schema | None,
    settings: SparkSettings | None = None,
) -> SparkResult:
    """Return what Spark finds."""
    found: Any = custid.dedupe(records, model=model, schema=schema, engine=SparkEngine(session, settings))
    assert isinstance(found, SparkResult)
    return found


def outcome_of(result: SparkResult) -> EngineOutcome:
    """Return a result of Spark as the outcomes of engines are compared."""
    table, pairs = result.assignments.toArrow(), result.pairs.toArrow()
    left, right = (np.asarray(pairs[name]).view(np.uint64).tolist() for name in ("left_unit", "right_unit"))
    assert len(left) == result.n_pairs
    return EngineOutcome(
        customers=partition_of(
            zip(table["source"].to_pylist(), table["record_key"].to_pylist(), strict=True),
            table["customer"].to_pylist(),
        ),
        pairs=dict(zip(zip(left, right, strict=True), pairs["match_weight"].to_pylist(), strict=True)),
    )
