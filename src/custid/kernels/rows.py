"""Rows of numbers that tell what strings hold before they are spelled out.

`custid.comparison.signatures.signature_rows` makes them: the signature of a string's characters, then where it stands,
``start << 26 | length``. All that is needed to rule a pair out stands side by side in memory, so that a pair costs two
reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel
from custid.kernels.signatures import count_missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["StringTable", "greatest_similarity", "least_errors", "length_of", "start_of"]


class StringTable(NamedTuple):
    """A vocabulary.

    Attributes
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points of all strings, one string after another.
    rows : ndarray of uint64, shape (n_strings, n_columns)
        The signature of each string and where it stands, then what a kernel asks for beside.
    """

    data: NDArray[np.uint32]
    rows: NDArray[np.uint64]


@kernel
def start_of(place: np.uint64) -> int:
    """Return where a string starts, of ``start << 26 | length``."""
    return int(np.int64(place >> np.uint64(26)))


@kernel
def length_of(place: np.uint64) -> int:
    """Return the length of a string, of ``start << 26 | length``."""
    return int(np.int64(place & np.uint64(0x3FFFFFF)))


@kernel
def least_errors(left: np.uint64, right: np.uint64, n_left: int, n_right: int) -> int:
    """Return a lower bound of the typing errors between two strings.

    Parameters
    ----------
    left, right : uint64
        Signatures.
    n_left, n_right : int
        Lengths.

    Returns
    -------
    int
        At least 0.

    Notes
    -----
    An error takes away one character and adds one at most, so characters that a string lacks bound the distance from
    below, as the difference of the lengths does.
    """
    return max(abs(n_left - n_right), count_missing(left, right), count_missing(right, left))


@kernel
def greatest_similarity(left: np.uint64, right: np.uint64, n_left: int, n_right: int) -> float:
    """Return an upper bound of the Jaro similarity of two strings, before what Winkler adds.

    Parameters
    ----------
    left, right : uint64
        Signatures.
    n_left, n_right : int
        Lengths; at least 1.

    Returns
    -------
    float
        The similarity with all common characters matched in order, in [0, 1].
    """
    common = min(n_left - count_missing(left, right), n_right - count_missing(right, left))
    return (common / n_left + common / n_right + 1.0) / 3.0
