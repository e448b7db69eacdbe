"""Token-set similarity."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

from custid.comparison.string_metrics.pairs import Executor, checked_pairs, lowest_similarity, run_rapidfuzz, uses_numba
from custid.table.packed import PackedStrings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from custid.kernels.token_set import WordSets

__all__ = ["token_set_similarity", "token_set_similarity_pairs"]


def token_set_similarity(left: str, right: str) -> float:
    """Return the token-set similarity of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.

    Returns
    -------
    float
        Similarity in [0, 1]; 0 where one of the strings, or both, have no word.

    See Also
    --------
    token_set_similarity_pairs : The same for many pairs; states the formula.

    Examples
    --------
    >>> token_set_similarity("martha maria jones", "jones martha")
    1.0
    """
    return fuzz.token_set_ratio(left, right) / 100.0


def token_set_similarity_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    at_least: float = 0.0,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the token-set similarity of each pair of strings: how alike their words are in whatever order.

    Parameters
    ----------
    values : sequence of str or PackedStrings, length n_values
        Strings, compared by code points. Give each distinct string once.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two strings of each pair, in [0, n_values).
    at_least : float, default 0.0
        Lower similarities are not told apart and returned as 0; in [0, 1]. The higher, the faster.
    executor : Executor, default Executor.AUTO
        What computes.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Similarity in [0, 1]; 1 where one string has all words of the other, 0 where one has no word.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``.
    UnsupportedInputError
        If an index array holds no integers or a value is no string.
    ConfigurationError
        If ``at_least`` is out of its range, ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    Words are what white space parts, each counted once, in ascending order. Of the words of both strings ``s``, and
    those of the left and the right one alone ``a`` and ``b``, joined by spaces, it is the greatest ratio of ``s a`` to
    ``s b``, of ``s`` to ``s a`` and of ``s`` to ``s b``; where no word is shared, the ratio of ``a`` to ``b``. The
    ratio of two strings is 1 - (insertions and deletions) / (sum of their lengths), with ``s a`` turned into ``s b`` by
    edits of ``a`` alone. It is rapidfuzz's ``token_set_ratio`` divided by 100 [1]_. A similarity of
    ``at_least`` is kept.

    References
    ----------
    .. [1] Bachmann, M., rapidfuzz, https://rapidfuzz.github.io/RapidFuzz/Usage/fuzz.html

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha jones", "jones martha m", "duane hicks"]
    >>> token_set_similarity_pairs(names, np.array([0, 0]), np.array([1, 2])).round(4)
    array([1.    , 0.3478])
    """
    lowest = lowest_similarity(at_least)
    pairs = checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.float64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import run_chunked, token_set  # noqa: PLC0415  # loads numba

        sets = _word_sets(pairs.values)

        def run(start: int, stop: int) -> None:
            chunk = slice(start, stop)
            token_set.token_set_similarity_pairs(
                sets, pairs.left_idx[chunk], pairs.right_idx[chunk], lowest, out[chunk]
            )

        run_chunked(run, out.size, n_threads=n_threads)
    else:
        # rapidfuzz's own cut-off drops some similarities that equal it.
        run_rapidfuzz(fuzz.token_set_ratio, pairs, out, 100.0 * max(lowest - 1e-5, 0.0))
        out /= 100.0
        out[out < lowest] = 0.0
    return out


def _word_sets(values: Sequence[str] | PackedStrings) -> WordSets:
    """Return the distinct words of each string, ascending."""
    from custid.kernels.token_set import WordSets  # noqa: PLC0415  # loads numba

    strings = values.to_strings() if isinstance(values, PackedStrings) else values
    words = [string.split() for string in strings]
    vocabulary = sorted(set(chain.from_iterable(words)))
    rank = {word: number for number, word in enumerate(vocabulary)}
    n_words = np.fromiter(map(len, words), np.int64, len(words))
    codes = np.fromiter(map(rank.__getitem__, chain.from_iterable(words)), np.int64, int(n_words.sum()))
    members = np.unique(np.repeat(np.arange(len(words)), n_words) * len(vocabulary) + codes)
    owner, word = np.divmod(members, max(len(vocabulary), 1))
    spaced = PackedStrings.from_strings([f"{word} " for word in vocabulary])
    sizes = np.diff(spaced.offsets)[word]
    stops = np.concatenate([[0], np.cumsum(sizes)])
    places = np.arange(stops[-1]) + np.repeat(spaced.offsets[word] - stops[:-1], sizes)
    starts = np.searchsorted(owner, np.arange(len(words) + 1))
    return WordSets(
        data=spaced.data[places],
        offsets=stops[starts],
        words=word.astype(np.int32),
        starts=starts,
        lengths=(sizes - 1).astype(np.int32),
    )
