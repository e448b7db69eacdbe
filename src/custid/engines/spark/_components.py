"""Connected components of a forest that is spread over the workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from custid.clustering.pair_graph import components
from custid.errors import InternalError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["connected"]


def connected(
    spark: Any, edges: DataFrame, keep: Callable[[DataFrame, str], DataFrame], *, driver_edges: int, max_rounds: int
) -> DataFrame:
    """Return the component of every unit of some edges.

    Parameters
    ----------
    spark : SparkSession
        The session.
    edges : DataFrame
        ``one`` and ``other``, both bigint; kept by the caller.
    keep : callable
        Works out a frame and keeps it.
    driver_edges : int
        Up to so many edges are looked at in this process; more of them never leave the workers.
    max_rounds : int
        Rounds after which to give up.

    Returns
    -------
    DataFrame
        ``unit`` and ``component``, the smallest of its units as signed numbers.

    Raises
    ------
    InternalError
        If the last round still changed something: there is no result rather than a wrong one.

    References
    ----------
    .. [1] Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii (2014), Connected components in MapReduce and beyond,
       SoCC, section 3.3 (alternating large-star and small-star operations).
    """
    if edges.count() <= driver_edges:
        return _in_this_process(spark, edges)
    before = None
    for number in range(max_rounds):
        edges = keep(_star(_star(edges, is_large=True), is_large=False), f"star_{number}")
        now = _fingerprint(edges)
        if now == before:
            return _of_stars(edges)
        before = now
    raise InternalError(
        f"spark: components: expected them within {max_rounds} rounds, got changes in the last one.",
        hint="Raise max_rounds of SparkSettings.",
    )


def _in_this_process(spark: Any, edges: DataFrame) -> DataFrame:
    table = edges.select("one", "other").toArrow()
    ends = np.column_stack([np.asarray(table.column(name), np.int64) for name in ("one", "other")])
    units, places = np.unique(ends, return_inverse=True)
    one, other = np.ascontiguousarray(places.reshape(-1, 2).T, np.int32)
    root = components(len(units), one, other)
    found = pa.table({"unit": pa.array(units, pa.int64()), "component": pa.array(units[root], pa.int64())})
    if not len(units):
        return spark.createDataFrame([], "unit bigint, component bigint")
    return spark.createDataFrame(found)


def _star(edges: DataFrame, *, is_large: bool) -> DataFrame:
    """Join the neighbors of each unit, the larger ones or the smaller ones and itself, to the smallest of all."""
    from pyspark.sql import functions as sql  # an optional dependency

    one, other = sql.col("one"), sql.col("other")
    both = edges.select("one", "other").union(edges.select(other.alias("one"), one.alias("other")))
    near = both if is_large else both.where(other < one)
    least = near.groupBy("one").agg(sql.min("other").alias("least"))
    least = least.select("one", sql.least("one", "least").alias("least"))
    joined = near.join(least, "one")
    if is_large:
        found = joined.where(other > one).select(other.alias("one"), sql.col("least").alias("other"))
    else:
        found = joined.select(other.alias("one"), sql.col("least").alias("other")).union(
            least.select("one", sql.col("least").alias("other"))
        )
    return found.where(one != other).distinct()


def _fingerprint(edges: DataFrame) -> Any:
    from pyspark.sql import functions as sql  # an optional dependency

    # Sums of 64 bits would overflow; those of 32 bits of as many edges as there can be do not.
    scattered = sql.xxhash64("one", "other")
    low, high = scattered.bitwiseAND(0xFFFFFFFF), sql.shiftright(scattered, 32)
    return edges.agg(sql.count("*"), sql.sum(low), sql.sum(high)).collect()[0]


def _of_stars(edges: DataFrame) -> DataFrame:
    from pyspark.sql import functions as sql  # an optional dependency

    leaves = edges.select(sql.col("one").alias("unit"), sql.col("other").alias("component"))
    return leaves.union(edges.select(sql.col("other").alias("unit"), sql.col("other").alias("component")).distinct())
