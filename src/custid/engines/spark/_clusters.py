"""Contraction of whole components, and attachment of fragments given all that stands beside them.

Why parts of the graph are enough is told in `docs/decisions/0030` and `0038`: contraction in one component depends on
no other one, a fragment is weighed by its own pairs and by sizes, labels and smallest hashes of the clusters at their
ends, and clusters that no chain of targets joins have no influence on one another.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering.attachment import AttachmentOptions, Targets, find_targets, settle_targets
from custid.clustering.contraction import ContractionOptions, contract
from custid.clustering.pair_graph import PairGraph
from custid.engines.spark._known import UnitLinks
from custid.engines.spark._messages import Message, packed_table, unpacked_tables
from custid.engines.spark._tiles import FACTS, runs
from custid.engines.spark._weighing import weighed_pairs

__all__ = [
    "NEAR_BITS",
    "Contraction",
    "FragmentPairs",
    "FragmentTargets",
    "InsidePairs",
    "OddsOutside",
    "Settlement",
    "messages_of_links",
]

_LINKS, _MUST, _CANNOT = 6, 8, 9
"""Tags of messages: weighed pairs, and units that are one customer or two."""
NEAR_BITS = -16.0
"""Weights from which on pairs count for the odds within reach; all others of a unit have odds of 1 together at most, as
it has no more than 65,536 of them."""
_MOST_BITS = 40.0


class _Facts:
    """What is told of units, to be looked up."""

    def __init__(self, messages: pa.Table) -> None:
        tables = unpacked_tables(messages, FACTS)
        self._table = pa.concat_tables(tables).combine_chunks() if tables else pa.table({"unit": np.empty(0, np.int64)})
        units = _unsigned(self._table, "unit")
        self._order = np.argsort(units)
        self._units = units[self._order]

    def places(self, units: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the place of what is told of each unit, -1 where nothing is."""
        if not len(self._units):
            return np.full(len(units), -1, np.int64)
        found = np.minimum(np.searchsorted(self._units, units), len(self._units) - 1)
        return np.where(self._units[found] == units, self._order[found], -1)

    def numbers(self, name: str, places: NDArray[np.int64], default: NDArray[np.uint64] | int) -> NDArray[np.uint64]:
        """Return what is told under a name, and a default where nothing is."""
        if not len(self._units):
            return np.broadcast_to(np.asarray(default, np.uint64), places.shape)
        values = np.asarray(self._table.column(name)).astype(np.int64).view(np.uint64)
        return np.where(places >= 0, values[places], np.asarray(default, np.uint64))


def _signed(values: NDArray[np.uint64]) -> pa.Array:
    return pa.array(np.ascontiguousarray(values).view(np.int64))


def _sent(places: NDArray[np.int64], table: pa.Table) -> Iterator[Message]:
    """Yield the rows of a table as messages to their places."""
    order = np.argsort(places, kind="stable")
    places = places[order]
    for low, high in runs(places):
        yield int(places[low]), _LINKS, packed_table(table.take(pa.array(order[low:high])))


def _links(messages: pa.Table) -> pa.Table:
    return pa.concat_tables(unpacked_tables(messages, _LINKS)).combine_chunks()


def messages_of_links(links: UnitLinks, facts: pa.Table, n_places: int, n_labels: int) -> Iterator[Message]:
    """Yield what is certain of units as messages to where their component is contracted.

    Parameters
    ----------
    links : UnitLinks
        The links.
    facts : pyarrow.Table
        ``unit``, ``component`` and labels of the linked units that are in a component.
    n_places : int
        As in `InsidePairs`.
    n_labels : int
        As in `InsidePairs`.
    """
    found = _Facts(pa.table({"place": [0], "tag": [FACTS], "data": [packed_table(facts)]}))
    for tag, ends in ((_MUST, links.must), (_CANNOT, links.cannot)):
        left, right = ends[:, 0], ends[:, 1]
        of_left, of_right = found.places(left), found.places(right)
        one, other = found.numbers("component", of_left, 0), found.numbers("component", of_right, 0)
        kept = np.flatnonzero((of_left >= 0) & (of_right >= 0) & (one == other))
        if not len(kept):
            continue
        columns = {"left": _signed(left[kept]), "right": _signed(right[kept]), "bits": np.zeros(len(kept))}
        for label in range(n_labels):
            name = f"label_{label}"
            columns[f"left_{name}"] = _signed(found.numbers(name, of_left[kept], 0))
            columns[f"right_{name}"] = _signed(found.numbers(name, of_right[kept], 0))
        places = (one[kept] % np.uint64(n_places)).astype(np.int64)
        yield from ((place, tag, data) for place, _, data in _sent(places, pa.table(columns)))


