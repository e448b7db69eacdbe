"""What the codes of the values of two records tell: that a value is missing, that two are equal, that they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel, prefetch

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CodeTable", "OpenPairs", "compare_codes", "raise_levels"]


class CodeTable(NamedTuple):
    """The codes of all units, those of a unit side by side.

    Attributes
    ----------
    cells : ndarray of int32, shape (n_units * width,)
        For each unit ``width`` cells: codes of the common values of each attribute, -1 where there is none, those that
        are missing last; then bits that tell for which attributes the unit has values beyond.
    layout : ndarray of int64, shape (n_attributes, 4)
        For each attribute its first cell, how many cells it has, its column in the comparison vectors and where its
        rarities begin.
    top : ndarray of int8, shape (n_attributes,)
        The level of equal values.
    rarity : ndarray of float32, shape (n_rarities,)
        What an agreement on each value is worth, in bits.
    width : int
        Cells of a unit.
    """

    cells: NDArray[np.int32]
    layout: NDArray[np.int64]
    top: NDArray[np.int8]
    rarity: NDArray[np.float32]
    width: int


class OpenPairs(NamedTuple):
    """Written by `compare_codes`: what codes alone do not tell.

    Attributes
    ----------
    n_differing : ndarray of int64, shape (n_attributes,)
        How many differing values of each attribute are to be graded.
    pair, left, right : ndarray of int32, shape (n_attributes, n_slots)
        Of each of them the pair, and the two codes.
    n_further : ndarray of int64, shape (n_attributes,)
        How many pairs have values of an attribute that the table of codes does not hold.
    further : ndarray of int32, shape (n_attributes, n_pairs)
        These pairs.
    """

    n_differing: NDArray[np.int64]
    pair: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    n_further: NDArray[np.int64]
    further: NDArray[np.int32]


@kernel
def compare_codes(
    table: CodeTable,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
    found: OpenPairs,
) -> None:
    """Write the level of each pair in each attribute as far as codes tell it, and list what is to be graded.

    Parameters
    ----------
    table : CodeTable
        The codes.
    left, right : ndarray of int32, shape (n_pairs,)
        Units.
    levels : ndarray of int8, shape (n_outputs, n_pairs)
        Written, in the rows of the attributes: -1 where a unit has no value, the closest level where the two share
        one, else 0.
    rarity_bits : ndarray of float32, shape (n_outputs, n_pairs)
        Written likewise: the rarity of the rarest value that the two share, else 0.
    found : OpenPairs
        Written: every two differing values of pairs that share none, of attributes of more than two levels, and the
        pairs with values beyond, whose level and rarity are written as if those were not there.

    Notes
    -----
    Some pairs at a time are compared attribute by attribute, while the memory of the next ones is on its way: two rows,
    of one or two lines each, for a pair. Each pair is read from shared arrays and written to places of its own, so
    ranges of pairs may run side by side with lists of their own.
    """
    n_pairs = left.size
    rows = np.empty((2, 64), np.uint64)
    found.n_differing[:] = 0
    found.n_further[:] = 0
    for start in range(0, n_pairs, 64):
        n = min(64, n_pairs - start)
        for i in range(n):
            rows[0, i] = left[start + i] * table.width
            rows[1, i] = right[start + i] * table.width
        for ahead in range(start + n, min(start + n + 64, n_pairs)):
            for cell in range(0, table.width, 16):
                prefetch(table.cells, left[ahead] * table.width + cell)
                prefetch(table.cells, right[ahead] * table.width + cell)
        for attribute in range(table.top.size):
            output = table.layout[attribute, 2]
            of_pairs, bits = levels[output, start : start + n], rarity_bits[output, start : start + n]
            if table.layout[attribute, 1] == 1:
                _compare_single(table, rows, start, attribute, of_pairs, bits, found)
            else:
                _compare_several(table, rows, start, attribute, of_pairs, bits, found)
        if found.further.shape[1]:
            _list_further(table, rows[:, :n], start, found)


@kernel
def raise_levels(levels: NDArray[np.int8], pairs: NDArray[np.int32], graded: NDArray[np.int8]) -> None:
    """Raise levels of some pairs to those that their values have been graded with.

    Parameters
    ----------
    levels : ndarray of int8, shape (n_pairs,)
        Changed: levels in one attribute.
    pairs : ndarray of int32, shape (n_graded,)
        The pairs; one may recur.
    graded : ndarray of int8, shape (n_graded,)
        Levels.

    Notes
    -----
    The greatest level of a pair is kept, in whatever order they come. One thread works at a time on one array.
    """
    for i in range(pairs.size):
        levels[pairs[i]] = max(levels[pairs[i]], graded[i])


@kernel
def _compare_single(
    table: CodeTable,
    rows: NDArray[np.uint64],
    start: int,
    attribute: int,
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
    found: OpenPairs,
) -> None:
    """Compare some pairs in an attribute of which each unit has one value at most."""
    cell, rarity = np.uint64(table.layout[attribute, 0]), table.rarity[table.layout[attribute, 3] :]
    cells, row_left, row_right = table.cells, rows[0], rows[1]
    pairs, lefts, rights = found.pair[attribute], found.left[attribute], found.right[attribute]
    top = table.top[attribute]
    is_graded = top > 1
    n = np.uint64(found.n_differing[attribute])
    # So many places are written at once that the machine does not see by itself which memory is next.
    prefetch(levels, 64)
    for ahead in range(64, 128, 16):
        prefetch(rarity_bits, ahead)
        for written in (pairs, lefts, rights):
            prefetch(written, found.n_differing[attribute] + ahead)
    # Without branches: which of the three holds for the next pair, nothing tells before. Unsigned numbers are never
    # taken for places counted from the end.
    for i in range(np.uint64(levels.size)):
        code_left, code_right = cells[row_left[i] + cell], cells[row_right[i] + cell]
        is_present = (code_left | code_right) >= 0
        is_equal = is_present & (code_left == code_right)
        levels[i] = top * is_equal - (not is_present)
        bits = rarity[np.uint64(code_left * is_equal)]
        rarity_bits[i] = bits if is_equal else np.float32(0.0)
        pairs[n] = start + i
        lefts[n] = code_left
        rights[n] = code_right
        n += np.uint64(is_present & (not is_equal) & is_graded)
    found.n_differing[attribute] = n


@kernel
def _compare_several(
    table: CodeTable,
    rows: NDArray[np.uint64],
    start: int,
    attribute: int,
    levels: NDArray[np.int8],
    rarity_bits: NDArray[np.float32],
    found: OpenPairs,
) -> None:
    """Compare some pairs in an attribute of which units have several values."""
    cell, n_cells, _, rarity_start = table.layout[attribute]
    top = table.top[attribute]
    for pair in range(levels.size):
        level = np.int8(-1)
        bits = np.float32(0.0)
        n = found.n_differing[attribute]
        row_left, row_right = np.int64(rows[0, pair]) + cell, np.int64(rows[1, pair]) + cell
        for i in range(row_left, row_left + n_cells):
            code_left = table.cells[i]
            for j in range(row_right, row_right + n_cells):
                code_right = table.cells[j]
                if (code_left | code_right) < 0:
                    break
                level = max(level, np.int8(0))
                if code_left == code_right:
                    level = top
                    bits = max(bits, table.rarity[rarity_start + code_left])
                elif level < top and top > 1:
                    found.pair[attribute, n] = start + pair
                    found.left[attribute, n] = code_left
                    found.right[attribute, n] = code_right
                    n += 1
        levels[pair] = level
        rarity_bits[pair] = bits
        if level < top:
            found.n_differing[attribute] = n


@kernel
def _list_further(table: CodeTable, rows: NDArray[np.uint64], start: int, found: OpenPairs) -> None:
    """List which of some pairs have values that the table of codes does not hold."""
    last = np.uint64(table.width - 1)
    for pair in range(rows.shape[1]):
        beyond = table.cells[rows[0, pair] + last] | table.cells[rows[1, pair] + last]
        attribute = 0
        while beyond:
            if beyond & 1:
                found.further[attribute, found.n_further[attribute]] = start + pair
                found.n_further[attribute] += 1
            beyond >>= 1
            attribute += 1
