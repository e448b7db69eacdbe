"""What computes a metric over pairs, and the checks and loops that all of them share."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz import process

from custid.errors import ConfigurationError, ShapeMismatchError, UnsupportedInputError
from custid.table.packed import PackedStrings, require_strings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "Executor",
    "Pairs",
    "checked_indices",
    "checked_pairs",
    "highest_distance",
    "lowest_similarity",
    "run_kernel",
    "run_rapidfuzz",
    "uses_numba",
]

# Below this number of pairs, loading the compiler takes longer than it saves.
_MIN_PAIRS_FOR_NUMBA = 200_000

# A similarity within this of the cut-off is taken to equal it.
_TOLERANCE = 1e-9

# Greater than the length of any string.
_ANY_DISTANCE = 2**40

# Bounds the lists of Python strings that one call to rapidfuzz needs.
_RAPIDFUZZ_CHUNK_SIZE = 262_144


class Executor(StrEnum):
    """What computes a metric over many pairs; results are the same, to 1e-9."""

    AUTO = "auto"
    """Rapidfuzz below 200,000 pairs, numba from there on."""
    NUMBA = "numba"
    """Our compiled kernels, in threads."""
    RAPIDFUZZ = "rapidfuzz"
    """The rapidfuzz library, numpy or plain Python where it has no such metric; in one thread, nothing is compiled."""


class Pairs(NamedTuple):
    """Checked arguments of a metric over pairs."""

    values: Sequence[str] | PackedStrings
    left_idx: NDArray[np.int64]
    right_idx: NDArray[np.int64]


def checked_indices(
    n_values: int, left_idx: NDArray[np.integer], right_idx: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of values as 64-bit integers, or say what is wrong with them."""
    left, right = np.asarray(left_idx), np.asarray(right_idx)
    if left.ndim != 1 or left.shape != right.shape:
        raise ShapeMismatchError(
            f"left_idx, right_idx: expected one dimension and one shape, got {left.shape} and {right.shape}.",
            hint="Each position of the two arrays is one pair.",
        )
    for name, idx in (("left_idx", left), ("right_idx", right)):
        if idx.size and not np.issubdtype(idx.dtype, np.integer):
            raise UnsupportedInputError(
                f"{name}: expected integers, got {idx.dtype}.", hint="Numbers of values count from 0."
            )
        if idx.size and (idx.min() < 0 or idx.max() >= n_values):
            expected = f"numbers from 0 to {n_values - 1} for {n_values} values"
            raise ShapeMismatchError(
                f"{name}: expected {expected if n_values else 'no numbers, as there are no values'}, "
                f"got {idx.min()} to {idx.max()}.",
                hint="Numbers of values count from 0; negative ones do not count from the end.",
            )
    return left.astype(np.int64, copy=False), right.astype(np.int64, copy=False)


def checked_pairs(
    values: Sequence[str] | PackedStrings,
    left_idx: NDArray[np.integer],
    right_idx: NDArray[np.integer],
) -> Pairs:
    """Return the arguments of a string metric with 64-bit indices, or say what is wrong with them."""
    indices = checked_indices(len(values), left_idx, right_idx)
    if not isinstance(values, PackedStrings):
        require_strings(values)
    return Pairs(values, *indices)


def uses_numba(n_pairs: int, executor: Executor, n_threads: int | None) -> bool:
    """Return whether the kernels compute, or say what is wrong with the wish."""
    if n_threads is not None and n_threads < 1:
        raise ConfigurationError(f"n_threads: expected at least 1, got {n_threads}.", hint="Leave it out for all.")
    try:
        chosen = Executor(executor)
    except ValueError:
        raise ConfigurationError(
            f"executor: expected one of {', '.join(repr(member.value) for member in Executor)}, got {executor!r}.",
        ) from None
    if chosen is Executor.AUTO:
        return n_pairs >= _MIN_PAIRS_FOR_NUMBA
    return chosen is Executor.NUMBA


def lowest_similarity(at_least: float) -> float:
    """Return the similarity to compare with: a little less than asked for, as quotients are rounded."""
    if not 0.0 <= at_least <= 1.0:
        raise ConfigurationError(f"at_least: expected a similarity from 0 to 1, got {at_least}.")
    return max(at_least - _TOLERANCE, 0.0)


def highest_distance(at_most: int | None) -> int:
    """Return the distance to compare with."""
    if at_most is None:
        return _ANY_DISTANCE
    if at_most < 0:
        raise ConfigurationError(f"at_most: expected at least 0, got {at_most}.", hint="Leave it out for any distance.")
    return min(int(at_most), _ANY_DISTANCE)


def run_kernel(
    kernel: Callable[..., None],
    pairs: Pairs,
    out: NDArray[np.float64] | NDArray[np.int64],
    n_threads: int | None,
    *settings: float,
) -> None:
    """Fill ``out`` by the compiled kernel, in threads."""
    from custid.kernels import run_chunked  # noqa: PLC0415  # loads numba

    values, left_idx, right_idx = pairs
    packed = values if isinstance(values, PackedStrings) else PackedStrings.from_strings(values)

    def run(start: int, stop: int) -> None:
        kernel(packed.data, packed.offsets, left_idx[start:stop], right_idx[start:stop], *settings, out[start:stop])

    run_chunked(run, out.size, n_threads=n_threads)


def run_rapidfuzz(
    scorer: Callable[..., float],
    pairs: Pairs,
    out: NDArray[np.float64] | NDArray[np.int64],
    score_cutoff: float | None = None,
) -> None:
    """Fill ``out`` by rapidfuzz, a bounded number of Python strings at a time."""
    values, left_idx, right_idx = pairs
    strings = values.to_strings() if isinstance(values, PackedStrings) else values
    for start in range(0, out.size, _RAPIDFUZZ_CHUNK_SIZE):
        chunk = slice(start, start + _RAPIDFUZZ_CHUNK_SIZE)
        out[chunk] = process.cpdist(
            [strings[i] for i in left_idx[chunk].tolist()],
            [strings[j] for j in right_idx[chunk].tolist()],
            scorer=scorer,
            score_cutoff=score_cutoff,
            dtype=out.dtype.type,
            workers=1,
        )
