"""Similarity of the parts of q characters that strings have."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from custid.comparison.string_metrics.pairs import Executor, checked_pairs, lowest_similarity, uses_numba
from custid.errors import ConfigurationError
from custid.table.packed import PackedStrings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from custid.kernels.qgrams import QgramSets

__all__ = ["QgramCoefficient", "qgram_similarity", "qgram_similarity_pairs"]


class QgramCoefficient(StrEnum):
    """How alike two sets of q-grams are; both grow with the share that they have in common."""

    DICE = "dice"
    """Twice the number of shared q-grams, by the sum of both numbers."""
    JACCARD = "jaccard"
    """The number of shared q-grams, by the number of all."""


def qgram_similarity(
    left: str, right: str, *, q: int = 2, coefficient: QgramCoefficient = QgramCoefficient.JACCARD
) -> float:
    """Return the similarity of the q-grams of two strings.

    Parameters
    ----------
    left, right : str
        The two strings, compared by code points: fold case and accents before.
    q : int, default 2
        Characters of a part, at least 1.
    coefficient : QgramCoefficient, default QgramCoefficient.JACCARD
        What is made of the numbers of parts.

    Returns
    -------
    float
        Similarity in [0, 1]; 1 for two empty strings, 0 for an empty and another one.

    Raises
    ------
    ConfigurationError
        If ``q`` is below 1 or ``coefficient`` is unknown.

    See Also
    --------
    qgram_similarity_pairs : The same for many pairs; states the formulas.

    Examples
    --------
    >>> qgram_similarity("martha", "marhta", coefficient=QgramCoefficient.DICE)
    0.4
    """
    is_dice = _is_dice(coefficient, q)
    return _similarity(_qgrams(left, q), _qgrams(right, q), is_dice=is_dice)


def qgram_similarity_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
    *,
    q: int = 2,
    coefficient: QgramCoefficient = QgramCoefficient.JACCARD,
    at_least: float = 0.0,
    executor: Executor = Executor.AUTO,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the similarity of the q-grams of each pair of strings.

    Parameters
    ----------
    values : sequence of str or PackedStrings, length n_values
        Strings, compared by code points. Give each distinct string once.
    left_idx, right_idx : ndarray of int, shape (n_pairs,)
        Numbers of the two strings of each pair, in [0, n_values).
    q : int, default 2
        Characters of a part, at least 1.
    coefficient : QgramCoefficient, default QgramCoefficient.JACCARD
        What is made of the numbers of parts.
    at_least : float, default 0.0
        Lower similarities are not told apart and returned as 0; in [0, 1]. The higher, the faster.
    executor : Executor, default Executor.AUTO
        What computes: our kernels, or sets in plain Python.
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
        If ``q`` is below 1, ``coefficient`` unknown, ``at_least`` out of its range, ``n_threads`` below 1 or
        ``executor`` unknown.

    Notes
    -----
    The q-grams of a string are its distinct parts of ``q`` neighboring characters [1]_; a shorter string that is not
    empty is its only one. Nothing is added before or after. With ``s`` q-grams in both strings, ``a`` in the left and
    ``b`` in the right one, Dice's coefficient is 2 s / (a + b) [2]_ and Jaccard's s / (a + b - s) [3]_. A similarity of
    ``at_least`` is kept.

    References
    ----------
    .. [1] Ukkonen (1992), Theoretical Computer Science 92(1), 191-211, section 2.
    .. [2] Dice (1945), Ecology 26(3), 297-302, on the coincidence index.
    .. [3] Jaccard (1912), New Phytologist 11(2), 37-50, on the coefficient of community.

    Examples
    --------
    >>> import numpy as np
    >>> names = ["martha", "marhta", "duane"]
    >>> qgram_similarity_pairs(names, np.array([0, 0]), np.array([1, 2])).round(4)
    array([0.25, 0.  ])
    """
    is_dice = _is_dice(coefficient, q)
    lowest = lowest_similarity(at_least)
    pairs = checked_pairs(values, left_idx, right_idx)
    out = np.empty(pairs.left_idx.size, dtype=np.float64)
    if uses_numba(out.size, executor, n_threads):
        from custid.kernels import qgrams, run_chunked  # noqa: PLC0415  # loads numba

        sets = _qgram_sets(pairs.values, q)

        def run(start: int, stop: int) -> None:
            left, right = pairs.left_idx[start:stop], pairs.right_idx[start:stop]
            qgrams.qgram_similarity_pairs(sets, left, right, lowest, is_dice, out[start:stop])

        run_chunked(run, out.size, n_threads=n_threads)
        return out
    strings = pairs.values.to_strings() if isinstance(pairs.values, PackedStrings) else pairs.values
    grams = [_qgrams(string, q) for string in strings]
    indices = zip(pairs.left_idx.tolist(), pairs.right_idx.tolist(), strict=True)
    out[:] = [_similarity(grams[i], grams[j], is_dice=is_dice) for i, j in indices]
    out[out < lowest] = 0.0
    return out


def _is_dice(coefficient: QgramCoefficient, q: int) -> bool:
    """Return which coefficient is meant, or say what is wrong with it or the size of the parts."""
    if q < 1:
        raise ConfigurationError(f"q: expected at least 1, got {q}.", hint="It is the characters of a part.")
    try:
        return QgramCoefficient(coefficient) is QgramCoefficient.DICE
    except ValueError:
        raise ConfigurationError(
            f"coefficient: expected one of {', '.join(repr(member.value) for member in QgramCoefficient)}, "
            f"got {coefficient!r}.",
        ) from None


def _qgrams(string: str, q: int) -> frozenset[str]:
    if len(string) < q:
        return frozenset({string} if string else ())
    return frozenset(string[i : i + q] for i in range(len(string) - q + 1))


def _similarity(left: frozenset[str], right: frozenset[str], *, is_dice: bool) -> float:
    n_all = len(left) + len(right)
    if n_all == 0:
        return 1.0
    n_shared = len(left & right)
    return 2 * n_shared / n_all if is_dice else n_shared / (n_all - n_shared)


def _qgram_sets(values: Sequence[str] | PackedStrings, q: int) -> QgramSets:
    """Return the numbers of each string's distinct q-grams, ascending."""
    from custid.kernels.qgrams import QgramSets  # noqa: PLC0415  # loads numba

    packed = values if isinstance(values, PackedStrings) else PackedStrings.from_strings(values)
    lengths = np.diff(packed.offsets)
    n_grams = np.where(lengths == 0, 0, np.maximum(lengths - q + 1, 1))
    owner = np.repeat(np.arange(len(lengths)), n_grams)
    nth = np.arange(owner.size) - np.repeat(np.cumsum(n_grams) - n_grams, n_grams)
    first = packed.offsets[owner] + nth
    stop = packed.offsets[owner + 1]
    # What lies behind a string shorter than q is a character of its own.
    characters, symbols = np.unique(packed.data, return_inverse=True)
    symbols = np.append(symbols, len(characters))
    numbers = symbols[first]
    for place in range(1, min(q, int(lengths.max(initial=1)) + 1)):
        behind = np.where(first + place < stop, first + place, len(packed.data))
        numbers = np.unique(numbers * (len(characters) + 1) + symbols[behind], return_inverse=True)[1]
    members = np.unique(owner * (int(numbers.max(initial=0)) + 1) + numbers)
    owner, grams = np.divmod(members, int(numbers.max(initial=0)) + 1)
    starts = np.searchsorted(owner, np.arange(len(lengths) + 1))
    return QgramSets(grams=grams.astype(np.uint32), starts=starts)
