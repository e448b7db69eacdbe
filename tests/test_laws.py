"""What must not change a partition: order, names of columns and records, threads, where a model was learned."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import custid
from custid.engines import local, pair_store
from custid.intake import read
from custid.result import Result
from custid.testing import synthetic_customers
from custid.testing.strategies import tables
from tests.partitions import partition, partition_by_key

_BAKERIES = Path(__file__).parents[1] / "examples" / "data" / "bakeries.csv"
_SHARED = Path(__file__).parents[2] / "shared" / "data"
_ALIASES = {
    "record_id": "id",
    "shop": "source",
    "given_name": "prenom",
    "family_name": "surname",
    "company": "raison_sociale",
    "birth_date": "dob",
    "sex": "gender",
    "email": "courriel",
    "phone": "portable",
    "mobile": "tel",
    "street": "rue",
    "house_number": "numero_rue",
    "postcode": "cp",
    "city": "ville",
    "loyalty_card": "carte_fidelite",
}


class _Population:
    """A table, what deduplication makes of it, and the names of its rows."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.result: Result = custid.dedupe(table)
        self.partition = partition(self.result)

    def shuffled(self, seed: int) -> tuple[pa.Table, list[int]]:
        rows = np.random.default_rng(seed).permutation(self.table.num_rows).tolist()
        return self.table.take(rows), rows


def _synthetic() -> pa.Table:
    return synthetic_customers(600, seed=3).records


def _bakeries() -> pa.Table:
    return read(_BAKERIES).table.slice(0, 800)


@pytest.fixture(scope="module", params=[_synthetic, _bakeries], ids=["synthetic", "bakeries"])
def population(request: pytest.FixtureRequest) -> _Population:
    return _Population(request.param())


@pytest.fixture(scope="module")
def synthetic() -> _Population:
    return _Population(_synthetic())


@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_rows_does_not_matter(population: _Population, seed: int) -> None:
    """Shuffled rows fall into the same customers, by the same weights."""
    table, rows = population.shuffled(seed)
    result = custid.dedupe(table)
    assert partition(result, rows) == population.partition
    weights = (sorted(each.pairs["match_weight"].to_pylist()) for each in (result, population.result))
    assert next(weights) == next(weights)


def test_order_of_columns_does_not_matter(population: _Population) -> None:
    """Columns in another order give the same customers, and the same assignments to the last digit."""
    names = np.random.default_rng(5).permutation(population.table.column_names).tolist()
    assert custid.dedupe(population.table.select(names)).assignments == population.result.assignments


def test_record_keys_do_not_matter(population: _Population) -> None:
    """Other record keys, in another order, change nothing but the keys."""
    key = population.result.report.sources[0].record_key
    assert key is not None
    others = pa.array([f"k{number}" for number in np.random.default_rng(6).permutation(population.table.num_rows)])
    place = population.table.column_names.index(key)
    result = custid.dedupe(population.table.set_column(place, key, others))
    assert result.assignments["record_key"].to_pylist() == others.to_pylist()
    assert partition(result) == population.partition


def test_without_record_keys_the_customers_are_the_same(population: _Population) -> None:
    """Numbered rows fall into the same customers as named ones."""
    key = population.result.report.sources[0].record_key
    assert partition(custid.dedupe(population.table.drop_columns([key]))) == population.partition


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_threads_do_not_matter(population: _Population, n_threads: int) -> None:
    """Any number of threads gives the same assignments to the last digit."""
    result = custid.dedupe(population.table, options=custid.ResolveOptions(n_threads=n_threads))
    assert result.assignments == population.result.assignments


