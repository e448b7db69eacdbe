"""Names of persons.

Given and family name are judged together: a name may stand in the wrong column, but no word may count twice.  An
agreement across columns is accepted only where at least two distinct words of the two full names pair up; otherwise a
shared word would serve as both the given and the family name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.comparison.alignment import align_words
from custid.comparison.comparison import BindingContext, BoundComparison, Compared, ComparisonOutput, column_of
from custid.comparison.compiled_words import CompiledWords
from custid.comparison.word_similarity import WordSimilarity
from custid.standardize.nicknames import nickname_groups
from custid.table.record_table import RecordTable
from custid.table.tokens import TokenTable, distinct_per_row, tokenize

if TYPE_CHECKING:
    from custid.kernels.person_names import NameTable

__all__ = [
    "LEAST_NAME_SIMILARITY",
    "MAX_PERSON_WORDS",
    "NAME_SLOTS",
    "BoundNames",
    "PersonNameComparison",
    "compare_names",
    "name_rows",
    "name_sets",
    "name_words",
]

LEAST_NAME_SIMILARITY = 0.7
"""Similarities of words of names that are lower count for nothing."""

MAX_PERSON_WORDS = 8
"""Words of the given names of a person that count, and of the family names."""

NAME_SLOTS = ("given_name", "family_name")
"""The attributes that are judged together."""

_TOLERANCE = 1e-6
_GIVEN, _FAMILY, _ALL = 0, 1, 2
_CLOSE, _ONE_ERROR, _EXACT = 3, 5, 7


@frozen
class PersonNameComparison:
    """Compare given and family names, within their columns and across."""

    levels: tuple[str, ...] = (
        "else",
        "similar",
        "close in another column",
        "close",
        "equal in another column",
        "one error",
        "variant or part",
        "exact",
    )

    @property
    def outputs(self) -> tuple[ComparisonOutput, ...]:
        """One output for the given name and one for the family name."""
        return (
            ComparisonOutput(name="given_name", attribute="given_name", levels=self.levels, is_personal=True),
            ComparisonOutput(name="family_name", attribute="family_name", levels=self.levels),
        )

    def bind(self, table: RecordTable, context: BindingContext) -> BoundComparison:
        """Prepare the comparison of records of one table."""
        names = BoundNames.of_table(table, context)
        if names.similarity.compiled is not None:
            return _compiled_comparison(names, names.similarity.compiled)
        return partial(_compare_names, names)


@frozen(kw_only=True, eq=False)
class BoundNames:
    """Names of all units.

    The sets are the words of the given names, those of the family names, and all words; each unit's are distinct and
    ascending, -1 padded.
    """

    sets: tuple[NDArray[np.int32], ...]
    values: tuple[NDArray[np.int32], ...]
    rarity: tuple[NDArray[np.float32], ...]
    similarity: WordSimilarity

    @classmethod
    def of_table(cls, table: RecordTable, context: BindingContext) -> BoundNames:
        """Return the names of the units of a table."""
        slots = [column_of(table, name) for name in NAME_SLOTS]
        words = name_words(table)
        return cls(
            sets=name_sets(words),
            values=tuple(column.codes for column in slots),
            rarity=tuple(
                context.rarity(name, column.vocabulary) for name, column in zip(NAME_SLOTS, slots, strict=True)
            ),
            similarity=WordSimilarity(
                words.vocabulary,
                is_compiled=context.is_compiled,
                at_least=LEAST_NAME_SIMILARITY,
                variants=nickname_groups(),
            ),
        )

    def n_words(self, of_set: int, units: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return how many words some units have in one set."""
        counts: NDArray[np.int64] = np.count_nonzero(self.sets[of_set][units] >= 0, axis=1)
        return counts

    def align(
        self, left: NDArray[np.int32], right: NDArray[np.int32], left_set: int, right_set: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
        """Return how alike the worst aligned words of the sets of two units are, and how many words both hold."""
        aligned = align_words(self.sets[left_set][left], self.sets[right_set][right], self.similarity)
        return aligned.lowest, aligned.n_exact


def name_words(table: RecordTable) -> TokenTable:
    """Return the words of given names, of family names and of whole names, where there are any."""
    further = [table.columns["full_name"]] if "full_name" in table.columns else []
    return tokenize([*(table.columns[name] for name in NAME_SLOTS), *further], width=MAX_PERSON_WORDS)


def name_sets(words: TokenTable) -> tuple[NDArray[np.int32], ...]:
    """Return the words of the given names, those of the family names, and all words of each unit."""
    return (*words.slots[:2], distinct_per_row(np.hstack(words.slots)))


def name_rows(sets: Sequence[NDArray[np.int32]], values: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Return the rows of the kernel's table of names, of words and values of all units."""
    every = sets[_ALL]
    places = [_places(members, every)[:, None] for members in sets[:_ALL]]
    return np.ascontiguousarray(np.hstack([*places, *values, every]), np.int32)


def _compiled_comparison(names: BoundNames, words: CompiledWords) -> BoundComparison:
    from custid.kernels.person_names import NameTable  # noqa: PLC0415  # loads numba

    table = NameTable(
        rows=name_rows(names.sets, names.values),
        n_given=names.values[_GIVEN].shape[1],
        n_family=names.values[_FAMILY].shape[1],
        words=words.table,
        given_rarity=np.asarray(names.rarity[_GIVEN], np.float32),
        family_rarity=np.asarray(names.rarity[_FAMILY], np.float32),
    )

    def compare(left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
        return compare_names(table, words, left_idx, right_idx)

    return compare


def compare_names(
    table: NameTable, words: CompiledWords, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]
) -> tuple[Compared, ...]:
    """Compare names that kernels have.

    Parameters
    ----------
    table : NameTable
        The names of all units.
    words : CompiledWords
        Lends rooms for their words.
    left_idx, right_idx : ndarray of int32, shape (n_pairs,)
        Units.

    Returns
    -------
    tuple of Compared
        Of given and of family names.
    """
    from custid.kernels.person_names import name_levels  # noqa: PLC0415  # loads numba

    levels = np.empty((2, len(left_idx)), np.int8)
    bits = np.empty((2, len(left_idx)), np.float32)
    left_idx, right_idx = np.ascontiguousarray(left_idx), np.ascontiguousarray(right_idx)
    n_words = table.rows.shape[1] - table.n_given - table.n_family - 2
    with words.room(n_words) as (known, grids):
        name_levels(table, known, grids, left_idx, right_idx, levels, bits)
    return tuple(Compared(levels=levels[slot], rarity_bits=bits[slot]) for slot in (_GIVEN, _FAMILY))


def _places(words: NDArray[np.int32], every: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return which of all words of each unit belong to a set, as bits."""
    places = np.zeros(len(every), np.int32)
    members = np.ascontiguousarray(words.T)
    for place, word in enumerate(np.ascontiguousarray(every.T)):
        is_member = np.logical_or.reduce([member == word for member in members])
        places |= (is_member & (word >= 0)).astype(np.int32) << place
    return places


def _compare_names(
    names: BoundNames, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]
) -> tuple[Compared, ...]:
    levels = np.empty((2, len(left_idx)), np.int8)
    bits = np.empty((2, len(left_idx)), np.float32)
    for slot in (_GIVEN, _FAMILY):
        bits[slot] = _shared_rarity(names.values[slot], names.rarity[slot], left_idx, right_idx)
        levels[slot] = _EXACT
        is_missing = (names.n_words(slot, left_idx) == 0) | (names.n_words(slot, right_idx) == 0)
        levels[slot, is_missing] = -1
        rows = np.flatnonzero((bits[slot] < 0) & ~is_missing)
        levels[slot, rows] = _same_column(names.align(left_idx[rows], right_idx[rows], slot, slot)[0])
    _across_columns(levels, names, left_idx, right_idx)
    return tuple(Compared(levels=levels[slot], rarity_bits=np.maximum(bits[slot], 0)) for slot in (_GIVEN, _FAMILY))


def _same_column(lowest: NDArray[np.float32]) -> NDArray[np.int8]:
    """Levels of one name column by its worst aligned word."""
    levels = np.zeros(len(lowest), np.int8)
    for level, at_least in ((1, LEAST_NAME_SIMILARITY), (3, 0.85), (5, 0.9), (6, 0.94)):
        levels[lowest >= at_least - _TOLERANCE] = level
    return levels


def _shared_rarity(
    codes: NDArray[np.int32], rarity: NDArray[np.float32], left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return the bits of the rarest value that two units share, -1 where they share none."""
    bits = np.full(len(left_idx), -1, np.float32)
    for first in codes.T:
        left = first[left_idx]
        for second in codes.T:
            rows = np.flatnonzero((left == second[right_idx]) & (left >= 0))
            bits[rows] = np.maximum(bits[rows], rarity[left[rows]])
    return bits


def _across_columns(
    levels: NDArray[np.int8],
    names: BoundNames,
    left_idx: NDArray[np.int32],
    right_idx: NDArray[np.int32],
) -> None:
    """Raise levels where a name stands in another column of the other record; changes ``levels``."""
    is_open = (levels >= 0) & (levels < _ONE_ERROR)
    wanted = np.flatnonzero(is_open[_GIVEN] | is_open[_FAMILY])
    lowest, n_exact = names.align(left_idx[wanted], right_idx[wanted], _ALL, _ALL)
    n_aligned = np.minimum(names.n_words(_ALL, left_idx[wanted]), names.n_words(_ALL, right_idx[wanted]))
    is_pair = (n_aligned >= 2) & ((n_exact >= 2) | (lowest >= 0.86 - _TOLERANCE))
    given, family = levels[:, wanted]
    is_free = is_pair | (given < 0) | (family < 0)
    is_allowed = (is_free | (family < _CLOSE), is_free)
    for slot in (_GIVEN, _FAMILY):
        rows = wanted[is_allowed[slot] & is_open[slot, wanted]]
        left, right = left_idx[rows], right_idx[rows]
        best = np.zeros(len(rows), np.float32)
        for name_side, bag_side, sets in ((left, right, (slot, _ALL)), (right, left, (_ALL, slot))):
            fits = names.n_words(slot, name_side) <= names.n_words(_ALL, bag_side)
            np.maximum(best, names.align(left, right, *sets)[0], out=best, where=fits)
        across = np.where(best >= 0.94 - _TOLERANCE, 4, np.where(best >= 0.86 - _TOLERANCE, 2, 0)).astype(np.int8)
        levels[slot, rows] = np.maximum(levels[slot, rows], across)
