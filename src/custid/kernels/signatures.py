"""Bounds on string metrics from signatures of characters.

`custid.comparison.signatures` makes the signatures and says what they hold.
"""

from __future__ import annotations

import numpy as np

from custid._jit import kernel

__all__ = ["count_bits", "count_missing"]


@kernel
def count_bits(word: np.uint64) -> np.int64:
    """Return how many bits of a word are set.

    Parameters
    ----------
    word : uint64
        Any word.

    Returns
    -------
    int64
        From 0 to 64.

    Notes
    -----
    Bits are counted in fields of 2, 4 and 8 bits and then summed [1]_; no step leaves the word, so that the
    interpreted run computes the same without a warning. The function writes nothing.

    References
    ----------
    .. [1] Warren, H. S. (2012), Hacker's Delight, 2nd edition, section 5-1.

    Examples
    --------
    >>> import numpy as np
    >>> int(count_bits(np.uint64(0b1011)))
    3
    """
    bits = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    bits = bits + (bits >> np.uint64(8))
    bits = bits + (bits >> np.uint64(16))
    bits = bits + (bits >> np.uint64(32))
    # A signed number: the difference of an unsigned and a signed one is a float.
    return np.int64(bits & np.uint64(0x7F))


@kernel
def count_missing(of: np.uint64, among: np.uint64) -> np.int64:
    """Return how many characters of one string the other lacks, at least.

    Parameters
    ----------
    of, among : uint64
        Signatures of both strings.

    Returns
    -------
    int64
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
