"""Where characters of short strings agree, as bits of a word.

A word holds the places of up to 63 characters: one bit fewer than it could, so that no sum of two such words leaves it
and the interpreted run computes the same without a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import agreeing_places, equal_places, highest_bit, kernel, lowest_bit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["agreeing", "common_prefix", "common_suffix", "equal_to", "first_places"]


@kernel
def equal_to(data: NDArray[np.uint32], start: int, n: int, code: np.uint32) -> np.uint64:
    """Return where a character stands in a string.

    Parameters
    ----------
    data : ndarray of uint32, shape (n_code_points,)
        Code points.
    start, n : int
        The string is ``data[start:start + n]``, of up to 63 code points.
    code : uint32
        The character.

    Returns
    -------
    uint64
        Bit ``i`` is set where ``data[start + i] == code``.
    """
    # One of three instructions, as wide as the string needs; the choice is the same all along a string.
    if n <= 16:
        return equal_places(data, start, n, code, 16)
    if n <= 32:
        return equal_places(data, start, n, code, 32)
    return equal_places(data, start, n, code, 64)


@kernel
def agreeing(
    left: NDArray[np.uint32], left_start: int, right: NDArray[np.uint32], right_start: int, n: int
) -> np.uint64:
    """Return where two strings of one length have the same character.

    Parameters
    ----------
    left : ndarray of uint32, shape (n_left,)
        Code points.
    left_start : int
        Where the first string begins.
    right : ndarray of uint32, shape (n_right,)
        Code points; may be the same array.
    right_start, n : int
        Where the second string begins; both have ``n`` code points, 63 at most.

    Returns
    -------
    uint64
        Bit ``i`` is set where ``left[left_start + i] == right[right_start + i]``.
    """
    if n <= 16:
        return agreeing_places(left, left_start, right, right_start, n, 16)
    if n <= 32:
        return agreeing_places(left, left_start, right, right_start, n, 32)
    return agreeing_places(left, left_start, right, right_start, n, 64)


@kernel
def first_places(n: int) -> np.uint64:
    """Return a word with the lowest ``n`` bits set, 63 at most."""
    one = np.uint64(1)
    return (one << np.uint64(n)) - one


@kernel
def common_prefix(
    left: NDArray[np.uint32], left_start: int, n_left: int, right: NDArray[np.uint32], right_start: int, n_right: int
) -> int:
    """Return how many first characters two strings have in common.

    Parameters
    ----------
    left : ndarray of uint32, shape (n_left_codes,)
        Code points.
    left_start, n_left : int
        Where the first string begins, and its length, any length.
    right : ndarray of uint32, shape (n_right_codes,)
        Code points; may be the same array.
    right_start, n_right : int
        Where the second string begins, and its length, any length.

    Returns
    -------
    int
        At most the shorter length.
    """
    shorter = min(n_left, n_right)
    n_same = 0
    while shorter - n_same >= 64:
        if left[left_start + n_same] != right[right_start + n_same]:
            return n_same
        n_same += 1
    same = agreeing(left, left_start + n_same, right, right_start + n_same, shorter - n_same)
    # No bit is set beyond the shorter string, so that a place is found even where all characters agree.
    return n_same + lowest_bit(~same)


@kernel
def common_suffix(
    left: NDArray[np.uint32], left_start: int, n_left: int, right: NDArray[np.uint32], right_start: int, n_right: int
) -> int:
    """Return how many last characters two strings have in common.

    Parameters
    ----------
    left : ndarray of uint32, shape (n_left_codes,)
        Code points.
    left_start, n_left : int
        Where the first string begins, and its length, any length.
    right : ndarray of uint32, shape (n_right_codes,)
        Code points; may be the same array.
    right_start, n_right : int
        Where the second string begins, and its length, any length.

    Returns
    -------
    int
        At most the shorter length.
    """
    left_stop, right_stop = left_start + n_left, right_start + n_right
    rest = min(n_left, n_right)
    n_same = 0
    while rest >= 64:
        if left[left_stop - 1 - n_same] != right[right_stop - 1 - n_same]:
            return n_same
        n_same += 1
        rest -= 1
    same = agreeing(left, left_stop - n_same - rest, right, right_stop - n_same - rest, rest)
    return n_same + rest - 1 - highest_bit(~same & first_places(rest))
