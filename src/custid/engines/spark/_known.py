"""What is certain of some units: so few that every worker is told all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.clustering.pair_graph import components
from custid.engines.certainties import Certainties
from custid.engines.constraints import Constraints, Exclusive
from custid.engines.known import Known
from custid.engines.labels import declared_labels, exclusive_labels
from custid.engines.row_links import RowLinks, row_links
from custid.errors import ConfigurationError
from custid.intake.record_names import SEVERAL
from custid.review.labels import RecordName
from custid.table.record_table import RecordTable

__all__ = ["UnitLinks", "check_known", "labels_of", "links_of_rows"]


def _no_links() -> NDArray[np.uint64]:
    return np.empty((0, 2), np.uint64)


def check_known(constraints: Constraints) -> None:
    """Refuse what cannot be kept to on Spark.

    Parameters
    ----------
    constraints : Constraints
        What is declared.

    Raises
    ------
    ConfigurationError
        With everything that cannot.
    """
    problems = []
    if constraints.duplicate_free:
        problems.append("constraints: duplicate_free: expected no source with Spark, got some")
    if constraints.rules:
        problems.append("constraints: rules: expected none with Spark, got some")
    if any(each.sources for each in constraints.exclusive):
        problems.append("constraints: exclusive: expected attributes of all sources with Spark, got some of few")
    if problems:
        raise ConfigurationError.collected(problems, hint="Leave it out, or run on one machine.")


def links_of_rows(known: Known, rows: Sequence[RecordName], kinds: NDArray[np.int8]) -> RowLinks:
    """Return the links between the rows that have a name of which something is certain.

    Parameters
    ----------
    known : Known
        Labels and constraints.
    rows : sequence of (source, record key)
        The rows.
    kinds : ndarray of int8, shape (n_rows,)
        Kind of party of each, -1 where nothing tells.

    Returns
    -------
    RowLinks
        Links between places among the rows.

    Raises
    ------
    InputError
        If labels contradict one another, a relation, or the kinds of party.
    """
    wanted, found = known.record_names, dict[RecordName, int]()
    for place, (source, key) in enumerate(rows):
        for name in ((source, key), ("", key)):
            if name in wanted:
                found[name] = SEVERAL if name in found else place
    return row_links(known.labels, known.constraints.related, found, kinds)


def labels_of(table: RecordTable, exclusive: Sequence[Exclusive]) -> Mapping[str, NDArray[np.int32]]:
    """Return the labels of units that must not share a customer where they differ, by attribute."""
    return dict(sorted({**exclusive_labels(table), **declared_labels(table, exclusive, ())}.items()))


@frozen(kw_only=True, eq=False)
class UnitLinks:
    """Pairs of units of which it is certain whether they are one customer; units go by their hashes.

    Attributes
    ----------
    exclusive : tuple of Exclusive
        Attributes of which a customer has one value.
    must, cannot : ndarray of uint64, shapes (n_must, 2) and (n_cannot, 2)
        Units that are one customer, and units that are two.
    overruled : mapping of str to ndarray of uint64
        By label the units of which it says nothing, as a verdict joins them with units that have another one.
    """

    exclusive: tuple[Exclusive, ...] = ()
    must: NDArray[np.uint64] = field(factory=_no_links, repr=False)
    cannot: NDArray[np.uint64] = field(factory=_no_links, repr=False)
    overruled: Mapping[str, NDArray[np.uint64]] = field(factory=dict, repr=False)

    @property
    def units(self) -> NDArray[np.uint64]:
        """All units that are linked, ascending."""
        return np.unique(np.concatenate([self.must.ravel(), self.cannot.ravel()]))

    def heads(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return the linked units, ascending, and the smallest unit that must-links join each with."""
        units = self.units
        ends = np.searchsorted(units, self.must).astype(np.int32)
        return units, units[components(len(units), ends[:, 0], ends[:, 1])] if len(units) else units

    def overruling(self, labels: pa.Table, names: Sequence[str]) -> Self:
        """Tell which labels verdicts overrule.

        Parameters
        ----------
        labels : pyarrow.Table
            ``unit`` and, for each name, ``label_0`` and so on of the units of must-links, 0 for none.
        names : sequence of str
            Names of the labels.

        Returns
        -------
        UnitLinks
            The same, with what is overruled.
        """
        units, heads = self.heads()
        told = np.asarray(labels.column("unit")).view(np.uint64)
        head = heads[np.searchsorted(units, told)]
        overruled = {}
        for place, name in enumerate(names):
            label = np.asarray(labels.column(f"label_{place}")).view(np.uint64)
            pairs = np.unique(np.column_stack([head, label])[label != 0], axis=0)
            several, n_values = np.unique(pairs[:, 0], return_counts=True)
            overruled[name] = units[np.isin(heads, several[n_values > 1])]
        return evolve(self, overruled=overruled)

    @property
    def n_overruled(self) -> int:
        """In how many groups of units a verdict overrules a label."""
        units, heads = self.heads()
        every = np.concatenate([np.empty(0, np.uint64), *self.overruled.values()])
        return len(np.unique(heads[np.isin(units, every)]))

    def labels_of(self, table: RecordTable) -> Mapping[str, NDArray[np.int32]]:
        """Return the labels of the units of a table, without what is overruled."""
        labels = labels_of(table, self.exclusive)
        return {
            name: np.where(np.isin(table.content_hash, self.overruled[name]), np.int32(-1), codes)
            if len(self.overruled.get(name, ()))
            else codes
            for name, codes in labels.items()
        }

    def certainties_of(self, table: RecordTable) -> Certainties:
        """Return what is certain of the units of a table that has all that are linked."""
        order = np.argsort(table.content_hash)
        hashes = table.content_hash[order]
        verdicts, apart = (order[np.searchsorted(hashes, ends)].astype(np.int32) for ends in (self.must, self.cannot))
        return Certainties(n_units=table.n_units, labels=self.labels_of(table), verdicts=verdicts, apart=apart)

    def are_apart(self, left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell which pairs of units links keep apart, themselves or by way of what must be together with them."""
        found = np.zeros(len(left), np.bool_)
        if not len(self.cannot):
            return found
        units, heads = self.heads()
        near = np.flatnonzero(np.isin(left, units) & np.isin(right, units))
        links = set(map(tuple, np.sort(heads[np.searchsorted(units, self.cannot)], axis=1).tolist()))
        ends = np.column_stack([heads[np.searchsorted(units, side[near])] for side in (left, right)])
        found[near] = [pair in links for pair in map(tuple, np.sort(ends, axis=1).tolist())]
        return found
