"""How alike two strings are, for one pair or for many.

Each metric exists as a function of two strings and as a function of many pairs of a sequence's strings, numbered by
``left_idx`` and ``right_idx``. The second has two executors that give the same results: rapidfuzz, which starts at
once, and our compiled kernels, which pay off when there is much to do.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from custid.errors import ConfigurationError, ShapeMismatchError, UnsupportedInputError
from custid.table.packed import PackedStrings, require_strings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from custid.kernels.token_set import WordSets

__all__ = [
    "Executor",
    "jaro_winkler_similarity",
    "jaro_winkler_similarity_pairs",
    "levenshtein_distance",
    "levenshtein_distance_pairs",
    "levenshtein_similarity",
    "levenshtein_similarity_pairs",
    "osa_distance",
    "osa_distance_pairs",
    "token_set_similarity",
    "token_set_similarity_pairs",
]

# Below this number of pairs, loading the compiler takes longer than it saves.
_MIN_PAIRS_FOR_NUMBA = 200_000

# Bounds the lists of Python strings that one call to rapidfuzz needs.
_RAPIDFUZZ_CHUNK_SIZE = 262_144


class Executor(StrEnum):
    """What computes a metric over many pairs; results are the same, to 1e-9."""

    AUTO = "auto"
    """Rapidfuzz below 200,000 pairs, numba from there on."""
    NUMBA = "numba"
    """Our compiled kernels, in threads."""
    RAPIDFUZZ = "rapidfuzz"
    """The rapidfuzz library, in one thread; nothing is compiled."""


class _Pairs(NamedTuple):
    """Checked arguments of a metric over pairs."""

    values: Sequence[str] | PackedStrings
    left_idx: NDArray[np.int64]
    right_idx: NDArray[np.int64]


def jaro_winkler_similarity(left: str, right: str) -> float:
    """Return the Jaro-Winkler similarity of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.

    Returns
    -------
    float
        Similarity in [0, 1]; 1 for two empty strings, 0 for an empty and another one.

    See Also
    --------
    jaro_winkler_similarity_pairs : The same for many pairs; states formula and sources.

    Examples
    --------
    >>> round(jaro_winkler_similarity("martha", "marhta"), 4)
    0.9611
    """
    return JaroWinkler.similarity(left, right)


def jaro_winkler_similarity_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the Jaro-Winkler similarity of each pair of strings.

    Parameters
    ----------
    values : sequence of str or PackedStrings, length n_values
        Strings, compared by code points. Give each distinct string once.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two strings of each pair, in [0, n_values).
    executor : Executor, default Executor.AUTO
        What computes.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of float64, shape (n_pairs,)
        Similarity in [0, 1]; 1 for two empty strings, 0 for an empty and another one.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``.
    UnsupportedInputError
        If an index array holds no integers or a value is no string.
    ConfigurationError
        If ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    The Jaro similarity is (m/n_left + m/n_right + (m - t)/m) / 3 for m matched characters of which 2t are out of
    order [1]_; where it exceeds 0.7, each of up to four agreeing first characters moves it a tenth of the remaining
    way to 1 [2]_.

    References
    ----------
    .. [1] Jaro (1989), Journal of the American Statistical Association 84(406), 414-420, on the string
       comparator.
    .. [2] Winkler (1990), Proceedings of the Section on Survey Research Methods, 354-359, on agreeing first
       characters.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> jaro_winkler_similarity_pairs(names, np.array([0, 0]), np.array([1, 2])).round(4)
    array([0.9611, 0.4556])
    """
    pairs = _checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.float64)
    if _uses_numba(pairs, executor, n_threads):
        from custid.kernels import jaro_winkler  # noqa: PLC0415  # loads numba

        _run_kernel(jaro_winkler.jaro_winkler_similarity_pairs, pairs, out, n_threads)
    else:
        _run_rapidfuzz(JaroWinkler.similarity, pairs, out)
    return out


def levenshtein_distance(left: str, right: str) -> int:
    """Return the Levenshtein distance of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.

    Returns
    -------
    int
        Insertions, deletions and substitutions; 0 for equal strings, two empty ones included.

    See Also
    --------
    levenshtein_distance_pairs : The same for many pairs; states sources.

    Examples
    --------
    >>> levenshtein_distance("martha", "marhta")
    2
    """
    return Levenshtein.distance(left, right)


