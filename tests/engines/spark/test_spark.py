"""Tests of whole runs on a real Spark, in this process and in processes of their own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import custid
from custid import errors
from custid.blocking import AtomColumn, record_atoms, view_atoms
from custid.comparison import Comparison, default_comparisons
from custid.engines.constraints import Exclusive, RelatedRecords
from custid.engines.spark import SparkEngine, SparkSettings
from custid.engines.spark._components import connected
from custid.intake import Schema
from custid.review.labels import Label, Labels, Verdict
from custid.scoring.match_model import TrainedMatchModel
from custid.table import RecordTable
from custid.testing import EngineOutcome, EngineSuite, synthetic_customers
from custid.testing.engine_suite import local_outcome
from tests.engines.spark.session import needs_spark, outcome_of, resolved, spark_session

pytestmark = [needs_spark, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Return a session on two threads of this machine, one for all tests here."""
    with spark_session("local[2]") as session:
        yield session


class TestSparkEngine(EngineSuite):
    """A session on two threads keeps the contract of engines."""

    @pytest.fixture(autouse=True)
    def _session(self, spark: Any) -> None:
        self.spark = spark

    def resolve(self, records: pa.Table, *, model: TrainedMatchModel, schema: Schema) -> EngineOutcome:
        """Return what Spark finds, in groups so small that tiles ask for their units."""
        settings = SparkSettings(units_per_group=200, told_groups=1)
        return outcome_of(resolved(self.spark, records, model=model, schema=schema, settings=settings))


def _frame(spark: Any, rows: list[dict[str, Any]]) -> Any:
    return spark.createDataFrame(pa.Table.from_pylist(rows))


def _with_odd_names(records: pa.Table) -> pa.Table:
    """Return records with columns whose names Spark would take for expressions."""
    names = {"city": "ville.de`résidence", "shop": "shop.`no`"}
    return records.rename_columns([names.get(name, name) for name in records.column_names])


def test_frame_is_enough(spark: Any) -> None:
    """A DataFrame alone is resolved in its own session; with the model and schema found, one machine finds the same."""
    records = _with_odd_names(synthetic_customers(400, seed=5).records)
    found: Any = custid.dedupe(spark.createDataFrame(records))
    local = custid.dedupe(records, model=found.model, schema=found.schema)
    assert outcome_of(found).customers == local_outcome(local).customers
    assert (found.n_records, found.n_units) == (local.report.n_records, local.report.n_distinct)
    assert sum(batch.num_rows for batch in found.batches()) == found.n_records


def test_registry_is_fed(spark: Any) -> None:
    """A registry takes over the customers of Spark; fed once more with the same, it keeps every identifier."""
    records = synthetic_customers(60, seed=5).records
    found = resolved(spark, records, model=custid.train(records), schema=None)
    with custid.open_registry("memory") as registry:
        registry.apply_all(found.clusters())
        clusters = [sorted(registry.customer(registry.id_of(members[0])).records) for members in found.clusters()]
        assert clusters == list(found.clusters())
        assert registry.apply_all(found.clusters()) is None
    names = zip(*(found.assignments.toArrow()[name].to_pylist() for name in ("source", "record_key")), strict=True)
    assert sorted(key for members in clusters for key in members) == sorted(names)


def test_sample_decides_by_content(spark: Any) -> None:
    """Trained on a sample, whichever way rows are spread, the model and the cap that fits all rows are the same."""
    records = _with_odd_names(synthetic_customers(600, seed=6).records)
    settings = SparkSettings(sample_rows=300)
    frame = spark.createDataFrame(records)
    models = [
        custid.train(each, engine=SparkEngine(settings=settings)).to_json()
        for each in (frame.repartition(3), frame.orderBy("record_id"))
    ]
    assert models[0] == models[1]


@pytest.mark.parametrize(("budget", "n_at_once"), [(0.5, 80), (math.inf, 1_000)])
def test_a_budget_that_is_stated_is_kept_to_in_any_number_of_groups(spark: Any, budget: float, n_at_once: int) -> None:
    """With a model given, too, the pairs are those of one machine, however the units are spread."""
    records = synthetic_customers(150, seed=8).records
    options = custid.ResolveOptions(pairs_per_record=budget)
    model = custid.train(records)
    told = custid.dedupe(records, model=model, options=options).report.n_pairs
    engine = SparkEngine(spark, SparkSettings(units_per_group=n_at_once))
    found: Any = custid.dedupe(records, model=model, options=options, engine=engine)
    assert found.n_pairs == told
    assert found.model.block_cap == model.block_cap


