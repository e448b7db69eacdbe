"""Bounds on string metrics from signatures of characters.

`custid.comparison.signatures` makes the signatures and says what they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import bit_count, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["count_bits", "count_missing", "signature_of", "write_signatures"]


@kernel
def count_bits(word: np.uint64) -> int:
    """Return how many bits of a word are set.

    Parameters
    ----------
    word : uint64
        Any word.

    Returns
    -------
    int
        From 0 to 64.

    Notes
    -----
    The function writes nothing.

    Examples
    --------
    >>> import numpy as np
    >>> int(count_bits(np.uint64(0b1011)))
    3
    """
    return bit_count(word)


@kernel
def count_missing(of: np.uint64, among: np.uint64) -> int:
    """Return how many characters of one string the other lacks, at least.

    Parameters
    ----------
    of, among : uint64
        Signatures of both strings.

    Returns
    -------
    int
        Bits of the first that the second has not, from 0 to 64.

    Notes
    -----
    `custid.comparison.signatures.count_missing` says why this is a lower bound. The function writes nothing.

    Examples
    --------
    >>> import numpy as np
    >>> int(count_missing(np.uint64(0b1011), np.uint64(0b0001)))
    2
    """
    return count_bits(of & ~among)


@kernel
def signature_of(data: NDArray[np.uint32], start: int, stop: int) -> np.uint64:
    """Return the signature of the characters from ``start`` to ``stop``."""
    once, twice = np.uint64(0), np.uint64(0)
    for place in range(start, stop):
        bit = np.uint64(1) << np.uint64(data[place] & np.uint32(31))
        twice |= once & bit
        once |= bit
    return once | (twice << np.uint64(32))


@kernel
def write_signatures(data: NDArray[np.uint32], offsets: NDArray[np.int64], out: NDArray[np.uint64]) -> None:
    """Write the signature of each string.

    Parameters
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all strings, one string after another.
    offsets : ndarray of int64, shape (n_strings + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    out : ndarray of uint64, shape (n_strings, n_columns)
        Its first column is written.

    Notes
    -----
    `custid.comparison.signatures.character_signatures` says what the bits mean, and computes the same without a
    compiler.
    """
    for string in range(out.shape[0]):
        out[string, 0] = signature_of(data, offsets[string], offsets[string + 1])
