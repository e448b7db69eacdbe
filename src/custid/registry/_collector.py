"""Python's collector of cycles, out of the way while a great many objects are made of which none is garbage."""

from __future__ import annotations

import gc

__all__ = ["CollectorPause"]


class CollectorPause:
    """A ``with`` block in which no cycles are looked for: among millions of new objects there are none to be found.

    Where the collector is off already it stays so.  Of two threads that pause it at once, the one that ends first
    starts it again: the other one is slower then, and nothing else.
    """

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_error: object) -> None:
        if self._was_enabled:
            gc.enable()
