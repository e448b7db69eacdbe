"""Explanations of customers, from what a run found out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from custid.clustering._thresholds import threshold_bits
from custid.engines.linked_table import LinkedTable
from custid.result._pair_explanations import PairExplainer, pairs_among
from custid.result._weakest_links import tree_of
from custid.result.customer_explanation import Bond, CustomerExplanation, Seam, Split
from custid.scoring.weights import probability_of

__all__ = ["CustomerEvidence", "customer_graph", "explain_customer"]

_RecordName: TypeAlias = tuple[str, str]


class CustomerEvidence:
    """The distinct contents of a customer and the pairs among them that were weighed.

    Parameters
    ----------
    linked : LinkedTable
        What the run found out.
    rows : ndarray of int64, shape (n_rows,)
        The rows of the customer, ascending.
    """

    def __init__(self, linked: LinkedTable, rows: NDArray[np.int64]) -> None:
        self.linked = linked
        self.rows = rows
        unit_of_row = linked.table.unit_of_row[rows]
        self.units, first, self.place_of_row = np.unique(unit_of_row, return_index=True, return_inverse=True)
        self.row_of_place = rows[first]
        candidates = linked.candidates
        self.pair = pairs_among(linked, self.units)
        self.left = np.searchsorted(self.units, candidates.left_idx[self.pair]).astype(np.int32)
        self.right = np.searchsorted(self.units, candidates.right_idx[self.pair]).astype(np.int32)
        self.bits = linked.weight_bits[self.pair]

    @cached_property
    def _tree(self) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
        """Positions, among the pairs, of those of the strongest tree, and what verdicts and rules add to it."""
        certain = self._places_of(np.concatenate([self.linked.certain.verdicts, self.linked.certain.joined]))
        ends = np.array(certain, np.int32).reshape(-1, 2)
        tree = tree_of(
            len(self.units),
            np.append(self.left, ends[:, 0]),
            np.append(self.right, ends[:, 1]),
            np.append(self.bits, np.full(len(ends), np.inf)),
        )
        n_pairs = len(self.pair)
        return tree[tree < n_pairs], [certain[place - n_pairs] for place in tree[tree >= n_pairs].tolist()]

    @property
    def is_connected(self) -> bool:
        """Whether pairs that were weighed, verdicts and rules hold all contents together."""
        pairs, certain = self._tree
        return len(pairs) + len(certain) == len(self.units) - 1

    @property
    def copy_bits(self) -> float:
        """Match weight of equal rows, the lowest where there are several kinds; 0 where no two are equal."""
        bits = self.linked.copy_bits[self.units]
        return float(bits[np.isfinite(bits)].min(initial=np.inf)) if np.isfinite(bits).any() else 0.0

    def rows_of(self, places: Iterable[int]) -> list[int]:
        """Return the rows of some contents, ascending."""
        wanted = np.isin(self.place_of_row, list(places))
        return [int(row) for row in self.rows[wanted]]

    def weakest(self) -> int:
        """Return the position of the weakest link among the pairs; -1 where there is none that could come apart."""
        tree, _ = self._tree
        if not len(tree):
            return -1
        return int(tree[np.lexsort((-self.right[tree], -self.left[tree], self.bits[tree]))[0]])

    def sides(self, link: int) -> tuple[list[int], list[int]]:
        """Return the contents on the two sides of a pair of the strongest tree."""
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(len(self.units)))
        pairs, certain = self._tree
        graph.add_edges_from((int(self.left[place]), int(self.right[place])) for place in pairs if place != link)
        graph.add_edges_from(certain)
        sides = [sorted(nx.node_connected_component(graph, int(end[link]))) for end in (self.left, self.right)]
        return sides[0], sides[1]

    def certain_groups(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return the contents that verdicts make one customer, and those that rules join."""
        found = []
        for links in (self.linked.certain.verdicts, self.linked.certain.joined):
            graph: nx.Graph[int] = nx.Graph()
            # Given to the constructor, edges are first tried as whatever other libraries may have made.
            graph.add_edges_from(self._places_of(links))
            found.append(sorted(sorted(group) for group in nx.connected_components(graph)))
        return found[0], found[1]

    def _places_of(self, links: NDArray[np.int32]) -> list[tuple[int, int]]:
        """Return the links among the contents of the customer, by their places."""
        places = np.searchsorted(self.units, links[np.isin(links, self.units).all(axis=1)])
        return list(zip(places[:, 0].tolist(), places[:, 1].tolist(), strict=True))

    def splits(self) -> list[tuple[int, list[list[int]]]]:
        """Return rows without which the customer would be several, and the contents that would be left together."""
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(len(self.units)))
        speak_for = np.flatnonzero(self.bits > threshold_bits(self.linked.match_probability))
        graph.add_edges_from(zip(self.left[speak_for].tolist(), self.right[speak_for].tolist(), strict=True))
        certain = self.linked.certain
        graph.add_edges_from(self._places_of(np.concatenate([certain.verdicts, certain.joined])))
        n_rows = np.bincount(self.place_of_row, minlength=len(self.units))
        found = []
        for place in sorted(nx.articulation_points(graph)):
            if n_rows[place] == 1:
                rest = graph.subgraph(set(graph) - {place})
                groups = sorted(sorted(group) for group in nx.connected_components(rest))
                found.append((int(self.row_of_place[place]), groups))
        return found


