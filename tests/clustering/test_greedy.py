"""The built-in clusterer, and what is asked of any."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from custid.clustering import GreedyClusterer, PairGraph, _places, attach_fragments, contract
from custid.clustering.greedy import checked_clusters
from custid.errors import ConfigurationError


def graph(weights: list[float], sources: list[int] | None = None, labels: list[int] | None = None) -> PairGraph:
    """Return a chain of units: each weight is that of a unit with the next one."""
    n_units = len(weights) + 1
    return PairGraph(
        left_idx=np.arange(len(weights), dtype=np.int32),
        right_idx=np.arange(1, n_units, dtype=np.int32),
        weight_bits=np.array(weights),
        tie_break=np.arange(n_units, dtype=np.uint64),
        source_of_unit=None if sources is None else np.array(sources, np.int32),
        labels=() if labels is None else (np.array(labels, np.int32),),
    )


def test_contract_then_attach() -> None:
    """The built-in clusterer contracts and attaches, or only contracts."""
    chain = graph([9.0, 9.0, -1.0, 5.0])
    contracted = contract(chain)
    assert GreedyClusterer(attachment=None)(chain).tolist() == contracted.tolist()
    assert GreedyClusterer()(chain).tolist() == attach_fragments(chain, contracted).tolist()


def test_threads_and_pieces_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs looked through in pieces, by several threads, give the same clusters."""
    rng = np.random.default_rng(5)
    chain = graph(rng.normal(2.0, 6.0, 500).tolist())
    expected = GreedyClusterer()(chain).tolist()
    monkeypatch.setattr(_places, "PLACES_AT_ONCE", 7)
    assert [GreedyClusterer(n_threads=n_threads)(chain).tolist() for n_threads in (1, 2, 5)] == [expected] * 3


def test_clusters_are_numbered_anew() -> None:
    """Any numbering will do."""
    assert checked_clusters(graph([1.0, 1.0]), np.array([7, 7, -3])).tolist() == [1, 1, 0]


@pytest.mark.parametrize("clusters", [np.array([0, 1]), np.array([0.0, 1.0, 2.0]), np.zeros((3, 1), np.int64)])
def test_one_integer_per_unit(clusters: NDArray[np.int64]) -> None:
    """Anything else than one integer per unit is an error."""
    with pytest.raises(ConfigurationError, match="clusterer: expected 3 integers, got an array"):
        checked_clusters(graph([1.0, 1.0]), clusters)


def test_a_cannot_link_is_not_crossed() -> None:
    """A clusterer that joins units that must stay apart is an error, along any path."""
    with pytest.raises(ConfigurationError, match="clusterer: expected units that must stay apart"):
        checked_clusters(graph([-np.inf, 20.0]), np.zeros(3, np.int64))


def test_sources_hold_a_customer_once() -> None:
    """A clusterer that joins two units of one source is an error where sources are free of duplicates."""
    with pytest.raises(ConfigurationError, match="clusterer: expected units that must stay apart"):
        checked_clusters(graph([20.0, 20.0], [0, 1, 0]), np.zeros(3, np.int64))
    assert checked_clusters(graph([20.0, 20.0], [0, 1, 2]), np.zeros(3, np.int64)).tolist() == [0, 0, 0]


def test_a_customer_has_one_label() -> None:
    """A clusterer that joins units of two labels is an error; units without a label may be anywhere."""
    with pytest.raises(ConfigurationError, match="clusterer: expected units that must stay apart"):
        checked_clusters(graph([20.0, 20.0], labels=[3, -1, 4]), np.zeros(3, np.int64))
    assert checked_clusters(graph([20.0, 20.0], labels=[3, -1, 3]), np.zeros(3, np.int64)).tolist() == [0, 0, 0]
    assert checked_clusters(graph([20.0, 20.0], labels=[3, -1, 4]), np.array([0, 0, 1])).tolist() == [0, 0, 1]
