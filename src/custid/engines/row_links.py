"""From what people say of records by name to links between rows, held against one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering.pair_graph import components
from custid.engines.constraints import RelatedRecords
from custid.errors import InputError
from custid.review.labels import Labels, RecordName, Verdict

__all__ = ["RowLinks", "row_links"]

_N_NAMED = 3


@frozen(kw_only=True, eq=False)
class RowLinks:
    """Pairs of rows of which it is certain whether they are one customer.

    Attributes
    ----------
    must : ndarray of int64, shape (n_must, 2)
        Rows that a person has said to be one customer.
    cannot : ndarray of int64, shape (n_cannot, 2)
        Rows that are two: by verdicts first, then by relations.
    kinds : tuple of str
        Of each of ``cannot`` the kind of the relation; empty for a verdict.
    rank_of_row : mapping of int to int
        Numbers of the rows that are named, in the order of their names.
    n_unknown, n_ambiguous : int
        Names that no record of the run has, and that several have.
    """

    must: NDArray[np.int64] = field(factory=lambda: np.empty((0, 2), np.int64), repr=False)
    cannot: NDArray[np.int64] = field(factory=lambda: np.empty((0, 2), np.int64), repr=False)
    kinds: tuple[str, ...] = field(default=(), repr=False)
    rank_of_row: Mapping[int, int] = field(factory=dict, repr=False)
    n_unknown: int = 0
    n_ambiguous: int = 0

    def of_their_own(self, unit_of_row: NDArray[np.int64]) -> NDArray[np.int32] | None:
        """Return which rows have to be units of their own for the links to hold.

        Parameters
        ----------
        unit_of_row : ndarray of int64, shape (n_rows,)
            Units of the rows by what these hold.

        Returns
        -------
        ndarray of int32, shape (n_rows,), or None
            A number for each row that has to be: one that is said to be one customer with another row, since equal rows
            that nobody spoke of need not be, and one that is not the customer of an equal row.  -1 for all others;
            None where there is no such row.
        """
        rows = self.rows_of_their_own(unit_of_row, np.bincount(unit_of_row)[unit_of_row])
        if not len(rows):
            return None
        ranks = np.full(len(unit_of_row), -1, np.int32)
        ranks[rows] = [self.rank_of_row[row] for row in rows.tolist()]
        return ranks

    def rows_of_their_own(self, unit_of_row: NDArray[np.int64], n_copies: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows that have to be units of their own, ascending.

        Parameters
        ----------
        unit_of_row : ndarray of int64, shape (n_rows,)
            Units of the rows by what these hold.
        n_copies : ndarray of int64, shape (n_rows,)
            How many rows hold the same as each.

        Returns
        -------
        ndarray of int64, shape (n_of_their_own,)
            Places among the rows.
        """
        inside = unit_of_row[self.cannot[:, 0]] == unit_of_row[self.cannot[:, 1]]
        rows = np.unique(np.concatenate([self.must.ravel(), self.cannot[inside].ravel()]))
        return np.asarray(rows[n_copies[rows] > 1], np.int64)


