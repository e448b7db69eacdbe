"""Where the arrays live that grow with the pairs: in memory, or in files of a temporary directory."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from custid.blocking.candidates import CandidatePairs
from custid.errors import TemporaryFileError

__all__ = ["PairStore", "pieces_of", "some_places_where"]

_PAIRS_AT_ONCE = 65_536

_Number = TypeVar("_Number", bound=np.generic)


class PairStore:
    """Makes arrays of one number for each pair.

    Parameters
    ----------
    is_spilled : bool
        Whether the arrays are mapped from files, which the system may move out of memory at any time, instead of
        memory that it cannot take back.

    Attributes
    ----------
    is_spilled : bool
        As given.
    n_bytes : int
        Size of the files written so far, 0 where arrays are in memory.

    Notes
    -----
    The files are Arrow files with one column of numbers, in the directory that `tempfile` chooses (``TMPDIR``).
    Their room on disk is taken before they are mapped, since a page that finds no room later ends the process.  A file
    loses its name as soon as it is mapped, and its room as soon as no array needs it; so nothing is left whether a run
    ends, fails or is killed.  Windows keeps the name as long as the array.
    """

    def __init__(self, *, is_spilled: bool) -> None:
        self.is_spilled = is_spilled
        self.n_bytes = 0

    def empty(self, n_pairs: int, dtype: type[_Number]) -> NDArray[_Number]:
        """Return an array to be filled.

        Parameters
        ----------
        n_pairs : int
            Its length.
        dtype : type
            A numpy type of integers or floats.

        Returns
        -------
        ndarray of dtype, shape (n_pairs,)
            Any values.

        Raises
        ------
        TemporaryFileError
            If the file cannot be written: the disk is full, or a file may not be as large.
        """
        if not self.is_spilled or not n_pairs:
            return np.empty(n_pairs, dtype)
        try:
            array = _mapped(n_pairs, dtype)
        except OSError as error:
            needed = n_pairs * np.dtype(dtype).itemsize / 1_000_000
            raise TemporaryFileError(
                f"temporary directory {_temporary_directory()!r}: expected room for {needed:,.1f} MB more of candidate "
                f"pairs that exceed options.memory_limit, got: {_reason(error)}.",
                hint="Make room there, name a directory of another disk by TMPDIR, or raise the limit.",
            ) from error
        self.n_bytes += array.nbytes
        return array

    def only(self, pairs: CandidatePairs, is_kept: Callable[[slice], NDArray[np.bool_]]) -> CandidatePairs:
        """Return some of the pairs.

        Parameters
        ----------
        pairs : CandidatePairs
            Pairs.
        is_kept : callable
            Tells of a piece of the pairs which of them are kept; asked twice.

        Returns
        -------
        CandidatePairs
            Those pairs, in the same order, in arrays of this store.

        Raises
        ------
        TemporaryFileError
            As :meth:`empty`.
        """
        pieces = pieces_of(len(pairs))
        ends = np.cumsum([np.count_nonzero(is_kept(piece)) for piece in pieces]).tolist()
        left, right = self.empty(ends[-1], np.int32), self.empty(ends[-1], np.int32)
        for piece, start, end in zip(pieces, [0, *ends], ends, strict=False):
            kept = is_kept(piece)
            left[start:end] = pairs.left_idx[piece][kept]
            right[start:end] = pairs.right_idx[piece][kept]
        return evolve(pairs, left_idx=left, right_idx=right)


def pieces_of(n_pairs: int) -> list[slice]:
    """Return the pieces of many pairs; no pairs are one piece of none.

    Parameters
    ----------
    n_pairs : int
        Number of pairs.
    """
    return [slice(start, start + _PAIRS_AT_ONCE) for start in range(0, max(n_pairs, 1), _PAIRS_AT_ONCE)]


def some_places_where(
    is_wanted: Callable[[slice], NDArray[np.bool_]], n_pairs: int, n_most: int
) -> tuple[NDArray[np.int64], int]:
    """Return the places of some of the pairs wanted, spread evenly, and how many are wanted.

    Parameters
    ----------
    is_wanted : callable
        Tells of a piece of the pairs which of them are wanted; asked twice.
    n_pairs : int
        Number of pairs.
    n_most : int
        Places to return at most, 0 or more.

    Returns
    -------
    places : ndarray of int64, shape (min(n_most, n_wanted),)
        Ascending; every so manyth pair wanted.
    n_wanted : int
        Number of pairs wanted.

    Notes
    -----
    No array of all pairs is made.

    Examples
    --------
    >>> some_places_where(lambda piece: np.arange(10)[piece] % 2 == 0, 10, 3)
    (array([0, 2, 6]), 5)
    """
    pieces = pieces_of(n_pairs)
    n_within = np.array([np.count_nonzero(is_wanted(piece)) for piece in pieces], np.int64)
    n_wanted = int(n_within.sum())
    n_chosen = min(n_most, n_wanted)
    ranks = np.arange(n_chosen) * n_wanted // max(n_chosen, 1)
    before = np.cumsum(n_within) - n_within
    bounds = np.searchsorted(ranks, np.append(before, n_wanted))
    places = np.empty(n_chosen, np.int64)
    for number, piece in enumerate(pieces):
        chosen = slice(bounds[number], bounds[number + 1])
        if chosen.start < chosen.stop:
            places[chosen] = piece.start + np.flatnonzero(is_wanted(piece))[ranks[chosen] - before[number]]
    return places, n_wanted


def _mapped(n_pairs: int, dtype: type[_Number]) -> NDArray[_Number]:
    """Return the column of an Arrow file made for it."""
    directory = Path(tempfile.mkdtemp(prefix="custid-"))
    try:
        path = directory / "pairs.arrow"
        offset = _write_zeros(path, n_pairs, dtype)
        mapped = np.memmap(path, dtype, "r+", offset, (n_pairs,))
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    if directory.exists():
        weakref.finalize(cast("Any", mapped)._mmap, shutil.rmtree, directory, ignore_errors=True)  # noqa: SLF001
    return np.asarray(mapped)


def _write_zeros(path: Path, n_pairs: int, dtype: type[np.generic]) -> int:
    """Write an Arrow file with one column of zeros; return where in the file the numbers begin."""
    import pyarrow as pa  # noqa: PLC0415 - importing custid does without

    # Zeros that were never touched take no memory.
    batch = pa.record_batch([pa.array(np.zeros(n_pairs, dtype))], names=["value"])
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
        writer.write_batch(batch)
    with pa.memory_map(str(path)) as file:
        begin = file.read_buffer(1).address
        return int(pa.ipc.open_file(file).get_batch(0).column(0).buffers()[1].address - begin)


def _temporary_directory() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "none"


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error).rstrip(".")
