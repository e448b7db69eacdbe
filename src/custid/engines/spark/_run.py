"""The steps of one run, each a DataFrame made of another one."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import evolve

from custid.blocking import record_atoms
from custid.clustering._thresholds import threshold_bits
from custid.clustering.attachment import AttachmentOptions, least_odds
from custid.engines.known import Known, warnings_of
from custid.engines.options import Parts, Progress, ResolveOptions
from custid.engines.row_links import RowLinks
from custid.engines.spark._blocks import UNITS_AT_ONCE, KeyScatter, PairCounter, PairMaker
from custid.engines.spark._clusters import (
    Contraction,
    FragmentPairs,
    FragmentTargets,
    InsidePairs,
    OddsOutside,
    Settlement,
)
from custid.engines.spark._components import connected
from custid.engines.spark._known import UnitLinks
from custid.engines.spark._linking import NamedRows, clusters_apart, facts_of, with_links, with_must_links
from custid.engines.spark._messages import gathered, listed, mapped, scattered
from custid.engines.spark._rows import ROW_SCHEMA, ROWS_AT_ONCE, UNIT_SCHEMA, SourceReader, UnitMaker
from custid.engines.spark._stage import Stage
from custid.engines.spark._tiles import PAIRS, WANTED, PairsOfTile, Tiles, facts_wanted
from custid.engines.spark._weighing import (
    COUNTED,
    CUSTOMERS,
    FOREST,
    WEIGHED,
    CopyWeigher,
    LabelTeller,
    TileWeigher,
    label_names,
)
from custid.engines.spark._whole import CapFinder, WholeMatcher
from custid.engines.spark.settings import SparkSettings
from custid.engines.table_weigher import has_persons
from custid.errors import ConfigurationError, DuplicateRecordKeyError, InternalError
from custid.intake.generic_values import GenericPolicy
from custid.scoring.match_model import TrainedMatchModel

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Run"]

_KEYS_OF_UNIT, _BYTES_OF_KEY = 250, 16
"""About what records of persons have."""

_PAIRS_IN_SLICE = 1 << 23
"""Of which a worker that clusters holds one at a time, in some hundreds of megabytes."""
_FACTS_AT_ONCE = 500_000
_UNITS_IN_PLACE = 200_000
_SAMPLED_UNITS = 50_000


class Run:
    """The frames of one run, step by step.

    Parameters
    ----------
    spark : SparkSession
        The session.
    settings : SparkSettings
        How the run is cut into parts.
    options : ResolveOptions
        What decides on the result.
    model : TrainedMatchModel
        The match model, which tells its attributes and its cap of blocks.
    stage : Stage
        Keeps frames.
    progress : callable
        Told of the steps.
    parts : Parts
        What records may share, and what is compared.
    known : Known
        What is certain of records.
    """

    def __init__(
        self,
        spark: Any,
        settings: SparkSettings,
        options: ResolveOptions,
        model: TrainedMatchModel,
        stage: Stage,
        progress: Progress,
        parts: Parts,
        known: Known,
    ) -> None:
        self._spark = spark
        self._settings = settings
        self._options = options
        self._model = model
        self._stage = stage
        self._progress = progress
        self._parts = parts
        self._known = known
        self._links = UnitLinks(exclusive=known.constraints.exclusive)
        self._row_links = RowLinks()
        self._attachment: AttachmentOptions | None = options.attachment if has_persons(model.outputs) else None
        self.model = model
        self._cap: int | None = None
        self.n_records = self.n_units = self.n_pairs = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know of what is certain and could not be applied as it was given."""
        absent = [name for name in self._known.constraints.attributes if name not in self._attributes]
        return warnings_of(self._row_links, absent=absent, n_overruled=self._links.n_overruled)

    # Rows and units

    def read(self, frame: DataFrame, reader: SourceReader) -> None:
        """Standardize the rows, and put those that say the same into one unit."""
        from pyspark.sql import functions as sql  # an optional dependency

        self._progress("standardizing", 0.0)
        rows = mapped(frame, "standardizing", reader, ROW_SCHEMA, ROWS_AT_ONCE)
        rows = self._stage.keep(rows, "rows")
        n_missing = sql.sum(sql.col("record_key").isNull().cast("bigint"))
        told = rows.agg(
            sql.count("*"), sql.max("is_joint"), sql.max("kind"), sql.max("kind_among_joint"), n_missing
        ).collect()[0]
        self.n_records, is_among_joint = told[0], bool(told[1])
        kind = told[3] if is_among_joint else told[2]
        exclusive = self._known.constraints.exclusive
        self._attributes = reader.attributes
        self._labels = label_names(reader.attributes, exclusive, has_kinds=kind is not None and kind >= 0)
        _require_distinct_keys(rows, told[4] or 0)
        maker = UnitMaker(
            attributes=reader.attributes,
            generic=self._generic(rows, reader.policy),
            policy=reader.policy,
            standardizers=reader.standardizers,
            is_among_joint=is_among_joint,
        )
        self.of_rows = self._stage.keep(mapped(rows, "standardizing", maker, UNIT_SCHEMA, ROWS_AT_ONCE), "of_rows")
        self._units = self._units_of(self.of_rows, "units")
        if self._known.record_names:
            self._link(rows, "kind_among_joint" if is_among_joint else "kind")
        self.n_units, n_ambiguous = self._units.agg(
            sql.count("*"), sql.sum(sql.col("is_ambiguous").cast("bigint"))
        ).collect()[0]
        if n_ambiguous:
            raise InternalError(
                f"spark: units: expected one content for each hash, got several for {n_ambiguous}.",
                hint="Of a billion contents two have one hash by accident in one case of forty; change one.",
            )
        n_bytes = _shared_bytes(self._spark)
        self._n_groups = self._settings.groups_for(self.n_units, self._pairs_per_unit, n_bytes=n_bytes)
        if self._n_groups > 1 and self._parts.blocking is not record_atoms:
            raise ConfigurationError(
                f"blocking: expected no own one for more distinct contents than one worker holds, got "
                f"{self.n_units:,} contents in {self._n_groups} groups.",
                hint="Raise units_per_group of SparkSettings if workers have the memory; atoms of your own have no "
                "hash by which workers could exchange them.",
            )
        self._progress("standardizing", 1.0)

    def _units_of(self, of_rows: DataFrame, name: str) -> DataFrame:
        from pyspark.sql import functions as sql  # an optional dependency

        check = sql.xxhash64("content")
        units = of_rows.groupBy("unit").agg(
            sql.min("content").alias("content"),
            sql.count("*").alias("n_copies"),
            (sql.min(check) != sql.max(check)).alias("is_ambiguous"),
        )
        return self._stage.keep(units, name)

    def _link(self, rows: DataFrame, kind: str) -> None:
        """Find what labels and relations say of units, and make units of their own of the rows that have to be."""
        named = NamedRows.found(self._spark, self._known, rows, kind, self.of_rows, self._units)
        units = named.units
        if len(named.own):
            of_rows = named.with_own_units(self._spark, self.of_rows, self._attributes)
            self.of_rows = self._stage.keep(of_rows, "of_ranked_rows")
            self._units = self._units_of(self.of_rows, "ranked_units")
            units = named.units_in(self._spark, self._known, self.of_rows)
        self._links = evolve(self._links, must=units[named.links.must], cannot=units[named.links.cannot])
        labels = self._labels_of_units()
        if labels is not None and len(self._links.must):
            told = facts_of(self._spark, self._links.must.ravel(), labels)
            self._links = self._links.overruling(told, self._labels)
        self._row_links = named.links

    def _generic(self, rows: DataFrame, policy: GenericPolicy) -> np.ndarray[Any, np.dtype[np.uint64]]:
        """Return hashes of the values that too many names stand beside."""
        from pyspark.sql import functions as sql  # an optional dependency

        stated = rows.where("name is not null").select(sql.explode("counted").alias("value"), "name")
        counted = stated.groupBy("value").agg(sql.count_distinct("name").alias("n_names"))
        found = counted.where(sql.col("n_names") >= policy.min_names).select("value").toArrow()
        return np.asarray(found.column("value"), np.int64).view(np.uint64)

    # Pairs

    @property
    def _pairs_per_unit(self) -> float:
        """How many pairs to expect of each unit, so that work is cut in parts; of a budget without bound the usual."""
        expected = self._options.expected_pairs_per_record
        return expected if math.isfinite(expected) else ResolveOptions().expected_pairs_per_record

    def choose_cap(self, *, is_sampled: bool) -> None:
        """Take the largest blocks whose pairs fit the budget, as a run on one machine does.

        Parameters
        ----------
        is_sampled : bool
            Whether the model was learned from a sample, and is to tell the cap that fits all units.
        """
        from pyspark.sql import functions as sql  # an optional dependency

        cap, pairs_per_unit = self._options.block_limits(None if is_sampled else self._model.block_cap)
        if self._n_groups == 1 and not is_sampled:
            # The engine of one machine keeps to the budget itself.
            return
        if self._n_groups == 1:
            finder = CapFinder(
                model=self._model,
                attributes=self._attributes,
                block_cap=cap,
                pairs_per_unit=pairs_per_unit,
                n_threads=self._options.n_threads,
                blocking=self._parts.blocking,
            )
            whole = self._units.select("content").repartition(1)
            found = mapped(whole, "blocking", finder, "cap int", self.n_units + 1).collect()
            self.model = self._model = evolve(self._model, block_cap=found[0][0] if found else cap)
            return
        one_in = max(1, self.n_units // _SAMPLED_UNITS)
        counter = PairCounter(block_cap=cap, one_in=one_in)
        pairs = gathered(self._keys(cap), "blocking", counter, "left bigint, right bigint, size int")
        sizes = pairs.groupBy("left", "right").agg(sql.min("size").alias("size")).groupBy("size").count().collect()
        budget = pairs_per_unit * self.n_units / one_in
        while cap > 2 and sum(row["count"] for row in sizes if row["size"] <= cap) > budget:
            cap -= 1
        self._cap = cap
        if is_sampled:
            self.model = self._model = evolve(self._model, block_cap=cap)

    def _keys(self, block_cap: int) -> DataFrame:
        n_bytes = self.n_units * _KEYS_OF_UNIT * _BYTES_OF_KEY
        n_bits = max(n_bytes // self._settings.bytes_per_place, self._parallelism - 1).bit_length()
        scatter = KeyScatter(model=self._model, attributes=self._attributes, block_cap=block_cap, n_bits=n_bits)
        return scattered(self._units.select("content"), "blocking", scatter, UNITS_AT_ONCE)

    @property
    def _parallelism(self) -> int:
        """How many tasks are worth while: as many as there are partitions, while each has something to do."""
        wanted = int(self._spark.conf.get("spark.sql.shuffle.partitions", "200"))
        return max(1, min(wanted, self.n_units // 1000))

    def weigh(self) -> None:
        """Find the pairs of the blocks, and weigh them; one worker that holds all units finds their customers, too."""
        from pyspark.sql import functions as sql  # an optional dependency

        self._progress("comparing", 0.0)
        self._threshold = threshold_bits(self._options.match_probability)
        weighed = self._matched_whole() if self._n_groups == 1 else self._weighed_in_tiles()
        self.weighed = self._stage.keep(weighed, "weighed")
        counted = self.weighed.where(sql.col("tag") == COUNTED).select("place")
        self.n_pairs = counted.agg(sql.sum("place")).collect()[0][0] or 0
        self._progress("comparing", 1.0)

    def _matched_whole(self) -> DataFrame:
        """Return messages of weighed pairs and customers of units that one worker holds."""
        n_pairs = self.n_units * self._pairs_per_unit
        n_slices = max(math.ceil(n_pairs / _PAIRS_IN_SLICE), min(self._parallelism, 1 + self.n_units // 10_000))
        matcher = WholeMatcher(
            model=self._model,
            attributes=self._attributes,
            options=self._options,
            n_slices=n_slices,
            parts=self._parts,
            links=self._links,
        )
        return scattered(self._units.select("content").repartition(1), "comparing", matcher, self.n_units + 1)

    def _weighed_in_tiles(self) -> DataFrame:
        """Return messages of weighed pairs of units that are spread over the workers."""
        from pyspark.sql import functions as sql  # an optional dependency

        n_groups = self._n_groups
        cap = self._cap or self._options.block_limits(self._model.block_cap)[0]
        while n_groups * (n_groups + 1) // 2 < self._parallelism:
            n_groups += 1
        self._tiles = Tiles(n_groups=n_groups)
        pairs = gathered(self._keys(cap), "blocking", PairMaker(block_cap=cap, tiles=self._tiles))
        self._wanted = None
        if n_groups > self._settings.told_groups:
            # To tell all tiles of a group of all its units would grow with the square of the records.
            kept = self._stage.keep(gathered(pairs, "blocking", PairsOfTile(tiles=self._tiles)), "pairs")
            self._wanted = kept.where(sql.col("tag") == WANTED)
            pairs = kept.where(sql.col("tag") == PAIRS)
        weigher = TileWeigher(
            model=self._model,
            attributes=self._attributes,
            above_bits=min(self._threshold, 0.0),
            comparisons=self._parts.comparisons,
            links=self._links,
        )
        told = pairs.union(self._told(self._units.select("unit", "content")))
        return gathered(told, "comparing", weigher)

    def _told(self, facts: DataFrame) -> DataFrame:
        """Return messages with facts of units to the tiles that hold pairs of them."""
        if self._wanted is None:
            return scattered(facts, "telling facts", self._tiles.told, _FACTS_AT_ONCE)
        in_groups = scattered(facts, "telling facts", self._tiles.to_groups, _FACTS_AT_ONCE)
        return gathered(in_groups.union(self._wanted), "telling facts", facts_wanted)

    def _beside_pairs(self, facts: DataFrame) -> DataFrame:
        """Return the weighed pairs with facts of their units."""
        from pyspark.sql import functions as sql  # an optional dependency

        return self.weighed.where(sql.col("tag") == WEIGHED).union(self._told(facts))

    # Clusters

    def cluster(self) -> DataFrame:
        """Return ``unit`` and ``customer`` of all units that may be together with others."""
        from pyspark.sql import functions as sql  # an optional dependency

        self._progress("clustering", 0.0)
        if self._n_groups == 1:
            told = self.weighed.where(sql.col("tag") == CUSTOMERS)
            customers = mapped(told, "clustering", listed, "one bigint, other bigint", 16).toDF("unit", "customer")
            self._progress("clustering", 1.0)
            return self._stage.keep(customers, "customers")
        labels = self._labels_of_units()
        if labels is not None:
            labels = self._stage.keep(labels, "labels")
        forest = self.weighed.where(sql.col("tag") == FOREST)
        edges = mapped(forest, "clustering", listed, "one bigint, other bigint", 16)
        edges = self._stage.keep(with_must_links(self._spark, self._links, edges), "edges")
        found = self._stage.keep(self._connected(edges), "components")
        n_places = self._places_for(found.count())
        n_labels = len(self._labels)
        facts = found if labels is None else found.join(labels, "unit", "left").na.fill(0)
        inside = gathered(self._beside_pairs(facts), "clustering", InsidePairs(n_places=n_places, n_labels=n_labels))
        inside = with_links(self._spark, self._links, inside, facts, n_places=n_places, n_labels=n_labels)
        contraction = Contraction(
            options=self._options.contraction, match_probability=self._options.match_probability, n_labels=n_labels
        )
        schema = f"unit bigint, cluster bigint, size bigint{self._label_columns('')}"
        clusters = self._stage.keep(gathered(inside, "clustering", contraction, schema), "clusters")
        attached = self._attached(clusters, labels)
        self._progress("clustering", 1.0)
        return self._stage.keep(attached, "customers")

    def _connected(self, edges: DataFrame) -> DataFrame:
        settings = self._settings
        return connected(
            self._spark,
            edges,
            self._stage.keep,
            driver_edges=settings.driver_edges,
            max_rounds=settings.max_rounds,
        )

    def _places_for(self, n_units: int) -> int:
        return max(-(-n_units // _UNITS_IN_PLACE), min(self._parallelism, 1 + n_units // 1000))

    def _label_columns(self, prefix: str) -> str:
        return "".join(f", {prefix}label_{number} bigint" for number in range(len(self._labels)))

    def _labels_of_units(self) -> DataFrame | None:
        if not self._labels:
            return None
        teller = LabelTeller(attributes=self._attributes, names=self._labels, links=self._links)
        schema = f"unit bigint{self._label_columns('')}"
        return mapped(self._units.select("content"), "clustering", teller, schema, UNITS_AT_ONCE)

    def _attached(self, clusters: DataFrame, labels: DataFrame | None) -> DataFrame:
        """Return the customers of units after attachment."""
        from pyspark.sql import functions as sql  # an optional dependency

        of_units = clusters.select("unit", "cluster")
        settled = None if self._attachment is None else self._settled(self._attachment, clusters, labels)
        if settled is None:
            return of_units.select("unit", sql.col("cluster").alias("customer"))
        # Units that are no part of a component, and move or are moved to.
        moving = settled.select(sql.col("cluster").alias("unit")).union(settled.select(sql.col("root").alias("unit")))
        known = clusters.select("cluster").distinct().withColumnRenamed("cluster", "unit")
        alone = moving.distinct().join(known, "unit", "left_anti")
        both = of_units.union(alone.select("unit", sql.col("unit").alias("cluster")))
        customer = sql.coalesce("root", "cluster").alias("customer")
        return both.join(settled, "cluster", "left").select("unit", customer)

    def _settled(
        self, attachment: AttachmentOptions, clusters: DataFrame, labels: DataFrame | None
    ) -> DataFrame | None:
        """Return ``cluster`` and ``root`` of the clusters that become part of another one; None where none does."""
        from pyspark.sql import functions as sql  # an optional dependency

        n_labels = len(self._labels)
        odds = gathered(
            self._beside_pairs(clusters.select("unit", "cluster", "size")),
            "attaching",
            OddsOutside(max_fragment=attachment.max_fragment),
            "unit bigint, odds double",
        )
        # The pairs left out have odds of 1 together at most.
        least = least_odds(attachment, self._options.match_probability) - 1.0
        hopeful = odds.groupBy("unit").agg(sql.sum("odds").alias("odds")).where(sql.col("odds") >= least)
        hopeful = self._stage.keep(hopeful.select("unit"), "hopeful")
        n_places = self._places_for(hopeful.count())
        facts = self._facts_of_fragments(clusters, labels, hopeful)
        pairs = gathered(self._beside_pairs(facts), "attaching", FragmentPairs(n_places=n_places, n_labels=n_labels))
        apart = clusters_apart(self._spark, self._links, clusters)
        finder = FragmentTargets(
            options=attachment,
            match_probability=self._options.match_probability,
            n_places=n_places,
            n_labels=n_labels,
            apart=apart,
        )
        columns = self._label_columns("cluster_") + self._label_columns("target_")
        schema = f"cluster bigint, target bigint, sureness double{columns}"
        moves = self._stage.keep(gathered(pairs, "attaching", finder, schema), "moves")
        if not moves.count():
            return None
        edges = moves.select(sql.col("cluster").alias("one"), sql.col("target").alias("other"))
        trees = self._connected(edges).select(sql.col("unit").alias("cluster"), "component")
        n_places = self._places_for(moves.count())
        placed = moves.join(trees, "cluster").withColumn("place", sql.pmod("component", sql.lit(n_places)).cast("int"))
        settlement = Settlement(n_labels=n_labels, apart=apart)
        settled = gathered(placed, "attaching", settlement, "cluster bigint, root bigint")
        return self._stage.keep(settled, "settled")

    def _facts_of_fragments(self, clusters: DataFrame, labels: DataFrame | None, hopeful: DataFrame) -> DataFrame:
        """Return the clusters of units, and which of them may find a target; units not told of are alone."""
        from pyspark.sql import functions as sql  # an optional dependency

        names = [f"label_{number}" for number in range(len(self._labels))]
        asked = hopeful.join(clusters, "unit", "left").select(sql.coalesce("cluster", "unit").alias("cluster"))
        asked = asked.distinct().withColumn("is_asked", sql.lit(1))
        alone = hopeful.select("unit") if labels is None else hopeful.select("unit").union(labels.select("unit"))
        alone = alone.distinct().join(clusters, "unit", "left_anti")
        alone = alone.select("unit", sql.col("unit").alias("cluster"), sql.lit(1).cast("bigint").alias("size"))
        if labels is not None:
            alone = alone.join(labels, "unit", "left").na.fill(0)
        every = clusters.select("unit", "cluster", "size", *names).union(
            alone.select("unit", "cluster", "size", *names)
        )
        told = every.join(asked, "cluster", "left")
        return told.select("unit", "cluster", "size", sql.coalesce("is_asked", sql.lit(0)).alias("is_asked"), *names)

    # Customers

    def assign(self, customers: DataFrame) -> DataFrame:
        """Return the customer of every record."""
        from pyspark.sql import functions as sql  # an optional dependency

        several = self._units.where("n_copies > 1").select("content")
        weigher = CopyWeigher(model=self._model, attributes=self._attributes, comparisons=self._parts.comparisons)
        copies = mapped(several, "clustering", weigher, "unit bigint, copy_bits double", UNITS_AT_ONCE)
        sizes = customers.groupBy("customer").agg(sql.count("*").alias("n_units"))
        of_units = customers.join(sizes, "customer").select("unit", "n_units")
        loose = copies.where(sql.col("copy_bits") <= self._threshold).join(of_units, "unit", "left")
        loose = loose.where("n_units is null or n_units = 1").select("unit", sql.lit(1).alias("is_loose"))
        records = self.of_rows.select("source", "record_key", "unit")
        joined = records.join(customers, "unit", "left").join(loose, "unit", "left")
        customer = sql.when(sql.col("is_loose") == 1, sql.xxhash64("unit", "source", "record_key")).otherwise(
            sql.coalesce("customer", "unit")
        )
        return self._stage.keep(joined.select("source", "record_key", customer.alias("customer")), "assignments")


def _shared_bytes(spark: Any) -> int:
    """Return the memory of this machine where all workers are on it, else 0."""
    try:
        master = str(spark.conf.get("spark.master", ""))
    except Exception:  # noqa: BLE001  # platforms that keep it to themselves raise errors of their own
        return 0
    if not master.startswith("local["):
        return 0
    names = getattr(os, "sysconf_names", {})
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if "SC_PHYS_PAGES" in names else 0


def _require_distinct_keys(rows: DataFrame, n_missing: int) -> None:
    from pyspark.sql import functions as sql  # an optional dependency

    repeated = rows.groupBy("source", "record_key").count().where(sql.col("count") > 1)
    n_repeated = repeated.agg(sql.count("*"), sql.sum("count")).collect()[0]
    if n_repeated[0] or n_missing:
        raise DuplicateRecordKeyError(
            f"record key: expected different values within a source, got {n_repeated[1] or 0} rows that share "
            f"{n_repeated[0]} of them, and {n_missing} rows without.",
            hint="Say which column names each record: schema=Schema(record_key=…).",
        )
