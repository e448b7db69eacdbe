"""Contact points that change hands, where records tell days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from custid.result._sharing import UNKNOWN, Held

__all__ = ["Spans", "Takeover", "replaced", "spans_of", "taken_over"]


class Spans(NamedTuple):
    """From when to when customers were seen with values of one attribute, ascending by customer, then by value.

    Attributes
    ----------
    customer, value, first, last : ndarray of int64, shape (n_spans,)
        The customer, a number of the value, and the first and last day.
    """

    customer: NDArray[np.int64]
    value: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    def of(self, customer: int) -> Spans:
        """Return the spans of one customer."""
        start, stop = np.searchsorted(self.customer, [customer, customer + 1])
        return Spans(*(column[start:stop] for column in self))

    def gives_up_all(self, day: int) -> bool:
        """Tell whether there were values before a day, and none of them was seen on it or later."""
        is_before = self.first < day
        return bool(is_before.any() and (self.last[is_before] < day).all())


class Takeover(NamedTuple):
    """A customer whose contact points changed, on which day, and who had the new one before (-1 for nobody)."""

    customer: int
    day: int
    before: int


def spans_of(held: Held, customer: NDArray[np.int64], day: NDArray[np.int64]) -> Spans:
    """Return from when to when customers were seen with values; rows without a day do not count."""
    known = np.flatnonzero(day[held.row] != UNKNOWN)
    row, value = held.row[known], held.value[known]
    n_values = int(value.max(initial=0)) + 1
    distinct, inverse = np.unique(customer[row] * n_values + value, return_inverse=True)
    first, last = np.full(len(distinct), UNKNOWN, np.int64), np.zeros(len(distinct), np.int64)
    np.minimum.at(first, inverse, day[row])
    np.maximum.at(last, inverse, day[row])
    return Spans(distinct // n_values, distinct % n_values, first, last)


def taken_over(spans: Spans, party: NDArray[np.int64]) -> Iterator[Takeover]:
    """Return customers who gave up all they had for a value that an unrelated customer had before them."""
    order = np.lexsort((spans.customer, spans.first, spans.value))
    value = spans.value[order]
    starts = np.flatnonzero(np.append(True, value[1:] != value[:-1])[: len(value)])
    owner = order[np.repeat(starts, np.diff(np.append(starts, len(value))))]
    is_later = (spans.first[order] > spans.first[owner]) & (
        party[spans.customer[order]] != party[spans.customer[owner]]
    )
    for place, before in zip(order[is_later].tolist(), owner[is_later].tolist(), strict=True):
        customer, day = int(spans.customer[place]), int(spans.first[place])
        if spans.of(customer).gives_up_all(day):
            yield Takeover(customer, day, int(spans.customer[before]))


def replaced(each_spans: Sequence[Spans]) -> Iterator[Takeover]:
    """Return customers of whom all attributes got a new value on one day, the old ones being seen no more."""
    several = [np.unique(spans.customer[1:][spans.customer[1:] == spans.customer[:-1]]) for spans in each_spans]
    changing = several[0]
    for others in several[1:]:
        changing = np.intersect1d(changing, others)
    for customer in changing.tolist():
        own = [spans.of(customer) for spans in each_spans]
        days = set(own[0].first.tolist())
        for spans in own[1:]:
            days &= set(spans.first.tolist())
        for day in sorted(days):
            if all(spans.gives_up_all(day) for spans in own):
                yield Takeover(customer, day, -1)
