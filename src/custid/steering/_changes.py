"""Where two partitions of the same records differ.

Records are numbered in the order of their names, and customers by their first record, so that nothing depends on the
order of rows.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.clustering._numbering import numbered_by_first_unit
from custid.evaluation import ChangeKind, change_of_records
from custid.result import Result

__all__ = ["Change", "Overlap", "overlap_of"]


@frozen(kw_only=True)
class Change:
    """One change.

    Attributes
    ----------
    kind : ChangeKind
        What it is.
    before, after : tuple of int
        Customers concerned, as each result numbers them.
    n_records : int
        Records of both results that they hold; of a customer that appears or vanishes, all its records.
    pair : tuple of int
        Two of the records, by number, that are one customer in one result only; (-1, -1) for records that appear or
        vanish.
    bits : float
        Greatest match weight of such a pair in the result that has them as one customer; NaN where none was weighed.
    """

    kind: ChangeKind
    before: tuple[int, ...]
    after: tuple[int, ...]
    n_records: int
    pair: tuple[int, int] = (-1, -1)
    bits: float = float("nan")


@frozen(kw_only=True, eq=False)
class Overlap:
    """Records that two results have, and what becomes of their customers.

    Attributes
    ----------
    results : tuple of Result
        Both, the earlier first.
    before_row, after_row : ndarray of int64, shape (n_records,)
        Row of each shared record in each result; records are in the order of their names.
    before, after : ndarray of int64, shape (n_records,)
        Customer of each shared record in each result, numbered by first appearance.
    change_of : ndarray of int64, shape (n_records,)
        Change that concerns each record; -1 for none.
    changes : tuple of Change
        Merges, splits, regroupings, then customers that appear and vanish.
    n_unchanged : int
        Customers that hold the same shared records in both.
    """

    results: tuple[Result, Result] = field(repr=False)
    before_row: NDArray[np.int64] = field(repr=False)
    after_row: NDArray[np.int64] = field(repr=False)
    before: NDArray[np.int64] = field(repr=False)
    after: NDArray[np.int64] = field(repr=False)
    change_of: NDArray[np.int64] = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)
    n_unchanged: int

    def name(self, record: int) -> tuple[str, str]:
        """Return source and record key of a shared record."""
        return _name(self.results[0], int(self.before_row[record]))

    def touched_clusters(self) -> tuple[list[tuple[str, str]], tuple[list[list[int]], list[list[int]]]]:
        """Return the names of the records of all customers that change, and these customers before and after.

        Customers are lists of positions among the names.
        """
        place: dict[tuple[str, str], int] = {}
        clusters: tuple[list[list[int]], list[list[int]]] = ([], [])
        for side, result in enumerate(self.results):
            of_row = np.asarray(result.assignments["customer"])
            touched = sorted({each for change in self.changes for each in (change.before, change.after)[side]})
            rows = np.flatnonzero(np.isin(of_row, touched))
            members: dict[int, list[int]] = {customer: [] for customer in touched}
            named = result.assignments.take(pa.array(rows))
            columns = (named[name].to_pylist() for name in ("source", "record_key", "customer"))
            for source, key, customer in zip(*columns, strict=True):
                members[customer].append(place.setdefault((source, key), len(place)))
            clusters[side].extend(members.values())
        return list(place), clusters


def overlap_of(before: Result, after: Result) -> Overlap:
    """Return where the customers of two results differ."""
    rows = _shared_rows(before.assignments, after.assignments)
    customers = [
        np.asarray(result.assignments["customer"])[row] for result, row in zip((before, after), rows, strict=True)
    ]
    old, new = (_numbered(each) for each in customers)
    group = change_of_records(old, new)
    overlap = Overlap(
        results=(before, after),
        before_row=rows[0],
        after_row=rows[1],
        before=old,
        after=new,
        change_of=np.full(len(old), -1, np.int64),
        changes=(),
        n_unchanged=int(old.max(initial=-1)) + 1 - len(np.unique(old[group >= 0])),
    )
    return _with_changes(overlap, group, customers[0], customers[1])


def _numbered(customers: NDArray[np.int64]) -> NDArray[np.int64]:
    return numbered_by_first_unit(np.unique(customers, return_inverse=True)[1].astype(np.int64))


def _shared_rows(before: pa.Table, after: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the records that both have, in the order of their names."""
    names = ["source", "record_key"]
    left = before.select(names).append_column("before", pa.array(np.arange(before.num_rows)))
    right = after.select(names).append_column("after", pa.array(np.arange(after.num_rows)))
    both = left.join(right, names, join_type="inner").combine_chunks()
    order = pc.sort_indices(both, sort_keys=[(name, "ascending") for name in names])
    return np.asarray(both["before"].take(order), np.int64), np.asarray(both["after"].take(order), np.int64)


