"""What is certain of units, in order of precedence, and clusters that keep to it.

What a person has said of two records outranks what is declared of all: an exclusive attribute, a source free of
duplicates, a rule.  Of what is declared, what keeps records apart outranks what joins them, for a false merge is worse
than a miss.

- An attribute of which records that a verdict joins have several values says nothing of these records.
- Records of one source that a verdict joins count as one record of that source.
- A rule for a match holds where all that it joins may be one customer; where not, all its pairs there are left to their
  weights.

Invariant: what is handed to a clusterer holds no contradiction, and none of it depends on an order of input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.clustering._places import PLACES_AT_ONCE, places_where
from custid.clustering.greedy import Clusterer, checked_clusters
from custid.clustering.pair_graph import PairGraph, components, labels_differ
from custid.comparison.comparer import PairComparer
from custid.engines.constraints import Constraints, DefiniteMatch, DefiniteNonMatch
from custid.engines.labels import IDENTIFIERS, declared_labels, exclusive_labels
from custid.engines.row_links import RowLinks
from custid.engines.rules import RuleBook
from custid.table.record_table import RecordTable, ValueColumn

__all__ = ["Certainties", "certainties_of"]


def _no_links() -> NDArray[np.int32]:
    return np.empty((0, 2), np.int32)


@frozen(kw_only=True, eq=False)
class Certainties:
    """What is certain of the units of a table.

    Attributes
    ----------
    n_units : int
        Number of units.
    labels : mapping of str to ndarray of int32, each of shape (n_units,)
        By attribute what no customer has two of; negative for a unit without, and where a verdict overrules it.
    limited_source : ndarray of int32, shape (n_units,), or None
        Source of each unit of which a customer has one record at most; -1 for units of other sources.
    verdicts : ndarray of int32, shape (n_verdicts, 2)
        Units that a person has said to be one customer.
    apart : ndarray of int32, shape (n_apart, 2)
        Units that a verdict or a relation keeps apart, or a rule although they were no candidate pair.
    kinds : tuple of str
        Of the first of ``apart`` the kinds of the relations, empty for a verdict; the rest is of rules.
    joined : ndarray of int32, shape (n_joined, 2)
        Units that a rule joins.
    joined_copies : ndarray of int64, shape (n_joined_copies,)
        Units whose equal rows a rule joins.
    columns : mapping of str to ValueColumn
        What the units have of attributes that are constrained, whether or not they are compared.
    constraints : Constraints
        What was declared.
    n_overruled : int
        Groups of records in which a verdict overrules an attribute.
    n_left_to_weights : int
        Pairs that a rule would join, were it not certain that some of their records are apart.
    """

    n_units: int
    labels: Mapping[str, NDArray[np.int32]] = field(factory=dict, repr=False)
    limited_source: NDArray[np.int32] | None = field(default=None, repr=False)
    verdicts: NDArray[np.int32] = field(factory=_no_links, repr=False)
    apart: NDArray[np.int32] = field(factory=_no_links, repr=False)
    kinds: tuple[str, ...] = field(default=(), repr=False)
    joined: NDArray[np.int32] = field(factory=_no_links, repr=False)
    joined_copies: NDArray[np.int64] = field(factory=lambda: np.empty(0, np.int64), repr=False)
    columns: Mapping[str, ValueColumn] = field(factory=dict, repr=False)
    constraints: Constraints = field(factory=Constraints)
    n_overruled: int = 0
    n_left_to_weights: int = 0

    def group(self) -> NDArray[np.int32]:
        """Return the smallest unit that verdicts join each unit with, int32, shape (n_units,)."""
        return components(self.n_units, self.verdicts[:, 0], self.verdicts[:, 1])

    @property
    def has_rules(self) -> bool:
        """Whether a rule keeps records apart."""
        return any(isinstance(each, DefiniteNonMatch) for each in self.constraints.rules)

    def limited_to(self, sources: NDArray[np.int32] | None) -> Certainties:
        """Return the same with all sources limited, where they are given."""
        return self if sources is None else evolve(self, limited_source=sources)

    def linked(self, graph: PairGraph) -> PairGraph:
        """Return a graph with the links of verdicts and rules."""
        return evolve(graph, must_links=np.concatenate([self.verdicts, self.joined]), cannot_links=self.apart)

    def test(self) -> Callable[[NDArray[np.int32], NDArray[np.int32]], NDArray[np.bool_]]:
        """Return what tells for pairs of units whether all but rules keeps them apart."""
        group = self.group()
        linked = np.sort(group[self.apart].astype(np.int64), axis=1)
        links = np.unique(linked[:, 0] * self.n_units + linked[:, 1])

        def is_apart(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
            found = np.zeros(len(left), np.bool_)
            for labels in self.labels.values():
                found |= labels_differ(labels, left, right)
            if self.limited_source is not None:
                of_left = self.limited_source[left]
                is_shared = (of_left >= 0) & (of_left == self.limited_source[right])
                found |= is_shared & (group[left] != group[right])
            if len(links):
                one, other = group[left].astype(np.int64), group[right].astype(np.int64)
                found |= np.isin(np.minimum(one, other) * self.n_units + np.maximum(one, other), links)
            return found

        return is_apart

    def rules(
        self, comparer: PairComparer, kind: type[DefiniteMatch | DefiniteNonMatch] = DefiniteNonMatch
    ) -> RuleBook:
        """Return the rules of a kind, by default those that keep records apart, bound to the records."""
        return RuleBook([each for each in self.constraints.rules if isinstance(each, kind)], self.columns, comparer)

    def broken_rules(
        self, comparer: PairComparer
    ) -> Callable[[NDArray[np.int32], NDArray[np.int32]], NDArray[np.bool_]]:
        """Return what tells for pairs of units whether a rule keeps them apart that no verdict overrules."""
        book, group = self.rules(comparer), self.group()

        def is_apart(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
            if not book.rules:
                return np.zeros(len(left), np.bool_)
            return np.asarray((group[left] != group[right]) & (book.first_that_holds(left, right) >= 0), np.bool_)

        return is_apart

    def cluster(
        self, graph: PairGraph, clusterer: Clusterer, table: RecordTable, comparer: PairComparer
    ) -> tuple[Certainties, NDArray[np.int64]]:
        """Cluster so that all that is certain holds.

        Parameters
        ----------
        graph : PairGraph
            Weighed pairs, with ``-inf`` for those that must stay apart, and no links.
        clusterer : Clusterer
            From weighed pairs to clusters.
        table : RecordTable
            The records.
        comparer : PairComparer
            Tells which values are alike, for rules.

        Returns
        -------
        Certainties
            The same, with the links that rules make.
        ndarray of int64, shape (n_units,)
            Cluster of each unit.

        Notes
        -----
        A rule for different customers may hold for two units that are no candidate pair.  Such pairs are looked for
        in the clusters found; where there are any, they become cannot-links and all is clustered again, which ends
        since there are finitely many pairs.
        """
        proposed = self._proposed(graph, table, comparer)
        is_broken = self.broken_rules(comparer)
        settled = evolve(self, joined_copies=self._same_copies(table, comparer))
        while True:
            settled = settled.joined_by(proposed, graph)
            linked = settled.linked(graph)
            cluster = checked_clusters(linked, clusterer(linked))
            crossed = _crossed(cluster, is_broken) if self.has_rules else _no_links()
            if not len(crossed):
                return settled, cluster
            settled = evolve(settled, apart=np.concatenate([settled.apart, crossed]))

    def _proposed(self, graph: PairGraph, table: RecordTable, comparer: PairComparer) -> NDArray[np.int32]:
        """Return the candidate pairs for which a rule for a match holds and which nothing keeps apart by itself."""
        book = self.rules(comparer, DefiniteMatch)
        if not book.rules:
            return _no_links()
        # Equal rows of a source free of duplicates are several customers, of which nobody can tell the right one.
        may_join = np.ones(self.n_units, np.bool_)
        if self.limited_source is not None:
            may_join = (self.limited_source < 0) | (table.n_copies == 1)

        def is_joined(piece: slice) -> NDArray[np.bool_]:
            left, right = graph.left_idx[piece], graph.right_idx[piece]
            found = (graph.weight_bits[piece] > -np.inf) & may_join[left] & may_join[right]
            found[found] = book.first_that_holds(left[found], right[found]) >= 0
            return found

        places = places_where(is_joined, len(graph.left_idx))
        return np.column_stack([graph.left_idx[places], graph.right_idx[places]]).astype(np.int32)

    def _same_copies(self, table: RecordTable, comparer: PairComparer) -> NDArray[np.int64]:
        """Return the units of several rows for which a rule for a match holds."""
        several = np.flatnonzero(table.n_copies > 1)
        units = several.astype(np.int32)
        return several[self.rules(comparer, DefiniteMatch).first_that_holds(units, units) >= 0]

    def joined_by(self, proposed: NDArray[np.int32], graph: PairGraph) -> Certainties:
        """Keep what rules join wherever all of it may be one customer."""
        if not len(proposed):
            return self
        both = np.concatenate([self.verdicts, proposed])
        joined = components(self.n_units, both[:, 0], both[:, 1])
        is_bad = np.zeros(self.n_units, np.bool_)
        apart = np.concatenate([self.apart.astype(np.int64), graph.apart()])
        is_bad[joined[apart[joined[apart[:, 0]] == joined[apart[:, 1]], 0]]] = True
        for labels in self.labels.values():
            highest = np.full(self.n_units, -1, np.int32)
            np.maximum.at(highest, joined, labels)
            is_bad[joined[(labels >= 0) & (labels != highest[joined])]] = True
        if self.limited_source is not None:
            limited = np.flatnonzero(self.limited_source >= 0)
            held = np.column_stack([joined[limited], self.limited_source[limited], self.group()[limited]])
            held = np.unique(held, axis=0)
            is_again = (held[1:, :2] == held[:-1, :2]).all(axis=1)
            is_bad[held[1:][is_again, 0]] = True
        kept = ~is_bad[joined[proposed[:, 0]]]
        return evolve(self, joined=proposed[kept], n_left_to_weights=int((~kept).sum()))


def certainties_of(
    table: RecordTable, links: RowLinks, constraints: Constraints, sources: tuple[str, ...] = ()
) -> Certainties:
    """Return what is certain of the units of a table before pairs are looked for.

    Parameters
    ----------
    table : RecordTable
        The records.
    links : RowLinks
        What is known of rows; rows that have to be units of their own are.
    constraints : Constraints
        What is declared; sources are limited where the table tells them apart.
    sources : tuple of str
        Names of the sources of the table, by number; none where it does not tell them apart.

    Returns
    -------
    Certainties
        Labels, limits and links; what verdicts overrule is left out.
    """
    unit = table.unit_of_row
    verdicts = unit[links.must].astype(np.int32)
    group = components(table.n_units, verdicts[:, 0], verdicts[:, 1])
    given = {**exclusive_labels(table), **declared_labels(table, constraints.exclusive, sources)}
    labels, is_overruled = {}, np.zeros(table.n_units, np.bool_)
    for name, of_unit in sorted(given.items()):
        labels[name], overruled = _without_overruled(of_unit, group)
        is_overruled |= overruled
    limited = None
    numbers = [sources.index(name) for name in constraints.duplicate_free]
    if numbers:
        source = table.source_of_unit
        limited = np.where(np.isin(source, numbers), source, np.int32(-1)).astype(np.int32)
    return Certainties(
        n_units=table.n_units,
        labels=labels,
        limited_source=limited,
        verdicts=verdicts,
        apart=unit[links.cannot].astype(np.int32),
        kinds=links.kinds,
        columns={
            name: table.columns[name]
            for name in sorted({*constraints.attributes, *IDENTIFIERS})
            if name in table.columns
        },
        constraints=constraints,
        n_overruled=int(is_overruled.sum()),
    )


def _without_overruled(
    labels: NDArray[np.int32], group: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Take the label from all units of groups that have several, and tell which groups have."""
    highest = np.full(len(labels), -1, np.int32)
    np.maximum.at(highest, group, labels)
    has_several = np.zeros(len(labels), np.bool_)
    has_several[group[(labels >= 0) & (labels != highest[group])]] = True
    if not has_several.any():
        return labels, has_several
    return np.where(has_several[group], np.int32(-1), labels), has_several


def _crossed(
    cluster: NDArray[np.int64], is_broken: Callable[[NDArray[np.int32], NDArray[np.int32]], NDArray[np.bool_]]
) -> NDArray[np.int32]:
    """Return every two units of one cluster that a rule keeps apart."""
    order = np.argsort(cluster, kind="stable").astype(np.int32)
    found = [_no_links()]
    distance, first = 1, np.arange(len(order))
    while True:
        first = first[first + distance < len(order)]
        first = first[cluster[order[first]] == cluster[order[first + distance]]]
        if not len(first):
            return np.concatenate(found)
        for start in range(0, len(first), PLACES_AT_ONCE):
            piece = first[start : start + PLACES_AT_ONCE]
            left, right = order[piece], order[piece + distance]
            broken = is_broken(left, right)
            found.append(np.column_stack([left[broken], right[broken]]))
        distance += 1