def explain_customer(
    explainer: PairExplainer, customer: int, rows: NDArray[np.int64], language: str
) -> CustomerExplanation:
    """Explain a customer.

    Parameters
    ----------
    explainer : PairExplainer
        Knows the run.
    customer : int
        Number of the customer.
    rows : ndarray of int64, shape (n_rows,)
        Its rows, ascending.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    CustomerExplanation
        Bonds, weakest link, and what would split it.
    """
    evidence = CustomerEvidence(explainer.linked, rows)

    def names(places: Iterable[int]) -> tuple[_RecordName, ...]:
        return tuple(explainer.name(row) for row in evidence.rows_of(places))

    link = evidence.weakest()
    said, ruled = evidence.certain_groups()
    return CustomerExplanation(
        customer=customer,
        bonds=_bonds(explainer, evidence),
        probability=float(explainer.customer_probability[customer]) if len(rows) > 1 else None,
        weakest=None if link < 0 else _seam(explainer, evidence, link),
        splits=tuple(
            Split(record=explainer.name(row), groups=tuple(names(group) for group in groups))
            for row, groups in evidence.splits()
        ),
        said_to_be_one=tuple(names(group) for group in said),
        joined_by_rules=tuple(names(group) for group in ruled),
        copy_bits=evidence.copy_bits,
        is_connected=evidence.is_connected,
        language=language,
    )


def customer_graph(explainer: PairExplainer, rows: NDArray[np.int64]) -> nx.Graph[_RecordName]:
    """Return the evidence that holds a customer together, as a graph.

    Parameters
    ----------
    explainer : PairExplainer
        Knows the run.
    rows : ndarray of int64, shape (n_rows,)
        The rows of the customer, ascending.

    Returns
    -------
    networkx.Graph
        As `Result.graph` tells.
    """
    evidence = CustomerEvidence(explainer.linked, rows)
    graph: nx.Graph[_RecordName] = nx.Graph()
    graph.add_nodes_from(explainer.name(row) for row in rows.tolist())
    joined = [
        (int(evidence.row_of_place[left]), int(evidence.row_of_place[right]), bits)
        for left, right, bits in zip(
            evidence.left.tolist(), evidence.right.tolist(), evidence.bits.tolist(), strict=True
        )
    ]
    for row, place in zip(rows.tolist(), evidence.place_of_row.tolist(), strict=True):
        first = int(evidence.row_of_place[place])
        if first != row:
            joined.append((first, row, float(explainer.linked.copy_bits[evidence.units[place]])))
    for left, right, bits in joined:
        probability = float(probability_of(bits))
        graph.add_edge(explainer.name(left), explainer.name(right), match_weight=bits, match_probability=probability)
    return graph


