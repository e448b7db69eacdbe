"""What ends up together after changes of pairs is what attaching in one go finds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from custid.clustering.attachment import AttachmentOptions, attach_fragments
from custid.clustering.contraction import contract
from custid.clustering.pair_graph import PairGraph
from custid.registry._attached import AttachedClusters
from custid.registry._unit_weights import UnitGraph
from custid.registry.near_pairs import NearPairs
from custid.table.hashing import string_hashes

_N_UNITS = 14
_LABELS = (-1, -1, 0, 1)
Pairs = dict[tuple[int, int], float]

# Many fragments that contraction leaves and attachment takes: one pair speaks for them, others against them.
bits = st.sampled_from((-9.0, -9.0, -3.0, -1.0, 2.0, 4.0, 5.0, 7.0, 9.0))
units = st.integers(0, _N_UNITS - 1)
pairs = st.tuples(units, units).filter(lambda pair: pair[0] < pair[1])
steps = st.lists(
    st.tuples(st.dictionaries(pairs, st.one_of(st.none(), bits), max_size=6), st.sets(units, max_size=2)), max_size=8
)
starts = st.dictionaries(pairs, bits, min_size=10, max_size=40)


def _graph(chosen: Iterable[int], weights: Pairs, labels: list[int]) -> UnitGraph:
    ordered = sorted(chosen)
    place = {unit: position for position, unit in enumerate(ordered)}
    held = sorted((place[one], place[other], found) for (one, other), found in weights.items())
    label = np.array([labels[unit] for unit in ordered], np.int32)
    ends = np.array([pair[:2] for pair in held], np.int32).reshape(-1, 2)
    weight = np.array([found for *_, found in held])
    differ = (label[ends] >= 0).all(axis=1) & (label[ends[:, 0]] != label[ends[:, 1]])
    graph = PairGraph(
        left_idx=np.ascontiguousarray(ends[:, 0]),
        right_idx=np.ascontiguousarray(ends[:, 1]),
        weight_bits=np.where(differ, -np.inf, weight),
        tie_break=string_hashes([str(unit) for unit in ordered]),
        labels=(label,),
    )
    return UnitGraph(np.array(ordered, np.int64), graph)


class _Changing:
    """Pairs that change, clusters that follow, and what one go makes of them."""

    def __init__(self, labels: list[int]) -> None:
        self.labels, self.weights = labels, Pairs()
        self.live: set[int] = set()
        self.attached = AttachedClusters(AttachmentOptions())

    def change(self, weights: Pairs, flipped: set[int], changed: Iterable[tuple[int, int]]) -> None:
        """Take other weights; some units come or go."""
        departed = flipped & self.live
        before = {pair for pair in self.weights if self.live.issuperset(pair)}
        self.live ^= flipped
        self.weights = weights
        after = {pair for pair in weights if self.live.issuperset(pair)}
        touched = {unit for pair in {*(before ^ after), *changed} for unit in pair} | flipped
        self._follow(touched & self.live, departed)

    def _among(self, chosen: Iterable[int]) -> Pairs:
        held = set(chosen)
        return {pair: found for pair, found in self.weights.items() if held.issuperset(pair)}

    def _partners(self, unit: int) -> list[int]:
        return [one + other - unit for one, other in self._among(self.live) if unit in {one, other}]

    def _near(self) -> NearPairs:
        held = sorted(self._among(self.live).items())
        ends = np.array([pair for pair, _ in held], np.int64).reshape(-1, 2)
        return NearPairs.of_pairs(ends[:, 0], ends[:, 1], np.array([found for _, found in held]), _N_UNITS)

    def _follow(self, touched: set[int], departed: set[int]) -> None:
        weighed = _graph(self.live, self._among(self.live), self.labels)
        clusters = weighed.clusters(contract(weighed.graph) if self.live else np.zeros(0, np.int64))
        attached = self.attached
        new, near = attached.replace(clusters, departed)
        members = {unit for each in new for unit in attached.units_of(each)}
        concerned = touched.union(members, *map(self._partners, members))
        fragments = attached.fragments_near(new, np.array(sorted(concerned), np.int64), self._near(), 0.0)
        if fragments:
            own = attached.all_units(fragments).tolist()
            partners = [other for unit in own for other in self._partners(unit)]
            beside = attached.units_beside(fragments, np.array(partners, np.int64)).tolist()
            seen = {pair: found for pair, found in self._among(beside).items() if set(own).intersection(pair)}
            attached.find_targets(fragments, _graph(beside, seen, self.labels))
        attached.settle(new, fragments, near, lambda chosen: _graph(chosen.tolist(), {}, self.labels))

    def expected(self) -> set[frozenset[int]]:
        """Return what one go over all units finds."""
        if not self.live:
            return set()
        weighed = _graph(self.live, self._among(self.live), self.labels)
        found = attach_fragments(weighed.graph, contract(weighed.graph))
        return set(weighed.clusters(found))

    def found(self) -> set[frozenset[int]]:
        """Return what is together."""
        return {frozenset(self.attached.together_with([unit])) for unit in self.live}


@given(starts, steps, st.lists(st.sampled_from(_LABELS), min_size=_N_UNITS, max_size=_N_UNITS))
@settings(max_examples=150)
def test_what_is_together_is_what_one_go_finds(
    start: Pairs, changes: list[tuple[dict[tuple[int, int], float | None], set[int]]], labels: list[int]
) -> None:
    """Pairs come, go and weigh something else, units come and go, and labels keep fragments apart."""
    changing = _Changing(labels)
    changing.change(start, set(range(_N_UNITS)), ())
    assert changing.found() == changing.expected()
    for new, flipped in changes:
        weights = changing.weights | {pair: found for pair, found in new.items() if found is not None}
        weights = {pair: found for pair, found in weights.items() if new.get(pair, 0.0) is not None}
        changing.change(weights, flipped, new)
        assert changing.found() == changing.expected()


def test_a_fragment_gets_the_place_that_another_one_leaves() -> None:
    """Two fragments that must not meet are left alone; when one becomes unsure, the other one is attached."""
    hashes = string_hashes([str(unit) for unit in range(_N_UNITS)]).tolist()
    first, second, other, late = sorted(range(2, 6), key=hashes.__getitem__)
    labels = [-1] * _N_UNITS
    labels[first], labels[second] = 0, 1
    changing = _Changing(labels)
    start = {(0, 1): 9.0, (first, other): 0.0, (other, late): 9.0}
    start |= {(0, first): 3.4, (1, first): -9.0, (0, second): 3.4, (1, second): -9.0}
    start = {(min(pair), max(pair)): found for pair, found in start.items()}
    changing.change(start, set(range(6)) - {late}, ())
    assert changing.found() == changing.expected() == {frozenset({0, 1}), *map(frozenset, ({first}, {second}, {other}))}
    # What is larger than the first one now competes for it, and none of its own pairs has changed.
    changing.change(start, {late}, ())
    assert frozenset({0, 1, second}) in changing.expected()
    assert changing.found() == changing.expected()


def test_a_target_that_departs_frees_the_place_of_what_was_bound_for_it() -> None:
    """A fragment left alone beside one that departs is attached afterwards."""
    labels = [-1] * _N_UNITS
    labels[2], labels[3] = 0, 1
    changing = _Changing(labels)
    start = {(0, 1): 9.0, (0, 2): 5.0, (1, 2): -9.0, (0, 3): 5.0, (1, 3): -9.0}
    changing.change(start, set(range(4)), ())
    changing.change(start, {2}, ())
    assert changing.found() == changing.expected() == {frozenset({0, 1, 3})}
