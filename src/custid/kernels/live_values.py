"""Texts that come one by one: hashed, looked up, and written behind those that are there.

Hashes are computed modulo 2^64.  Callers do so in `wrapping`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from custid._jit import kernel, wrapping
from custid.kernels.hash_slots import enter_number, find_number, scattered, take_out_number
from custid.kernels.signatures import signature_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "enter_numbers",
    "find_statements",
    "find_texts",
    "hash_of_content",
    "prefix_signature",
    "take_out_numbers",
    "wrapping",
    "write_string",
]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_SEED = np.uint64(0x243F6A8885A308D3)
_N_LENGTH_BITS = np.uint64(26)


@kernel
def _hash_of(data: NDArray[np.uint8], start: int, stop: int) -> np.uint64:
    """Return the hash of a text, as `custid.table.hashing.utf8_hashes` does."""
    power, total = _BASE, np.uint64(0)
    for place in range(start, stop):
        total += power * (np.uint64(data[place]) + np.uint64(1))
        power *= _BASE
    return max(scattered(total + np.uint64(stop - start) * _SEED + _SEED), np.uint64(1))


@kernel
def find_texts(
    data: NDArray[np.uint8],
    bounds: NDArray[np.int64],
    slots: NDArray[np.int32],
    keys: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    numbers: NDArray[np.int32],
) -> None:
    """Write hashes of texts, and their numbers in a directory.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8 bytes of all texts.
    bounds : ndarray of int64, shape (n_texts + 1,)
        Text ``i`` is ``data[bounds[i]:bounds[i + 1]]``.
    slots : ndarray of int32
        The directory.
    keys : ndarray of uint64
        Hashes by number.
    hashes : ndarray of uint64, shape (n_texts,)
        Written.
    numbers : ndarray of int32, shape (n_texts,)
        Written: -1 for a text that is not there.
    """
    for text in range(hashes.size):
        hashes[text] = _hash_of(data, bounds[text], bounds[text + 1])
        numbers[text] = find_number(slots, keys, hashes[text])


@kernel
def find_statements(
    data: NDArray[np.uint8],
    bounds: NDArray[np.int64],
    heads: NDArray[np.uint64],
    slots: NDArray[np.int32],
    keys: NDArray[np.uint64],
    found: NDArray[np.uint64],
    numbers: NDArray[np.int32],
) -> np.uint64:
    """Write hashes and keys of statements, an attribute and a value each, and their numbers in a directory.

    Parameters
    ----------
    data, bounds : ndarray
        The values, as for `find_texts`.
    heads : ndarray of uint64, shape (n_texts,)
        What the attribute of each contributes to its key.
    slots, keys : ndarray
        The directory.
    found : ndarray of uint64, shape (2, n_texts)
        Written: hashes of the values, and keys: with the head of `custid.table.hashing.combine_hashes` over the hash of
        the attribute, what that returns for both.
    numbers : ndarray of int32, shape (n_texts,)
        Written: -1 for a statement that is not there.

    Returns
    -------
    uint64
        The sum of the keys.
    """
    total = np.uint64(0)
    for text in range(heads.size):
        found[0, text] = _hash_of(data, bounds[text], bounds[text + 1])
        found[1, text] = scattered(heads[text] + found[0, text])
        numbers[text] = find_number(slots, keys, found[1, text])
        total += found[1, text]
    return total


@kernel
def hash_of_content(total: np.uint64, kind: int) -> np.uint64:
    """Return the content hash of a unit without source or days, of the sum of the keys of what it states."""
    # The hash of source 0 and the sum, then of that and the kind, as `custid.table.hashing.combine_hashes` has them.
    combined = scattered(scattered(_SEED) * np.uint64(3) + _BASE + total)
    if kind >= 0:
        combined = scattered(scattered(combined + _SEED) * np.uint64(3) + _BASE + np.uint64(kind))
    return combined


@kernel
def enter_numbers(slots: NDArray[np.int32], keys: NDArray[np.uint64], first: int, stop: int) -> None:
    """Enter numbers from ``first`` to ``stop``, none of which is there, into a directory that has room for them."""
    for number in range(first, stop):
        enter_number(slots, keys, number)


@kernel
def take_out_numbers(slots: NDArray[np.int32], keys: NDArray[np.uint64], first: int, stop: int) -> None:
    """Take the numbers from ``first`` to ``stop``, all of which are there, out of a directory."""
    for number in range(first, stop):
        take_out_number(slots, keys, number)


@kernel
def write_string(
    data: NDArray[np.uint32], start: int, text: NDArray[np.uint32], rows: NDArray[np.uint64], number: int
) -> None:
    """Write a string into a vocabulary that has room for it.

    Parameters
    ----------
    data : ndarray of uint32
        Written from ``start`` on: code points.
    start : int
        Where the string is to stand.
    text : ndarray of uint32, shape (n_characters,)
        Its code points.
    rows : ndarray of uint64, shape (n_strings, n_columns)
        Written, in the first two columns: signature and place, as `custid.kernels.rows` says.
    number : int
        The row.
    """
    data[start : start + text.size] = text
    rows[number, 0] = signature_of(data, start, start + text.size)
    rows[number, 1] = (np.uint64(start) << _N_LENGTH_BITS) | np.uint64(text.size)


@kernel
def prefix_signature(data: NDArray[np.uint32], start: int, n: int) -> np.uint64:
    """Return the signature of ``n`` characters from ``start`` on."""
    return signature_of(data, start, start + n)
