"""Content hashes of strings and of combinations of hashes: the same in every process, run and data set."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, repeat
from operator import mul
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custid.table.utf8 import Utf8Strings

__all__ = ["combine_hashes", "combined_hash", "mix", "string_hash", "string_hashes", "utf8_hashes"]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_SEED = np.uint64(0x243F6A8885A308D3)
_STRINGS_AT_ONCE = 4_096
_64_BITS: Final = (1 << 64) - 1
_PLAIN_BASE, _PLAIN_SEED = int(_BASE), int(_SEED)
_LONGEST: Final = 1_024
"""Bytes of a string that is hashed alone: those of the longest canonical value."""
_POWERS: Final = tuple(accumulate(repeat(_PLAIN_BASE, _LONGEST), lambda power, base: power * base & _64_BITS))
_POWER_SUMS: Final = tuple(accumulate(_POWERS, initial=0))


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter 64-bit values so that near inputs give unrelated outputs.

    Parameters
    ----------
    values : ndarray of uint64
        Any values.

    Returns
    -------
    ndarray of uint64
        A bijection of the input, of the same shape; 0 stays 0.

    References
    ----------
    .. [1] Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, section 6 (the finalizer
       of SplitMix64).

    Examples
    --------
    >>> import numpy as np
    >>> [hex(value) for value in mix(np.array([0, 1], np.uint64)).tolist()]
    ['0x0', '0x5692161d100b05e5']
    """
    with np.errstate(over="ignore"):
        mixed = values ^ (values >> np.uint64(30))
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(27)
        mixed *= np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed


def combine_hashes(parts: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Combine hashes in order: the result depends on every part and on its place.

    Parameters
    ----------
    parts : sequence of ndarray of uint64
        At least one; shapes that broadcast.

    Returns
    -------
    ndarray of uint64
        One hash per broadcast element.

    Examples
    --------
    >>> first, second = string_hashes(["a"]), string_hashes(["b"])
    >>> bool(combine_hashes([first, second]) == combine_hashes([second, first]))
    False
    """
    with np.errstate(over="ignore"):
        combined = mix(parts[0] + _SEED)
        for part in parts[1:]:
            combined = mix(combined * np.uint64(3) + _BASE + part)
    return combined


def string_hashes(values: Sequence[str]) -> NDArray[np.uint64]:
    """Hash strings by their UTF-8 bytes.

    Parameters
    ----------
    values : sequence of str, length n
        Any strings, lone surrogates included.

    Returns
    -------
    ndarray of uint64, shape (n,)
        Hashes; never 0, which stands for "no value" elsewhere.

    Notes
    -----
    A polynomial over the bytes modulo 2^64, mixed once more.  Two unequal values share a hash by accident once in 2^64;
    it is no defense against someone who looks for such values.

    Examples
    --------
    >>> string_hashes(["ann", "bob"]).dtype, bool(string_hashes(["ann"]) == string_hashes(["ann"]))
    (dtype('uint64'), True)
    """
    return utf8_hashes(Utf8Strings.of(values))


def utf8_hashes(strings: Utf8Strings) -> NDArray[np.uint64]:
    """Hash strings whose bytes are at hand.

    Parameters
    ----------
    strings : Utf8Strings, length n
        The strings.

    Returns
    -------
    ndarray of uint64, shape (n,)
        As from :func:`string_hashes`.
    """
    with np.errstate(over="ignore"):
        longest = int(np.diff(strings.offsets).max(initial=0))
        powers = np.cumprod(np.full(longest + 1, _BASE, np.uint64), dtype=np.uint64)
    hashed = np.empty(len(strings), np.uint64)
    # Piece by piece: the terms of a piece stay in the fast memory of a core.
    for start in range(0, len(strings), _STRINGS_AT_ONCE):
        bounds = strings.offsets[start : start + _STRINGS_AT_ONCE + 1]
        hashed[start : start + _STRINGS_AT_ONCE] = _hashes(strings.data[bounds[0] : bounds[-1]], bounds, powers)
    return hashed


def _hashes(data: NDArray[np.uint8], bounds: NDArray[np.int64], powers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    starts, lengths = bounds[:-1] - bounds[0], np.diff(bounds)
    position = np.arange(len(data)) - np.repeat(starts, lengths)
    with np.errstate(over="ignore"):
        terms = powers[position]
        terms *= data + np.uint64(1)
        sums = np.zeros(len(terms) + 1, np.uint64)
        np.cumsum(terms, out=sums[1:])
        hashed = mix(sums[starts + lengths] - sums[starts] + lengths.astype(np.uint64) * _SEED + _SEED)
    return np.maximum(hashed, np.uint64(1))


def string_hash(value: str) -> int:
    """Hash one string.

    Parameters
    ----------
    value : str
        Any string, lone surrogates included.

    Returns
    -------
    int
        As from :func:`string_hashes`.

    Examples
    --------
    >>> string_hash("ann") == int(string_hashes(["ann"])[0])
    True
    """
    data = value.encode("utf-8", "surrogatepass")
    n_bytes = len(data)
    if n_bytes > _LONGEST:
        return int(string_hashes([value])[0])
    # Each byte counts by one more than its number.
    total = sum(map(mul, data, _POWERS)) + _POWER_SUMS[n_bytes] + (n_bytes + 1) * _PLAIN_SEED
    return _mixed(total & _64_BITS) or 1


def combined_hash(parts: Sequence[int]) -> int:
    """Combine hashes in order, one of each part.

    Parameters
    ----------
    parts : sequence of int
        At least one hash.

    Returns
    -------
    int
        As from :func:`combine_hashes`.
    """
    first, *others = parts
    combined = _mixed((first + _PLAIN_SEED) & _64_BITS)
    for part in others:
        combined = _mixed((combined * 3 + _PLAIN_BASE + part) & _64_BITS)
    return combined


def _mixed(value: int) -> int:
    """Scatter one value as :func:`mix` does."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _64_BITS
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _64_BITS
    return value ^ (value >> 31)