def test_components_beyond_the_driver_are_those_within(spark: Any) -> None:
    """A chain, a star and a pair have the same components, whether the driver or the workers look for them."""
    chain = [{"one": (7 * place) % 97, "other": (7 * place + 7) % 97} for place in range(60)]
    star = [{"one": 1000, "other": 1001 + place} for place in range(20)]
    edges = _frame(spark, [*chain, *star, {"one": 2001, "other": 2000}])

    def keep(frame: Any, _name: str) -> Any:
        return frame.localCheckpoint()

    found = [
        {tuple(row) for row in connected(spark, edges, keep, driver_edges=limit, max_rounds=30).collect()}
        for limit in (1000, 0)
    ]
    assert found[0] == found[1]


def test_too_few_rounds_give_no_result(spark: Any) -> None:
    """A search that is cut off raises, rather than to give what it has."""
    edges = _frame(spark, [{"one": place, "other": place + 1} for place in range(40)])
    with pytest.raises(errors.InternalError, match="within 1 rounds"):
        connected(spark, edges, lambda frame, _: frame.localCheckpoint(), driver_edges=0, max_rounds=1)


def test_rows_without_keys_are_refused(spark: Any) -> None:
    """Rows of Spark have no order, so that a column has to name them."""
    frame = _frame(spark, [{"given_name": "Ann", "family_name": "Lee"}] * 2)
    with pytest.raises(errors.SchemaError, match="record key"):
        custid.dedupe(frame)


def test_parts_that_spark_cannot_keep_to_are_refused(spark: Any) -> None:
    """A clusterer, rules and sources free of duplicates are refused before any job starts."""
    frame = _frame(spark, [{"id": "1"}])
    with pytest.raises(errors.ConfigurationError, match="clusterer"):
        custid.dedupe(frame, clusterer=lambda graph: graph.tie_break.astype("int64"))
    with pytest.raises(errors.ConfigurationError, match="duplicate_free"):
        custid.dedupe(frame, duplicate_free=["crm"])


def _spoken_of(customers: list[list[tuple[str, str]]]) -> dict[str, Any]:
    """Return labels and constraints against what the weights say: joined strangers, parted copies, and relations."""
    several = [members for members in customers if len(members) > 2]
    alone = [members[0] for members in customers if len(members) == 1]
    verdicts = [
        *((alone[place], alone[place + 1], Verdict.MATCH) for place in range(0, 12, 2)),
        *((several[place][0], several[place + 1][0], Verdict.MATCH) for place in range(0, 12, 3)),
        *((members[0], members[1], Verdict.NON_MATCH) for members in several[12:24]),
        (("", "nobody"), several[0][0], Verdict.MATCH),
    ]
    related = [RelatedRecords(left=members[0], right=members[2], kind="twin") for members in several[24:30]]
    return {
        "labels": Labels.of(Label(left=left, right=right, verdict=verdict) for left, right, verdict in verdicts),
        "constraints": custid.Constraints(related=related, exclusive=[Exclusive(attribute="loyalty_card")]),
    }


def test_what_is_certain_is_kept_to(spark: Any) -> None:
    """With labels, relations and an exclusive attribute, pairs, weights and customers are those of one machine."""
    records = synthetic_customers(300, seed=5).records
    # Rows that say the same are spoken of one by one.
    records = pa.concat_tables([records, records.slice(0, 40).set_column(0, "record_id", [_copies(40)])])
    model = custid.train(records)
    plain = custid.dedupe(records, model=model)
    said = _spoken_of([sorted(each) for each in sorted(local_outcome(plain).customers, key=sorted)])
    expected = custid.dedupe(records, model=model, **said)
    engine = SparkEngine(spark, SparkSettings(units_per_group=200))
    found: Any = custid.dedupe(records, model=model, engine=engine, **said)
    outcome, wanted = outcome_of(found), local_outcome(expected)
    assert outcome.pairs == wanted.pairs
    assert outcome.customers == wanted.customers != local_outcome(plain).customers
    assert [each for each in expected.report.warnings if "labels" in each] == list(found.warnings)