def row_links(
    labels: Labels,
    related: Sequence[RelatedRecords],
    row_of_name: Mapping[RecordName, int],
    kind_of_row: NDArray[np.int8] | None = None,
) -> RowLinks:
    """Return what labels and relations say of rows.

    Parameters
    ----------
    labels : Labels
        Verdicts of people.
    related : sequence of RelatedRecords
        Relations between people.
    row_of_name : mapping of (source, record key) to int
        Rows of the names that are there, negative for a name of several.
    kind_of_row : ndarray of int8, shape (n_rows,), optional
        Kind of party of each row, -1 where nothing tells.

    Returns
    -------
    RowLinks
        Links; names without a row are counted.

    Raises
    ------
    InputError
        If labels contradict one another, a relation, or that a person is no organization; the message names records.
    """
    labels.check()
    names = {name for pair in labels.current for name in pair}
    names.update(name for each in related for name in (each.left, each.right))
    name_of_row: dict[int, RecordName] = {}
    for name in sorted(names):
        row = row_of_name.get(name, -1)
        if row >= 0:
            name_of_row[row] = max(name_of_row.get(row, name), name)
    said: dict[Verdict, list[tuple[int, int]]] = {verdict: [] for verdict in Verdict}
    for (left, right), label in sorted(labels.current.items()):
        said[label.verdict].append((row_of_name.get(left, -1), row_of_name.get(right, -1)))
    must = _rows(said[Verdict.MATCH])
    different = _rows(said[Verdict.NON_MATCH])
    relations = [(row_of_name.get(each.left, -1), row_of_name.get(each.right, -1), each.kind) for each in related]
    relations = sorted((min(one, other), max(one, other), kind) for one, other, kind in relations if one != other)
    relations = [each for each in relations if each[0] >= 0]
    apart = _rows([each[:2] for each in relations])
    _check(must, different, apart, name_of_row, kind_of_row)
    return RowLinks(
        must=must,
        cannot=np.concatenate([different, apart]),
        kinds=("",) * len(different) + tuple(kind for _, _, kind in relations),
        rank_of_row={row: rank for rank, row in enumerate(sorted(name_of_row, key=name_of_row.__getitem__))},
        n_unknown=len(names - set(row_of_name)),
        n_ambiguous=sum(row_of_name.get(name, 0) < 0 for name in names),
    )


def _rows(pairs: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Return the pairs of two rows that are there; two names may be of one row."""
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    return np.asarray(rows[(rows >= 0).all(axis=1) & (rows[:, 0] != rows[:, 1])], np.int64)


def _check(
    must: NDArray[np.int64],
    different: NDArray[np.int64],
    related: NDArray[np.int64],
    name_of_row: Mapping[int, RecordName],
    kind_of_row: NDArray[np.int8] | None,
) -> None:
    """Refuse what cannot all be true."""
    rows = np.unique(np.concatenate([must.ravel(), different.ravel(), related.ravel()]))
    ends = np.searchsorted(rows, must).astype(np.int32)
    group = components(len(rows), ends[:, 0], ends[:, 1])

    def inside(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        ends = np.searchsorted(rows, pairs)
        return np.asarray(pairs[group[ends[:, 0]] == group[ends[:, 1]]], np.int64)

    _refuse(
        inside(different),
        name_of_row,
        "labels: expected labels that fit one another, got {n} pairs that are said to be two customers and, by way of "
        "others, one: {shown}.",
        "Append a label that settles it: the last one of a pair counts.",
    )
    _refuse(
        inside(related),
        name_of_row,
        "labels: expected labels that fit the constraints, got {n} pairs that are said to be one customer and related "
        "to one another: {shown}.",
        "Take the relation back, or append a label that says otherwise.",
    )
    if kind_of_row is not None and len(rows):
        kind = kind_of_row[rows]
        highest = np.full(len(rows), -1, np.int8)
        np.maximum.at(highest, group, kind)
        others = np.flatnonzero((kind >= 0) & (kind != highest[group]))
        of_kind = [np.flatnonzero((group == group[one]) & (kind == highest[group[one]]))[0] for one in others]
        _refuse(
            np.column_stack([rows[others], rows[np.array(of_kind, np.int64)]]),
            name_of_row,
            "labels: expected one kind of party in a customer, got {n} pairs of several that are said to be one: "
            "{shown}.",
            "Mend the kind of party in the data, or append a label that says otherwise.",
        )


def _refuse(pairs: NDArray[np.int64], name_of_row: Mapping[int, RecordName], problem: str, hint: str) -> None:
    if len(pairs):
        shown = ", ".join(
            f"{name_of_row[one]!r} and {name_of_row[other]!r}" for one, other in pairs[:_N_NAMED].tolist()
        )
        more = ", …" if len(pairs) > _N_NAMED else ""
        raise InputError(problem.format(n=len(pairs), shown=shown + more), hint=hint)
