"""How alike two words of a name or an address are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from custid.comparison.compiled_words import CompiledWords, variant_matrix
from custid.comparison.remembered import remembered
from custid.comparison.signatures import character_signatures, count_missing
from custid.table.packed import PackedStrings

__all__ = ["WordSimilarity"]

_VARIANT = np.float32(0.95)
_ONE_ERROR = np.float32(0.92)
_CLOSE = np.float32(0.9)
_INITIAL = np.float32(0.88)
_ROUNDING = 1e-6
_MAX_ERRORS = 2


class WordSimilarity:
    """Similarity of any two words of a vocabulary.

    Equal words have similarity 1, variants of one name 0.95, words of three letters with one error 0.92 or more, words
    of six letters with two errors and beginnings of one another 0.9 or more, an initial and a word that begins with it
    0.88; else it is their Jaro-Winkler similarity, of 0.9 at most where there are more than two errors.  Numbers are
    equal or not.

    Parameters
    ----------
    words : sequence of str
        The vocabulary: distinct folded words, none empty.
    is_compiled : bool
        True for the compiled kernel, False for rapidfuzz.  Results are the same, to 1e-6.
    at_least : float
        Lower similarities are not told apart, they are 0: the higher, the fewer words have to be spelled out.
    variants : Mapping of str to frozenset of int, optional
        Groups of name variants that a word belongs to.

    Examples
    --------
    >>> import numpy as np
    >>> similarity = WordSimilarity(["anna", "anne", "j", "jean", "12", "13"], is_compiled=False)
    >>> similarity(np.array([0, 2, 4], np.int32), np.array([1, 3, 5], np.int32)).round(2).tolist()
    [0.9200000166893005, 0.8799999952316284, 0.0]
    """

    def __init__(
        self,
        words: Sequence[str],
        *,
        is_compiled: bool,
        at_least: float = 0.0,
        variants: Mapping[str, frozenset[int]] | None = None,
    ) -> None:
        self.at_least = at_least - _ROUNDING
        self.n_words = len(words)
        self.compiled: CompiledWords | None = None
        if is_compiled:
            self.compiled = CompiledWords(words, at_least=self.at_least, variants=variants or {})
            return
        packed = PackedStrings.from_strings(words)
        self._words = words
        self._signatures = character_signatures(packed)
        self._is_number = np.fromiter((word.isdigit() for word in words), np.bool_, len(words))
        self._groups = variant_matrix(words, variants or {})
        self._lengths = np.diff(packed.offsets).astype(np.int32)
        self._initials = packed.data[packed.offsets[:-1]]
        self._remembered = remembered(self._grade, len(words), np.float32)

    @classmethod
    def of_compiled(cls, words: CompiledWords, n_words: int) -> WordSimilarity:
        """Return the similarity of words that kernels have already.

        Parameters
        ----------
        words : CompiledWords
            The vocabulary.
        n_words : int
            How many words it has.

        Returns
        -------
        WordSimilarity
            The same as of its words.
        """
        similarity = cls.__new__(cls)
        similarity.at_least, similarity.n_words, similarity.compiled = words.table.at_least, n_words, words
        return similarity

    def __call__(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the similarities of many pairs of words.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Codes of the two words of each pair.

        Returns
        -------
        ndarray of float32, shape (n_pairs,)
            Similarities in [0, 1].
        """
        if self.compiled is None:
            return self._remembered(left, right)
        return self.compiled.similarities(left, right)

    def _grade(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float32]:
        similarity = self._spelling(left, right)
        np.maximum(similarity, _VARIANT, out=similarity, where=_share_a_group(self._groups, left, right))
        similarity[self._is_number[left] | self._is_number[right]] = 0
        similarity[left == right] = 1
        return similarity

    def _spelling(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the similarities by characters alone."""
        n_left, n_right = self._lengths[left], self._lengths[right]
        shorter = np.minimum(n_left, n_right)
        only_left = count_missing(self._signatures[left], self._signatures[right])
        only_right = count_missing(self._signatures[right], self._signatures[left])
        common = np.minimum(n_left - only_left, n_right - only_right)
        similarity = np.zeros(len(left), np.float32)
        # With all common characters in order the Jaro similarity is (common / n + common / n' + 1) / 3; what Winkler
        # adds to one above 0.7 does not bring a lower one there.
        bound = 3 * min(self.at_least, 0.7 - _ROUNDING) - 1
        rows = np.flatnonzero(common * (n_left + n_right) >= bound * (n_left * n_right))
        similarity[rows] = self._jaro_winkler(left[rows], right[rows])
        errors = np.full(len(left), _MAX_ERRORS + 1, np.int8)
        may_be_close = (shorter >= 3) & (np.abs(n_left - n_right) <= _MAX_ERRORS)
        rows = np.flatnonzero(may_be_close & (np.maximum(only_left, only_right) <= _MAX_ERRORS))
        errors[rows] = self._errors(left[rows], right[rows])
        np.maximum(similarity, _ONE_ERROR, out=similarity, where=errors <= 1)
        np.maximum(similarity, _CLOSE, out=similarity, where=(errors <= _MAX_ERRORS) & (shorter >= 6))
        np.minimum(similarity, _CLOSE, out=similarity, where=errors > _MAX_ERRORS)
        same_start = self._initials[left] == self._initials[right]
        may_begin = same_start & (shorter >= 3) & (similarity < _CLOSE) & ((only_left == 0) | (only_right == 0))
        rows = np.flatnonzero(may_begin)
        similarity[rows[self._is_beginning(left[rows], right[rows])]] = _CLOSE
        is_initial = shorter == 1
        similarity[is_initial] = np.where(same_start[is_initial], _INITIAL, np.float32(0))
        similarity[similarity < np.float32(self.at_least)] = 0
        return similarity

    def _jaro_winkler(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float64]:
        return process.cpdist(
            self._at(left),
            self._at(right),
            scorer=JaroWinkler.similarity,
            score_cutoff=max(self.at_least, 0.0),
            dtype=np.float64,
        )

    def _errors(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        return process.cpdist(
            self._at(left), self._at(right), scorer=OSA.distance, score_cutoff=_MAX_ERRORS, dtype=np.int8
        )

    def _is_beginning(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
        pairs = zip(self._at(left), self._at(right), strict=True)
        return np.fromiter((a.startswith(b) or b.startswith(a) for a, b in pairs), np.bool_, len(left))

    def _at(self, codes: NDArray[np.int32]) -> list[str]:
        words = self._words
        return [words[code] for code in codes.tolist()]


def _share_a_group(groups: NDArray[np.int32], left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
    shared = np.zeros(len(left), np.bool_)
    if groups.shape[1]:
        rows = np.flatnonzero((groups[left, 0] >= 0) & (groups[right, 0] >= 0))
        first, second = groups[left[rows]], groups[right[rows]]
        shared[rows] = ((first[:, :, None] == second[:, None, :]) & (first[:, :, None] >= 0)).any(axis=(1, 2))
    return shared
