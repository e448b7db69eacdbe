"""Sets of characters in one word of bits, which bound string metrics before they are computed.

Two strings can't be alike when one holds many characters that the other lacks.  The signatures of all strings are made
once; what a pair lacks is then two bit operations, and most pairs need nothing else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custid.table.packed import PackedStrings

__all__ = ["character_signatures", "count_missing", "signature_rows"]

_N_CLASSES = 32
_ROWS_AT_ONCE = 65_536
_N_LENGTH_BITS = 26
_CACHE_LINE = 64


def character_signatures(packed: PackedStrings) -> NDArray[np.uint64]:
    """Return the signature of each string.

    Parameters
    ----------
    packed : PackedStrings, length n
        Strings.

    Returns
    -------
    ndarray of uint64, shape (n,)
        Bit ``c`` is set where a string has a character of class ``c``, bit ``c + 32`` where it has two or more; the
        class of a character is its code point modulo 32, which tells the letters apart, and the digits.

    Examples
    --------
    >>> from custid.table.packed import PackedStrings
    >>> [hex(signature) for signature in character_signatures(PackedStrings.from_strings(["ab", "bb", ""]))]
    ['0x6', '0x400000004', '0x0']
    """
    signatures = np.empty(len(packed), np.uint64)
    for start in range(0, len(packed), _ROWS_AT_ONCE):
        offsets = packed.offsets[start : start + _ROWS_AT_ONCE + 1]
        n_rows = len(offsets) - 1
        rows = np.repeat(np.arange(n_rows, dtype=np.int64) * _N_CLASSES, np.diff(offsets))
        classes = packed.data[offsets[0] : offsets[-1]] % np.uint32(_N_CLASSES)
        counts = np.bincount(rows + classes, minlength=n_rows * _N_CLASSES).reshape(n_rows, _N_CLASSES)
        bits = np.packbits(np.hstack([counts >= 1, counts >= 2]), axis=1, bitorder="little")
        signatures[start : start + n_rows] = bits.view("<u8").ravel()
    return signatures


def count_missing(of: NDArray[np.uint64], among: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return how many characters of one string the other lacks, at least.

    Parameters
    ----------
    of, among : ndarray of uint64, shape (n_pairs,)
        Signatures of both strings.

    Returns
    -------
    ndarray of uint8, shape (n_pairs,)
        A lower bound of the characters of the first string that can't be paired with equal ones of the second.

    Notes
    -----
    A class of characters that occurs ``a`` times in the first string and ``b`` times in the second leaves at least
    ``max(0, a - b)`` of the first without a partner, which is never less than the difference of the counts cut at two.

    Examples
    --------
    >>> import numpy as np
    >>> count_missing(np.array([0x400000004], np.uint64), np.array([0x6], np.uint64)).tolist()
    [1]
    """
    missing: NDArray[np.uint8] = np.bitwise_count(of & ~among)
    return missing


def signature_rows(packed: PackedStrings, *further: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return what kernels need to know of each string before they spell it out, side by side in memory.

    Parameters
    ----------
    packed : PackedStrings, length n
        Strings.
    *further : ndarray of uint64, each of shape (n,)
        Further columns.

    Returns
    -------
    ndarray of uint64, shape (n, 2 + n_further)
        The signature of each string, then ``start << 26 | length``, then the further columns; the first row starts a
        line of the processor's cache.

    Examples
    --------
    >>> from custid.table.packed import PackedStrings
    >>> signature_rows(PackedStrings.from_strings(["ab", "bb", ""]))[:, 1].tolist()
    [2, 134217730, 268435456]
    """
    from custid.kernels.signatures import write_signatures  # noqa: PLC0415  # loads numba

    n_columns = 2 + len(further)
    room = np.empty(len(packed) * n_columns + _CACHE_LINE // 8, np.uint64)
    skipped = -room.ctypes.data % _CACHE_LINE // 8
    rows = room[skipped : skipped + len(packed) * n_columns].reshape(len(packed), n_columns)
    starts = packed.offsets.astype(np.uint64)
    write_signatures(packed.data, packed.offsets, rows)
    rows[:, 1] = (starts[:-1] << np.uint64(_N_LENGTH_BITS)) | (starts[1:] - starts[:-1])
    for column, values in enumerate(further, start=2):
        rows[:, column] = values
    return rows
