"""Many read or one writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

__all__ = ["Turns"]


class Turns:
    """Lets threads read side by side, and one write while nobody reads; who waits to write comes before new readers.

    Neither may be asked for by a thread that has it.
    """

    def __init__(self) -> None:
        self._entry = Lock()
        self._count = Lock()
        self._room = Lock()
        self._n_readers = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Wait until nobody writes, and keep writers waiting."""
        with self._entry, self._count:
            self._n_readers += 1
            if self._n_readers == 1:
                # Whoever writes holds the entry: nobody does now.
                self._room.acquire()
        try:
            yield
        finally:
            with self._count:
                self._n_readers -= 1
                if self._n_readers == 0:
                    self._room.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait until nobody reads or writes, and keep all others waiting."""
        with self._entry, self._room:
            yield