@pytest.mark.slow
@pytest.mark.parametrize("n_threads", [1, 3])
def test_the_executor_does_not_matter(synthetic: _Population, n_threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled comparisons, which large files take, give the same assignments as those of small files."""
    monkeypatch.setattr(local, "_COMPILED_FROM_PAIRS", 0)
    result = custid.dedupe(synthetic.table, options=custid.ResolveOptions(n_threads=n_threads))
    assert result.assignments == synthetic.result.assignments


def test_the_size_of_chunks_does_not_matter(synthetic: _Population, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs compared a thousand at a time get the same weights."""
    monkeypatch.setattr(pair_store, "_PAIRS_AT_ONCE", 1_000)
    assert custid.dedupe(synthetic.table).assignments == synthetic.result.assignments


@pytest.mark.parametrize("name", ["true_id", "cluster", "cluster_id", "entity_id", "household", "note", "comment"])
def test_a_column_of_truth_or_of_nothing_does_not_matter(synthetic: _Population, name: str) -> None:
    """The truth, were it in the file, would be passed through like any unknown column."""
    truth = synthetic_customers(600, seed=3).truth["true_id"]
    assert custid.dedupe(synthetic.table.append_column(name, truth)).assignments == synthetic.result.assignments


def test_names_of_columns_do_not_matter(synthetic: _Population) -> None:
    """Columns under other recognized names, French and English, give the same customers."""
    renamed = synthetic.table.rename_columns([_ALIASES[name] for name in synthetic.table.column_names])
    assert partition(custid.dedupe(renamed)) == synthetic.partition


def test_names_of_columns_decide_nothing_where_several_hold_one_attribute() -> None:
    """Which of two columns of names comes first in the alphabet has no say in what is split or taken for generic."""
    rows = [
        {
            "a": f"Ann Maria Smith{number}",
            "b": f"Ann Smith{number}",
            "c": "02 40 41 98 76",
            "d": f"{number + 1900}-03-04",
        }
        for number in range(30)
    ]
    found = []
    for first, second in (("full_name", "display_name"), ("display_name", "full_name")):
        names = {"a": first, "b": second, "c": "phone", "d": "birth_date"}
        found.append(custid.dedupe([{names[key]: value for key, value in row.items()} for row in rows]))
    assert [each.report.generic for each in found] == [found[0].report.generic] * 2
    assert found[0].report.generic != ()
    assert partition(found[0]) == partition(found[1])


def test_a_frame_and_a_file_and_rows_are_the_same_input(synthetic: _Population, tmp_path: Path) -> None:
    """The way in has no say: rows, a file and a table give the same assignments."""
    path = tmp_path / "rows.csv"
    pa.csv.write_csv(synthetic.table, path)
    for data in (path, iter(synthetic.table.to_pylist()), synthetic.table.to_reader()):
        assert custid.dedupe(data, source="rows").assignments == synthetic.result.assignments


def test_training_and_predicting_apart_is_one_run(population: _Population) -> None:
    """A run with the model of a run gives its assignments and weights to the bit."""
    again = custid.dedupe(population.table, model=population.result.model)
    assert again.assignments == population.result.assignments
    assert again.pairs == population.result.pairs
    assert again.customers == population.result.customers


def test_a_saved_model_is_the_model(synthetic: _Population, tmp_path: Path) -> None:
    """A model that went through a file gives the same weights to the bit."""
    path = tmp_path / "model.json"
    custid.train(synthetic.table).save(path)
    again = custid.dedupe(synthetic.table, model=custid.TrainedMatchModel.load(path))
    assert again.pairs == synthetic.result.pairs


def test_a_model_of_other_data_serves(synthetic: _Population) -> None:
    """A model learned on one population finds the customers of another."""
    other = synthetic_customers(400, seed=8)
    found = custid.evaluate(custid.dedupe(other.records, model=synthetic.result.model), other.truth)
    assert found.pairwise.f1 > 0.95


def test_with_a_model_a_pair_weighs_the_same_in_any_company(synthetic: _Population) -> None:
    """A pair's weight depends on its two records and the model alone."""
    whole = custid.dedupe(synthetic.table, model=synthetic.result.model)
    few = custid.dedupe(synthetic.table.slice(0, 60), model=synthetic.result.model)
    pairs = few.pairs.to_pylist()
    assert pairs
    for pair in pairs:
        explained = whole.explain(pair["left_record_key"], pair["right_record_key"])
        assert explained.weight_bits == pytest.approx(pair["match_weight"], abs=1e-9)


def test_a_model_looks_at_its_own_columns(synthetic: _Population) -> None:
    """Data without some of a model's columns are compared in the others, further columns are left out."""
    fewer = synthetic.table.drop_columns(["city", "loyalty_card"])
    assert custid.dedupe(fewer, model=synthetic.result.model).report.warnings == ()
    alone = custid.dedupe(fewer)
    found = custid.dedupe(synthetic.table, model=alone.model)
    assert found.report.warnings == ("not compared, since the model was trained without: city, loyalty_card.",)
    assert partition(found) == partition(alone)


def test_linking_does_not_look_at_the_order_of_sources_and_rows() -> None:
    """Sources in another order, with shuffled rows, are linked the same; so is one table with a column of sources."""
    table = _synthetic()
    names = sorted(set(table["shop"].to_pylist()))
    sources = {name: table.filter(pc.equal(table["shop"], name)) for name in names}
    expected = partition_by_key(custid.link(sources))
    rng = np.random.default_rng(2)
    shuffled = {name: sources[name].take(rng.permutation(sources[name].num_rows)) for name in reversed(names)}
    assert partition_by_key(custid.link(shuffled)) == expected
    one_table = table.rename_columns(["source" if name == "shop" else name for name in table.column_names])
    assert partition_by_key(custid.link(one_table)) == expected


def test_linking_with_its_own_model_is_one_run() -> None:
    """Training and predicting apart gives the same links."""
    table = _synthetic()
    sources = {name: table.filter(pc.equal(table["shop"], name)) for name in set(table["shop"].to_pylist())}
    result = custid.link(sources)
    assert custid.link(sources, model=result.model).assignments == result.assignments


@given(tables(min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_any_table_in_any_order(table: pa.Table, random: Random) -> None:
    """Whatever is in a table, its rows and columns may be shuffled."""
    rows, names = list(range(table.num_rows)), list(table.column_names)
    random.shuffle(rows)
    random.shuffle(names)
    expected = partition(custid.dedupe(table))
    assert partition(custid.dedupe(table.take(rows).select(names)), rows) == expected


def _real(name: str, n_rows: int | None = None) -> pa.Table:
    path = _SHARED / name / "records.csv"
    if not path.exists():
        pytest.skip(f"the data set {name} is not beside the checkout")
    table = read(path).table
    return table if n_rows is None else table.slice(0, n_rows)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n_rows"), [("fake_1000", None), ("febrl1", None), ("historical_50k", 5_000)])
def test_the_laws_hold_on_real_files(name: str, n_rows: int | None) -> None:
    """Shuffled rows, columns and record keys and other numbers of threads leave the customers of a real file alone."""
    population = _Population(_real(name, n_rows))
    table, rows = population.shuffled(1)
    columns = np.random.default_rng(3).permutation(table.column_names).tolist()
    keys = pa.array(np.random.default_rng(4).permutation(table.num_rows).astype(str).tolist())
    table = table.set_column(0, table.column_names[0], keys).select(columns)
    for n_threads in (1, 3):
        result = custid.dedupe(table, options=custid.ResolveOptions(n_threads=n_threads))
        assert partition(result, rows) == population.partition
    assert custid.dedupe(population.table, model=population.result.model).assignments == population.result.assignments


@pytest.mark.slow
def test_the_laws_hold_when_real_files_are_linked() -> None:
    """Shuffled rows and columns, other threads and the run's own model leave the links of two sources alone."""
    table = _real("fodors_zagats")
    result = custid.link(table)
    expected = partition_by_key(result)
    rows = np.random.default_rng(1).permutation(table.num_rows)
    names = np.random.default_rng(2).permutation(table.column_names).tolist()
    for n_threads in (1, 3):
        options = custid.ResolveOptions(n_threads=n_threads)
        assert partition_by_key(custid.link(table.take(rows).select(names), options=options)) == expected
    assert custid.link(table, model=result.model).assignments == result.assignments
