"""Arrays with room behind what is in use, so that values and units are appended, and forgotten again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custid.kernels.live_values import enter_numbers, find_texts, take_out_numbers, wrapping

__all__ = ["Columns", "Directory", "LiveArrays", "State", "packed_bytes"]

State = dict[str, dict[str, NDArray[Any]]]
"""All that is bound, as arrays: by the name of the columns, then by that of the array."""

_FEWEST = 16
_SLOTS = ".slots"


def packed_bytes(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return some texts as kernels hash them.

    Parameters
    ----------
    texts : sequence of str, length n
        Few texts.

    Returns
    -------
    data : ndarray of uint8
        Their UTF-8 bytes.
    bounds : ndarray of int64, shape (n + 1,)
        Text ``i`` is ``data[bounds[i]:bounds[i + 1]]``.
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    bounds, end = [0], 0
    for each in encoded:
        end += len(each)
        bounds.append(end)
    return np.frombuffer(b"".join(encoded) + b"\0", np.uint8), np.array(bounds, np.int64)


class _Log:
    """What was appended while somebody may want to forget it: columns, and how many rows were in use before."""

    def __init__(self) -> None:
        self.is_open = False
        self.entries: list[tuple[Columns, int]] = []


class Columns:
    """Arrays of one length that grow together.

    Parameters
    ----------
    arrays : Mapping of str to ndarray
        By name.
    n : int, optional
        Rows in use; all when not given.

    Attributes
    ----------
    n : int
        Rows in use.
    generation : int
        Changes when the arrays are others than before.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], n: int | None = None) -> None:
        self._arrays = {name: each if each.flags.writeable else each.copy() for name, each in arrays.items()}
        self._capacity = len(next(iter(self._arrays.values())))
        self.n = self._capacity if n is None else n
        self.generation = 0
        self._log = _Log()

    def note_in(self, log: _Log) -> None:
        """Note from now on in a log of other columns as well what is appended."""
        self._log = log

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    def append(self, n_more: int) -> int:
        """Return the first of some more rows, which hold anything; arrays double when they are full."""
        first = self.n
        if self._log.is_open:
            self._log.entries.append((self, first))
        self.n += n_more
        if self.n > self._capacity:
            self._capacity = max(2 * self._capacity, self.n, _FEWEST)
            for name, array in self._arrays.items():
                # Memory that is not written to is not taken either.
                larger = np.empty((self._capacity, *array.shape[1:]), array.dtype)
                larger[:first] = array[:first]
                self._arrays[name] = larger
            self.generation += 1
        return first

    def widen(self, name: str, width: int, place: int, filled_with: int) -> None:
        """Let rows of one array have more cells, the new ones before some place, all of one number."""
        array = self._arrays[name]
        n_more = width - array.shape[1]
        cells = np.full((self._capacity, n_more), filled_with, array.dtype)
        self._arrays[name] = np.ascontiguousarray(np.hstack([array[:, :place], cells, array[:, place:]]))
        self.generation += 1

    def in_use(self) -> dict[str, NDArray[Any]]:
        """Return the rows in use."""
        return {name: array[: self.n] for name, array in self._arrays.items()}


class Directory:
    """Rows found by 64-bit hashes, which stand in their column ``keys``.

    Parameters
    ----------
    columns : Columns
        The rows.
    slots : ndarray of int32, optional
        A directory of all rows in use; made when not given.
    """

    def __init__(self, columns: Columns, slots: NDArray[np.int32] | None = None) -> None:
        self._columns = columns
        self._n = 0
        self.slots = np.full(_FEWEST, -1, np.int32) if slots is None else slots
        if slots is None:
            self.enter()
        else:
            self._n = columns.n

    @property
    def keys(self) -> NDArray[np.uint64]:
        """Hashes by row, with room behind."""
        return self._columns["keys"]

    def find(self, texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Return the hashes of some texts, and their rows, -1 where there is none."""
        hashes, numbers = np.empty(len(texts), np.uint64), np.empty(len(texts), np.int32)
        with wrapping():
            find_texts(*packed_bytes(texts), self.slots, self.keys, hashes, numbers)
        return hashes, numbers

    def enter(self) -> None:
        """Enter the rows that were appended."""
        first, stop = self._n, self._columns.n
        if 3 * (stop + 1) >= 2 * len(self.slots):
            self.slots = np.full(3 * stop + _FEWEST, -1, np.int32)
            first = 0
        with wrapping():
            enter_numbers(self.slots, self.keys, first, stop)
        self._n = stop

    def cut(self, n_rows: int) -> None:
        """Take out all rows but the first."""
        if self._n > n_rows:
            with wrapping():
                take_out_numbers(self.slots, self.keys, n_rows, self._n)
            self._n = n_rows


class LiveArrays:
    """All arrays of what is bound.

    Parameters
    ----------
    state : dict of str to dict of str to ndarray
        What was bound, or saved.
    n_rows : Mapping of str to int, optional
        Rows in use of the columns; all when not given.

    Attributes
    ----------
    forgets : bool
        Whether codes are in use that will stand for other values, so that nothing may be remembered of them.
    """

    def __init__(self, state: State, n_rows: Mapping[str, int] | None = None) -> None:
        self._columns = {
            name: Columns(arrays, None if n_rows is None else n_rows[name])
            for name, arrays in state.items()
            if not name.endswith(_SLOTS)
        }
        self._slots = {name: arrays["slots"] for name, arrays in state.items() if name.endswith(_SLOTS)}
        self._directories: dict[str, Directory] = {}
        self.forgets = False
        self._log = _Log()
        for columns in self._columns.values():
            columns.note_in(self._log)

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def columns(self, name: str) -> Columns:
        """Return arrays that grow together."""
        return self._columns[name]

    def directory(self, name: str) -> Directory:
        """Return what finds the rows of some columns that have keys."""
        if name not in self._directories:
            self._directories[name] = Directory(self._columns[name], self._slots.pop(name + _SLOTS, None))
        return self._directories[name]

    def mark(self) -> int:
        """Return what tells what is there now, until that is asked for that was before."""
        self._log.is_open = True
        return len(self._log.entries)

    def grown_since(self, mark: int) -> Iterator[Columns]:
        """Yield the columns to which rows were appended since a mark."""
        for place in range(mark, len(self._log.entries)):
            yield self._log.entries[place][0]

    def cut(self, mark: int) -> None:
        """Forget all rows that came since a mark."""
        entries = self._log.entries
        while len(entries) > mark:
            columns, n_rows = entries.pop()
            columns.n = n_rows
        self._log.is_open = mark > 0
        for name, directory in self._directories.items():
            directory.cut(self._columns[name].n)

    def state(self) -> State:
        """Return the rows in use, and the directories."""
        state = {name: columns.in_use() for name, columns in self._columns.items()}
        return state | {name + _SLOTS: {"slots": each.slots} for name, each in self._directories.items()}

    @property
    def n_rows(self) -> dict[str, int]:
        """Rows in use by columns."""
        return {name: columns.n for name, columns in self._columns.items()}
