"""Names of persons, of whom others come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import Compared
from custid.comparison.live.arrays import LiveArrays, State
from custid.comparison.live.statements import Stated, Statements
from custid.comparison.live.words import LiveWords, state_of_words
from custid.comparison.names import (
    LEAST_NAME_SIMILARITY,
    MAX_PERSON_WORDS,
    NAME_SLOTS,
    compare_names,
    name_rows,
    name_sets,
    name_words,
)
from custid.kernels.person_names import NameTable
from custid.standardize.nicknames import nickname_groups
from custid.table.record_table import RecordTable

__all__ = ["LivePersonNames", "state_of_names"]

_NAME = "names"
_LEAST = LEAST_NAME_SIMILARITY - 1e-6


def state_of_names(table: RecordTable, numbers: Mapping[str, NDArray[np.int32]], order: NDArray[np.int64]) -> State:
    """Return the names of the units of a table as arrays.

    Parameters
    ----------
    table : RecordTable
        The units.
    numbers : Mapping of str to ndarray of int32, shape (n_places, n_values)
        By attribute, the statements of each place, -1 padded.
    order : ndarray of int64, shape (n_places,)
        The unit of the table that each place has, the number of units for a place without one.

    Returns
    -------
    State
        Arrays.
    """
    words = name_words(table)
    sets = [np.vstack([each, np.full((1, each.shape[1]), -1, np.int32)])[order] for each in name_sets(words)]
    values = [numbers[name] for name in NAME_SLOTS]
    return {
        _NAME: {"rows": name_rows(sets, values)},
        f"{_NAME}.widths": {"n": np.array([each.shape[1] for each in values], np.int64)},
        **state_of_words(_NAME, words.vocabulary, at_least=_LEAST, variants=nickname_groups()),
    }


class LivePersonNames:
    """The names of all units.

    Parameters
    ----------
    arrays : LiveArrays
        Of all that is bound.
    statements : Statements
        All values.
    """

    def __init__(self, arrays: LiveArrays, statements: Statements) -> None:
        self.units = self._columns = arrays.columns(_NAME)
        self._statements = statements
        self._widths = arrays.columns(f"{_NAME}.widths")["n"]
        self._words = LiveWords(arrays, _NAME, at_least=_LEAST, variants=nickname_groups())
        self._generation: tuple[object, ...] = ()
        self.refresh()

    def refresh(self) -> None:
        """Take notice of arrays that are others than before."""
        generation = self._columns.generation, self._statements.columns.generation, self._words.generation
        if generation == self._generation:
            return
        self._generation = generation
        rarity = self._statements.columns["rarity"]
        n_given, n_family = self._widths.tolist()
        self._table = NameTable(self._columns["rows"], n_given, n_family, self._words.compiled.table, rarity, rarity)

    def write(self, place: int, stated: Stated) -> None:
        """Write the names of a unit.

        Parameters
        ----------
        place : int
            The unit.
        stated : Stated
            What it states.
        """
        texts, numbers = stated.texts, stated.numbers
        given, family = (_words_of(texts.get(name, ())) for name in NAME_SLOTS)
        named = {*given, *family}
        if "full_name" in texts:
            named.update(_words_of(texts["full_name"]))
        every = sorted(named)
        given_numbers, family_numbers = (numbers.get(name, []) for name in NAME_SLOTS)
        codes = self._words.codes_of(every)
        self._fit((len(given_numbers), len(family_numbers)), len(every))
        rows = self._columns["rows"]
        family_start = 2 + int(self._widths[0])
        start = family_start + int(self._widths[1])
        row = [-1] * rows.shape[1]
        row[0] = sum(1 << place for place, word in enumerate(every) if word in given)
        row[1] = sum(1 << place for place, word in enumerate(every) if word in family)
        row[2 : 2 + len(given_numbers)] = given_numbers
        row[family_start : family_start + len(family_numbers)] = family_numbers
        row[start : start + len(codes)] = codes
        rows[place] = row

    def _fit(self, n_values: Sequence[int], n_words: int) -> None:
        """Let rows have as many cells as a unit needs."""
        for slot in range(len(NAME_SLOTS)):
            n_more = n_values[slot] - int(self._widths[slot])
            if n_more > 0:
                width = self._columns["rows"].shape[1]
                self._columns.widen("rows", width + n_more, 2 + int(self._widths[: slot + 1].sum()), -1)
                self._widths[slot] += n_more
        width, needed = self._columns["rows"].shape[1], 2 + int(self._widths.sum()) + n_words
        if needed > width:
            self._columns.widen("rows", needed, width, -1)

    def __call__(self, left_idx: NDArray[np.int32], right_idx: NDArray[np.int32]) -> tuple[Compared, ...]:
        """Compare the names of units.

        Parameters
        ----------
        left_idx, right_idx : ndarray of int32, shape (n_pairs,)
            Units.

        Returns
        -------
        tuple of Compared
            Of given and of family names.
        """
        return compare_names(self._table, self._words.compiled, left_idx, right_idx)


def _words_of(names: Sequence[str]) -> list[str]:
    """Return the words of names that count, in the order of the alphabet."""
    if len(names) == 1 and " " not in names[0]:
        return [names[0]]
    return sorted({word for name in names for word in name.split()[:MAX_PERSON_WORDS]})[:MAX_PERSON_WORDS]
