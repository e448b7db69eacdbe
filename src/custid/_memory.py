"""Memory that is free but kept."""

from __future__ import annotations

import ctypes

__all__ = ["give_back_memory"]


def give_back_memory() -> None:
    """Give memory that no array needs any more back to the system, where it can be told to.

    Notes
    -----
    Arrow keeps what it has freed for arrays to come, and so does the GNU C library, for each thread that has ever made
    an array.  What one step has left would be held through all others, and they would get new memory beside it.
    """
    import pyarrow as pa  # noqa: PLC0415 - importing custid does without

    pa.default_memory_pool().release_unused()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        # Another C library: none that is known keeps as much.
        return
