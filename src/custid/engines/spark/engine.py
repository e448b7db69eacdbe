"""From a DataFrame to customers, on a Spark cluster.

Only what Spark Connect and serverless platforms allow is used: DataFrames, `mapInArrow` and `applyInArrow`; no RDD, no
SparkContext, no JAR.  Every formula is in the layers below, and runs in the workers as it runs on one machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from custid.engines.known import Known
from custid.engines.options import Parts, Progress, ResolveOptions
from custid.engines.spark._known import check_known
from custid.engines.spark._messages import explained
from custid.engines.spark._rows import SourceReader
from custid.engines.spark._run import Run
from custid.engines.spark._stage import Stage
from custid.engines.spark.result import SparkResult
from custid.engines.spark.settings import SparkSettings
from custid.errors import ConfigurationError, MissingDependencyError, SchemaError, UnsupportedInputError
from custid.intake.canonical import SourceInput
from custid.intake.conventions import Conventions
from custid.intake.pinned import pinned_schema
from custid.intake.schema import Schema
from custid.intake.sources import read_source
from custid.scoring.match_model import TrainedMatchModel
from custid.standardize.values import Standardizer

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["SparkEngine", "Trainer", "is_spark_frame"]

Trainer = Callable[[pa.Table, Schema], TrainedMatchModel]
"""Learns a match model from a sample of the rows, given what the columns mean."""

_SHARES = 1_000_003
_FEW_MATCHES = 500


def is_spark_frame(data: Any) -> bool:
    """Tell whether something is a DataFrame of Spark, classic or Connect."""
    return type(data).__module__.startswith("pyspark.sql.") and hasattr(data, "mapInArrow")


def _silent(_step: str, _done: float) -> None:
    """Report nothing."""


class SparkEngine:
    """Runs on the workers of a Spark session.

    Parameters
    ----------
    spark : SparkSession, optional
        The session, classic or Connect; that of the DataFrame when not given.
    settings : SparkSettings, optional
        How a run is cut into parts; the defaults when not given.

    Raises
    ------
    MissingDependencyError
        If PySpark is not installed.
    """

    def __init__(self, spark: Any = None, settings: SparkSettings | None = None) -> None:
        try:
            import pyspark  # noqa: F401  # an optional dependency
        except ImportError:
            raise MissingDependencyError(
                "spark: expected PySpark, got none.", hint="pip install 'custid[spark]'"
            ) from None
        self.spark = spark
        self.settings = settings or SparkSettings()

    def run(
        self,
        data: DataFrame | pa.Table,
        *,
        train: Trainer,
        schema: Schema | None = None,
        source: str | None = None,
        model: TrainedMatchModel | None = None,
        parts: Parts | None = None,
        known: Known | None = None,
        standardizers: Mapping[str, Standardizer] | None = None,
        options: ResolveOptions | None = None,
        progress: Progress | None = None,
    ) -> SparkResult:
        """Find the customers in one set of records.

        Parameters
        ----------
        data : DataFrame or pyarrow.Table
            The records; a table is handed to the session.
        train : callable
            Learns a match model from a sample.
        schema : Schema, optional
            What columns mean, where detection on a sample errs.
        source : str, optional
            Name of the source, ``"rows"`` when not given.
        model : TrainedMatchModel, optional
            A trained match model, used as it is.
        parts : Parts, optional
            Own blocking and comparisons, which workers must be able to import or unpickle.
        known : Known, optional
            Labels, relations and exclusive attributes.
        standardizers : Mapping of str to Standardizer, optional
            Own standardizers by attribute, which workers must be able to import or unpickle.
        options : ResolveOptions, optional
            Settings of what decides on the result.
        progress : callable, optional
            Called with the name of a step and the share done.

        Returns
        -------
        SparkResult
            The customers.

        Raises
        ------
        SchemaError
            If no column names each record.
        ConfigurationError
            If the model does not tell its attributes or its cap of blocks, or what is given cannot be kept to on Spark.
        UnsupportedInputError
            If it is neither a DataFrame nor an Arrow table.
        CustidError
            What a worker raises, in this process.
        """
        options, known = options or ResolveOptions(), known or Known()
        check_known(known.constraints)
        with explained():
            frame = self._frame(data)
            spark = self.spark or frame.sparkSession
            # Spark reads signs in names of columns (dots, backticks), even in its own functions of whole tables.
            names = tuple(frame.columns)
            frame = frame.toDF(*(f"column_{number}" for number in range(len(names))))
            n_rows, sample = _sample(frame, names, self.settings.sample_rows)
            given = read_source(sample, schema, source)
            pinned = pinned_schema(given)
            if pinned.record_key is None:
                raise SchemaError(
                    "record key: expected a column that names each record, got none: rows of Spark have no order.",
                    hint='Say which it is: schema=Schema(record_key="…").',
                )
            trained = model or train(sample, pinned)
            if trained.attributes is None or trained.block_cap is None:
                raise ConfigurationError(
                    "model: expected one that tells its attributes and its cap of blocks, got one that does not.",
                    hint="Train it anew with this release.",
                )
            reader = SourceReader(
                name=given.name,
                columns=names,
                mapping=given.mapping,
                conventions=Conventions.of(pinned),
                attributes=_attributes(trained.attributes, known, given),
                policy=options.generic,
                standardizers=standardizers or {},
            )
            stage = Stage(spark, self.settings.staging)
            run = Run(spark, self.settings, options, trained, stage, progress or _silent, parts or Parts(), known)
            run.read(frame, reader)
            is_sampled = model is None and sample.num_rows < n_rows
            if options.pairs_per_record is not None or (is_sampled and options.block_cap is None):
                run.choose_cap(is_sampled=is_sampled)
            run.weigh()
            assignments = run.assign(run.cluster())
        return SparkResult(
            assignments=assignments,
            units=run.of_rows.select("source", "record_key", "unit"),
            model=run.model,
            schema=pinned,
            n_records=run.n_records,
            n_units=run.n_units,
            n_pairs=run.n_pairs,
            warnings=(*run.warnings, *(_warnings(trained, sample.num_rows, n_rows) if is_sampled else ())),
            weighed=run.weighed,
            stage=stage,
        )

    def _frame(self, data: DataFrame | pa.Table) -> DataFrame:
        if is_spark_frame(data):
            return data
        if isinstance(data, pa.Table) and self.spark is not None:
            return self.spark.createDataFrame(data)
        raise UnsupportedInputError(
            f"input: expected a DataFrame of Spark, got {type(data).__name__}.",
            hint="Read it with spark.read, or give SparkEngine a session and the data as a pyarrow.Table.",
        )


def _attributes(attributes: Sequence[str], known: Known, given: SourceInput) -> tuple[str, ...]:
    """Return the attributes of contents: those of the model, and those of which something is certain without it."""
    certain = known.attributes.intersection(given.mapping.attributes)
    return (*attributes, *sorted(certain.difference(attributes)))


def _sample(frame: DataFrame, names: Sequence[str], n_wanted: int) -> tuple[int, pa.Table]:
    """Return the number of rows, and about as many as wanted of them: which ones, their contents decide."""
    from pyspark.sql import functions as sql  # an optional dependency

    n_rows = frame.count()
    if n_rows > n_wanted:
        # Spark hashes no maps.
        hashed = [each.name for each in frame.schema if "map<" not in each.dataType.simpleString()]
        frame = frame.where(sql.pmod(sql.xxhash64(*hashed), sql.lit(_SHARES)) < _SHARES * n_wanted // n_rows)
    return n_rows, frame.toArrow().rename_columns(names)


def _warnings(model: TrainedMatchModel, n_sampled: int, n_rows: int) -> tuple[str, ...]:
    n_matches = model.prior_match_probability * n_sampled * (n_sampled - 1) / 2
    if n_matches >= _FEW_MATCHES:
        return ()
    warning = (
        f"the model was learned from {n_sampled:,} of {n_rows:,} rows, among which about {n_matches:,.0f} pairs are of "
        "one customer; train on a part that holds whole customers, such as a region, and give model=."
    )
    return (warning,)