def test_own_parts_are_shipped(spark: Any) -> None:
    """Blocking and comparisons of the user's own find on workers what they find on one machine."""

    def blocking(table: RecordTable) -> list[AtomColumn]:
        return [view_atoms(table, "family_name", "initial", lambda name: [name[:1]]), *record_atoms(table)]

    def comparisons(table: RecordTable) -> list[Comparison]:
        return [each for each in default_comparisons(table) if each.outputs[0].attribute != "email"]

    records = synthetic_customers(150, seed=5).records
    parts: dict[str, Any] = {"blocking": blocking, "comparisons": comparisons}
    model = custid.train(records, **parts)
    found: Any = custid.dedupe(spark.createDataFrame(records), model=model, **parts)
    expected = custid.dedupe(records, model=model, schema=found.schema, **parts)
    outcome, wanted = outcome_of(found), local_outcome(expected)
    assert outcome.pairs == wanted.pairs
    assert outcome.customers == wanted.customers
    with pytest.raises(errors.ConfigurationError, match="units_per_group"):
        custid.dedupe(records, model=model, engine=SparkEngine(spark, SparkSettings(units_per_group=50)), **parts)


def test_a_block_of_fifty_thousand_does_not_stall(spark: Any) -> None:
    """Records that all have one city and one year of birth are matched by what else they say."""
    n_records = 50_000
    numbers = np.arange(n_records)
    columns = {
        "id": numbers.astype(str),
        "city": np.repeat("Leeds", n_records),
        "birth_date": np.repeat("1980", n_records),
        "house_number": (numbers % 89).astype(str),
        "email": [f"user{number}@site.example" for number in numbers // 2],
    }
    records = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    schema = Schema(columns={name: name for name in list(columns)[1:]}, record_key="id")
    model = custid.train(records.slice(0, 2_000), schema=schema)
    settings = SparkSettings(units_per_group=25_000)
    found = resolved(spark, records, model=model, schema=schema, settings=settings)
    local = custid.dedupe(records, model=model, schema=found.schema)
    assert found.n_pairs == local.report.n_pairs < n_records
    assert found.assignments.select("customer").distinct().count() == local.n_customers


def _copies(number: int) -> pa.Array:
    return pa.array([f"copy-{place}" for place in range(number)])


def test_other_data_are_refused(spark: Any) -> None:
    """What is neither a DataFrame nor an Arrow table is no input of Spark."""
    with pytest.raises(errors.UnsupportedInputError, match="DataFrame"):
        custid.dedupe([{"id": "1"}], engine=SparkEngine(spark))


def test_what_workers_raise_is_raised_here(spark: Any) -> None:
    """A standardizer of the user's own that returns no Standardized is told of as on one machine."""
    records = synthetic_customers(60, seed=5).records
    model = custid.train(records)
    frame = spark.createDataFrame(records)
    with pytest.raises(errors.ConfigurationError, match="standardizers: 'city': expected it to return"):
        custid.dedupe(frame, model=model, standardizers={"city": str.upper})  # type: ignore[dict-item]


def test_repeated_keys_are_refused(spark: Any) -> None:
    """Keys that differ in the sample and repeat beyond it are found before anything is matched."""
    records = synthetic_customers(60, seed=5).records
    frame = spark.createDataFrame(records)
    model = custid.train(records)
    settings = SparkSettings(sample_rows=20)
    with pytest.raises(errors.DuplicateRecordKeyError, match="record key"):
        custid.dedupe(frame.union(frame.limit(1)), model=model, engine=SparkEngine(settings=settings))


def test_staging_is_kept_and_named(spark: Any, tmp_path: Path) -> None:
    """Steps leave their tables where the settings say, in a directory of the run."""
    records = synthetic_customers(120, seed=5).records
    settings = SparkSettings(staging=str(tmp_path))
    found = resolved(spark, records, model=custid.train(records), schema=None, settings=settings)
    assert found.staging_path is not None
    assert (Path(found.staging_path) / "assignments").is_dir()
    assert outcome_of(found).customers == local_outcome(custid.dedupe(records, model=found.model)).customers
