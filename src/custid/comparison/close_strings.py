"""String metrics of one vocabulary, told exactly only where two strings are close.

Levels ask whether two values are one or two errors apart or very similar, and hardly any pair of values is.  Lengths
and signatures of characters are looked at first, and a metric is computed where these leave it open.  Nothing is
compiled: `custid.kernels.value_levels` and `custid.kernels.address_levels` do the same in one pass.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from custid.comparison.signatures import character_signatures, count_missing
from custid.table.packed import PackedStrings

__all__ = ["CloseStrings"]

_ROUNDING = 1e-6
_WINKLER_SHARE = 0.4


class CloseStrings:
    """Errors and similarities between any two strings of a vocabulary.

    Parameters
    ----------
    strings : sequence of str
        The vocabulary; strings may repeat.

    Examples
    --------
    >>> import numpy as np
    >>> strings = CloseStrings(["martha", "marhta", "duane"])
    >>> left, right = np.array([0, 0], np.int32), np.array([1, 2], np.int32)
    >>> strings.errors(left, right, at_most=2).tolist()
    [1, 3]
    >>> strings.similarity(left, right, at_least=0.9).round(4).tolist()
    [0.9610999822616577, 0.0]
    """

    def __init__(self, strings: Sequence[str]) -> None:
        packed = PackedStrings.from_strings(strings)
        self._signatures = character_signatures(packed)
        self._strings = strings
        self._lengths = np.diff(packed.offsets).astype(np.int32)

    def errors(self, left: NDArray[np.int32], right: NDArray[np.int32], *, at_most: int) -> NDArray[np.int8]:
        """Return the number of typing errors between the strings of each pair, up to a number.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Numbers of the two strings of each pair.
        at_most : int
            More errors than this are not told apart.

        Returns
        -------
        ndarray of int8, shape (n_pairs,)
            The optimal string alignment distance, ``at_most + 1`` where it is greater.
        """
        out = np.full(len(left), at_most + 1, np.int8)
        is_open = np.abs(self._lengths[left] - self._lengths[right]) <= at_most
        is_open &= count_missing(self._signatures[left], self._signatures[right]) <= at_most
        is_open &= count_missing(self._signatures[right], self._signatures[left]) <= at_most
        rows = np.flatnonzero(is_open)
        if len(rows):
            out[rows] = process.cpdist(
                self._at(left[rows]),
                self._at(right[rows]),
                scorer=OSA.distance,
                score_cutoff=at_most,
                dtype=np.int8,
                workers=1,
            )
        return out

    def similarity(self, left: NDArray[np.int32], right: NDArray[np.int32], *, at_least: float) -> NDArray[np.float32]:
        """Return the Jaro-Winkler similarity of each pair of strings, from a similarity on.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Numbers of the two strings of each pair.
        at_least : float
            Lower similarities are not told apart.

        Returns
        -------
        ndarray of float32, shape (n_pairs,)
            The similarity, 0 where it is lower than ``at_least`` by more than rounding.
        """
        cutoff = max(at_least - _ROUNDING, 0.0)
        out = np.zeros(len(left), np.float32)
        rows = np.flatnonzero(self._greatest_similarity(left, right) >= cutoff)
        if len(rows):
            out[rows] = process.cpdist(
                self._at(left[rows]),
                self._at(right[rows]),
                scorer=JaroWinkler.similarity,
                score_cutoff=cutoff,
                dtype=np.float64,
                workers=1,
            )
        return out

    def _greatest_similarity(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return what the similarity would be with all common characters in order and four first ones agreeing."""
        first, second = self._signatures[left], self._signatures[right]
        n_left, n_right = np.maximum(self._lengths[left], 1), np.maximum(self._lengths[right], 1)
        common = np.minimum(n_left - count_missing(first, second), n_right - count_missing(second, first))
        bound = (common / n_left + common / n_right + 1.0) / 3.0
        return bound + _WINKLER_SHARE * (1.0 - bound)

    def _at(self, numbers: NDArray[np.int32]) -> list[str]:
        strings = self._strings
        return [strings[number] for number in numbers.tolist()]