def levenshtein_distance_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.int64]:
    """Return the Levenshtein distance of each pair of strings.

    The number of insertions, deletions and substitutions that turn one string into the other [1]_.

    Parameters
    ----------
    values : sequence of str or PackedStrings, length n_values
        Strings, compared by code points. Give each distinct string once.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two strings of each pair, in [0, n_values).
    executor : Executor, default Executor.AUTO
        What computes.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of int64, shape (n_pairs,)
        Distance, at least 0 and at most the longer length; 0 for two empty strings.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``.
    UnsupportedInputError
        If an index array holds no integers or a value is no string.
    ConfigurationError
        If ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    The kernel is bit-parallel [2]_.

    References
    ----------
    .. [1] Levenshtein (1966), Soviet Physics Doklady 10(8), 707-710.
    .. [2] Hyyrö (2003), Nordic Journal of Computing 10(1), 29-39.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> levenshtein_distance_pairs(names, np.array([0, 0]), np.array([1, 2]))
    array([2, 6])
    """
    pairs = _checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.int64)
    if _uses_numba(pairs, executor, n_threads):
        from custid.kernels import levenshtein  # noqa: PLC0415  # loads numba

        _run_kernel(levenshtein.levenshtein_distance_pairs, pairs, out, n_threads)
    else:
        _run_rapidfuzz(Levenshtein.distance, pairs, out)
    return out


def levenshtein_similarity(left: str, right: str) -> float:
    """Return the Levenshtein similarity of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.

    Returns
    -------
    float
        Similarity in [0, 1]; 1 for two empty strings, 0 for an empty and another one.

    See Also
    --------
    levenshtein_similarity_pairs : The same for many pairs; states the formula.

    Examples
    --------
    >>> round(levenshtein_similarity("martha", "marhta"), 4)
    0.6667
    """
    return Levenshtein.normalized_similarity(left, right)


