"""Levels of two dates, postcodes, codes or e-mails.

`custid.comparison.levels` says what the levels are, and computes the same without a compiler. Each kernel goes over the
pairs twice: first over all of them, where rows of numbers settle nearly every pair and none waits for another, then
over those that have to be spelled out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import bit_count, borrowed, kernel
from custid.kernels.edit_distance import edit_distance, few_edits
from custid.kernels.jaro_winkler import similarity_from
from custid.kernels.rows import StringTable, greatest_similarity, least_errors, length_of, start_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["date_levels", "email_levels", "error_levels", "postcode_levels"]

_MONTH, _DAY, _YEAR = np.uint64(32), np.uint64(40), np.uint64(48)
_PARTIAL = np.uint64(0xFFFFFFFF)


@kernel
def _digits_set(digits: np.uint64) -> np.uint64:
    """Return the lowest bit of each group of four bits that are not all 0."""
    pairs = digits | (digits >> np.uint64(2))
    return (pairs | (pairs >> np.uint64(1))) & np.uint64(0x11111111)


@kernel
def _digit_errors(first: np.uint64, second: np.uint64) -> int:
    """Return how many digits differ, two neighbors that changed places counted as one; 9 where a date is partial."""
    differs = _digits_set(first ^ second)
    errors = bit_count(differs)
    # A digit equal to its neighbor of the other date, on both sides: the neighbors have changed places.
    crosswise = _digits_set((first >> np.uint64(4)) ^ second) | _digits_set(first ^ (second >> np.uint64(4)))
    if errors == 2 and ~crosswise & differs & (differs >> np.uint64(4)) != np.uint64(0):
        errors = 1
    return 9 if max(first, second) == _PARTIAL else errors


@kernel
def _date_level(left: np.uint64, right: np.uint64) -> int:
    """Return the level of two dates."""
    unknown = np.uint64(0xFF)
    month_left, month_right = (left >> _MONTH) & unknown, (right >> _MONTH) & unknown
    day_left, day_right = (left >> _DAY) & unknown, (right >> _DAY) & unknown
    year_left, year_right = int(np.int64(left >> _YEAR)), int(np.int64(right >> _YEAR))
    gap = abs(year_left - year_right)
    if year_left == 0xFFFF or year_right == 0xFFFF:
        gap = 0xFFFF
    errors = _digit_errors(left & _PARTIAL, right & _PARTIAL)
    if errors > 2 and gap > 10 and (month_left != month_right or day_left != day_right):
        return 0
    same_year = gap == 0
    same_month = month_left == month_right and month_left != unknown
    same_day = day_left == day_right and day_left != unknown
    if same_year and month_left == day_right and day_left == month_right and day_left != unknown:
        return 8
    if errors <= 1:
        return 7
    if same_year:
        is_vague = max(month_left, month_right) == unknown
        is_vague |= month_left == day_left and month_left == np.uint64(1)
        is_vague |= month_right == day_right and month_right == np.uint64(1)
        if is_vague:
            return 6
    if (same_year and (same_month or same_day)) or (same_month and same_day):
        return 5
    if errors <= 2:
        return 4
    return 3 if same_year else 2 if gap <= 2 else 1 if gap <= 10 else 0


@kernel
def date_levels(
    dates: NDArray[np.uint64], left: NDArray[np.int32], right: NDArray[np.int32], out: NDArray[np.int8]
) -> None:
    """Write the level of each pair of dates.

    Parameters
    ----------
    dates : ndarray of uint64, shape (n_dates,)
        ``year << 48 | day << 40 | month << 32 | digits``: a part that is unknown has all bits set, and so have the
        eight digits, four bits each, of a date with such a part.
    left, right : ndarray of int32, shape (n_pairs,)
        Numbers of the two dates of each pair.
    out : ndarray of int8, shape (n_pairs,)
        Written: the level, from 0 to 8.

    Notes
    -----
    Each pair is written to a place of its own, so ranges of pairs may run side by side.
    """
    rows = borrowed(dates)
    for pair in range(left.size):
        out[pair] = _date_level(rows[left[pair]], rows[right[pair]])


@kernel
def error_levels(
    max_errors: int, strings: StringTable, left: NDArray[np.int32], right: NDArray[np.int32], out: NDArray[np.int8]
) -> None:
    """Write the level of each pair of differing codes: one above else for each error that it has less than too many.

    Parameters
    ----------
    max_errors : int
        Errors of level 1.
    strings : StringTable
        The codes.
    left, right : ndarray of int32, shape (n_pairs,)
        Numbers of the two codes of each pair.
    out : ndarray of int8, shape (n_pairs,)
        Written: the level, from 0 to ``max_errors``; equal codes count as one error apart.

    Notes
    -----
    Each pair is written to a place of its own, so ranges of pairs may run side by side.
    """
    rows, data = borrowed(strings.rows), borrowed(strings.data)
    undecided, n_undecided = np.empty(left.size, np.int32), 0
    for pair in range(left.size):
        i, j = left[pair], right[pair]
        least = least_errors(rows[i, 0], rows[j, 0], length_of(rows[i, 1]), length_of(rows[j, 1]))
        out[pair] = 0
        undecided[n_undecided] = pair
        n_undecided += least <= max_errors
    for pair in undecided[:n_undecided]:
        i, j = rows[left[pair], 1], rows[right[pair], 1]
        errors = edit_distance(data, start_of(i), length_of(i), data, start_of(j), length_of(j), max_errors, True)
        out[pair] = max_errors + 1 - max(errors, 1)


@kernel
def postcode_levels(
    strings: StringTable, left: NDArray[np.int32], right: NDArray[np.int32], out: NDArray[np.int8]
) -> None:
    """Write the level of each pair of differing postcodes.

    Parameters
    ----------
    strings : StringTable
        The postcodes; the third column is ``area << 32 | beginning``, as numbers.
    left, right : ndarray of int32, shape (n_pairs,)
        Numbers of the two postcodes of each pair.
    out : ndarray of int8, shape (n_pairs,)
        Written: 3 for one error, 2 for one area, 1 for one beginning, 0 else.

    Notes
    -----
    Each pair is written to a place of its own, so ranges of pairs may run side by side.
    """
    rows, data = borrowed(strings.rows), borrowed(strings.data)
    undecided, n_undecided = np.empty(left.size, np.int32), 0
    for pair in range(left.size):
        i, j = left[pair], right[pair]
        least = least_errors(rows[i, 0], rows[j, 0], length_of(rows[i, 1]), length_of(rows[j, 1]))
        parts = rows[i, 2] ^ rows[j, 2]
        same_area, same_beginning = parts >> np.uint64(32) == np.uint64(0), parts & _PARTIAL == np.uint64(0)
        out[pair] = 2 if same_area else 1 if same_beginning else 0
        undecided[n_undecided] = pair
        n_undecided += least <= 1
    for pair in undecided[:n_undecided]:
        i, j = rows[left[pair], 1], rows[right[pair], 1]
        if few_edits(data, start_of(i), length_of(i), data, start_of(j), length_of(j), 1, True) <= 1:
            out[pair] = 3


@kernel
def email_levels(
    at_least: float, strings: StringTable, left: NDArray[np.int32], right: NDArray[np.int32], out: NDArray[np.int8]
) -> None:
    """Write the level of each pair of differing e-mails.

    Parameters
    ----------
    at_least : float
        Least similarity of local parts that counts.
    strings : StringTable
        The e-mails; the third column is the signature of the local part, the fourth ``number << 32 | length``: the
        number of the local part among all, and its length.
    left, right : ndarray of int32, shape (n_pairs,)
        Numbers of the two e-mails of each pair.
    out : ndarray of int8, shape (n_pairs,)
        Written: 3 for up to two errors, 2 for one local part, 1 for similar local parts, 0 else.

    Notes
    -----
    Each pair is written to a place of its own, so ranges of pairs may run side by side.
    """
    rows, data = borrowed(strings.rows), borrowed(strings.data)
    undecided, n_undecided = np.empty(left.size, np.int32), 0
    # Winkler's addition is two fifths of the way to 1 at most; what is lost by rounding is given away.
    least_jaro = (at_least - 0.4) / 0.6 - 1e-9
    for pair in range(left.size):
        i, j = left[pair], right[pair]
        least = least_errors(rows[i, 0], rows[j, 0], length_of(rows[i, 1]), length_of(rows[j, 1]))
        n_left, n_right = int(np.int64(rows[i, 3] & _PARTIAL)), int(np.int64(rows[j, 3] & _PARTIAL))
        bound = greatest_similarity(rows[i, 2], rows[j, 2], max(n_left, 1), max(n_right, 1))
        out[pair] = 0
        undecided[n_undecided] = pair
        n_undecided += (least <= 2) | (bound >= least_jaro)
    for pair in undecided[:n_undecided]:
        i, j = left[pair], right[pair]
        start, n = start_of(rows[i, 1]), length_of(rows[i, 1])
        other, n_other = start_of(rows[j, 1]), length_of(rows[j, 1])
        least = least_errors(rows[i, 0], rows[j, 0], n, n_other)
        if least <= 2 and few_edits(data, start, n, data, other, n_other, 2, True) <= 2:
            out[pair] = 3
        elif rows[i, 3] == rows[j, 3]:
            out[pair] = 2
        else:
            n, n_other = int(np.int64(rows[i, 3] & _PARTIAL)), int(np.int64(rows[j, 3] & _PARTIAL))
            similarity = similarity_from(data, start, n, data, other, n_other, 0.0)
            out[pair] = similarity >= at_least and similarity > 0.0
