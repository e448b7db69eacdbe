"""Greedy additive contraction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.clustering import ContractionOptions, PairGraph, contract, pair_graph
from custid.clustering.contraction import joins_two
from custid.clustering.pair_graph import same_label
from custid.errors import ConfigurationError, ShapeMismatchError
from tests.clustering.graphs import apart, graph_of, graphs, is_connected, labels_of, partition, permuted, random_graph
from tests.oracles import contraction as oracle

Problem = tuple[dict[tuple[int, int], float], list[int], list[int] | None]

# Multiples of one half: the oracle's sums are exact.
_OPTIONS = ContractionOptions(clip_bits=16.0, unscored_bits=-2.5)


def clusters(
    weights: dict[tuple[int, int], float], n_units: int, sources: list[int] | None = None
) -> set[frozenset[int]]:
    """Return the clusters of pairs given by name."""
    graph = graph_of(weights, range(1, n_units + 1), sources)
    return partition(contract(graph, _OPTIONS).tolist())


def sets(*groups: tuple[int, ...]) -> set[frozenset[int]]:
    """Return clusters by their units."""
    return {frozenset(group) for group in groups}


@given(graphs())
def test_clusters_are_those_of_the_rule(problem: Problem) -> None:
    """On small graphs, with many ties, the clusters are those of the rule carried out by hand."""
    weights, hashes, sources = problem
    got = contract(graph_of(weights, hashes, sources), _OPTIONS)
    assert partition(got.tolist()) == oracle.contract(weights, hashes, clip=16.0, unscored=-2.5, sources=sources)


@given(graphs(), st.sampled_from((-7, -3, -1, 1, 2, 4, 9)))
def test_merges_are_decided_at_the_threshold(problem: Problem, bits: int) -> None:
    """With another probability than one half, sums above its log-odds join, the same way as by hand."""
    weights, hashes, sources = problem
    got = contract(graph_of(weights, hashes, sources), _OPTIONS, match_probability=1 / (1 + 2.0**-bits))
    by_hand = oracle.contract(weights, hashes, clip=16.0, unscored=-2.5, sources=sources, threshold=bits)
    assert partition(got.tolist()) == by_hand


@given(st.floats(-40, 40) | st.just(-np.inf), st.sampled_from((0.01, 0.3, 0.5, 0.8, 0.999)))
def test_two_units_alone_are_joined_as_in_a_graph(bits: float, probability: float) -> None:
    """To ask for one pair gives what its graph gives."""
    graph = graph_of({(0, 1): bits}, [1, 2])
    found = contract(graph, _OPTIONS, match_probability=probability)
    assert joins_two(bits, _OPTIONS, probability) == (found[0] == found[1])


def test_two_sums_below_the_threshold_may_be_above_it_together() -> None:
    """A record that is not joined with either of two others is joined with both once these are one."""
    weights = {(0, 1): 9.0, (0, 2): 3.0, (1, 2): 3.0}
    graph = graph_of(weights, range(1, 4))
    assert contract(graph, _OPTIONS, match_probability=16 / 17).tolist() == [0, 0, 0]
    assert contract(graph, _OPTIONS, match_probability=64 / 65).tolist() == [0, 0, 1]


@pytest.mark.parametrize("probability", [0.0, 1.0, float("nan")])
def test_match_probability_is_one(probability: float) -> None:
    """A probability that no evidence can exceed or miss is refused."""
    with pytest.raises(ConfigurationError, match="match_probability: expected a number between 0 and 1"):
        contract(graph_of({}, []), match_probability=probability)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("n_sources", [0, 6])
def test_larger_graphs(seed: int, n_sources: int) -> None:
    """On graphs of forty units, too."""
    graph = random_graph(40, seed, n_sources=n_sources)
    weight = np.where(np.isneginf(graph.weight_bits), -np.inf, np.round(graph.weight_bits * 2) / 2)
    weights = dict(
        zip(zip(graph.left_idx.tolist(), graph.right_idx.tolist(), strict=True), weight.tolist(), strict=True)
    )
    sources = None if graph.source_of_unit is None else graph.source_of_unit.tolist()
    hashes = graph.tie_break.tolist()
    got = contract(graph_of(weights, hashes, sources), _OPTIONS)
    assert partition(got.tolist()) == oracle.contract(weights, hashes, clip=16.0, unscored=-2.5, sources=sources)


def test_what_speaks_against_a_merge_counts() -> None:
    """One strong pair does not bring two clusters together that most pairs keep apart."""
    weights = {(0, 1): 9.0, (2, 3): 9.0, (1, 2): 6.0, (0, 2): -3.0, (0, 3): -3.0, (1, 3): -3.0}
    assert clusters(weights, 4) == sets((0, 1), (2, 3))
    assert clusters({**weights, (0, 2): -1.0, (0, 3): -1.0}, 4) == sets((0, 1, 2, 3))


def test_pairs_that_were_not_compared_count() -> None:
    """A pair that shares no key speaks against a merge by a fixed weight."""
    assert clusters({(0, 1): 9.0, (1, 2): 2.0}, 3) == sets((0, 1), (2,))
    assert clusters({(0, 1): 9.0, (1, 2): 3.0}, 3) == sets((0, 1, 2))


def test_no_pair_outvotes_all_others() -> None:
    """Weights are limited, so that two strong contradictions beat one overwhelming agreement."""
    assert clusters({(0, 1): 30.0, (1, 2): 29.0, (0, 2): -100.0}, 3) == sets((0, 1), (2,))


def test_zero_joins_nothing() -> None:
    """A sum of zero is no reason to join."""
    assert clusters({(0, 1): 0.0, (2, 3): 0.5}, 4) == sets((0,), (1,), (2, 3))


def test_cannot_link_holds_on_every_path() -> None:
    """Two records that must stay apart are in no cluster together, however strong the chain between them."""
    assert clusters({(0, 1): 16.0, (1, 2): 15.0, (0, 2): -np.inf}, 3) == sets((0, 1), (2,))


def test_one_record_per_source() -> None:
    """A cluster takes the better one of two records of a source, even if nothing was known of that pair."""
    assert clusters({(0, 1): 5.0, (0, 2): 6.0}, 3, [0, 1, 1]) == sets((0, 2), (1,))


def test_labels_hold_on_every_path() -> None:
    """Units of two labels are in no cluster together, though a third without one is like both of them."""
    weights = {(0, 1): 16.0, (1, 2): 15.0}
    assert partition(contract(graph_of(weights, [1, 2, 3], labels=[[0, -1, 5]]), _OPTIONS).tolist()) == sets(
        (0, 1), (2,)
    )
    for alike in ([5, -1, 5], [-1, -1, 5], [-1, -1, -1]):
        graph = graph_of(weights, [1, 2, 3], labels=[alike])
        assert partition(contract(graph, _OPTIONS).tolist()) == sets((0, 1, 2))


def test_labels_of_several_kinds() -> None:
    """Each array of labels is a constraint of its own."""
    graph = graph_of({(0, 1): 9.0, (1, 2): 8.0}, [1, 2, 3], labels=[[0, -1, 0], [-1, 1, 2]])
    assert partition(contract(graph, _OPTIONS).tolist()) == sets((0, 1), (2,))


@given(graphs(), st.data())
def test_clusters_with_labels_are_those_of_the_rule(problem: Problem, data: st.DataObject) -> None:
    """With labels, too, the clusters are those of the rule carried out by hand, in any order of units and pairs."""
    weights, hashes, sources = problem
    labels = data.draw(labels_of(len(hashes)))
    graph = graph_of(weights, hashes, sources, labels)
    got = contract(graph, _OPTIONS)
    assert apart(graph, got)
    assert partition(got.tolist()) == oracle.contract(
        weights, hashes, clip=16.0, unscored=-2.5, sources=sources, labels=labels
    )
    other, number = permuted(graph, data.draw(st.integers(0, 9)))
    assert partition(contract(other, _OPTIONS)[number].tolist()) == partition(got.tolist())


def test_many_sources() -> None:
    """More sources than fit one machine word are told apart."""
    sources = [number % 70 for number in range(140)]
    weights = {(left, right): 8.0 for left in range(140) for right in range(left + 1, 140)}
    graph = graph_of(weights, range(140), sources)
    labels = contract(graph)
    assert apart(graph, labels)
    assert np.bincount(labels).max() > 64


def test_equal_sums_are_ordered_by_content() -> None:
    """Of two equal neighbors the hashes choose, whatever the numbers of the units."""
    weights = {(0, 1): 4.0, (1, 2): 4.0, (0, 2): -9.0}
    hashes = [11, 5, 23]
    chosen = contract(graph_of(weights, hashes), _OPTIONS).tolist()
    mirrored = contract(graph_of(weights, hashes[::-1]), _OPTIONS).tolist()
    assert partition(chosen) == partition(mirrored[::-1])


def test_equal_hashes() -> None:
    """Units with one and the same hash are joined as others are, and no unit is lost."""
    weights = {(left, right): 4.0 for left in range(6) for right in range(left + 1, 6)}
    assert partition(contract(graph_of(weights, [7] * 6), _OPTIONS).tolist()) == sets(tuple(range(6)))
    star = {(0, other): 4.0 for other in range(1, 6)}
    got = partition(contract(graph_of(star, [7] * 6), _OPTIONS).tolist())
    assert sorted(map(len, got)) == [1, 1, 1, 3]


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("n_sources", [0, 8])
def test_order_does_not_matter(seed: int, n_sources: int) -> None:
    """Units and pairs in another order fall into the same clusters, to the last tie and digit."""
    graph = random_graph(60, seed, n_sources=n_sources)
    labels = contract(graph)
    other, number = permuted(graph, seed + 1)
    assert partition(contract(other)[number].tolist()) == partition(labels.tolist())


@given(graphs(), st.integers(0, 9))
def test_order_does_not_matter_for_ties(problem: Problem, seed: int) -> None:
    """Where many weights are equal, units and pairs in another order fall into the same clusters."""
    graph = graph_of(*problem)
    other, number = permuted(graph, seed)
    assert partition(contract(other)[number].tolist()) == partition(contract(graph).tolist())


def test_sums_are_exact() -> None:
    """Sums of weights that no binary number writes exactly do not depend on the order of adding them."""
    weights = {(0, unit): 0.1 * unit for unit in range(1, 12)} | {
        (left, right): 0.7 for left in range(1, 12) for right in range(left + 1, 12)
    }
    graph = graph_of(weights, range(100, 112))
    expected = partition(contract(graph).tolist())
    for seed in range(20):
        other, number = permuted(graph, seed)
        assert partition(contract(other)[number].tolist()) == expected


def test_constraints_hold_on_random_graphs() -> None:
    """On a thousand random graphs no cluster holds what must stay apart, and pairs hold every cluster together."""
    for seed in range(1000):
        graph = random_graph(20, seed, n_sources=5 * (seed % 2), n_labels=3 * (seed % 3))
        labels = contract(graph)
        assert apart(graph, labels)
        assert is_connected(graph, labels)


def test_clusters_are_numbered_by_their_first_units() -> None:
    """Numbers are dense and rise with the first unit of each cluster."""
    graph = random_graph(50, seed=3)
    labels = contract(graph).tolist()
    assert list(dict.fromkeys(labels)) == list(range(max(labels) + 1))


@pytest.mark.parametrize("n_units", [0, 1, 3])
def test_no_pairs(n_units: int) -> None:
    """Without pairs every unit is alone."""
    assert contract(graph_of({}, range(n_units))).tolist() == list(range(n_units))


def test_a_long_chain() -> None:
    """A chain of rising weights is contracted, too."""
    weights = {(unit, unit + 1): 3.0 + unit / 1000 for unit in range(299)}
    graph = graph_of(weights, range(1, 301))
    labels = contract(graph)
    assert is_connected(graph, labels)
    assert labels[298] == labels[299]


def test_the_graph_stays_as_it_is() -> None:
    """Contraction changes none of the arrays it is given."""
    graph = random_graph(30, seed=1, n_sources=4, n_labels=4)
    before = [np.array(each) for each in (graph.weight_bits, graph.tie_break, graph.source_of_unit, *graph.labels)]
    contract(graph)
    after = (graph.weight_bits, graph.tie_break, graph.source_of_unit, *graph.labels)
    assert all(np.array_equal(old, np.array(new)) for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("left", "right", "weight", "message"),
    [
        ([0], [1, 2], [1.0], "as many weights as pairs, got 1 weights, 1 left and 2 right units"),
        ([0], [1], [1.0, 2.0], "as many weights as pairs, got 2 weights, 1 left and 1 right units"),
        ([1], [0], [1.0], "pairs of units below 3 with left_idx < right_idx"),
        ([1], [1], [1.0], "pairs of units below 3 with left_idx < right_idx"),
        ([0], [3], [1.0], "pairs of units below 3 with left_idx < right_idx"),
        ([-1], [2], [1.0], "pairs of units below 3 with left_idx < right_idx"),
    ],
)
def test_arrays_that_do_not_fit(left: list[int], right: list[int], weight: list[float], message: str) -> None:
    """Pairs of other units, or in the wrong order, are an error."""
    with pytest.raises(ShapeMismatchError, match=message):
        PairGraph(
            left_idx=np.array(left, np.int32),
            right_idx=np.array(right, np.int32),
            weight_bits=np.array(weight),
            tie_break=np.zeros(3, np.uint64),
        )


def test_sources_that_do_not_fit() -> None:
    """There is one source per unit."""
    with pytest.raises(ShapeMismatchError, match="expected one source for each of 2 units, got 3"):
        graph_of({(0, 1): 1.0}, [1, 2], [0, 0, 0])


def test_labels_that_do_not_fit() -> None:
    """There is one label per unit."""
    with pytest.raises(ShapeMismatchError, match="expected one label for each of 2 units, got an array of shape"):
        graph_of({(0, 1): 1.0}, [1, 2], labels=[[0, 0], [1, 1, 1]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clip_bits": 0.0}, "clip_bits: expected a positive number up to 1000, got 0.0"),
        ({"clip_bits": float("inf")}, "clip_bits: expected a positive number up to 1000, got inf"),
        ({"unscored_bits": 0.1}, "unscored_bits: expected a number from -1000 to 0, got 0.1"),
        ({"unscored_bits": float("-inf")}, "unscored_bits: expected a number from -1000 to 0, got -inf"),
    ],
)
def test_options_out_of_range(options: dict[str, float], message: str) -> None:
    """A setting that cannot work is an error that names it."""
    with pytest.raises(ConfigurationError, match=message):
        ContractionOptions(**options)


def test_equal_labels_of_pairs_are_found_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pairs are cut into pieces does not matter, and no pairs have no labels."""
    labels = np.array([4, 4, 7, 4], np.int32)
    left, right = np.array([0, 0, 1, 2], np.int32), np.array([1, 2, 3, 3], np.int32)
    for n_at_once in (1, 3, 4, 99):
        monkeypatch.setattr(pair_graph, "PLACES_AT_ONCE", n_at_once)
        assert same_label(labels, left, right).tolist() == [True, False, True, False]
        assert same_label(labels, left[:0], right[:0]).tolist() == []


@pytest.mark.parametrize("seed", range(5))
def test_components_of_many_pairs_are_those_of_few(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled components, which many pairs are given to, lead to the same clusters."""
    graph = random_graph(200, seed, n_sources=6)
    by_arrays = contract(graph)
    monkeypatch.setattr(pair_graph, "_MIN_PAIRS_FOR_NUMBA", 0)
    assert contract(graph).tolist() == by_arrays.tolist()