def _bonds(explainer: PairExplainer, evidence: CustomerEvidence) -> tuple[Bond, ...]:
    n_places = len(evidence.units)
    best, nearest = np.full(n_places, -np.inf), np.full(n_places, -1)
    # The strongest pair last, of equals the one with the lowest neighbor.
    for one, other in ((evidence.left, evidence.right), (evidence.right, evidence.left)):
        order = np.lexsort((-other, evidence.bits))
        is_better = evidence.bits[order] > best[one[order]]
        best[one[order[is_better]]] = evidence.bits[order[is_better]]
        nearest[one[order[is_better]]] = other[order[is_better]]
    copy_bits = explainer.linked.copy_bits[evidence.units]
    probability = explainer.assignments["match_probability"]
    bonds = []
    for row, place in zip(evidence.rows.tolist(), evidence.place_of_row.tolist(), strict=True):
        others = [other for other in evidence.rows_of([place]) if other != row]
        nearest_row, bits = -1, 0.0
        if nearest[place] >= 0:
            nearest_row, bits = int(evidence.row_of_place[nearest[place]]), float(best[place])
        if others and (nearest_row < 0 or copy_bits[place] >= bits):
            nearest_row, bits = others[0], float(copy_bits[place])
        bonds.append(
            Bond(
                record=explainer.name(row),
                match_probability=float(probability[row].as_py()),
                nearest=None if nearest_row < 0 else explainer.name(nearest_row),
                nearest_bits=bits,
            )
        )
    return tuple(bonds)


def _seam(explainer: PairExplainer, evidence: CustomerEvidence, link: int) -> Seam:
    sides = evidence.sides(link)
    is_left = np.zeros(len(evidence.units), np.bool_)
    is_left[sides[0]] = True
    across = is_left[evidence.left] != is_left[evidence.right]
    # Contents that no tree joins stand on neither side.
    on_a_side = np.zeros(len(evidence.units), np.bool_)
    on_a_side[[*sides[0], *sides[1]]] = True
    across &= on_a_side[evidence.left] & on_a_side[evidence.right]
    rows = [int(evidence.row_of_place[end[link]]) for end in (evidence.left, evidence.right)]
    groups = [tuple(explainer.name(row) for row in evidence.rows_of(side)) for side in sides]
    bits = float(evidence.bits[link])
    return Seam(
        left=explainer.name(rows[0]),
        right=explainer.name(rows[1]),
        weight_bits=bits,
        match_probability=float(probability_of(bits)),
        groups=(groups[0], groups[1]),
        n_weighed=int(across.sum()),
        n_not_compared=len(sides[0]) * len(sides[1]) - int(across.sum()),
        sum_bits=float(np.sort(evidence.bits[across]).sum()),
        needs=_needs(evidence.linked, int(evidence.pair[link])),
    )


def _needs(linked: LinkedTable, pair: int) -> tuple[str, ...]:
    """Return the comparisons without any one of which a pair would not speak for a match."""
    candidates = linked.candidates
    levels, rarity = linked.comparer.compare(
        candidates.left_idx[pair : pair + 1], candidates.right_idx[pair : pair + 1]
    )
    n_outputs = levels.shape[1]
    without = np.repeat(levels, n_outputs, axis=0)
    without[np.arange(n_outputs), np.arange(n_outputs)] = -1
    bits = linked.model.explain(without, np.repeat(rarity, n_outputs, axis=0)).weight_bits
    whole = linked.weight_bits[pair]
    return tuple(
        output.name for output, rest in zip(linked.comparer.outputs, bits.tolist(), strict=True) if rest <= 0 < whole
    )
