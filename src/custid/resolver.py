"""The facade: from data to customers in one call.  It wires the parts and holds no algorithm."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from custid._memory import give_back_memory
from custid.blocking.atoms import Blocking, record_atoms
from custid.blocking.plan import BlockingPlan, plan_candidates
from custid.clustering.greedy import Clusterer
from custid.comparison.library import default_comparisons
from custid.engines._given_model import fitting_table, fitting_values
from custid.engines.certainties import certainties_of
from custid.engines.constraints import Constraints
from custid.engines.known import Known, warnings_of
from custid.engines.linked_table import LinkedTable
from custid.engines.local import LocalEngine
from custid.engines.memory import estimated_bytes, require_memory
from custid.engines.options import ComparisonsLike, Parts, Progress, ResolveOptions
from custid.engines.row_links import RowLinks
from custid.errors import ConfigurationError
from custid.intake import Schema
from custid.intake.canonical import CanonicalValues, SourceInput, canonical_values
from custid.intake.row_facts import row_kinds, row_times
from custid.intake.sources import as_one_source, check_names_of_schemas, read_source
from custid.model.attributes import ATTRIBUTES
from custid.result.certificate import certified
from custid.result.result import Result
from custid.result.run_report import RunReport, SourceReport
from custid.review import Labels
from custid.scoring.match_model import TrainedMatchModel
from custid.standardize.values import Standardizer
from custid.table.record_table import RecordTable, build_record_table

if TYPE_CHECKING:
    from custid.engines.spark import SparkEngine

__all__ = ["dedupe", "link", "plan_blocking", "train"]

_FEW_RECORDS = 2
_PAIRS_PER_SECOND = 2_000_000
"""Compared, weighed and clustered by two threads of a laptop of 2024; a guess elsewhere, as plans say."""
_PERSON_NAMES = frozenset({"full_name", "given_name", "family_name"})


def dedupe(
    data: Any,
    *,
    schema: Schema | None = None,
    source: str | None = None,
    labels: Labels | str | Path | None = None,
    constraints: Constraints | None = None,
    duplicate_free: list[str] | tuple[str, ...] = (),
    model: TrainedMatchModel | None = None,
    blocking: Blocking = record_atoms,
    comparisons: ComparisonsLike = default_comparisons,
    clusterer: Clusterer | None = None,
    standardizers: Mapping[str, Standardizer] | None = None,
    options: ResolveOptions | None = None,
    progress: Progress | None = None,
    engine: SparkEngine | None = None,
) -> Result:
    """Find the customers in one set of records.

    Nothing has to be configured: columns are recognized, values standardized, the match model learned from the data
    without labels.  Every choice is in the report of the result and can be replaced.

    Parameters
    ----------
    data : path, table, stream, frame or iterable of dicts
        A CSV, Parquet, Arrow or JSON Lines file; an Arrow table or stream; a pandas or polars frame, a DuckDB relation;
        rows as dicts; typed records (`custid.model.Record`); a DataFrame of Spark.
    schema : Schema, optional
        What columns mean, where detection errs.
    source : str, optional
        Name of the source; the file's name when not given.
    labels : Labels or path, optional
        Verdicts of people, which outrank all else: records said to be one customer are one, records said to be two are
        two, whatever joins them.  Records that the data do not have are told of in the warnings of the report.
    constraints : Constraints, optional
        What else is certain, such as records of spouses, or a number of which a customer has one.
    duplicate_free : list or tuple of str
        Names of sources that hold a customer once at most, beside those of the constraints; of records with a source
        column, or ``source`` itself.
    model : TrainedMatchModel, optional
        A trained match model; learned from the data when not given.
    blocking : Blocking
        What records may share so that they are compared.
    comparisons : sequence of Comparison or callable
        What to compare, or what chooses it for a table: ``lambda table: [*default_comparisons(table), mine]``.
    clusterer : Clusterer, optional
        From weighed pairs to clusters; contraction and attachment when not given.
    standardizers : Mapping of str to Standardizer, optional
        Own standardizers by attribute.
    options : ResolveOptions, optional
        Settings.
    progress : callable, optional
        Called with the name of a step and the share done, in [0, 1].
    engine : SparkEngine, optional
        Where the work runs: this machine when not given, and the session of the frame for a DataFrame of Spark.  On
        Spark no clusterer, rules, or sources free of duplicates can be given.

    Returns
    -------
    Result
        Assignments, customers, pairs, explanations, report and the trained model.  From Spark a
        `custid.engines.spark.SparkResult`, whose tables are DataFrames, though type checkers see a Result.

    Raises
    ------
    InputError
        If the data cannot be read at all; single unreadable rows are refused and reported.
    SchemaError
        If the schema names columns that are not there.
    ConfigurationError
        If no column can be compared, the run needs more memory than ``options.memory_limit``, the constraints name a
        source that is not there, or what is given cannot be kept to on Spark.
    InputError
        If labels contradict one another or a relation; the message names the records.
    TemporaryFileError
        If pairs have to be moved to disk for that limit, and there is no room.

    Examples
    --------
    >>> result = dedupe(
    ...     [
    ...         {"prenom": "Zoé", "nom": "Lefèvre", "courriel": "zoe@courriel.example", "tel": "06 39 98 00 01"},
    ...         {"prenom": "ZOE", "nom": "LEFEVRE", "courriel": "zoe@courriel.example", "tel": "+33639980001"},
    ...         {"prenom": "Ali", "nom": "Benali", "courriel": "ali@courriel.example", "tel": "06 39 98 00 02"},
    ...     ]
    ... )
    >>> result.assignments["customer"].to_pylist()
    [0, 0, 1]
    """
    if engine is not None or type(data).__module__.startswith("pyspark."):
        given = {
            "clusterer": clusterer is not None,
        }
        found: Result = _dedupe_on_spark(
            engine,
            data,
            [name for name, is_given in given.items() if is_given],
            schema=schema,
            source=source,
            model=model,
            parts=Parts(blocking=blocking, comparisons=comparisons),
            known=Known.of(labels, constraints, duplicate_free),
            standardizers=standardizers,
            options=options,
            progress=progress,
        )
        return found
    return _Run(options, progress).resolve(
        [read_source(data, schema, source)],
        model=model,
        parts=Parts(blocking=blocking, comparisons=comparisons, clusterer=clusterer),
        standardizers=standardizers,
        known=Known.of(labels, constraints, duplicate_free),
        duplicate_free=False,
        is_link=False,
    )


def _dedupe_on_spark(
    engine: SparkEngine | None, data: Any, refused: Sequence[str], *, schema: Schema | None, **settings: Any
) -> Any:
    """Return a `SparkResult`; which of the two results a call gives, its data decide, and no type can."""
    from custid.engines.spark import SparkEngine  # noqa: PLC0415  # few runs need it

    if refused:
        raise ConfigurationError.collected(
            [f"{name}: expected nothing with Spark, got something" for name in refused],
            hint="Leave it out, or run on one machine.",
        )

    def train_on(sample: Any, pinned: Schema) -> TrainedMatchModel:
        parts, known = settings["parts"], settings["known"]
        return dedupe(
            sample,
            schema=pinned,
            labels=known.labels,
            constraints=known.constraints,
            blocking=parts.blocking,
            comparisons=parts.comparisons,
            standardizers=settings["standardizers"],
            options=settings["options"],
        ).model

    return (engine or SparkEngine()).run(data, train=train_on, schema=schema, **settings)


def link(
    sources: Any,
    *,
    schema: Schema | Mapping[str, Schema] | None = None,
    labels: Labels | str | Path | None = None,
    constraints: Constraints | None = None,
    duplicate_free: bool | list[str] | tuple[str, ...] | None = None,
    model: TrainedMatchModel | None = None,
    blocking: Blocking = record_atoms,
    comparisons: ComparisonsLike = default_comparisons,
    clusterer: Clusterer | None = None,
    standardizers: Mapping[str, Standardizer] | None = None,
    options: ResolveOptions | None = None,
    progress: Progress | None = None,
) -> Result:
    """Find the customers that two or more sources have in common.

    Parameters
    ----------
    sources : Mapping of str to data, or data
        Each source by name, in any form that :func:`dedupe` takes; or one set of records with a source column.
    schema : Schema, or Mapping of str to Schema, optional
        What columns mean: for all sources, or by source.
    labels : Labels or path, optional
        As in :func:`dedupe`.
    constraints : Constraints, optional
        As in :func:`dedupe`.
    duplicate_free : bool, list or tuple of str, optional
        True when no source holds a customer twice, so that no customer gets two records of one source; False when
        sources have duplicates; names of sources when those are free of duplicates and others are not.  Found out from
        the data when not given: sources count as free of duplicates while fewer than 2 % of the records of each have a
        near-certain partner in their own source.
    model : TrainedMatchModel, optional
        As in :func:`dedupe`.
    comparisons : sequence of Comparison, optional
        As in :func:`dedupe`.
    standardizers : Mapping of str to Standardizer, optional
        As in :func:`dedupe`.
    options : ResolveOptions, optional
        As in :func:`dedupe`.
    progress : callable, optional
        As in :func:`dedupe`.

    Returns
    -------
    Result
        As from :func:`dedupe`, over the rows of all sources in the order given.

    Raises
    ------
    ConfigurationError
        If there are fewer than two sources, a schema is for none of them, or no column can be compared.
    DuplicateRecordKeyError
        If record keys of one source repeat.
    InputError, SchemaError, TemporaryFileError
        As in :func:`dedupe`.

    Examples
    --------
    >>> crm = [{"first_name": "Ann", "last_name": "Lee", "email": "ann.lee@site.example", "phone": "07700 900001"}]
    >>> shop = [{"name": "Lee Ann", "mail": "ann.lee@site.example", "mobile": "+447700900001"}]
    >>> link({"crm": crm, "shop": shop}).n_customers
    1
    """
    if isinstance(sources, Mapping):
        check_names_of_schemas(sources, schema)
        inputs = [
            as_one_source(read_source(data, schema.get(name) if isinstance(schema, Mapping) else schema, str(name)))
            for name, data in sources.items()
        ]
        n_sources = len(inputs)
    else:
        if isinstance(schema, Mapping):
            raise ConfigurationError(
                "schema: expected one Schema for one set of records, got a mapping.",
                hint="Give the sources as a mapping too, or one Schema.",
            )
        inputs = [read_source(sources, schema, None)]
        column = inputs[0].mapping.source
        n_sources = 1 if column is None else len(inputs[0].intake.table.column(column).unique())
    if n_sources < 2:
        raise ConfigurationError(
            f"sources: expected two or more, got {n_sources}.",
            hint='Give {"name": data, …}, or records with a column named "source"; for one source use dedupe.',
        )
    return _Run(options, progress).resolve(
        inputs,
        model=model,
        parts=Parts(blocking=blocking, comparisons=comparisons, clusterer=clusterer),
        standardizers=standardizers,
        known=Known.of(labels, constraints, () if isinstance(duplicate_free, bool | None) else duplicate_free),
        duplicate_free=duplicate_free if isinstance(duplicate_free, bool | None) else False,
        is_link=True,
    )


def train(data: Any, **settings: Any) -> TrainedMatchModel:
    """Learn a match model from records, to be used later or elsewhere.

    Parameters
    ----------
    data : path, table, stream, frame or iterable of dicts
        As in :func:`dedupe`.
    **settings
        The other parameters of :func:`dedupe`.

    Returns
    -------
    TrainedMatchModel
        The model; ``model.save(path)`` writes it, ``dedupe(data, model=model)`` uses it.
    """
    return dedupe(data, **settings).model


def plan_blocking(
    data: Any,
    *,
    schema: Schema | None = None,
    source: str | None = None,
    blocking: Blocking = record_atoms,
    standardizers: Mapping[str, Standardizer] | None = None,
    options: ResolveOptions | None = None,
) -> BlockingPlan:
    """Tell what :func:`dedupe` would look at and cost, before it is run.

    Parameters
    ----------
    data : path, table, stream, frame or iterable of dicts
        As in :func:`dedupe`.
    schema : Schema, optional
        As in :func:`dedupe`.
    source : str, optional
        As in :func:`dedupe`.
    blocking : Blocking
        As in :func:`dedupe`.
    standardizers : Mapping of str to Standardizer, optional
        As in :func:`dedupe`.
    options : ResolveOptions, optional
        As in :func:`dedupe`; the cap on blocks, the budget of pairs and the threads matter.

    Returns
    -------
    BlockingPlan
        By rule: keys, blocks, oversized blocks, the largest one, pairs and recall.  In all: the cap, distinct pairs
        and recall with their errors, and how long a run is likely to take and how much memory.  ``str`` shows it.

    Raises
    ------
    InputError, SchemaError, ConfigurationError
        As in :func:`dedupe`.

    Notes
    -----
    Time is that of the steps done for the plan, which a run repeats, and of the pairs at two million a second; it may
    be off by half.  Memory is estimated as for ``options.memory_limit``, for the pairs expected and none
    of them on disk.

    Examples
    --------
    >>> plan = plan_blocking([{"name": "Ann Lee", "city": "Leeds"}, {"name": "Ann Leigh", "city": "Leeds"}])
    >>> plan.n_units, plan.n_pairs, plan.block_cap
    (2, 1, 50)
    """
    options = options or ResolveOptions()
    started = time.perf_counter()
    inputs = [read_source(data, schema, source)]
    canonical = canonical_values(inputs, standardizers=standardizers, generic=options.generic)
    _require_evidence(canonical, inputs)
    table = build_record_table(
        canonical.values, canonical.n_rows, times=row_times(inputs, canonical), kind_of_row=row_kinds(inputs)
    )
    block_cap, pairs_per_unit = options.block_limits()
    plan = plan_candidates(
        blocking(table),
        table.n_units,
        block_cap=block_cap,
        pairs_per_unit=pairs_per_unit,
        n_threads=options.n_threads,
    )
    seconds = time.perf_counter() - started + plan.n_pairs / _PAIRS_PER_SECOND
    n_bytes = estimated_bytes(canonical.n_rows, table.n_units, plan.n_pairs / max(table.n_units, 1))
    return evolve(plan, seconds=seconds, n_bytes=n_bytes)


class _Run:
    """One call: keeps the clock and tells of progress."""

    def __init__(self, options: ResolveOptions | None, progress: Progress | None) -> None:
        if options is not None and not isinstance(options, ResolveOptions):
            raise ConfigurationError(
                f"options: expected ResolveOptions, got {type(options).__name__}.",
                hint="Give custid.ResolveOptions(match_probability=…), for example.",
            )
        self._options = options or ResolveOptions()
        self._tell = progress
        self._seconds: dict[str, float] = {}
        self._started: dict[str, float] = {}

    def _progress(self, step: str, done: float) -> None:
        now = time.perf_counter()
        started = self._started.setdefault(step, now)
        self._seconds[step] = round(now - started, 3)
        if self._tell is not None:
            self._tell(step, done)

    def resolve(
        self,
        inputs: Sequence[SourceInput],
        *,
        model: TrainedMatchModel | None,
        parts: Parts,
        standardizers: Mapping[str, Standardizer] | None,
        known: Known,
        duplicate_free: bool | None,
        is_link: bool,
    ) -> Result:
        _require_model(model)
        self._progress("standardizing", 0.0)
        give_back_memory()
        n_threads = self._options.n_threads
        canonical = canonical_values(
            inputs, standardizers=standardizers, n_threads=n_threads, generic=self._options.generic
        )
        _require_evidence(canonical, inputs)
        give_back_memory()
        values, left_out = fitting_values(model, canonical.values, known.attributes)
        links = known.links(inputs, canonical)
        has_sources = is_link or known.has_sources
        table = self._table(inputs, evolve(canonical, values=values), links, has_sources=has_sources)
        certain = certainties_of(table, links, known.constraints, canonical.sources if has_sources else ())
        if model is not None:
            table = fitting_table(model, table)
        canonical = canonical.beyond(table)
        give_back_memory()
        require_memory(self._options, canonical.n_rows, table.n_units)
        self._progress("standardizing", 1.0)
        linked = LocalEngine(self._options).run(
            table,
            parts=parts,
            model=model,
            has_sources=is_link,
            duplicate_free=duplicate_free,
            certain=certain,
            progress=self._progress,
        )
        report = self._report(inputs, canonical, linked, links, left_out)
        options = self._options
        return Result.of_run(linked, canonical, inputs, report, options.review_probability, options.certain_probability)

    def _table(
        self, inputs: Sequence[SourceInput], canonical: CanonicalValues, links: RowLinks, *, has_sources: bool
    ) -> RecordTable:
        """Group equal rows, but for those that are spoken of one by one."""

        def built(rank_of_row: NDArray[np.int32] | None) -> RecordTable:
            return build_record_table(
                canonical.values,
                canonical.n_rows,
                canonical.source_of_row if has_sources else None,
                times=row_times(inputs, canonical),
                kind_of_row=row_kinds(inputs),
                source_names=canonical.sources,
                rank_of_row=rank_of_row,
                n_threads=self._options.n_threads,
            )

        table = built(None)
        rank_of_row = links.of_their_own(table.unit_of_row)
        return table if rank_of_row is None else built(rank_of_row)

    def _report(
        self,
        inputs: Sequence[SourceInput],
        canonical: CanonicalValues,
        linked: LinkedTable,
        links: RowLinks,
        left_out: Sequence[str],
    ) -> RunReport:
        return RunReport(
            sources=tuple(
                SourceReport(
                    name=each.name,
                    n_rows=each.intake.table.num_rows,
                    columns=each.mapping.columns,
                    record_key=each.mapping.record_key,
                    refused=each.intake.refused,
                    warnings=each.intake.warnings,
                )
                for each in inputs
            ),
            notices=canonical.notices,
            generic=canonical.generic,
            generic_policy=canonical.generic_policy,
            rules=linked.candidates.rules,
            block_cap=linked.candidates.block_cap,
            n_passed_over=linked.candidates.n_units_passed_over,
            n_records=canonical.n_rows,
            n_distinct=linked.table.n_units,
            n_pairs=len(linked.candidates),
            n_spilled_bytes=linked.n_spilled_bytes,
            compared=tuple(output.name for output in linked.comparer.outputs),
            one_per_source=linked.one_per_source,
            certificate=certified(linked, links, linked.cluster_of_row()),
            prior_match_probability=linked.model.prior_match_probability,
            has_converged=linked.model.has_converged,
            seconds=dict(self._seconds),
            warnings=(
                *_warnings(inputs, canonical, linked, left_out),
                *warnings_of(
                    links,
                    absent=[
                        name for name in linked.certain.constraints.attributes if name not in linked.certain.columns
                    ],
                    n_overruled=linked.certain.n_overruled,
                    n_left_to_weights=linked.certain.n_left_to_weights,
                ),
            ),
        )


def _require_model(model: object) -> None:
    if model is not None and not isinstance(model, TrainedMatchModel):
        raise ConfigurationError(
            f"model: expected a TrainedMatchModel, got {type(model).__name__}.",
            hint="Read one from its file: custid.TrainedMatchModel.load(path).",
        )


def _require_evidence(canonical: CanonicalValues, inputs: Sequence[SourceInput]) -> None:
    if canonical.values:
        return
    # Not to be quoted: they are values of a customer.
    if headless := [source.name for source in inputs if not source.mapping.has_header]:
        raise ConfigurationError.collected(
            [
                f"source {name!r}: expected names of columns, got a first line that looks like a row"
                for name in headless
            ],
            hint="Put a line with the names of the columns above the rows.",
        )
    columns = ", ".join(repr(each.column) for source in inputs for each in source.mapping.columns)
    usable = ", ".join(name for name, declared in ATTRIBUTES.items() if declared.is_comparable)
    raise ConfigurationError(
        f"columns: expected some that tell who a customer is, got {columns or 'none'}.",
        hint=f"Say what they are: Schema(columns={{'column': 'attribute'}}), with attributes such as {usable}.",
    )


def _warnings(
    inputs: Sequence[SourceInput], canonical: CanonicalValues, linked: LinkedTable, left_out: Sequence[str]
) -> tuple[str, ...]:
    warnings = [
        f"source {each.name!r}: the first line looks like a row, and was taken for the names of columns; put a line of "
        "names above it."
        for each in inputs
        if not each.mapping.has_header
    ]
    if left_out:
        warnings.append(f"not compared, since the model was trained without: {', '.join(left_out)}.")
    n_refused = sum(len(each.intake.refused) for each in inputs)
    if n_refused:
        warnings.append(f"{n_refused:,} rows were refused; see the sources for line numbers and reasons.")
    if canonical.n_rows >= _FEW_RECORDS and not linked.model.has_converged:
        warnings.append("learning stopped before it came to rest; weights may be rough.")
    compared = {"name" if each.attribute in _PERSON_NAMES else each.attribute for each in linked.comparer.outputs}
    if "siret" in compared:
        # A SIRET holds a SIREN, which is no evidence of its own.
        compared.discard("siren")
    if canonical.n_rows >= _FEW_RECORDS and len(compared) == 1:
        (only,) = compared
        kept_apart = "" if len(np.unique(linked.cluster_of_row())) < canonical.n_rows else ", and none were joined"
        warnings.append(
            f"only {only} is compared; records that agree on it may still be different customers{kept_apart}."
        )
    is_place_alone = "street" in compared and compared.isdisjoint({"name", "organization_name"})
    if canonical.n_rows >= _FEW_RECORDS and is_place_alone:
        warnings.append(
            "no names are compared: people of one address may be taken for one; say which column holds them."
        )
    if canonical.n_rows >= _FEW_RECORDS and not compared:
        warnings.append("nothing is compared: every value is missing or a placeholder.")
    return tuple(warnings)
