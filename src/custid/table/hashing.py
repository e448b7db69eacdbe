"""Content hashes of strings and of combinations of hashes: the same in every process, run and data set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["combine_hashes", "mix", "string_hashes"]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_SEED = np.uint64(0x243F6A8885A308D3)


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter 64-bit values so that near inputs give unrelated outputs.

    Parameters
    ----------
    values : ndarray of uint64
        Any values.

    Returns
    -------
    ndarray of uint64
        A bijection of the input, of the same shape.

    References
    ----------
    .. [1] Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, section 6 (the finalizer
       of SplitMix64).
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
        Strings without lone surrogates.

    Returns
    -------
    ndarray of uint64, shape (n,)
        Hashes; never 0, which stands for "no value" elsewhere.

    Notes
    -----
    A polynomial over the bytes modulo 2^64, mixed once more; computed for all strings in one pass.
    """
    if not values:
        return np.zeros(0, np.uint64)
    encoded = [value.encode() for value in values]
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    ends = np.cumsum(lengths)
    data = np.frombuffer(b"".join(encoded), np.uint8)
    position = np.arange(len(data)) - np.repeat(ends - lengths, lengths)
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(int(lengths.max(initial=0)) + 1, _BASE, np.uint64))
        terms = np.append((data.astype(np.uint64) + np.uint64(1)) * powers[position], np.uint64(0))
        sums = np.cumsum(terms)
        starts = ends - lengths
        before = np.where(starts > 0, sums[starts - 1], np.uint64(0))
        totals = np.where(lengths > 0, sums[ends - 1] - before, np.uint64(0))
        hashed = mix(totals + lengths.astype(np.uint64) * _SEED + _SEED)
    return np.maximum(hashed, np.uint64(1))
