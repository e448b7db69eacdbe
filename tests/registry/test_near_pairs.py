"""Near pairs that come and go are those of a dictionary, with the chains that networkx finds."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.registry.near_pairs import NearPairs

_N_UNITS = 12
Weights = dict[tuple[int, int], float]
Changes = list[Weights | set[tuple[int, int]]]

units = st.integers(0, _N_UNITS - 1)
pairs = st.tuples(units, units).filter(lambda pair: pair[0] < pair[1])
bits = st.sampled_from((-9.0, -1.0, 0.0, 2.0, 7.0))
weights = st.dictionaries(pairs, bits, max_size=30)
steps = st.lists(st.one_of(weights, st.sets(pairs, max_size=12)), max_size=6)


def _array(chosen: object) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(sorted(chosen), np.int64).reshape(-1, 2)  # type: ignore[call-overload]


def _near(held: Weights) -> NearPairs:
    ends = _array(held)
    return NearPairs.of_pairs(ends[:, 0], ends[:, 1], np.array([held[pair] for pair in sorted(held)]), _N_UNITS)


def _held(near: NearPairs) -> Weights:
    starts, others, found = near.arrays(_N_UNITS)
    one = np.repeat(np.arange(_N_UNITS), np.diff(starts))
    told = list(zip(one.tolist(), others.tolist(), found.tolist(), strict=True))
    assert sorted((other, unit, weight) for unit, other, weight in told) == sorted(told)
    return {(unit, other): weight for unit, other, weight in told if unit < other}


def _changed(near: NearPairs, held: Weights, changes: Changes) -> Weights:
    """Put and drop pairs, and save and load in between; return what is to be held."""
    held = dict(held)
    for change in changes:
        ends = _array(change)
        if isinstance(change, set):
            found = near.drop(ends)
            expected = [held.pop(pair, np.nan) for pair in sorted(change)]
            assert np.array_equal(found, np.array(expected), equal_nan=True)
        else:
            near.put(ends, np.array([change[pair] for pair in sorted(change)]))
            held |= change
    return held


@given(weights, steps)
def test_what_is_held_is_what_was_put_and_not_dropped(start: Weights, changes: Changes) -> None:
    """By either unit, also after saving and loading."""
    near = _near(start)
    held = _changed(near, start, changes)
    assert _held(near) == held
    again = NearPairs(*near.arrays(_N_UNITS))
    assert _held(again) == held
    assert _held(again) == _changed(again, held, [{pair: held[pair] for pair in held}])


def test_more_pairs_than_there_was_room_for() -> None:
    """The pool grows as often as it has to."""
    near, n_units = NearPairs(), 80
    near.make_room(n_units)
    ends = _array(combinations(range(n_units), 2))
    near.put(ends, ends @ np.array([100.0, 1.0]))
    _, others, found = near.arrays(n_units)
    assert len(others) == 2 * len(ends)
    assert set(found.tolist()) == {100.0 * one + other for one, other in ends.tolist()}


@given(weights, steps, st.lists(units, min_size=1, max_size=4))
def test_chains_are_the_components_of_pairs_above_a_weight(start: Weights, changes: Changes, asked: list[int]) -> None:
    """Those that the units asked for are in, with the pairs inside of them, held and missing."""
    near = _near(start)
    held = _changed(near, start, changes)
    chains = near.chains(np.array(asked), 0.0)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(pair for pair, weight in held.items() if weight > 0)
    graph.add_nodes_from(range(_N_UNITS))
    expected = {frozenset(each) for each in nx.connected_components(graph) if not each.isdisjoint(asked)}
    numbers = set(chains.chain.tolist())
    found = {frozenset(chains.units[chains.chain == number].tolist()) for number in numbers}
    assert found == expected
    inside = {pair for each in expected for pair in combinations(sorted(each), 2)}
    told, weighed, missing = near.inside(chains, _N_UNITS)
    assert dict(zip(map(tuple, told.tolist()), weighed.tolist(), strict=True)) == {
        pair: held[pair] for pair in inside & held.keys()
    }
    assert sorted(map(tuple, missing.tolist())) == sorted(inside - held.keys())
    assert not len(near.inside(chains, 1)[2])
    everything = _array(combinations(range(_N_UNITS), 2))
    assert set(map(tuple, everything[chains.are_joined(everything)].tolist())) == inside
