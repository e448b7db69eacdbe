"""Python's collector of cycles, out of the way while a great many objects are made of which none is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let no cycles be looked for: looking through millions of new objects again and again finds none.

    Where the collector is off already it stays so.  Of two threads that pause it at once, the one that ends first
    starts it again: the other one is slower then, and nothing else.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
