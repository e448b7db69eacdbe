"""What is certain of records by name, found among the rows of a DataFrame and told of units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from custid.engines.known import Known
from custid.engines.row_links import RowLinks
from custid.engines.spark._clusters import messages_of_links
from custid.engines.spark._known import UnitLinks, links_of_rows
from custid.engines.spark._messages import mapped, table_of_messages
from custid.engines.spark._rows import ROWS_AT_ONCE, UNIT_SCHEMA, RankedUnits

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["NamedRows", "clusters_apart", "facts_of", "with_links", "with_must_links"]

_OF_ROW = ("source", "record_key")


def facts_of(spark: Any, units: NDArray[np.uint64], facts: DataFrame) -> pa.Table:
    """Return what is told of a few units, one at least."""
    from pyspark.sql import functions as sql  # an optional dependency

    wanted = spark.createDataFrame(pa.table({"unit": np.unique(units).view(np.int64)}))
    return facts.join(sql.broadcast(wanted), "unit").toArrow()


@frozen(kw_only=True, eq=False)
class NamedRows:
    """The rows that labels and relations name: as many as people have spoken of, in this process.

    Attributes
    ----------
    links : RowLinks
        Links between places among these rows.
    names : list of (source, record key)
        The rows, ascending.
    units : ndarray of uint64, shape (n_rows,)
        Their units.
    own : ndarray of int64, shape (n_own,)
        Places of those that have to be units of their own, and are not.
    """

    links: RowLinks
    names: list[tuple[str, str]]
    units: NDArray[np.uint64]
    own: NDArray[np.int64]

    @classmethod
    def found(
        cls, spark: Any, known: Known, rows: DataFrame, kind: str, of_rows: DataFrame, units: DataFrame
    ) -> NamedRows:
        """Find them.

        Parameters
        ----------
        spark : SparkSession
            The session.
        known : Known
            What is certain.
        rows : DataFrame
            ``source``, ``record_key`` and the kind of party.
        kind : str
            The column that tells it.
        of_rows : DataFrame
            ``source``, ``record_key`` and ``unit``.
        units : DataFrame
            ``unit`` and ``n_copies``.

        Returns
        -------
        NamedRows
            All that are there.
        """
        from pyspark.sql import functions as sql  # an optional dependency

        wanted = _keys_of(spark, known)
        kinds = rows.join(wanted, "record_key").select(*_OF_ROW, sql.col(kind).alias("kind"))
        told = of_rows.join(wanted, "record_key").select(*_OF_ROW, "unit")
        told = told.join(units.select("unit", "n_copies"), "unit").join(kinds, list(_OF_ROW))
        table = told.select(*_OF_ROW, "kind", "unit", "n_copies").orderBy(*_OF_ROW).toArrow()
        names = list(zip(*(table[name].to_pylist() for name in _OF_ROW), strict=True))
        links = links_of_rows(known, names, np.asarray(table["kind"], np.int8))
        hashes = np.asarray(table["unit"], np.int64)
        own = links.rows_of_their_own(hashes, np.asarray(table["n_copies"], np.int64))
        return cls(links=links, names=names, units=hashes.view(np.uint64), own=own)

    def with_own_units(self, spark: Any, of_rows: DataFrame, attributes: tuple[str, ...]) -> DataFrame:
        """Return the units of all rows, in which those of `own` are units of their own."""
        from pyspark.sql import functions as sql  # an optional dependency

        ranks = pa.table(
            {
                "source": [self.names[row][0] for row in self.own],
                "record_key": [self.names[row][1] for row in self.own],
                "rank": pa.array([self.links.rank_of_row[row] for row in self.own.tolist()], pa.int32()),
            }
        )
        ranked = of_rows.join(sql.broadcast(spark.createDataFrame(ranks)), list(_OF_ROW), "left")
        return mapped(ranked, "standardizing", RankedUnits(attributes=attributes), UNIT_SCHEMA, ROWS_AT_ONCE)

    def units_in(self, spark: Any, known: Known, of_rows: DataFrame) -> NDArray[np.uint64]:
        """Return the units that these rows have in a frame."""
        told = of_rows.join(_keys_of(spark, known), "record_key").select(*_OF_ROW, "unit").orderBy(*_OF_ROW).toArrow()
        return np.asarray(told["unit"], np.int64).view(np.uint64)


def _keys_of(spark: Any, known: Known) -> DataFrame:
    from pyspark.sql import functions as sql  # an optional dependency

    keys = pa.table({"record_key": sorted({key for _, key in known.record_names})})
    return sql.broadcast(spark.createDataFrame(keys))


def with_must_links(spark: Any, links: UnitLinks, edges: DataFrame) -> DataFrame:
    """Return edges ``one`` and ``other``, and those of must-links."""
    if not len(links.must):
        return edges
    one, other = np.ascontiguousarray(links.must.T).view(np.int64)
    return edges.union(spark.createDataFrame(pa.table({"one": one, "other": other})))


def with_links(
    spark: Any, links: UnitLinks, inside: DataFrame, facts: DataFrame, *, n_places: int, n_labels: int
) -> DataFrame:
    """Return messages of the pairs inside components, and of the links inside them."""
    if not len(links.units):
        return inside
    messages = list(messages_of_links(links, facts_of(spark, links.units, facts), n_places, n_labels))
    return inside.union(spark.createDataFrame(table_of_messages(messages))) if messages else inside


def clusters_apart(spark: Any, links: UnitLinks, clusters: DataFrame) -> NDArray[np.uint64]:
    """Return the names of the clusters that links keep apart, shape (n_links, 2); a unit that is alone is one."""
    if not len(links.cannot):
        return links.cannot
    told = facts_of(spark, links.cannot.ravel(), clusters.select("unit", "cluster"))
    ends, places = np.unique(links.cannot, return_inverse=True)
    unit, of_unit = (np.asarray(told[name], np.int64).view(np.uint64) for name in ("unit", "cluster"))
    names = ends.copy()
    names[np.searchsorted(ends, unit)] = of_unit
    return names[places.reshape(-1, 2)]
