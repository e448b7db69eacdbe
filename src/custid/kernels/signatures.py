"""Bounds on string metrics from signatures of characters.

`custid.comparison.signatures` makes the signatures and says what they hold.
"""

from __future__ import annotations

import numpy as np

from custid._jit import bit_count, kernel

__all__ = ["count_bits", "count_missing"]


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