def levenshtein_similarity_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    at_least: float = 0.0,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the Levenshtein similarity of each pair of strings.

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
        Similarity in [0, 1]; 1 for two empty strings, 0 for an empty and another one.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``.
    UnsupportedInputError
        If an index array holds no integers or a value is no string.
    ConfigurationError
        If ``at_least`` is out of its range, ``n_threads`` is below 1 or ``executor`` is unknown.

    See Also
    --------
    levenshtein_distance_pairs : The distance that it is made of; states sources.

    Notes
    -----
    The similarity is 1 - distance / longer length. A similarity of exactly ``at_least`` is kept.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> levenshtein_similarity_pairs(names, np.array([0, 0]), np.array([1, 2]), at_least=0.5).round(4)
    array([0.6667, 0.    ])
    """
    if not 0.0 <= at_least <= 1.0:
        raise ConfigurationError(f"at_least: expected a similarity from 0 to 1, got {at_least}.")
    pairs = _checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.float64)
    if _uses_numba(pairs, executor, n_threads):
        from custid.kernels import levenshtein  # noqa: PLC0415  # loads numba

        _run_kernel(levenshtein.levenshtein_similarity_pairs, pairs, out, n_threads, at_least)
    else:
        # rapidfuzz's own cut-off drops some similarities that equal it, or exceed it by less than 1e-7.
        _run_rapidfuzz(Levenshtein.normalized_similarity, pairs, out, max(at_least - 1e-5, 0.0))
        out[out < at_least] = 0.0
    return out


def osa_distance(left: str, right: str) -> int:
    """Return the optimal string alignment distance of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.

    Returns
    -------
    int
        Insertions, deletions, substitutions and swaps of neighbors; 0 for equal strings, two empty ones included.

    See Also
    --------
    osa_distance_pairs : The same for many pairs; states sources.

    Examples
    --------
    >>> osa_distance("martha", "marhta")
    1
    """
    return OSA.distance(left, right)


def osa_distance_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.int64]:
    """Return the optimal string alignment distance of each pair of strings.

    The number of insertions, deletions, substitutions and swaps of neighbors that turn one string into the other, no
    part of which is edited twice.

    Parameters
    ----------
    values : sequence of str or PackedStrings, length n_values
        Strings, compared by code points. Give each distinct string once.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two strings of each pair, in [0, n_values).
    executor : Executor, default Executor.AUTO
        What computes.
    n_threads : int, optional
        Threads of the numba executor, at least 1; by default one for each processor. It does not change results.

    Returns
    -------
    ndarray of int64, shape (n_pairs,)
        Distance, at least 0 and at most the longer length; 0 for two empty strings.

    Raises
    ------
    ShapeMismatchError
        If the index arrays differ in shape, have not one dimension or point outside ``values``.
    UnsupportedInputError
        If an index array holds no integers or a value is no string.
    ConfigurationError
        If ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    It is also called the restricted Damerau-Levenshtein distance [1]_; the kernel is bit-parallel [2]_.

    References
    ----------
    .. [1] Boytsov (2011), Journal of Experimental Algorithmics 16, article 1.1, on the edit distances.
    .. [2] Hyyrö (2003), Nordic Journal of Computing 10(1), 29-39, section on the Damerau distance.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> osa_distance_pairs(names, np.array([0, 0]), np.array([1, 2]))
    array([1, 6])
    """
    pairs = _checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.int64)
    if _uses_numba(pairs, executor, n_threads):
        from custid.kernels import osa  # noqa: PLC0415  # loads numba

        _run_kernel(osa.osa_distance_pairs, pairs, out, n_threads)
    else:
        _run_rapidfuzz(OSA.distance, pairs, out)
    return out


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
        If ``n_threads`` is below 1 or ``executor`` is unknown.

    Notes
    -----
    Words are what white space parts, each counted once, in ascending order. Of the words of both strings ``s``, and
    those of the left and the right one alone ``a`` and ``b``, joined by spaces, it is the greatest ratio of ``s a`` to
    ``s b``, of ``s`` to ``s a`` and of ``s`` to ``s b``; where no word is shared, the ratio of ``a`` to ``b``. The
    ratio of two strings is 1 - (insertions and deletions) / (sum of their lengths), with ``s a`` turned into ``s b`` by
    edits of ``a`` alone. It is rapidfuzz's ``token_set_ratio`` divided by 100 [1]_.

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
    pairs = _checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.float64)
    if _uses_numba(pairs, executor, n_threads):
        from custid.kernels import run_chunked, token_set  # noqa: PLC0415  # loads numba

        sets = _word_sets(pairs.values)

        def run(start: int, stop: int) -> None:
            chunk = slice(start, stop)
            token_set.token_set_similarity_pairs(sets, pairs.left_idx[chunk], pairs.right_idx[chunk], out[chunk])

        run_chunked(run, out.size, n_threads=n_threads)
    else:
        _run_rapidfuzz(fuzz.token_set_ratio, pairs, out)
        out /= 100.0
    return out


def _checked_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
) -> _Pairs:
    """Return the arguments with 64-bit indices, or say what is wrong with them."""
    left, right = np.asarray(left_idx), np.asarray(right_idx)
    if left.ndim != 1 or left.shape != right.shape:
        raise ShapeMismatchError(
            f"left_idx, right_idx: expected one dimension and one shape, got {left.shape} and {right.shape}.",
            hint="Each position of the two arrays is one pair.",
        )
    if not isinstance(values, PackedStrings):
        require_strings(values)
    n_values = len(values)
    for name, idx in (("left_idx", left), ("right_idx", right)):
        if idx.size and not np.issubdtype(idx.dtype, np.integer):
            raise UnsupportedInputError(
                f"{name}: expected integers, got {idx.dtype}.", hint="Numbers of strings count from 0."
            )
        if idx.size and (idx.min() < 0 or idx.max() >= n_values):
            expected = f"numbers from 0 to {n_values - 1} for {n_values} values"
            raise ShapeMismatchError(
                f"{name}: expected {expected if n_values else 'no numbers, as there are no values'}, "
                f"got {idx.min()} to {idx.max()}.",
                hint="Numbers of strings count from 0; negative ones do not count from the end.",
            )
    return _Pairs(values, left.astype(np.int64, copy=False), right.astype(np.int64, copy=False))


def _uses_numba(pairs: _Pairs, executor: Executor, n_threads: int | None) -> bool:
    if n_threads is not None and n_threads < 1:
        raise ConfigurationError(f"n_threads: expected at least 1, got {n_threads}.", hint="Leave it out for all.")
    try:
        chosen = Executor(executor)
    except ValueError:
        raise ConfigurationError(
            f"executor: expected one of {', '.join(repr(member.value) for member in Executor)}, got {executor!r}.",
        ) from None
    if chosen is Executor.AUTO:
        return pairs.left_idx.size >= _MIN_PAIRS_FOR_NUMBA
    return chosen is Executor.NUMBA


def _run_kernel(
    kernel: Callable[..., None],
    pairs: _Pairs,
    out: NDArray[np.float64] | NDArray[np.int64],
    n_threads: int | None,
    *settings: float,
) -> None:
    """Fill ``out`` by the compiled kernel, in threads."""
    from custid.kernels import run_chunked  # noqa: PLC0415  # loads numba

    values, left_idx, right_idx = pairs
    packed = values if isinstance(values, PackedStrings) else PackedStrings.from_strings(values)

    def run(start: int, stop: int) -> None:
        kernel(packed.data, packed.offsets, left_idx[start:stop], right_idx[start:stop], *settings, out[start:stop])

    run_chunked(run, out.size, n_threads=n_threads)


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


def _run_rapidfuzz(
    scorer: Callable[..., float],
    pairs: _Pairs,
    out: NDArray[np.float64] | NDArray[np.int64],
    score_cutoff: float | None = None,
) -> None:
    """Fill ``out`` by rapidfuzz, a bounded number of Python strings at a time."""
    values, left_idx, right_idx = pairs
    strings = values.to_strings() if isinstance(values, PackedStrings) else values
    for start in range(0, out.size, _RAPIDFUZZ_CHUNK_SIZE):
        chunk = slice(start, start + _RAPIDFUZZ_CHUNK_SIZE)
        out[chunk] = process.cpdist(
            [strings[i] for i in left_idx[chunk].tolist()],
            [strings[j] for j in right_idx[chunk].tolist()],
            scorer=scorer,
            score_cutoff=score_cutoff,
            dtype=out.dtype.type,
            workers=1,
        )
