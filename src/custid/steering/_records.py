"""Records of a run by name, and what labels say of its pairs."""

from __future__ import annotations

from collections import Counter

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.engines.labels import kept_apart_by
from custid.errors import InputError
from custid.result import Result
from custid.review import Labels, RecordName, Verdict

__all__ = ["LabeledUnits", "UnitNames", "labeled_units", "rows_by_name"]


@frozen(kw_only=True, eq=False)
class LabeledUnits:
    """Pairs of units of which labels say whether they are one customer.

    Attributes
    ----------
    left_idx, right_idx : ndarray of int32, shape (n_pairs,)
        Units.
    is_match : ndarray of bool, shape (n_pairs,)
        Whether they are said to be one.
    n_labels : ndarray of float64, shape (n_pairs,)
        For how many labels each pair counts, in (0, 1]: what was said once and decides six pairs counts a sixth each.
    """

    left_idx: NDArray[np.int32] = field(repr=False)
    right_idx: NDArray[np.int32] = field(repr=False)
    is_match: NDArray[np.bool_] = field(repr=False)
    n_labels: NDArray[np.float64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.left_idx)


def rows_by_name(result: Result) -> dict[RecordName, int]:
    """Return the row of each (source, key), and of ("", key) where one source has it, else -1."""
    rows: dict[RecordName, int] = {}
    sources, keys = (result.assignments[name].to_pylist() for name in ("source", "record_key"))
    for row, key in enumerate(keys):
        rows["", key] = -1 if ("", key) in rows else row
    return rows | {name: row for row, name in enumerate(zip(sources, keys, strict=True))}


class UnitNames:
    """Names what rows of one content stand for.

    Parameters
    ----------
    result : Result
        The run.
    """

    def __init__(self, result: Result) -> None:
        self._assignments = result.assignments
        unit_of_row = result.linked.table.unit_of_row
        self._rows = np.argsort(unit_of_row, kind="stable")
        self._starts = np.searchsorted(unit_of_row[self._rows], np.arange(result.linked.table.n_units + 1))

    def of(self, unit: int) -> RecordName:
        """Return the first name, in order of names, of the rows of a unit."""
        return self.all_of(unit)[0]

    def all_of(self, unit: int) -> list[RecordName]:
        """Return the names of the rows of a unit, sorted."""
        named = self._assignments.take(self._rows[self._starts[unit] : self._starts[unit + 1]])
        return sorted(zip(named["source"].to_pylist(), named["record_key"].to_pylist(), strict=True))


def labeled_units(result: Result, labels: Labels) -> LabeledUnits:
    """Return what labels say of the units of a run.

    Parameters
    ----------
    result : Result
        The run.
    labels : Labels
        Labels; those of other records, of equal rows, and of records that a rule keeps apart are left out, since there
        is nothing to weigh.

    Returns
    -------
    LabeledUnits
        In the order of the names.

    Raises
    ------
    InputError
        If labels contradict one another, or there are some and none is of two records of the run.
    """
    rows, linked = rows_by_name(result), result.linked
    said = list(labels.pairs())
    customer: dict[RecordName, RecordName] = {}
    for left, right, is_match in said:
        if is_match:
            customer[right] = min(left, customer.get(right, left))
    named = [(customer.get(left, left), customer.get(right, right)) for left, right, _ in said]
    n_following = Counter(map(_ordered, named))
    n_given = Counter(
        _ordered((customer.get(label.left, label.left), customer.get(label.right, label.right)))
        for label in labels.current.values()
        if label.verdict is not Verdict.UNSURE
    )
    found: list[tuple[int, int, bool, float]] = []
    n_known = 0
    for (left, right, is_match), customers in zip(said, map(_ordered, named), strict=True):
        first, second = rows.get(left, -1), rows.get(right, -1)
        if first < 0 or second < 0:
            continue
        n_known += 1
        one, other = sorted((int(linked.table.unit_of_row[first]), int(linked.table.unit_of_row[second])))
        if one != other and not kept_apart_by(linked.certain.labels, one, other):
            found.append((one, other, is_match, n_given[customers] / n_following[customers]))
    if said and not n_known:
        raise InputError(
            "labels: expected some pairs of records of this run, got none.",
            hint="Sources and record keys must be those of the run.",
        )
    return LabeledUnits(
        left_idx=np.array([each[0] for each in found], np.int32),
        right_idx=np.array([each[1] for each in found], np.int32),
        is_match=np.array([each[2] for each in found], np.bool_),
        n_labels=np.array([each[3] for each in found], np.float64),
    )


def _ordered(pair: tuple[RecordName, RecordName]) -> tuple[RecordName, RecordName]:
    return (pair[0], pair[1]) if pair[0] <= pair[1] else (pair[1], pair[0])
