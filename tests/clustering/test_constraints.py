"""What must be together and what must stay apart, held against closures worked out by brute force."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from custid.clustering import GreedyClusterer, PairGraph, attach_fragments, contract
from custid.clustering.greedy import checked_clusters
from custid.errors import ConfigurationError, ShapeMismatchError
from tests.clustering.graphs import graph_of, partition, permuted

N_GRAPHS = 10_000
N_BATCHES = 20


class Drawn(NamedTuple):
    """A graph's parts, before it is known whether they contradict one another."""

    weights: dict[tuple[int, int], float]
    hashes: list[int]
    sources: list[int] | None
    labels: list[list[int]]
    must: list[tuple[int, int]]
    cannot: list[tuple[int, int]]

    def graph(self) -> PairGraph:
        """Return the graph, which refuses contradictions."""
        return graph_of(self.weights, self.hashes, self.sources, self.labels, must=self.must, cannot=self.cannot)


def drawn_by(random: np.random.Generator) -> Drawn:
    """Draw up to nine units with weights, hashes, sources, labels and links at random."""
    n_units = int(random.integers(2, 10))
    pairs = list(combinations(range(n_units), 2))
    weight = np.where(random.random(len(pairs)) < 0.05, -np.inf, random.normal(3, 8, len(pairs)).round(1))
    is_pair = random.random(len(pairs)) < random.random()
    return Drawn(
        weights={pair: float(weight[place]) for place, pair in enumerate(pairs) if is_pair[place]},
        hashes=random.integers(0, 2**63, n_units).tolist(),
        sources=random.integers(-1, 4, n_units).tolist() if random.random() < 0.4 else None,
        labels=[random.integers(-4, 2, n_units).tolist() for _ in range(int(random.integers(0, 2)))],
        must=[pair for pair in pairs if random.random() < 0.06],
        cannot=[pair[::-1] for pair in pairs if random.random() < 0.06],
    )


def groups_of(drawn: Drawn) -> list[int]:
    """Return the smallest unit that a chain of must-links joins each unit with, found by searching."""
    joined: nx.Graph[int] = nx.Graph()
    joined.add_nodes_from(range(len(drawn.hashes)))
    joined.add_edges_from(drawn.must)
    return [min(nx.node_connected_component(joined, unit)) for unit in range(len(drawn.hashes))]


def forbidden(drawn: Drawn) -> list[tuple[int, int]]:
    """Return every two units that may not share a cluster, one pair at a time."""
    group = groups_of(drawn)
    found = [*drawn.cannot, *(pair for pair, weight in drawn.weights.items() if weight == -np.inf)]
    for left, right in combinations(range(len(drawn.hashes)), 2):
        if any(0 <= labels[left] != labels[right] >= 0 for labels in drawn.labels):
            found.append((left, right))
        of = drawn.sources
        if of is not None and 0 <= of[left] == of[right] and group[left] != group[right]:
            found.append((left, right))
    return found


def is_contradictory(drawn: Drawn) -> bool:
    """Tell whether must-links join two units that must stay apart."""
    group = groups_of(drawn)
    return any(group[left] == group[right] for left, right in forbidden(drawn))


def assert_kept(drawn: Drawn, cluster: NDArray[np.int64]) -> None:
    """Look at every pair of units by itself."""
    assert [pair for pair in drawn.must if cluster[pair[0]] != cluster[pair[1]]] == []
    assert [pair for pair in forbidden(drawn) if cluster[pair[0]] == cluster[pair[1]]] == []


@pytest.mark.parametrize("batch", range(N_BATCHES))
def test_no_constraint_is_crossed_in_ten_thousand_random_graphs(batch: int) -> None:
    """Contradictions are refused; in every other graph both steps keep all that is certain."""
    n_clustered = n_refused = 0
    for number in range(N_GRAPHS // N_BATCHES):
        drawn = drawn_by(np.random.default_rng([batch, number]))
        if is_contradictory(drawn):
            with pytest.raises(ConfigurationError, match="expected must-links that join no units that must stay apart"):
                drawn.graph()
            n_refused += 1
            continue
        graph = drawn.graph()
        for clusterer in (GreedyClusterer(attachment=None), GreedyClusterer()):
            cluster = clusterer(graph)
            assert_kept(drawn, cluster)
            assert partition(checked_clusters(graph, cluster).tolist()) == partition(cluster.tolist())
        n_clustered += 1
    assert n_clustered > N_GRAPHS / N_BATCHES / 3
    assert n_refused > N_GRAPHS / N_BATCHES / 20


@pytest.mark.parametrize("seed", range(300))
def test_order_of_units_and_links_is_of_no_importance(seed: int) -> None:
    """Another order of units, pairs and links, and of the two ends of a link, gives the same clusters."""
    drawn = drawn_by(np.random.default_rng([7, seed]))
    if is_contradictory(drawn):
        return
    graph = drawn.graph()
    other, number = permuted(graph, seed)
    for n_threads in (1, 2):
        found = GreedyClusterer(n_threads=n_threads)(other)
        assert partition(found[number].tolist()) == partition(GreedyClusterer()(graph).tolist())


links = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1]), max_size=6)


