"""Rules over the values of two records, evaluated on many pairs at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparer import PairComparer
from custid.engines.constraints import Condition, Different, Rule, Same, YearsApart
from custid.table.record_table import ValueColumn

__all__ = ["RuleBook"]

_LATEST = 9999_12_31
_NO_DATE = -1
# A few letters in common make two names similar, as Emma and Julie are, and not the same.
_UNLIKE = frozenset({"else", "similar", "several words, none alike", "one word, unlike"})


class RuleBook:
    """The rules of one kind, bound to the records of a run.

    Parameters
    ----------
    rules : sequence of Rule
        The rules; of several that hold for a pair the first one counts.
    columns : mapping of str to ValueColumn
        What the records have of the attributes; a rule over one that is not there holds for none.
    comparer : PairComparer
        Tells which values are alike.
    """

    def __init__(self, rules: Sequence[Rule], columns: Mapping[str, ValueColumn], comparer: PairComparer) -> None:
        self.rules = tuple(rules)
        self._columns = columns
        self._comparer = comparer
        self._dates = {
            each.attribute: _date_spans(columns[each.attribute])
            for rule in rules
            for each in rule.when
            if isinstance(each, YearsApart) and each.attribute in columns
        }

    def first_that_holds(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return which rule holds for each pair.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Units.

        Returns
        -------
        ndarray of int64, shape (n_pairs,)
            Position of the first rule that holds, -1 for none.
        """
        found = np.full(len(left), -1, np.int64)
        for number, rule in enumerate(self.rules):
            pairs = np.flatnonzero(found < 0)
            # Comparing takes longest and comes last, for the pairs that are left.
            for condition in sorted(rule.when, key=lambda each: isinstance(each, Different)):
                pairs = pairs[self._holds(condition, left[pairs], right[pairs])]
            found[pairs] = number
        return found

    def _holds(self, condition: Condition, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
        column = self._columns.get(condition.attribute)
        if column is None or not len(left):
            return np.zeros(len(left), np.bool_)
        if isinstance(condition, Same):
            return _have_in_common(column, left, right)
        if isinstance(condition, YearsApart):
            return self._are_apart(condition, column, left, right)
        return self._are_different(condition, column, left, right)

    def _are_apart(
        self, condition: YearsApart, column: ValueColumn, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        first, last = self._dates[condition.attribute]
        years = condition.more_than * 1_00_00
        is_near = np.zeros(len(left), np.bool_)
        has_both = (column.codes[left] >= 0).any(axis=1) & (column.codes[right] >= 0).any(axis=1)
        for one in column.codes[left].T:
            for other in column.codes[right].T:
                gap = np.maximum(first[one] - last[other], first[other] - last[one])
                is_told = (one >= 0) & (other >= 0)
                is_unknown = (first[one] == _NO_DATE) | (first[other] == _NO_DATE)
                is_near |= is_told & ((gap <= years) | is_unknown)
        return np.asarray(has_both & ~is_near, np.bool_)

    def _are_different(
        self, condition: Different, column: ValueColumn, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        places = [
            place for place, output in enumerate(self._comparer.outputs) if output.attribute == condition.attribute
        ]
        if places:
            levels, _ = self._comparer.compare(np.minimum(left, right), np.maximum(left, right))
            is_unlike = np.ones(len(left), np.bool_)
            for place in places:
                # Null, -1, indexes the last element.
                labels = self._comparer.outputs[place].levels
                is_unlike &= np.array([*(label in _UNLIKE for label in labels), False])[levels[:, place]]
            return is_unlike
        has_both = (column.codes[left] >= 0).any(axis=1) & (column.codes[right] >= 0).any(axis=1)
        return np.asarray(has_both & ~_have_in_common(column, left, right), np.bool_)


def _have_in_common(column: ValueColumn, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
    found = np.zeros(len(left), np.bool_)
    for one in column.codes[left].T:
        for other in column.codes[right].T:
            found |= (one == other) & (one >= 0)
    return found


def _date_spans(column: ValueColumn) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last day that each value may mean, as numbers YYYYMMDD; -1 where the year is unknown.

    A place more than there are values stands for the missing one, whose code is -1.
    """
    spans = [_span(text) for text in column.vocabulary]
    first, last = np.array([*spans, (_NO_DATE, _LATEST)], np.int64).T
    return first, last


def _span(text: str) -> tuple[int, int]:
    year, month, day = (*text.split("-"), "", "")[:3]
    if not year.isdecimal():
        return _NO_DATE, _LATEST
    first = last = int(year)
    for part, highest in ((month, 12), (day, 31)):
        is_known = part.isdecimal()
        first, last = first * 100 + (int(part) if is_known else 1), last * 100 + (int(part) if is_known else highest)
    return first, last