def _with_changes(
    overlap: Overlap, group: NDArray[np.int64], customer_before: NDArray[np.int64], customer_after: NDArray[np.int64]
) -> Overlap:
    """Return the overlap with its changes."""
    moved = np.flatnonzero(group >= 0)
    moved = moved[np.argsort(group[moved], kind="stable")]
    members = np.split(moved, np.flatnonzero(np.diff(group[moved])) + 1) if len(moved) else []
    gained = _telling_pairs(overlap.results[1], overlap.after_row, group, overlap.after, overlap.before)
    lost = _telling_pairs(overlap.results[0], overlap.before_row, group, overlap.before, overlap.after)
    found = []
    for number, records in enumerate(members):
        old, new = np.unique(customer_before[records]), np.unique(customer_after[records])
        kind = ChangeKind.of_numbers(len(old), len(new))
        pair, bits = gained.get(number) or lost.get(number) or (_unweighed(overlap, records, kind), float("nan"))
        change = Change(
            kind=kind,
            before=tuple(old.tolist()),
            after=tuple(new.tolist()),
            n_records=len(records),
            pair=pair,
            bits=bits,
        )
        found.append((change, number))
    kinds = list(ChangeKind)
    found.sort(key=lambda item: (kinds.index(item[0].kind), item[1]))
    place = np.full(len(found) + 1, -1, np.int64)
    place[[number for _, number in found]] = np.arange(len(found))
    others = [
        *_unshared(overlap.results[1], customer_after, ChangeKind.APPEARED),
        *_unshared(overlap.results[0], customer_before, ChangeKind.VANISHED),
    ]
    return evolve(overlap, change_of=place[group], changes=(*(change for change, _ in found), *others))


def _unweighed(overlap: Overlap, records: NDArray[np.int64], kind: ChangeKind) -> tuple[int, int]:
    """Return the first two records of a change that are one customer in one result only."""
    joined, apart = (overlap.before, overlap.after) if kind is ChangeKind.SPLIT else (overlap.after, overlap.before)
    first = int(records[0])
    differing = records[(joined[records] == joined[first]) & (apart[records] != apart[first])]
    if not len(differing):
        joined, apart = apart, joined
        differing = records[(joined[records] == joined[first]) & (apart[records] != apart[first])]
    return first, int(differing[0])


def _unshared(result: Result, shared: NDArray[np.int64], kind: ChangeKind) -> list[Change]:
    """Return the customers none of whose records both results have, in the order of their first names."""
    assignments = result.assignments
    customer = np.asarray(assignments["customer"])
    alone = np.flatnonzero(~np.isin(np.arange(result.n_customers), shared))
    if not len(alone):
        return []
    n_records = np.bincount(customer, minlength=result.n_customers)
    first: dict[int, tuple[str, str]] = {}
    for row in np.flatnonzero(np.isin(customer, alone)).tolist():
        name = _name(result, row)
        first[int(customer[row])] = min(name, first.get(int(customer[row]), name))
    return [
        Change(
            kind=kind,
            before=(each,) if kind is ChangeKind.VANISHED else (),
            after=(each,) if kind is ChangeKind.APPEARED else (),
            n_records=int(n_records[each]),
        )
        for each in sorted(first, key=first.__getitem__)
    ]


def _telling_pairs(
    result: Result,
    row_of: NDArray[np.int64],
    group: NDArray[np.int64],
    joined: NDArray[np.int64],
    apart: NDArray[np.int64],
) -> dict[int, tuple[tuple[int, int], float]]:
    """Return for each change the strongest weighed pair of records that are one customer in this result only.

    Units of equal rows are stood for by their first record in the order of names.
    """
    linked = result.linked
    unit = linked.table.unit_of_row[row_of]
    record = np.full(linked.table.n_units, -1, np.int64)
    record[unit[::-1]] = np.arange(len(unit))[::-1]
    is_moved = np.zeros(linked.table.n_units, np.bool_)
    is_moved[unit[group >= 0]] = True
    candidates = linked.candidates
    places = np.flatnonzero(is_moved[candidates.left_idx] & is_moved[candidates.right_idx])
    one, other = record[candidates.left_idx[places]], record[candidates.right_idx[places]]
    is_telling = (joined[one] == joined[other]) & (apart[one] != apart[other]) & (group[one] >= 0)
    places, one, other = places[is_telling], one[is_telling], other[is_telling]
    one, other = np.minimum(one, other), np.maximum(one, other)
    bits = linked.weight_bits[places]
    order = np.lexsort((other, one, -bits, group[one]))
    firsts = order[np.flatnonzero(np.diff(group[one[order]], prepend=-1))]
    return {int(group[one[each]]): ((int(one[each]), int(other[each])), float(bits[each])) for each in firsts.tolist()}


def _name(result: Result, row: int) -> tuple[str, str]:
    return str(result.assignments["source"][row].as_py()), str(result.assignments["record_key"][row].as_py())
