"""How sure a run is of each customer, and which records hold it together."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import custid
from custid.clustering.attachment import AttachmentOptions
from custid.engines.certainties import Certainties
from custid.result import Result
from custid.result._customer_probabilities import critical_units, customer_probabilities
from custid.result._decisions import belonging_odds
from custid.scoring.sizes import size_factors
from custid.testing import synthetic_customers

_BITS = st.sampled_from([-np.inf, -70.0, -6.0, -3.0, -0.5, 0.0, 0.25, 2.0, 7.0, 80.0])


@st.composite
def linked_tables(draw: st.DrawFn) -> Any:
    """Return a run over a few units, as far as probabilities look at it."""
    n_units = draw(st.integers(1, 8))
    cluster = np.unique(draw(st.lists(st.integers(0, 2), min_size=n_units, max_size=n_units)), return_inverse=True)[1]
    n_copies = np.array(draw(st.lists(st.sampled_from([1, 1, 1, 2, 3]), min_size=n_units, max_size=n_units)))
    weights = {pair: draw(_BITS) for pair in itertools.combinations(range(n_units), 2) if draw(st.booleans())}
    copy_bits = np.where(n_copies > 1, draw(st.lists(_BITS, min_size=n_units, max_size=n_units)), np.inf)
    alone = np.bincount(cluster)[cluster] == 1
    left, right = (np.array([pair[side] for pair in weights], np.int32) for side in (0, 1))
    return SimpleNamespace(
        table=SimpleNamespace(
            n_copies=n_copies,
            unit_of_row=np.repeat(np.arange(n_units), n_copies),
            n_units=n_units,
            n_rows=int(n_copies.sum()),
            first_row=np.cumsum(n_copies) - n_copies,
        ),
        candidates=SimpleNamespace(left_idx=left, right_idx=right),
        weight_bits=np.array(list(weights.values()), np.float64),
        copy_bits=copy_bits,
        cluster=cluster.astype(np.int64),
        certain=Certainties(n_units=n_units),
        match_probability=draw(st.sampled_from([0.2, 0.5, 0.9])),
        is_loose=np.isneginf(copy_bits) | ((copy_bits <= 0) & alone),
    )


def _customers(linked: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
    label = linked.cluster[linked.table.unit_of_row].copy()
    loose = np.flatnonzero(linked.is_loose[linked.table.unit_of_row])
    label[loose] = 100 + loose
    return np.asarray(np.unique(label, return_inverse=True)[1], np.int64)


def _graph(linked: Any, units: list[int]) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(units)
    pairs = zip(linked.candidates.left_idx.tolist(), linked.candidates.right_idx.tolist(), strict=True)
    for (left, right), bits in zip(pairs, linked.weight_bits.tolist(), strict=True):
        if left in graph and right in graph:
            graph.add_edge(left, right, bits=bits, rank=(bits, -left, -right))
    return graph


def _odds(bits: float) -> float:
    return float(np.exp2(np.clip(bits, -60.0, 60.0)))


def _seam_odds(linked: Any, graph: nx.Graph[int]) -> float | None:
    """Return the odds of the two groups that the weakest pair of the strongest tree joins; None without two groups."""
    joined: nx.Graph[int] = nx.Graph()
    joined.add_nodes_from(graph)
    for left, right, edge in sorted(graph.edges(data=True), key=lambda each: (-each[2]["bits"], *sorted(each[:2]))):
        if not nx.has_path(joined, left, right):
            joined.add_edge(left, right, bits=edge["bits"])
    left, right, _ = min(joined.edges(data=True), key=lambda each: (each[2]["bits"], *sorted(each[:2])))
    joined.remove_edge(left, right)
    sides = [sorted(nx.node_connected_component(joined, end)) for end in (left, right)]
    if any(linked.table.n_copies[side].sum() < 2 for side in sides):
        return None

    def mean(side: list[int], others: list[int]) -> float:
        total = []
        for unit in side:
            odds = sum(_odds(graph[unit][other]["bits"]) for other in others if graph.has_edge(unit, other))
            total.append(np.log2(odds) if odds else AttachmentOptions().unscored_bits)
        return float(np.mean(total))

    one, other = mean(*sides), mean(*reversed(sides))
    if len(sides[0]) == len(sides[1]):
        return _odds(min(one, other))
    return _odds(one if len(sides[0]) < len(sides[1]) else other)


@given(linked_tables())
def test_probabilities_are_those_of_the_plain_way(linked: Any) -> None:
    """A customer is held against each of its rows alone and against the two sides of its weakest link."""
    customer, odds = _customers(linked), belonging_odds(linked)
    found = customer_probabilities(linked, customer)
    unit_of_row = linked.table.unit_of_row
    for number in range(int(customer.max()) + 1):
        units = unit_of_row[customer == number].tolist()
        if len(units) < 2:
            assert np.isnan(found[number])
            continue
        graph = _graph(linked, sorted(set(units)))
        if nx.number_connected_components(graph) > 1:
            assert found[number] == 0.0
            continue
        divisions = [max(float(odds[unit]), 2.0**-60) for unit in units][: 1 if len(units) == 2 else None]
        seam = _seam_odds(linked, graph) if len(graph) > 1 else None
        divisions += [] if seam is None else [seam]
        assert found[number] == pytest.approx(1.0 / (1.0 + sum(1.0 / each for each in divisions)), rel=1e-9)


@given(linked_tables())
def test_critical_units_are_the_cut_points(linked: Any) -> None:
    """They are the records of one row whose removal leaves more parts, as far as pairs would do alone."""
    found, least = critical_units(linked), np.log2(linked.match_probability / (1.0 - linked.match_probability))
    assert not found[linked.is_loose].any()
    for number in range(int(linked.cluster.max()) + 1):
        graph = _graph(linked, np.flatnonzero((linked.cluster == number) & ~linked.is_loose).tolist())
        graph.remove_edges_from([(a, b) for a, b, edge in graph.edges(data=True) if edge["bits"] <= least])
        for unit in graph:
            rest = graph.subgraph(set(graph) - {unit})
            splits = nx.number_connected_components(rest) > nx.number_connected_components(graph)
            assert found[unit] == (splits and linked.table.n_copies[unit] == 1)


@given(st.lists(st.integers(1, 12), max_size=40))
def test_sizes_never_add_to_the_odds(sizes: list[int]) -> None:
    """A factor is in (0, 1], and 1 for a record alone."""
    factors = size_factors(np.bincount(np.array(sizes, np.int64)))
    assert ((factors > 0) & (factors <= 1)).all()
    assert (factors[:2] == 1).all()


@given(st.integers(2, 400), st.integers(1, 400))
def test_sizes_say_nothing_where_all_have_one_record_or_two(n_alone: int, n_of_two: int) -> None:
    """Where no customer has more than two records the prior of a pair is that of the size already."""
    assert size_factors(np.array([0, n_alone, n_of_two])).tolist() == [1.0, 1.0, 1.0]


def test_a_second_record_is_doubtful_where_few_have_two() -> None:
    """The odds of a pair fall where matches are mostly those of a few large customers; by hand."""
    sizes = np.repeat([1, 2, 6], [90, 2, 8])
    lambda_ = (2 * 2 + 8 * 30) / (90 + 4 + 48) ** 2
    assert size_factors(np.bincount(sizes))[2] == pytest.approx(2 * (2.5 / 90.5) / 90.5 / lambda_)


@pytest.fixture(scope="module")
def result() -> Result:
    return custid.dedupe(synthetic_customers(300, seed=3, share_of_single_records=0.2).records)


def test_customers_and_explanations_tell_the_same(result: Result) -> None:
    """Probability and critical records of the table are those of the explanations."""
    for row in result.customers.to_pylist():
        explained = result.explain_customer(row["customer"])
        assert explained.probability == row["probability"]
        assert len(explained.splits) == row["n_critical_records"]
        assert (row["probability"] is None) == (row["n_records"] == 1)


def test_no_customer_is_surer_than_its_members(result: Result) -> None:
    """That all records are one is at most as probable as that the least certain one belongs."""
    for row in result.customers.to_pylist():
        if row["n_records"] > 1:
            assert row["probability"] <= row["min_match_probability"] + 1e-12


def test_a_members_probability_is_the_sum_of_its_odds(result: Result) -> None:
    """The probability of each bond follows from the weights that the explanations of its pairs add up to."""
    checked = 0
    factors = size_factors(np.bincount(np.bincount(result.linked.cluster)))
    for row in result.customers.to_pylist():
        graph = result.graph(row["customer"])
        if not 2 < len(graph) < 6:
            continue
        rows = np.flatnonzero(result.assignments["customer"].to_numpy() == row["customer"])
        if len(set(result.linked.table.unit_of_row[rows].tolist())) < len(rows):
            continue
        for bond in result.explain_customer(row["customer"]).bonds:
            odds = sum(_odds(result.explain(bond.record, other).weight_bits) for other in graph[bond.record])
            odds *= factors[len(graph)]
            assert bond.match_probability == pytest.approx(odds / (1.0 + odds), abs=1e-9)
            checked += 1
    assert checked


def test_the_probability_is_told_in_both_languages(result: Result) -> None:
    """The verdict of a customer of several records says how probably they are one."""
    sizes = result.customers["n_records"].to_pylist()
    explained = result.explain_customer(sizes.index(max(sizes)))
    assert explained.probability is not None
    assert f"They are all one with a probability of {explained.probability:.3f}." in explained.verdict
    assert "Tous n'en font qu'un avec une probabilité de" in explained.in_language("fr").verdict


def test_no_order_of_rows_matters() -> None:
    """Rows in another order give the same probabilities, to the last digit."""
    records = synthetic_customers(200, seed=8, share_of_single_records=0.1).records
    order = np.random.default_rng(8).permutation(records.num_rows)
    found = []
    for table in (records, records.take(order)):
        result = custid.dedupe(table)
        keys = result.assignments["record_key"].to_pylist()
        of_customer = result.customers["probability"].to_pylist()
        members = zip(
            result.assignments["customer"].to_pylist(), result.assignments["match_probability"].to_pylist(), strict=True
        )
        found.append({key: (of_customer[one], own) for key, (one, own) in zip(keys, members, strict=True)})
    assert found[0] == found[1]