def _unsigned(table: pa.Table, name: str) -> NDArray[np.uint64]:
    return np.asarray(table.column(name)).view(np.uint64)


def _codes(labels: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return labels as codes, -1 for none."""
    return np.where(labels == 0, -1, np.unique(labels, return_inverse=True)[1]).astype(np.int32)


def _links_between(
    clusters: NDArray[np.uint64], units: NDArray[np.int64], apart: NDArray[np.uint64]
) -> NDArray[np.int32]:
    """Return links between a unit each of ascending clusters that are kept apart, of those that are there."""
    here = apart[np.isin(apart, clusters).all(axis=1)]
    return units[np.searchsorted(clusters, here)].astype(np.int32).reshape(-1, 2)


@frozen(kw_only=True)
class InsidePairs:
    """Sends the pairs inside components to where their component is contracted.

    Attributes
    ----------
    n_places : int
        Places to send them to.
    n_labels : int
        Labels that are told of units.
    """

    n_places: int
    n_labels: int

    def __call__(self, _place: int, messages: pa.Table) -> Iterator[Message]:
        """Yield messages of links."""
        facts = _Facts(messages)
        left, right, bits = weighed_pairs(messages)
        of_left, of_right = facts.places(left), facts.places(right)
        one, other = facts.numbers("component", of_left, 0), facts.numbers("component", of_right, 0)
        kept = np.flatnonzero((of_left >= 0) & (of_right >= 0) & (one == other))
        columns = {"left": _signed(left[kept]), "right": _signed(right[kept]), "bits": bits[kept]}
        for label in range(self.n_labels):
            name = f"label_{label}"
            columns[f"left_{name}"] = _signed(facts.numbers(name, of_left[kept], 0))
            columns[f"right_{name}"] = _signed(facts.numbers(name, of_right[kept], 0))
        yield from _sent((one[kept] % np.uint64(self.n_places)).astype(np.int64), pa.table(columns))


@frozen(kw_only=True)
class Contraction:
    """Contracts all components of a place.

    Attributes
    ----------
    options : ContractionOptions
        Settings.
    match_probability : float
        Clusters are joined where that is more probable than this.
    n_labels : int
        Labels that are told of units.
    """

    options: ContractionOptions
    match_probability: float
    n_labels: int

    def __call__(self, _place: int, messages: pa.Table) -> pa.Table:
        """Return the cluster of each unit, named by its smallest hash, its size and its labels."""
        parts = {tag: unpacked_tables(messages, tag) for tag in (_LINKS, _MUST, _CANNOT)}
        n_links = [sum(table.num_rows for table in tables) for tables in parts.values()]
        links = pa.concat_tables([table for tables in parts.values() for table in tables]).combine_chunks()
        ends = np.column_stack([_unsigned(links, "left"), _unsigned(links, "right")])
        units, places = np.unique(ends, return_inverse=True)
        places = places.reshape(-1, 2)
        pairs, must, cannot = np.split(places.astype(np.int32), np.cumsum(n_links)[:-1])
        labels = []
        for number in range(self.n_labels):
            label = np.zeros(len(units), np.uint64)
            for side, name in enumerate(("left", "right")):
                label[places[:, side]] = _unsigned(links, f"{name}_label_{number}")
            labels.append(label)
        graph = PairGraph(
            left_idx=np.ascontiguousarray(pairs[:, 0]),
            right_idx=np.ascontiguousarray(pairs[:, 1]),
            weight_bits=np.asarray(links.column("bits"))[: len(pairs)],
            tie_break=units,
            labels=tuple(map(_codes, labels)),
            must_links=must,
            cannot_links=cannot,
        )
        cluster = contract(graph, self.options, match_probability=self.match_probability)
        size = np.bincount(cluster)
        # Units ascend, so that the first one of a cluster has its smallest hash.
        first = np.unique(cluster, return_index=True)[1]
        columns = {"unit": _signed(units), "cluster": _signed(units[first][cluster]), "size": size[cluster]}
        for number, label in enumerate(labels):
            of_cluster = np.zeros(len(size), np.uint64)
            np.maximum.at(of_cluster, cluster, label)
            columns[f"label_{number}"] = _signed(of_cluster[cluster])
        return pa.table(columns)


@frozen(kw_only=True)
class OddsOutside:
    """Adds up the odds of units of fragments with units of other clusters, tile by tile.

    Attributes
    ----------
    max_fragment : int
        Units of the largest fragment.
    """

    max_fragment: int

    def __call__(self, _place: int, messages: pa.Table) -> pa.Table:
        """Return ``unit`` and ``odds``."""
        facts = _Facts(messages)
        left, right, bits = weighed_pairs(messages)
        near = np.flatnonzero(bits >= NEAR_BITS)
        left, right, odds = left[near], right[near], np.exp2(np.minimum(bits[near], _MOST_BITS))
        of_left, of_right = facts.places(left), facts.places(right)
        is_outside = facts.numbers("cluster", of_left, left) != facts.numbers("cluster", of_right, right)
        units, parts = [], []
        for unit, places in ((left, of_left), (right, of_right)):
            kept = is_outside & (facts.numbers("size", places, 1) <= np.uint64(self.max_fragment))
            units.append(unit[kept])
            parts.append(odds[kept])
        distinct, place = np.unique(np.concatenate(units), return_inverse=True)
        total = np.bincount(place, weights=np.concatenate(parts), minlength=len(distinct))
        # Of no pairs numpy counts in whole numbers, which Spark refuses.
        return pa.table({"unit": _signed(distinct), "odds": total.astype(np.float64)})


@frozen(kw_only=True)
class FragmentPairs:
    """Sends all pairs of the fragments that may find a target to where they are weighed.

    Attributes
    ----------
    n_places : int
        Places to send them to.
    n_labels : int
        Labels that are told of units.
    """

    n_places: int
    n_labels: int

    def __call__(self, _place: int, messages: pa.Table) -> Iterator[Message]:
        """Yield messages of links."""
        facts = _Facts(messages)
        left, right, bits = weighed_pairs(messages)
        of_units = {"left": facts.places(left), "right": facts.places(right)}
        is_asked = {side: facts.numbers("is_asked", places, 0) > 0 for side, places in of_units.items()}
        kept = np.flatnonzero(is_asked["left"] | is_asked["right"])
        columns = {"left": _signed(left[kept]), "right": _signed(right[kept]), "bits": bits[kept]}
        goes_to = {}
        for side, unit in (("left", left[kept]), ("right", right[kept])):
            places = of_units[side][kept]
            cluster = facts.numbers("cluster", places, unit)
            columns[f"{side}_cluster"] = _signed(cluster)
            columns[f"{side}_size"] = _signed(facts.numbers("size", places, 1))
            columns[f"{side}_is_asked"] = pa.array(is_asked[side][kept])
            for label in range(self.n_labels):
                columns[f"{side}_label_{label}"] = _signed(facts.numbers(f"label_{label}", places, 0))
            place = (cluster % np.uint64(self.n_places)).astype(np.int64)
            goes_to[side] = np.where(is_asked[side][kept], place, -1)
        table = pa.table(columns)
        for side, places in (
            ("left", goes_to["left"]),
            ("right", np.where(goes_to["right"] == goes_to["left"], -1, goes_to["right"])),
        ):
            chosen = np.flatnonzero(places >= 0)
            yield from _sent(places[chosen], table.take(pa.array(chosen)))
            del side


@frozen(kw_only=True, eq=False)
class FragmentTargets:
    """Weighs the fragments of a place against all that stands beside them.

    Attributes
    ----------
    options : AttachmentOptions
        Settings.
    match_probability : float
        What a merge has to be more probable than by the costs of errors.
    n_places : int
        As in `FragmentPairs`.
    n_labels : int
        Labels that are told of units.
    apart : ndarray of uint64, shape (n_apart, 2)
        Clusters that links keep apart.
    """

    options: AttachmentOptions
    match_probability: float
    n_places: int
    n_labels: int
    apart: NDArray[np.uint64] = field(repr=False)

    def __call__(self, place: int, messages: pa.Table) -> pa.Table:
        """Return ``cluster``, ``target`` and ``sureness`` of the fragments that are bound for another cluster."""
        links = _links(messages)
        sides = {name: self._side(links, name) for name in ("left", "right")}
        units, places = np.unique(np.column_stack([sides["left"]["unit"], sides["right"]["unit"]]), return_inverse=True)
        places = places.reshape(-1, 2)
        known = {name: np.empty(len(units), values.dtype) for name, values in sides["left"].items() if name != "unit"}
        for number, side in enumerate(sides.values()):
            for name, values in known.items():
                values[places[:, number]] = side[name]
        clusters, first, cluster = np.unique(known["cluster"], return_index=True, return_inverse=True)
        # Of the units of a cluster those count that have no pair here, too: of many no more than tell that they are.
        n_seen = np.bincount(cluster, minlength=len(clusters))
        wanted = np.minimum(known["size"][first].astype(np.int64), self.options.max_fragment + 1)
        absent = np.repeat(np.arange(len(clusters)), np.maximum(wanted - n_seen, 0))
        cluster = np.concatenate([cluster, absent])
        graph = PairGraph(
            left_idx=np.ascontiguousarray(places[:, 0], np.int32),
            right_idx=np.ascontiguousarray(places[:, 1], np.int32),
            weight_bits=np.asarray(links.column("bits")),
            # The smallest hash of a cluster names it.
            tie_break=clusters[cluster],
            labels=tuple(_codes(known[f"label_{number}"][first][cluster]) for number in range(self.n_labels)),
            cannot_links=_links_between(clusters, first, self.apart),
        )
        is_of_here = clusters % np.uint64(self.n_places) == np.uint64(place)
        targets = find_targets(
            graph,
            cluster,
            self.options,
            may_move=known["is_asked"][first] & is_of_here,
            match_probability=self.match_probability,
        )
        moved = np.flatnonzero(targets.parent != np.arange(len(clusters)))
        target = targets.parent[moved]
        columns = {
            "cluster": _signed(clusters[moved]),
            "target": _signed(clusters[target]),
            "sureness": targets.sureness[moved],
        }
        for number in range(self.n_labels):
            of_cluster = known[f"label_{number}"][first]
            columns[f"cluster_label_{number}"] = _signed(of_cluster[moved])
            columns[f"target_label_{number}"] = _signed(of_cluster[target])
        return pa.table(columns)

    def _side(self, links: pa.Table, name: str) -> dict[str, NDArray[np.uint64]]:
        return {
            "unit": _unsigned(links, name),
            "cluster": _unsigned(links, f"{name}_cluster"),
            "size": _unsigned(links, f"{name}_size"),
            "is_asked": np.asarray(links.column(f"{name}_is_asked")),
            **{f"label_{each}": _unsigned(links, f"{name}_label_{each}") for each in range(self.n_labels)},
        }


@frozen(kw_only=True, eq=False)
class Settlement:
    """Settles the trees of targets of a place.

    Attributes
    ----------
    n_labels : int
        Labels that are told of clusters.
    apart : ndarray of uint64, shape (n_apart, 2)
        Clusters that links keep apart.
    """

    n_labels: int
    apart: NDArray[np.uint64] = field(repr=False)

    def __call__(self, _place: int, table: pa.Table) -> pa.Table:
        """Return ``cluster`` and ``root`` of the clusters that become part of another one."""
        cluster, target = _unsigned(table, "cluster"), _unsigned(table, "target")
        nodes, places = np.unique(np.column_stack([cluster, target]), return_inverse=True)
        places = places.reshape(-1, 2)
        parent, sureness = np.arange(len(nodes)), np.full(len(nodes), np.inf)
        parent[places[:, 0]] = places[:, 1]
        sureness[places[:, 0]] = np.asarray(table.column("sureness"))
        labels = []
        for number in range(self.n_labels):
            label = np.zeros(len(nodes), np.uint64)
            for side, name in enumerate(("cluster", "target")):
                label[places[:, side]] = _unsigned(table, f"{name}_label_{number}")
            labels.append(_codes(label))
        empty = np.empty(0, np.int32)
        graph = PairGraph(
            left_idx=empty,
            right_idx=empty,
            weight_bits=np.empty(0),
            tie_break=nodes,
            labels=tuple(labels),
            cannot_links=_links_between(nodes, np.arange(len(nodes)), self.apart),
        )
        root = settle_targets(graph, np.arange(len(nodes)), Targets(parent=parent, sureness=sureness))
        moved = np.flatnonzero(root != np.arange(len(nodes)))
        return pa.table({"cluster": _signed(nodes[moved]), "root": _signed(nodes[root[moved]])})
