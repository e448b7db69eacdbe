"""Attachment of fragments."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.clustering import AttachmentOptions, attach_fragments, contract
from custid.errors import ConfigurationError, ShapeMismatchError
from tests.clustering.graphs import apart, graph_of, graphs, labels_of, partition, permuted, random_graph
from tests.oracles import attachment as oracle

Weights = dict[tuple[int, int], float]

_EAGER = AttachmentOptions(min_probability=0.6, unscored_bits=-1.0)


def attached(
    weights: Weights,
    groups: Sequence[tuple[int, ...]],
    options: AttachmentOptions | None = None,
    *,
    sources: list[int] | None = None,
    hashes: list[int] | None = None,
    labels: Sequence[Sequence[int]] = (),
) -> set[frozenset[int]]:
    """Return the clusters after attaching; groups are the clusters before."""
    cluster = np.empty(sum(map(len, groups)), np.int64)
    for number, group in enumerate(groups):
        cluster[list(group)] = number
    graph = graph_of(weights, range(1, len(cluster) + 1) if hashes is None else hashes, sources, labels)
    return partition(attach_fragments(graph, cluster, options).tolist())


def sets(*groups: tuple[int, ...]) -> set[frozenset[int]]:
    """Return clusters by their units."""
    return {frozenset(group) for group in groups}


def test_odds_are_added_up() -> None:
    """Odds of 8, 8 and 4 with three records are odds of 20 with the customer: a probability of 20/21."""
    weights = {(0, 3): 3.0, (1, 3): 3.0, (2, 3): 2.0}
    groups = [(0, 1, 2), (3,)]
    just_below, just_above = 20 / 21 - 1e-3, 20 / 21 + 1e-3
    assert attached(weights, groups, AttachmentOptions(min_probability=just_below)) == sets((0, 1, 2, 3))
    assert attached(weights, groups, AttachmentOptions(min_probability=just_above)) == sets((0, 1, 2), (3,))


def test_contradictions_are_not_added_up() -> None:
    """A record that equals one record of a customer and contradicts ten others belongs to it all the same."""
    weights = {(0, 11): 8.0} | {(unit, 11): -9.0 for unit in range(1, 11)}
    assert attached(weights, [tuple(range(11)), (11,)]) == sets(tuple(range(12)))


def test_customers_compete() -> None:
    """Of two customers with odds of 40 and 20 the better one has 40/61, too little by default."""
    weights = {(0, 4): log2(40), (2, 4): log2(20)}
    groups = [(0, 1), (2, 3), (4,)]
    assert attached(weights, groups) == sets((0, 1), (2, 3), (4,))
    assert attached(weights, groups, AttachmentOptions(min_probability=0.65)) == sets((0, 1, 4), (2, 3))
    assert attached(weights, groups, AttachmentOptions(min_probability=0.66)) == sets((0, 1), (2, 3), (4,))


def test_equal_customers() -> None:
    """A record between two equal customers stays alone, however probable both are."""
    weights = {(0, 4): 50.0, (2, 4): 50.0}
    options = AttachmentOptions(min_probability=0.51)
    assert attached(weights, [(0, 1), (2, 3), (4,)], options) == sets((0, 1), (2, 3), (4,))


def test_records_of_a_fragment_are_averaged() -> None:
    """A fragment of records with 9 and 1 bits has 5 bits, odds of 32 and a probability of 32/33."""
    weights = {(0, 3): 9.0, (0, 4): 1.0}
    groups = [(0, 1, 2), (3, 4)]
    assert attached(weights, groups, AttachmentOptions(min_probability=32 / 33 - 1e-3)) == sets((0, 1, 2, 3, 4))
    assert attached(weights, groups, AttachmentOptions(min_probability=32 / 33 + 1e-3)) == sets((0, 1, 2), (3, 4))


def test_records_that_were_not_compared() -> None:
    """A record of the fragment without any pair counts with a fixed weight: (12 - 4) / 2 bits are odds of 16."""
    weights = {(0, 3): 12.0}
    groups = [(0, 1, 2), (3, 4)]
    options = [AttachmentOptions(min_probability=16 / 17 + step, unscored_bits=-4.0) for step in (-1e-3, 1e-3)]
    assert attached(weights, groups, options[0]) == sets((0, 1, 2, 3, 4))
    assert attached(weights, groups, options[1]) == sets((0, 1, 2), (3, 4))


def test_large_clusters_stay() -> None:
    """A cluster of more units than a fragment may have is never moved, but may be the target."""
    weights = {(0, 4): 9.0, (0, 5): 9.0, (0, 6): 9.0, (0, 7): 9.0}
    groups = [(0, 1, 2, 3), (4, 5, 6, 7)]
    assert attached(weights, groups) == sets(*groups)
    assert attached(weights, groups, AttachmentOptions(max_fragment=4)) == sets(tuple(range(8)))


def test_two_of_one_size() -> None:
    """Of two clusters of one size the one with the larger hash is attached to the other, from either side."""
    for hashes in ([1, 2], [2, 1]):
        assert attached({(0, 1): 9.0}, [(0,), (1,)], hashes=hashes) == sets((0, 1))
    assert attached({(0, 1): 9.0}, [(0,), (1,)], hashes=[5, 5]) == sets((0,), (1,))


def test_a_target_that_is_attached_itself() -> None:
    """What is attached to a fragment goes along with it."""
    weights = {(0, 4): 9.0, (4, 6): 9.0, (5, 6): 9.0, (0, 5): 9.0}
    groups = [(0, 1, 2, 3), (4, 5), (6,)]
    assert attached(weights, groups) == sets((0, 1, 2, 3, 4, 5, 6))


def test_a_constraint_with_the_target() -> None:
    """A fragment that must stay apart from the better customer goes to the other one."""
    weights = {(0, 4): 9.0, (1, 4): -np.inf, (2, 4): 6.0}
    assert attached(weights, [(0, 1), (2, 3), (4,)]) == sets((0, 1), (2, 3, 4))


def test_a_constraint_between_two_fragments() -> None:
    """Of two fragments that must stay apart the surer one is attached; of two equally sure ones neither."""
    groups = [(0, 1), (2,), (3,)]
    weights = {(0, 2): 9.0, (0, 3): 8.0, (2, 3): -np.inf}
    assert attached(weights, groups) == sets((0, 1, 2), (3,))
    assert attached({**weights, (0, 3): 9.0}, groups) == sets((0, 1), (2,), (3,))


def test_a_constraint_by_way_of_a_third_cluster() -> None:
    """A record is left alone if its target goes to a customer that it must stay apart from."""
    weights = {(0, 4): 6.0, (0, 5): 6.0, (4, 6): 9.0, (5, 6): 9.0, (1, 6): -np.inf}
    groups = [(0, 1, 2, 3), (4, 5), (6,)]
    assert attached(weights, groups) == sets((0, 1, 2, 3, 4, 5), (6,))
    assert attached({**weights, (1, 6): -5.0}, groups) == sets((0, 1, 2, 3, 4, 5, 6))


def test_one_record_per_source() -> None:
    """Of two fragments of one source the surer one is attached; of two equally sure ones neither."""
    groups = [(0, 1), (2,), (3,)]
    weights = {(0, 2): 9.0, (0, 3): 8.0}
    assert attached(weights, groups, sources=[0, 1, 2, 2]) == sets((0, 1, 2), (3,))
    assert attached({**weights, (0, 3): 9.0}, groups, sources=[0, 1, 2, 2]) == sets((0, 1), (2,), (3,))
    assert attached(weights, groups, sources=[0, 1, 2, 3]) == sets((0, 1, 2, 3))
    assert attached(weights, groups, sources=[0, 1, 1, 2]) == sets((0, 1, 3), (2,))


def test_labels_keep_a_fragment_from_a_customer() -> None:
    """A fragment goes to the customer of its label, or of none, whatever record bears the label."""
    weights = {(0, 4): 9.0, (2, 4): 6.0}
    groups = [(0, 1), (2, 3), (4,)]
    assert attached(weights, groups, labels=[[-1, 7, -1, -1, 8]]) == sets((0, 1), (2, 3, 4))
    assert attached(weights, groups, labels=[[-1, 7, 8, -1, 8]]) == sets((0, 1), (2, 3, 4))
    assert attached(weights, groups, _EAGER, labels=[[-1, 8, -1, -1, 8]]) == sets((0, 1, 4), (2, 3))


def test_labels_of_two_fragments() -> None:
    """Of two fragments of two labels the surer one is attached; of two equally sure ones neither."""
    groups = [(0, 1), (2,), (3,)]
    weights = {(0, 2): 9.0, (0, 3): 8.0}
    assert attached(weights, groups, labels=[[-1, -1, 2, 3]]) == sets((0, 1, 2), (3,))
    assert attached({**weights, (0, 3): 9.0}, groups, labels=[[-1, -1, 2, 3]]) == sets((0, 1), (2,), (3,))
    assert attached({**weights, (0, 3): 9.0}, groups, labels=[[-1, -1, 2, 2]]) == sets((0, 1, 2, 3))


def test_costs_multiply_the_odds_of_the_least_probability() -> None:
    """With odds of 2 for the least probability and costs of 4 to 1, a fragment needs odds of 8."""
    groups = [0, 0, 1]
    options = AttachmentOptions(min_probability=2 / 3)
    for bits, expected in ((2.9, sets((0, 1), (2,))), (3.1, sets((0, 1, 2)))):
        graph = graph_of({(0, 1): 9.0, (0, 2): bits, (1, 2): -40.0}, range(1, 4))
        found = attach_fragments(graph, np.array(groups), options, match_probability=0.8)
        assert partition(found.tolist()) == expected


def test_dear_misses_attach_to_the_best_customer_alone() -> None:
    """However dear a miss is, a fragment that two customers claim alike goes to neither."""
    graph = graph_of({(0, 1): 9.0, (2, 3): 9.0, (0, 4): 5.0, (2, 4): 5.0}, range(1, 6))
    found = attach_fragments(graph, np.array([0, 0, 1, 1, 2]), match_probability=0.001)
    assert partition(found.tolist()) == sets((0, 1), (2, 3), (4,))


@given(graphs(9), st.data())
def test_clusters_are_those_of_the_rule(
    problem: tuple[Weights, list[int], list[int] | None], data: st.DataObject
) -> None:
    """On small graphs, from any partition that keeps the constraints, clusters are those of the rule by hand."""
    weights, hashes, sources = problem
    known = data.draw(st.just([]) | labels_of(len(hashes)))
    graph = graph_of(weights, hashes, sources, known)
    labels = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(hashes), max_size=len(hashes))), np.int64)
    if not apart(graph, labels):
        labels = contract(graph)
    got = partition(attach_fragments(graph, labels, _EAGER).tolist())
    assert got == oracle.attach(
        weights,
        hashes,
        sorted(partition(labels.tolist()), key=sorted),
        max_fragment=3,
        min_probability=0.6,
        unscored=-1.0,
        sources=sources,
        labels=known,
    )


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize(("n_sources", "n_labels"), [(0, 0), (8, 0), (0, 5)])
def test_order_does_not_matter(seed: int, n_sources: int, n_labels: int) -> None:
    """Units and pairs in another order are attached to the same clusters, to the last tie and digit."""
    graph = random_graph(60, seed, n_sources=n_sources, n_labels=n_labels)
    labels = attach_fragments(graph, contract(graph), _EAGER)
    other, number = permuted(graph, seed + 1)
    assert partition(attach_fragments(other, contract(other), _EAGER)[number].tolist()) == partition(labels.tolist())


@given(graphs(), st.integers(0, 9))
def test_order_does_not_matter_for_ties(problem: tuple[Weights, list[int], list[int] | None], seed: int) -> None:
    """Where many weights are equal, units and pairs in another order are attached to the same clusters."""
    graph = graph_of(*problem)
    other, number = permuted(graph, seed)
    labels = attach_fragments(graph, contract(graph), _EAGER)
    assert partition(attach_fragments(other, contract(other), _EAGER)[number].tolist()) == partition(labels.tolist())


def test_constraints_hold_on_random_graphs() -> None:
    """On a thousand random graphs nothing that must stay apart meets, and no cluster is taken to pieces."""
    n_attached = 0
    for seed in range(1000):
        graph = random_graph(20, seed, n_sources=5 * (seed % 2), n_labels=3 * (seed % 3))
        before = contract(graph)
        after = attach_fragments(graph, before, _EAGER)
        assert apart(graph, after)
        assert all(any(small <= large for large in partition(after.tolist())) for small in partition(before.tolist()))
        n_attached += int(before.max() - after.max())
    assert n_attached > 100


def test_clusters_are_numbered_by_their_first_units() -> None:
    """Numbers are dense and rise with the first unit of each cluster, wherever it is attached."""
    weights = {(0, 3): 9.0}
    graph = graph_of(weights, [9, 8, 2, 1])
    labels = attach_fragments(graph, np.array([0, 1, 2, 2]))
    assert labels.tolist() == [0, 1, 0, 0]


def test_nothing_to_attach() -> None:
    """Without pairs clusters stay; without units there are none."""
    assert attach_fragments(graph_of({}, [1, 2, 3]), np.array([0, 1, 0])).tolist() == [0, 1, 0]
    assert attach_fragments(graph_of({}, []), np.zeros(0, np.int64)).tolist() == []
    assert attach_fragments(graph_of({}, [1, 2], [0, 1]), np.array([0, 1])).tolist() == [0, 1]


def test_clusters_of_other_units() -> None:
    """There is one cluster per unit."""
    with pytest.raises(ShapeMismatchError, match="cluster: expected one for each of 2 units, got 3"):
        attach_fragments(graph_of({}, [1, 2]), np.zeros(3, np.int64))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_fragment": 0}, "max_fragment: expected at least 1, got 0"),
        ({"min_probability": 0.5}, "min_probability: expected a number between 0.5 and 1, got 0.5"),
        ({"min_probability": 1.0}, "min_probability: expected a number between 0.5 and 1, got 1.0"),
        ({"unscored_bits": 1.0}, "unscored_bits: expected a number from -40 to 0, got 1.0"),
    ],
)
def test_options_out_of_range(options: dict[str, float], message: str) -> None:
    """A setting that cannot work is an error that names it."""
    with pytest.raises(ConfigurationError, match=message):
        AttachmentOptions(**options)  # type: ignore[arg-type]
