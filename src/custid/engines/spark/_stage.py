"""Where steps leave what later steps read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Stage"]


class Stage:
    """Keeps frames, so that none is worked out twice.

    Parameters
    ----------
    spark : SparkSession
        The session.
    staging : str or None
        As in `SparkSettings`.
    """

    def __init__(self, spark: Any, staging: str | None) -> None:
        self._spark = spark
        self._staging = staging
        self._run = uuid4().hex
        self._tables: list[str] = []

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Work out a frame, and return it as it is kept."""
        if self._staging is None:
            return frame.localCheckpoint(eager=True)
        if "/" in self._staging:
            path = f"{self._staging.rstrip('/')}/{self._run}/{name}"
            frame.write.parquet(path)
            return self._spark.read.schema(frame.schema).parquet(path)
        table = f"{self._staging}.custid_{self._run}_{name}"
        frame.write.saveAsTable(table)
        self._tables.append(table)
        return self._spark.table(table)

    @property
    def path(self) -> str | None:
        """The directory of this run, which nobody but the caller removes; None where there is none."""
        if self._staging is None or "/" not in self._staging:
            return None
        return f"{self._staging.rstrip('/')}/{self._run}"

    def drop(self) -> None:
        """Drop the tables of this run."""
        while self._tables:
            self._spark.sql(f"DROP TABLE IF EXISTS {self._tables.pop()}")
