"""`custid.engines.local`."""

from __future__ import annotations

import os
from typing import Any

import numba
import numpy as np
import pytest
from attrs import evolve
from numpy.typing import NDArray

from custid.comparison.value_comparison import EqualLevels, FunctionLevels, ValueComparison
from custid.engines import LinkedTable, LocalEngine, ResolveOptions, local, pair_store
from custid.engines.options import Parts, _available_cores
from custid.errors import ConfigurationError
from custid.scoring.weights import LEAST_BITS
from custid.table.record_table import RecordTable, build_record_table
from custid.testing.synthetic import synthetic_customers
from tests.comparison.tables import make_table


def _table(columns: dict[str, list[str]], sources: list[int] | None = None) -> RecordTable:
    n_rows = len(next(iter(columns.values())))
    values: dict[str, tuple[list[str], NDArray[np.int32]]] = {
        name: (texts, np.array([[row if text else -1] for row, text in enumerate(texts)], np.int32).reshape(-1, 1))
        for name, texts in columns.items()
    }
    return build_record_table(values, n_rows, None if sources is None else np.array(sources, np.int32))


@pytest.fixture(scope="module")
def table() -> RecordTable:
    return _table(
        {
            "given_name": ["zoe", "zoe", "ali", "eva", "zoe"],
            "family_name": ["roy", "roy", "benali", "li", "roy"],
            "birth_date": ["1980-03-04", "1980-03-04", "1990-05-16", "1971-11-28", "1980-03-04"],
            "email": ["zoe@a.example", "", "ali@a.example", "eva@a.example", "zoe@a.example"],
        }
    )


@pytest.fixture(scope="module")
def linked(table: RecordTable) -> LinkedTable:
    return LocalEngine().run(table)


def test_clusters_are_of_rows_and_numbered_by_first_appearance(linked: LinkedTable) -> None:
    """Units and their copies come back as rows."""
    assert linked.cluster_of_row().tolist() == [0, 0, 1, 2, 0]


def test_weights_are_those_of_the_model(linked: LinkedTable) -> None:
    """The weights of the run can be had again from its comparer and its model."""
    levels, rarity = linked.comparer.compare(linked.candidates.left_idx, linked.candidates.right_idx)
    weights = linked.model.weight_bits(levels, linked.model.adjustments(levels, rarity))
    assert weights.tolist() == linked.weight_bits.tolist()
    explained = np.maximum(linked.model.explain(levels, rarity).weight_bits, LEAST_BITS)
    assert explained == pytest.approx(weights, abs=1e-9)


def test_weights_do_not_depend_on_how_they_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled or not, in pieces of any size, by one thread or two, the model and the weights are the same."""
    names = ("given_name", "family_name", "birth_date", "email", "phone", "street", "city")
    rows = synthetic_customers(120 if numba.config.DISABLE_JIT else 400, seed=3).records.to_pylist()
    table = make_table([{name: (row[name] or "").lower().strip() for name in names} for row in rows])
    found = []
    for compiled_from, chunk, n_threads in ((10**9, 1 << 20, 1), (10**9, 70, 1), (0, 1 << 20, 1), (0, 333, 2)):
        monkeypatch.setattr(local, "_COMPILED_FROM_PAIRS", compiled_from)
        monkeypatch.setattr(pair_store, "_PAIRS_AT_ONCE", chunk)
        linked = LocalEngine(ResolveOptions(n_threads=n_threads, n_training_pairs=500)).run(table)
        found.append((linked.model.to_json(), linked.weight_bits.tolist(), linked.copy_bits.tolist()))
    weights = np.array(found[0][1])
    assert 0 < (weights == LEAST_BITS).sum() < len(weights) - 100
    assert all(each == found[0] for each in found)


def test_units_of_one_row_have_no_copies(linked: LinkedTable) -> None:
    """Only what stands more than once is weighed against itself."""
    assert np.isposinf(linked.copy_bits).tolist() == (linked.table.n_copies == 1).tolist()
    assert (linked.copy_bits > 0).all()


def test_copies_of_little_content_are_apart(linked: LinkedTable) -> None:
    """Where being equal says too little, rows of a unit are customers of their own, unless others join them."""
    weak = evolve(linked, copy_bits=np.where(linked.table.n_copies > 1, -1.0, np.inf))
    assert weak.cluster_of_row().tolist() == [0, 0, 1, 2, 0]
    alone = evolve(weak, cluster=np.arange(linked.table.n_units))
    assert len(set(alone.cluster_of_row().tolist())) == 5


def test_copies_that_must_be_apart_are(linked: LinkedTable) -> None:
    """Copies that are customers of their own by the user's word leave a cluster of several units."""
    said = evolve(linked, copy_bits=np.where(linked.table.n_copies > 1, -np.inf, np.inf))
    assert said.cluster_of_row().tolist() == [0, 1, 2, 3, 4]
    assert said.is_loose.sum() == 1


