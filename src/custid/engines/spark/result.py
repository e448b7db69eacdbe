"""What a run on Spark gives back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pyarrow as pa
from attrs import field, frozen

from custid.engines.spark._messages import explained, mapped
from custid.engines.spark._stage import Stage
from custid.engines.spark._weighing import weighed_pairs
from custid.intake.schema import Schema
from custid.scoring.match_model import TrainedMatchModel

__all__ = ["SparkResult"]

_PAIRS_SCHEMA = "left_unit bigint, right_unit bigint, match_weight double"
_MESSAGES_AT_ONCE = 16


@frozen(kw_only=True, eq=False)
class SparkResult:
    """Customers as DataFrames.

    Attributes
    ----------
    assignments : DataFrame
        One row per record: ``source``, ``record_key`` and ``customer`` (bigint), which is the same for the records of
        one customer, different for any two customers, and depends on what the records say alone.
    units : DataFrame
        One row per record: ``source``, ``record_key`` and ``unit`` (bigint), the content hash: records that say the
        same are one unit.
    model : TrainedMatchModel
        The match model used.
    schema : Schema
        What the columns mean: with it and the model, `custid.dedupe` of the same rows elsewhere finds the same.
    n_records, n_units, n_pairs : int
        Records, distinct contents among them, and pairs of these that were compared.
    warnings : tuple of str
        What a user should know.
    """

    assignments: Any = field(repr=False)
    units: Any = field(repr=False)
    model: TrainedMatchModel = field(repr=False)
    schema: Schema = field(repr=False)
    n_records: int
    n_units: int
    n_pairs: int
    warnings: tuple[str, ...] = ()
    _weighed: Any = field(repr=False, alias="weighed")
    _stage: Stage = field(repr=False, alias="stage")

    @property
    def pairs(self) -> Any:
        """The pairs compared: ``left_unit``, ``right_unit`` and ``match_weight`` in bits, each pair once.

        The weight is -25 or more, and ``-inf`` where it is certain that the two are apart.
        """
        return mapped(self._weighed.where("tag = 4"), "listing pairs", _listed, _PAIRS_SCHEMA, _MESSAGES_AT_ONCE)

    @property
    def staging_path(self) -> str | None:
        """The directory that holds what the result is read from; remove it when the result is no longer needed."""
        return self._stage.path

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the assignments partition by partition: this process holds two of them at most.

        Returns
        -------
        iterator of pyarrow.RecordBatch
            Rows in no particular order.
        """
        names = self.assignments.columns
        held: list[tuple[object, ...]] = []
        with explained():
            for row in self.assignments.toLocalIterator(prefetchPartitions=True):
                held.append(tuple(row))
                if len(held) >= _ROWS_IN_BATCH:
                    yield _batch(names, held)
                    held = []
        if held:
            yield _batch(names, held)

    def clusters(self) -> Iterator[list[tuple[str, str]]]:
        """Yield the records of each customer, as `custid.registry.Registry.apply_all` takes them.

        Returns
        -------
        iterator of list of tuple of str
            The source and the key of each record, ascending, for one customer after another; this process holds two
            partitions at most.
        """
        ordered = self.assignments.orderBy("customer", "source", "record_key")
        with explained():
            rows = ordered.toLocalIterator(prefetchPartitions=True)
            for _, members in groupby(rows, key=lambda row: row["customer"]):
                yield [(row["source"], row["record_key"]) for row in members]

    def release(self) -> None:
        """Drop the tables that a schema of the catalog holds of this run; the result cannot be read any more."""
        self._stage.drop()


_ROWS_IN_BATCH = 50_000


def _batch(names: list[str], rows: list[tuple[object, ...]]) -> pa.RecordBatch:
    kinds = [pa.int64() if name == "customer" else pa.string() for name in names]
    arrays = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _listed(messages: pa.Table) -> Iterator[pa.Table]:
    left, right, bits = weighed_pairs(messages)
    ends = {"left_unit": left.copy().view("int64"), "right_unit": right.copy().view("int64")}
    yield pa.table({**ends, "match_weight": bits})
