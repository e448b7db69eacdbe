"""Tasks in threads that Ctrl-C ends, and turns of threads that read or write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Lock, get_ident
from typing import TypeVar

__all__ = ["Turns", "in_threads"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_threads(
    task: Callable[[_Item], _Result],
    items: Sequence[_Item],
    *,
    n_threads: int,
    tell: Callable[[float], object] | None = None,
) -> list[_Result]:
    """Run a task on each of some items, side by side.

    Parameters
    ----------
    task : callable
        Called with one item; it should spend its time where it holds no interpreter lock.
    items : sequence
        The items.
    n_threads : int
        Number of threads, at least 1; with one, the tasks run in the thread of the caller.
    tell : callable, optional
        Called in the thread of the caller with the share of the items, in (0, 1], that is done, as the first ones are.

    Returns
    -------
    list
        What the task returns for each item, in the order of the items.

    Notes
    -----
    An exception, of a task or of ``tell``, and Ctrl-C are raised here.  Tasks that have not started by then never
    start, and those that run are waited for, so that none works on for nobody; another Ctrl-C ends the waiting.  A run
    stops as soon as its longest task, so tasks should be short.

    Examples
    --------
    >>> in_threads(str.upper, ["a", "b"], n_threads=2)
    ['A', 'B']
    """
    results: list[_Result] = []
    if min(n_threads, len(items)) <= 1:
        for item in items:
            results.append(task(item))
            if tell is not None:
                tell(len(results) / len(items))
        return results
    pool = ThreadPoolExecutor(min(n_threads, len(items)), thread_name_prefix="custid")
    try:
        for future in [pool.submit(task, item) for item in items]:
            results.append(future.result())
            if tell is not None:
                tell(len(results) / len(items))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return results


class Turns:
    """Lets threads read side by side, and one write while nobody reads; who waits to write comes before new readers.

    A thread that writes may ask for either again; one that reads may ask for neither.
    """

    def __init__(self) -> None:
        self._entry = Lock()
        self._count = Lock()
        self._room = Lock()
        self._n_readers = 0
        self._owner, self._depth = -1, 0
        self._reading, self._writing = _Reading(self), _Writing(self)

    def reading(self) -> AbstractContextManager[None]:
        """Wait until nobody writes, and keep writers waiting."""
        return self._reading

    def writing(self) -> AbstractContextManager[None]:
        """Wait until nobody reads or writes, and keep all others waiting."""
        return self._writing

    def begin_reading(self) -> None:
        """Begin what :meth:`end_reading` ends."""
        if self._owner == get_ident():
            self._depth += 1
            return
        with self._entry, self._count:
            if self._n_readers == 0:
                # Whoever writes holds the entry: nobody does now.
                self._room.acquire()
            self._n_readers += 1

    def end_reading(self) -> None:
        """End it."""
        if self._owner == get_ident():
            self._depth -= 1
            return
        with self._count:
            self._n_readers -= 1
            if self._n_readers == 0:
                self._room.release()

    def begin_writing(self) -> None:
        """Begin what :meth:`end_writing` ends."""
        if self._owner != get_ident():
            self._entry.acquire()
            try:
                self._room.acquire()
            except BaseException:
                self._entry.release()
                raise
            self._owner = get_ident()
        self._depth += 1

    def end_writing(self) -> None:
        """End it."""
        self._depth -= 1
        if not self._depth:
            self._owner = -1
            self._room.release()
            self._entry.release()


class _Reading(AbstractContextManager[None]):
    """A turn of a reader; the threads that have one share it, as it holds nothing of theirs."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        self._turns.begin_reading()

    def __exit__(self, *_: object) -> None:
        self._turns.end_reading()


class _Writing(AbstractContextManager[None]):
    """A turn of a writer."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        self._turns.begin_writing()

    def __exit__(self, *_: object) -> None:
        self._turns.end_writing()