def test_an_empty_table_is_run() -> None:
    """No rows give no pairs and no clusters."""
    linked = LocalEngine().run(_table({"email": []}))
    assert (len(linked.candidates), linked.cluster_of_row().tolist()) == (0, [])


def test_a_table_without_values_is_run() -> None:
    """Rows that say nothing are clusters of their own."""
    linked = LocalEngine().run(_table({"email": ["", "", ""]}))
    assert linked.cluster_of_row().tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("duplicate_free", "expected", "one_per_source"),
    [(None, [0, 0, 1, 2], True), (True, [0, 0, 1, 2], True), (False, [0, 0, 1, 2], False)],
)
def test_sources_may_be_free_of_duplicates(
    *,
    duplicate_free: bool | None,
    expected: list[int],
    one_per_source: bool,
) -> None:
    """Found out or said, it is kept with the result."""
    table = _table(
        {
            "family_name": ["roy", "roy", "benali", "li"],
            "email": ["z@a.example", "z@a.example", "b@a.example", "l@a.example"],
        },
        [0, 1, 0, 1],
    )
    linked = LocalEngine().run(table, has_sources=True, duplicate_free=duplicate_free)
    assert linked.cluster_of_row().tolist() == expected
    assert linked.one_per_source is one_per_source


def test_pairs_inside_sources_are_not_proposed_where_there_are_none() -> None:
    """Sources said to be free of duplicates propose pairs across them only."""
    emails = ["z@a.example"] * 3
    table = _table({"email": emails, "family_name": ["roy", "royer", "roy"]}, [0, 0, 1])
    linked = LocalEngine().run(table, has_sources=True, duplicate_free=True)
    sources = linked.table.source_of_unit
    assert (sources[linked.candidates.left_idx] != sources[linked.candidates.right_idx]).all()
    assert linked.cluster_of_row().tolist() == [0, 1, 0]


def test_a_model_in_another_order_of_comparisons_is_refused(table: RecordTable) -> None:
    """A model is for its comparisons in their order; what differs is named."""
    both = [ValueComparison(attribute=name, levels=EqualLevels()) for name in ("email", "birth_date")]
    model = LocalEngine().run(table, parts=Parts(comparisons=both)).model
    assert LocalEngine().run(table, parts=Parts(comparisons=both), model=model).model is model
    with pytest.raises(ConfigurationError, match="expected its comparisons in their own order"):
        LocalEngine().run(table, parts=Parts(comparisons=both[::-1]), model=model)
    other = FunctionLevels(("else", "near", "exact"), lambda _left, _right: 1)
    with pytest.raises(
        ConfigurationError, match="comparison 'email': expected the levels and kind it was trained with"
    ):
        LocalEngine().run(table, parts=Parts(comparisons=[evolve(both[0], levels=other), both[1]]), model=model)


def test_options_out_of_range_are_named_together() -> None:
    """All wrong settings are in one message, with what would do."""
    with pytest.raises(
        ConfigurationError,
        match=r"block_cap: expected 2 to 63, got 64; options: review_probability: .*n_threads: .*got 0",
    ):
        ResolveOptions(block_cap=64, review_probability=1.0, n_threads=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"block_cap": 1},
        {"pairs_per_record": 0.0},
        {"n_random_pairs": 0},
        {"n_training_pairs": 0},
        {"match_probability": "0.9"},
        {"review_probability": 0.0},
        {"certain_probability": 1.0},
        {"seed": -1},
        {"n_threads": 0},
        {"memory_limit": "4 GB"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_each_option_has_a_range(wrong: dict[str, Any]) -> None:
    """The message names the option."""
    with pytest.raises(ConfigurationError, match=f"options: {next(iter(wrong))}: expected .*, got"):
        ResolveOptions(**wrong)


def test_threads_are_counted_on_every_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not tell which cores a process may use, all are taken."""
    assert _available_cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert _available_cores() == 1
    assert 1 <= ResolveOptions().n_threads <= 8


def test_few_training_pairs_are_a_sample_of_all(table: RecordTable) -> None:
    """Learning from a part of the pairs gives a model all the same."""
    linked = LocalEngine(ResolveOptions(n_training_pairs=1)).run(table)
    assert 0 < linked.model.prior_match_probability < 1