@given(must=links, cannot=links, is_connected=st.booleans())
def test_closure_is_that_of_a_search(
    must: list[tuple[int, int]], cannot: list[tuple[int, int]], *, is_connected: bool
) -> None:
    """Groups are what a search finds, and without weights clusters are exactly the groups."""
    weights = {(unit, unit + 1): -1.0 for unit in range(6)} if is_connected else {}
    drawn = Drawn(weights, list(range(1, 8)), None, [], must, cannot)
    if is_contradictory(drawn):
        with pytest.raises(ConfigurationError, match="must stay apart"):
            drawn.graph()
        return
    graph = drawn.graph()
    assert graph.group.tolist() == groups_of(drawn)
    assert partition(GreedyClusterer()(graph).tolist()) == partition(groups_of(drawn))


def test_must_link_joins_what_no_rule_proposes() -> None:
    """Units that are no pair are one cluster, with what is near to one of them."""
    graph = graph_of({(0, 1): 9.0, (2, 3): 9.0}, [1, 2, 3, 4], must=[(1, 2)])
    assert contract(graph).tolist() == [0, 0, 0, 0]


def test_cannot_link_holds_along_a_path() -> None:
    """Two units that a third resembles more than enough stay apart; the better one gets the third."""
    graph = graph_of({(0, 1): 9.0, (1, 2): 8.0}, [1, 2, 3], cannot=[(0, 2)])
    assert contract(graph).tolist() == [0, 0, 1]


def test_cannot_link_outweighs_the_pair_itself() -> None:
    """A pair that is weighed in favor and linked against stays apart."""
    graph = graph_of({(0, 1): 30.0}, [1, 2], cannot=[(1, 0)])
    assert contract(graph).tolist() == [0, 1]


def test_must_link_takes_the_label_of_its_members_along() -> None:
    """What one unit of a group has keeps the whole group from others."""
    graph = graph_of({(1, 2): 9.0}, [1, 2, 3], labels=[[0, -1, 1]], must=[(0, 1)])
    assert contract(graph).tolist() == [0, 0, 1]


def test_joined_units_of_one_source_count_as_one() -> None:
    """A group may hold two units of a source, and no third one may come to it."""
    graph = graph_of({(0, 2): 9.0, (1, 3): 9.0}, [1, 2, 3, 4], [0, 0, 0, 1], must=[(0, 1)])
    cluster = contract(graph)
    assert cluster.tolist() == [0, 0, 1, 0]
    assert checked_clusters(graph, cluster).tolist() == [0, 0, 1, 0]


def test_source_without_limit() -> None:
    """Units of a negative source may share a cluster."""
    graph = graph_of({(0, 1): 9.0, (1, 2): 9.0, (2, 3): 9.0}, [1, 2, 3, 4], [-1, -1, 2, 2])
    assert contract(graph).tolist() == [0, 0, 0, 1]


def test_fragment_is_not_attached_across_a_cannot_link() -> None:
    """A fragment that nothing else keeps from a customer stays alone where a link does."""
    weights = {(0, 1): 9.0, (0, 2): 9.0, (1, 2): 9.0, (0, 3): 9.0, (1, 3): -9.0, (2, 3): -9.0}
    cluster = np.array([0, 0, 0, 1])
    assert attach_fragments(graph_of(weights, [1, 2, 3, 4]), cluster).tolist() == [0, 0, 0, 0]
    linked = graph_of(weights, [1, 2, 3, 4], cannot=[(2, 3)])
    assert attach_fragments(linked, cluster).tolist() == [0, 0, 0, 1]


def test_own_clusterer_has_to_keep_together_what_must_be() -> None:
    """A clusterer that tears a must-link apart is refused."""
    with pytest.raises(ConfigurationError, match="units that must be together in one cluster, got some in several"):
        checked_clusters(graph_of({}, [1, 2], must=[(0, 1)]), np.array([0, 1]))


def test_own_clusterer_has_to_keep_apart_what_is_linked() -> None:
    """A clusterer that joins a cannot-link is refused."""
    with pytest.raises(ConfigurationError, match="units that must stay apart in different clusters"):
        checked_clusters(graph_of({}, [1, 2], cannot=[(0, 1)]), np.array([0, 0]))


@pytest.mark.parametrize("name", ["must", "cannot"])
@pytest.mark.parametrize("link", [(0, 0), (0, 2), (-1, 0)])
def test_links_of_other_units_are_refused(name: str, link: tuple[int, int]) -> None:
    """A link is two different units of the graph."""
    with pytest.raises(ShapeMismatchError, match=f"{name}_links: expected two different units below 2"):
        graph_of({}, [1, 2], **{name: [link]})  # type: ignore[arg-type]


def test_links_of_another_shape_are_refused() -> None:
    """Links are a table of two columns."""
    with pytest.raises(ShapeMismatchError, match="must_links: expected two units for each, got shape"):
        PairGraph(
            left_idx=np.empty(0, np.int32),
            right_idx=np.empty(0, np.int32),
            weight_bits=np.empty(0),
            tie_break=np.zeros(2, np.uint64),
            must_links=np.zeros(2, np.int32),
        )
